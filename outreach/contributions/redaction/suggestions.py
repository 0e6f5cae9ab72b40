"""Every place of a text that a moderator is asked to look at before it is public, in order, none over another (MOD-54)."""

from collections.abc import Callable, Iterable

from outreach.contributions.redaction import addresses, links, numbers, persons
from outreach.contributions.redaction.found import Found, Kind, Place, plain

_FINDERS: tuple[tuple[Kind, Callable[[str], Iterable[Place]]], ...] = (
    # where two find the same place, the first named tells what it is
    ("iban", numbers.ibans),
    ("nir", numbers.nirs),
    ("email", links.emails),
    ("email", links.spelt_emails),
    ("link", links.links),
    ("phone", numbers.phones),
    ("plate", numbers.plates),
    ("handle", links.handles),
    ("address", addresses.addresses),
    ("person", persons.persons),
)


def personal(text: str) -> tuple[Found, ...]:
    """Phone numbers and e-mail addresses, in their order: none may stay in a public text (MOD-54). Digits of any script are digits."""
    letters = plain(text)
    found: dict[Place, Kind] = dict.fromkeys(links.emails(letters), "email")
    found |= dict.fromkeys(numbers.phones(letters), "phone")
    return tuple(Found(kind, *place) for place, kind in sorted(found.items()))


def suggestions(text: str) -> tuple[Found, ...]:
    """What a moderator is asked to look at: each place once, whatever else was found in it. Nothing is hidden by this."""
    letters = plain(text)
    ranked = [(start, end, rank) for rank, (_kind, find) in enumerate(_FINDERS) for start, end in find(letters)]
    made: list[tuple[int, int, int]] = []
    for start, end, rank in sorted(ranked):
        if made and start < made[-1][1]:
            first, last, best = made.pop()
            made.append((first, max(last, end), min(best, rank)))
        else:
            made.append((start, end, rank))
    return tuple(Found(_FINDERS[rank][0], start, end) for start, end, rank in made)
