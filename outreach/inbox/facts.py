"""What the turns of a batch may know, in a few queries for all of them."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from conversations.facts import Facts
from conversations.steps import State
from outreach import contributions, processes
from outreach.crypto import KeyTrouble
from outreach.house import house
from outreach.inbox.sql import Known, statements
from outreach.inbox.talk import Talk, state_from_json


def load(session: Session, moments: Mapping[int, datetime], now: datetime) -> dict[int, Talk]:
    """The conversations of these addresses, each at the moment given for it. Call it under the contacts' locks.

    A turn is taken as of the instant its message arrived, so that it does not matter in which batch it came along.
    """
    if not moments:
        return {}
    place = house(session)
    open_processes = processes.open_facts(session, now)
    said = contributions.of_addresses(session, list(moments))
    talks = {}
    for known in statements(session).load(list(moments)):
        facts = Facts(
            now=moments[known.address_id].astimezone(place.timezone),
            network=known.network,  # type: ignore[arg-type] - the database has no Literal
            city=place.city,
            languages=place.languages,
            processes=open_processes,
            contributions=said.get(known.address_id, ()),
            stopped=known.stopped,
            consents=known.consents,
            new=known.state is None,
        )
        talks[known.address_id] = Talk(known, _state(session, known), facts, known.channel, known.heard_at or now)
    return talks


def _state(session: Session, known: Known) -> State:
    """Where the conversation stands; a memory that can't be read any more is a new beginning."""
    if known.state is None:
        return State(language=known.language)
    try:
        return state_from_json(house(session).keys.open("conversation", known.address_id, known.state))
    except (KeyTrouble, msgspec.DecodeError):
        return State(language=known.language)
