"""The book of contributions as a PDF for the tables of a workshop, in ordinary or in large print."""

from typing import NamedTuple

from babel import Locale
from babel.dates import format_date
from fpdf import FPDF

from bot.languages import RIGHT_TO_LEFT, spaced
from bot.print.sheet import INK, LINE, POINT, RIVER, SOFT, SUN, WASH, WHITE, Box, Sheet, printable, printed
from conversations.facts import City
from conversations.text import Catalogue, Text, _, ngettext, render
from outreach.cahier import Cahier, Chapter, Line, Theme
from outreach.references import show_ref

_PAGE = (210.0, 297.0)
_EDGE = 18.0
_WIDE = _PAGE[0] - 2 * _EDGE
_BOTTOM = 20.0


class Print(NamedTuple):
    """Sizes in points; `gutter`: millimetres on the left for the references, 0: above their texts."""

    body: float
    small: float
    theme: float
    question: float
    title: float
    gutter: float


ORDINARY = Print(body=11, small=9, theme=14, question=20, title=34, gutter=27)
LARGE = Print(body=18, small=16, theme=22, question=28, title=40, gutter=0)
"""Nothing below 16 points (A11Y: large print)."""


class _Book(FPDF):
    """Pages with a number and the name of the book at their foot."""

    foot = ""
    size = ORDINARY

    def footer(self) -> None:
        """fpdf2 calls it at the end of each page."""
        if self.page_no() == 1:
            return
        sheet = Sheet(self, 1, quick=True)
        high = self.size.small * POINT * 1.3
        line = _PAGE[1] - _BOTTOM + 5
        sheet.write(Box(_EDGE, line, _WIDE - 25, high), self.foot, self.size.small, colour=SOFT)
        sheet.write(Box(_PAGE[0] - _EDGE - 25, line, 25, high), str(self.page_no()), self.size.small, colour=SOFT, rtl=True)


class _Writer:
    """Writes one book from top to bottom."""

    def __init__(self, pdf: _Book, cahier: Cahier, city: City, language: str, catalogue: Catalogue) -> None:
        self.pdf, self.sheet, self.size = pdf, Sheet(pdf, 1, quick=True), pdf.size
        self.cahier, self.city, self.language, self.catalogue = cahier, city, language, catalogue

    def say(self, text: Text) -> str:
        return spaced(render(text, self.catalogue))

    def own(self, given: dict[str, str]) -> str:
        """Words of the document, in the reader's language if they exist in it."""
        return spaced(given.get(self.language) or given.get("fr", ""))

    def voices(self, count: int) -> str:
        return self.say(ngettext("{count} contribution", "{count} contributions", count))

    def cover(self) -> None:
        pdf, sheet, size = self.pdf, self.sheet, self.size
        pdf.add_page()
        sheet.fill(Box(0, 0, _PAGE[0], 118), RIVER)
        sheet.fill(Box(0, 118, _PAGE[0], 2.4), SUN)
        sheet.write(Box(_EDGE, 22, _WIDE, 10), self.city.name, size.theme, bold=True, colour=SUN)
        below = sheet.fit(Box(_EDGE, 42, _WIDE, 45), self.own(self.cahier.document.title), size.title, 20, bold=True, colour=WHITE)
        sheet.write(Box(_EDGE, below + 3, _WIDE, 12), self.say(_("Book of contributions")), size.question, colour=WHITE)
        day = format_date(self.cahier.made_at, "d MMMM yyyy", locale=self.language)
        low = sheet.write(Box(_EDGE, 130, _WIDE, 10), self.voices(self.cahier.voices), size.question, bold=True, colour=RIVER)
        low = sheet.write(Box(_EDGE, low + 2, _WIDE, 10), self.say(_("read and validated, as of {day}", day=day)), size.body, colour=SOFT)
        told = (
            _("Each text was read by a moderator. It stands as it was written, and nobody is named."),
            _("[…] stands where words were hidden: a name, a number, an insult."),
            _("The number before a text is its own: it is found again at {address}", address=self._address()),
        )
        for one in told:
            low = sheet.write(Box(_EDGE, low + 4, _WIDE, 10), self.say(one), size.body)
        pdf.set_y(low + 8)
        self._contents()

    def _address(self) -> str:
        return f"{self.city.url.rstrip('/').split('://')[-1]}/suivi"

    def _contents(self) -> None:
        for chapter in self.cahier.chapters:
            self._entry(self.own(chapter.text) or chapter.question, chapter.voices, bold=True)
            if [theme.id for theme in chapter.themes] != [""]:
                for theme in chapter.themes:
                    self._entry(self._theme(theme), theme.voices, bold=False)

    def _entry(self, words: str, count: int, *, bold: bool) -> None:
        """A line of the contents: the words, and how many."""
        indent, number = 0.0 if bold else 6.0, 20.0
        room = _WIDE - indent - number
        self._keep(self.sheet.height(room, words, self.size.body, bold=bold) + 4)
        top = self.pdf.get_y()
        self.sheet.fill(Box(_EDGE, top, _WIDE, 0.25), LINE)
        low = self.sheet.write(Box(_EDGE + indent, top + 1.5, room, 6), words, self.size.body, bold=bold)
        self.sheet.write(
            Box(_PAGE[0] - _EDGE - number, top + 1.5, number, 6), str(count), self.size.body, bold=bold, colour=RIVER, rtl=True
        )
        self.pdf.set_y(low + 1.5)

    def chapter(self, chapter: Chapter) -> None:
        pdf, sheet = self.pdf, self.sheet
        pdf.add_page()
        words = self.own(chapter.text) or chapter.question
        low = sheet.write(Box(_EDGE, _EDGE, _WIDE, 10), words, self.size.question, bold=True, colour=RIVER)
        if chapter.voices:
            low = sheet.write(Box(_EDGE, low + 1, _WIDE, 8), self.voices(chapter.voices), self.size.body, colour=SOFT)
        sheet.fill(Box(_EDGE, low + 2, _WIDE, 0.8), SUN)
        pdf.set_y(low + 7)
        if not chapter.themes:
            sheet.write(Box(_EDGE, low + 7, _WIDE, 8), self.say(_("Nobody has answered this question yet.")), self.size.body)
        for theme in chapter.themes:
            if theme.id or len(chapter.themes) > 1:
                self._head(theme)
            for line in theme.lines:
                self._line(line)
            pdf.set_y(pdf.get_y() + 4)

    def _theme(self, theme: Theme) -> str:
        return self.own(theme.title) if theme.id else self.say(_("Without a theme"))

    def _head(self, theme: Theme) -> None:
        words = f"{self._theme(theme)}  ·  {theme.voices}"
        high = self.sheet.height(_WIDE - 8, words, self.size.theme, bold=True) + 4
        self._keep(high + 6 * self.size.body * POINT)  # a title is not left alone at the foot of a page
        top = self.pdf.get_y()
        self.sheet.fill(Box(_EDGE, top, _WIDE, high), WASH, round_=1.5)
        self.sheet.write(Box(_EDGE + 4, top + 2, _WIDE - 8, high), words, self.size.theme, bold=True, colour=RIVER)
        self.pdf.set_y(top + high + 3)

    def _line(self, line: Line) -> None:
        size, sheet, pdf = self.size, self.sheet, self.pdf
        foreign = str(Locale.parse(line.language).get_display_name(line.language)) if line.language != self.language else ""
        same = self.say(ngettext("{count} other says the same", "{count} others say the same", line.others)) if line.others else ""
        room, rtl = _WIDE - size.gutter, line.language in RIGHT_TO_LEFT
        high = sheet.height(room, line.text, size.body, rtl=rtl) + (sheet.height(room, same, size.small) + 1 if same else 0)
        high += 0 if size.gutter else size.small * POINT * 1.3 + 1
        self._keep(min(high + 2, _PAGE[1] - _BOTTOM - _EDGE))
        top = pdf.get_y()
        label = show_ref(line.ref).replace(" ", "\u00a0")
        # references stand on the first line of their text: a smaller letter sits a little lower
        drop = (size.body - size.small) * POINT * 0.85 if size.gutter else 0
        low = sheet.write(Box(_EDGE, top + drop, size.gutter or _WIDE, 5), label, size.small, bold=True, colour=RIVER)
        if size.gutter:
            sheet.write(Box(_EDGE, low, size.gutter - 3, 5), foreign, size.small - 1, colour=SOFT)
            low = top
        else:
            sheet.write(Box(_EDGE + 34, top, _WIDE - 34, 5), foreign, size.small, colour=SOFT)
        below = sheet.write(Box(_EDGE + size.gutter, low, room, 5), line.text, size.body, colour=INK, rtl=rtl)
        below = sheet.write(Box(_EDGE + size.gutter, below + 0.5, room, 5), same, size.small, bold=True, colour=SOFT) if same else below
        pdf.set_y(max(below, top + (size.small * POINT * 2.6 if size.gutter and foreign else 0)) + size.body * POINT * 0.65)

    def _keep(self, high: float) -> None:
        """Go to the next page when that much does not fit on this one."""
        if self.pdf.get_y() + high > _PAGE[1] - _BOTTOM:
            self.pdf.add_page()
            self.pdf.set_y(_EDGE)


def cahier_pdf(cahier: Cahier, city: City, language: str, catalogue: Catalogue, size: Print = ORDINARY) -> bytes:
    """The whole book; `made_at` is shown as it is: hand it in at the city's own time."""
    title = cahier.document.title.get(language) or cahier.document.title.get("fr", "")
    with printed(_Book, title=title, language=language, author=city.name, now=cahier.made_at, size=_PAGE) as pdf:
        pdf.size, pdf.foot = size, printable(spaced(title))
        pdf.set_auto_page_break(auto=True, margin=_BOTTOM)
        pdf.set_top_margin(_EDGE)
        writer = _Writer(pdf, cahier, city, language, catalogue)
        writer.cover()
        for chapter in cahier.chapters:
            writer.chapter(chapter)
        return bytes(pdf.output())
