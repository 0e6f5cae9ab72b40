"""What became of a person's own contributions, as a conversation may know it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import facts
from conversations.scripts import quote
from outreach import answers
from outreach.agenda import OWING
from outreach.contributions.days import months_after
from outreach.house import house
from outreach.record import programme
from outreach.tables import contribution, decision

MOST = 20
APPEAL_MONTHS = 6
"""MOD-31: a refusal or a removal may be contested for six months."""
QUOTED = 200  # letters that are looked at for a quote of 40

_REASONED = frozenset({"refused", "appealed", "upheld", "redacted", "published", "taken_up", "not_taken_up", "responded", "carried_out"})

_COLUMNS = (
    contribution.c.id, contribution.c.address_id, contribution.c.ref, contribution.c.state, contribution.c.network, contribution.c.sealed,
    contribution.c.public_text, contribution.c.process_id, contribution.c.received_at, contribution.c.read_by, contribution.c.published_at,
)  # fmt: skip
_rank = sa.func.row_number().over(partition_by=contribution.c.address_id, order_by=contribution.c.id.desc()).label("rank")
_ranked = sa.select(*_COLUMNS, _rank).where(contribution.c.address_id.in_(sa.bindparam("addresses", expanding=True))).subquery()
_NEWEST = sa.select(_ranked).where(_ranked.c.rank <= MOST).order_by(_ranked.c.address_id, _ranked.c.rank)


def of_addresses(session: Session, address_ids: Sequence[int]) -> dict[int, tuple[facts.Contribution, ...]]:
    """The contributions of each address, the newest first, at most 20; an address without any is left out.

    One query for the batch, and others only where there is something to say: the processes' names, the reasons of refusals.
    """
    if not address_ids:
        return {}
    rows = session.execute(_NEWEST, {"addresses": list(address_ids)}).all()
    found: dict[int, list[facts.Contribution]] = {}
    for row, shown in zip(rows, _shown(session, rows), strict=True):
        found.setdefault(row.address_id, []).append(shown)
    return {address_id: tuple(those) for address_id, those in found.items()}


def of_contribution(session: Session, contribution_id: int) -> facts.Contribution:
    """One contribution, for who proved to be its author in another way than by their address."""
    rows = session.execute(sa.select(*_COLUMNS).where(contribution.c.id == contribution_id)).all()
    (shown,) = _shown(session, rows)
    return shown


def _shown(session: Session, rows: Sequence[Any]) -> list[facts.Contribution]:
    if not rows:
        return []
    processes = programme.by_id(session, {row.process_id for row in rows})
    reasons = reasons_of(session, [row.id for row in rows if row.state in _REASONED])
    handed = [row for row in rows if row.published_at and processes[row.process_id].state != "open"]
    cited = answers.of_refs(session, [row.ref for row in handed])
    keys, zone = house(session).keys, house(session).timezone
    others = [row for row in handed if row.state == "responded" and row.ref not in cited]
    left_out = answers.left_out(session, {row.process_id for row in others})
    untaken = {row.ref: left_out[row.process_id].cited(row.published_at) for row in others if row.process_id in left_out}
    found = []
    for row in rows:
        about, given = processes[row.process_id], reasons.get(row.id)
        found.append(
            facts.Contribution(
                ref=row.ref,
                state=row.state,
                quote=opening(keys.open("contribution", row.id, row.sealed).decode(), row.network) if row.sealed else "",
                text=(row.public_text or "") if row.published_at else "",
                process=about.name,
                slug=about.slug,
                received_on=row.received_at.astimezone(zone).date(),
                read_by=row.read_by.astimezone(zone).date(),
                promised_on=about.promised_on,
                reason=given.reason if given else "",
                fact=given.fact if given else "",
                appeal_until=months_after(given.effective_at.astimezone(zone).date(), APPEAL_MONTHS) if given else None,
                published_on=row.published_at.astimezone(zone).date() if row.published_at else None,
                answer=_answer(cited.get(row.ref) or untaken.get(row.ref)),
                pending=about.promised_on is not None and about.state in OWING,
            )
        )
    return found


def _answer(cited: answers.Cited | None) -> facts.Answer | None:
    if cited is None:
        return None
    return facts.Answer(cited.number, cited.answered, cited.decision, dict(cited.reason), dict(cited.done), cited.late)


def opening(text: str, network: str) -> str:
    """The first words of a text, as they may be quoted on this network."""
    return quote(text[:QUOTED], network="telegram" if network == "telegram" else "sms")


def reasons_of(session: Session, ids: Sequence[int]) -> dict[int, Any]:
    """The refusal or redaction in force of each contribution: rows with `kind`, `reason`, `fact`, `effective_at`, `actor`.

    What another person reversed is in force no more.
    """
    if not ids:
        return {}
    query = (
        sa.select(
            decision.c.contribution_id, decision.c.kind, decision.c.reason, decision.c.fact, decision.c.effective_at, decision.c.actor
        )
        .where(decision.c.contribution_id.in_(ids), decision.c.state == "applied", decision.c.kind.in_(("refuse", "redact", "reverse")))
        .order_by(decision.c.effective_at, decision.c.id)
    )
    last = {row.contribution_id: row for row in session.execute(query)}
    return {id_: row for id_, row in last.items() if row.kind != "reverse"}
