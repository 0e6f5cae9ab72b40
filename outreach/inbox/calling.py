"""Campaign messages, put into words when they are about to leave: a person in the middle of something is asked later."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from conversations import engine, segments
from conversations.scripts import show
from conversations.steps import Later, Turn
from outreach import campaigns, outbox
from outreach.campaigns import Next
from outreach.house import house
from outreach.inbox import answers, effects, facts, turns
from outreach.inbox.sql import statements
from outreach.inbox.talk import Talk
from outreach.outbox import Body, Put

SOON = timedelta(seconds=1)
HELD_FOR = timedelta(days=1)


def feed(session: Session, now: datetime) -> int:
    """Put the next people of the running campaigns into the outbox; how many were looked at, 0 when nobody's turn has come."""
    found = campaigns.following(session, now)
    if found is None:
        return 0
    statements(session).lock(found.addresses)
    turns.together(session, found.addresses, partial(_tell, session, now, found), partial(_hold, session, now, found.number))
    return len(found.addresses)


def _tell(session: Session, now: datetime, found: Next, addresses: Sequence[int]) -> list[bool]:
    talks = list(facts.load(session, dict.fromkeys(addresses, now), now).values())
    turned = turns.attempt(session, talks, lambda talk: engine.prompt(talk.state, found.notice, talk.facts, now))
    said: list[Talk] = []
    for talk, turn in zip(talks, turned, strict=True):
        number = talk.known.address_id
        if isinstance(turn, Turn):
            talk.absorb(turn)
            talk.campaign, talk.purpose, talk.ends_at = found.number, found.purpose, found.ends_at
            said.append(talk)
        elif isinstance(turn, Later):
            campaigns.later(session, found.number, [number], max(turn.until, now + SOON))
        else:
            turns.tell(turn)
            campaigns.later(session, found.number, [number], now + HELD_FOR)
    parts = {talk.known.address_id: _cost(session, talk) for talk in said}
    effects.carry_out(session, said, now)
    turns.write(session, said, now, unasked=True)
    campaigns.said(session, found.number, parts, now)
    return [number in parts for number in addresses]


def _hold(session: Session, now: datetime, number: int, address_id: int) -> bool:
    campaigns.later(session, number, [address_id], now + HELD_FOR)
    return False


def _cost(session: Session, talk: Talk) -> int:
    """Parts of what is said by SMS; on Telegram nothing is counted."""
    if talk.facts.network != "sms":
        return 0
    catalogue = house(session).catalogues[answers.language_of(house(session), talk)]
    return sum(segments.count(show(say, catalogue, "sms").text).parts for say in talk.says)


def try_out(session: Session, now: datetime, subject: str, actor: str) -> int:
    """Say a campaign to a colleague's own phone, in each language, marked as a test: their talk stays as it is. How many messages.

    A program without a phone is shown the same in a preview: none goes out, and that counts as tried. Raises campaigns.Refused.
    """
    place = house(session)
    campaigns.tried(session, now, subject, actor)
    found = campaigns.phone(session, actor)
    if found is None:
        return 0
    address_id, notice = found[0], campaigns.test_of(session, subject)
    talks = facts.load(session, {address_id: now}, now)
    if address_id not in talks:
        return 0
    talk = talks[address_id]
    puts: list[Put] = []
    for language in (one for one in place.languages if one in notice.texts):
        for shown in campaigns.shown(place, notice, talk.facts.network, language, now):
            body = Body(shown.text, shown.buttons)
            puts.append(Put(address_id, talk.facts.network, talk.channel, "reply", body, after_stop=True, sequence=len(puts)))
    outbox.put(session, puts, now)
    return len(puts)
