"""Named persons: a title and a name, a first name and a surname, "my neighbour" and a name; not what is named after somebody."""

from collections.abc import Iterator

from outreach.contributions.redaction.first_names import FIRST_NAMES, WORDS_TOO
from outreach.contributions.redaction.found import Place
from outreach.contributions.redaction.namesakes import is_named_after
from outreach.contributions.redaction.reading import PARTICLES, Word, read
from outreach.contributions.redaction.words_around import KIN, NO_SURNAMES, ROLES, SHORT_TITLES, SIGNS, TITLES, WHOSE

_LONGEST_NAME = 5  # words
_A_VERB = ("ez", "ons")
_BEHIND_KIN = frozenset({"s", "est", "c", "nomme", "appelle", "prenomme"})
_FEWEST_LETTERS = 3
_INITIALS = 3
_SON_OF = frozenset({"بن", "ابن", "بنت"})


def persons(plain: str) -> Iterator[Place]:
    """Where persons are named; with the title, when there is one."""
    words = read(plain)
    for at in range(len(words)):
        found = _titled(words, at) or _known(words, at) or _near(words, at) or _signed(words, at)
        if found and not is_named_after(words, at):
            yield words[found[0]].start, words[found[1]].end


_Span = tuple[int, int] | None
"""The first and the last word of a name."""


def _titled(words: list[Word], at: int) -> _Span:
    """A title and a name: "Mme Benali", "M. J. Dupont", "monsieur karim"."""
    title = words[at]
    if title.folded not in TITLES or (title.folded == "m" and title.counts):
        return None
    first = _next(words, at, dot=True)
    for _ in range(_INITIALS):
        if first and len(words[first].text) == 1 and words[first].capital:
            first = _next(words, first, dot=True)
    if not first or ((words[first].folded in ROLES or words[first].folded in TITLES) and not _is_particle_of_a_name(words, first)):
        return None
    end = _titled_end(words, first, title)
    return None if end is None else (at, end)


def _titled_end(words: list[Word], first: int, title: Word) -> int | None:
    """The last word of a name behind a title; None when it is no name."""
    name = words[first]
    if name.capital:
        return _end(words, first) if len(name.text) > 1 else None
    if name.caseless:
        return _two(words, first)
    if title.folded == "m" or len(name.text) < _FEWEST_LETTERS or name.folded.endswith(_A_VERB):
        return None
    if _is_first_name(name) and name.folded not in WORDS_TOO:
        return _small_surname(words, first)
    return first if title.folded in SHORT_TITLES and name.folded not in NO_SURNAMES else None


def _known(words: list[Word], at: int) -> _Span:
    """A first name of the list and a surname, or "DUPONT Marie"; each with a capital."""
    first = words[at]
    if not first.capital or len(first.text) == 1:
        return None
    second = _next(words, at)
    if second is None or not words[second].capital:
        return _particled(words, at) if _is_first_name(first) else None
    if _shouts(words, at, second):
        return None
    if _is_first_name(first):
        surname = words[second]
        return (at, _end(words, second)) if surname.folded not in NO_SURNAMES or _is_particle_of_a_name(words, second) else None
    if first.shouted and len(first.text) >= _FEWEST_LETTERS and first.folded not in NO_SURNAMES:
        name = words[second]
        if _is_first_name(name) and not name.shouted:
            return at, _end(words, second)
    return None


def _particled(words: list[Word], at: int) -> _Span:
    """A first name, small words of a surname, a capital: "Marine de la Tour"."""
    place: int | None = at
    for _ in range(3):
        place = _next(words, place)
        if place is None:
            return None
        if words[place].capital:
            known = words[place].folded not in NO_SURNAMES and words[at].folded not in WORDS_TOO
            return (at, _end(words, place)) if known else None
        if words[place].folded not in PARTICLES:
            return None
    return None


def _near(words: list[Word], at: int) -> _Span:
    """Who is said to be near: "mon voisin Karim", "je m'appelle Yvonnick Le Guen"; such a name need not be in the list."""
    if words[at].folded not in KIN:
        return None
    first = _next(words, at)
    for _ in range(2):
        if first and words[first].folded in _BEHIND_KIN:
            first = _next(words, first)
    if not first:
        first = at + 1 if at + 1 < len(words) and words[at + 1].gap == ", " and _is_first_name(words[at + 1]) else None
    if not first or words[first].folded in NO_SURNAMES | ROLES | TITLES | KIN:
        return None
    name = words[first]
    if name.capital:
        known = _is_first_name(name) or (at > 0 and words[at - 1].folded in WHOSE)
        return (first, _end(words, first)) if known and not name.shouted and len(name.text) > 1 else None
    if name.caseless and words[at].caseless:
        return first, _two(words, first)
    if _is_first_name(name) and name.folded not in WORDS_TOO:
        return first, _small_surname(words, first)
    return None


def _signed(words: list[Word], at: int) -> _Span:
    """What stands after "Cordialement," to the end of the text, when it is only a name."""
    rest = words[at + 1 : at + 2 + _LONGEST_NAME]
    if words[at].folded not in SIGNS or not rest or at + 1 + len(rest) < len(words) or rest[0].folded in ROLES | NO_SURNAMES:
        return None
    if all(one.capital or one.folded in PARTICLES for one in rest) and rest[-1].capital and len(rest) < _LONGEST_NAME:
        return at + 1, len(words) - 1
    return None


def _next(words: list[Word], at: int | None, *, dot: bool = False) -> int | None:
    """The word that goes on after this one, with nothing but a blank or an apostrophe between; `dot`: or a point and a blank."""
    if at is None or at + 1 >= len(words):
        return None
    follows = words[at + 1]
    return at + 1 if follows.joined or (dot and follows.gap in {". ", "."}) else None


def _end(words: list[Word], at: int) -> int:
    """The last word of a name that goes on from this one: capitals, and small particles before one."""
    end = at
    for _ in range(_LONGEST_NAME):
        place = _next(words, end)
        while place is not None and not words[place].capital and words[place].folded in PARTICLES and place - end < _FEWEST_LETTERS:
            place = _next(words, place)
        if place is None or not words[place].capital or (words[place].folded in NO_SURNAMES and not _is_particle_of_a_name(words, place)):
            break
        end = place
    return end


def _is_particle_of_a_name(words: list[Word], at: int) -> bool:
    """A small word with a capital, before another capital: "Le" of "Le Guen"."""
    follows = _next(words, at)
    return (
        words[at].folded in PARTICLES
        and follows is not None
        and words[follows].capital
        and words[follows].folded not in NO_SURNAMES | ROLES
    )


def _two(words: list[Word], at: int) -> int:
    """A name in a script without capitals is taken to have two words, or three with a "son of"."""
    end = at
    for _ in range(1 + (at + 1 < len(words) and words[at + 1].text in _SON_OF)):
        second = _next(words, end)
        if second is None or not words[second].caseless:
            break
        end = second
    return end


def _small_surname(words: list[Word], at: int) -> int:
    """The word behind a first name in small letters, unless it is surely none: "karim benali"."""
    second = _next(words, at)
    if second is None or len(words[second].text) < _FEWEST_LETTERS or words[second].folded in NO_SURNAMES | ROLES:
        return at
    return second


def _is_first_name(word: Word) -> bool:
    return word.folded in FIRST_NAMES or ("-" in word.folded and word.folded.partition("-")[0] in FIRST_NAMES)


def _shouts(words: list[Word], first: int, second: int) -> bool:
    """Whether the words around are in capitals too: then a capital says nothing."""
    around = [words[place] for place in (first - 1, second + 1) if 0 <= place < len(words) and len(words[place].text) > 1]
    return words[first].shouted and words[second].shouted and any(one.shouted for one in around)
