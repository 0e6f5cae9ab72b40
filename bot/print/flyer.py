"""The flyer, an A5 to hand out: one QR code, to the page where one chooses the channel, and the same in words."""

from datetime import datetime

from fpdf import FPDF

from bot.print.poster import MOST_LANGUAGES
from bot.print.sheet import LINE, RIVER, SAND, SOFT, SUN, WHITE, Box, Sheet, printed
from bot.print.words import Codes, Words

_PAGE = (148.0, 210.0)
_EDGE = 10.0
_WIDE = _PAGE[0] - 2 * _EDGE
_CODE = 40.0


def flyer(city: str, sides: tuple[Words, ...], codes: Codes, now: datetime) -> bytes:
    """The PDF of one page in one or two languages."""
    sides = sides[:MOST_LANGUAGES]
    first = sides[0]
    with printed(FPDF, title=first.title, language=first.language, author=city, now=now, size=_PAGE) as pdf:
        pdf.add_page()
        sheet = Sheet(pdf, 1)
        sheet.fill(Box(0, 0, *_PAGE), SAND)
        sheet.fill(Box(0, 0, _PAGE[0], 29), RIVER)
        sheet.fill(Box(0, 29, _PAGE[0], 1.6), SUN)
        sheet.write(Box(_EDGE, 6.5, _WIDE, 6), city, 11, bold=True, colour=SUN)
        titles = list(dict.fromkeys((one.title, one.rtl) for one in sides))
        room = (_WIDE - 4 * (len(titles) - 1)) / len(titles)
        for at, (title, rtl) in enumerate(titles):
            sheet.fit(Box(_EDGE + at * (room + 4), 13, room, 13), title, 26, 10, bold=True, colour=WHITE, rtl=rtl)
        _questions(sheet, sides)
        _card(sheet, sides, codes)
        _foot(sheet, sides)
        return bytes(pdf.output())


def _questions(sheet: Sheet, sides: tuple[Words, ...]) -> None:
    top, each = 37.0, 65.0 / len(sides)
    for one in sides:
        below = sheet.fit(Box(_EDGE, top, _WIDE, each * 0.66), one.question, 40, 12, bold=True, rtl=one.rtl)
        sheet.fit(Box(_EDGE, below + 2, _WIDE, top + each - below - 4), one.purpose, 15, 9, colour=SOFT, rtl=one.rtl)
        top += each


def _card(sheet: Sheet, sides: tuple[Words, ...], codes: Codes) -> None:
    """The code on the left; on the right what to do, with the ways that need no camera."""
    card = Box(_EDGE, 104, _WIDE, 62)
    sheet.fill(card, WHITE, round_=3)
    sheet.frame(card, LINE, round_=3)
    sheet.code(card.x + 28, card.y + 7, _CODE, codes.page, "M")
    sheet.fit(Box(card.x + 4, card.y + 54, _WIDE - 8, 6), codes.page_shown, 10, 6, colour=SOFT, centre=True)
    left, width = card.x + 56, _WIDE - 60
    top, room = card.y + 6, 46.0 / len(sides)
    for one in sides:
        share = room / 3
        below = sheet.fit(Box(left, top, width, share + 2), one.by_page, 15, 8, bold=True, colour=RIVER, rtl=one.rtl)
        sms = f"SMS\u00a0: {one.by_sms or one.soon}"
        telegram = f"Telegram\u00a0: {codes.telegram_name or one.soon}"
        below = sheet.fit(Box(left, below + 1.5, width, share - 2), sms, 12, 7.5, rtl=one.rtl)
        sheet.fit(Box(left, below + 1.5, width, share - 3), telegram, 12, 7.5, rtl=one.rtl)
        top += room


def _foot(sheet: Sheet, sides: tuple[Words, ...]) -> None:
    top, room = 171.0, 30.0 / len(sides)
    for one in sides:
        line = min(room / 3 - 0.5, 7)
        sheet.fit(Box(_EDGE, top, _WIDE, line), one.human, 12, 7.5, bold=True, colour=RIVER, rtl=one.rtl)
        both = " · ".join(filter(None, (one.until, one.cost)))
        sheet.fit(Box(_EDGE, top + line, _WIDE, line), both, 11, 7, rtl=one.rtl)
        sheet.fit(Box(_EDGE, top + 2 * line, _WIDE, line), one.robot, 11, 7, colour=SOFT, rtl=one.rtl)
        top += room
    last = sides[0]
    sheet.fit(
        Box(_EDGE, 202.5, _WIDE, 4), " · ".join(filter(None, (last.place, last.call_back, last.free))), 7.5, 5.5, colour=SOFT, rtl=last.rtl
    )
