"""What the clock counts now and then beside the writer, so that no page has to while somebody waits."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from outreach import bulletin, campaigns, loop, outbox, relays, tallies

Count = Callable[[Session, datetime], object | None]


def _sends(session: Session, now: datetime) -> object:
    return outbox.count(session, now)


def _copies(session: Session, _now: datetime) -> object:
    return relays.count(session)


def _reachable(session: Session, _now: datetime) -> object:
    return campaigns.count_reachable(session)


COUNTS: Mapping[str, Count] = {
    tallies.VOICES: tallies.voices,
    bulletin.PACES: bulletin.paces,
    outbox.WEEK: _sends,
    relays.TALLY: _copies,
    campaigns.REACHABLE: _reachable,
    loop.REACH: loop.reaches,
    loop.HEARERS: loop.hearers,
    loop.PILES: loop.piled,
}
"""Each figure by the name under which it is kept; None: there is little to count, and pages do it themselves."""
