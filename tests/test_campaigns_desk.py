"""A campaign at the desk and through the API: from a model to approved in a few presses, tried on one's own phone, watched, stopped."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa

from bot.web import announcing
from conversations.messages import Inbound, Words
from outreach import agenda, campaigns, consents, documents, inbox, invented, processes, staff, tallies
from outreach.campaigns import Audience, Draft
from outreach.db import Database
from outreach.staff import Grant
from outreach.tables import campaign
from tests.conftest import Clock
from tests.contributing import person
from tests.town import PASSWORD, SLUG, Town, town

OTHER = "velo-gare"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def people(city: Town, many: int, network: str = "sms", *, after: int = 0) -> None:
    def agree(session: Any) -> None:
        for number in range(after, after + many):
            where = person(session, city.now, f"+3363998{number:04d}" if network == "sms" else str(9000 + number), network)
            consents.give(session, [consents.Given(where, "workshops", "un SMS ? 1 oui", "fr", "receipt")], city.now)

    await city.ledger.write(agree)


async def moved(city: Town, path: str, *, form_on: str, **fields: str) -> str:
    """Press a button of a page; where it leads."""
    async with await city.post(path, form_on=form_on, **fields) as answer:
        assert answer.status == 303, await answer.text()
        return answer.headers["Location"]


def fields_of(page: str) -> dict[str, str]:
    """What a form of ours sends when nobody changes anything."""
    found = {name: value for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page) if name != "csrf"}
    found |= dict(re.findall(r'<textarea id="[^"]+" name="([^"]+)"[^>]*>([^<]*)</textarea>', page))
    found |= dict.fromkeys(re.findall(r'<input type="checkbox" name="([^"]+)" value="1" checked', page), "1")
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(r'<option value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    return found


async def test_from_a_model_to_approved_by_two_people(city: Town) -> None:
    await people(city, 60)
    await city.enter("staff")
    page = await city.text("/desk/campagnes/nouvelle", modele="workshop")
    sent = fields_of(page)
    assert "text-fr" in sent
    assert "text-en" in sent
    assert sent["text-fr"] == "{atelier}, {date} à {heure}, {lieu} ({accès})."  # as the desk reads; kept by its own names
    where = await moved(city, "/desk/campagnes/nouvelle", form_on="/desk/campagnes/nouvelle?modele=workshop", **sent)
    page = await city.text(where)
    assert page.count("60 personnes</figcaption>") == page.count("</figcaption>") - page.count("0 personne</figcaption>") == 1
    assert "Vous venez ? 1 oui 2 non. Fin: STOP" in page
    async with await city.post(f"{where}/essai", form_on=where) as answer:
        assert answer.status == 409
        assert "Montrez d&#39;abord quel téléphone" in await answer.text()
    async with await city.post(f"{where}/telephone", form_on=where) as answer:
        code = re.search(r"TEST (\d{6})", await answer.text())
    assert code
    mine = Inbound("simulator", "3609", "k1", "sms", "+33639989999", Words(f"test {code[1]}"), city.now)
    await city.ledger.receive(mine)
    assert (await moved(city, f"{where}/essai", form_on=where)).endswith("dit=essai")
    assert (await moved(city, f"{where}/soumettre", form_on=where)).endswith("dit=soumise")
    async with await city.post(f"{where}/approuver", form_on=where) as answer:
        assert answer.status == 403, "staff write, they do not approve"
    await city.enter("lead", email="chef@ville.example")
    assert (await moved(city, f"{where}/approuver", form_on=where)).endswith("dit=approuvee")
    assert "approuvée" in await city.text(where)


async def test_who_wrote_it_does_not_approve_it_and_a_fault_says_what_to_do(city: Town) -> None:
    await people(city, 3)
    headers = await city.token("lead")

    async def call(method: str, path: str, body: Any = None, status: int = 200) -> Any:
        async with city.http.request(method, f"/api/v1{path}", json=body, headers=headers) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    draft = {"process": SLUG, "kind": "panel", "texts": {"fr": "nous cherchons {combien} habitants"}}
    written = await call("POST", "/campaigns", draft, 201)
    problem = await call("POST", f"/campaigns/{written['id']}/submit", None, 422)
    assert [fault["field"] for fault in problem["errors"]] == ["texts", "texts"]
    assert "{combien} stands for nothing" in problem["errors"][1]["message"]
    fixed = draft | {"texts": {"fr": "nous cherchons 40 habitants pour {project}"}, "in_french": True}
    await call("PUT", f"/campaigns/{written['id']}", fixed)
    assert (await call("POST", f"/campaigns/{written['id']}/submit", None, 409))["errors"][0]["field"] == "untested"
    tried = await call("POST", f"/campaigns/{written['id']}/test")
    assert {(frame["network"], frame["language"]) for frame in tried["frames"]} == {
        (n, c) for n in ("sms", "telegram") for c in ("fr", "en")
    }
    seen = await call("POST", f"/campaigns/{written['id']}/preview")
    assert (seen["reached"], seen["parts"]) == (3, 3)
    await call("POST", f"/campaigns/{written['id']}/submit")
    assert (await call("POST", f"/campaigns/{written['id']}/approve", None, 409))["errors"][0]["field"] == "own"
    headers.update(await city.token("lead", "second"))
    assert (await call("POST", f"/campaigns/{written['id']}/approve"))["state"] == "scheduled"
    await city.ledger.write(campaigns.begin_due, city.now)
    while (await city.ledger.read(agenda.due, city.now)).filling:
        await city.ledger.write(campaigns.fill, city.now)
    while await city.ledger.write(inbox.feed, city.now):
        pass
    found = await call("GET", f"/campaigns/{written['id']}")
    assert (found["state"], found["people"]) == ("sending", 3)
    assert (await call("POST", "/stop-everything"))["stopped"] == 1
    assert (await call("GET", f"/campaigns/{written['id']}"))["state"] == "paused"
    await call("GET", "/campaigns/nothing-of-the-kind", None, 404)


async def test_of_words_that_must_be_mended_there_is_no_price_and_nothing_to_try(city: Town) -> None:
    await people(city, 1)
    draft = campaigns.Draft(process=SLUG, kind="panel", texts={"fr": "venez {inconnu}", "en": "come"})
    subject = (await city.ledger.write(campaigns.create, city.now, draft, "staff:98")).id
    await city.enter("lead")
    page = await city.text(f"/desk/campagnes/{subject}")
    assert "{inconnu} ne correspond à rien" in page
    assert "Rien à montrer tant que les mots ne sont pas corrigés." in page
    assert "euros" not in page
    assert f"{subject}/telephone" not in page


async def test_what_a_paused_one_brought_is_on_its_page_and_in_its_file(city: Town) -> None:
    await people(city, 20)
    await people(city, 5, "telegram")

    def send(session: Any) -> str:
        draft = campaigns.Draft(process=SLUG, kind="panel", texts={"fr": "venez", "en": "come"})
        subject = campaigns.create(session, city.now, draft, "staff:98").id
        campaigns.tried(session, city.now, subject, "staff:98")
        campaigns.submit(session, city.now, subject, "staff:98", alone=True)
        campaigns.begin_due(session, city.now)
        while campaigns.fill(session, city.now):
            pass
        while inbox.feed(session, city.now):
            pass
        return subject

    subject = await city.ledger.write(send)
    await city.enter("lead")
    where = f"/desk/campagnes/{subject}"
    assert (await moved(city, f"{where}/pause", form_on=where)).endswith("dit=pause")
    page = await city.text(where)
    assert "Plus rien ne part" in page or "plus rien ne part" in page or "en pause" in page
    async with city.http.get(f"{where}/resultats.csv") as answer:
        lines = (await answer.text()).splitlines()
    assert lines[0].startswith("\ufeffnetwork;language;people")
    assert [line.split(";")[:3] for line in lines[1:4]] == [["sms", "fr", "20"], ["telegram", "fr", "5"], ["*", "*", "25"]]
    assert "personnes joignables" in await city.text("/desk/campagnes")


async def test_a_preview_of_very_many_is_counted_once_a_minute_and_anew_when_it_changes(
    city: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(city, 3)

    def written(session: Any, words: str) -> str:
        draft = campaigns.Draft(process=SLUG, kind="panel", texts={"fr": words, "en": words})
        return campaigns.create(session, city.now, draft, "staff:98").id

    first = await city.ledger.write(written, "venez")
    await city.enter("lead")

    async def told() -> str:
        found = re.search(r"<dt>personnes? prévenues?</dt><dd>(\d+)</dd>", await city.text(f"/desk/campagnes/{first}"))
        assert found
        return found[1]

    assert await told() == "3"
    await people(city, 1, after=3)
    assert await told() == "4"  # few are counted each time
    monkeypatch.setattr(tallies, "FEW", 3)
    assert await told() == "4"
    await people(city, 2, after=4)
    assert await told() == "4"
    city.clock.advance(minutes=1)
    assert await told() == "6"
    await people(city, 1, after=6)
    draft = campaigns.Draft(process=SLUG, kind="panel", texts={"fr": "autres mots", "en": "other words"})
    await city.ledger.write(campaigns.change, city.now, first, draft, "staff:98")
    assert await told() == "7"


async def test_a_role_for_one_project_writes_to_nobody_of_another(city: Town) -> None:
    await people(city, 5)
    document = documents.parse(invented.bicycle_plan(city.now.date()).encode(), yaml=True)
    await city.ledger.write(processes.put, city.now, document, "command")
    secret = await city.ledger.write(staff.make_token, city.now, "x", "lead", processes=(SLUG,))

    async def call(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {secret}"}
        async with city.http.request(method, f"/api/v1/campaigns{path}", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    draft = {"process": SLUG, "kind": "panel", "texts": {"fr": "venez", "en": "come"}}
    own = {"process": SLUG}
    elsewhere: tuple[dict[str, Any], ...] = (
        {},
        {"process": OTHER},
        {"languages": ["fr"]},
        {"came_to": f"{OTHER}/atelier-1"},
        own | {"came_to": f"{OTHER}/atelier-1"},
        own | {"districts": ["Centre"]},
        own | {"took_part": False},  # everybody else
        {"took_part": True, "came_to": f"{SLUG}/atelier-1"},
    )
    status, made = await call("POST", "", draft | {"audience": own})
    assert status == 201
    assert (await call("POST", f"/{made['id']}/preview"))[0] == 200
    for audience in elsewhere:
        for method, path in (("POST", ""), ("PUT", f"/{made['id']}")):
            status, problem = await call(method, path, draft | {"audience": audience})
            assert (status, problem["errors"][0]["field"]) == (403, "beyond"), audience
            assert problem["errors"][0]["message"].startswith("Your role is for some projects")
    for audience in (own | {"took_part": True}, {"came_to": f"{SLUG}/atelier-1"}, own | {"took_part": False, "came_to": f"{SLUG}/a"}):
        assert (await call("PUT", f"/{made['id']}", draft | {"audience": audience}))[0] == 200, audience
    wide = Draft(process=SLUG, kind="panel", texts={"fr": "venez", "en": "come"})
    of_the_city = (await city.ledger.write(campaigns.create, city.now, wide, "staff:98")).id
    for move in ("preview", "test", "submit", "approve", "resume"):
        assert (await call("POST", f"/{of_the_city}/{move}"))[0] == 403, move
    assert (await call("POST", f"/{of_the_city}/cancel"))[0] == 200, "to stop is safe"


async def test_the_form_of_one_project_proposes_its_people_and_its_pages_count_no_others(city: Town) -> None:
    await people(city, 5)
    link = await city.ledger.write(staff.add, city.now, "un@ville.example", [Grant("lead", (SLUG,))])
    await city.ledger.write(staff.set_password, city.now, link, PASSWORD)
    async with await city.post("/desk/connexion", email="un@ville.example", password=PASSWORD, code="") as answer:
        assert answer.status == 303
    form = "/desk/campagnes/nouvelle?modele=panel"
    sent = fields_of(await city.text(form))
    assert sent["about"] == SLUG
    assert not any(name.startswith("district-") for name in sent)
    where = await moved(city, "/desk/campagnes/nouvelle", form_on=form, **sent)
    assert "personne prévenue" in await city.text(where)
    async with await city.post("/desk/campagnes/nouvelle", form_on=form, **sent | {"about": ""}) as answer:
        assert answer.status == 403
        assert 'role="alert"' in await answer.text()
    wide = Draft(process=SLUG, kind="panel", texts={"fr": "venez", "en": "come"}, audience=Audience(languages=("fr",)))
    wide_id = (await city.ledger.write(campaigns.create, city.now, wide, "staff:98")).id
    page = await city.text(f"/desk/campagnes/{wide_id}")
    assert "venez" in page
    assert not re.search(r"\d+ personnes?\b|<dd>", page)
    async with await city.post(f"/desk/campagnes/{wide_id}/soumettre", form_on=f"/desk/campagnes/{wide_id}") as answer:
        assert answer.status == 403
    foreign = Draft(process=OTHER, kind="panel", texts={"fr": "ailleurs"})
    document = documents.parse(invented.bicycle_plan(city.now.date()).encode(), yaml=True)
    await city.ledger.write(processes.put, city.now, document, "command")
    foreign_id = (await city.ledger.write(campaigns.create, city.now, foreign, "staff:98")).id
    await city.text("/desk/campagnes/nouvelle", 403, copie=foreign_id)


async def test_an_hour_more_than_a_year_away_is_refused_and_breaks_no_page(city: Town) -> None:
    await people(city, 3)
    headers = await city.token("lead")
    draft = {"process": SLUG, "kind": "panel", "texts": {"fr": "venez", "en": "come"}}

    async def call(path: str, body: Any, status: int) -> Any:
        async with city.http.post(f"/api/v1/campaigns{path}", json=body, headers=headers) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    for at in ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59", "0001-01-01T00:00:00Z"):
        problem = await call("", draft | {"at": at}, 422)
        assert problem["errors"] == [{"field": "at", "message": "this hour is more than a year away: choose a nearer one, or none"}]
    made = (await call("", draft, 201))["id"]

    def of_old(session: Any) -> None:
        written = session.scalar(sa.select(campaign.c.document).where(campaign.c.subject == made))
        far = written.replace('"at":null', '"at":"9999-12-31T23:59:59Z"')
        assert far != written
        session.execute(sa.update(campaign).where(campaign.c.subject == made).values(document=far))

    await city.ledger.write(of_old)
    assert (await call(f"/{made}/preview", None, 200))["faults"][0] == {"field": "at", "code": "far", "about": ""}
    await call(f"/{made}/test", None, 200)
    await call(f"/{made}/submit", None, 422)
    await city.enter("lead")
    where = f"/desk/campagnes/{made}"
    assert "venez" in await city.text(where)
    sent = fields_of(await city.text(f"{where}/modifier"))
    async with await city.post(f"{where}/modifier", form_on=f"{where}/modifier", **sent | {"at": "9999-12-31T23:59"}) as answer:
        assert answer.status == 422
    await moved(city, f"{where}/modifier", form_on=f"{where}/modifier", **sent)


async def test_campaigns_are_listed_page_by_page(city: Town) -> None:
    def write(session: Any) -> list[str]:
        draft = Draft(process=SLUG, kind="panel", texts={"fr": "venez"})
        return [campaigns.create(session, city.now, draft, "staff:98").id for _ in range(52)]

    made = await city.ledger.write(write)
    headers, seen, query = await city.token("lead"), [], {"limit": "20"}
    for many in (20, 20, 12):
        async with city.http.get("/api/v1/campaigns", params=query, headers=headers) as answer:
            page = await answer.json()
        assert len(page["items"]) == many
        seen += [one["id"] for one in page["items"]]
        query["cursor"] = page["next"]
    assert page["next"] is None
    assert seen == made[::-1]
    for wrong in ({"cursor": "autre"}, {"limit": "0"}):
        async with city.http.get("/api/v1/campaigns", params=wrong, headers=headers) as answer:
            assert answer.status == 422
    async with city.http.get("/api/v1/openapi.json", headers=headers) as answer:
        described = (await answer.json())["paths"]["/api/v1/campaigns"]["get"]
    assert [one["name"] for one in described["parameters"]] == ["cursor", "limit"]
    await city.enter("lead")
    after = re.search(r'rel="next" href="([^"]+)"', await city.text("/desk/campagnes"))
    assert after
    assert made[0] in await city.text(after[1])
    await city.text("/desk/campagnes", 404, suite="autre")


async def test_what_can_not_be_done_says_how_it_stands_and_what_can(city: Town) -> None:
    draft = Draft(process=SLUG, kind="panel", texts={"fr": "venez"})
    made = (await city.ledger.write(campaigns.create, city.now, draft, "staff:98")).id
    headers = await city.token("lead")

    async def refusal(move: str) -> str:
        async with city.http.post(f"/api/v1/campaigns/{made}/{move}", headers=headers) as answer:
            assert answer.status == 409
            (fault,) = (await answer.json())["errors"]
            assert fault["field"] == "state"
            return str(fault["message"])

    for move in ("approve", "pause", "resume"):
        assert await refusal(move) == "It is being written: try it and ask for approval first; it can be changed or cancelled."
    await city.ledger.write(campaigns.cancel, city.now, made, "staff:98")
    assert await refusal("cancel") == "It was called off: a copy of it can be sent."
    assert {*announcing._AS_IT_STANDS} == {*campaigns.MOVES}
