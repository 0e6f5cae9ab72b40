"""Messages as they arrive: kept once, and whose they are."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from conversations.messages import Arrival, Edit, Inbound, Press, Start, Words
from outreach import contacts
from outreach.house import house
from outreach.inbox.sql import Kept, statements
from outreach.inbox.talk import Talk
from outreach.references import new_id, new_pseudonym, new_token
from outreach.tables import address, contact, inbound, suppression

_LONGEST_KEY = 128
_SEEN_WITHIN = timedelta(days=1)  # how exactly a person's last day is known: one write a day, not one a message

Who = tuple[str, bytes]  # network and fingerprint


class Heard(msgspec.Struct):
    """One arrival and its row. `address_id` None: nobody that is kept sent it (a group, or a stranger who wrote nothing)."""

    arrival: Inbound
    id: int
    who: Who
    address_id: int | None
    fresh: bool = False


def keep(session: Session, arrivals: Sequence[Inbound], now: datetime) -> list[Heard]:
    """Keep each message once, sealed, in the order of the keys; find or make its sender. `fresh` says which had not come before."""
    keys, sql = house(session).keys, statements(session)
    found = [keys.find(one.network, one.address) for one in arrivals]
    known = sql.find(sorted({(one.network, fingerprint) for one, fingerprint in zip(arrivals, found, strict=True)}))
    heard = [
        Heard(one, new_id(now), (one.network, fingerprint), known.get((one.network, fingerprint)))
        for one, fingerprint in zip(arrivals, found, strict=True)
    ]
    rows = [
        Kept(
            one.id,
            one.arrival.channel,
            one.arrival.account,
            _key(one.arrival.key),
            one.address_id,
            keys.seal("inbound", one.id, msgspec.json.encode(_kept(one))),
            one.arrival.at,
        )
        for one in heard
    ]
    fresh = sql.keep(sorted(rows, key=lambda row: (row.channel, row.account, row.provider_key)))
    for one in heard:
        one.fresh = one.id in fresh
    strangers = [one for one in heard if one.fresh and one.address_id is None and isinstance(one.arrival.what, (Words, Press, Start))]
    _make_unknown(session, strangers, now)
    return heard


def _key(key: str) -> str:
    """The provider's id, or its digest where a column can't hold it."""
    if len(key) <= _LONGEST_KEY and key.isprintable():
        return key
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _kept(one: Heard) -> Arrival:
    """What a stranger corrects belongs to nobody that we know, so that no OUBLI would find it: its words are not kept."""
    what = one.arrival.what
    return Edit(what.message, "") if isinstance(what, Edit) and one.address_id is None else what


def mended(one: Inbound) -> Inbound:
    """The same with letters that no encoding has (half of a pair) replaced: what could not be kept can be now."""
    what = {name: _mended(value) for name, value in msgspec.structs.asdict(one.what).items()}
    strings = {name: _mended(value) for name, value in msgspec.structs.asdict(one).items() if isinstance(value, str)}
    return msgspec.structs.replace(one, **strings, what=msgspec.structs.replace(one.what, **what))


def _mended(value: str) -> str:
    return value.encode("utf-8", "replace").decode()


def _make_unknown(session: Session, heard: Sequence[Heard], now: datetime) -> None:
    """Contacts and addresses of those who write for the first time, in the order of their fingerprints."""
    if not heard:
        return
    keys = house(session).keys
    firsts = {one.who: one for one in reversed(heard)}
    stops = _stops(session, list(firsts.values()))
    people, rows = [], []
    for who, one in sorted(firsts.items()):
        contact_id, address_id = new_id(now), new_id(now)
        people.append({"id": contact_id, "subject": new_token(), "pseudonym": new_pseudonym(), "created_at": now, "seen_at": now})
        rows.append({
            "id": address_id, "contact_id": contact_id, "network": who[0], "fingerprint": who[1], "channel": one.arrival.channel,
            "sealed": keys.seal("address", address_id, one.arrival.address.encode()), "stopped_at": stops.get(one.who), "created_at": now,
        })  # fmt: skip
    connection = session.connection()
    connection.execute(sa.insert(contact), people)
    into = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    made = set(connection.execute(into(address).on_conflict_do_nothing().returning(address.c.id), rows).scalars())
    if lost := [row["contact_id"] for row in rows if row["id"] not in made]:  # another process met them at the same instant
        connection.execute(sa.delete(contact).where(contact.c.id.in_(lost)))
    numbers = statements(session).find(sorted(firsts))
    for one in heard:
        one.address_id = numbers[one.who]
    connection.execute(
        sa.update(inbound).where(inbound.c.id == sa.bindparam("row")).values(address_id=sa.bindparam("sender")),
        [{"row": one.id, "sender": one.address_id} for one in heard],
    )


def _stops(session: Session, strangers: Sequence[Heard]) -> dict[Who, datetime]:
    """Since when those are opposed who said STOP before they were forgotten: it outlasts their contact."""
    keys = house(session).keys
    marks = {(one.arrival.network, keys.suppress(one.arrival.network, one.arrival.address)): one.who for one in strangers}
    query = sa.select(suppression.c.network, suppression.c.fingerprint, suppression.c.since).where(
        suppression.c.fingerprint.in_([fingerprint for _, fingerprint in marks]), suppression.c.why == "stop"
    )
    rows = session.connection().execute(query)
    return {marks[row.network, bytes(row.fingerprint)]: row.since for row in rows if (row.network, bytes(row.fingerprint)) in marks}


def touch(session: Session, heard: Sequence[tuple[Heard, Talk]], now: datetime) -> None:
    """Who writes is reachable again, by the door they came through, and has acted today."""
    moved, seen = [], []
    for one, talk in heard:
        talk.channel, talk.where, talk.heard_at = one.arrival.channel, one.arrival.address, one.arrival.at
        if talk.known.unreachable:
            contacts.unblock(session, talk.known.address_id, now)
        if talk.known.channel != talk.channel:
            moved.append({"of": talk.known.address_id, "by": talk.channel})
        if now - talk.known.seen_at > _SEEN_WITHIN:
            seen.append(talk.known.contact_id)
    if moved:
        session.connection().execute(sa.update(address).where(address.c.id == sa.bindparam("of")).values(channel=sa.bindparam("by")), moved)
    if seen:
        session.connection().execute(sa.update(contact).where(contact.c.id.in_(seen)).values(seen_at=now))
