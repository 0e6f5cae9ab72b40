"""The response becomes public, a promise moves before it passes or is missed, a commitment is kept or put off: each with its telling."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import segments
from conversations.notices import AboutContribution, CarriedOut, Concluded, Delayed, Postponed
from outreach import agenda, answers, audit, processes, tallies
from outreach.agenda import OWING
from outreach.answers import SMS_REASON, Refused
from outreach.answers.avis import locked
from outreach.answers.bounds import PROMISE, near, shown, today_of
from outreach.answers.wordings import fault_in, put
from outreach.documents import ProcessDocument, decode
from outreach.references import new_id, read_id
from outreach.tables import address, avis, commitment, consent, contribution, paper, point, process, response, telling

REACH = "tally/response"


def unfinished(session: Session, slug: str) -> tuple[str, ...]:
    """What the response still lacks: numbers of points without a decision, "left_out" without a reason; empty when it may be published."""
    whole = answers.book(session, slug, most=1)
    if whole is None or whole.avis is None:
        return ("avis",)
    lacking = [one.number for one in whole.points if one.response is None]
    return (*lacking, *(() if whole.avis.left_out else ("left_out",)))


def publish(session: Session, now: datetime, slug: str, actor: str) -> None:
    """Publish the response to every point; from then on each author is told by `tell`, slice by slice.

    Raises Refused ("unknown", "state", "unfinished" naming the points without a decision).
    """
    row = locked(session, slug)
    if row.state != "arbitration":
        raise Refused("state", f"a process that is {row.state} has no response to publish")
    if lacking := unfinished(session, slug):
        raise Refused("unfinished", f"these points have no answer yet: {', '.join(lacking)}", lacking)
    mine = sa.select(point.c.id).where(point.c.process_id == row.id)
    session.execute(sa.update(response).where(response.c.point_id.in_(mine)).values(published_at=now))
    session.execute(sa.update(avis).where(avis.c.process_id == row.id).values(answered_at=now))
    answers.seal(session, now, slug)
    whole = answers.book(session, slug, most=1)
    assert whole is not None  # noqa: S101 - it was found above
    _to_tell(session, now, row.id, "concluded", concluded(whole, decode(row.document)))
    audit.write(session, [audit.line(actor, "response.published", row.subject, count=len(whole.points))], now)
    processes.advance(session, now, slug, "response_published", actor)
    if any(one.commitments for one in whole.points):
        processes.advance(session, now, slug, "follow_up", actor)


def concluded(book: answers.Book, document: ProcessDocument) -> Concluded:
    """How it went in all, for who asked and whose words are in no record."""
    decisions = [one.response.decision for one in book.points if one.response]
    kept, partly, not_kept = (decisions.count(one) for one in ("kept", "partly", "not_kept"))
    return Concluded("", _named(document), kept, partly, not_kept)


def move_promise(  # noqa: PLR0917 - what, to when, why, by whom
    session: Session, now: datetime, slug: str, until: date, reasons: Mapping[str, str], actor: str
) -> None:
    """Move the promised date of the answer, before it passes, with a public reason (at most 42 letters, by language); all are told.

    Once it has passed it stays: then `until` and the reason say when the late answer comes. Raises Refused ("unknown", "state",
    "reason", "until", "day").
    """
    row = locked(session, slug)
    document = decode(row.document)
    promised = document.mandate.answer_promised_on
    if row.state not in OWING or promised is None:
        raise Refused("state", f"a process that is {row.state} has no promised answer to move")
    reason = _short(reasons)
    today = today_of(session, now)
    if until <= today or until == promised:
        raise Refused("until", "choose another day, after today", ("until",))
    near("until", until, today, PROMISE)
    late = promised < today
    if not late:
        mandate = msgspec.structs.replace(document.mandate, version=document.mandate.version + 1, answer_promised_on=until)
        processes.put(session, now, msgspec.structs.replace(document, mandate=mandate), actor)
    about, kind = f"{promised.isoformat()}/{until.isoformat()}", "late" if late else "promise_moved"
    line = answers.record(session, now, row.id, kind, about=about, text=reason["fr"])
    _translate(session, now, row.id, f"journal.{line}", reason, actor)
    _to_tell(session, now, row.id, "delayed", Delayed("", _named(document), promised, reason, until, late=late))
    if late:
        session.execute(sa.update(process).where(process.c.id == row.id).values(late_told=promised))
    audit.write(session, [audit.line(actor, "promise.late" if late else "promise.moved", row.subject, was=promised, until=until)], now)


def tell_lateness(session: Session, now: datetime) -> int:
    """Promised days that passed without the answer: the public journal says so, and every contributor is told, once (LOOP-03)."""
    today = today_of(session, now)
    rows = session.execute(sa.select(process).where(*agenda.late(today)).with_for_update()).all()
    for row in rows:
        answers.record(session, now, row.id, "late", about=row.promised_on.isoformat())
        _to_tell(session, now, row.id, "delayed", Delayed("", _named(decode(row.document)), row.promised_on, {}, None, late=True))
        session.execute(sa.update(process).where(process.c.id == row.id).values(late_told=row.promised_on))
        audit.write(session, [audit.line("clock", "promise.late", row.subject, was=row.promised_on)], now)
    return len(rows)


def settle(
    session: Session, now: datetime, slug: str, number: str, actor: str, *,
    evidence: str = "", until: date | None = None, reasons: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """A commitment is carried out (`evidence`, in words), or put off (`until`, with its reason): who asked to know is told.

    Raises Refused ("unknown", "state", "evidence", "unshown", "until", "day", "reason").
    """
    row = locked(session, slug)
    query = (
        sa.select(commitment, point.c.number.label("point"), point.c.id.label("of"))
        .join(point, point.c.id == commitment.c.point_id)
        .where(point.c.process_id == row.id, commitment.c.id == read_id(number))
    )
    one = session.execute(query).one_or_none()
    if one is None:
        raise Refused("unknown", "there is no such commitment")
    if one.state != "planned" or row.state not in {"response_published", "follow_up"}:
        raise Refused("state", "this commitment is settled already, or not public yet")
    done = next(p for p in answers.book(session, slug, most=1).points if p.number == one.point)  # type: ignore[union-attr]
    said = next(c.text for c in done.commitments if c.id == str(one.id))
    which = commitment.c.id == one.id
    if until is None:
        if not evidence.strip():
            raise Refused("evidence", "say in a sentence what was done", ("evidence",))
        shown({"evidence": evidence})
        session.execute(sa.update(commitment).where(which).values(state="done", evidence=evidence.strip(), changed_at=now))
        answers.record(session, now, row.id, "commitment_done", about=one.point, text=evidence.strip())
        left = sa.select(sa.func.count()).select_from(commitment).where(commitment.c.point_id == one.of, commitment.c.state == "planned")
        if not session.scalar(left):
            _to_tell(session, now, row.id, "carried_out", CarriedOut("", one.point, dict(said)), one.of)
    else:
        reason = _short(reasons or {})
        if until <= today_of(session, now) or until == one.due_on:
            raise Refused("until", "choose another day, after today", ("until",))
        near("until", until, today_of(session, now))
        session.execute(sa.update(commitment).where(which).values(due_on=until, changed_at=now))
        about = f"{one.point}/{one.due_on.isoformat()}/{until.isoformat()}"
        line = answers.record(session, now, row.id, "commitment_moved", about=about, text=reason["fr"])
        _translate(session, now, row.id, f"journal.{line}", reason, actor)
        _to_tell(session, now, row.id, "postponed", Postponed("", one.point, dict(said), until, reason), one.of)
    answers.seal(session, now, slug)  # another version of the answer: the one before stays in the record
    how = "done" if until is None else "moved"
    audit.write(session, [audit.line(actor, f"commitment.{how}", row.subject, place=done.place, until=until)], now)


def _to_tell(session: Session, now: datetime, process_id: int, kind: str, notice: AboutContribution, point_id: int | None = None) -> None:  # noqa: PLR0917
    stored = msgspec.json.encode(notice).decode()
    values = {"id": new_id(now), "process_id": process_id, "kind": kind, "point_id": point_id, "notice": stored, "made_at": now}
    session.execute(sa.insert(telling).values(values))


def _short(reasons: Mapping[str, str]) -> dict[str, str]:
    """The reason as an SMS says it, by language, without the empty ones."""
    if trouble := answers.short_fault(reasons.get("fr", ""), SMS_REASON):
        raise Refused("reason", trouble, ("reason",))
    kept = {language: segments.soften(text.strip()) for language, text in reasons.items() if text.strip()}
    for language, text in kept.items():
        if trouble := fault_in(language, text, SMS_REASON):
            raise Refused("reason", trouble, (f"reason.{language}",))
    return kept


def _translate(session: Session, now: datetime, process_id: int, name: str, said: Mapping[str, str], actor: str) -> None:  # noqa: PLR0917
    for language, text in said.items():
        if language != "fr":
            put(session, now, process_id, name, language, text, said["fr"], actor)


def _named(document: ProcessDocument) -> dict[str, str]:
    """The short name in French, else the title; titles in the other languages, where they fit."""
    titles: Sequence[tuple[str, str]] = tuple((language, text) for language, text in document.title.items() if language != "fr")
    return {"fr": document.sms_name or document.title.get("fr", ""), **{language: text[:22] for language, text in titles}}


class Reach(msgspec.Struct, frozen=True):
    """Whom the response reaches once it is published: authors told by message, slips of paper that wait to be asked, and who said STOP."""

    authors: int
    asked: int
    paper: int
    stopped: int


def reach(session: Session, slug: str) -> Reach:
    """Counted before anything is sent, or as the clock counted it last where very many wrote; all zero for no such process."""
    whole = sa.select(process.c.id).where(process.c.slug == slug).scalar_subquery() if slug.isprintable() else sa.null()
    if tallies.few(session, sa.select(contribution.c.id).where(contribution.c.process_id == whole)) is None:
        kept = (tallies.kept(session, REACH, dict[str, Reach]) or {}).get(slug)
        if kept is not None:
            return kept
    return _reach(session, slug)


def reaches(session: Session, _now: datetime) -> dict[str, Reach]:
    """Counted now, of each process whose answer is awaited and to which very many wrote."""
    waits = session.execute(sa.select(process.c.id, process.c.slug).where(process.c.state.in_(OWING[1:]))).all()
    large = [
        row.slug for row in waits if tallies.few(session, sa.select(contribution.c.id).where(contribution.c.process_id == row.id)) is None
    ]
    return {slug: _reach(session, slug) for slug in large}


def _reach(session: Session, slug: str) -> Reach:
    whole = sa.select(process.c.id).where(process.c.slug == slug).scalar_subquery() if slug.isprintable() else sa.null()
    mine = sa.select(sa.func.count(sa.distinct(contribution.c.address_id))).join(address, address.c.id == contribution.c.address_id)
    mine = mine.where(contribution.c.process_id == whole)
    published = mine.where(contribution.c.state == "published")
    agreed = sa.exists().where(consent.c.address_id == address.c.id, consent.c.purpose == "answer", consent.c.withdrawn_at.is_(None))
    apart = mine.where(contribution.c.state.in_(("read_only", "refused", "upheld")), agreed)
    slips = sa.select(sa.func.count()).select_from(paper).join(contribution, contribution.c.id == paper.c.contribution_id)
    slips = slips.where(contribution.c.process_id == whole, contribution.c.state == "published")
    counts = [
        published.where(address.c.stopped_at.is_(None)),
        apart.where(address.c.stopped_at.is_(None)),
        slips,
        published.where(address.c.stopped_at.is_not(None)),
    ]
    return Reach(*(session.scalar(one) or 0 for one in counts))
