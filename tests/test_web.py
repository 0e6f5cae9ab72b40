"""The shell: headers, errors, static files, health."""

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import event

from bot.ledger import Overloaded
from bot.web import health
from outreach.db import Database
from tests.conftest import Clock
from tests.town import Town, town

STATIC = Path(__file__).resolve().parents[1] / "bot"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock, METRICS_TOKEN="secret") as made:
        yield made


async def test_public_pages_run_no_script_and_set_no_cookie(city: Town) -> None:
    await city.opened()
    for path in ("/", "/demarches/place-du-marche", "/suivi", "/charte", "/vos-donnees", "/accessibilite", "/open-data", "/nowhere"):
        async with city.http.get(path) as answer:
            assert "Set-Cookie" not in answer.headers
            assert "script-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "<script" not in await answer.text()


async def test_every_answer_says_what_a_browser_may_do(city: Town) -> None:
    for path in ("/", "/nowhere", "/desk", "/desk/connexion", "/api/v1/openapi.json", "/health", "/static/nothing.css"):
        async with city.http.get(path, allow_redirects=False) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert answer.headers["Strict-Transport-Security"]
            assert "aiohttp" not in answer.headers["Server"]


def test_no_template_has_a_script_a_style_or_a_handler_of_its_own() -> None:
    for path in STATIC.glob("*/templates/*.html"):
        text = path.read_text()
        assert not re.search(r"\son\w+=|\sstyle=|<style", text), path
        for tag in re.findall(r"<script[^>]*>", text):
            assert "src=" in tag or re.search(r'type="application/(ld\+)?json"', tag), path  # data is not run


async def test_people_get_a_page_and_programs_a_problem(city: Town) -> None:
    page = await city.text("/nowhere", 404)
    assert "Cette page est introuvable" in page
    assert "We can't find this page" in await city.text("/nowhere", 404, lang="en")
    async with city.http.get("/api/v1/nowhere") as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"
        assert (await answer.json())["title"] == "Not Found"


GARBLED: tuple[tuple[str, bytes], ...] = (
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=b", b"nothing of the sort"),
    ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
    ("application/x-www-form-urlencoded", b"\xff\xfe"),
    ("application/x-www-form-urlencoded; charset=zzz", b"a=b"),
    ("application/x-www-form-urlencoded; charset=undefined", b"a=b"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"a=+2AA-"),
    ("application/x-www-form-urlencoded|gzip", b"a=b"),
)


@pytest.mark.parametrize("path", ["/suivi/{ref}/signaler", "/desk/connexion", "/desk/demarches"])
async def test_a_form_that_cannot_be_read_is_told_so(city: Town, path: str) -> None:
    await city.opened()
    ref = await city.say("Des bancs")
    await city.publish(ref)
    await city.enter("staff")
    for kind, body in GARBLED:
        headers = {"Content-Type": kind.partition("|")[0]} | ({"Content-Encoding": "gzip"} if kind.endswith("|gzip") else {})
        async with city.http.post(path.format(ref=ref), params={"lang": "en"}, data=body, headers=headers) as answer:
            assert (answer.status, "What was sent can" in await answer.text()) == (400, True), (kind, body)


async def test_a_cookie_of_no_letters_is_replaced(city: Town) -> None:
    for headers in ({"Cookie": "allervers_form=\udcff"}, {"Cookie": "allervers=\udcff"}, {"X-Form-Token": "\udcff"}):
        async with city.http.get("/desk/connexion", headers=headers) as answer:
            assert answer.status == 200
        async with city.http.post("/desk/connexion", headers=headers, data={"csrf": "\u00ff"}) as answer:
            assert answer.status == 403


async def test_an_unexpected_error_tells_nothing_of_what_was_written(
    city: Town, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_any: object) -> None:
        raise RuntimeError("06 12 34 56 78 wrote: secret words")

    monkeypatch.setattr("outreach.processes.listing", broken)
    page = await city.text("/", 500)
    said = page + caplog.text + "".join(capsys.readouterr())
    assert "C’est notre faute" in page
    assert "secret words" not in said
    assert "RuntimeError" in said


async def test_too_much_at_once_is_503_with_the_time_to_come_back(city: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_any: object) -> None:
        raise Overloaded

    monkeypatch.setattr("outreach.processes.listing", full)
    async with city.http.get("/") as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0


async def test_a_body_beyond_the_limit_is_refused(city: Town) -> None:
    headers = await city.token("staff")
    async with city.http.put("/api/v1/processes/x", data=io.BytesIO(b"x" * (2 << 20)), headers=headers) as answer:
        assert answer.status == 413


async def test_static_files_are_named_after_their_content(city: Town) -> None:
    page = await city.text("/")
    (address,) = set(re.findall(r'href="(/static/style\.[0-9a-f]{12}\.css)"', page))
    async with city.http.get(address) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/css"
        assert "immutable" in answer.headers["Cache-Control"]
    for other in ("/static/style.000000000000.css", "/static/style.css", "/static/..%2f..%2fapp.py"):
        await city.text(other, 404)


async def test_a_page_that_did_not_change_is_not_sent_again(city: Town) -> None:
    async with city.http.get("/charte") as answer:
        tag = answer.headers["ETag"]
    async with city.http.get("/charte", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304
        assert await answer.read() == b""


async def test_health_is_alive_and_ready_knows_why_not(city: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async with city.http.get("/health") as answer:
        assert (await answer.json()) == {"status": "alive"}
    async with city.http.get("/ready") as answer:  # the tables of the tests were made without a migration
        assert answer.status == 503
        assert (await answer.json()) == {"status": "not ready", "migrated": False, "key": True, "writer": True, "leases": True}

    async def yes(_app: web.Application) -> bool:
        return True

    monkeypatch.setitem(health._CHECKS, "migrated", yes)
    async with city.http.get("/ready") as answer:
        assert answer.status == 200


async def test_a_database_that_can_be_read_and_not_written_is_not_ready(city: Town) -> None:
    refuse = "PRAGMA query_only=ON" if city.database.is_sqlite else "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
    city.database.close()
    event.listen(city.database.engine, "connect", lambda connection, _record: connection.execute(refuse))
    async with city.http.get("/ready") as answer:
        assert answer.status == 503
        assert (await answer.json())["writer"] is False


@pytest.mark.one_engine
async def test_a_database_that_went_away_is_not_ready(city: Town) -> None:
    city.database.close()
    folder = Path(str(city.database.url.database)).parent
    folder.rename(folder.with_name("elsewhere"))
    async with city.http.get("/ready") as answer:
        assert answer.status == 503
        assert (await answer.json())["migrated"] is False
    folder.with_name("elsewhere").rename(folder)


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 200), ({"X-Forwarded-For": "203.0.113.9"}, 403), ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer secret"}, 200)],
)
async def test_metrics_are_for_this_machine_or_who_has_the_token(city: Town, headers: dict[str, str], status: int) -> None:
    async with city.http.get("/metrics", headers=headers) as answer:
        assert answer.status == status
        if status == 200:
            assert "allervers_batch_size" in await answer.text()
