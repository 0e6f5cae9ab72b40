"""Silences that came due become turns, each once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from conversations import engine
from conversations.messages import Silence
from outreach import wakeups
from outreach.inbox import effects, facts, turns
from outreach.inbox.sql import statements
from outreach.inbox.talk import Talk
from outreach.wakeups import Wake

_STILL_THERE = timedelta(hours=1)  # who wrote longer ago is not woken by an apology


def sweep(session: Session, now: datetime, limit: int = 200) -> int:
    """Take the turns of at most `limit` silences that are due, one of each address; returns how many, 0 when nothing is due.

    Twice at the same instant, in one process or two, takes each turn once: whoever deletes the row has the turn.
    """
    firsts: dict[int, Wake] = {}
    for wake in wakeups.due(session, now, limit):
        firsts.setdefault(wake.address_id, wake)
    if not firsts:
        return 0
    statements(session).lock(list(firsts))
    taken = wakeups.take(session, list(firsts.values()), now)
    turns.together(session, taken, partial(_take, session, now), partial(_take_broken, session, now))
    return len(taken)


def _take(session: Session, now: datetime, wakes: Sequence[Wake]) -> list[None]:
    pairs = _pairs(session, wakes, now)
    talks = [talk for _, talk in pairs]
    names = {wake.address_id: wake.name for wake in wakes}
    turns.take(session, talks, lambda talk: engine.turn(talk.state, Silence(names[talk.known.address_id]), talk.facts))
    effects.carry_out(session, talks, now)
    _write(session, talks, now)
    return [None] * len(wakes)


def _take_broken(session: Session, now: datetime, wake: Wake) -> None:
    talks = [talk for _, talk in _pairs(session, [wake], now)]
    for talk in talks:
        turns.stumble(talk)
    _write(session, talks, now)


def _pairs(session: Session, wakes: Sequence[Wake], now: datetime) -> list[tuple[Wake, Talk]]:
    talks = facts.load(session, {wake.address_id: now for wake in wakes}, now)
    return [(wake, talks[wake.address_id]) for wake in wakes if wake.address_id in talks]


def _write(session: Session, talks: Sequence[Talk], now: datetime) -> None:
    for talk in talks:
        if talk.failed and now - talk.heard_at > _STILL_THERE:
            talk.says.clear()
    turns.write(session, talks, now)
