"""One city behind the real web application, in this process, on a database of the tests: for pages, desk and API."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from types import MappingProxyType
from typing import Any

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from bot import api, desk, site
from bot.channels import Channel
from bot.ledger import Ledger
from bot.settings import Settings, read
from bot.web import application
from conversations.outcomes import Submitted
from outreach import documents, invented, keyhole, processes, staff
from outreach.contributions import decisions, intake
from outreach.db import Database
from tests.conftest import Clock
from tests.contributing import person, submission

EMAIL, PASSWORD = "camille@ville.example", "une phrase facile à garder"
SLUG = "place-du-marche"


def settings(**more: str) -> Settings:
    given_ = {"CITY": "Ville de Nantes", "PUBLIC_URL": "https://dialogue.ville.example", **more}
    return read({f"ALLERVERS_{name}": value for name, value in given_.items()}, None)


class Town:
    """The application with its ledger, a client for it, and the office's verbs at hand."""

    def __init__(self, database: Database, clock: Clock, http: TestClient[web.Request, web.Application], ledger: Ledger) -> None:
        self.database, self.clock, self.http, self.ledger = database, clock, http, ledger

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def text(self, path: str, status: int = 200, **query: str) -> str:
        async with self.http.get(path, params=query, allow_redirects=False) as answer:
            assert answer.status == status, (answer.status, await answer.text())
            return await answer.text()

    async def say(self, text: str, *, phone: str = "+33639980001", publish: bool = True) -> str:
        """A contribution in the queue: its reference."""

        def submit(session: Any) -> str:
            if phone not in self._people:
                self._people[phone] = person(session, self.now, phone)
            wanted = submission(self._people[phone], text, publish=publish, question="besoin")
            (outcome,) = intake.submit(session, [wanted], self.now)
            assert isinstance(outcome, Submitted)
            return outcome.ref

        return await self.ledger.write(submit)

    async def publish(self, ref: str, kind: str = "accept", **details: str) -> None:
        from datetime import timedelta

        decision = decisions.Decision(kind=kind, **details)
        await self.ledger.write(decisions.decide, self.now, ref, "token:1", decision, delay=timedelta())

    async def colleague(self, *roles: str, email: str = EMAIL) -> None:
        token = await self.ledger.write(staff.add, self.now, email, roles)
        await self.ledger.write(staff.set_password, self.now, token, PASSWORD)

    async def enter(self, *roles: str, email: str = EMAIL) -> None:
        """Sign in as a new colleague, through the form."""
        await self.colleague(*roles, email=email)
        self.http.session.cookie_jar.clear()
        async with await self.post("/desk/connexion", email=email, password=PASSWORD, code="") as answer:
            assert answer.status == 303, await answer.text()

    async def post(self, path: str, *, form_on: str = "", **fields: str) -> ClientResponse:
        """Send a form with the token of the page that shows it."""
        page = await self.http.get(form_on or path)
        found = re.search(r'name="csrf" value="([^"]+)"', await page.text())
        assert found, await page.text()
        return await self.http.post(path, data={"csrf": found[1], **fields}, allow_redirects=False)

    async def token(self, role: str, name: str = "") -> dict[str, str]:
        secret = await self.ledger.write(staff.make_token, self.now, name or role, role)
        return {"Authorization": f"Bearer {secret}"}

    async def opened(self) -> None:
        """The market square, open."""
        document = documents.parse(invented.market_square(self.now.date()).encode(), yaml=True)
        await self.ledger.write(processes.put, self.now, document, "command")
        await self.ledger.write(processes.open, self.now, SLUG, "command")

    _people: dict[str, int]


@asynccontextmanager
async def town(
    database: Database, clock: Clock, *, channels: Mapping[str, Channel] = MappingProxyType({}), **more: str
) -> AsyncIterator[Town]:
    ledger = Ledger(database, clock.now)
    assert database.house is not None
    with database.write() as session:
        keyhole.prove(session, database.house.keys)
    app = application(settings(**more), clock, ledger, database.house, channels)
    for room in (site, desk, api):
        room.mount(app)
    await ledger.start()
    server = TestServer(app)
    await server.start_server()
    # loopback stands for the https of a real city: cookies that ask for it are kept
    jar = CookieJar(unsafe=True, treat_as_secure_origin=server.make_url("/").origin())
    async with TestClient(server, cookie_jar=jar) as http:
        made = Town(database, clock, http, ledger)
        made._people = {}
        yield made
    await ledger.stop()
