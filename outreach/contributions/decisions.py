"""A moderator decides: checked at once, in effect after the undo window, each one audited; four eyes on an appeal."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.reasons import REASONS, reasons_for
from outreach import audit, trouble
from outreach.characters import UNSHOWN, can_be_shown, unturned
from outreach.contributions import NotAllowed, blind, items, lengths, publication, second, verdicts
from outreach.contributions.aside import set_aside
from outreach.contributions.items import Details
from outreach.contributions.queue import ClaimedByOther
from outreach.contributions.redaction import Rewritten, hide, parts_of, personal
from outreach.house import house
from outreach.record import programme
from outreach.references import new_id
from outreach.tables import appeal, contribution, decision

LEADS_TO: Mapping[str, str] = MappingProxyType(
    {
        "accept": "accepted",
        "redact": "redacted",
        "refuse": "refused",
        "group": "grouped",
        "answer": "answered",
        "move": "moved",
        "split": "split",
        "ask_again": "asked_again",
        "uphold": "upheld",
        "reverse": "reversed",
    }
)
"""The state that each decision leads to, once it is in effect."""

LONGEST_FACT = 42
"""Letters: with all caps full, message 11 stays in two parts of an SMS (journeys 6)."""
LONGEST_TEXT = 4000
SLICE = 8
"""Decisions given effect in one unit of the writer: about 40 ms."""


_log = logging.getLogger(__name__)


class DecisionRefused(Exception):
    """A decision that can't be taken: `code` and `field` for programs, a sentence for people; it never quotes a citizen.

    `kind`: "unknown" (no such contribution), "invalid" (the decision is not complete or not correct), "conflict" (somebody else
    decided, or its state allows it no more).
    """

    def __init__(self, kind: Literal["unknown", "invalid", "conflict"], code: str, field: str, message: str, *, count: int = 0) -> None:
        """Keep all; `count` of what there is too much of."""
        self.kind, self.code, self.field, self.message, self.count = kind, code, field, message, count
        super().__init__(message)


class Decision(msgspec.Struct, frozen=True):
    """What a moderator wants. `text`: the public text, the message to the author, or the parts between lines of "---".

    `with_`: the reference to group with; or the process, the question, or "process/question" to move to. `note` stays inside.
    """

    kind: str
    reason: str = ""
    fact: str = ""
    text: str = ""
    with_: str = ""
    note: str = ""


class Decided(msgspec.Struct, frozen=True):
    """From `effective_at` on the contribution is in `state`, or further."""

    ref: str
    state: str
    effective_at: datetime
    bundle: int = 0  # what was decided with one key bears one number


def decide(  # noqa: PLR0917 - what, by whom, when
    session: Session, now: datetime, ref: str, actor: str, wanted: Decision, delay: timedelta | None = None, bundle: int = 0
) -> Decided:
    """Take a decision; it has its effect after `delay` (the house's undo window by default), or at once.

    With `bundle` it is one of several that were decided with one key.
    Raises DecisionRefused, or ClaimedByOther while somebody else reads the item.
    """
    row = session.execute(sa.select(contribution).where(contribution.c.ref == ref).with_for_update()).one_or_none()
    if row is None:
        raise DecisionRefused("unknown", "unknown", "ref", "no contribution has this reference")
    if wanted.kind not in LEADS_TO:
        raise DecisionRefused("invalid", "unknown_decision", "decision", f"the decision is none of {', '.join(LEADS_TO)}")
    if row.claimed_by not in {None, actor} and row.claimed_until and row.claimed_until > now:
        raise ClaimedByOther("somebody else is reading this contribution")
    _check_state(session, row, actor, wanted)
    effective_at = now + (house(session).undo if delay is None else delay)
    details = _check(session, row, wanted, effective_at if effective_at > now else None)
    id_ = new_id(now)
    session.execute(
        sa.insert(decision).values(
            id=id_,
            contribution_id=row.id,
            actor=actor,
            kind=wanted.kind,
            reason=wanted.reason,
            fact=wanted.fact,
            sealed=house(session).keys.seal("decision", id_, msgspec.json.encode(details)),
            made_at=now,
            effective_at=effective_at,
            state="waiting",
            bundle=bundle or id_,
        )
    )
    kept = {"opened_at": row.opened_at or now, "claimed_by": actor, "claimed_until": effective_at}
    session.execute(sa.update(contribution).where(contribution.c.id == row.id).values(**kept))
    line = audit.line(actor, "contribution.decided", row.subject, decision=wanted.kind, reason=wanted.reason, effective=effective_at)
    audit.write(session, [line], now)
    if effective_at <= now:
        _apply(session, row, _waiting(session, row.id), now)
    return Decided(ref, "read_only" if row.state == "read_only" else LEADS_TO[wanted.kind], effective_at, bundle or id_)


def undo(session: Session, now: datetime, ref: str, actor: str) -> tuple[str, ...]:
    """Take back one's own decision before it takes effect, and all that was decided with the same key: nothing has moved.

    Gives the references. Raises DecisionRefused.
    """
    about = session.execute(sa.select(contribution).where(contribution.c.ref == ref).with_for_update()).one_or_none()
    made = _waiting(session, about.id) if about else None
    if about is None or made is None or made.effective_at <= now:
        raise DecisionRefused("conflict", "too_late", "ref", "nothing to take back: the decision is in effect")
    if made.actor != actor:
        raise DecisionRefused("conflict", "not_yours", "ref", "only who decided can take it back")
    mine = (decision.c.bundle == made.bundle, decision.c.actor == actor, decision.c.state == "waiting", decision.c.effective_at > now)
    with_it = sa.select(decision.c.contribution_id).where(*mine) if made.bundle else sa.select(sa.literal(about.id))
    rows = session.execute(
        sa.select(contribution).where(contribution.c.id.in_(with_it)).order_by(contribution.c.id).with_for_update()
    ).all()
    for row in rows:
        if one := _waiting(session, row.id):
            _drop(session, one)
            session.execute(sa.update(contribution).where(contribution.c.id == row.id).values(claimed_by=None, claimed_until=None))
            audit.write(session, [audit.line(actor, "contribution.undone", row.subject, decision=one.kind)], now)
    return tuple(row.ref for row in rows)


def apply_due(session: Session, now: datetime) -> int:
    """Give effect to decisions whose undo window is over, a slice at a time, and publish what was accepted. Gives how many.

    Idempotent; what another process holds is skipped. A decision whose contribution can't follow any more, or that breaks, is
    dropped: the contribution stands in the queue again.
    """
    due = sa.select(decision.c.contribution_id).where(decision.c.state == "waiting", decision.c.effective_at <= now)
    ids = session.scalars(due.order_by(decision.c.effective_at, decision.c.id).limit(SLICE)).all()
    done = 0
    for id_ in ids:  # the contribution is locked before its decision, as everywhere
        row = session.execute(sa.select(contribution).where(contribution.c.id == id_).with_for_update(skip_locked=True)).one_or_none()
        made = _waiting(session, id_) if row else None
        if row is None or made is None:
            continue
        try:
            with session.begin_nested():
                _apply(session, row, made, now)
        except (NotAllowed, verdicts.CannotFollow):
            _drop(session, made)
        except Exception as error:
            if trouble.kind(error) in {"again", "down"}:
                raise
            _log.error("a decision broke: %s", trouble.place(error))
            _drop(session, made)
        done += 1
    publication.publish_accepted(session, now)
    return done


def _waiting(session: Session, contribution_id: int) -> Any:  # noqa: ANN401 - a row of the table
    query = sa.select(decision).where(decision.c.contribution_id == contribution_id, decision.c.state == "waiting")
    return session.execute(query.order_by(decision.c.id).limit(1)).one_or_none()


def _drop(session: Session, made: Any) -> None:  # noqa: ANN401 - a row of the table
    session.execute(sa.update(decision).where(decision.c.id == made.id).values(state="undone", sealed=None))


def _apply(session: Session, row: Any, made: Any, now: datetime) -> None:  # noqa: ANN401 - rows of the tables
    if _rests(session, row.id):
        raise verdicts.CannotFollow("its author objected meanwhile")
    session.execute(sa.update(decision).where(decision.c.id == made.id).values(state="applied"))
    session.execute(sa.update(contribution).where(contribution.c.id == row.id).values(claimed_by=None, claimed_until=None))
    verdicts.apply(session, row, made, items.details(session, made), now)
    second.ask(session, row, made, now)
    blind.pool(session, row, made)
    publication.publish_accepted(session, now, [row.id])


def _check_state(session: Session, row: Any, actor: str, wanted: Decision) -> None:  # noqa: ANN401 - a row of the table
    if _rests(session, row.id):
        raise DecisionRefused("conflict", "set_aside", "decision", "its author objected: it rests until the officer has decided")
    if _waiting(session, row.id):
        raise DecisionRefused("conflict", "decided", "decision", "a decision was just taken: take it back first")
    contested = session.execute(sa.select(appeal).where(appeal.c.contribution_id == row.id, appeal.c.outcome == "")).one_or_none()
    if wanted.kind not in items.allowed(row, contested is not None):
        raise DecisionRefused("conflict", "not_allowed", "decision", f"a contribution that is {row.state} allows no {wanted.kind}")
    if contested is not None and contested.first_actor == actor:
        raise DecisionRefused("conflict", "four_eyes", "decision", "an appeal is decided by another person than the first decision")
    if wanted.kind == "ask_again" and session.execute(_asked_before(row).limit(1)).one_or_none():
        raise DecisionRefused("conflict", "asked_once", "decision", "its author was asked once already")


def _rests(session: Session, contribution_id: int) -> bool:
    return session.scalar(sa.select(contribution.c.id).where(contribution.c.id == contribution_id, set_aside())) is not None


def _asked_before(row: Any) -> "sa.Select[Any]":  # noqa: ANN401 - a row of the table
    mine = (decision.c.contribution_id == row.id, decision.c.kind == "ask_again", decision.c.state == "applied")
    return sa.select(decision.c.id).where(*mine)


def _check(session: Session, row: Any, wanted: Decision, waits: datetime | None) -> Details:  # noqa: ANN401 - a row of the table
    """What the decision keeps, once it is complete and correct; `waits` until when, None for one that has its effect at once."""
    _check_reason(wanted)
    if len(wanted.text) > LONGEST_TEXT or len(wanted.note) > LONGEST_TEXT:
        raise DecisionRefused("invalid", "too_long", "text", f"at most {LONGEST_TEXT} letters")
    _check_letters(wanted)
    original = items.original(session, row)
    text, with_ = wanted.text.strip(), wanted.with_.strip()
    parts: tuple[str, ...] = ()
    match wanted.kind:
        case "accept" | "redact" | "reverse" if row.publish:
            text = _public(original, text, wanted.kind)
        case "answer":
            _needs(text, "text", "write the answer to its author")
            _fits(session, row, text)
        case "group":
            with_ = _leader(session, row, with_, waits)
        case "move":
            with_ = _target(session, row, with_)
        case "split":
            parts = parts_of(original, text)
            if not parts:
                message = "put a line of three dashes between the parts; together they are the text, word for word"
                raise DecisionRefused("invalid", "not_the_text", "text", message)
            text = ""
        case _:
            pass
    return Details(text=text, with_=with_, note=wanted.note.strip(), parts=parts)


def _fits(session: Session, row: Any, text: str) -> None:  # noqa: ANN401 - a row of the table
    parts = lengths.parts(session, text)
    if row.network == "sms" and row.address_id and parts > lengths.PARTS:
        message = f"this answer takes {parts} SMS, {lengths.PARTS} at most: shorten it"
        raise DecisionRefused("invalid", "too_many_parts", "text", message, count=parts)


def _check_letters(wanted: Decision) -> None:
    """What a person or the record is told says something; words that are compared with the original may hold what it holds."""
    written = {"fact": wanted.fact, "note": wanted.note, "with": wanted.with_}
    if wanted.kind in {"answer", "ask_again"}:
        written["text"] = wanted.text
    for field, words in written.items():
        if not can_be_shown(words):
            raise DecisionRefused("invalid", "unshown", field, UNSHOWN)


def _check_reason(wanted: Decision) -> None:
    codes = reasons_for(wanted.kind)
    if wanted.reason and wanted.reason not in REASONS:
        raise DecisionRefused("invalid", "unknown_reason", "reason", f"the reason is none of {', '.join(codes or REASONS)}")
    if wanted.reason and codes and wanted.reason not in codes:
        raise DecisionRefused("invalid", "unknown_reason", "reason", f"for this decision the reason is one of {', '.join(codes)}")
    if not wanted.reason and wanted.kind in {"refuse", "redact"}:
        raise DecisionRefused("invalid", "missing", "reason", f"its author is told why: one of {', '.join(codes)}")
    if len(wanted.fact) > LONGEST_FACT:
        raise DecisionRefused("invalid", "too_long", "fact", f"at most {LONGEST_FACT} letters")
    if personal(wanted.fact):
        raise DecisionRefused("invalid", "personal_data_left", "fact", "name the fact without a number or an address")


def _public(original: str, text: str, kind: str) -> str:
    """The text that will be public. Words are hidden, never rewritten (MOD-06); a number or an e-mail address never stays (MOD-54).

    Letters that turn the reading round are left out: words that read otherwise than they are written would be public for ever.
    """
    if not original:
        raise DecisionRefused("conflict", "erased", "decision", "the text was erased")
    public, text = unturned(original), unturned(text)
    if not public.strip():
        raise DecisionRefused("invalid", "unshown", "text", UNSHOWN)
    if kind == "redact" or (kind == "reverse" and text and text != public):
        _needs(text, "text", "write the text as it will be public, with […] in the place of what is hidden")
        try:
            public = hide(public, text)
        except Rewritten as error:
            raise DecisionRefused("invalid", "rewritten", "text", str(error)) from None
    if left := personal(public):
        names = {"phone": "a phone number", "email": "an e-mail address"}
        told = " and ".join(f"{names[one.kind]} (letters {one.start + 1} to {one.end})" for one in left)
        raise DecisionRefused("invalid", "personal_data_left", "text", f"{told} would be public: redact, with […] in its place")
    return public


def _needs(value: str, field: str, message: str) -> None:
    if not value:
        raise DecisionRefused("invalid", "missing", field, message)


def _leader(session: Session, row: Any, with_: str, waits: datetime | None) -> str:  # noqa: ANN401 - a row of the table
    """The reference under which the group is listed: of a text that is public, or will be by the time this decision has its effect."""
    _needs(with_, "with", "write the reference of the text that speaks for this one")
    mine = (contribution.c.ref == with_.replace(" ", ""), contribution.c.process_id == row.process_id)
    found = session.execute(sa.select(contribution).where(*mine)).one_or_none()
    about_it = _waiting(session, found.id) if found is not None and not found.public_text else None
    will_be = about_it is not None and about_it.kind in {"accept", "redact"} and waits is not None and about_it.effective_at <= waits
    if found is None or found.id == row.id or not (found.public_text or will_be):
        raise DecisionRefused("invalid", "no_group", "with", "it must be an accepted or published contribution of the same process")
    return str(found.grouped_with or found.ref)


def _target(session: Session, row: Any, with_: str) -> str:  # noqa: ANN401 - a row of the table
    """Where to move to, as "process/question"."""
    _needs(with_, "with", "write the process, the question, or process/question")
    here = programme.by_id(session, (row.process_id,))[row.process_id]
    slug, _, question = with_.partition("/")
    if not question and here.has_question(slug):
        slug, question = here.slug, slug
    about = programme.by_slug(session, (slug,)).get(slug)
    if about is not None and not question:
        question = next((one.id for one in about.document.questions), "")
    if about is None or about.state != "open" or not about.has_question(question):
        raise DecisionRefused("invalid", "no_target", "with", "no open process has this name, or it does not ask this question")
    if (about.id, question) == (row.process_id, row.question):
        raise DecisionRefused("invalid", "no_target", "with", "it is there already")
    return f"{about.slug}/{question}"
