"""The whole database, a page a subject; each table names its retention."""

from outreach.tables.answers import (
    avis,
    citation,
    commitment,
    instruction,
    journal,
    point,
    project_request,
    response,
    synthesis,
    telling,
    wording,
)
from outreach.tables.base import metadata
from outreach.tables.contributions import appeal, contribution, counted, decision, move, notice
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
    "avis",
    "citation",
    "commitment",
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
    "instruction",
    "invitation",
    "journal",
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
    "point",
    "process",
    "project_request",
    "registration",
    "response",
    "right_request",
    "setting",
    "signin",
    "staff",
    "suppression",
    "synthesis",
    "telling",
    "ticket",
    "token",
    "wakeup",
    "wording",
    "workshop",
    "wrong_code",
]
