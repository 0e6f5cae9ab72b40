"""What the city says first about a person's own matter, tried when it is about to leave."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from conversations import engine
from conversations.notices import (
    AboutContribution,
    Answered,
    Cancelled,
    CounterCode,
    Moved,
    Notice,
    Offer,
    Reminder,
    RemoteLink,
    Replied,
    RightAnswered,
)
from conversations.steps import Later, Turn
from outreach import hours, notices
from outreach.house import house
from outreach.inbox import effects, facts, turns
from outreach.inbox.sql import statements
from outreach.inbox.talk import Talk
from outreach.notices import Due

AFTER_STOP = (Cancelled, RightAnswered, CounterCode)
IN_A_PAUSE = (*AFTER_STOP, Moved, RemoteLink, Answered, Replied)
"""What a pause lets through besides: a place that is held changes, or was asked for from home; an answer to the person's own question."""
_HELD_FOR = timedelta(days=1)
_SOON = timedelta(seconds=1)
_SOON_ENOUGH = timedelta(hours=12)


def say_first(session: Session, now: datetime, limit: int = 200) -> int:
    """Put the notices that are due into the outbox; returns how many were said.

    Outside the decent hours all of them wait for the next one; who is in the middle of something is asked again later.
    After STOP nothing unasked is said (journeys 7), to who blocked us nothing can be: their notices are held, day by day,
    until their deadline, in case they come back; SUIVI tells the same at any time. News of a contribution rests while its author
    has a pause, and is told when that ends.
    """
    place = house(session)
    found = notices.due(session, now, limit)
    decent = hours.next_decent(now, "notice", place.timezone, place.territory)
    if decent > now:
        notices.later(session, [one.id for one in found if not _is_urgent(one.notice, now)], decent)
        found = [one for one in found if _is_urgent(one.notice, now)]
    statements(session).lock([one.address_id for one in found])
    return sum(turns.together(session, found, partial(_say, session, now), partial(_hold, session, now))) if found else 0


def _is_urgent(notice: Notice, now: datetime) -> bool:
    """A workshop of the next twelve hours that moves or is cancelled, the way in from home, a code for a counter: at any hour."""
    return isinstance(notice, RemoteLink | CounterCode) or (
        isinstance(notice, (Moved, Cancelled)) and notice.workshop.starts_at - now < _SOON_ENOUGH
    )


def _say(session: Session, now: datetime, found: Sequence[Due]) -> list[bool]:
    talks = facts.load(session, {one.address_id: now for one in found}, now)
    about = {one.address_id: one for one in found if one.address_id in talks}
    reachable = {number: talk for number, talk in talks.items() if _may_hear(talk, about[number].notice)}
    resting = {number: one for number, one in about.items() if number not in reachable and _rests(talks[number], one.notice)}
    about = {number: one for number, one in about.items() if number in reachable}
    turned = list(reachable.values())
    answers = turns.attempt(session, turned, lambda talk: _prompt(session, talk, about[talk.known.address_id]))
    said: list[Talk] = []
    later = {one.id: now + _HELD_FOR for one in found}
    for talk, answer in zip(turned, answers, strict=True):
        if isinstance(answer, Turn):
            talk.absorb(answer)
            one = about[talk.known.address_id]
            talk.after_stop = isinstance(one.notice, IN_A_PAUSE if talk.facts.paused_until else AFTER_STOP)
            talk.once = isinstance(one.notice, Reminder)
            talk.urgent_until = one.deadline if _is_urgent(one.notice, now) else None
            said.append(talk)
            later.pop(about[talk.known.address_id].id)
        elif isinstance(answer, Later):
            later[about[talk.known.address_id].id] = max(answer.until, now + _SOON)
        else:  # saying it breaks: the conversation stays as it is, and tomorrow's code may know better
            turns.tell(answer)
    effects.carry_out(session, said, now)
    turns.write(session, said, now, unasked=True)
    notices.said(session, [one.id for one in found if one.id not in later])
    told = [one.id not in later for one in found]
    for number, one in resting.items():
        if until := talks[number].known.paused_until:
            notices.rest(session, [one.id], until)
            later.pop(one.id)
    _wait(session, later)
    return told


def _may_hear(talk: Talk, notice: Notice) -> bool:
    """After STOP nothing but a cancelled workshop where a place was held (journeys 7), and what was asked for: a decision, a code."""
    if talk.known.unreachable or (talk.known.stopped and not isinstance(notice, AFTER_STOP)):
        return False
    return not talk.facts.paused_until or isinstance(notice, IN_A_PAUSE)


def _rests(talk: Talk, notice: Notice) -> bool:
    """Whether it is told when the pause ends, and nothing else stands in its way."""
    barred = talk.known.unreachable or talk.known.stopped
    return bool(talk.facts.paused_until) and not barred and isinstance(notice, AboutContribution)


def _prompt(session: Session, talk: Talk, one: Due) -> Turn | Later:
    """Its patience counts from the first minute when it might have gone."""
    place = house(session)
    due = hours.next_decent(one.since, "notice", place.timezone, place.territory)
    if isinstance(one.notice, Offer) and not one.notice.held:
        due -= engine.PATIENCE  # the first answer has it: who is busy is told at once, by a word
    return engine.prompt(talk.state, one.notice, talk.facts, due)


def _wait(session: Session, later: Mapping[int, datetime]) -> None:
    by_instant: dict[datetime, list[int]] = defaultdict(list)
    for number, until in later.items():
        by_instant[until].append(number)
    for until, ids in sorted(by_instant.items()):
        notices.later(session, ids, until)


def _hold(session: Session, now: datetime, one: Due) -> bool:
    notices.later(session, [one.id], now + _HELD_FOR)
    return False
