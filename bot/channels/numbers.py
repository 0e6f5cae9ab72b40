"""Telephone numbers as operators write them, made into E.164."""

import re

import phonenumbers
from phonenumbers import NumberParseException, ValidationResult

REGIONS = ("FR", "RE", "GP", "MQ", "GF", "YT", "PM", "BL", "MF", "NC", "PF", "WF")
"""Where a national number of the Republic may be from; 0692 12 34 56 is none in FR and a mobile in RE."""

_FICTION = re.compile(r"0?63998\d{4}")
"""06 39 98: Arcep's range for films and tests, while 06 39 itself is Mayotte's."""

_NATIONAL = re.compile(r"0\d{5,9}")
_LEAST_DIGITS = 8  # below that: a short code


def normalise(sender: str, territory: str = "FR") -> str | None:
    """The E.164 form, or nothing when it is no telephone: a short code, a name, a withheld number.

    A number that is merely possible is taken, too: the operator brought it, and a real person's new range may be
    younger than our tables. Regions are tried from the city's own on.
    """
    plain = re.sub(r"[\s.()/-]", "", sender)
    plain = re.sub(r"^(\+|00)330(?=[1-9]\d{8}$)", r"+33", plain)  # +33 (0)6…
    digits = plain.lstrip("+")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) < _LEAST_DIGITS:
        return None
    if plain.startswith("00"):
        return _international("+" + plain[2:])
    if plain.startswith("+"):
        return _international(plain)
    if _FICTION.fullmatch(plain):
        return "+33" + plain[-9:]
    if _NATIONAL.fullmatch(plain):
        return _national(plain, territory)
    return _international("+" + plain)  # some operators leave the sign out


def mobile(typed: str, territory: str = "FR") -> str | None:
    """The E.164 form of a number that somebody typed, if a mobile phone of the Republic may have it; nothing else gets an SMS of ours."""
    number = normalise(typed, territory)
    if number is None:
        return None
    parsed = phonenumbers.parse(number)
    if re.fullmatch(r"\+3363998\d{4}", number):
        return number
    is_ours = phonenumbers.region_code_for_number(parsed) in REGIONS
    return number if is_ours and phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE else None


def shown(number: str) -> str:
    """An E.164 number as people write it: "06 39 98 00 01"."""
    return phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL) if number else ""


def _international(number: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(parsed) == ValidationResult.IS_POSSIBLE
    return _e164(parsed) if possible else None


def _national(number: str, territory: str) -> str | None:
    home = territory if territory in REGIONS else "FR"
    possible = None
    for region in (home, *(other for other in REGIONS if other != home)):
        try:
            parsed = phonenumbers.parse(number, region)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number_for_region(parsed, region):
            return _e164(parsed)
        if possible is None and phonenumbers.is_possible_number_with_reason(parsed) == ValidationResult.IS_POSSIBLE:
            possible = _e164(parsed)
    return possible


def _e164(parsed: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
