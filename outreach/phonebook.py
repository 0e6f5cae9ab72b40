"""People with telephones who do not exist, and the plainest way to reach them: what benches of campaigns measure against."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import many
from outreach.house import house
from outreach.references import new_token
from outreach.tables import address, campaign, consent, contact, solicitation

_CHUNK = 5_000
_CONTACT, _ADDRESS, _CONSENT = sa.insert(contact), sa.insert(address), sa.insert(consent)


def settle(session: Session, people: int, now: datetime, channel: str) -> None:
    """So many contacts, each with a telephone (rows numbered from 1) and its opt-in to workshops."""
    keys = house(session).keys
    for start in range(1, people + 1, _CHUNK):
        numbers = range(start, min(start + _CHUNK, people + 1))
        many.write(session, _CONTACT, [_row(number, now) for number in numbers])
        many.write(session, _ADDRESS, [_telephone(keys, number, now, channel) for number in numbers])
        many.write(session, _CONSENT, [_agreed(number, now) for number in numbers])


def _row(number: int, now: datetime) -> dict[str, Any]:
    return {"id": number, "subject": new_token(), "pseudonym": "Loire-2F7K", "created_at": now, "seen_at": now}


def _telephone(keys: Any, number: int, now: datetime, channel: str) -> dict[str, Any]:  # noqa: ANN401 - the house's keys
    where = f"+33{number:09d}"
    return {
        "id": number,
        "contact_id": number,
        "network": "sms",
        "fingerprint": keys.find("sms", where),
        "sealed": keys.seal("address", number, where.encode()),
        "channel": channel,
        "language": "fr",
        "stopped_at": None,
        "objected_at": None,
        "paused_until": None,
        "unreachable_at": None,
        "created_at": now,
    }


def _agreed(number: int, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "address_id": number,
        "purpose": "workshops",
        "wording": "un SMS quand il y a un atelier ? 1 oui",
        "language": "fr",
        "source": "receipt",
        "given_at": now,
        "withdrawn_at": None,
    }


def plain_fan_out(session: Session, now: datetime) -> int:
    """Whom a campaign for workshops may reach at all, into its list, in one statement. How many.

    The plainest that is no wrong: agreed, not taken back, no STOP, no objection. No slices, pressure, language or progress.
    """
    number = session.scalar(sa.select(sa.func.min(campaign.c.id)))
    everybody = sa.select(
        sa.literal(number, sa.BigInteger),
        address.c.contact_id,
        address.c.id,
        address.c.network,
        address.c.language,
        sa.literal("planned"),
        sa.literal(""),
        sa.literal(now, solicitation.c.due_at.type),
        sa.literal(0),
        sa.literal(""),
    ).where(
        address.c.stopped_at.is_(None),
        address.c.objected_at.is_(None),
        address.c.unreachable_at.is_(None),
        sa.exists().where(consent.c.address_id == address.c.id, consent.c.purpose == "workshops", consent.c.withdrawn_at.is_(None)),
    )
    names = ["campaign_id", "contact_id", "address_id", "network", "language", "state", "why", "due_at", "parts", "answer"]
    done = session.execute(
        sa.insert(solicitation).from_select(names, everybody, include_defaults=False), execution_options={"preserve_rowcount": True}
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def clear(session: Session) -> None:
    """Nobody is in any campaign's list any more."""
    session.execute(sa.delete(solicitation))
