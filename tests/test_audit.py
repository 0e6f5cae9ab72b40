"""Audit lines tell nothing of a person, and their chain shows every kind of tampering."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from outreach import audit, notary
from outreach.db import Database
from outreach.references import new_id, new_token
from outreach.tables import audit as lines
from outreach.tables import leaf, setting
from tests.conftest import Clock

NOW = datetime(2027, 3, 15, 10, 0, tzinfo=UTC)


def _write(database: Database, count: int, now: datetime = NOW) -> None:
    with database.write() as session:
        audit.write(
            session, [audit.line("staff:7", "contribution.accepted", new_token(), before="received", count=n) for n in range(count)], now
        )
    with database.write() as session:
        notary.chain(session, now, "test")


def _verify(database: Database) -> audit.Verdict:
    with database.read() as session:
        return audit.verify(session)


def _tamper(database: Database, *statements: Any) -> None:
    with database.write() as session:
        for statement in statements:
            session.execute(statement)


# --- what a line may hold


@pytest.mark.parametrize(
    ("actor", "action", "subject", "detail"),
    [
        ("+33612345678", "contact.stopped", "", {}),
        ("Marie Dupont", "contact.stopped", "", {}),
        ("citizen", "il manque des bancs", "", {}),
        ("citizen", "contact.stopped", "33612345678", {}),
        ("citizen", "contact.stopped", "il manque des bancs", {}),
        ("citizen", "contact.stopped", "", {"text": "R4"}),
        ("citizen", "contact.stopped", "", {"reason": "il manque des bancs"}),
        ("citizen", "contact.stopped", "", {"count": 612345678}),
        ("citizen", "contact.stopped", "", {"count": -1}),
        ("citizen", "contact.stopped", "", {"kind": "a0612345678"}),
        ("citizen", "contact.stopped", "", {"kind": {"nested": "text"}}),
        ("citizen", "contact.stopped", "", {"roles": ["Marie Dupont"]}),
        ("citizen", "contact.stopped", "", {"count": 1.5}),
    ],
)
def test_a_line_refuses_what_could_be_a_text_or_a_person(actor: str, action: str, subject: str, detail: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="an audit line can't hold") as refusal:
        audit.line(actor, action, subject, **detail)
    assert not any(str(value) in str(refusal.value) for value in (*detail.values(), subject) if value)


@given(st.text(min_size=1))
def test_no_text_with_a_space_or_a_number_gets_into_a_detail(text: str) -> None:
    try:
        line = audit.line("clock", "retention.purged", "", reason=text)
    except ValueError:
        return
    assert len(text) <= 40
    assert text.isascii()
    assert " " not in line.detail
    assert not re.search("[0-9]{5}", text)


def test_a_line_holds_states_codes_counts_and_dates() -> None:
    line = audit.line(
        "token:3", "contribution.refused", "O7mQD66TGlXIbxRvU1Lp4Q", before="received", reason="R4", count=3, until=NOW.date(), kept=False
    )
    assert line.detail == '{"before":"received","count":3,"kept":false,"reason":"R4","until":"2027-03-15"}'


# --- looking lines up


def test_lines_are_found_by_who_what_and_whom_page_by_page(database: Database, clock: Clock) -> None:
    subject = new_token()
    with database.write() as session:
        for minute in range(5):
            at = clock.advance(minutes=1)
            audit.write(
                session,
                [
                    audit.line(f"staff:{minute % 2}", "process.changed", subject, version=minute),
                    audit.line("clock", "retention.purged", ""),
                ],
                at,
            )
    with database.read() as session:
        first = audit.search(session, subject=subject, limit=2)
        assert [item.detail["version"] for item in first.items] == [4, 3]
        second = audit.search(session, subject=subject, limit=2, cursor=first.next or "")
        third = audit.search(session, subject=subject, limit=2, cursor=second.next or "")
        assert [item.detail["version"] for item in second.items + third.items] == [2, 1, 0]
        assert third.next is None
        assert {item.actor for item in audit.search(session, actor="staff:1").items} == {"staff:1"}
        assert len(audit.search(session, action="retention.").items) == 5
        assert len(audit.search(session, before=clock.at).items) == 8
        for cursor in ("it's mine", "-5", "0", "z" * 13, "z" * 400):
            with pytest.raises(ValueError, match=r"invalid literal|not a cursor of ours"):
                audit.search(session, cursor=cursor)
        assert audit.search(session, actor="\x00") == audit.Page((), None)


# --- the chain


def test_an_empty_log_is_whole(database: Database) -> None:
    assert _verify(database) == audit.Verdict(ok=True, lines=0)


def test_lines_and_leaves_get_their_places_in_slices(database: Database) -> None:
    with database.write() as session:
        audit.write(session, [audit.line("clock", "retention.purged", "") for _ in range(5)], NOW)
        session.execute(sa.insert(leaf).values(id=new_id(NOW), kind="published", subject=new_token(), commitment=b"c" * 32, at=NOW))
        assert notary.chain(session, NOW, "a", limit=3) == 4
        assert notary.chain(session, NOW, "a", limit=3) == 2
        assert notary.chain(session, NOW, "a", limit=3) == 0
        assert list(session.scalars(sa.select(lines.c.place).order_by(lines.c.id))) == [1, 2, 3, 4, 5]
    assert _verify(database) == audit.Verdict(ok=True, lines=6)


def _remove(place: int) -> Callable[[], list[Any]]:
    return lambda: [sa.delete(lines).where(lines.c.place == place)]


def _swap() -> list[Any]:
    return [
        sa.update(lines).where(lines.c.place == 3).values(place=100),
        sa.update(lines).where(lines.c.place == 4).values(place=3),
        sa.update(lines).where(lines.c.place == 100).values(place=4),
    ]


def _swap_contents() -> list[Any]:
    """The same, with the hashes left where they were."""
    return [
        sa.update(lines).where(lines.c.place == 3).values(detail='{"before":"received","count":3}'),
        sa.update(lines).where(lines.c.place == 4).values(detail='{"before":"received","count":2}'),
    ]


def _insert(place: int) -> Callable[[], list[Any]]:
    values = {"id": 1, "at": NOW, "actor": "staff:7", "action": "contribution.accepted", "subject": new_token(), "detail": "{}"}
    return lambda: [
        *(sa.update(lines).where(lines.c.place == at).values(place=at + 1) for at in range(6, place - 1, -1)),
        sa.insert(lines).values(**values, place=place, chained=b"x" * 32),
    ]


@pytest.mark.parametrize(
    ("tampering", "broken_at", "why"),
    [
        pytest.param(lambda: [sa.update(lines).where(lines.c.place == 2).values(actor="staff:8")], 2, "altered", id="actor"),
        pytest.param(
            lambda: [sa.update(lines).where(lines.c.place == 2).values(at=NOW + timedelta(microseconds=1))], 2, "altered", id="instant"
        ),
        pytest.param(lambda: [sa.update(lines).where(lines.c.place == 2).values(detail="{}")], 2, "altered", id="detail"),
        pytest.param(lambda: [sa.update(lines).where(lines.c.place == 2).values(id=5)], 2, "altered", id="number"),
        pytest.param(lambda: [sa.update(lines).where(lines.c.place == 2).values(chained=None)], 2, "altered", id="hash taken away"),
        pytest.param(_remove(1), 1, "removed", id="first removed"),
        pytest.param(_remove(3), 3, "removed", id="middle removed"),
        pytest.param(_remove(6), 6, "removed at the end", id="last removed"),
        pytest.param(lambda: [sa.delete(lines)], 1, "removed at the end", id="all removed"),
        pytest.param(_swap, 3, "reordered", id="reordered"),
        pytest.param(_swap_contents, 3, "altered", id="contents exchanged"),
        pytest.param(_insert(4), 4, "inserted", id="inserted"),
        pytest.param(_insert(7), 7, "inserted after the last link", id="added at the end"),
        pytest.param(lambda: [sa.delete(setting).where(setting.c.name == "chain_audit")], 1, "gone", id="ends removed"),
        pytest.param(
            lambda: [sa.update(setting).where(setting.c.name == "chain_audit").values(value="AAAA")], 1, "changed", id="ends changed"
        ),
    ],
)
def test_tampering_is_found_at_the_first_broken_link(
    database: Database, tampering: Callable[[], list[Any]], broken_at: int, why: str
) -> None:
    _write(database, 6)
    assert _verify(database).ok
    _tamper(database, *tampering())
    verdict = _verify(database)
    assert (verdict.ok, verdict.chain, verdict.broken_at) == (False, "audit", broken_at)
    assert why in verdict.why


def test_who_can_write_the_database_but_has_no_key_cant_mend_the_chain(database: Database) -> None:
    """Every hash computed again after an alteration: the sealed end no longer fits."""
    _write(database, 4)
    with database.write() as session:
        session.execute(sa.update(lines).where(lines.c.place == 2).values(actor="staff:8"))
        previous = notary.START
        for row in session.execute(sa.select(lines).order_by(lines.c.place)).mappings().all():
            previous = notary.link(previous, {name: row[name] for name in ("id", "at", "actor", "action", "subject", "detail")})
            session.execute(sa.update(lines).where(lines.c.id == row["id"]).values(chained=previous))
    verdict = _verify(database)
    assert (verdict.ok, verdict.broken_at, verdict.why) == (False, 5, "removed at the end")


def test_a_leaf_of_the_record_is_chained_too(database: Database) -> None:
    with database.write() as session:
        for number in range(3):
            session.execute(
                sa.insert(leaf).values(id=new_id(NOW), kind="published", subject=new_token(), commitment=bytes([number]) * 32, at=NOW)
            )
        notary.chain(session, NOW)
    assert _verify(database) == audit.Verdict(ok=True, lines=3)
    _tamper(database, sa.update(leaf).where(leaf.c.place == 2).values(commitment=b"y" * 32))
    verdict = _verify(database)
    assert (verdict.ok, verdict.chain, verdict.broken_at) == (False, "record", 2)


def test_nothing_is_chained_on_top_of_a_doubt(database: Database) -> None:
    _write(database, 2)
    _tamper(database, sa.delete(setting).where(setting.c.name == "chain_audit"))
    with pytest.raises(notary.ChainTrouble, match="gone"):
        _write(database, 1)


def test_an_old_part_is_purged_and_the_rest_still_proves_itself(database: Database, clock: Clock) -> None:
    _write(database, 3, clock.now())
    _write(database, 4, clock.advance(days=30))
    with database.write() as session:
        assert notary.forget_before(session, clock.now() - timedelta(days=1), clock.now()) == 3
    assert _verify(database) == audit.Verdict(ok=True, lines=4)
    _write(database, 2, clock.advance(days=1))
    assert _verify(database) == audit.Verdict(ok=True, lines=6)
    with database.write() as session:
        assert notary.forget_before(session, clock.now() + timedelta(days=1), clock.now()) == 6
        assert notary.forget_before(session, clock.now() + timedelta(days=1), clock.now()) == 0
    assert _verify(database) == audit.Verdict(ok=True, lines=0)
    _write(database, 1, clock.now())
    assert _verify(database) == audit.Verdict(ok=True, lines=1)


def test_a_line_put_back_before_the_purged_part_is_found(database: Database, clock: Clock) -> None:
    _write(database, 3, clock.now())
    _write(database, 1, clock.advance(days=30))
    with database.write() as session:
        notary.forget_before(session, clock.now() - timedelta(days=1), clock.now())
    _tamper(database, sa.insert(lines).values(id=1, at=NOW, actor="clock", action="x", subject="", detail="{}", place=2, chained=b"x" * 32))
    assert (_verify(database).broken_at, _verify(database).why) == (2, "inserted before the end of the purged part")


def test_two_notaries_at_once_give_each_place_once(database: Database) -> None:
    """On PostgreSQL the second finds the ends locked and leaves; on SQLite the second writer waits."""
    _write(database, 1)
    with database.write() as session:
        audit.write(session, [audit.line("clock", "retention.purged", "") for _ in range(3)], NOW)
    if not database.is_sqlite:
        with database.write() as first, database.write() as second:
            assert notary.chain(first, NOW, "a") == 3
            assert notary.chain(second, NOW, "b") == 0
    else:
        _write(database, 0)
    assert _verify(database) == audit.Verdict(ok=True, lines=4)


def test_a_canonical_form_is_the_same_on_both_databases(database: Database) -> None:
    def form(session: Session) -> bytes:
        return notary.canonical(dict(session.execute(sa.select(lines.c.id, lines.c.at, lines.c.subject)).mappings().one()))

    with database.write() as session:
        session.execute(sa.insert(lines).values(id=12, at=NOW, actor="clock", action="x", subject="é", detail="{}"))
        assert form(session) == '{"at":"1805104800000000","id":"12","subject":"é"}'.encode()


@given(st.dictionaries(st.text(st.characters(codec="ascii"), max_size=8), st.text(), max_size=6))
def test_the_canonical_form_is_that_of_rfc_8785(row: dict[str, str]) -> None:
    assert notary.canonical(row) == rfc8785.dumps(row)
