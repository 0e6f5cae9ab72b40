"""A sheet of paper becomes a contribution: who collected it, where, when, with which consent; typed twice, it is one."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias, Union

import msgspec
import sqlalchemy as sa
from rapidfuzz import fuzz, process
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from conversations.keywords import fold
from conversations.scripts import quote
from outreach import audit, references
from outreach.contributions import intake
from outreach.contributions.days import working_days_after
from outreach.house import house
from outreach.record import programme
from outreach.tables import contribution, paper

NETWORK = "paper"
"""What stands for a network in the table: nobody can be reached by it."""
LONGEST_TEXT, LONGEST_NAME = 4000, 120
OLDEST = timedelta(days=366)
"""A sheet that is older was dated by mistake, in all likelihood."""
SAME_BATCH = timedelta(hours=12)
"""So long the blank keeps what the sheets of a pile share."""
ALIKE, COMPARED, OPENING = 88, 300, 400
"""Percent of the letters that two texts share when they are probably one; with how many of the latest sheets of about its length one is
compared, and by how many of their first letters: with all of them it would hold the writer for 300 ms."""
LOOKED_AT = 3_000
"""The latest sheets, among which those of its process and length are looked for."""
_SHORTER, _LONGER, _SEAL = 0.7, 1.4, 29  # lengths of near copies, in bytes; a seal is so much longer than what it holds

_FORM = re.compile(r"[A-Za-z0-9_-]{22}")
_UNSEEN = re.compile(r"[^\S\n]+|[\x00-\x08\x0b-\x1f\x7f]")


class PaperRefused(Exception):
    """A sheet that can't be taken as it is: `faults` are (field, code); the codes name no word of it."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        """Keep the faults."""
        self.faults = faults
        super().__init__(", ".join(f"{field}: {code}" for field, code in faults))


class Typed(msgspec.Struct, frozen=True):
    """What somebody typed. `consent`: the exact sentence of the box that is ticked on the sheet, "" for none.

    `form` is the blank's own token: the same blank sent twice is one sheet. `anyway`: it looks like another one, and is not.
    """

    form: str
    process: str
    question: str
    text: str
    place: str
    collected_on: date | None
    collected_by: str
    consent: str
    publish: bool = True
    language: str = "fr"
    phone: str = ""  # E.164, where somebody left one
    anyway: bool = False


class Sheet(msgspec.Struct, frozen=True):
    """A sheet as it was entered; `text` is "" once it was erased."""

    ref: str
    state: str
    process: str
    process_name: str
    question: str
    text: str
    language: str
    publish: bool
    place: str
    collected_on: date
    collected_by: str
    entered_by: str
    entered_at: datetime
    checked_at: datetime | None
    slip: bool  # its code was shown
    phone: str = ""  # only to who compares it with the paper


class Entered(msgspec.Struct, frozen=True):
    """The sheet has its number. `again`: the same blank came a second time, and is still one contribution."""

    ref: str
    again: bool = False


class Alike(msgspec.Struct, frozen=True):
    """A sheet that says nearly the same; `quote`: its first words."""

    ref: str
    quote: str


class Near(msgspec.Struct, frozen=True):
    """Nothing was entered: these say nearly the same, the closest first."""

    sheets: tuple[Alike, ...]


class Kept(msgspec.Struct, frozen=True):
    """What the next sheet of a pile shares with the last one."""

    process: str
    question: str
    place: str
    collected_on: date
    collected_by: str
    language: str
    publish: bool


Outcome: TypeAlias = Union[Entered, Near]

_ALL = sa.select(
    contribution.c.id, contribution.c.ref, contribution.c.subject, contribution.c.state, contribution.c.process_id, contribution.c.question,
    contribution.c.language, contribution.c.publish, contribution.c.sealed, paper.c.place, paper.c.collected_on, paper.c.collected_by,
    paper.c.entered_by, paper.c.entered_at, paper.c.checked_at, paper.c.secret, paper.c.phone,
).join(paper, paper.c.contribution_id == contribution.c.id)  # fmt: skip


def enter(session: Session, now: datetime, actor: str, typed: Typed, organisation: str = "") -> Outcome:
    """Enter a sheet: it waits for the second look, uncounted and unpublished, and has its public number at once.

    `organisation`: an association's account collects in that name alone, and is compared with its own sheets alone.
    Raises PaperRefused for what is compulsory (INC-05, LINK-10).
    """
    typed = _clean(typed, organisation)
    about = programme.by_slug(session, (typed.process,)).get(typed.process)
    _check(session, now, typed, about)
    assert about is not None  # noqa: S101 - `_check` refused it
    assert typed.collected_on is not None  # noqa: S101 - the same
    if (already := _already(session, actor, typed)) is not None:
        return already
    if not typed.anyway and (near := alike(session, about.id, typed.text, actor if organisation else "")):
        return _already(session, actor, typed) or Near(near)  # its nearest copy may be itself, entered a moment ago on another connection
    id_ = references.new_id(now)
    row = {
        "id": id_,
        "ref": references.new_ref(),
        "subject": references.new_token(),
        "process_id": about.id,
        "question": typed.question,
        "address_id": None,
        "network": NETWORK,
        "language": typed.language,
        "state": "draft",
        "sealed": house(session).keys.seal("contribution", id_, typed.text.encode()),
        "asked_text": about.question(typed.question, typed.language, short=False),
        "messages": 1,
        "publish": typed.publish,
        "consent": typed.consent,
        "received_at": now,
        "read_by": read_by(session, now),
        "changed_at": now,
    }
    values = {
        "contribution_id": id_,
        "collected_by": typed.collected_by,
        "place": typed.place,
        "collected_on": typed.collected_on,
        "entered_by": actor,
        "entered_at": now,
        "form": typed.form,
        "phone": house(session).keys.seal("paper", id_, typed.phone.encode()) if typed.phone else None,
    }
    try:
        with session.begin_nested():
            intake.insert(session, [row])
            session.execute(sa.insert(paper).values(values))
    except IntegrityError:  # the same blank, a moment ago, on another connection
        if (already := _already(session, actor, typed)) is not None:
            return already
        raise
    audit.write(session, [audit.line(actor, "paper.entered", str(row["subject"]))], now)
    return Entered(str(row["ref"]))


def read_by(session: Session, now: datetime) -> datetime:
    """Until when a moderator reads what comes in now."""
    return working_days_after(now, intake.READ_WITHIN, house(session))


def _clean(typed: Typed, organisation: str) -> Typed:
    one_line = {name: " ".join(_UNSEEN.sub(" ", getattr(typed, name)).split()) for name in ("place", "collected_by")}
    return msgspec.structs.replace(
        typed,
        text=clean(typed.text),
        place=one_line["place"],
        collected_by=organisation or one_line["collected_by"],
    )


def clean(text: str) -> str:
    """A text without letters that can't be shown, and without blanks around its lines."""
    return "\n".join(_UNSEEN.sub(" ", line).strip() for line in text.replace("\r\n", "\n").split("\n")).strip()


def _check(session: Session, now: datetime, typed: Typed, about: programme.Known | None) -> None:
    today = now.astimezone(house(session).timezone).date()
    faults: list[tuple[str, str]] = []
    if not _FORM.fullmatch(typed.form):
        faults.append(("form", "form"))
    if about is None or about.state != "open":
        faults.append(("process", "process"))
    elif not about.has_question(typed.question):
        faults.append(("question", "question"))
    faults += [(name, "missing") for name in ("text", "place", "collected_by") if not getattr(typed, name)]
    if len(typed.text) > LONGEST_TEXT:
        faults.append(("text", "too_long"))
    faults += [(name, "too_long") for name in ("place", "collected_by") if len(getattr(typed, name)) > LONGEST_NAME]
    if typed.collected_on is None:
        faults.append(("collected_on", "missing"))
    elif not today - OLDEST <= typed.collected_on <= today:
        faults.append(("collected_on", "date"))
    if not typed.consent:
        faults.append(("consent", "consent"))
    if typed.language not in house(session).languages and not re.fullmatch(r"[a-z]{2,3}", typed.language):
        faults.append(("language", "language"))
    if faults:
        raise PaperRefused(*faults)


def _already(session: Session, actor: str, typed: Typed) -> Entered | None:
    """The sheet that came from this blank; another text, or another person's blank, is refused rather than lost."""
    row = session.execute(_ALL.where(paper.c.form == typed.form)).one_or_none()
    if row is None:
        return None
    if row.entered_by != actor or (row.checked_at is None and text_of(session, row) != typed.text):
        raise PaperRefused(("form", "used"))
    return Entered(row.ref, again=True)


def alike(session: Session, process_id: int, text: str, entered_by: str = "", but: int | None = None) -> tuple[Alike, ...]:
    """The latest sheets of a process that say nearly the same, at most three; with `entered_by` only those of one account."""
    latest = sa.select(paper.c.contribution_id).order_by(paper.c.contribution_id.desc()).limit(LOOKED_AT)
    if entered_by:
        latest = latest.where(paper.c.entered_by == entered_by)
    query = sa.select(contribution.c.id, contribution.c.ref, contribution.c.sealed).where(contribution.c.id.in_(latest))
    query = query.where(contribution.c.process_id == process_id, contribution.c.sealed.is_not(None), contribution.c.state != "withdrawn")
    if but is not None:
        query = query.where(contribution.c.id != but)
    about = len(text.encode())
    length = sa.func.length(contribution.c.sealed) - _SEAL
    query = query.where(length >= int(about * _SHORTER), length <= int(about * _LONGER) + 1)
    rows = session.execute(query.order_by(contribution.c.id.desc()).limit(COMPARED)).all()
    texts = [text_of(session, row) for row in rows]
    openings = [fold(one[:OPENING]) for one in texts]
    best = process.extract(fold(text[:OPENING]), openings, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=3)
    return tuple(Alike(rows[place].ref, quote(texts[place], network="telegram")) for _text, _score, place in best)


def text_of(session: Session, row: Any) -> str:  # noqa: ANN401 - a row with id and sealed
    """The words as they were typed; "" once they were erased."""
    return house(session).keys.open("contribution", row.id, row.sealed).decode() if row.sealed else ""


def get(session: Session, ref: str, entered_by: str = "") -> Sheet | None:
    """One sheet; None for what is none, or with `entered_by` is another account's."""
    found = _sheets(session, _ALL.where(contribution.c.ref == ref), entered_by)
    return found[0] if found else None


def listing(session: Session, entered_by: str, limit: int = 50) -> tuple[Sheet, ...]:
    """The sheets that an account entered, the latest first."""
    return _sheets(session, _ALL.order_by(paper.c.contribution_id.desc()).limit(limit), entered_by)


def _sheets(session: Session, query: "sa.Select[Any]", entered_by: str) -> tuple[Sheet, ...]:
    if entered_by:
        query = query.where(paper.c.entered_by == entered_by)
    return shown(session, session.execute(query).all())


def shown(session: Session, rows: Sequence[Any]) -> tuple[Sheet, ...]:
    """Rows of `every` as people see them."""
    processes = programme.by_id(session, {row.process_id for row in rows})
    return tuple(
        Sheet(
            ref=row.ref,
            state=row.state,
            process=processes[row.process_id].slug,
            process_name=processes[row.process_id].name,
            question=processes[row.process_id].question(row.question, "fr", short=False),
            text=text_of(session, row),
            language=row.language,
            publish=row.publish,
            place=row.place,
            collected_on=row.collected_on,
            collected_by=row.collected_by,
            entered_by=row.entered_by,
            entered_at=row.entered_at,
            checked_at=row.checked_at,
            slip=row.secret is not None,
        )
        for row in rows
    )


def every() -> "sa.Select[Any]":
    """Sheets with their contributions: the columns that `shown` reads."""
    return _ALL


def kept(session: Session, now: datetime, actor: str) -> Kept | None:
    """What the last sheet that this account entered today had in common with the next one."""
    query = _ALL.where(paper.c.entered_by == actor, paper.c.entered_at > now - SAME_BATCH).order_by(paper.c.contribution_id.desc()).limit(1)
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    about = programme.by_id(session, (row.process_id,))[row.process_id]
    return Kept(about.slug, row.question, row.place, row.collected_on, row.collected_by, row.language, row.publish)
