"""The whole database, a page a subject; each table names its retention."""

from outreach.tables.base import metadata
from outreach.tables.contributions import appeal, contribution, counted, decision, move, notice
from outreach.tables.messages import conversation, inbound, lease, outbox, wakeup
from outreach.tables.office import audit, grant, idempotency, invitation, setting, signin, staff, ticket, token
from outreach.tables.paper import optin, paper, right_request, wrong_code
from outreach.tables.people import address, consent, contact, suppression
from outreach.tables.processes import entry_point, mandate, process
from outreach.tables.record import entry, leaf
from outreach.tables.relays import attempt, callback, relay, target
from outreach.tables.workshops import attendance, minutes, need, registration, workshop

__all__ = [
    "address",
    "appeal",
    "attempt",
    "attendance",
    "audit",
    "callback",
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
    "relay",
    "right_request",
    "setting",
    "signin",
    "staff",
    "suppression",
    "target",
    "ticket",
    "token",
    "wakeup",
    "workshop",
    "wrong_code",
]
