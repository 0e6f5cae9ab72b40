"""What turns say, put into a language and into the outbox."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from conversations import engine
from conversations.messages import Inbound, Network
from conversations.scripts import show
from outreach import outbox
from outreach.house import House, house
from outreach.inbox import facts
from outreach.inbox.talk import Talk
from outreach.outbox import Body, Put


def put(session: Session, talks: Sequence[Talk], now: datetime, *, unasked: bool = False) -> int:
    """Queue everything that the talks say, in their order. Returns how many messages there are.

    `unasked`: the city speaks first, so it keeps the hours of a notice and STOP holds it. Who was forgotten in this turn
    has no row any more: the last word carries its address along, sealed.
    """
    place = house(session)
    puts = [one for talk in talks for one in _of(place, talk, unasked=unasked)]
    outbox.put(session, puts, now)
    return len(puts)


def leave(session: Session, group: Inbound, now: datetime) -> None:
    """Say goodbye to a group, then leave it (TG-09). No contact is kept: the one message carries its address, sealed, and goes with it."""
    place = house(session)
    turn = engine.in_group(facts.of_stranger(session, group.network, group.at))
    shown = show(turn.says[0], place.catalogues[place.languages[0]], group.network)
    body = Body(shown.text, shown.buttons, does="leave", address=group.address)
    outbox.put(session, [Put(None, group.network, group.channel, "reply", body, after_stop=True)], now)


def _of(place: House, talk: Talk, *, unasked: bool) -> Iterator[Put]:
    catalogue = place.catalogues.get(talk.state.language) or place.catalogues[place.languages[0]]
    network: Network = talk.facts.network
    kinds = {asked.id: asked.kind for asked in talk.state.asked} if any(say.question for say in talk.says) else {}
    for sequence, say in enumerate(talk.says):
        if say.how == "quiet" and network == "sms":
            continue  # a phone has no card to change in silence
        shown = show(say, catalogue, network)
        urgency = "notice" if unasked else say.urgency
        yield Put(
            address_id=None if talk.gone else talk.known.address_id,
            network=network,
            channel=talk.channel,
            urgency=urgency,
            body=Body(shown.text, shown.buttons, how=say.how, address=talk.where if talk.gone else ""),
            asks=kinds.get(say.question, ""),
            card=say.card,
            sequence=sequence,
            after_stop=urgency == "reply",  # a reply answers what was written; what STOP ends is what nobody asked for
        )
