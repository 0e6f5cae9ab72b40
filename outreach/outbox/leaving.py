"""The way to the socket: a claim is only a lease; a mark, just before the write, checks everything again."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.messages import Outbound
from outreach import hours, leases
from outreach.house import House, house
from outreach.outbox.words import UNCLEAR, URGENCIES, Body, Claimed, Fenced, Urgency, lease_name
from outreach.tables import address, campaign, consent, outbox, suppression

CLAIM_LASTS = timedelta(seconds=30)
EDITING = frozenset({"telegram"})  # networks where a message sent can be replaced
OUTREACH = "workshops"  # the consent of a campaign that names none


def claim(
    session: Session, network: str, holder: str, epoch: int, now: datetime, *, limit: int = 100, urgencies: Sequence[Urgency] = URGENCIES
) -> list[Claimed]:
    """Lease messages that are due, the most urgent class first: at most the oldest unsettled one of each address and class.

    A message on its way, or waiting for its next try, holds the later ones of its class to that address, and no other class.
    One that waits for its first permitted hour holds nobody.
    """
    found: list[Claimed] = []
    for urgency in (one for one in URGENCIES if one in urgencies):
        if len(found) < limit:
            due = session.execute(_due(network, urgency, epoch, now).limit(limit - len(found)).with_for_update(of=_ROW, skip_locked=True))
            found += [Claimed(row.id, row.address_id, urgency, row.channel, row.attempts) for row in due]
    if found:
        mine = sa.update(outbox).where(outbox.c.id.in_([one.id for one in found]))
        session.execute(mine.values(holder=holder, epoch=epoch, leased_until=now + CLAIM_LASTS))
    return found


def is_due(session: Session, network: str, epoch: int, now: datetime, *, urgencies: Sequence[Urgency] = URGENCIES) -> bool:
    """Whether a claim would find anything: a look that writes nothing."""
    return any(session.execute(_due(network, urgency, epoch, now).limit(1)).first() for urgency in urgencies)


_read = msgspec.json.Decoder(Body).decode
_ROW, _EARLIER = outbox.alias("due"), outbox.alias("earlier")


def _due(network: str, urgency: str, epoch: int, now: datetime) -> sa.Select[Any]:
    row, earlier = _ROW, _EARLIER
    is_tried_or_due = sa.or_(earlier.c.not_before <= now, earlier.c.marked_at.is_not(None))
    is_blocked = sa.exists(sa.literal(1)).where(
        earlier.c.address_id == row.c.address_id,
        earlier.c.state.in_(("queued", "sending")),
        earlier.c.urgency == urgency,
        earlier.c.id < row.c.id,
        sa.or_(earlier.c.state == "sending", sa.and_(earlier.c.expires_at > now, is_tried_or_due)),
    )
    return (
        sa.select(row.c.id, row.c.address_id, row.c.channel, row.c.attempts)
        .where(
            row.c.network == network,
            row.c.state == "queued",
            row.c.urgency == urgency,
            row.c.not_before <= now,
            row.c.expires_at > now,
            sa.or_(row.c.leased_until.is_(None), row.c.leased_until <= now, row.c.epoch < epoch),
            ~is_blocked,
        )
        .order_by(row.c.not_before)
    )


def mark(session: Session, ids: Iterable[int], holder: str, epoch: int, now: datetime) -> list[Outbound]:
    """The last look before the socket: those that may go are `sending` from this commit on, opened, in the order of `ids`.

    What may go no more is dropped with its reason (stopped, paused, unreachable, forgotten, expired, no_consent, no_card) and what came out
    of its hours waits for the next ones. Give 8 ids at most, or 50 milliseconds' worth: after a crash each marked message is
    one whose fate nobody knows. Raises Fenced when the network's lease belongs to another.
    """
    wanted = list(ids)
    ours = (outbox.c.id.in_(wanted), outbox.c.state == "queued", outbox.c.holder == holder, outbox.c.epoch == epoch)
    about = session.execute(sa.select(outbox.c.id, outbox.c.network, outbox.c.address_id).where(*ours)).all()
    if not about:
        return []
    if not all(leases.is_held(session, lease_name(network), holder, epoch) for network in {row.network for row in about}):
        raise Fenced
    # a STOP being written at this moment holds the address: such rows are left for the next round, nobody waits for anybody
    reached = {row.id: row for row in session.execute(_locked(address, [row.address_id for row in about if row.address_id]))}
    free = [row.id for row in about if row.address_id is None or row.address_id in reached]
    rows = {row.id: row for row in session.execute(_locked(outbox, free).where(*ours))}
    _release(session, [row.id for row in about if row.id not in rows])
    look = _Look(session, house(session), now, reached, list(rows.values()))
    going = [outbound for number in wanted if number in rows and (outbound := look.judge(rows[number]))]
    look.write([outbound.id for outbound in going])
    return going


def _locked(table: sa.Table, ids: Sequence[int]) -> sa.Select[Any]:
    return sa.select(table).where(table.c.id.in_(ids)).order_by(table.c.id).with_for_update(skip_locked=True, read=table is address)


def _release(session: Session, ids: Sequence[int]) -> None:
    free = [row.id for row in session.execute(_locked(outbox, ids))] if ids else []
    if free:
        session.execute(sa.update(outbox).where(outbox.c.id.in_(free), outbox.c.state == "queued").values(leased_until=None))


class _Look:
    """What must be known to judge a handful of rows, fetched at once; and what was decided."""

    def __init__(self, session: Session, ours: House, now: datetime, reached: dict[int, Any], rows: Sequence[Any]) -> None:
        self._session, self._house, self._now, self._reached = session, ours, now, reached
        self._opened = {row.id: self._open(row) for row in rows if row.sealed is not None}
        self._cards = self._find_cards([row for row in rows if row.card and row.network in EDITING])
        unasked = [row for row in rows if row.urgency == "campaign" and row.id in self._opened]
        self._consents = self._find_consents([row.address_id for row in unasked])
        self._opposed = self._find_opposed(unasked)
        self._running = self._find_running([row.campaign_id for row in rows if row.campaign_id])
        self._dropped: dict[str, list[int]] = {}
        self._later: dict[datetime, list[int]] = {}

    def judge(self, row: Any) -> Outbound | None:  # noqa: ANN401 - a row of the outbox
        """The message to send, or None: then its fate is noted."""
        where = self._reached.get(row.address_id)
        why = self._refuse(row, where)
        if why:
            self._dropped.setdefault(why, []).append(row.id)
            return None
        opening = hours.next_decent(self._now, row.urgency, self._house.timezone, self._house.territory)
        if opening > self._now:
            self._later.setdefault(opening, []).append(row.id)
            return None
        body, to = self._opened[row.id]
        card = self._card(row, body)
        is_silent = body.silent or (row.network == "telegram" and hours.is_night(self._now, self._house.timezone))
        return Outbound(row.id, row.network, row.channel, to, body.text, body.buttons, card, is_silent, body.does, body.file)

    def _refuse(self, row: Any, where: Any) -> str:  # noqa: ANN401 - rows of the outbox and of addresses
        """Why it may go no more; "" when it may."""
        if row.id not in self._opened:
            return "forgotten"
        if row.expires_at <= self._now:
            return "expired"
        if row.campaign_id and row.campaign_id not in self._running:
            return "halted"  # its campaign stopped while this process had claimed it
        if where is not None and (barred := self._bar(row, where)):
            return barred
        return self._refuse_body(row)

    def _refuse_body(self, row: Any) -> str:  # noqa: ANN401 - a row of the outbox
        body, to = self._opened[row.id]
        if not to:
            return "forgotten"
        if body.how == "quiet" and not self._card(row, body):
            return "no_card"
        return "no_consent" if row.urgency == "campaign" and not self._agreed(row, body) else ""

    def _bar(self, row: Any, where: Any) -> str:  # noqa: ANN401 - rows of the outbox and of addresses
        """What the person said, or that nobody is there."""
        if where.unreachable_at:
            return "unreachable"
        if row.after_stop:
            return ""
        return "stopped" if where.stopped_at else "paused" if where.paused_until and where.paused_until > self._now else ""

    def _open(self, row: Any) -> tuple[Body, str]:  # noqa: ANN401 - a row of the outbox
        """The words, and the address ("" when it is gone)."""
        keys, where = self._house.keys, self._reached.get(row.address_id)
        body = _read(keys.open("outbox", row.id, row.sealed))
        return body, body.address or (keys.open("address", where.id, where.sealed).decode() if where else "")

    def _card(self, row: Any, body: Body) -> str:  # noqa: ANN401 - a row of the outbox
        """The provider's id of the card to replace ("" when there is none)."""
        return self._cards.get((row.address_id, row.card), "") if body.how != "send" else ""

    def _agreed(self, row: Any, body: Body) -> bool:  # noqa: ANN401 - a row of the outbox
        return (row.address_id, body.purpose or OUTREACH) in self._consents and row.id not in self._opposed

    def _find_cards(self, rows: Sequence[Any]) -> dict[tuple[int, str], str]:
        if not rows:
            return {}
        found = self._session.execute(
            sa.select(outbox.c.address_id, outbox.c.card, outbox.c.external)
            .where(outbox.c.address_id.in_([row.address_id for row in rows]), outbox.c.card.in_([row.card for row in rows]))
            .where(outbox.c.state.in_(("wired", "delivered")), outbox.c.external != "")
            .order_by(outbox.c.id)
        )
        return {(row.address_id, row.card): row.external for row in found}

    def _find_consents(self, addresses: Sequence[int | None]) -> set[tuple[int, str]]:
        if not addresses:
            return set()
        held = sa.select(consent.c.address_id, consent.c.purpose).where(
            consent.c.address_id.in_(addresses), consent.c.withdrawn_at.is_(None)
        )
        return {(row.address_id, row.purpose) for row in self._session.execute(held)}

    def _find_opposed(self, rows: Sequence[Any]) -> set[int]:
        """The rows that would go to an address of the suppression list."""
        hidden = {row.id: (row.network, self._house.keys.suppress(row.network, to)) for row in rows if (to := self._opened[row.id][1])}
        if not hidden:
            return set()
        listed = sa.select(suppression.c.network, suppression.c.fingerprint).where(
            suppression.c.fingerprint.in_([fingerprint for _, fingerprint in hidden.values()])
        )
        found = {(row.network, bytes(row.fingerprint)) for row in self._session.execute(listed)}
        return {number for number, key in hidden.items() if key in found}

    def _find_running(self, campaigns: Sequence[int]) -> set[int]:
        if not campaigns:
            return set()
        running = sa.select(campaign.c.id).where(campaign.c.id.in_(set(campaigns)), campaign.c.state == "sending")
        return set(self._session.scalars(running))

    def write(self, going: Sequence[int]) -> None:
        """Note every decision of this look."""
        if going:
            sending = {"state": "sending", "marked_at": self._now, "attempts": outbox.c.attempts + 1, "leased_until": None}
            self._session.execute(sa.update(outbox).where(outbox.c.id.in_(going)).values(sending))
        for opening, ids in self._later.items():
            self._session.execute(sa.update(outbox).where(outbox.c.id.in_(ids)).values(not_before=opening, leased_until=None))
        for why, ids in self._dropped.items():
            give_up(self._session, outbox.c.id.in_(ids), why, self._now)


def give_up(session: Session, which: sa.ColumnElement[bool], why: str, now: datetime) -> int:
    """Drop queued rows with a reason; one that may have gone out before is unknown instead. How many."""
    was_tried = outbox.c.why == UNCLEAR
    values = {
        "state": sa.case((was_tried, "unknown"), else_="dropped"),
        "why": sa.case((was_tried, UNCLEAR), else_=why),
        "sealed": sa.case((outbox.c.address_id.is_(None), None), else_=outbox.c.sealed),
        "settled_at": now,
        "leased_until": None,
    }
    gone = session.execute(sa.update(outbox).where(which, outbox.c.state == "queued").values(values))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]
