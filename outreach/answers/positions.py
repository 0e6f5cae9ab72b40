"""The decisions of elected officials come in from one spreadsheet, whole or not at all; a line without a decision changes nothing."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy.orm import Session

from conversations import segments
from outreach.answers.avis import locked
from outreach.answers.bounds import today_of
from outreach.answers.reading import book
from outreach.answers.shape import SMS_DONE, SMS_REASON, Point
from outreach.answers.sheets import AVIS, Columns, Fault, Row, SheetTrouble, day, fold, rows
from outreach.answers.work import Position, decide, in_work, troubles
from outreach.spreadsheets import for_people, uncell

_HEADS: Final = {
    "number": "Point",
    "title": "Titre",
    "decision": "Décision",
    "decided_by": "Décidé par",
    "decided_on": "Décidé le",
    "reasons": "Motifs",
    "sms_done": f"Ce qui sera fait ({SMS_DONE} lettres au plus)",
    "sms_reason": f"En bref ({SMS_REASON} lettres au plus)",
    "due_on": "Échéance",
}
"""The columns of the sheet that goes out."""
_POSITIONS: Final[Columns] = {
    "number": AVIS["number"],
    "title": AVIS["title"],
    "decision": ("decision", "position"),
    "decided_by": ("decide par", "decided by"),
    "decided_on": ("decide le", "decided on"),
    "reasons": ("motifs", "reasons"),
    "sms_done": ("ce qui sera fait", fold(_HEADS["sms_done"]), "what will be done", "done", "sms done"),
    "sms_reason": ("en bref", fold(_HEADS["sms_reason"]), "in short", "reason", "sms reason"),
    "due_on": ("echeance", "due on", "due"),
}
_TOLD: Final = {name: head.split(" (")[0].lower() for name, head in _HEADS.items()}
"""What a fault calls each column."""
_WRITTEN: Final = {"kept": "retenu", "partly": "retenu en partie", "not_kept": "non retenu"}
_READ: Final = {
    **{fold(words): decision for decision, words in _WRITTEN.items()},
    **{fold(decision): decision for decision in _WRITTEN},
    "kept in part": "partly",
}


class Decided(msgspec.Struct, frozen=True):
    """What an import did: decisions that are new or changed, and points that still have none."""

    taken: int
    without: int


def positions(session: Session, slug: str) -> bytes | None:
    """The sheet to fill in: a line a point, with what is decided already. None: no such process."""
    whole = book(session, slug, most=1)
    return for_people([_HEADS.values(), *map(_line, whole.points)]) if whole else None


def _line(one: Point) -> Iterator[object]:
    yield from (one.number, one.title["fr"])
    kept = _kept(one)
    if kept is not None:
        yield from (_WRITTEN[kept.decision], kept.decided_by, kept.decided_on, kept.reasons, kept.sms_done, kept.sms_reason, kept.due_on)


def _kept(one: Point) -> Position | None:
    answer = one.response
    if answer is None:
        return None
    return Position(
        decision=answer.decision,
        decided_by=answer.decided_by,
        decided_on=answer.decided_on,
        reasons=answer.reasons["fr"],
        sms_done=answer.sms_done.get("fr", ""),
        sms_reason=answer.sms_reason["fr"],
        due_on=one.commitments[0].due_on if one.commitments else None,
    )


def _plain(one: Position) -> Position:
    """With its short words as they are kept."""
    return msgspec.structs.replace(one, sms_done=segments.soften(one.sms_done), sms_reason=segments.soften(one.sms_reason))


def decide_all(session: Session, now: datetime, slug: str, raw: bytes, actor: str) -> Decided:
    """Record each decision of a sheet as `decide` does. A line without one, or that says what is decided already, changes nothing.

    Raises SheetTrouble with every fault (line, column, what to do), and Refused ("unknown", "state").
    """
    in_work(locked(session, slug).state)
    whole = book(session, slug, most=1)
    points = {one.number: one for one in whole.points} if whole else {}
    today = today_of(session, now)
    wanted: dict[str, Position] = {}
    lines: dict[str, int] = {}
    faults: list[Fault] = []
    for one in rows(raw, _POSITIONS, needed=("number", "decision")):
        row = Row(one.line, {name: uncell(cell) for name, cell in one.cells.items()})
        faults += _placed(row, points, lines)
        if row.cells["decision"]:
            wanted[row.cells["number"]] = _position(row, today, faults)
    if faults:
        raise SheetTrouble(faults)
    kept = {number: _kept(one) for number, one in points.items()}
    changed = {number: position for number, position in wanted.items() if _plain(position) != kept[number]}
    for number, position in changed.items():
        decide(session, now, slug, points[number].place, position, actor)
    return Decided(len(changed), sum(one is None and number not in wanted for number, one in kept.items()))


def _placed(row: Row, points: Mapping[str, Point], lines: dict[str, int]) -> Iterator[Fault]:
    """Whether the line is of a point of the avis, of one that no line above is of, under the title that it has."""
    number, title = row.cells["number"], row.cells["title"]
    if not number:
        yield Fault(row.line, _TOLD["number"], "missing: write the number of the point")
    elif number not in points:
        yield Fault(row.line, _TOLD["number"], f"the avis has no point {number[:20]}: mend the number, or take the line away")
    elif number in lines:
        yield Fault(row.line, _TOLD["number"], f"point {number} is on line {lines[number]} already: keep one of them")
    elif title and fold(title) != fold(points[number].title["fr"]):
        yield Fault(row.line, _TOLD["title"], f"point {number} has another title: take the sheet out again, the line may be another's")
    lines.setdefault(number, row.line)


def _position(row: Row, today: date, faults: list[Fault]) -> Position:
    """What the line decides, by the same rules as one decision alone."""
    cells, wrong = row.cells, dict[str, str]()
    decision = _READ.get(fold(cells["decision"]), "")
    if not decision:
        wrong["decision"] = f"{cells['decision'][:20]} is no decision: write {', '.join(_WRITTEN.values())}"
    days = {name: day(cells[name]) for name in ("decided_on", "due_on")}
    wrong |= {
        name: f"{cells[name][:20]} is no day: write it as 12/05/2027" for name, found in days.items() if cells[name] and found is None
    }
    position = Position(
        decision=decision,
        decided_by=cells["decided_by"],
        decided_on=days["decided_on"],
        reasons=cells["reasons"],
        sms_done=cells["sms_done"],
        sms_reason=cells["sms_reason"],
        due_on=days["due_on"],
    )
    for trouble in troubles(position, today):
        told = "missing: write it" if trouble.code == "missing" else str(trouble)
        wrong = dict.fromkeys(trouble.which, told) | wrong
    faults += [Fault(row.line, _TOLD[name], wrong[name]) for name in _TOLD if name in wrong]
    return position
