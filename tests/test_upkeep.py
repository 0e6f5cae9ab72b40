"""A copy comes back: what people took back since is taken back again, and nothing goes out twice or after STOP."""

import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from conversations.effects import Withdraw
from outreach import consents, contacts, db, keyhole, leases, outbox, paper, pauses, privacy, upkeep
from outreach.contributions import intake
from outreach.crypto import new_keys
from outreach.db import Database
from outreach.house import House
from outreach.outbox import Body, Put
from outreach.references import new_token
from outreach.tables import address, contribution
from outreach.tables import outbox as outgoing
from outreach.upkeep import UpkeepTrouble
from tests.conftest import Clock
from tests.contributing import SLUG, given, open_process, person
from tests.peers import debian

NUMBERS = tuple(f"+3363998{number:04d}" for number in range(1, 7))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", metafunc.config.getoption("databases").split(","))


@pytest.fixture
def office(engine: str, house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database as migrations make it, bound to its key."""
    if engine == "postgresql":
        debian("pg_dump", "postgresql-client")
    url = f"sqlite:///{tmp_path}/office.db" if engine == "sqlite" else request.getfixturevalue("postgres")[0].fresh()
    made = Database(url, house)
    db.migrate(made)
    with made.write() as session:
        keyhole.prove(session, house.keys)
    yield made
    made.close()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy"


def write(database: Database, verb: Callable[..., Any], *args: Any) -> Any:
    with database.write() as session:
        return verb(session, *args)


def alive(database: Database) -> set[str]:
    with database.read() as session:
        return {number for number in NUMBERS if contacts.find(session, "sms", number)}


def test_who_was_forgotten_since_is_forgotten_again_also_after_a_stop_and_nobody_else(office: Database, clock: Clock, copy: Path) -> None:
    early, plain, stopped, stays, again = NUMBERS[:5]
    with office.write() as session:
        open_process(session, clock.now())
        ids = {number: person(session, clock.now(), number) for number in NUMBERS[:5]}
        for id_ in ids.values():
            given(session, clock.now(), id_)
        privacy.forget(session, clock.now(), ids[early])
        person(session, clock.now(), early)  # wrote again before the copy was made
    upkeep.backup(office, copy)
    now = clock.advance(hours=1)
    with office.write() as session:
        contacts.stop(session, ids[stopped], now)
        for number in (plain, stopped, again):
            privacy.forget(session, now, ids[number])
        person(session, now, again)
    assert upkeep.restore(office, copy, clock.advance(hours=1)) == 6  # three people and what each of them said
    assert alive(office) == {early, stays}
    with office.read() as session:
        linked = session.scalars(sa.select(contribution.c.address_id).where(contribution.c.address_id.is_not(None))).all()
        assert list(linked) == [ids[stays]]
        assert contacts.opposition(session, "sms", stopped) is not None


def test_a_stop_an_opt_out_and_a_withdrawal_hold_after_the_copy_came_back(office: Database, clock: Clock, copy: Path) -> None:
    with office.write() as session:
        open_process(session, clock.now())
        stopped, opted_out = (person(session, clock.now(), number) for number in NUMBERS[:2])
        ref = given(session, clock.now(), opted_out)
        for id_ in (stopped, opted_out):
            consents.give(session, [consents.Given(id_, "workshops", "un SMS ? 1 oui 2 non", "fr", "receipt")], clock.now())
    upkeep.backup(office, copy)
    now = clock.advance(hours=1)
    with office.write() as session:
        contacts.stop(session, stopped, now)
        consents.withdraw(session, [opted_out], now)
        intake.withdraw(session, opted_out, Withdraw(ref), now)
    assert upkeep.restore(office, copy, clock.advance(hours=1)) == 1
    with office.read() as session:
        assert session.scalar(sa.select(address.c.stopped_at).where(address.c.id == stopped)) == now
        assert consents.held(session, {stopped, opted_out}) == {stopped: frozenset(), opted_out: frozenset()}
        row = session.execute(sa.select(contribution).where(contribution.c.ref == ref)).one()
    assert (row.state, row.sealed, row.address_id) == ("withdrawn", None, None)


def test_a_pause_holds_after_the_copy_came_back(office: Database, clock: Clock, copy: Path) -> None:
    with office.write() as session:
        paused, other = (person(session, clock.now(), number) for number in NUMBERS[:2])
    upkeep.backup(office, copy)
    with office.write() as session:
        until = pauses.begin(session, paused, 30, clock.advance(hours=1))
    upkeep.restore(office, copy, clock.advance(hours=1))
    with office.read() as session:
        found = dict(session.execute(sa.select(address.c.id, address.c.paused_until)).all())
    assert found == {paused: until, other: None}


def test_a_campaign_that_waited_in_the_copy_is_never_sent_again(office: Database, clock: Clock, copy: Path) -> None:
    with office.write() as session:
        who = person(session, clock.now(), NUMBERS[0])
        for urgency in ("reply", "campaign"):
            outbox.put(session, [Put(who, "sms", "simulator", urgency, Body("Bonjour"))], clock.now())
    upkeep.backup(office, copy)
    upkeep.restore(office, copy, clock.advance(minutes=1))
    with office.read() as session:
        states = {row.urgency: row.state for row in session.execute(sa.select(outgoing))}
        listed = outbox.listing(session, "unknown")
    assert states == {"reply": "queued", "campaign": "unknown"}
    assert [one.urgency for one in listed] == ["campaign"]


def test_a_running_service_keeps_its_database(office: Database, clock: Clock, copy: Path) -> None:
    upkeep.backup(office, copy)
    write(office, leases.hold, outbox.lease_name("sms"), "a service", 60)
    with pytest.raises(UpkeepTrouble, match="stop it first"):
        upkeep.restore(office, copy, clock.now())


def test_whoever_is_connected_to_postgresql_keeps_the_database(office: Database, clock: Clock, copy: Path) -> None:
    if office.is_sqlite:  # one process, which holds the networks
        return
    upkeep.backup(office, copy)
    other = Database(office.url.render_as_string(hide_password=False), office.house)
    with other.read() as session:
        session.connection()
        with pytest.raises(UpkeepTrouble, match="1 other connections hold the database"):
            upkeep.restore(office, copy, clock.now())
    other.close()
    upkeep.restore(office, copy, clock.now())


def test_a_copy_is_its_owners_alone_and_overwrites_nothing(office: Database, copy: Path, tmp_path: Path) -> None:
    upkeep.backup(office, copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    kept = copy.read_bytes()
    with pytest.raises(UpkeepTrouble, match="exists already"):
        upkeep.backup(office, copy)
    with pytest.raises(UpkeepTrouble, match="can't be written"):
        upkeep.backup(office, tmp_path / "nowhere" / "copy")
    assert copy.read_bytes() == kept


def test_what_is_no_copy_of_ours_replaces_nothing(office: Database, clock: Clock, tmp_path: Path) -> None:
    write(office, person, clock.now(), NUMBERS[0])
    letter = tmp_path / "letter"
    letter.write_text("Madame, Monsieur, " * 300)
    with pytest.raises(UpkeepTrouble):
        upkeep.restore(office, letter, clock.now())
    assert alive(office) == {NUMBERS[0]}


def test_a_copy_sealed_with_another_key_replaces_nothing(house: House, clock: Clock, tmp_path: Path, copy: Path) -> None:
    """On SQLite, where the copy can be looked into; `pg_restore` shows it afterwards."""
    offices = []
    for name, keys in (("theirs", new_keys()), ("ours", house.keys)):
        made = Database(f"sqlite:///{tmp_path}/{name}.db", house)
        db.migrate(made)
        write(made, keyhole.prove, keys)
        offices.append(made)
    theirs, ours = offices
    upkeep.backup(theirs, copy)
    write(ours, person, clock.now(), NUMBERS[0])
    with pytest.raises(UpkeepTrouble, match="another key"):
        upkeep.restore(ours, copy, clock.now())
    assert alive(ours) == {NUMBERS[0]}


def test_the_password_of_the_database_stands_in_no_list_of_processes(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pg_dump` is a script of ours here: only what it is given is looked at."""
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\necho "$PGPASSWORD" > {tmp_path}/password\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    office = Database("postgresql://av:geheim%21@127.0.0.1:1/city", house)
    upkeep.backup(office, tmp_path / "copy")
    assert "geheim" not in (tmp_path / "arguments").read_text()
    assert (tmp_path / "password").read_text() == "geheim!\n"


def test_an_older_copy_is_brought_up_to_date(office: Database, clock: Clock, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Database] = []
    upkeep.backup(office, copy)
    monkeypatch.setattr(db, "migrate", asked.append)
    upkeep.restore(office, copy, clock.now() + timedelta(days=1))
    assert asked == [office]


def test_a_sheet_of_paper_that_was_taken_back_since_stays_away(office: Database, copy: Path, clock: Clock) -> None:
    def enter(session: Any, text: str) -> tuple[str, str]:
        blank = paper.Typed(new_token(), SLUG, "besoins", text, "Marché", clock.now().date(), "Le Relais", "oui")
        entered = paper.enter(session, clock.now(), "staff:1", blank)
        assert isinstance(entered, paper.Entered)
        drawn = paper.draw(session, clock.now(), entered.ref, "staff:1")
        assert drawn is not None
        return entered.ref, drawn.code

    write(office, open_process, clock.now())
    erased, checked, left = (write(office, enter, text) for text in ("Des bancs", "Une fontaine", "De l'ombre"))
    upkeep.backup(office, copy)
    write(office, paper.check, clock.now(), checked[0], "staff:2", "Une fontaine")
    for ref, code in (erased, checked):
        write(office, paper.use, clock.now(), "sms:1", "citizen", ref, code, "erase")
    assert upkeep.restore(office, copy, clock.now()) == 2
    with office.read() as session:
        assert [paper.get(session, ref) is None for ref, _code in (erased, checked, left)] == [True, True, False]
