"""What may not stay in a public text, where it stands, and whether words were only hidden, never rewritten."""

from outreach.contributions.redaction.found import Found, Kind, Place
from outreach.contributions.redaction.hiding import Rewritten, hidden, hide, mask, parts_of
from outreach.contributions.redaction.suggestions import personal, suggestions
from outreach.record import MASK

__all__ = ["MASK", "Found", "Kind", "Place", "Rewritten", "hidden", "hide", "mask", "parts_of", "personal", "suggestions"]
