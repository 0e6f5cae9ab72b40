"""Turns are taken in memory, written together at the end; one that breaks touches nothing but its own conversation."""

import logging
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy.orm import Session

from conversations.steps import Turn
from outreach import trouble, wakeups
from outreach.house import house
from outreach.inbox import answers, facts
from outreach.inbox.sql import Saved, savepoint, statements
from outreach.inbox.talk import Talk, state_as_json

T = TypeVar("T")
R = TypeVar("R")

_log = logging.getLogger(__name__)


def take(session: Session, talks: Sequence[Talk], turn: Callable[[Talk], Turn]) -> list[Talk]:
    """Take a turn of each; returns those whose turn broke, which left nothing behind."""
    broken = []
    for talk, result in zip(talks, attempt(session, talks, turn), strict=True):
        if isinstance(result, Turn):
            talk.absorb(result)
        else:
            tell(result)
            broken.append(talk)
    return broken


def attempt(session: Session, talks: Sequence[Talk], act: Callable[[Talk], R]) -> list[R | Exception]:
    """What the voice answers for each talk, or how it broke.

    A turn is pure, so one that looked at contributions that were not read yet is simply taken again with them.
    """
    results = [_try(talk, act) for talk in talks]
    again = [place for place, talk in enumerate(talks) if facts.looked(talk) or isinstance(results[place], Exception)]
    facts.read(session, [talks[place] for place in again])
    for place in again:
        results[place] = _try(talks[place], act)
    return results


def _try(talk: Talk, act: Callable[[Talk], R]) -> R | Exception:
    try:
        return act(talk)
    except Exception as error:  # noqa: BLE001 - whatever it is, the message was kept and the others go on
        return error


def tell(error: BaseException) -> None:
    """Log where it broke, never with what: an exception's message may hold somebody's words."""
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]
    _log.error("a turn broke: %s at %s", type(error).__name__, " > ".join(places))


def write(session: Session, talks: Sequence[Talk], now: datetime, *, unasked: bool = False) -> int:
    """Write what the talks leave behind: states, silences, messages to send. Returns how many messages."""
    seal = house(session).keys.seal
    alive = [talk for talk in talks if not talk.gone]
    if kept := [talk for talk in alive if talk.keep]:
        statements(session).save([_saved(seal, talk) for talk in kept])
    wakeups.set_(session, [wakeups.Wake(talk.known.address_id, name, at) for talk in alive for name, at in talk.wakes.items() if at])
    wakeups.clear(session, [(talk.known.address_id, name) for talk in alive for name, at in talk.wakes.items() if at is None])
    return answers.put(session, [talk for talk in talks if talk.says], now, unasked=unasked)


def _saved(seal: Callable[[str, int, bytes], bytes], talk: Talk) -> Saved:
    number, state = talk.known.address_id, talk.state
    return Saved(number, state.flow, state.step, seal("conversation", number, state_as_json(state)), talk.heard_at)


def together(session: Session, items: Sequence[T], batch: Callable[[Sequence[T]], list[R]], alone: Callable[[T], R]) -> list[R]:
    """All at once; when one of them breaks it, one by one, each in a savepoint, and `alone` for the one at fault.

    A deadlock, a lost connection or a full disk is nobody's fault: raised, for the caller to repeat the whole transaction.
    """
    try:
        with savepoint(session):
            return batch(items)
    except Exception as error:
        if trouble.kind(error) in {"again", "down"}:
            raise
        if len(items) == 1:
            tell(error)
    if len(items) > 1:
        return [result for item in items for result in together(session, [item], batch, alone)]
    with savepoint(session):
        return [alone(items[0])]
