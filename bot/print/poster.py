"""The poster: a question that is read from across the street, a QR code for Telegram and one for SMS, the same in words."""

import math
from datetime import datetime
from typing import Literal

from fpdf import FPDF

from bot.print.sheet import INK, LINE, RIVER, SAND, SOFT, SUN, WASH, WHITE, Box, Sheet, printed
from bot.print.words import Codes, Words

SIZES = {"a4": 1.0, "a3": math.sqrt(2)}
"""How many times as large as an A4 each is printed."""
_PAGE = (210.0, 297.0)
_EDGE = 14.0
_WIDE = _PAGE[0] - 2 * _EDGE
_CODE = 44.0
"""Millimetres across on an A4, without the quiet zone: LINK-01 asks for 30."""
MOST_LANGUAGES = 2


def poster(city: str, sides: tuple[Words, ...], codes: Codes, size: str, now: datetime) -> bytes:
    """The PDF of one sheet in one or two languages; `size` is a key of SIZES."""
    sides = sides[:MOST_LANGUAGES]
    first = sides[0]
    with printed(FPDF, title=first.title, language=first.language, author=city, now=now, size=_PAGE, scale=SIZES[size]) as pdf:
        pdf.add_page()
        sheet = Sheet(pdf, SIZES[size])
        sheet.fill(Box(0, 0, *_PAGE), SAND)
        _head(sheet, city, sides)
        _questions(sheet, sides)
        near, far = Box(_EDGE, 146, 88, 101), Box(_EDGE + 94, 146, 88, 101)
        costs = " · ".join(dict.fromkeys(one.cost for one in sides))
        _way_in(
            sheet,
            near,
            "Telegram",
            sides,
            codes.telegram,
            "H",
            [one.by_telegram for one in sides],
            codes.telegram_name,
            codes.telegram_shown,
        )
        _way_in(sheet, far, "SMS", sides, codes.sms, "M", [one.by_sms for one in sides], costs, "")
        _foot(sheet, sides)
        return bytes(pdf.output())


def _head(sheet: Sheet, city: str, sides: tuple[Words, ...]) -> None:
    sheet.fill(Box(0, 0, _PAGE[0], 42), RIVER)
    sheet.fill(Box(0, 42, _PAGE[0], 2.2), SUN)
    sheet.write(Box(_EDGE, 10, _WIDE, 8), city, 14, colour=SUN, bold=True)
    titles = list(dict.fromkeys((one.title, one.rtl) for one in sides))
    room = (_WIDE - 6 * (len(titles) - 1)) / len(titles)
    for at, (title, rtl) in enumerate(titles):
        sheet.fit(Box(_EDGE + at * (room + 6), 19, room, 18), title, 38, 14, bold=True, colour=WHITE, rtl=rtl)


def _questions(sheet: Sheet, sides: tuple[Words, ...]) -> None:
    top, each = 53.0, 89.0 / len(sides)
    for one in sides:
        below = sheet.fit(Box(_EDGE, top, _WIDE, each * 0.66), one.question, 58, 16, bold=True, colour=INK, rtl=one.rtl)
        sheet.fit(Box(_EDGE, below + 4, _WIDE, top + each - below - 6), one.purpose, 21, 11, colour=SOFT, rtl=one.rtl)
        top += each


def _way_in(  # noqa: PLR0917 - a card: where, what, for whom
    sheet: Sheet,
    box: Box,
    name: str,
    sides: tuple[Words, ...],
    content: str,
    level: Literal["M", "H"],
    doing: list[str],
    small: str,
    link: str,
) -> None:
    """A card with its code, or the word that it comes later."""
    middle = box.x + box.width / 2
    sheet.fill(box, WHITE if content else WASH, round_=4)
    sheet.frame(box, LINE, round_=4)
    if content:
        sheet.code(middle, box.y + 20, _CODE, content, level)
    sheet.write(Box(box.x, box.y + 3.5, box.width, 10), name, 24, bold=True, colour=RIVER, centre=True)
    if not content:
        for at, one in enumerate(sides):
            sheet.write(Box(box.x + 6, box.y + 42 + 14 * at, box.width - 12, 12), one.soon, 24, colour=SOFT, rtl=one.rtl, centre=True)
        return
    top = box.y + 70
    room = 17.0 / len(sides)
    for one, words in zip(sides, doing, strict=True):
        high = sheet.height(box.width - 8, words, 17, bold=True, rtl=one.rtl)
        sheet.fit(Box(box.x + 4, top + max(0, (room - high) / 2), box.width - 8, room), words, 17, 9, bold=True, rtl=one.rtl, centre=True)
        top += room
    sheet.fit(Box(box.x + 3, box.y + 88.5, box.width - 6, 6), small, 12, 7, colour=SOFT, centre=True)
    sheet.fit(Box(box.x + 3, box.y + 95, box.width - 6, 4), link, 8.5, 6, colour=SOFT, centre=True)


def _foot(sheet: Sheet, sides: tuple[Words, ...]) -> None:
    top = 253.0
    sheet.fill(Box(0, top, _PAGE[0], _PAGE[1] - top), WHITE)
    sheet.fill(Box(0, top, _PAGE[0], 0.6), LINE)
    room = (_PAGE[1] - top - 12) / len(sides) if len(sides) > 1 else 20.0
    top += 4 if len(sides) > 1 else 8
    for one in sides:
        half = _WIDE / 2 - 3
        near, far = (_EDGE + half + 6, _EDGE) if one.rtl else (_EDGE, _EDGE + half + 6)
        line = room / 2 - 0.5
        sheet.fit(Box(near, top, half, line), one.human, 15, 8, bold=True, colour=RIVER, rtl=one.rtl)
        sheet.fit(Box(near, top + line, half, line), one.robot, 13, 7, colour=SOFT, rtl=one.rtl)
        sheet.fit(Box(far, top, half, line), one.until, 15, 8, bold=True, colour=RIVER, rtl=one.rtl)
        sheet.fit(Box(far, top + line, half, line), one.promised, 13, 7, colour=SOFT, rtl=one.rtl)
        top += room
    last = sides[0]
    sheet.fit(
        Box(_EDGE, 288.5, _WIDE, 4), "   ·   ".join(filter(None, (last.place, last.call_back, last.free))), 9, 6, colour=SOFT, rtl=last.rtl
    )
