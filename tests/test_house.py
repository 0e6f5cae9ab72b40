"""The walls hold, and the README tells the truth."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from bot.settings import VARIABLES
from outreach.tables import metadata
from tests import readme

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
ROOMS = ("conversations", "outreach", "bot")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "versions" not in path.parts)
LONGEST = 400


def test_the_walls_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_opens_with_one_sentence_and_stays_short(path: Path) -> None:
    assert readme.sentence(path).endswith((".", "…")), "a module opens with one sentence on its job"
    assert len(path.read_text().splitlines()) <= LONGEST, "split it on its natural seam"


def test_the_tour_and_the_settings_of_the_readme_are_those_of_the_code() -> None:
    assert readme.written(README) == README, "run `make readme`"
    assert len(re.findall(r"^\| `(?:conversations|outreach|bot)/", README, re.MULTILINE)) == len(readme.tour())
    assert len(re.findall(r"^\| `ALLERVERS_", README, re.MULTILINE)) == len(VARIABLES)


def test_every_table_names_its_retention() -> None:
    for table in metadata.tables.values():
        retention = table.info["retention"]
        assert retention["why"], table.name
        assert (retention["days"] is None) == (retention["after"] is None), table.name
        assert retention["after"] is None or retention["after"] in table.c, table.name


def test_every_command_of_the_help_exists() -> None:
    from click.testing import CliRunner

    from bot.cli import _COMMANDS, allervers

    for name, (module, _told) in _COMMANDS.items():
        assert getattr(import_module(module), name.replace("-", "_") + "_command"), name
        assert CliRunner().invoke(allervers, [name, "--help"]).exit_code == 0, name


def test_the_project_speaks_of_the_project_alone() -> None:
    for path in ROOT.rglob("*"):
        if (
            path.is_file()
            and ".venv" not in path.parts
            and ".git" not in path.parts
            and path.suffix in {".py", ".md", ".toml", ".html", ".js", ".css", ".po"}
        ):
            assert not re.search(r"(?<![\w.])/(work|root|home/\w+)/", path.read_text()), path
