"""What became of a message: told by the sender, by a receipt, by a crash, by time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations.messages import Receipt
from outreach import contacts
from outreach.house import house
from outreach.outbox.leaving import give_up
from outreach.outbox.words import UNCLEAR, Settled
from outreach.tables import address, outbox

TRIES, CRASHES = 2, 5
"""How often a reply or notice whose fate is unclear is marked at most: when the provider left it so, and when the service was killed.

A kill finds most marked messages still before the socket: to give up after two of them would lose answers.
"""
SECOND_TRY, AT_ONCE = timedelta(seconds=5), timedelta(seconds=1)
"""After an unclear try a reply waits this long for a receipt, which would spare the second; where none ever comes, only a breath."""
UNHURRIED = timedelta(seconds=60)
"""So long a notice waits for it: Kannel comes again with a receipt every ten seconds while we are away, and nobody waits for a reminder."""
EXPIRED_AT_ONCE = 1000  # rows: a slice of the writer's time
RECEIPT_WITHIN = timedelta(hours=72)
"""So long operators try to reach a telephone that is off; what they did not tell by then they don't tell."""
SILENT = ("telegram",)
"""Networks whose receipts never spare a second try: what may go `once` only stays in doubt there."""
RECEIPTS_FROM, NO_RECEIPT = ("kannel",), "no receipt"
_WHY = 40  # letters


def settle(session: Session, results: Sequence[Settled], now: datetime) -> bool:
    """Write down how marked messages ended. True when more is queued for one of their addresses, which waited behind them.

    A retry is queued again and holds its class. An unclear reply or notice is queued once more, and unknown after its second unclear
    try; an unclear campaign, or what may go `once` on a network without receipts, is unknown for good. News of a late holder (its
    epoch is past) counts only where it ends a doubt. A receipt that came first stands.
    """
    if not results:
        return False
    closed = [one.id for one in results if one.stop or one.moved]
    if closed:  # addresses are locked before rows, as the inbox does
        theirs = sa.select(outbox.c.address_id).where(outbox.c.id.in_(closed))
        session.execute(
            sa.select(address.c.id).where(address.c.id.in_(theirs)).order_by(address.c.id).with_for_update(key_share=True)
        ).all()
    rows = _rows(session, [one.id for one in results])
    changes = {one.id: (row, values) for one in results if (row := rows.get(one.id)) and (values := _after(row, one, now))}
    _write(session, changes)
    for one in results:
        if one.id in rows and one.moved:
            _move_address(session, rows[one.id], one.moved)
    _shut(session, [rows[one.id].address_id for one in results if one.stop and one.id in rows], now)
    behind = sa.select(outbox.c.id).where(outbox.c.address_id.in_([row.address_id for row in rows.values()]), outbox.c.state == "queued")
    return session.execute(behind.limit(1)).first() is not None


def receipts(session: Session, receipts: Sequence[Receipt], now: datetime) -> None:
    """Write down what providers tell later, in any order and any number of times: a state never goes back."""
    rows = _rows(session, [one.outbound for one in receipts])
    states = {number: (row.state, row.why) for number, row in rows.items()}
    changes: dict[int, tuple[Any, dict[str, Any]]] = {}
    for one in receipts:
        row = rows.get(one.outbound)
        if row is not None and row.channel == one.channel and _is_news(row, *states[row.id], one.state):
            known = "" if states[row.id][1] == NO_RECEIPT else states[row.id][1]
            why = _reason(known, one.why) if one.state == "failed" else known
            states[row.id] = (one.state, why)
            changes[row.id] = (row, {"state": one.state, "why": why, "settled_at": now})
    _write(session, changes)


def _is_news(row: Any, state: str, why: str, told: str) -> bool:  # noqa: ANN401 - a row of the outbox
    match state:
        case "unknown":
            return True
        case "wired":
            return told != "wired"
        case "sending":  # the receipt overtook the sender's own news; a failure may be the first try's
            return told != "failed" or why != UNCLEAR
        case "queued":  # it waits for its second try: the first arrived after all
            return told != "failed" and row.marked_at is not None
    return False


def recover(session: Session, network: str, holder: str, epoch: int, now: datetime) -> int:
    """What an earlier holder marked and never settled: a reply or notice goes again, a campaign is unknown. How many."""
    marked = (outbox.c.network == network, outbox.c.state == "sending", outbox.c.epoch < epoch)
    left = session.execute(sa.select(outbox).where(*marked).order_by(outbox.c.id).with_for_update()).all()
    _write(session, {row.id: (row, _unclear(row, now, holder=holder, most=CRASHES)) for row in left})
    return len(left)


def expire(session: Session, now: datetime, limit: int = EXPIRED_AT_ONCE) -> int:
    """Drop what waited too long, so many rows at most; how many."""
    late = sa.select(outbox.c.id).where(sa.text("state = 'queued'"), outbox.c.expires_at <= now).limit(limit)
    return give_up(session, outbox.c.id.in_(late.with_for_update(skip_locked=True)), "expired", now)


def give_up_on_receipts(session: Session, now: datetime, limit: int = EXPIRED_AT_ONCE) -> int:
    """What an SMS operator took and never spoke of again: nobody can tell whether it arrived; how many. A later receipt still counts.

    Nothing goes out again for that. The networks that give no receipts are left alone: there `wired` is all that is ever known.
    """
    silent = (outbox.c.network == "sms", outbox.c.state == "wired", outbox.c.settled_at <= now - RECEIPT_WITHIN)
    which = sa.select(outbox.c.id).where(*silent, outbox.c.channel.in_(RECEIPTS_FROM)).limit(limit).with_for_update(skip_locked=True)
    why = sa.case((outbox.c.why == "", NO_RECEIPT), else_=outbox.c.why)  # what may have gone twice stays listed as such
    told = session.execute(sa.update(outbox).where(outbox.c.id.in_(which)).values(state="unknown", why=why).returning(outbox.c.id))
    return len(told.all())


def drop(session: Session, address_ids: Sequence[int], why: str, now: datetime) -> int:
    """STOP, or a door that closed: what waits for these addresses goes no more, save answers to what they write; how many."""
    return give_up(session, sa.and_(outbox.c.address_id.in_(address_ids), ~outbox.c.after_stop), why, now) if address_ids else 0


def take_back(session: Session, campaign_id: int) -> list[int]:
    """A campaign pauses: what of it waits is deleted, as if it had never been put; whose it was. What is marked may have left, and stays.

    A campaign's message that waits has certainly not gone out: one whose fate is unclear is `unknown` and never waits again.
    """
    stopped_short = sa.and_(outbox.c.state == "dropped", outbox.c.why == "halted")  # by the mark of another process
    waiting = sa.or_(outbox.c.state == "queued", stopped_short)
    mine = (outbox.c.campaign_id == campaign_id, outbox.c.address_id.is_not(None), waiting)
    return list(session.scalars(sa.delete(outbox).where(*mine).returning(outbox.c.address_id)))


def erase(session: Session, address_ids: Sequence[int], now: datetime) -> None:
    """OUBLI: whatever waits for these addresses is dropped, and every text that was sent to them is erased."""
    if address_ids:
        give_up(session, outbox.c.address_id.in_(address_ids), "forgotten", now)
        session.execute(sa.update(outbox).where(outbox.c.address_id.in_(address_ids)).values(sealed=None, card="", external=""))


def _rows(session: Session, ids: Sequence[int]) -> dict[int, Any]:
    found = session.execute(sa.select(outbox).where(outbox.c.id.in_(ids)).order_by(outbox.c.id).with_for_update()) if ids else ()
    return {row.id: row for row in found}


def _after(row: Any, result: Settled, now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a row of the outbox
    """The columns that a result changes; none when it comes too late to matter."""
    if row.state != "sending" or result.epoch not in {0, row.epoch}:
        return _late_news(row, result, now)
    match result.state:
        case "wired":
            return {"state": "wired", "external": result.external, "settled_at": now}
        case "retry":
            tries = row.attempts - (not result.tried)
            return {"state": "queued", "not_before": _next_try(row, result.retry_after, now), "attempts": tries}
        case "unknown":
            return _unclear(row, now)
        case _:
            return {"state": result.state, "why": _reason(row.why, result.why), "settled_at": now}


def _late_news(row: Any, result: Settled, now: datetime) -> dict[str, Any]:  # noqa: ANN401 - a row of the outbox
    """Of a row that went on meanwhile: a certain end resolves a doubt, a provider's id completes what a receipt told first.

    One whose mark was never written, since the database was away, is free again at once.
    """
    if result.state == "retry" and row.state == "queued" and row.epoch == result.epoch:
        return {"state": "queued"}
    is_doubtful = row.state == "unknown" or (row.state == "queued" and row.why == UNCLEAR)
    if result.state == "wired" and is_doubtful:
        return {"state": "wired", "external": result.external, "settled_at": now}
    if result.state == "wired" and row.state in {"wired", "delivered", "failed"} and not row.external:
        return {"external": result.external}
    if result.state == "failed" and row.state == "unknown":
        return {"state": "failed", "why": _reason(row.why, result.why), "settled_at": now}
    return {}


def _reason(known: str, told: str) -> str:
    """What may have gone out once stays listed as such, however its second try ended."""
    return known if known == UNCLEAR else told[:_WHY]


def _unclear(row: Any, now: datetime, *, holder: str = "", most: int = TRIES) -> dict[str, Any]:  # noqa: ANN401 - a row of the outbox
    if row.urgency == "campaign" or (row.once and row.network in SILENT) or (row.why == UNCLEAR and row.attempts >= most):
        return {"state": "unknown", "why": UNCLEAR, "settled_at": now, "holder": holder or row.holder}
    pause = UNHURRIED if row.urgency == "notice" else AT_ONCE if row.network in SILENT else SECOND_TRY
    return {"state": "queued", "why": UNCLEAR, "not_before": _next_try(row, pause.total_seconds(), now)}


def _next_try(row: Any, seconds: float, now: datetime) -> datetime:  # noqa: ANN401 - a row of the outbox
    """Never after its expiry, so that a row that waits for its next try is still found when it is time to drop it."""
    expiry: datetime = row.expires_at
    return max(now, min(now + timedelta(seconds=seconds), expiry))


_COLUMNS = ("state", "why", "external", "not_before", "attempts", "settled_at", "holder")
_NEW: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in _COLUMNS}
_CHANGE = sa.update(outbox).where(outbox.c.id == sa.bindparam("this")).values(_NEW | {"leased_until": None})


def _write(session: Session, changes: dict[int, tuple[Any, dict[str, Any]]]) -> None:
    """Write changed columns of rows, by number: (the row as it was read, under lock; what changes)."""
    if not changes:
        return
    session.execute(
        _CHANGE,
        [{"this": row.id} | {f"new_{name}": values.get(name, getattr(row, name)) for name in _COLUMNS} for row, values in changes.values()],
    )
    # a last word that carried its address itself holds it no longer than needed
    ended = [row.id for row, values in changes.values() if values.get("state", "queued") != "queued"]
    session.execute(sa.update(outbox).where(outbox.c.id.in_(ended), outbox.c.address_id.is_(None)).values(sealed=None))


def _shut(session: Session, address_ids: Sequence[int | None], now: datetime) -> None:
    """TG-05: unreachable until the next word, its queue goes, its opt-ins count as withdrawn."""
    for closed in (one for one in address_ids if one is not None):
        contacts.block(session, closed, now)
        give_up(session, outbox.c.address_id == closed, "unreachable", now)


def _move_address(session: Session, row: Any, name: str) -> None:  # noqa: ANN401 - a row of the outbox
    """The provider gave the address another name; an address that has that name already keeps it."""
    keys = house(session).keys
    found = keys.find(row.network, name)
    taken = sa.exists(sa.select(address.c.id).where(address.c.network == row.network, address.c.fingerprint == found))
    if row.address_id is not None and not session.execute(sa.select(taken)).scalar():
        values = {"fingerprint": found, "sealed": keys.seal("address", row.address_id, name.encode())}
        session.execute(sa.update(address).where(address.c.id == row.address_id).values(values))
