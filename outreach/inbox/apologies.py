"""When a turn broke: the message is kept, a person of the team gets it to read, the citizen is told so, once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import engine
from conversations.effects import AskPerson
from conversations.messages import Words
from conversations.steps import State
from outreach import tickets, wakeups
from outreach.inbox.arrivals import Heard
from outreach.inbox.talk import Talk
from outreach.tables import inbound

_AGAIN_WITHIN = timedelta(days=1)


def apologise(session: Session, broken: Sequence[tuple[Heard, Talk]], now: datetime) -> None:
    """Nothing else changes, so that a draft is not lost to one odd message; broken twice within a day, the conversation begins anew."""
    if not broken:
        return
    before = _broken_before(session, [talk.known.address_id for _, talk in broken], now)
    session.connection().execute(sa.update(inbound).where(inbound.c.id.in_([one.id for one, _ in broken])).values(failed=True))
    wakeups.forget(session, sorted(before))
    for one, talk in broken:
        talk.failed = True
        talk.effects.clear()
        talk.wakes.clear()
        anew = State(language=talk.state.language, notice=talk.state.notice, last=talk.state.last, minute=talk.state.minute)
        talk.keep = talk.known.address_id in before
        talk.state = anew if talk.keep else talk.state
        talk.says = list(engine.apology(anew, talk.facts).says)
        if isinstance(one.arrival.what, Words):
            tickets.open_(session, talk.known.address_id, AskPerson("question", one.arrival.what.text), now)


def _broken_before(session: Session, address_ids: Sequence[int], now: datetime) -> set[int]:
    query = sa.select(inbound.c.address_id).where(
        inbound.c.address_id.in_(address_ids), inbound.c.failed, inbound.c.received_at > now - _AGAIN_WITHIN
    )
    return set(session.connection().execute(query).scalars())
