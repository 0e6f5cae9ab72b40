"""Processes: put, open, close, versions of the mandate, and what a conversation may know of them."""

from outreach.processes.belonging import Thing, inside, process_of
from outreach.processes.framing import QUESTIONS, Request, request, requested, validate
from outreach.processes.life import MOVES, Put, Refused, advance, close, end_pilot, put
from outreach.processes.life import open_ as open  # noqa: A004 - the verb of DESIGN §6
from outreach.processes.spoken import as_facts, is_open, open_facts, past_facts
from outreach.processes.views import MandateView, ProcessView, by_id, get, journal, listing, mandates

__all__ = [
    "MOVES",
    "QUESTIONS",
    "MandateView",
    "ProcessView",
    "Put",
    "Refused",
    "Request",
    "Thing",
    "advance",
    "as_facts",
    "by_id",
    "close",
    "end_pilot",
    "get",
    "inside",
    "is_open",
    "journal",
    "listing",
    "mandates",
    "open",
    "open_facts",
    "past_facts",
    "process_of",
    "put",
    "request",
    "requested",
    "validate",
]
