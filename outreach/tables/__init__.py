"""The whole database, a page a subject; each table names its retention."""

from outreach.tables.base import metadata
from outreach.tables.campaigns import campaign, pressure, solicitation, spending, tester
from outreach.tables.contributions import appeal, contribution, counted, decision, move, notice
from outreach.tables.messages import conversation, inbound, lease, outbox, wakeup
from outreach.tables.office import audit, grant, idempotency, invitation, issue, recovery, setting, signin, staff, ticket, token
from outreach.tables.paper import handover, optin, paper, right_request, wrong_code
from outreach.tables.people import address, consent, contact, suppression
from outreach.tables.processes import entry_point, mandate, process
from outreach.tables.record import checkpoint, entry, figure, leaf, node
from outreach.tables.workshops import attendance, minutes, need, registration, workshop
from outreach.tables.writing import draft_link, mail, model_answer, remark, translation

__all__ = [
    "address",
    "appeal",
    "attendance",
    "audit",
    "campaign",
    "checkpoint",
    "consent",
    "contact",
    "contribution",
    "conversation",
    "counted",
    "decision",
    "draft_link",
    "entry",
    "entry_point",
    "figure",
    "grant",
    "handover",
    "idempotency",
    "inbound",
    "invitation",
    "issue",
    "leaf",
    "lease",
    "mail",
    "mandate",
    "metadata",
    "minutes",
    "model_answer",
    "move",
    "need",
    "node",
    "notice",
    "optin",
    "outbox",
    "paper",
    "pressure",
    "process",
    "recovery",
    "registration",
    "remark",
    "right_request",
    "setting",
    "signin",
    "solicitation",
    "spending",
    "staff",
    "suppression",
    "tester",
    "ticket",
    "token",
    "translation",
    "wakeup",
    "workshop",
    "wrong_code",
]
