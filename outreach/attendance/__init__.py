"""Who came to a workshop, and what was said there: the door, the host's book, the minutes."""

from outreach.attendance.book import Guest, Room, listing, needs, number, room
from outreach.attendance.door import Answer, Mark, NoWorkshop, Refusal, check_in, close
from outreach.attendance.minutes import Minutes, MinutesRefused, of_addresses, publish_due

__all__ = [
    "Answer",
    "Guest",
    "Mark",
    "Minutes",
    "MinutesRefused",
    "NoWorkshop",
    "Refusal",
    "Room",
    "check_in",
    "close",
    "listing",
    "needs",
    "number",
    "of_addresses",
    "publish_due",
    "room",
]
