"""Seats of the workshops: sign-ups, the waiting list and its offers, reminders, changes; the table of a registration's states."""

from outreach.workshops.changes import tell_changes
from outreach.workshops.needs import ask_services
from outreach.workshops.own import of_addresses
from outreach.workshops.register import MOVES
from outreach.workshops.seats import Wish, act, come_back, leave_all
from outreach.workshops.waiting import sweep_offers

__all__ = ["MOVES", "Wish", "act", "ask_services", "come_back", "leave_all", "of_addresses", "sweep_offers", "tell_changes"]
