"""The whole database, a page a subject; each table names its retention."""

from outreach.tables.base import metadata
from outreach.tables.contributions import appeal, contribution, counted, decision, move, notice, unread
from outreach.tables.looks import likeness, report, second_look
from outreach.tables.messages import conversation, inbound, lease, outbox, wakeup
from outreach.tables.office import audit, grant, idempotency, invitation, setting, signin, staff, ticket, token
from outreach.tables.paper import optin, paper, right_request, wrong_code
from outreach.tables.people import address, consent, contact, suppression
from outreach.tables.processes import entry_point, mandate, process
from outreach.tables.record import entry, leaf
from outreach.tables.workshops import attendance, minutes, need, registration, workshop

__all__ = [
    "address",
    "appeal",
    "attendance",
    "audit",
    "consent",
    "contact",
    "contribution",
    "conversation",
    "counted",
    "decision",
    "entry",
    "entry_point",
    "grant",
    "idempotency",
    "inbound",
    "invitation",
    "leaf",
    "lease",
    "likeness",
    "mandate",
    "metadata",
    "minutes",
    "move",
    "need",
    "notice",
    "optin",
    "outbox",
    "paper",
    "process",
    "registration",
    "report",
    "right_request",
    "second_look",
    "setting",
    "signin",
    "staff",
    "suppression",
    "ticket",
    "token",
    "unread",
    "wakeup",
    "workshop",
    "wrong_code",
]
