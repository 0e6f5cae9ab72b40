"""Finds the letters that sheets are set in: FiraGO, which has Latin, Cyrillic and Arabic; else Debian's DejaVu."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fpdf import FPDF

FAMILY = "city"
_MORE = "more"
_DEBIAN = Path("/usr/share/fonts/truetype/dejavu")
_QUIET = ("fpdf", "fontTools")
"""They log letters that a font lacks: those of a citizen's text have no place in a log."""


class NoFont(Exception):
    """No font is installed; the message says how to mend that."""


class Fonts(NamedTuple):
    """Font files, as bytes: plain, bold, and one more for signs that these lack (None without it)."""

    name: str
    plain: bytes
    bold: bytes
    signs: bytes | None


@lru_cache(maxsize=1)
def find() -> Fonts:
    """The fonts of this machine. Raises NoFont."""
    try:
        plain, bold, signs = (
            bytes(import_module(f"pymupdf_fonts.{name}").fontbuffer)
            for name in ("FiraGO_Regular", "FiraGO_Bold", "NotoSansSymbols2_Regular")
        )
    except ImportError:
        return _debian(_DEBIAN)
    return Fonts("FiraGO", plain, bold, signs)


def _debian(folder: Path) -> Fonts:
    plain, bold = folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf"
    if not (plain.is_file() and bold.is_file()):
        raise NoFont("no font for posters and the book of contributions: pip install pymupdf-fonts, or apt-get install fonts-dejavu-core")
    return Fonts("DejaVu Sans", plain.read_bytes(), bold.read_bytes(), None)


@lru_cache(maxsize=1)
def letters() -> frozenset[int]:
    """Every code point that these fonts can print."""
    from fontTools.ttLib import TTFont

    found = find()
    return frozenset(one for font in (found.plain, found.signs) if font for one in TTFont(BytesIO(font)).getBestCmap())


@contextmanager
def given_to(pdf: "FPDF") -> Iterator[None]:
    """Let a document write with them; it must be put out within: fpdf2 reads fonts from files only, which go afterwards."""
    fonts = find()
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with TemporaryDirectory(prefix="allervers-") as folder:
        for style, font in (("", fonts.plain), ("B", fonts.bold)):
            path = Path(folder) / f"plain{style}.ttf"
            path.write_bytes(font)
            pdf.add_font(FAMILY, style, path)
        if fonts.signs:
            path = Path(folder) / "signs.ttf"
            path.write_bytes(fonts.signs)
            pdf.add_font(_MORE, "", path)
            pdf.set_fallback_fonts([_MORE], exact_match=False)
        yield
