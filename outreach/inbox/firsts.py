"""What the city says first about a person's own matter, tried when it is about to leave."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from conversations import engine
from conversations.steps import Later
from outreach import hours, notices
from outreach.house import house
from outreach.inbox import effects, facts, turns
from outreach.inbox.sql import statements
from outreach.inbox.talk import Talk
from outreach.notices import Due

_HELD_FOR = timedelta(days=1)


def say_first(session: Session, now: datetime, limit: int = 200) -> int:
    """Put the notices that are due into the outbox; returns how many were said.

    Outside the decent hours all of them wait for the next one; who is in the middle of something is asked again later.
    After STOP nothing unasked is said (journeys 7), to who blocked us nothing can be: their notices are held, day by day,
    until their deadline, in case they come back; SUIVI tells the same at any time.
    """
    place = house(session)
    found = notices.due(session, now, limit)
    decent = hours.next_decent(now, "notice", place.timezone, place.territory)
    if decent > now:
        notices.later(session, [one.id for one in found], decent)
        return 0
    statements(session).lock([one.address_id for one in found])
    return sum(turns.together(session, found, partial(_say, session, now), partial(_hold, session, now))) if found else 0


def _say(session: Session, now: datetime, found: Sequence[Due]) -> list[bool]:
    talks = facts.load(session, {one.address_id: now for one in found}, now)
    said: list[Talk] = []
    said_ids: list[int] = []
    later: dict[datetime, list[int]] = defaultdict(list)
    for one in found:
        talk = talks.get(one.address_id)
        until = _try(talk, one, now) if talk is not None else now + _HELD_FOR
        if talk is None or until is not None:
            later[until or now].append(one.id)
        else:
            said.append(talk)
            said_ids.append(one.id)
    effects.carry_out(session, said, now)
    turns.write(session, said, now, unasked=True)
    notices.said(session, said_ids)
    for until, ids in sorted(later.items()):
        notices.later(session, ids, until)
    return [one.id in set(said_ids) for one in found]


def _try(talk: Talk, one: Due, now: datetime) -> datetime | None:
    """Say it, or tell until when it waits."""
    if talk.known.stopped or talk.known.unreachable:
        return now + _HELD_FOR
    turn = engine.prompt(talk.state, one.notice, talk.facts)
    if isinstance(turn, Later):
        return max(turn.until, now + timedelta(seconds=1))
    talk.absorb(turn)
    return None


def _hold(session: Session, now: datetime, one: Due) -> bool:
    """Saying it breaks: the conversation stays as it is, and tomorrow's code may know better."""
    notices.later(session, [one.id], now + _HELD_FOR)
    return False
