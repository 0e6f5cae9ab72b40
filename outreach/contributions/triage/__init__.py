"""What a text may hold, for its place in the queue and a word of warning: it never decides anything."""

from outreach.contributions.triage.looking import Looked, keep, on_row, unread
from outreach.contributions.triage.reading import FLAGS, URGENT, VIOLENT, Reading, read

__all__ = ["FLAGS", "URGENT", "VIOLENT", "Looked", "Reading", "keep", "on_row", "read", "unread"]
