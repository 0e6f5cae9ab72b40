"""A count of people as the desk may show it: small ones, and what would reveal them, stay hidden (DIV-07)."""

from conversations.text import Text, _, verbatim
from outreach.smallcells import INSIDE, SMALL


def cell_words(value: int | str | None) -> Text:
    """A cell of `smallcells.column` in words."""
    if value is None:
        return _("hidden")
    return verbatim(f"<{INSIDE}" if value == SMALL else str(value))
