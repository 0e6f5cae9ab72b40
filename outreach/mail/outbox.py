"""The e-mails that wait, sealed, one a matter: queued, sending, then sent, failed, or unknown after a crash at the wrong instant."""

from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from conversations import letters
from conversations.letters import Letter
from outreach import audit
from outreach.house import house
from outreach.references import new_id
from outreach.staff import Account
from outreach.tables import mail

MOVES: Final[dict[str, frozenset[str]]] = {
    "queued": frozenset({"sending", "failed"}),
    "sending": frozenset({"sent", "queued", "failed", "unknown"}),
    "sent": frozenset(),
    "failed": frozenset(),
    "unknown": frozenset(),
}
"""A doubtful e-mail is not sent again: its reader finds the same on the desk."""

AT_ONCE = 20
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
LIVES = timedelta(days=2)
"""What could not be sent until then is old news."""
PATIENCE = timedelta(minutes=10)
"""Longer than any relay takes: who marked it is gone."""

Fate = Literal["sent", "again", "failed", "unknown"]


class Leaving(msgspec.Struct, frozen=True):
    """One e-mail that is marked as about to leave; its `id` makes the Message-ID."""

    id: int
    kind: str
    to: str
    subject: str
    text: str


class _Sealed(msgspec.Struct, frozen=True):
    to: str
    subject: str
    text: str


class Row(msgspec.Struct, frozen=True):
    """One e-mail as a list shows it: no address, no words."""

    kind: str
    state: str
    tries: int
    created_at: datetime


def put(session: Session, now: datetime, account: Account, letter: Letter, *, kind: str, matter: str, lives: timedelta = LIVES) -> bool:
    """Queue an e-mail in the account's language; False when there was one of this matter for this account already."""
    places = house(session).languages
    language = account.profile.language if account.profile.language in places else places[0]
    return post(session, now, account.email, language, letter, kind=kind, matter=f"{matter}:{account.id}", lives=lives)


def post(
    session: Session, now: datetime, to: str, language: str, letter: Letter, *, kind: str, matter: str, lives: timedelta = LIVES
) -> bool:
    """The same to an address, in a language that the city offers."""
    place = house(session)
    written = letters.write(letter, place.catalogues[language], place.city.name, place.city.url)
    id_ = new_id(now)
    sealed = place.keys.seal("mail", id_, msgspec.json.encode(_Sealed(to, written.subject, written.text)))
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {
        "id": id_,
        "matter": matter,
        "kind": kind,
        "sealed": sealed,
        "state": "queued",
        "tries": 0,
        "due_at": now,
        "until": now + lives,
        "created_at": now,
    }
    once = insert(mail).values(values).on_conflict_do_nothing(index_elements=["matter"]).returning(mail.c.id)
    return session.execute(once).first() is not None


def take(session: Session, now: datetime, limit: int = AT_ONCE) -> tuple[Leaving, ...]:
    """Mark what is due as leaving, the oldest first; who marked it, and nobody else, sends it."""
    due = sa.select(mail).where(mail.c.state == "queued", mail.c.due_at <= now, mail.c.until > now).order_by(mail.c.due_at).limit(limit)
    rows = session.execute(due.with_for_update(skip_locked=True)).all()
    ids = [row.id for row in rows]
    session.execute(sa.update(mail).where(mail.c.id.in_(ids)).values(state="sending", due_at=now, tries=mail.c.tries + 1))
    keys = house(session).keys
    found = [(row, msgspec.json.decode(keys.open("mail", row.id, row.sealed), type=_Sealed)) for row in rows]
    return tuple(Leaving(row.id, row.kind, one.to, one.subject, one.text) for row, one in found)


def settle(session: Session, now: datetime, mail_id: int, fate: Fate) -> None:
    """What came of one that was leaving; `again` waits longer each time. Settled already, it stays so."""
    row = session.execute(sa.select(mail.c.kind, mail.c.tries).where(mail.c.id == mail_id, mail.c.state == "sending")).one_or_none()
    if row is None:
        return
    state = "queued" if fate == "again" else fate
    values: dict[str, object] = {"state": state}
    if fate == "again":
        values["due_at"] = now + min(FIRST_WAIT * 2 ** min(row.tries - 1, 10), LONGEST_WAIT)
    else:
        values["sealed"] = b""  # nobody needs its words any more
        audit.write(session, [audit.line("clock", f"mail.{state}", "", kind=row.kind, count=row.tries)], now)
    session.execute(sa.update(mail).where(mail.c.id == mail_id).values(values))


def expire(session: Session, now: datetime) -> int:
    """Old news fails; what was leaving when its process died is unknown. How many."""
    old = session.execute(sa.select(mail.c.id).where(mail.c.state == "queued", mail.c.until <= now).limit(AT_ONCE)).scalars().all()
    lost = session.execute(sa.select(mail.c.id).where(mail.c.state == "sending", mail.c.due_at <= now - PATIENCE).limit(AT_ONCE))
    doubtful = lost.scalars().all()
    session.execute(sa.update(mail).where(mail.c.id.in_(old)).values(state="sending"))
    for mail_id in old:
        settle(session, now, mail_id, "failed")
    for mail_id in doubtful:
        settle(session, now, mail_id, "unknown")
    return len(old) + len(doubtful)


def listing(session: Session, limit: int = 50) -> tuple[Row, ...]:
    """The last e-mails, the newest first."""
    query = sa.select(mail.c.kind, mail.c.state, mail.c.tries, mail.c.created_at).order_by(mail.c.id.desc()).limit(limit)
    return tuple(Row(*row) for row in session.execute(query))
