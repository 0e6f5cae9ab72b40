"""When two texts are the same but for spelling, and marks by which such texts meet without being opened."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from zlib import crc32

from rapidfuzz import fuzz

from conversations.keywords.folding import words

BANDS, ROWS = 10, 3
"""A text has so many marks besides its own; each is made of so many least hashes: who shares one mark is looked at."""
SAME = 90.0
"""Of a hundred letters of both."""
SHORTEST = 18
"""Letters: below, only the very same words are the same."""
_SHINGLE = 4  # letters
_NOTHING = 2**32
_SMALL = 3
"""Letters of a word that may come or go: "les", "et"."""
_LIKE = 70
_LETTERS_A_STRANGER = 150
"""A long text may have a word of its own here and there."""
_BEGINS = 1000
"""Letters of a long text that its marks are made of."""
_COUNTS = frozenset(
    words(
        "pas non ni ne contre pour oui sans avec plus moins aucun aucune jamais trop assez ajouter supprimer interdire autoriser "
        "no not never against for more less without with yes"
    )
)
"""Words that turn a sentence round: two texts that differ in one of them, or in a number, are not the same."""
_NUMBER = re.compile(r"\d+")


def normal(text: str) -> str:
    """The words alone: no case, accent, punctuation, sign."""
    return " ".join(words(text))


def marks(said: str, keyed: Callable[[str], int]) -> tuple[int, ...]:
    """What stands for a text in normal form: its own mark first, then those that it shares with near copies."""
    own = keyed(f"= {said}")
    if len(said) < SHORTEST:
        return (own,)
    least = _least(said[:_BEGINS])
    bands = (least[at * ROWS : (at + 1) * ROWS] for at in range(BANDS))
    return (own, *(keyed(f"{number} {band}") for number, band in enumerate(bands)))


def _least(said: str) -> list[int]:
    """The least hash in each of BANDS × ROWS bins (one permutation hashing); an empty bin borrows from the next that is not."""
    bins: list[int] = [_NOTHING] * (BANDS * ROWS)
    for at in range(len(said) - _SHINGLE + 1):
        hashed = crc32(said[at : at + _SHINGLE].encode())
        place = hashed % len(bins)
        bins[place] = min(bins[place], hashed)
    full = [place for place, hashed in enumerate(bins) if hashed != _NOTHING]
    return [bins[next((other for other in full if other >= place), full[0])] for place in range(len(bins))]


def alike(one: str, other: str) -> bool:
    """Whether two texts in normal form say the same, a few letters or words aside; never where a number or a "pas" differs."""
    if one == other:
        return bool(one)
    if min(len(one), len(other)) < SHORTEST or fuzz.ratio(one, other, score_cutoff=SAME) < SAME:
        return False
    return _turns(one) == _turns(other) and _strange(one, other) + _strange(other, one) <= max(len(one), len(other)) // _LETTERS_A_STRANGER


def _strange(one: str, other: str) -> int:
    """How many words of a text have no like in the other: "rue Saint-Marc" is not "rue Saint-Jean"."""
    there = set(other.split())
    missing = {word for word in one.split() if word not in there and len(word) > _SMALL}
    return sum(max((fuzz.ratio(word, each) for each in there), default=0) < _LIKE for word in missing)


def _turns(said: str) -> list[str]:
    return sorted([word for word in said.split() if word in _COUNTS] + _NUMBER.findall(said))


def groups(texts: Sequence[str]) -> list[list[int]]:
    """The places of texts that say the same, each group in order, the oldest first; who stands alone is left out."""
    said = [normal(text) for text in texts]
    met: defaultdict[int, list[int]] = defaultdict(list)  # by mark, the first of each group that has it
    first = list(range(len(texts)))
    for place, mine in enumerate(said):
        if not mine:
            continue
        shared = marks(mine, hash)
        leaders = dict.fromkeys(leader for mark in shared for leader in met[mark])
        first[place] = next((leader for leader in leaders if alike(said[leader], mine)), place)
        if first[place] == place:
            for mark in shared:
                met[mark].append(place)
    found: defaultdict[int, list[int]] = defaultdict(list)
    for place, leader in enumerate(first):
        found[leader].append(place)
    return [those for those in found.values() if len(those) > 1]
