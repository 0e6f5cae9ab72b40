"""The recovery sheet: the key file in groups of letters that can be printed, typed back and scanned."""

import hashlib
import json
import re
from base64 import b32decode, b32encode, b64decode, b64encode
from pathlib import Path

import segno

from outreach.crypto import KEY_BYTES

_VERSION = b"\x01"
_CHECK_BYTES = 4
_GROUP, _GROUPS_A_LINE = 4, 8
_LOOK_ALIKE = str.maketrans({"0": "O", "1": "I", "8": "B"})
"""Base32 has no 0, 1, 8: who reads one meant the letter."""
_BLOCKS = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


class SheetTrouble(Exception):
    """What was typed is no recovery sheet; the message says which line to read again."""


def groups(path: Path) -> list[str]:
    """The key file as groups of four letters and digits, the last ones a checksum."""
    found = json.loads(path.read_text(encoding="utf-8"))
    secrets = [found["lookup"], found["suppression"], *(seal["secret"] for seal in found["seals"])]
    ids = bytes(seal["id"] for seal in found["seals"])
    packed = _VERSION + bytes((len(ids),)) + ids + b"".join(b64decode(secret) for secret in secrets)
    text = b32encode(packed + _check(packed)).decode().rstrip("=")
    return [text[at : at + _GROUP] for at in range(0, len(text), _GROUP)]


def lines(path: Path) -> list[str]:
    """The groups in numbered lines, each with two letters of its own by which a slip is found."""
    listed = groups(path)
    rows = [listed[at : at + _GROUPS_A_LINE] for at in range(0, len(listed), _GROUPS_A_LINE)]
    return [f"{number:2}  {' '.join(row)}  {_of_line(number, ''.join(row))}" for number, row in enumerate(rows, 1)]


def drawn(path: Path, *, dark: bool) -> str:
    """A QR code of the groups, two rows of it a line: `dark` ink on paper, else light on a dark terminal."""
    rows = [list(row) for row in segno.make("".join(groups(path)), error="m").matrix_iter(border=2)]
    rows += [[0] * len(rows[0])] * (len(rows) % 2)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join(
        "".join(_BLOCKS[bool(upper) == dark, bool(lower) == dark] for upper, lower in zip(*pair, strict=True)) for pair in pairs
    )


def sheet(path: Path, city: str, fingerprint: str, *, dark: bool = True) -> str:
    """The whole page to print, in French: it is kept by people of the city. `dark`: as for `drawn`."""
    return "\n".join(
        (
            f"FICHE DE SECOURS : clé d'Aller-vers{f', {city}' if city else ''}",
            "",
            "Sans cette clé, toutes les adresses et tous les textes non publiés sont perdus.",
            "Gardez cette feuille sous clé, ailleurs que le serveur et ses sauvegardes. Ne l'envoyez à personne.",
            "Pour refaire le fichier : allervers setup --recover, puis tapez les lignes, ou scannez le code.",
            "",
            *lines(path),
            "",
            f"Empreinte : {fingerprint[:16]}",
            "",
            drawn(path, dark=dark),
            "",
        )
    )


def restore(typed: str) -> bytes:
    """The key file's bytes from the lines typed or the code scanned. Raises SheetTrouble."""
    text = "".join(_read_line(line) for line in typed.upper().splitlines())
    try:
        packed = b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        raise SheetTrouble("these are not the letters of a recovery sheet") from None
    body, check = packed[:-_CHECK_BYTES], packed[-_CHECK_BYTES:]
    seals = body[1] if len(body) > 1 else 0
    if body[:1] != _VERSION or check != _check(body) or len(body) != 2 + seals + (2 + seals) * KEY_BYTES:
        raise SheetTrouble("a line is missing, or not in its place: type all of them, in order")
    ids, secrets = body[2 : 2 + seals], body[2 + seals :]
    parts = [b64encode(secrets[at : at + KEY_BYTES]).decode() for at in range(0, len(secrets), KEY_BYTES)]
    found = {
        "seals": [{"id": number, "secret": secret} for number, secret in zip(ids, parts[2:], strict=True)],
        "lookup": parts[0],
        "suppression": parts[1],
    }
    return json.dumps(found, indent=2).encode() + b"\n"


def _read_line(line: str) -> str:
    """The letters of a line: with its number and its check when they were typed too."""
    numbered = re.fullmatch(r"\s*(\d{1,2})[.: ]\s*((?:[A-Z0-9]{1,4} +)+)([A-Z2-7]{2})\s*", line)
    if numbered is None:
        return re.sub(r"\s", "", line).translate(_LOOK_ALIKE)
    number, letters = int(numbered[1]), numbered[2].replace(" ", "").translate(_LOOK_ALIKE)
    if _of_line(number, letters) != numbered[3]:
        raise SheetTrouble(f"line {number} was not read right: check each of its letters")
    return letters


def _of_line(number: int, letters: str) -> str:
    return b32encode(hashlib.sha256(f"{number}{letters}".encode()).digest())[:2].decode()


def _check(packed: bytes) -> bytes:
    return hashlib.sha256(b"allervers sheet" + packed).digest()[:_CHECK_BYTES]


def question(path: Path, fingerprint: str) -> tuple[int, str]:
    """What only who holds the sheet can tell: the number of a line, and its third group."""
    listed = groups(path)
    number = int(fingerprint[:4], 16) % (len(listed) // _GROUPS_A_LINE)
    return number + 1, listed[number * _GROUPS_A_LINE + 2]


def copied(path: Path) -> Path:
    """Where it is noted that a copy of this key is kept elsewhere: beside the key, with its fingerprint."""
    return path.with_name(path.name + ".copied")


def is_copied(path: Path, fingerprint: str) -> bool:
    """Whether somebody confirmed to hold the sheet of this very key."""
    note = copied(path)
    return note.is_file() and note.read_text(encoding="utf-8").strip() == fingerprint
