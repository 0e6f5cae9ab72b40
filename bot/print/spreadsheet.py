"""The book of contributions as a spreadsheet, where no text can act as a formula."""

import io
from collections.abc import Sequence

from babel import Locale
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from conversations.text import Catalogue, Text, _, render
from outreach.cahier import Cahier
from outreach.references import show_ref
from outreach.spreadsheets import FORMULA

_HEADS: tuple[tuple[Text, int], ...] = (
    (_("Number"), 13),
    (_("Question"), 34),
    (_("Theme"), 22),
    (_("Text"), 80),
    (_("Others that say the same"), 14),
    (_("Language"), 12),
    (_("Received on"), 14),
)
"""Columns and their widths, in letters."""


def spreadsheet(cahier: Cahier, language: str, catalogue: Catalogue) -> bytes:
    """One row a text, by question and theme as in the PDF; never a pseudonym."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook begins with a sheet")
    sheet.title = render(_("Contributions"), catalogue)
    _row(sheet, 1, [render(head, catalogue) for head, _wide in _HEADS])
    at = 1
    for chapter in cahier.chapters:
        asked = chapter.text.get(language) or chapter.text.get("fr", "") or chapter.question
        for theme in chapter.themes:
            named = theme.title.get(language) or theme.title.get("fr", "")
            for line in theme.lines:
                at += 1
                spoken = str(Locale.parse(line.language).get_display_name(language))
                _row(sheet, at, [show_ref(line.ref), asked, named, line.text, line.others, spoken, line.received_on])
    for number, (_head, wide) in enumerate(_HEADS, 1):
        cell = sheet.cell(1, number)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="0B5A54")
        sheet.column_dimensions[get_column_letter(number)].width = wide
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_HEADS))}{at}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    book.properties.title = cahier.document.title.get("fr", "")
    book.properties.creator = "Aller-vers"
    book.properties.created = book.properties.modified = cahier.made_at.replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(sheet: Worksheet, at: int, values: Sequence[object]) -> None:
    for number, value in enumerate(values, 1):
        cell = sheet.cell(at, number)
        if isinstance(cell, Cell):
            _put(cell, value)
        cell.alignment = Alignment(vertical="top", wrap_text=True)


def _put(cell: Cell, value: object) -> None:
    """A value as it is: words stay words, also those that a spreadsheet would take for a formula."""
    if not isinstance(value, str):
        cell.value = value  # type: ignore[assignment]
        return
    words = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.value = words
    cell.data_type = "s"
    if words.startswith(FORMULA):
        cell.quotePrefix = True  # typed over or pasted elsewhere, it is still words
