"""What the turns of a batch may know, in a few queries for all of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import Pool
from sqlalchemy.orm import Session

from conversations.facts import Facts, Process
from conversations.messages import Network
from conversations.steps import State
from outreach import attendance, contributions, processes, workshops
from outreach.contributions import days
from outreach.crypto import KeyTrouble
from outreach.house import House, house
from outreach.inbox.sql import Known, Statements, statements
from outreach.inbox.talk import Talk, state_from_json
from outreach.processes import pilots

_programmes: WeakKeyDictionary[Pool, tuple[object, tuple[Process, ...], tuple[Process, ...]]] = WeakKeyDictionary()


class Unread(Sequence[Any]):
    """Stands for a person's contributions, seats or minutes until a turn looks: most don't, and to read them costs more than the turn."""

    def __init__(self) -> None:
        self.looked_at = False

    def __len__(self) -> int:
        self.looked_at = True
        return 0

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - a place or a slice
        self.looked_at = True
        return ()[place]

    def __eq__(self, other: object) -> bool:
        self.looked_at = True
        return other == ()

    def __hash__(self) -> int:
        raise TypeError


def _unread() -> tuple[Any, ...]:
    return cast("tuple[Any, ...]", Unread())  # `read` puts the real ones in its place


def load(session: Session, moments: Mapping[int, datetime], now: datetime) -> dict[int, Talk]:
    """The conversations of these addresses, each at the moment given for it. Call it under the contacts' locks.

    A turn is taken as of the instant its message arrived, so that it does not matter in which batch it came along.
    Contributions are left `Unread`: see `turns.attempt`.
    """
    if not moments:
        return {}
    place = house(session)
    sql = statements(session)
    asking, past = _programme(session, sql, now)
    closed = days.closed(min(moments.values()).astimezone(place.timezone).date(), place.timezone, place.territory)
    talks = {}
    for known in sql.load(list(moments)):
        facts = Facts(
            now=moments[known.address_id].astimezone(place.timezone),
            network=cast("Network", known.network),
            city=place.city,
            languages=place.languages,
            processes=asking,
            past=past,
            contributions=_unread(),
            seats=_unread(),
            minutes=_unread(),
            closed=closed,
            stopped=known.stopped,
            paused_until=_paused_until(known, now, place),
            consents=known.consents,
            new=known.state is None,
            catalogues=place.catalogues,
        )
        talks[known.address_id] = Talk(known, _state(session, known), facts, known.channel, known.heard_at or now)
    return talks


def _paused_until(known: Known, now: datetime, place: House) -> date | None:
    return known.paused_until.astimezone(place.timezone).date() if known.paused_until and known.paused_until > now else None


def _programme(session: Session, sql: Statements, now: datetime) -> tuple[tuple[Process, ...], tuple[Process, ...]]:
    """The open processes and the past ones, asked again only when something changed: a batch has no time for more than one small look."""
    look = (now.astimezone(house(session).timezone).date(), sql.programme())
    pool = session.get_bind().engine.pool
    known = _programmes.get(pool)
    if known is None or known[0] != look:
        known = _programmes[pool] = (look, processes.open_facts(session, now), processes.past_facts(session, now))
    return _with_the_full(session, known[1]), known[2]


def _with_the_full(session: Session, programme: tuple[Process, ...]) -> tuple[Process, ...]:
    """Tests that have all their people say so; without a test nothing is asked of the database."""
    tests = {one.slug: one.pilot for one in programme if one.pilot}
    full = pilots.full(session, tests) if tests else frozenset()
    return tuple(msgspec.structs.replace(one, full=True) if one.slug in full else one for one in programme) if full else programme


def changed(talks: Iterable[Talk]) -> None:
    """An effect may have changed their contributions, seats and minutes: whoever looks at them again reads them again."""
    for talk in talks:
        if not all(isinstance(one, Unread) for one in _lazy(talk)):
            talk.facts = msgspec.structs.replace(talk.facts, contributions=_unread(), seats=_unread(), minutes=_unread())


def looked(talk: Talk) -> bool:
    """Whether a turn looked at what was not read for it."""
    return any(isinstance(one, Unread) and one.looked_at for one in _lazy(talk))


def _lazy(talk: Talk) -> tuple[Sequence[Any], ...]:
    return talk.facts.contributions, talk.facts.seats, talk.facts.minutes


def of_stranger(session: Session, network: Network, at: datetime) -> Facts:
    """What may be known where nobody is: a group."""
    place = house(session)
    return Facts(at.astimezone(place.timezone), network, place.city, place.languages)


def read(session: Session, talks: Iterable[Talk]) -> None:
    """Put their contributions, seats and minutes into the facts of these talks, where they are not yet."""
    unread = {talk.known.address_id: talk for talk in talks if any(isinstance(one, Unread) for one in _lazy(talk))}
    if not unread:
        return
    said = contributions.of_addresses(session, list(unread))
    seats = workshops.of_addresses(session, list(unread), min(talk.facts.now for talk in unread.values()))
    minutes = attendance.of_addresses(session, list(unread))
    for number, talk in unread.items():
        those = {"contributions": said.get(number, ()), "seats": seats.get(number, ()), "minutes": minutes.get(number, ())}
        talk.facts = msgspec.structs.replace(talk.facts, **those)


def _state(session: Session, known: Known) -> State:
    """Where the conversation stands; a memory that can't be read any more is a new beginning."""
    if known.state is None:
        return State(language=known.language)
    try:
        return state_from_json(house(session).keys.open("conversation", known.address_id, known.state))
    except (KeyTrouble, msgspec.DecodeError):
        return State(language=known.language)
