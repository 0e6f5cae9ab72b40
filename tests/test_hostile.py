"""Hostile texts come in by both networks and by every form of the desk, and are looked for on all pages: words they stay."""

import html
import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import aiohttp
import pytest

from outreach import drafts, model_answers, staff, tickets, translations
from outreach.contributions import decisions, queue
from outreach.staff import Profile
from tests.simulated import City, simulated
from tests.town import EMAIL, PASSWORD, SLUG

TEXTS = (
    "<script>alert(1)</script> des bancs",
    "\"><img src=x onerror=alert(2)> de l'ombre",
    "{{7*7}} {% raw %} ${7*7} une fontaine",
    "</textarea></blockquote><b>gras</b> partout",
    "' OR 1=1; -- des arbres",
    "%(count)s {count} %s des jeux",
    "&lt;i&gt; &amp; <a href='javascript:alert(3)'>cliquez</a>",
    '=HYPERLINK("http://evil.example") des toilettes',
)
"""Markup, templates, SQL, format strings, formulas."""
RAW = ("<script>alert", "<img src=x", "<b>gras", "<a href='javascript", "<i>nom", "</textarea></blockquote>", ">49 ")


async def by_sms(city: City, place: int, text: str) -> None:
    phone = f"/simulator/sms/+336399810{place:02}/messages"
    await city.post(phone, {"text": f"PLACE {text}"})
    await city.advance(61)
    await city.post(phone, {"text": "1"})
    await city.heard(phone, 2)


async def by_telegram(city: City, place: int, text: str, start: str) -> None:
    phone = f"/simulator/telegram/9100{place:02}/messages"
    await city.post(phone, {"start": start})
    await city.heard(phone)
    await city.post(phone, {"text": text})
    await city.advance(21)
    card = (await city.heard(phone, 2))[-1]
    await city.post(phone, {"press": card["choices"][0]["press"]})
    await city.heard(phone, 3)


async def asks_somebody(city: City, place: int, text: str) -> None:
    phone = f"/simulator/telegram/9200{place:02}/messages"
    await city.post(phone, {"text": "APPEL"})
    await city.heard(phone)
    await city.post(phone, {"text": f"06 12 34 56 78 {text}"})
    await city.heard(phone, 2)


async def work(city: City) -> str:
    """What the team does with it: half is published, one translated, answers, remarks and names are as hostile; a reader's link."""
    ledger, now = city.service.ledger, city.service.clock.now()
    items = (await ledger.read(queue.listing, now, limit=200)).items
    for item in items[::2]:
        await ledger.write(decisions.decide, now, item.ref, "token:1", decisions.Decision("accept"), delay=timedelta())
    for item in items:
        await ledger.write(translations.keep, now, item.ref, ("fr",), "staff:1", signed="<i>nom</i>", text=TEXTS[0])
    await ledger.write(model_answers.keep, now, model_answers.Model("", "<i>nom</i>", "fr", TEXTS[3]), "command")
    token = await ledger.write(drafts.invite, now, SLUG, "<i>nom</i>", "command")
    await ledger.write(drafts.write, now, token, TEXTS[1])
    link = await ledger.write(staff.add, now, EMAIL, ["admin", "dpo", "lead", "interpreter"])
    await ledger.write(staff.set_password, now, link, PASSWORD)
    (mine,) = await ledger.read(staff.listing)
    await ledger.write(
        staff.describe,
        now,
        mine.id,
        Profile(name="<i>nom</i>", organisation=TEXTS[0][:40], department=TEXTS[1][:40], reads=("fr",)),
        "command",
    )
    return f"/relecture/{token}"


async def sign_in(city: City, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{city.base}/desk/connexion") as answer:
        found = re.search(r'name="csrf" value="([^"]+)"', await answer.text())
    assert found
    form = {"csrf": found[1], "email": EMAIL, "password": PASSWORD}
    async with http.post(f"{city.base}/desk/connexion", data=form, allow_redirects=False) as answer:
        assert answer.status == 303


async def crawl(city: City, http: aiohttp.ClientSession, *first: str) -> dict[str, tuple[str, str]]:
    """Every page that a link leads to, by its address: kind and body."""
    todo, seen = list(first), dict[str, tuple[str, str]]()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        async with http.get(city.base + path) as answer:
            assert answer.status < 500, path
            text = answer.content_type.startswith("text/") or answer.content_type.endswith(("json", "xml"))
            seen[path] = (answer.content_type, await answer.text() if text else "")
        if seen[path][0] == "text/html":
            for found in re.findall(r'href="([^"#]+)', seen[path][1]):
                parts = urlsplit(urljoin(city.base + path, html.unescape(found)))
                there = f"{parts.path}?{parts.query}" if parts.query else parts.path
                ours = parts.netloc == urlsplit(city.base).netloc and not there.startswith(("/static", "/simulator"))
                if ours and "lang=" not in there and not parts.path.endswith(".pdf"):  # printed letters run nothing
                    todo.append(there)
    return seen


@pytest.mark.timeout(240)
async def test_hostile_words_stay_words_on_every_page(tmp_path: Any) -> None:
    async with simulated(tmp_path) as city:
        async with city.http.get(f"{city.base}/simulator") as answer:
            found = re.search(r'data-start="([^"]+)"', await answer.text())
        assert found
        for place, text in enumerate(TEXTS):
            await by_sms(city, place, text)
            await by_telegram(city, place, text, found[1])
            await asks_somebody(city, place, text)
        link = await work(city)
        now = city.service.clock.now()
        items = (await city.service.ledger.read(queue.listing, now, limit=200)).items
        assert len(items) == 2 * len(TEXTS)
        assert len((await city.service.ledger.read(tickets.listing)).items) == len(TEXTS)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            await sign_in(city, http)
            pages = await crawl(city, http, "/", "/desk", link, *(f"/suivi/{item.ref}" for item in items))
    assert len(pages) > 60
    for path, (kind, body) in pages.items():
        if kind == "text/html":
            for raw in RAW:
                assert raw not in body, (path, raw)
        elif kind.endswith("json"):
            json.loads(body)
        elif kind.endswith("xml"):
            ET.fromstring(body)  # noqa: S314 - our own
        elif path.endswith(".csv"):
            assert not re.search(r'(^|,)"?[=+@]', body, re.MULTILINE), (path, "a formula would run in a spreadsheet")
    everything = "\n".join(body for kind, body in pages.values() if kind == "text/html")
    for text in TEXTS:
        shown = html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
        assert shown in everything, f"never met: the test would prove nothing about {text}"
    assert html.escape("<i>nom</i>") in everything
