"""The form that hides words: each suggestion is ticked on its own, others are typed; what was and what will be read stand side by side."""

from collections.abc import Iterable
from typing import NamedTuple

from bot.web.forms import Form
from conversations.text import Text, _
from outreach.contributions.items import Item
from outreach.contributions.redaction import MASK, Found, Kind, Place, hidden, mask, personal, suggestions

HIDES = ("redact", "reverse")
"""The decisions that hide words."""

KINDS: dict[Kind, Text] = {
    "phone": _("telephone number"),
    "email": _("e-mail address"),
    "iban": _("bank account"),
    "nir": _("social security number"),
    "plate": _("number plate"),
    "address": _("home address"),
    "link": _("link"),
    "handle": _("name on a network"),
    "person": _("named person"),
}
"""What each kind of suggestion is called."""
_TICK = "hide-"


class Suggested(NamedTuple):
    """One suggestion as a box to tick."""

    name: str
    words: str
    kind: Text
    ticked: bool


class Piece(NamedTuple):
    """A piece of a text: with a kind it is marked, `hidden` it is struck out; `name` is that of its box."""

    words: str
    kind: Text | None = None
    hidden: bool = False
    name: str = ""


class Proposal(NamedTuple):
    """What may be hidden, the text that everybody would read, and the text as it was written, in pieces."""

    suggested: tuple[Suggested, ...]
    text: str
    boxes_alone: str  # what the ticked boxes make of it; the text differs once it was written by hand
    pieces: tuple[Piece, ...]


def proposal(item: Item, sent: Form) -> Proposal:
    """What is surely personal is ticked already; a form that was sent comes back as it was filled in."""
    sure = {(one.start, one.end) for one in personal(item.text)}
    ticked = _ticked(sent) if sent["decision"] in HIDES else {(one.start, one.end) for one in item.suggestions if _within(one, sure)}
    boxes = tuple(
        Suggested(f"{_TICK}{one.start}-{one.end}", item.text[one.start : one.end], KINDS[one.kind], (one.start, one.end) in ticked)
        for one in item.suggestions
    )
    text = public_text(item.text, sent) if sent["decision"] in HIDES else mask(item.text, ticked)
    return Proposal(boxes, text, mask(item.text, ticked), tuple(_pieces(item, hidden(item.text, text))))


def public_text(original: str, form: Form) -> str:
    """The text that everybody would read: the one in the form, with what is ticked hidden too.

    A text that was not touched by hand follows the boxes alone: what was ticked and is no more, is shown again.
    """
    ticked = _ticked(form) & {(one.start, one.end) for one in suggestions(original)}
    if form["text"] == form["was"] or not form["text"]:
        return mask(original, ticked)
    text = form["text"]
    for start, end in ticked:
        text = text.replace(original[start:end], MASK)
    return text


def _ticked(form: Form) -> set[Place]:
    places = (name.removeprefix(_TICK).split("-") for name in form if name.startswith(_TICK))
    return {(int(place[0]), int(place[1])) for place in places if len(place) == len(("start", "end")) and all(map(str.isdecimal, place))}


def _within(one: Found, sure: Iterable[Place]) -> bool:
    return any(one.start < last and first < one.end for first, last in sure)


def _pieces(item: Item, gone: tuple[Place, ...]) -> Iterable[Piece]:
    """The text in order: what is hidden, and what else is suggested."""
    marked = [(*place, Piece(item.text[slice(*place)], hidden=True)) for place in gone]
    for one in item.suggestions:
        covered = [place for place in gone if one.start < place[1] and place[0] < one.end]
        piece = Piece(item.text[one.start : one.end], KINDS[one.kind], bool(covered), f"{_TICK}{one.start}-{one.end}")
        if not covered:
            marked.append((one.start, one.end, piece))
        elif covered == [(one.start, one.end)]:
            marked = [(one.start, one.end, piece) if other[:2] == (one.start, one.end) else other for other in marked]
    at = 0
    for start, end, piece in sorted(marked, key=lambda one: one[:2]):
        if start > at:
            yield Piece(item.text[at:start])
        yield piece
        at = end
    if at < len(item.text) or not marked:
        yield Piece(item.text[at:])
