"""Postal addresses: a number, a kind of street, a name; not the place of a school, a crossing or a hole in the road."""

import re
from collections.abc import Iterator

from conversations.keywords.folding import fold
from outreach.contributions.redaction.found import Place
from outreach.contributions.redaction.reading import folded_words

_NUMBER = r"(?<![\w.,/€-])(?P<number>\d{1,4})(?:\s?(?:bis|ter|quater|[A-Da-d](?=[\s,])))?(?:\s?[/-]\s?\d{1,4})?"
_STREETS = (  # "12 rue" is never said of twelve streets: a name in small letters will do
    r"rue|r\.|avenue|ave\.?|av\.?|boulevard|boul\.?|bld|blvd|bd\.?|impasse|imp\.|all[ée]e|chemin|che\.|quai|venelle|ruelle|sentier|faubourg|fbg|fg"
)
_OTHERS = (  # "2 place de parking", "3 cours d'anglais": here the name begins with a capital
    r"place|pl\.?|cours|cour|square|sq\.|route|rte\.?|passage|villa|cit[ée]|r[ée]sidence|r[ée]s\.?|lotissement|hameau|lieu-dit|esplanade|mail|clos"
    r"|parvis|voie|promenade|rond-point|traverse|mont[ée]e|c[ôo]te|domaine|galerie|parc|porte|r"
)
_BEGINS = re.compile(rf"{_NUMBER}[\s,]{{1,3}}(?:(?P<street>{_STREETS})|(?P<other>{_OTHERS}))(?=[\s'’])", re.IGNORECASE)
_LINKING = re.compile(r"\s+(?:(?:de|du|des|la|le|les|à|aux?|en|sur|sous)(?=\s)|(?:de\s+)?(?:l|d)['’])", re.IGNORECASE)
_CAPITAL = re.compile(r"\s*(?:[^\W\d_a-zà-öø-ÿ][\w'’.-]*|\d{1,2}(?:er)?\s[^\W\d_]+(?:\s\d{4})?)")
_SMALL = re.compile(r"\s*[^\W\d_][\w'’-]+")
_TOWN = re.compile(
    r"[\s,(-]{1,4}\d{5}(?!\d)(?:\s+[^\W\d_a-zà-öø-ÿ][\w'’-]*(?:[\s-](?:sur|sous|en|lès|les|la|le|de)[\s-][^\W\d_][\w'’-]*)?)?"
)
_LONGEST_NAME = 6  # words
_NO_NAME = folded_words(
    """
    pour par est sont et ou qui que avec sans dans sur il elle on je nous vous tu piétonne verte entière seule cyclable propre sale
    plus moins où mais car parce ça c'est n'est pas très à deux trop a
    """
)
_IN_THE_YEAR = re.compile(
    r"\b(?:en|de|depuis|dès|année|avant|après|fin|début|mars|avril|mai|juin|juillet|août|janvier|février|\w+bre)\s$", re.IGNORECASE
)
_YEARS = range(1800, 2100)

# what stands before a number that says where something public is, and what says that someone lives there all the same
_PUBLIC = re.compile(
    r"\b(?:feu|devant|en face|face|niveau|hauteur|droit|angle|croisement|carrefour|travaux|trottoir|poubelles?|lampadaire|arr[êe]t|station"
    r"|[ée]coles?|coll[èe]ge|lyc[ée]e|cr[èe]che|mairie|gymnase|piscine|stade|biblioth[èe]que|m[ée]diath[èe]que|march[ée]|jardin|square|parc"
    r"|mus[ée]e|th[ée][âa]tre|cin[ée]ma|[ée]glise|mosqu[ée]e|synagogue|h[ôo]pital|clinique|poste|gare|conservatoire"
    r"|maison de quartier|maison des"
    r"|centre social|salle|local|bains|d[ée]chetterie|caserne|commissariat|parking|terrain|espace)\b[^.!?\n]{0,40}$",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"\b(?:habit\w+|domicil\w*|loge\w*|r[ée]sid(?:e|ons|ent|ant)|vi[st]|vivons|adresse|live|lives|living|chez|мешка\w*|жив\w+|أسكن)\b",
    re.IGNORECASE,
)
_BEFORE = 60


def addresses(plain: str) -> Iterator[Place]:
    """Where people may live, as far as the postcode and the town behind."""
    for begins in _BEGINS.finditer(plain):
        end = _whole(plain, begins)
        if end and not _is_public(plain[max(0, begins.start() - _BEFORE) : begins.start()]):
            yield begins.start(), end


def _whole(plain: str, begins: re.Match[str]) -> int:
    """Where the name of the street ends; 0 when there is none."""
    number, at = int(begins["number"]), begins.end()
    if number in _YEARS and _IN_THE_YEAR.search(plain[max(0, begins.start() - 12) : begins.start()]):
        return 0
    linked = False
    for _ in range(3):
        if link := _LINKING.match(plain, at):
            at, linked = link.end(), True
    end = _capitals(plain, at)
    if not end and begins["street"] and (linked or number > 1):
        small = _SMALL.match(plain, at)
        end = small.end() if small and fold(small[0].strip()) not in _NO_NAME else 0
        if end and not linked and (more := _SMALL.match(plain, end)) and fold(more[0].strip()) not in _NO_NAME:
            end = more.end()  # "12 rue paul bellamy"
    if not end:
        return 0
    town = _TOWN.match(plain, end)
    return town.end() if town else end


def _capitals(plain: str, at: int) -> int:
    """Where the words with a capital end, with the small ones between them ("Marché aux Fleurs"); 0 when there is none."""
    end = 0
    for _ in range(_LONGEST_NAME):
        link = _LINKING.match(plain, at) if end else None
        found = _CAPITAL.match(plain, link.end() if link else at)
        if not found or (end and found[0][0] not in " '’" and not link):
            break
        at = end = found.end()
    while end and plain[end - 1] in "'’.-":
        end -= 1
    return end


def _is_public(before: str) -> bool:
    return _PUBLIC.search(before) is not None and _LIVES.search(before) is None
