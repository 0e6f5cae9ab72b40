"""How long what staff write to somebody may be, when it goes by SMS."""

from sqlalchemy.orm import Session

from conversations import segments
from outreach.house import house

PARTS = 3
"""SMS that an answer to a phone takes at most: two would not hold a whole explanation, four cost a city more than a call."""


def parts(session: Session, text: str) -> int:
    """How many SMS an answer takes, with the words that lead to it."""
    return segments.count(segments.soften(f"{house(session).city.sms_name}, réponse à votre message 4821 0736: {text}")).parts
