"""A batch in: keep each message once, lock, take the turns, carry out what they ask, queue the answers; then the commit."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import cast

import msgspec
from sqlalchemy.orm import Session

from conversations import engine
from conversations.messages import Blocked, Edit, Inbound, InGroup, Input, Press, Start, Unblocked, Words
from outreach import contacts
from outreach.inbox import answers, apologies, arrivals, effects, facts, turns
from outreach.inbox.arrivals import Heard
from outreach.inbox.calling import feed, try_out
from outreach.inbox.firsts import say_first
from outreach.inbox.silences import sweep
from outreach.inbox.sql import statements
from outreach.inbox.talk import Talk

__all__ = ["Received", "feed", "receive", "say_first", "sweep", "try_out"]


class Received(msgspec.Struct, frozen=True):
    """What became of one arrival. `fresh`: it had not come before. `failed`: its turn broke; it is kept, and the person told."""

    fresh: bool
    failed: bool = False


def receive(session: Session, batch: Sequence[Inbound], now: datetime) -> list[Received]:
    """Take messages in; one result each, in their order. One message is a batch of one.

    Several messages of one person take their turns one after the other. A message that breaks something is kept and
    apologised for while the others go on. Raises only what concerns the whole transaction (trouble.kind "again" or
    "down"): nothing was kept, the caller repeats the same batch or refuses it.
    """
    results = [Received(fresh=False)] * len(batch)
    for wave in _waves(batch):
        found = turns.together(session, [batch[place] for place in wave], partial(_take, session, now), partial(_take_broken, session, now))
        for place, result in zip(wave, found, strict=True):
            results[place] = result
    return results


def _waves(batch: Sequence[Inbound]) -> Iterator[list[int]]:
    """Places in the batch, cut so that each wave holds at most one message of an address."""
    waves: list[list[int]] = []
    count: dict[tuple[str, str], int] = {}
    for place, one in enumerate(batch):
        who = (one.network, one.address)
        turn = count[who] = count.get(who, -1) + 1
        if turn == len(waves):
            waves.append([])
        waves[turn].append(place)
    return iter(waves)


def _take(session: Session, now: datetime, batch: Sequence[Inbound]) -> list[Received]:
    heard = arrivals.keep(session, batch, now)
    pairs = _pairs(session, heard, now)
    talks = [talk for _, talk in pairs]
    said = {talk.known.address_id: cast("Input", one.arrival.what) for one, talk in pairs}
    broken = turns.take(session, talks, lambda talk: engine.turn(talk.state, said[talk.known.address_id], talk.facts))
    apologies.apologise(session, [(one, talk) for one, talk in pairs if talk in broken], now)
    effects.carry_out(session, talks, now)
    turns.write(session, talks, now)
    failed = {one.id for one, talk in pairs if talk.failed}
    return [Received(one.fresh, one.id in failed) for one in heard]


def _take_broken(session: Session, now: datetime, inbound: Inbound) -> Received:
    """The message alone broke the batch: keep it, touch nothing else, apologise."""
    (one,) = arrivals.keep(session, [arrivals.mended(inbound)], now)
    pairs = _pairs(session, [one], now)
    apologies.apologise(session, pairs, now)
    turns.write(session, [talk for _, talk in pairs], now)
    return Received(one.fresh, failed=one.fresh)


def _pairs(session: Session, heard: Sequence[Heard], now: datetime) -> list[tuple[Heard, Talk]]:
    """The messages that take a turn, each with its conversation; what is no message of a person is done with here."""
    fresh = [one for one in heard if one.fresh]
    known = [one for one in fresh if one.address_id is not None]
    statements(session).lock([one.address_id for one in known if one.address_id is not None])
    said = {one.address_id: one for one in known if isinstance(one.arrival.what, (Words, Edit, Press, Start))}
    talks = facts.load(session, {number: one.arrival.at for number, one in said.items() if number is not None}, now)
    pairs = [(one, talks[number]) for number, one in said.items() if number in talks]
    arrivals.touch(session, pairs, now)
    for one in fresh:
        match one.arrival.what:
            case Blocked() if one.address_id is not None:
                contacts.block(session, one.address_id, now)
            case Unblocked() if one.address_id is not None:
                contacts.unblock(session, one.address_id, now)
            case InGroup():
                answers.leave(session, one.arrival, now)
            case _:
                pass
    return pairs
