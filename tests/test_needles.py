"""The searcher itself: a searcher that finds nothing proves nothing."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from outreach.db import Database
from outreach.tables import setting
from tests import needles
from tests.needles import Hit, phone, search, search_database


def test_a_file_is_searched_in_every_form_also_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needles, "CHUNK", 7)
    (tmp_path / "a.log").write_bytes(
        b"xxxxx0612345678 " + "été à l'école".encode("utf-16-le") + b' "\\u00e9t\\u00e9 \\u00e0 l\'\\u00e9cole" 0612345678'
    )
    assert search([tmp_path], ["0612345678", "été à l'école", "absent"]) == [
        Hit(str(tmp_path / "a.log"), "0612345678", 5),
        Hit(str(tmp_path / "a.log"), "été à l'école", 16),
        Hit(str(tmp_path / "a.log"), "été à l'école", 44),
        Hit(str(tmp_path / "a.log"), "0612345678", 79),
    ]


def test_a_needle_too_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too short"):
        search([tmp_path], ["été"])


def test_a_number_has_many_forms() -> None:
    assert phone("+33612345678") == ("+33612345678", "33612345678", "0612345678", "06 12 34 56 78", "06.12.34.56.78", "06-12-34-56-78")


def test_a_database_is_searched_down_to_its_journal(database: Database) -> None:
    with database.write() as session:
        session.execute(sa.insert(setting).values(name="note", value="on m'a dit 0612345678"))
    hits = search_database(database, phone("+33612345678"))
    assert "setting.value" in {hit.where for hit in hits}
    if database.is_sqlite:
        assert any(hit.where.endswith("office.db-wal") for hit in hits)
    assert search_database(database, ["0698765432"]) == []
