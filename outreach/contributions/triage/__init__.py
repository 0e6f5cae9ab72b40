"""What a text may hold, for its place in the queue and a word of warning: it never decides anything."""

from outreach.contributions.triage.looking import Looked, keep, on_row, unread
from outreach.contributions.triage.reading import FLAGS, URGENT, Reading, read

__all__ = ["FLAGS", "URGENT", "Looked", "Reading", "keep", "on_row", "read", "unread"]
