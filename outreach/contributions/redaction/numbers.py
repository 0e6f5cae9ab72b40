"""Numbers that lead to a person: telephone, bank account (IBAN), social security (NIR), registration plates."""

import re
from collections.abc import Iterator

from outreach.contributions.redaction.found import Place
from outreach.contributions.redaction.reading import folded_words

_DATE = r"(?!\d{2}([./-])\d{2}\1(?:19|20)\d{2}(?!\d))"  # "01/02/2027 10 h" has ten digits too
_FRENCH_NUMBER = re.compile(rf"(?<!\d)(?:(?:\+|00)\s?33[\s./_-]*(?:\(0\)[\s./_-]*)?|{_DATE}0[\s./_-]*)[1-9](?:[\s./_-]*\d){{8}}(?!\d)")
_FEWEST_DIGITS = 8

_IBAN_BEGINS = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?=[ .-]?[A-Za-z0-9])")
_IBAN_GOES_ON = re.compile(r"[ .-]?([A-Za-z0-9])")
_IBAN_SHORTEST, _IBAN_LONGEST = 15, 34
_LAST_DIGIT = 9
_CALLED_IBAN = re.compile(r"\bIBAN\b\W{0,5}(?:\w{1,10}\W{1,3})?([A-Za-z]{2}\d{2}(?:[ .-]?[A-Z0-9]{1,4}){3,9})(?![A-Za-z0-9])")

_NIR = re.compile(
    r"(?<!\d)[1-478][\s.-]?\d\d[\s.-]?(?:0[1-9]|1[0-2]|[2-9]\d)[\s.-]?(?:\d\d|2[ABab])[\s.-]?\d{3}[\s.-]?\d{3}(?:[\s.-]{0,3}(\d\d))?(?!\d)"
)
_SOCIAL = re.compile(
    r"(?:\bs[ée]cu\b|s[ée]curit[ée] sociale|\bn\.?i\.?r\b|\binsee\b|carte vitale|social security)[^\d]{0,30}$", re.IGNORECASE
)

_SIV = re.compile(r"(?<![\w-])([A-HJ-NP-TV-Z]{2})([ .-]?)(\d{3})([ .-]?)([A-HJ-NP-TV-Z]{2})(?![\w-])", re.IGNORECASE)
_OLD_PLATE = re.compile(
    r"(?<![\w,.-])\d{1,4}([ .-]?)([A-HJ-NP-Z]{2,3})([ .-]?)(?:2[AB]|97[1-8]|0[1-9]|[1-8]\d|9[0-5])(?![\w%-])", re.IGNORECASE
)
_A_CAR = re.compile(r"plaque|immatricul|matricule|voiture|v[ée]hicule|camion|scooter|moto|plate|номер", re.IGNORECASE)
_CAR_BEFORE = 60
_NO_LETTERS_OF_A_PLATE = folded_words(
    """
    de le la en et km es ce se me te ne sa ma ta na va an pm am kg cm mm ml gb mb db ha ht ttc eur ans rue des les par sur mai ou est
    mes ses ces tes nos vos que qui pas max min art kmh etc
    """
)


def phones(plain: str) -> set[Place]:
    """Telephone numbers: French ones however they are spaced, others as phonenumbers knows them."""
    if sum(letter.isdigit() for letter in plain) < _FEWEST_DIGITS:
        return set()
    from phonenumbers import Leniency, PhoneNumberMatcher

    places = {one.span() for one in _FRENCH_NUMBER.finditer(plain)}
    return places | {(one.start, one.end) for one in PhoneNumberMatcher(plain, "FR", leniency=Leniency.VALID)}


def ibans(plain: str) -> Iterator[Place]:
    """Account numbers whose check digits are right, or that are called an IBAN: one digit mistyped is still someone's."""
    end = 0
    for begins in _IBAN_BEGINS.finditer(plain):
        if begins.start() >= end and (found := _whole_iban(plain, begins.start())):
            end = found
            yield begins.start(), end
    yield from (one.span(1) for one in _CALLED_IBAN.finditer(plain))


def _whole_iban(plain: str, start: int) -> int:
    """Where the longest account number from this place ends; 0 when none begins here."""
    begins, place = plain[start : start + 4].upper(), start + 4
    written, rest, end = begins, 0, 0
    while len(written) < _IBAN_LONGEST and (one := _IBAN_GOES_ON.match(plain, place)):
        letter, place = one[1].upper(), one.end()
        written += letter
        rest = _mod(rest, letter)
        right = _mod(rest, *begins) == 1 and len(written) >= _IBAN_SHORTEST
        if right and not plain[place : place + 1].isalnum() and _is_iban(written):
            end = place
    return end


def _is_iban(written: str) -> bool:
    from stdnum import iban
    from stdnum.exceptions import ValidationError

    try:
        iban.validate(written, check_country=False)  # a bank that was founded yesterday is a bank
    except ValidationError:
        return False
    return True


def _mod(rest: int, *letters: str) -> int:
    """The rest of a number of letters and digits divided by 97, from the rest of what stands before (ISO 7064)."""
    for letter in letters:
        value = int(letter, 36)
        rest = (rest * (100 if value > _LAST_DIGIT else 10) + value) % 97
    return rest


def nirs(plain: str) -> Iterator[Place]:
    """Social security numbers whose key is right, or that are called so."""
    from stdnum.fr import nir

    for one in _NIR.finditer(plain):
        if (one[1] and nir.is_valid(re.sub(r"[\s.-]", "", one[0]).upper())) or _SOCIAL.search(
            plain[max(0, one.start() - 60) : one.start()]
        ):
            yield one.span()


def plates(plain: str) -> Iterator[Place]:
    """Plates of today (AB-123-CD) and of before 2009 (1234 AB 44); in small letters with spaces only where a car is spoken of."""
    for one in _SIV.finditer(plain):
        first, before, _digits, after, last = one.groups()
        if before == after and (before == "-" or _stands_out(plain, one, first, last)):
            yield one.span()
    for one in _OLD_PLATE.finditer(plain):
        if one[1] == one[3] and _stands_out(plain, one, one[2]):
            yield one.span()


def _stands_out(plain: str, one: re.Match[str], *letters: str) -> bool:
    """Whether the letters are those of a plate, not words between numbers ("20 ANS 30", "de 100 km")."""
    if all(letter.isupper() for letter in letters) and (
        " " not in one[0] or any(letter.lower() not in _NO_LETTERS_OF_A_PLATE for letter in letters)
    ):
        return True
    return _A_CAR.search(plain[max(0, one.start() - _CAR_BEFORE) : one.start()]) is not None
