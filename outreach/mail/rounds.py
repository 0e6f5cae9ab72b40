"""When an e-mail is due: at once for what can't wait, on working mornings for what others wait for, on Mondays for the week."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import letters
from conversations.letters import Letter
from outreach import staff
from outreach.contributions.days import is_working
from outreach.house import house
from outreach.mail import outbox, reporters
from outreach.mail.needs import APPROVALS, DUE, needs
from outreach.staff import Account, Grant
from outreach.tables import contribution, process, setting

MORNING, NOON = time(8), time(12)
FRESH = timedelta(hours=6)
"""An alert about a message that came earlier would be no alert: a person has the desk before them by then."""
_ROUND = "mail_round"
_ALERTS = 50


def invite(
    session: Session, now: datetime, email: str, roles: Iterable[str | Grant], actor: str, *, organisation: str = "", post: bool = True
) -> str:
    """Make an account as `staff.add` does, and with `post` queue its one-time link in the same transaction; returns the link's token."""
    token = staff.add(session, now, email, roles, actor, organisation=organisation)
    if post:
        account = next(one for one in staff.listing(session) if one.email == staff.normal(email))
        _send_link(session, now, account, token)
    return token


def invite_again(session: Session, now: datetime, staff_id: int, actor: str, *, post: bool = True) -> str:
    """A new one-time link for an account, queued too."""
    token = staff.invite(session, now, staff_id, actor)
    account = staff.get(session, staff_id)
    if post and account is not None:
        _send_link(session, now, account, token)
    return token


def _send_link(session: Session, now: datetime, account: Account, token: str) -> None:
    matter = f"invitation:{staff.fingerprint(token).hex()[:32]}"
    letter = letters.invitation(f"/desk/invitation/{token}")
    outbox.put(session, now, account, letter, kind="invitation", matter=matter, lives=timedelta(days=3))


def channel_down(session: Session, now: datetime, network: str) -> int:
    """Wake who is on call for the whole city: nothing leaves on this network; once a day. How many e-mails."""
    day = now.astimezone(house(session).timezone).date()
    letter = letters.alarm("channel", "/desk/envois", network)
    return sum(outbox.put(session, now, one, letter, kind="alert", matter=f"alert:channel:{network}:{day}") for one in _on_call(session))


def sweep(session: Session, now: datetime) -> int:
    """Queue what is due now: alerts, answers to readers, and on a working morning, once, the round of what waits. How many e-mails."""
    outbox.expire(session, now)
    return _alerts(session, now) + reporters.answer(session, now) + _morning(session, now)


def _alerts(session: Session, now: datetime) -> int:
    """Texts that may tell of a threat or of distress, that nobody has opened."""
    query = (
        sa.select(contribution.c.ref, contribution.c.subject, process.c.slug)
        .join(process, process.c.id == contribution.c.process_id)
        .where(
            contribution.c.state.in_(("received", "read_only")),
            contribution.c.urgent > 0,
            contribution.c.opened_at.is_(None),
            contribution.c.received_at > now - FRESH,
        )
        .limit(_ALERTS)
    )
    rows = session.execute(query).all()
    if not rows:
        return 0
    people = _on_call(session)
    return sum(
        outbox.put(
            session, now, one, letters.alarm("text", f"/desk/contributions/{row.ref}"), kind="alert", matter=f"alert:text:{row.subject}"
        )
        for row in rows
        for one in people
        if one.may("contributions.read", row.slug)
    )


def _on_call(session: Session) -> list[Account]:
    return [one for one in staff.listing(session) if one.profile.on_call and one.disabled_at is None]


def _morning(session: Session, now: datetime) -> int:
    """Between eight and noon of a working day, once: what waits for approval and what is due; on the first of the week the digest."""
    place = house(session)
    local = now.astimezone(place.timezone)
    today = f"{local:%G-W%V}:{local.date()}"
    if not MORNING <= local.time() < NOON or not is_working(local.date(), place.timezone, place.territory):
        return 0
    last = session.scalar(sa.select(setting.c.value).where(setting.c.name == _ROUND)) or ""
    if last == today:
        return 0
    session.execute(sa.delete(setting).where(setting.c.name == _ROUND))
    session.execute(sa.insert(setting).values(name=_ROUND, value=today))
    days_before = [local.date() - timedelta(days=n) for n in range(1, local.isoweekday())]
    first = not any(is_working(day, place.timezone, place.territory) for day in days_before)  # Monday, or the day after a holiday
    sent = 0
    for account in staff.listing(session):
        if account.disabled_at is None:
            for kind, letter in _round(needs(session, now, account), first=first):
                sent += outbox.put(session, now, account, letter, kind=kind, matter=f"{kind}:{local.date()}")
    return sent


def _round(found: tuple[tuple[letters.Need, int], ...], *, first: bool) -> list[tuple[str, Letter]]:
    """The e-mails of a morning to one person: at the beginning of a week one that holds all, else one a sort that counts something."""
    if first:
        return [("digest", letters.digest(found))] if found else []
    approvals = [one for one in found if one[0] in APPROVALS]
    owed = [one for one in found if one[0] in DUE]
    return [*([("waiting", letters.waiting(approvals))] if approvals else []), *([("due", letters.due(owed))] if owed else [])]
