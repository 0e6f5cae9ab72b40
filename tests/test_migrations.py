"""The tables are what the migrations make of an empty database, and an out-of-date database is noticed."""

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import msgspec
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from outreach import db, documents, notary, record
from outreach.db import Database
from outreach.house import House
from outreach.record import book, log, verifying
from outreach.tables import contribution, entry, metadata, process, workshop
from outreach.tables.base import Instant
from tests import contributing
from tests.conftest import Clock
from tests.meeting import at, meeting


@pytest.fixture
def empty(engine_name: str, house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    if engine_name == "sqlite":
        made = Database(f"sqlite:///{tmp_path}/empty.db", house)
    else:
        made = Database(request.getfixturevalue("postgres")[0].fresh(), house)
    yield made
    made.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "empty" in metafunc.fixturenames:
        metafunc.parametrize("engine_name", metafunc.config.getoption("databases").split(","), scope="session")


def differences(database: Database, models: sa.MetaData) -> list[object]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, models))


def test_the_migrations_make_the_models(empty: Database) -> None:
    db.migrate(empty)
    assert differences(empty, metadata) == []


def test_the_comparison_sees_a_column_of_another_kind_and_one_that_is_missing(empty: Database) -> None:
    db.migrate(empty)
    other = sa.MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(other)
    other.tables["lease"].append_column(sa.Column("colour", sa.Text))
    other.tables["lease"].c.holder.type = sa.BigInteger()
    found = repr(differences(empty, other))
    assert "colour" in found
    assert "modify_type" in found


def test_there_is_one_head_and_starting_finds_it_without_alembic() -> None:
    script = ScriptDirectory(str(Path(db.__file__).parent / "migrations"))
    assert script.get_heads() == [db.latest()]


def test_a_database_is_current_after_its_migration_and_not_before(empty: Database) -> None:
    assert not db.is_current(empty)
    with empty.read() as session:
        assert sa.inspect(session.connection()).get_table_names() == []
    db.migrate(empty)
    assert db.is_current(empty)
    db.migrate(empty)
    assert db.is_current(empty)


def test_a_database_of_an_older_release_is_not_current_and_one_of_a_newer_release_says_so(empty: Database) -> None:
    db.migrate(empty)
    with empty.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert not db.is_current(empty)
    with empty.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for verb in (db.is_current, db.migrate):
        with pytest.raises(db.NewerDatabase, match="install that version, or restore a backup"):
            verb(empty)


def test_tables_made_without_a_migration_are_not_current(database: Database) -> None:
    assert not db.is_current(database)


def test_two_processes_that_migrate_at_once_both_end_well(empty: Database) -> None:
    other = Database(empty.url.render_as_string(hide_password=False), empty.house)
    together = Barrier(2)
    failures: list[Exception] = []

    def run(database: Database) -> None:
        together.wait()
        try:
            db.migrate(database)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not happen
            failures.append(error)

    threads = [Thread(target=run, args=(database,)) for database in (empty, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert failures == []
    assert db.is_current(empty)


def test_many_that_open_a_new_file_at_once_all_get_in(tmp_path: Path) -> None:
    for number in range(40):
        opened = [Database(f"sqlite:///{tmp_path}/{number}.db") for _ in range(4)]
        together = Barrier(len(opened))
        failures: list[Exception] = []

        def run(database: Database, together: Barrier = together, failures: list[Exception] = failures) -> None:
            together.wait()
            try:
                with database.write() as session:
                    session.connection().exec_driver_sql("CREATE TABLE IF NOT EXISTS seen (id INTEGER)")
            except sa.exc.OperationalError as error:
                failures.append(error)

        threads = [Thread(target=run, args=(database,)) for database in opened]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for database in opened:
            database.close()
        assert failures == []


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    versions = tmp_path / "migrations"
    (versions / "versions").mkdir(parents=True)
    real = Path(db.__file__).parent / "migrations"
    (versions / "env.py").write_text((real / "env.py").read_text(encoding="utf-8"), encoding="utf-8")
    first = next(real.glob("versions/0001*.py")).read_text(encoding="utf-8")
    broken = re.sub(r"def downgrade", "    op.execute('SELECT * FROM nowhere')\n\n\ndef downgrade", first, count=1)
    (versions / "versions" / "0001_broken.py").write_text(broken, encoding="utf-8")
    monkeypatch.setattr(db, "_MIGRATIONS", versions)
    with pytest.raises(sa.exc.DBAPIError):
        db.migrate(empty)
    with empty.read() as session:
        assert sa.inspect(session.connection()).get_table_names() == []


def test_after_a_migration_the_foreign_keys_are_watched_again(empty: Database) -> None:
    db.migrate(empty)
    with empty.write() as session, pytest.raises(sa.exc.IntegrityError):
        session.connection().exec_driver_sql("INSERT INTO \"grant\" (staff_id, role) VALUES (1, 'admin')")


def test_every_table_names_its_retention() -> None:
    for table in metadata.sorted_tables:
        retention = table.info["retention"]
        assert retention["why"], table.name
        assert (retention["days"] is None) == (retention["after"] is None), table.name
        assert retention["after"] is None or retention["after"] in table.c, table.name


def test_the_workshops_of_documents_that_are_in_already_get_their_rooms(empty: Database, clock: Clock) -> None:
    from alembic import command

    with empty.engine.execution_options(writes=True).connect() as connection, connection.begin():
        command.upgrade(db.alembic_config(connection), "0001")
    document = msgspec.structs.replace(contributing.document(), workshops=(meeting("atelier-1", "2027-05-11 18:30", 12),))
    before = sa.table("process", *(sa.column(column.name, column.type) for column in process.c))
    values = {"id": 7, "slug": "place-du-marche", "subject": "s", "state": "open", "version": 1, "document": documents.encode(document)}
    with empty.write() as session:
        session.execute(before.insert().values(**values, created_at=clock.now(), changed_at=clock.now(), opened_at=clock.now()))
    db.migrate(empty)
    with empty.read() as session:
        row = session.execute(sa.select(workshop)).one()
        promised = session.scalar(sa.select(process.c.promised_on))
    assert (row.name, row.capacity, row.status, row.starts_at) == ("atelier-1", 12, "scheduled", at("2027-05-11 18:30"))
    assert promised == documents.decode(documents.encode(document)).mandate.answer_promised_on


def test_texts_that_were_published_before_get_their_theme_and_a_signature(
    empty: Database, house: House, clock: Clock, tmp_path: Path
) -> None:
    from alembic import command

    with empty.engine.execution_options(writes=True).connect() as connection, connection.begin():
        command.upgrade(db.alembic_config(connection), "0002")
    columns = ("ref", "process_id", "question", "text", "language", "salt", "redacted", "grouped_with", "copies", "answer")
    before = sa.table(
        "entry", *(sa.column(name) for name in columns), sa.column("received_on", sa.Date), sa.column("published_at", Instant)
    )
    today = Database(f"sqlite:///{tmp_path}/today.db", house)
    db.migrate(today)
    with today.write() as session:  # a row of today, of which that day knew some columns
        contributing.open_process(session, clock.now())
        ref = contributing.given(session, clock.now(), contributing.person(session, clock.now()))
        row = session.execute(sa.select(contribution)).mappings().one()
    with empty.write() as session:
        number = contributing.open_process(session, clock.now())
        address_id = contributing.person(session, clock.now())
        of_then = sa.inspect(session.connection()).get_columns("contribution")
        known = {column["name"]: row[column["name"]] for column in of_then}
        known |= {"process_id": number, "address_id": address_id, "theme": "ombre"}
        then = sa.table("contribution", *(sa.column(name, contribution.c[name].type) for name in known))
        session.execute(then.insert().values(**known))
        values = {"ref": ref, "process_id": number, "question": "besoins", "text": "Des bancs", "language": "fr", "salt": b"s" * 16}
        more = {"redacted": False, "grouped_with": "", "copies": 0, "answer": "", "received_on": clock.now().date()}
        session.execute(before.insert().values(**values, **more, published_at=clock.now()))
        subject = session.scalar(sa.select(contribution.c.subject))
        old = sa.table("leaf", *(sa.column(name) for name in ("id", "kind", "subject", "commitment")), sa.column("at", Instant))
        committed = record.commitment(b"s" * 16, "Des bancs")
        session.execute(old.insert().values(id=1, kind="published", subject=subject, commitment=committed, at=clock.now()))
        notary.chain(session, clock.now())
    db.migrate(empty)
    with empty.write() as session:
        assert session.scalar(sa.select(entry.c.theme)) == "ombre"
        assert log.grow(session, clock.now()) == 1
    with empty.read() as session:
        found = verifying.examine(verifying.read(book.write(session)))
    assert (found.faults, found.texts) == ((), {ref: "Des bancs"})
