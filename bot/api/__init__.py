"""Routes of the API, what each takes and gives, and the right it asks for."""

from functools import cache

from aiohttp import web

from bot.api import answers, campaigns, contributions, openapi, processes, records, workshops
from bot.api.answers import Avis, News, Promise, Settled, Synthesis, Work
from bot.api.campaigns import Alone, Campaign, Campaigns, Stopped, Tried
from bot.api.contributions import Taken, Wanted
from bot.api.doors import Door, guard
from bot.api.processes import Process
from bot.api.records import Lines
from bot.api.workshops import Kept, Written
from bot.web.scope import CITY
from outreach import campaigns as office
from outreach.answers import Book
from outreach.campaigns import Draft, Preview
from outreach.contributions.items import Item
from outreach.contributions.queue import Page
from outreach.documents import ProcessDocument
from outreach.relays import Page as Copies
from outreach.statistics import Figures

_V1 = "/api/v1"
_PAGED = ("cursor", "limit")
_MINUTES = f"{_V1}/processes/{{slug}}/workshops/{{workshop}}/minutes"
_CAMPAIGN = f"{_V1}/campaigns/{{campaign}}"
DOORS: tuple[Door, ...] = (
    Door(
        "PUT",
        f"{_V1}/processes/{{slug}}",
        processes.put,
        "processes.write",
        "Bring a process in, or change it",
        ProcessDocument,
        Process,
        statuses=(200, 201),
    ),
    Door("GET", f"{_V1}/processes/{{slug}}", processes.get, "processes.read", "One process", gives=Process),
    Door("POST", f"{_V1}/processes/{{slug}}/open", processes.open_, "processes.write", "Open a process to the public", gives=Process),
    Door("POST", f"{_V1}/processes/{{slug}}/close", processes.close, "processes.write", "Close a process", gives=Process),
    Door("GET", f"{_V1}/processes/{{slug}}/avis", answers.get, "processes.read", "The avis, its points and their response", gives=Book),
    Door("PUT", f"{_V1}/processes/{{slug}}/avis", answers.put, "processes.write", "Take the avis in, whole or not at all", Avis, Book),
    Door("PUT", f"{_V1}/processes/{{slug}}/synthesis", answers.synthesis, "processes.write", "Take the synthesis in", Synthesis, Book),
    Door("POST", f"{_V1}/processes/{{slug}}/promise", answers.promise, "processes.write", "Move the promised day", Promise, Book),
    Door("POST", f"{_V1}/processes/{{slug}}/journal", answers.journal, "processes.write", "Write into the public journal", News, Book),
    Door(
        "POST",
        f"{_V1}/processes/{{slug}}/commitments/{{id}}",
        answers.settle,
        "processes.write",
        "Say that a commitment is kept, or put off",
        Settled,
        Book,
    ),
    Door(
        "POST",
        f"{_V1}/processes/{{slug}}/points/{{place}}",
        answers.work,
        "processes.write",
        "Give a point to a service, note, decide",
        Work,
        Book,
    ),
    Door(
        "POST",
        f"{_V1}/processes/{{slug}}/response",
        answers.publish,
        "processes.write",
        "Publish the response and tell its authors",
        gives=Book,
    ),
    Door("GET", _MINUTES, workshops.get, "workshops.host", "The minutes of a workshop", gives=Kept),
    Door("PUT", _MINUTES, workshops.put, "processes.write", "Put them in, or right until they are public", Written, Kept),
    Door(
        "GET",
        f"{_V1}/contributions",
        contributions.listing,
        "contributions.read",
        "Contributions, in the order of the queue",
        gives=Page,
        query=("state", "process", *_PAGED),
    ),
    Door("GET", f"{_V1}/contributions/{{ref}}", contributions.get, "contributions.read", "One contribution, opened", gives=Item),
    Door("POST", f"{_V1}/contributions/{{ref}}/claim", contributions.claim, "contributions.decide", "Keep one for ten minutes", gives=Item),
    Door("POST", f"{_V1}/contributions/{{ref}}/decision", contributions.decide, "contributions.decide", "Decide, at once", Wanted, Taken),
    Door("GET", f"{_V1}/campaigns", campaigns.listing, "campaigns.write", "Campaigns, the newest first", gives=Campaigns, query=_PAGED),
    Door("POST", f"{_V1}/campaigns", campaigns.create, "campaigns.write", "Write a campaign", Draft, Campaign, statuses=(201,)),
    Door("GET", _CAMPAIGN, campaigns.get, "campaigns.write", "One campaign, and how many messages are in which state", gives=Campaign),
    Door("PUT", _CAMPAIGN, campaigns.change, "campaigns.write", "Change it; it must be approved again", Draft, Campaign),
    Door(
        "POST",
        f"{_CAMPAIGN}/preview",
        campaigns.preview,
        "campaigns.write",
        "Byte for byte, with cost and whom it leaves out",
        gives=Preview,
    ),
    Door("POST", f"{_CAMPAIGN}/test", campaigns.test, "campaigns.write", "Try it on one's own phone", gives=Tried),
    Door("POST", f"{_CAMPAIGN}/submit", campaigns.submit, "campaigns.write", "Ask for a second person", Alone, Campaign),
    Door(
        "POST",
        f"{_CAMPAIGN}/approve",
        campaigns.moves(office.approve, "campaigns.approve"),
        "campaigns.approve",
        "Approve what another wrote",
        gives=Campaign,
    ),
    Door("POST", f"{_CAMPAIGN}/pause", campaigns.moves(office.pause), "campaigns.write", "Nothing more leaves", gives=Campaign),
    Door(
        "POST",
        f"{_CAMPAIGN}/resume",
        campaigns.moves(office.resume, "campaigns.write"),
        "campaigns.write",
        "Go on where it stopped",
        gives=Campaign,
    ),
    Door("POST", f"{_CAMPAIGN}/cancel", campaigns.moves(office.cancel), "campaigns.write", "For good", gives=Campaign),
    Door("POST", f"{_V1}/stop-everything", campaigns.stop, "campaigns.write", "Pause every campaign at once", gives=Stopped, of="city"),
    Door(
        "GET",
        f"{_V1}/audit",
        records.lines,
        "audit.read",
        "Who did what, the newest first",
        gives=Lines,
        query=("actor", "action", "subject", *_PAGED),
        of=CITY,
    ),
    Door(
        "GET",
        f"{_V1}/relays",
        records.copies,
        "relays.read",
        "Copies of the record on other platforms, the newest first",
        gives=Copies,
        query=("state", "target", *_PAGED),
        of=CITY,
    ),
    Door("GET", f"{_V1}/statistics/{{slug}}", records.figures, "statistics.read", "Counts by state of a process", gives=Figures),
)


@cache
def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("aller-vers")
    except PackageNotFoundError:  # a checkout that was not installed
        return "0"


async def description(_request: web.Request) -> web.Response:
    """GET /api/v1/openapi.json."""
    return web.Response(
        body=openapi.document(DOORS, _version()), content_type="application/json", headers={"Access-Control-Allow-Origin": "*"}
    )


def mount(app: web.Application) -> None:
    """Put the API on an application."""
    app.router.add_get(f"{_V1}/openapi.json", description)
    for door in DOORS:
        app.router.add_route(door.method, door.path, guard(door))
