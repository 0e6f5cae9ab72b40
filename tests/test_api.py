"""The API: the same work for programs, with problems that name each field, and openapi.json that tells the truth."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
import sqlalchemy as sa

from bot.api import DOORS
from outreach import audit, documents, invented
from outreach.db import Database
from outreach.staff import ROLES
from outreach.tables import idempotency
from tests.conftest import Clock
from tests.town import SLUG, Town, town

V1 = "/api/v1"
TEXT = "Il manque des bancs et de l'ombre"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        yield made


def document(city: Town) -> dict[str, Any]:
    read = documents.parse(invented.market_square(city.now.date()).encode(), yaml=True)
    found: dict[str, Any] = json.loads(documents.encode(read))
    return found


async def call(city: Town, method: str, path: str, headers: dict[str, str], body: Any = None, **more: str) -> tuple[int, Any]:
    async with city.http.request(method, f"{V1}{path}", headers=headers | more, json=body) as answer:
        raw = await answer.read()
        assert answer.content_type == ("application/json" if answer.status < 400 else "application/problem+json")
        told = json.loads(raw)
        if answer.status >= 400:
            assert told["status"] == answer.status
            assert told["title"]
        return answer.status, told


def named(path: str) -> str:
    """An address of the API, of things that need not exist."""
    return path.removeprefix(V1).format(slug=SLUG, ref="48210736", place="1", id="1", workshop="atelier-1", campaign="a" * 22)


async def test_without_a_token_nothing_is_told(city: Town) -> None:
    for door in DOORS:
        path = named(door.path)
        for headers in ({}, {"Authorization": "Bearer av_guess"}, {"Authorization": "Basic x"}):
            status, told = await call(city, door.method, path, headers)
            assert status == 401, path
            assert "token create" in told["detail"]


@pytest.mark.parametrize("role", sorted(ROLES))
async def test_each_role_passes_its_own_doors_and_no_other(city: Town, role: str) -> None:
    headers = await city.token(role)
    refused = 0
    for door in DOORS:
        path = named(door.path)
        status, _told = await call(city, door.method, path, headers)
        assert (status == 403) == (door.right not in ROLES[role]), (door.method, path, status)
        refused += status == 403
    assert len((await city.ledger.read(audit.search, action="access.refused")).items) == refused


async def test_a_body_that_cannot_be_read_is_told_so(city: Town) -> None:
    headers = await city.token("staff")
    await city.opened()
    for path, method in ((f"/processes/{SLUG}", "PUT"), (f"/processes/{SLUG}/journal", "POST"), ("/campaigns", "POST")):
        for body, more in (
            (b"plain", {"Content-Encoding": "gzip"}),
            (b"[" * 60_000, {}),
            (b'{"more": ' + b"[" * 60_000, {"Idempotency-Key": path}),
            (b"\xff\xfe", {}),
        ):
            async with city.http.request(method, V1 + path, headers=headers | more, data=body) as answer:
                assert (answer.status, (await answer.json())["status"]) in {(400, 400), (422, 422)}, (path, body[:9])
                assert answer.content_type == "application/problem+json"


async def test_a_process_is_put_got_opened_and_closed(city: Town) -> None:
    headers, sent = await city.token("staff"), document(city)
    status, told = await call(city, "PUT", f"/processes/{SLUG}", headers, sent)
    assert (status, told["state"]) == (201, "mandate_validated")
    assert {name: told[name] for name in sent} == sent
    assert (await call(city, "PUT", f"/processes/{SLUG}", headers, sent))[0] == 200
    assert (await call(city, "GET", f"/processes/{SLUG}", headers))[1] == told
    assert (await call(city, "PUT", f"/processes/{SLUG}", headers, told))[0] == 200  # what GET gave may be sent back
    status, told = await call(city, "POST", f"/processes/{SLUG}/open", headers)
    assert (status, told["state"]) == (200, "open")
    changed = json.loads(json.dumps(sent))
    changed["mandate"]["can_change"].append("rien")
    status, told = await call(city, "PUT", f"/processes/{SLUG}", headers, changed)
    assert status == 409
    assert told["errors"][0]["field"] == "mandate.version"
    status, told = await call(city, "POST", f"/processes/{SLUG}/close", headers)
    assert (status, told["state"]) == (200, "closed")
    assert (await call(city, "GET", "/processes/nothing", headers))[0] == 404
    assert (await call(city, "POST", "/processes/nothing/open", headers))[0] == 404


async def test_every_fault_of_a_document_is_named(city: Town) -> None:
    headers, sent = await city.token("staff"), document(city)
    sent["mandate"]["answer_promised_on"] = "soon"
    sent["sms_nam"] = "x"
    status, told = await call(city, "PUT", f"/processes/{SLUG}", headers, sent)
    assert status == 422
    assert {"mandate.answer_promised_on", "sms_nam"} <= {one["field"] for one in told["errors"]}
    status, told = await call(city, "PUT", "/processes/other", headers, document(city))
    assert (status, told["errors"][0]["field"]) == (422, "slug")
    async with city.http.put(f"{V1}/processes/{SLUG}", data=b"{", headers=headers) as answer:
        assert answer.status == 400


async def test_opening_names_all_that_is_missing(city: Town) -> None:
    headers, sent = await city.token("staff"), document(city)
    sent["mandate"] |= {"decided_by": "", "validated": {"by": "", "on": None, "act": ""}}
    await call(city, "PUT", f"/processes/{SLUG}", headers, sent)
    status, told = await call(city, "POST", f"/processes/{SLUG}/open", headers)
    assert status == 409
    assert any("decided_by" in one["field"] + one["message"] for one in told["errors"])


async def test_contributions_are_listed_page_after_page(city: Town) -> None:
    await city.opened()
    refs = [await city.say(f"{TEXT} {number}", phone=f"+3363998{number:04}") for number in range(5)]
    headers = await city.token("moderator")
    found, cursor = [], ""
    while True:
        status, told = await call(city, "GET", f"/contributions?state=received&limit=2{cursor and f'&cursor={cursor}'}", headers)
        assert status == 200
        found += [item["ref"] for item in told["items"]]
        if not told["next"]:
            break
        cursor = told["next"]
    assert found == refs
    assert (await call(city, "GET", "/contributions?process=nothing", headers))[1] == {"items": [], "next": None}
    for query, field in (("state=odd", "state"), ("limit=201", "limit"), ("limit=0", "limit"), ("cursor=!", "cursor")):
        status, told = await call(city, "GET", f"/contributions?{query}", headers)
        assert (status, told["errors"][0]["field"]) == (422, field)


async def test_an_item_tells_no_number_no_profile_and_its_opening_is_written_down(city: Town) -> None:
    await city.opened()
    ref = await city.say(TEXT)
    headers = await city.token("moderator")
    status, told = await call(city, "GET", f"/contributions/{ref[:4]}%20{ref[4:]}", headers)
    assert (status, told["text"]) == (200, TEXT)
    for hidden in ("age", "entry", "address", "network", "consent", "+33"):
        assert f'"{hidden}' not in json.dumps(told)
    (line,) = (await city.ledger.read(audit.search, action="contribution.opened")).items
    assert TEXT not in json.dumps(line.detail)


async def test_two_tokens_are_two_people(city: Town) -> None:
    await city.opened()
    ref = await city.say(TEXT)
    one, two = await city.token("moderator", "one"), await city.token("moderator", "two")
    assert (await call(city, "POST", f"/contributions/{ref}/claim", one))[0] == 200
    assert (await call(city, "POST", f"/contributions/{ref}/claim", two))[0] == 409
    assert (await call(city, "POST", f"/contributions/{ref}/decision", two, {"decision": "accept"}))[0] == 409
    city.clock.advance(minutes=11)
    assert (await call(city, "POST", f"/contributions/{ref}/claim", two))[0] == 200


async def test_a_decision_of_the_api_is_in_effect_at_once(city: Town) -> None:
    await city.opened()
    ref = await city.say(TEXT)
    headers = await city.token("moderator")
    status, told = await call(city, "POST", f"/contributions/{ref}/decision", headers, {"decision": "accept"})
    assert (status, told["ref"], told["state"]) == (200, ref, "accepted")
    assert told["effective_at"].startswith(city.now.isoformat()[:19])
    assert "bancs" in await city.text(f"/suivi/{ref}")
    assert (await call(city, "POST", f"/contributions/{ref}/decision", headers, {"decision": "refuse", "reason": "R1"}))[0] == 409


async def test_a_wrong_decision_names_its_field_and_what_is_allowed(city: Town) -> None:
    await city.opened()
    ref = await city.say(TEXT)
    headers = await city.token("moderator")
    for body, field, told_of in (
        ({"decision": "refuse", "reason": "R99"}, "reason", "R5"),
        ({"decision": "refuse"}, "reason", "R5"),
        ({"decision": "burn"}, "decision", "accept"),
        ({"decision": "answer"}, "text", "answer"),
        ({"decision": 7}, "decision", "str"),
        ({"decision": "accept", "fcat": "x"}, "", "fcat"),
        ({}, "", "decision"),
    ):
        status, told = await call(city, "POST", f"/contributions/{ref}/decision", headers, body)
        assert status == 422, body
        assert told["errors"][0]["field"] == field, body
        assert told_of in told["errors"][0]["message"], body
    assert (await call(city, "POST", "/contributions/48210736/decision", headers, {"decision": "accept"}))[0] == 404
    assert (await call(city, "POST", "/contributions/12/decision", headers, {"decision": "accept"}))[0] == 404


async def test_the_same_call_twice_is_one(city: Town) -> None:
    await city.opened()
    ref = await city.say(TEXT)
    headers = await city.token("moderator")
    path, body = f"/contributions/{ref}/decision", {"decision": "refuse", "reason": "R1"}
    assert (await call(city, "POST", path, headers, body, **{"Idempotency-Key": ""}))[0] == 400
    first = await call(city, "POST", path, headers, body, **{"Idempotency-Key": "once"})
    assert first[0] == 200
    assert await call(city, "POST", path, headers, body, **{"Idempotency-Key": "once"}) == first
    assert (await call(city, "POST", path, headers, body))[0] == 409
    assert (await call(city, "POST", path, headers, {"decision": "accept"}, **{"Idempotency-Key": "once"}))[0] == 422
    failed = await call(city, "POST", path, headers, body, **{"Idempotency-Key": "other"})
    assert failed[0] == 409
    assert await call(city, "POST", path, headers, body, **{"Idempotency-Key": "other"}) == failed
    city.clock.advance(hours=25)
    assert (await call(city, "POST", path, headers, body, **{"Idempotency-Key": "once"}))[0] == 409
    assert (await call(city, "POST", path, headers, body, **{"Idempotency-Key": "x" * 129}))[0] == 400


async def test_a_claim_is_never_kept_for_a_repetition(city: Town) -> None:
    await city.opened()
    ref = await city.say(TEXT)
    headers = await city.token("moderator")
    assert (await call(city, "POST", f"/contributions/{ref}/claim", headers, **{"Idempotency-Key": "c"}))[0] == 200
    assert (await call(city, "POST", f"/contributions/{ref}/claim", headers, **{"Idempotency-Key": "c"}))[0] == 200
    with city.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(idempotency)) == 0


async def test_the_audit_and_the_figures_hold_no_words(city: Town) -> None:
    await city.opened()
    ref = await city.say(TEXT)
    await city.publish(ref)
    status, told = await call(city, "GET", "/audit?action=contribution.&limit=2", await city.token("dpo"))
    assert status == 200
    assert len(told["items"]) == 2
    assert told["next"]
    assert "bancs" not in json.dumps(told)
    headers = await city.token("observer")
    status, told = await call(city, "GET", f"/statistics/{SLUG}", headers)
    assert (status, told["received"], told["published"], told["states"]) == (200, 1, 1, {"published": 1})
    assert (await call(city, "GET", "/statistics/nothing", headers))[0] == 404


async def test_the_description_is_the_code(city: Town) -> None:
    async with city.http.get(f"{V1}/openapi.json") as answer:
        told = json.loads(await answer.read())
    assert told["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    assert described == {(door.method, door.path) for door in DOORS}
    for ref in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(told)):
        assert ref in told["components"]["schemas"]
    names = [operation["operationId"] for methods in told["paths"].values() for operation in methods.values()]
    assert len(set(names)) == len(names)
    assert "with" in told["components"]["schemas"]["Wanted"]["properties"]
    assert msgspec.json.decode(json.dumps(told["components"]["schemas"]["ProblemDocument"]))["properties"].keys() >= {
        "title",
        "status",
        "errors",
    }


async def test_an_avis_is_put_worked_on_and_answered(city: Town) -> None:
    await city.opened()
    headers, path = await city.token("lead"), f"/processes/{SLUG}"
    ref = await city.say("Des arbres")
    await city.publish(ref)
    given = {
        "points": [
            {"number": "1", "title": "Arbres", "text": "Planter.", "contributions": [ref]},
            {"text": "Lu.", "title": "le parking est ailleurs"},
        ],
        "left_out": "le groupe a choisi l'ombre",
        "handed_on": "2027-03-15",
    }
    wrong = given | {"points": [{"number": "1", "text": "Planter.", "contributions": ["48210736"]}]}
    status, told = await call(city, "PUT", f"{path}/avis", headers, wrong)
    assert (status, told["errors"][0]["field"]) == (422, "points[0].avis cités")
    status, told = await call(city, "PUT", f"{path}/avis", headers, given)
    assert (status, told["state"], [one["refs"] for one in told["points"]], len(told["asides"])) == (200, "avis_handed_over", [[ref]], 1)
    status, told = await call(city, "POST", f"{path}/response", headers)
    assert status == 409
    position = {"decision": "kept", "decided_by": "le conseil", "decided_on": "2027-03-15", "reasons": "La place le permet."}
    work = {"position": position | {"sms_done": "24 arbres", "sms_reason": "x" * 43}}
    status, told = await call(city, "POST", f"{path}/points/1", headers, work)
    assert (status, told["errors"][0]["field"]) == (422, "sms_reason")
    work = {
        "assigned": {"service": "Espaces verts", "person": "", "due_on": "2027-04-01"},
        "note": {"feasible": "yes", "cost": "", "schedule": "", "note": ""},
        "position": position | {"sms_done": "24 arbres", "sms_reason": "la place le permet"},
    }
    status, told = await call(city, "POST", f"{path}/points/1", headers, work)
    assert (status, told["state"], told["points"][0]["response"]["decision"]) == (200, "arbitration", "kept")
    for place in ("9", "99999", "0", "-1", "x", "%C2%B2", "9" * 30):
        for body in (work, {}):
            status, told = await call(city, "POST", f"{path}/points/{place}", headers, body)
            assert (status, told["detail"]) == (404, f"{SLUG} has no point at place {unquote(place)}")
    status, told = await call(city, "POST", f"{path}/points/1", headers, {})
    assert (status, told["errors"]) == (422, [{"field": "", "message": "send one or more of assigned, note, position"}])
    status, told = await call(city, "POST", f"{path}/response", headers)
    assert (status, told["state"]) == (200, "response_published")
    assert (await call(city, "GET", f"{path}/avis", headers))[1] == told


async def test_a_program_brings_the_synthesis_moves_the_day_writes_the_journal_and_settles_a_commitment(city: Town) -> None:
    await city.opened()
    headers, path = await city.token("lead"), f"/processes/{SLUG}"
    ref = await city.say("Des arbres")
    await city.publish(ref)
    themes = {"themes": [{"title": "Ombre", "text": "Elle manque.", "contributions": [ref]}]}
    status, told = await call(
        city, "PUT", f"{path}/synthesis", headers, {"themes": [themes["themes"][0] | {"contributions": ["48210736"]}]}
    )
    assert (status, told["errors"][0]["field"]) == (422, "themes[0].avis cités")
    status, told = await call(city, "PUT", f"{path}/synthesis", headers, themes)
    assert (status, told["themes"][0]["refs"]) == (200, [ref])
    status, told = await call(city, "POST", f"{path}/promise", headers, {"until": "2027-12-01", "reasons": {}})
    assert (status, told["errors"][0]["field"]) == (422, "reason")
    status, told = await call(city, "POST", f"{path}/promise", headers, {"until": "9999-12-31", "reasons": {"fr": "études en cours"}})
    wrong = {"field": "until", "message": "choose a day at most 3 years from today: look at the year again"}
    assert (status, told["errors"]) == (422, [wrong])
    status, told = await call(city, "POST", f"{path}/promise", headers, {"until": "2027-12-01", "reasons": {"fr": "études en cours"}})
    assert (status, told["journal"][0]["kind"]) == (200, "promise_moved")
    status, told = await call(city, "POST", f"{path}/journal", headers, {"text": "Visite de la place."})
    assert (status, told["journal"][0]["text"]) == (200, {"fr": "Visite de la place."})
    point = {"number": "1", "title": "Arbres", "text": "Planter.", "contributions": [ref]}
    given = {"points": [point], "left_out": "le groupe a choisi l'ombre", "handed_on": "2027-03-15"}
    await call(city, "PUT", f"{path}/avis", headers, given)
    position = {"decision": "kept", "decided_by": "le conseil", "decided_on": "2027-03-15", "reasons": "La place le permet."}
    position |= {"sms_done": "24 arbres", "sms_reason": "la place le permet", "due_on": "2028-03-01"}
    await call(city, "POST", f"{path}/points/1", headers, {"position": position})
    status, told = await call(city, "POST", f"{path}/response", headers)
    promised = told["points"][0]["commitments"][0]
    settle = f"{path}/commitments/{promised['id']}"
    assert (await call(city, "POST", f"{path}/commitments/1", headers, {"evidence": "x"}))[0] == 404
    status, told = await call(city, "POST", settle, headers, {"until": "2028-09-01", "reasons": {"fr": "sol encore gelé"}})
    assert (status, told["points"][0]["commitments"][0]["due_on"]) == (200, "2028-09-01")
    assert (await call(city, "POST", settle, headers, {}))[0] == 422
    status, told = await call(city, "POST", settle, headers, {"evidence": "Ils sont plantés."})
    assert (status, told["points"][0]["commitments"][0]["state"]) == (200, "done")
    status, told = await call(city, "POST", settle, headers, {"evidence": "Encore."})
    assert status == 409
