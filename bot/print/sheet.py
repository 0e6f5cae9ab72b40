"""A page to draw on: lengths in millimetres of a sheet that may be printed larger, words in any direction, QR codes as shapes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal, NamedTuple, TypeVar

import segno
from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from bot.print import fonts

POINT = 25.4 / 72
"""Millimetres in a point."""
QUIET = 4
"""Modules of white around a QR code (ISO/IEC 18004)."""
LEADING = 1.22
BOX = "\u25af"
_STANDS_IN = {"\u202f": "\u00a0", "\t": " ", "\r": "", "\ufe0f": "", "\u200d": "", "\u200b": ""}
"""Spaces that fonts lack, and marks without a shape of their own."""

_COMBINING = frozenset(map(chr, range(0x300, 0x370)))
_SHAPED, _SIGNS = 0x590, 0x2000
"""Code points from Hebrew on, up to punctuation: scripts whose letters join, stack or run from right to left."""

Colour = tuple[int, int, int]
INK: Colour = (35, 32, 27)
SOFT: Colour = (91, 84, 73)
RIVER: Colour = (11, 90, 84)
WASH: Colour = (224, 239, 235)
SUN: Colour = (244, 207, 98)
SAND: Colour = (251, 247, 239)
LINE: Colour = (223, 213, 195)
WHITE: Colour = (255, 255, 255)


class Box(NamedTuple):
    """A rectangle, from its upper left corner, in millimetres of the sheet as it is drawn."""

    x: float
    y: float
    width: float
    height: float


class Sheet:
    """One page. `scale` 1 prints a millimetre as a millimetre; √2 makes an A3 of an A4.

    `quick`: only scripts that need it are shaped, the letters of the others stand unkerned: thousands of texts go four times as fast.
    """

    def __init__(self, pdf: FPDF, scale: float, *, quick: bool = False) -> None:
        """Draw on the page that is open in `pdf`, whose unit is a millimetre times the scale."""
        self.pdf, self.scale, self.quick = pdf, scale, quick

    def fill(self, box: Box, colour: Colour, *, round_: float = 0) -> None:
        """A plain surface, with round corners if asked."""
        self.pdf.set_fill_color(*colour)
        self.pdf.rect(*box, style="F", round_corners=bool(round_), corner_radius=round_)

    def frame(self, box: Box, colour: Colour, *, round_: float = 0, width: float = 0.4) -> None:
        """An outline."""
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(width)
        self.pdf.rect(*box, style="D", round_corners=bool(round_), corner_radius=round_)

    def font(self, size: float, *, bold: bool = False, colour: Colour = INK) -> None:
        """`size` in points of the sheet as it is drawn."""
        self.pdf.set_font(fonts.FAMILY, "B" if bold else "", size * self.scale)
        self.pdf.set_text_color(*colour)

    def write(
        self, box: Box, words: str, size: float, *, bold: bool = False, colour: Colour = INK, rtl: bool = False, centre: bool = False
    ) -> float:
        """Write from the top of a box, across its width; gives where the words end. Nothing is cut: it may end below the box."""
        words = printable(words)
        if not words:
            return box.y
        self._towards(words, rtl=rtl)
        self.font(size, bold=bold, colour=colour)
        self.pdf.set_xy(box.x, box.y)
        align: Literal["C", "R", "L"] = "C" if centre else "R" if rtl else "L"
        self.pdf.multi_cell(box.width, size * POINT * LEADING, words, align=align, new_x="LEFT", new_y="NEXT")
        return self.pdf.get_y()

    def fit(
        self,
        box: Box,
        words: str,
        size: float,
        least: float,
        *,
        bold: bool = False,
        colour: Colour = INK,
        rtl: bool = False,
        centre: bool = False,
    ) -> float:
        """The same, at the largest size up to `size` with which the words stay in the box; never below `least`."""
        while size > least and (
            self.height(box.width, words, size, bold=bold, rtl=rtl) > box.height or self._torn(box.width, words, size, bold)
        ):
            size -= 0.5
        return self.write(box, words, size, bold=bold, colour=colour, rtl=rtl, centre=centre)

    def height(self, width: float, words: str, size: float, *, bold: bool = False, rtl: bool = False) -> float:
        """How high the words would stand."""
        words = printable(words)
        if not words:
            return 0
        self._towards(words, rtl=rtl)
        self.font(size, bold=bold)
        high = self.pdf.multi_cell(width, size * POINT * LEADING, words, dry_run=True, output=MethodReturnValue.HEIGHT)
        return high if isinstance(high, float | int) else 0

    def _torn(self, width: float, words: str, size: float, bold: bool) -> bool:  # noqa: FBT001 - the fourth of a measure
        """Whether a word would be cut because it is longer than a line."""
        self.font(size, bold=bold)
        return max((self.pdf.get_string_width(word) for word in printable(words).split(" ")), default=0) > width

    def _towards(self, words: str, *, rtl: bool) -> None:
        shaped = not self.quick or any(one in _COMBINING or _SHAPED <= ord(one) < _SIGNS for one in words)
        self.pdf.set_text_shaping(use_shaping_engine=shaped, direction="rtl" if rtl else "ltr")

    def code(self, middle: float, top: float, across: float, content: str, level: Literal["M", "H"]) -> None:
        """A QR code of that content: `middle`, `top` and `across` are those of its dark part; its quiet zone stands white around it."""
        made = segno.make(content, error=level, boost_error=False, micro=False)
        rows = [bytes(row) for row in made.matrix]
        side = across / len(rows)
        left, quiet = middle - across / 2, QUIET * side
        self.fill(Box(left - quiet, top - quiet, across + 2 * quiet, across + 2 * quiet), WHITE)
        self.pdf.set_fill_color(0, 0, 0)
        for down, row in enumerate(rows):
            for start, end in _runs(row):
                # a hair more than a module: printers leave no light between two rows
                self.pdf.rect(left + start * side, top + down * side, (end - start) * side, side * 1.01, style="F")


def printable(words: str) -> str:
    """Words with what our fonts have: no letter is dropped silently, an empty box stands for one that they lack."""
    known = fonts.letters()
    return "".join(_STANDS_IN.get(one, one) if ord(one) in known or one in _STANDS_IN or one == "\n" else BOX for one in words)


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Stretches of dark modules, from and to."""
    start = None
    for at, dark in enumerate((*row, 0)):
        if dark and start is None:
            start = at
        elif not dark and start is not None:
            yield start, at
            start = None


_Kind = TypeVar("_Kind", bound=FPDF)


@contextmanager
def printed(
    kind: type[_Kind], *, title: str, language: str, author: str, now: datetime, size: tuple[float, float], scale: float = 1
) -> Iterator[_Kind]:
    """A document whose unit is a millimetre of the sheet as it is drawn (`size`), printed `scale` times as large. Put it out within."""
    pdf = kind(unit=72 / 25.4 * scale, format=size)
    with fonts.given_to(pdf):
        pdf.set_auto_page_break(auto=False)
        pdf.set_margin(0)
        pdf.c_margin = 0
        pdf.set_title(title)
        pdf.set_author(author)
        pdf.set_lang(language)
        pdf.set_creator("Aller-vers")
        pdf.set_creation_date(now)
        yield pdf
