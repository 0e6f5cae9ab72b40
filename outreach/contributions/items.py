"""One contribution as a moderator sees it: text, question and context; never a number, a profile or a campaign."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.contributions import triage
from outreach.contributions.aside import set_aside
from outreach.contributions.redaction import Found, personal, suggestions
from outreach.contributions.triage import Reading
from outreach.house import house
from outreach.record import programme
from outreach.tables import appeal, contribution, decision

DECISIONS: dict[str, tuple[str, ...]] = {
    "received": ("accept", "redact", "refuse", "group", "answer", "move", "split", "ask_again"),
    "read_only": ("accept",),  # read and counted
    "appealed": ("uphold", "reverse"),
}
"""What may be decided in each state; a published text whose hidden words are contested: as if appealed."""


class Pending(msgspec.Struct, frozen=True):
    """A decision that has not taken effect: it can be undone until then."""

    kind: str
    actor: str
    effective_at: datetime


class Past(msgspec.Struct, frozen=True):
    """A decision that took effect; `text` is what was written to the author or published."""

    kind: str
    actor: str
    reason: str
    fact: str
    text: str
    at: datetime


class Item(msgspec.Struct, frozen=True):
    """What a moderator sees. `asked_text`: the question as it was sent; `others`: how many more came from this person."""

    ref: str
    pseudonym: str
    state: str
    text: str
    process: str
    process_name: str
    question: str
    asked_text: str
    language: str
    messages: int
    publish: bool
    received_at: datetime
    read_by: datetime
    late: bool
    urgent: bool
    flags: tuple[str, ...]  # "phone", "email", "appeal", "read_only", "late", "urgent", "paper", "set_aside", and triage.FLAGS
    allowed: tuple[str, ...]  # decisions
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    opened_at: datetime | None = None
    public_text: str = ""
    published_at: datetime | None = None
    grouped_with: str = ""
    pending: Pending | None = None
    past: tuple[Past, ...] = ()
    others: int = 0
    answer_by: datetime | None = None  # of an appeal
    first_actor: str | None = None  # of an appeal: may not decide it again
    theme: str = ""
    written_in: str = ""  # the language that the text seems to be in, when it is not that of the conversation
    suggestions: tuple[Found, ...] = ()  # where something personal may stand in the text


class Details(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a decision keeps sealed besides its codes."""

    text: str = ""
    with_: str = msgspec.field(default="", name="with")
    note: str = ""
    parts: tuple[str, ...] = ()


def make(session: Session, rows: Sequence[Any], now: datetime, *, whole: bool = False) -> tuple[Item, ...]:
    """Rows of the table as moderators see them; `whole` adds past decisions, the person's others counted, what might be hidden."""
    if not rows:
        return ()
    keys = house(session).keys
    ids = [row.id for row in rows]
    processes = programme.by_id(session, {row.process_id for row in rows})
    appeals = {row.contribution_id: row for row in session.execute(sa.select(appeal).where(appeal.c.contribution_id.in_(ids)))}
    # not the bare column: SQLite would go through every decision of these states, instead of the few of these texts
    stands = (decision.c.state + "").in_(("waiting", "applied"))
    query = sa.select(decision).where(decision.c.contribution_id.in_(ids), stands)
    rests = set(session.scalars(sa.select(contribution.c.id).where(contribution.c.id.in_(ids), set_aside())))
    made: dict[int, list[Any]] = {}
    for one in session.execute(query.order_by(decision.c.made_at, decision.c.id)):
        made.setdefault(one.contribution_id, []).append(one)
    found = []
    for row in rows:
        about, contested = processes[row.process_id], appeals.get(row.id)
        contested = contested if contested is not None and contested.outcome == "" else None
        text = keys.open("contribution", row.id, row.sealed).decode() if row.sealed else row.public_text or ""
        waiting = next((one for one in made.get(row.id, ()) if one.state == "waiting"), None)
        late = row.state == "received" and now > row.read_by
        reading = triage.on_row(row, text)
        found.append(
            Item(
                ref=row.ref,
                pseudonym=row.pseudonym,
                state=row.state,
                text=text,
                process=about.slug,
                process_name=about.name,
                question=row.question,
                asked_text=row.asked_text,
                language=row.language,
                messages=row.messages,
                publish=row.publish,
                received_at=row.received_at,
                read_by=row.read_by,
                late=late,
                urgent=row.urgent > 0 or (row.flags is None and reading.urgent),
                flags=_flags(row, text, reading, contested is not None, late, row.id in rests),
                allowed=() if waiting or row.id in rests else allowed(row, contested is not None),
                claimed_by=row.claimed_by if row.claimed_until and row.claimed_until > now else None,
                claimed_until=row.claimed_until if row.claimed_until and row.claimed_until > now else None,
                opened_at=row.opened_at,
                public_text=row.public_text or "",
                published_at=row.published_at,
                grouped_with=row.grouped_with,
                pending=Pending(waiting.kind, waiting.actor, waiting.effective_at) if waiting else None,
                past=tuple(_past(session, one) for one in made.get(row.id, ()) if one.state == "applied") if whole else (),
                others=_others(session, row) if whole else 0,
                answer_by=contested.answer_by if contested else None,
                first_actor=contested.first_actor if contested else None,
                theme=row.theme,
                written_in=reading.language if reading.language != row.language.partition("-")[0] else "",
                suggestions=suggestions(text) if whole else (),
            )
        )
    return tuple(found)


def allowed(row: Any, contested: bool) -> tuple[str, ...]:  # noqa: ANN401, FBT001 - a row and its appeal
    """The decisions that may be taken on a contribution as it stands."""
    if row.state == "read_only" and row.urgent < 0:
        return ()
    found = DECISIONS["appealed"] if contested else DECISIONS.get(row.state, ())
    return tuple(one for one in found if one != "ask_again") if row.network == "paper" else found  # who wrote on paper can't be asked


def details(session: Session, row: Any) -> Details:  # noqa: ANN401 - a row of the table
    """What a decision kept sealed; nothing once it was erased."""
    return msgspec.json.decode(house(session).keys.open("decision", row.id, row.sealed), type=Details) if row.sealed else Details()


def _past(session: Session, row: Any) -> Past:  # noqa: ANN401 - a row of the table
    return Past(row.kind, row.actor, row.reason, row.fact, details(session, row).text, row.effective_at)


def _others(session: Session, row: Any) -> int:  # noqa: ANN401 - a row of the table
    if row.address_id is None:
        return 0
    query = sa.select(sa.func.count()).where(contribution.c.address_id == row.address_id, contribution.c.id != row.id)
    return session.scalar(query) or 0


def _flags(row: Any, text: str, reading: Reading, contested: bool, late: bool, rests: bool) -> tuple[str, ...]:  # noqa: ANN401, FBT001, PLR0917
    flags = {*(one.kind for one in personal(text)), *reading.flags}
    told = {
        "appeal": contested,
        "read_only": row.state == "read_only",
        "late": late,
        "urgent": row.urgent > 0 or (row.flags is None and reading.urgent),
        "paper": row.network == "paper",
        "set_aside": rests,
    }
    return tuple(sorted({*flags, *(name for name, true in told.items() if true)}))


def original(session: Session, row: Any) -> str:  # noqa: ANN401 - a row of the table
    """The text as it was written; "" once it was erased."""
    return house(session).keys.open("contribution", row.id, row.sealed).decode() if row.sealed else ""
