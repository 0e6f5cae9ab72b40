"""What went out and what did not: counts, and the messages that may be lost or may have gone twice. No address, no text."""

from collections import defaultdict

from aiohttp import web

from bot.desk.doors import desk_page
from bot.web.keys import CLOCK, LEDGER, SERVICE
from conversations.text import Text, _
from outreach import mail, outbox
from outreach.staff import Person

_LINES, _MAILS = 50, 20
_STATES: dict[str, Text] = {
    "queued": _("waits"),
    "sending": _("is leaving"),
    "wired": _("given to the operator"),
    "delivered": _("arrived"),
    "unknown": _("nobody knows"),
    "failed": _("refused"),
    "dropped": _("held back"),
}
_SENT = _("given to the relay")
_KINDS: dict[str, Text] = {
    "invitation": _("invitation"),
    "alert": _("alarm"),
    "digest": _("the week"),
    "waiting": _("what waits for approval"),
    "due": _("what is due"),
    "report": _("answer to a reader’s report"),
}
"""Sorts of e-mail."""
_NETWORKS: dict[str, Text] = {"sms": _("SMS"), "telegram": _("Telegram")}
_URGENCIES: dict[str, Text] = {"reply": _("answers"), "notice": _("news and reminders"), "campaign": _("campaigns")}


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/envois: the last seven days, network by network, and what a person may want to look after."""
    ledger, now = request.app[LEDGER], request.app[CLOCK].now()
    numbers: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for fate in await ledger.read(outbox.tally, now):
        row = numbers[fate.network, fate.urgency]
        row[fate.state] = row.get(fate.state, 0) + fate.number
    service = request.app.get(SERVICE)
    return desk_page(
        request,
        person,
        "sends.html",
        numbers=sorted(numbers.items()),
        states=_STATES,
        networks=_NETWORKS,
        urgencies=_URGENCIES,
        troubles=service.troubles if service else {},
        doubtful=await ledger.read(outbox.listing, "unknown", _LINES),
        failed=await ledger.read(outbox.listing, "failed", _LINES),
        mails=await ledger.read(mail.listing, _MAILS),
        kinds=_KINDS,
        sent=_SENT,
    )
