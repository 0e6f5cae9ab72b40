"""The sheet for five people in a waiting room is one sheet of paper, in both languages."""

import asyncio
import base64
import re

import pytest
from selenium.webdriver.common.print_page_options import PrintOptions

from outreach.db import Database
from tests.conftest import Clock
from tests.peers.chromium import browser
from tests.town import EMAIL, PASSWORD, SLUG, town

pytestmark = [pytest.mark.peer, pytest.mark.one_engine]


async def test_it_prints_on_one_a4(database: Database, clock: Clock) -> None:
    async with town(database, clock, PUBLIC_URL="http://127.0.0.1", SMS_NUMBER="09 37 00 00 00") as city:
        await city.opened()
        await city.colleague("staff")
        base = str(city.http.make_url("/")).rstrip("/")

        def visit() -> list[int]:
            paper = PrintOptions()
            paper.page_width, paper.page_height = 21.0, 29.7
            found = []
            with browser() as window:
                window.enter(base, EMAIL, PASSWORD)
                for language in ("fr", "en"):
                    window.driver.get(f"{base}/desk/demarches/{SLUG}/fiche-de-test?lang={language}")
                    printed = base64.b64decode(window.driver.print_page(paper))
                    found.append(len(re.findall(rb"/Type\s*/Page[^s]", printed)))
            return found

        assert await asyncio.to_thread(visit) == [1, 1]
