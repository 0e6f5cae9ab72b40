"""Writes the two tables of the README that the tests compare with the code: `make readme`."""

import ast
import re
from pathlib import Path

from bot.settings import PREFIX, VARIABLES

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("conversations", "outreach", "bot")


def sentence(path: Path) -> str:
    """The first sentence of a module's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n\n")[0].replace("\n", " ")


def tour() -> dict[str, str]:
    """Each module and package of the three rooms with its sentence."""
    told = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).iterdir()):
            if path.is_dir() and (path / "__init__.py").exists() and not path.name.startswith("__"):
                told[f"{room}/{path.name}/"] = sentence(path / "__init__.py")
            elif path.suffix == ".py" and not path.name.startswith("__"):
                told[f"{room}/{path.name}"] = sentence(path)
    return told


def settings() -> list[tuple[str, str, str]]:
    """Each variable with its default and its sentence."""
    return [(PREFIX + variable.name, f"`{variable.default}`" if variable.default else "–", variable.sentence) for variable in VARIABLES]


def written(text: str) -> str:
    """The README with both tables made anew."""
    rows = "\n".join(f"| `{name}` | {told} |" for name, told in tour().items())
    text = re.sub(r"(\| module \| its job \|\n\| --- \| --- \|\n)(?:\|.*\n)*", lambda found: found[1] + rows + "\n", text)
    rows = "\n".join(f"| `{name}` | {default} | {told} |" for name, default, told in settings())
    return re.sub(
        r"(\| variable \| default \| what it is \|\n\| --- \| --- \| --- \|\n)(?:\|.*\n)*", lambda found: found[1] + rows + "\n", text
    )


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(written(readme.read_text()))
