"""What turns say, put into a language and into the outbox."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from conversations import engine
from conversations.messages import CODE, DATA, File, Inbound, Network, Say
from conversations.scripts import show
from outreach import calendars, codes, outbox
from outreach.house import House, house
from outreach.inbox import facts
from outreach.inbox.talk import Talk
from outreach.outbox import Body, Put
from outreach.outbox.words import Urgency
from outreach.privacy import export


def put(session: Session, talks: Sequence[Talk], now: datetime, *, unasked: bool = False) -> int:
    """Queue everything that the talks say, in their order. Returns how many messages there are.

    `unasked`: the city speaks first, so it keeps the hours of a notice and STOP holds it. Who was forgotten in this turn
    has no row any more: the last word carries its address along, sealed.
    """
    place = house(session)
    files = _files(session, place, talks)
    puts = [one for talk in talks for one in _of(place, talk, files[language_of(place, talk)], _own(session, talk, now), unasked=unasked)]
    outbox.put(session, puts, now)
    return len(puts)


def leave(session: Session, group: Inbound, now: datetime) -> None:
    """Say goodbye to a group, then leave it (TG-09). No contact is kept: the one message carries its address, sealed, and goes with it."""
    place = house(session)
    turn = engine.in_group(facts.of_stranger(session, group.network, group.at))
    shown = show(turn.says[0], place.catalogues[place.languages[0]], group.network)
    body = Body(shown.text, shown.buttons, does="leave", address=group.address)
    outbox.put(session, [Put(None, group.network, group.channel, "reply", body, after_stop=True)], now)


def farewell(  # noqa: PLR0917 - the way of a message
    session: Session, network: Network, channel: str, language: str, where: str, now: datetime
) -> None:
    """The answer to an objection that was granted: the one message carries its address, sealed, and goes with it."""
    place = house(session)
    turn = engine.farewell(facts.of_stranger(session, network, now), language if language in place.catalogues else place.languages[0])
    shown = show(turn.says[0], place.catalogues[turn.state.language], network)
    outbox.put(session, [Put(None, network, channel, "notice", Body(shown.text, shown.buttons, address=where), after_stop=True)], now)


def language_of(place: House, talk: Talk) -> str:
    """The language that a person is answered in."""
    return talk.state.language if talk.state.language in place.catalogues else place.languages[0]


def _files(session: Session, place: House, talks: Sequence[Talk]) -> dict[str, dict[str, File]]:
    """What goes along, by language and workshop: each file is made once, however many people are told."""
    wanted: dict[str, set[str]] = {language_of(place, talk): set() for talk in talks}
    for talk in talks:
        if talk.facts.network != "sms":
            wanted[language_of(place, talk)] |= {
                say.attach for say in talk.says if say.attach and say.attach != DATA and not say.attach.startswith(CODE)
            }
    return {language: calendars.files(session, keys, language) for language, keys in wanted.items()}


def _own(session: Session, talk: Talk, now: datetime) -> File | None:
    """Everything that is held about this person, where a turn hands it over."""
    asked = not talk.gone and any(say.attach == DATA for say in talk.says)
    return export.file(session, talk.known.address_id, now) if asked else None


def _carried(attach: str, files: Mapping[str, File], own: File | None) -> File | None:
    if attach.startswith(CODE):
        return codes.picture(attach.removeprefix(CODE))
    return own if attach == DATA else files.get(attach)


def _of(place: House, talk: Talk, files: Mapping[str, File], own: File | None, *, unasked: bool) -> Iterator[Put]:
    catalogue = place.catalogues[language_of(place, talk)]
    network: Network = talk.facts.network
    kinds = {asked.id: asked.kind for asked in talk.state.asked} if any(say.question for say in talk.says) else {}
    for sequence, say in enumerate(talk.says):
        if (say.how == "quiet" or say.attach) and network == "sms":
            continue  # a phone has no card to change in silence, and takes no file
        carried = _carried(say.attach, files, own)
        if say.attach and carried is None:
            continue  # the workshop is gone
        shown = show(say, catalogue, network)
        urgency = _urgency(say, talk, unasked=unasked)
        yield Put(
            address_id=None if talk.gone else talk.known.address_id,
            network=network,
            channel=talk.channel,
            urgency=urgency,
            body=Body(
                shown.text,
                shown.buttons,
                how=say.how,
                address=talk.where if talk.gone else "",
                file=carried,
                purpose=talk.purpose,
            ),
            asks=kinds.get(say.question, ""),
            card=say.card,
            sequence=sequence,
            after_stop=talk.after_stop or (not unasked and urgency == "reply"),  # what STOP ends is what nobody asked for
            once=talk.once,
            until=(talk.ends_at or talk.urgent_until) if unasked else None,
            campaign=talk.campaign,
        )


def _urgency(say: Say, talk: Talk, *, unasked: bool) -> Urgency:
    if not unasked:
        return say.urgency
    if talk.campaign is not None:
        return "campaign"
    return "notice" if talk.urgent_until is None else "reply"
