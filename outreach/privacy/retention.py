"""Each table names how long its rows are kept; one job reads that, and cuts what ties old words to a person (GDPR-30)."""

from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, notary, signups
from outreach.contributions import copies
from outreach.tables import audit as audit_table
from outreach.tables import contribution, decision, metadata, translation

SLICE = 5_000  # rows of a table in one unit, so that nobody who writes waits for it
AFTER_ANSWER = timedelta(days=183)
"""Link and original go six months after the answer, a refused text six months after the refusal (requirements 2.4)."""
AT_MOST = timedelta(days=1096)
"""An answer that never comes ends nothing sooner than 36 months after the words came (journeys 5, row 11)."""

ANSWERED = ("refused", "upheld", "answered", "responded", "carried_out")
_OLD = {
    "address_id": None,
    "pseudonym": "",
    "sealed": None,
    "card": "",
    "sources": "[]",
    "claimed_by": None,
    "claimed_until": None,
}


def link_until(state: str, changed_at: datetime, received_at: datetime) -> datetime:
    """Until when at the latest it is known from which address a contribution came, as it stands; its author may end that sooner."""
    last = received_at + AT_MOST
    return min(changed_at + AFTER_ANSWER, last) if state in ANSWERED else last


class Report(msgspec.Struct, frozen=True):
    """What went, in counts only; `more`: a slice was full, so that another run finds more."""

    counts: dict[str, int]
    more: bool

    @property
    def total(self) -> int:
        """How many rows in all."""
        return sum(self.counts.values())


def purge(session: Session, now: datetime) -> Report:
    """Erase what was kept long enough, at most a slice of each table; the counts are audit lines too."""
    counts = {"contribution": _old_contributions(session, now), "contact": signups.forget_silent(session, now, SLICE)}
    for table in metadata.sorted_tables:
        retention = table.info["retention"]
        if retention["days"] is not None:
            counts[str(table.name)] = counts.get(str(table.name), 0) + _old_rows(
                session, table, retention["after"], now - timedelta(days=retention["days"]), now
            )
    counts["contribution"] += _orphans(session)
    went = {name: count for name, count in counts.items() if count}
    audit.write(session, [audit.line("clock", "retention.purged", "", kind=name, count=count) for name, count in went.items()], now)
    return Report(went, more=any(count >= SLICE for count in went.values()))


def _old_rows(session: Session, table: sa.Table, after: str, before: datetime, now: datetime) -> int:
    if table is audit_table:
        return notary.forget_before(session, before, now)  # a chain is cut, not torn
    keys = list(table.primary_key.columns)
    old = sa.select(*keys).where(table.c[after] < before).limit(SLICE)
    which = keys[0].in_(old) if len(keys) == 1 else sa.tuple_(*keys).in_(old)
    return session.execute(sa.delete(table).where(which)).rowcount  # type: ignore[attr-defined,no-any-return]


def _old_contributions(session: Session, now: datetime) -> int:
    """Erase originals, unpublished texts and the link; states, dates and reasons stay for the figures, published texts in the record."""
    answered = sa.and_(contribution.c.state.in_(ANSWERED), contribution.c.changed_at < now - AFTER_ANSWER)
    old = sa.or_(answered, contribution.c.received_at < now - AT_MOST)
    tied = sa.or_(contribution.c.sealed.is_not(None), contribution.c.address_id.is_not(None), contribution.c.pseudonym != "")
    ids = list(session.scalars(sa.select(contribution.c.id).where(old, tied).limit(SLICE)))
    if ids:
        public = sa.case((contribution.c.published_at.is_(None), None), else_=contribution.c.public_text)
        session.execute(sa.update(contribution).where(contribution.c.id.in_(ids)).values(public_text=public, **_OLD))
        session.execute(sa.update(decision).where(decision.c.contribution_id.in_(ids)).values(sealed=None, fact=""))
        unpublished = sa.select(contribution.c.id).where(contribution.c.id.in_(ids), contribution.c.public_text.is_(None))
        session.execute(sa.delete(translation).where(translation.c.contribution_id.in_(unpublished)))
        copies.forget(session, ids)
    return len(ids)


def _orphans(session: Session) -> int:
    """Contributions whose person is gone: the pseudonym would still tie them together."""
    orphans = sa.select(contribution.c.id).where(contribution.c.address_id.is_(None), contribution.c.pseudonym != "").limit(SLICE)
    values = {"pseudonym": "", "card": "", "sources": "[]"}
    return session.execute(sa.update(contribution).where(contribution.c.id.in_(orphans)).values(values)).rowcount  # type: ignore[attr-defined,no-any-return]
