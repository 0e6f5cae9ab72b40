"""What the next public step would show and say, word for word, before anything is public: it only reads."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import engine, segments
from conversations.facts import Facts
from conversations.messages import Network
from conversations.notices import Concluded, HandedOver, Responded
from conversations.scripts import show
from conversations.steps import State, Turn
from outreach import answers, hours, processes, tallies
from outreach.agenda import unanswered
from outreach.answers import Book, Cited, Happening, Point
from outreach.house import House, house
from outreach.loop.publishing import concluded
from outreach.loop.telling import ASKED_DONE, audience, cited_by, responses
from outreach.processes import ProcessView
from outreach.references import show_ref
from outreach.tables import address, avis, consent, contribution, process

Step = Literal["opening", "answer"]
HEARERS = "tally/hearers"
_BEFORE = ("requested", "framing", "mandate_validated")
_WORKING = ("avis_handed_over", "instruction", "arbitration")
AT_ONCE = 5_000
"""References of one question to the database."""


class Page(msgspec.Struct, frozen=True):
    """The process and its book as the public will have them after `step`."""

    step: Step
    view: ProcessView
    book: Book


class Message(msgspec.Struct, frozen=True):
    """What `people` of one network and language will read. All that differs from one to the next is the number of their view.

    `kind`: taken_up and not_taken_up are messages 12 and 12b, concluded is for words that are in no record, handed_over is what a card
    says in silence once the avis is there. `parts` and `encoding` are of SMS alone.
    """

    kind: Literal["taken_up", "not_taken_up", "concluded", "handed_over"]
    point: str
    network: str
    language: str
    people: int
    text: str
    buttons: tuple[str, ...]
    parts: int
    units: int
    encoding: str


class Messages(msgspec.Struct, frozen=True):
    """Everything that will leave: what most people get first. Euros are of SMS alone. `undecided`: points that say nothing yet."""

    items: tuple[Message, ...]
    people: dict[tuple[str, str], int]  # by network and language
    silent: dict[str, int]  # why somebody is not told now: stopped, unreachable, paused
    parts: int
    euros: Decimal
    starts_at: datetime
    minutes: int
    undecided: tuple[str, ...]


def page(session: Session, now: datetime, slug: str, most: int = 0) -> Page | None:
    """The next public step of a process, if one is near: its opening, or the publication of the answer. `most`: see answers.book."""
    view = processes.get(session, slug)
    if view is None:
        return None
    if view.state in _BEFORE:
        book = answers.book(session, slug, public=True, most=most)
        return Page("opening", msgspec.structs.replace(view, state="open", opened_at=now), _after(book, now, "open")) if book else None
    book = answers.book(session, slug, most=most)
    if view.state not in _WORKING or book is None or book.avis is None:
        return None
    points = tuple(_answered(one, now) for one in book.points)
    states = ["response_published", *(["follow_up"] if any(one.commitments for one in points) else [])]
    public = msgspec.structs.replace(
        book,
        avis=msgspec.structs.replace(book.avis, answered_at=now),
        points=points,
        asides=tuple(_answered(one, now) for one in book.asides),
    )
    return Page("answer", msgspec.structs.replace(view, state=states[-1]), _after(public, now, *states))


def _after(book: Book, now: datetime, *states: str) -> Book:
    """The journal has a line for each state that will be reached; the newest stands first."""
    lines = tuple(Happening(now, state) for state in reversed(states))
    return msgspec.structs.replace(book, state=states[-1], journal=(*lines, *book.journal))


def _answered(one: Point, now: datetime) -> Point:
    """What its service wrote stays inside; what was decided is published."""
    answer = msgspec.structs.replace(one.response, published_at=now) if one.response else None
    return msgspec.structs.replace(one, instruction=None, response=answer)


def messages(session: Session, now: datetime, slug: str) -> Messages:
    """What authors will hear once the answer is published, each text as their phone shows it; nothing for no such process."""
    place = house(session)
    view, book = processes.get(session, slug), answers.book(session, slug, most=1)
    if view is None or book is None or book.avis is None:
        return Messages((), {}, {}, 0, Decimal(0), now, 0, ())
    undecided = tuple(one.number for one in book.points if one.response is None)
    people: Counter[tuple[str, str]] = Counter()
    silent: Counter[str] = Counter()
    groups: Counter[_Group] = Counter()
    hearing = _hearing(session, now, view)
    said, notices = _said(session, view.id, hearing, concluded(book, view.document)), dict[bytes, Responded | Concluded]()
    for one in hearing:
        notice = said.get(one.about)
        if notice is None or (isinstance(notice, Responded) and notice.point in undecided):
            continue
        if one.why:
            silent[one.why] += one.people
        if one.why in {"", "paused"}:
            key = msgspec.json.encode(_without_its_number(notice))
            notices.setdefault(key, notice)
            language = one.language if one.language in place.languages else place.languages[0]
            groups[_Group(one.network, language, one.agreed, key)] += one.people
            people[one.network, language] += one.people
    same: dict[tuple[str, ...], Message] = {}
    for group, count in groups.items():
        shown = message(place, notices[group.notice], group.network, group.language, now, agreed=group.agreed)
        who = (shown.network, shown.language, shown.point, shown.text.replace(show_ref(notices[group.notice].ref), ""))
        same[who] = msgspec.structs.replace(shown, people=count + (same[who].people if who in same else 0))
    items = list(same.values())
    parts = sum(one.parts * one.people for one in items)
    starts = hours.next_decent(now, "notice", place.timezone, place.territory)
    return Messages(
        items=tuple(sorted(items, key=lambda one: (-one.people, one.point, one.network, one.language, one.text))),
        people=dict(sorted(people.items())),
        silent=dict(sorted(silent.items())),
        parts=parts,
        euros=parts * place.sms.price,
        starts_at=starts,
        minutes=_minutes(place, items),
        undecided=undecided,
    )


class _Hearers(msgspec.Struct, frozen=True):
    """So many people who hear the same: what one of them hears of their contribution `about` is what all do. `why` not now: see `silent`.

    What is kept of very many is who hears of what, never the words: these are read anew each time.
    """

    about: int
    apart: bool  # their words are in no record
    network: str
    language: str
    agreed: bool
    why: str
    people: int


def _hearing(session: Session, now: datetime, view: ProcessView) -> list[_Hearers]:
    """Counted now, or as the clock counted them last where very many wrote."""
    if _is_large(session, view.id):
        kept = (tallies.kept(session, HEARERS, dict[str, list[_Hearers]]) or {}).get(view.slug)
        if kept is not None:
            return kept
    return _count(session, now, view.id)


def hearers(session: Session, now: datetime) -> dict[str, list[_Hearers]]:
    """Counted now, of each process with an avis whose answer is awaited and to which very many wrote."""
    waits = sa.select(process.c.id, process.c.slug).join(avis).where(process.c.state.in_(_WORKING))
    return {slug: _count(session, now, id_) for id_, slug in session.execute(waits).all() if _is_large(session, id_)}


def _is_large(session: Session, process_id: int) -> bool:
    return tallies.few(session, sa.select(contribution.c.id).where(contribution.c.process_id == process_id)) is None


def _count(session: Session, now: datetime, process_id: int) -> list[_Hearers]:
    done = _agreed(session, process_id)
    found: dict[tuple[_Hearers, bytes], int] = {}
    people: Counter[tuple[_Hearers, bytes]] = Counter()
    for row, what in _told(session, process_id):
        who = _Hearers(0, what is None, row.its_network, row.spoken, row.address_id in done, why_not(row, now), 0)
        key = who, msgspec.json.encode(_without_its_number(what)) if what else b""
        found.setdefault(key, row.id)
        people[key] += 1
    return [msgspec.structs.replace(key[0], about=about, people=people[key]) for key, about in found.items()]


def _told(session: Session, process_id: int) -> list[tuple[Any, Responded | None]]:
    """Authors of words in the record: the same rows, and the same choice among them, as when they are told for good; then who asked."""
    mine = sa.select(contribution.c.id).where(*unanswered(sa.literal(process_id))).subquery()
    query = sa.select(*_WORDS, *FATE).select_from(contribution).join(mine, mine.c.id == contribution.c.id)
    query = query.outerjoin(address, address.c.id == contribution.c.address_id).order_by(contribution.c.id)
    rows = session.execute(query).all()
    reasons = answers.left_out(session, {process_id}, foreseen=True)
    apart = sa.select(audience("concluded", process_id).subquery().c[0])
    query = sa.select(*_WORDS, *FATE).select_from(contribution).join(address, address.c.id == contribution.c.address_id)
    others = session.execute(query.where(contribution.c.id.in_(apart))).all()
    return [*responses(rows, _cited(session, rows), reasons), *((row, None) for row in others)]


def _cited(session: Session, rows: Sequence[Any]) -> dict[str, Cited]:
    found: dict[str, Cited] = {}
    for start in range(0, len(rows), AT_ONCE):
        found |= cited_by(session, rows[start : start + AT_ONCE], foreseen=True)[0]
    return found


def _said(session: Session, process_id: int, hearing: Collection[_Hearers], told: Concluded) -> dict[int, Responded | Concluded]:
    """What is said about each contribution that stands for others."""
    each = [contribution.c.id.label("address_id") if one.name == "address_id" else one for one in _WORDS]  # of nobody in particular
    query = sa.select(*each).where(contribution.c.id.in_([one.about for one in hearing]))
    rows = {row.id: row for row in session.execute(query)}
    apart = {one.about for one in hearing if one.apart}
    published = [row for row in rows.values() if row.id not in apart]
    responded = responses(published, _cited(session, published), answers.left_out(session, {process_id}, foreseen=True))
    return {row.id: said for row, said in responded} | {
        id_: msgspec.structs.replace(told, ref=rows[id_].ref) for id_ in apart if id_ in rows
    }


_WORDS = tuple(contribution.c[name] for name in ("id", "ref", "process_id", "address_id", "state", "grouped_with", "card", "published_at"))
FATE = (
    address.c.network.label("its_network"), address.c.language.label("spoken"),
    address.c.stopped_at, address.c.unreachable_at, address.c.paused_until,
)  # fmt: skip


def why_not(row: Any, now: datetime) -> str:  # noqa: ANN401 - a row of the query
    """Why the person of a row is not told now; "" where nothing stands in the way."""
    if row.stopped_at:
        return "stopped"
    if row.unreachable_at:
        return "unreachable"
    return "paused" if row.paused_until and row.paused_until > now else ""


def _agreed(session: Session, process_id: int) -> frozenset[int]:
    """Authors who are told already when something is done: they are not asked again."""
    query = sa.select(consent.c.address_id).join(contribution, contribution.c.address_id == consent.c.address_id)
    query = query.where(contribution.c.process_id == process_id, consent.c.purpose == ASKED_DONE, consent.c.withdrawn_at.is_(None))
    return frozenset(session.scalars(query.distinct()))


class _Group(NamedTuple):
    """Who hears the same in the same letters; `agreed` to be told when it is done, and is not asked again."""

    network: str
    language: str
    agreed: bool
    notice: bytes


def _without_its_number(notice: Responded | Concluded) -> Responded | Concluded:
    if isinstance(notice, Responded):
        return msgspec.structs.replace(notice, ref="", card="", others=0)
    return msgspec.structs.replace(notice, ref="", card="")


def message(
    place: House,
    notice: Responded | Concluded | HandedOver,
    network: str,
    language: str,
    now: datetime,
    *,
    agreed: bool = False,
) -> Message:
    """Said by the same voice that says it for good, in the same letters; to nobody yet."""
    facts = Facts(
        now.astimezone(place.timezone), cast("Network", network), place.city, place.languages,
        consents=frozenset({ASKED_DONE} if agreed else ()), catalogues=place.catalogues,
    )  # fmt: skip
    turn = engine.prompt(State(language=language), notice, facts)
    assert isinstance(turn, Turn)  # noqa: S101 - somebody who never wrote is not busy
    last = turn.says[-1]  # what rings: a card changes without a sound
    shown = show(last, place.catalogues[language], facts.network)
    cost, sms = segments.count(shown.text), network == "sms"
    point = "" if isinstance(notice, Concluded) else notice.point
    kinds = {Concluded: "concluded", HandedOver: "handed_over"}
    return Message(
        kind=kinds.get(type(notice), "taken_up" if point else "not_taken_up"),  # type: ignore[arg-type]
        point=point,
        network=network,
        language=language,
        people=0,
        text=shown.text,
        buttons=tuple(label for _data, label, _row in shown.buttons),
        parts=cost.parts if sms else 0,
        units=cost.units,
        encoding=cost.encoding if sms else "",
    )


def _minutes(place: House, items: Collection[Message]) -> int:
    """As long as the slowest network takes at its limit; an SMS in two parts takes two turns."""
    turns: Counter[str] = Counter()
    for one in items:
        turns[one.network] += one.people * max(1, one.parts)
    return math.ceil(max((count / place.rates.get(network, 1.0) for network, count in turns.items()), default=0) / 60)
