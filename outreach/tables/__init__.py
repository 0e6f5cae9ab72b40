"""The whole database, a page a subject; each table names its retention."""

from outreach.tables.base import metadata
from outreach.tables.contributions import appeal, contribution, decision, move, notice
from outreach.tables.messages import conversation, inbound, lease, outbox, wakeup
from outreach.tables.office import audit, grant, idempotency, invitation, setting, signin, staff, ticket, token
from outreach.tables.people import address, consent, contact, suppression
from outreach.tables.processes import entry_point, mandate, process
from outreach.tables.record import entry, leaf

__all__ = [
    "address",
    "appeal",
    "audit",
    "consent",
    "contact",
    "contribution",
    "conversation",
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
    "move",
    "notice",
    "outbox",
    "process",
    "setting",
    "signin",
    "staff",
    "suppression",
    "ticket",
    "token",
    "wakeup",
]
