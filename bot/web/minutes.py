"""What the minutes of a workshop may not hold, before they are sent and public: the same for the desk and the API."""

from conversations.segments import is_gsm7
from outreach.contributions import redaction


def fault(text: str, short: str) -> tuple[str, str] | None:
    """The first fault and its field: "letters", which an SMS can't say at its price, or "personal", somebody's number."""
    if not is_gsm7(short):
        return "letters", "short"
    return next((("personal", field) for field, words in (("text", text), ("short", short)) if redaction.personal(words)), None)
