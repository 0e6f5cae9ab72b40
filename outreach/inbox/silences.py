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
from outreach.wakeups import Wake

_PUT_OFF = timedelta(days=1)


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
    turns.together(session, taken, partial(_take, session, now), partial(_put_off, session, now))
    return len(taken)


def _take(session: Session, now: datetime, wakes: Sequence[Wake]) -> list[None]:
    talks = facts.load(session, {wake.address_id: now for wake in wakes}, now)
    names = {wake.address_id: wake.name for wake in wakes if wake.address_id in talks}
    turned = [talks[number] for number in names]
    for talk in turns.take(session, turned, lambda talk: engine.turn(talk.state, Silence(names[talk.known.address_id]), talk.facts)):
        talk.keep = False
        talk.wakes[names[talk.known.address_id]] = now + _PUT_OFF
    effects.carry_out(session, turned, now)
    turns.write(session, turned, now)
    return [None] * len(wakes)


def _put_off(session: Session, now: datetime, wake: Wake) -> None:
    """Its turn breaks: the conversation stays as it is, and tomorrow's code may know better."""
    wakeups.set_(session, [Wake(wake.address_id, wake.name, now + _PUT_OFF)])
