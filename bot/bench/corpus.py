"""Real contributions and lists of names from beside the project: read when they are there, never copied, never quoted."""

from pathlib import Path

import msgspec

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
_SETS = ("fr_chatbot_elf", "fr_republique_numerique", "fr_budget_participatif")
_COMMON = 800
"""First names of each list that a city meets every day; surnames are taken from all."""


class NotThere(Exception):
    """There is no such data on this machine."""


class _Row(msgspec.Struct):
    text: str


class Names(msgspec.Struct, frozen=True):
    """Names as a register of births has them."""

    first: tuple[str, ...]
    last: tuple[str, ...]


def contributions(data: Path) -> list[str]:
    """What citizens wrote, in the order of the files. Raises NotThere."""
    try:
        files = [(data / "contributions" / f"{name}.jsonl").read_bytes() for name in _SETS]
    except FileNotFoundError as error:
        raise NotThere(f"no {error.filename}: this is measured on real contributions, which are not part of the project") from None
    return [msgspec.json.decode(line, type=_Row).text for file in files for line in file.splitlines() if line]


def names(data: Path) -> Names:
    """First names and surnames. Raises NotThere."""
    try:
        women, men, last = (
            (data / "lists" / f"{name}.txt").read_text().splitlines() for name in ("fr_prenoms_f", "fr_prenoms_m", "fr_noms_top20000")
        )
    except FileNotFoundError as error:
        raise NotThere(f"no {error.filename}: names are planted from lists that are not part of the project") from None
    return Names((*women[:_COMMON], *men[:_COMMON]), tuple(one for one in last if one))
