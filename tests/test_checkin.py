"""The pages of a workshop's people and of its door: by forms alone, and what the phone of a host sends."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from outreach import attendance, audit, contacts, workshops
from outreach.db import Database
from tests.conftest import Clock
from tests.evening import Evening, evening
from tests.town import SLUG, Town, town


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        yield made


async def _token(tonight: Evening) -> str:
    found = re.search(r'data-token="([^"]+)"', await tonight.city.text(f"{tonight.path}/accueil"))
    assert found
    return found[1]


async def test_a_host_sees_people_by_pseudonym_and_the_line_by_rank(city: Town) -> None:
    tonight = await evening(city, 4, 2)
    await city.ledger.write(contacts.block, tonight.addresses[1], city.now)
    await city.enter("host")
    assert f'href="{tonight.path}"' in await city.text("/desk/ateliers")
    page = await city.text(tonight.path)
    room = await tonight.book()
    for guest in room.guests:
        assert guest.name in page
    assert "+3363998" not in page
    assert page.count("sans nouvelles") == 1
    assert re.search(rf"<th scope=\"row\" class=\"number\">2</th><td>{room.guests[3].name}</td>", page)
    assert "Publier" not in page  # the minutes are for who may write
    await city.text("/desk/ateliers/999999999999999999", 404)
    await city.text("/desk/ateliers/9999999999999999999", 404)


async def test_needs_are_shown_on_demand_and_the_look_is_written_down(city: Town) -> None:
    from conversations.effects import AskServices

    tonight = await evening(city, 2)
    wanted = AskServices(f"{SLUG}/atelier-1", ("ramp", "childcare"), "oui")
    await city.ledger.write(workshops.ask_services, tonight.addresses[0], wanted, "fr", city.now)
    await city.enter("host")
    for _ in range(2):
        page = await city.text(tonight.path)
        assert "1 personne a demandé un service" in page
        assert "garde d’enfants" not in page
    assert (await city.ledger.read(audit.search, action="registration.needs_seen")).items == ()
    page = await city.text(tonight.path, besoins="1")
    assert "entrée de plain-pied, garde d’enfants" in page
    (line,) = (await city.ledger.read(audit.search, action="registration.needs_seen")).items
    assert line.actor.startswith("staff:")
    assert "childcare" not in await city.text(f"{tonight.path}/accueil")


async def test_the_door_works_by_forms_alone(city: Town) -> None:
    tonight = await evening(city, 3, parties={0: 2})
    await city.enter("host")
    here, post = f"{tonight.path}/accueil", f"{tonight.path}/accueil/pointages"
    first = next(guest for guest in (await tonight.book()).guests if guest.seats == 2)
    async with await city.post(post, form_on=here, key="form-key-1", code=first.code, people="") as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"{here}?dit=done")
    async with await city.post(post, form_on=here, key="form-key-1", code=first.code, people="") as answer:
        assert answer.status == 303  # pressed twice
    room = await tonight.book()
    assert (room.came, room.guests[[guest.who for guest in room.guests].index(first.who)].people) == (2, 2)
    city.clock.advance(seconds=1)
    async with await city.post(post, form_on=here, key="form-key-2", who=first.who, people="0") as answer:
        assert answer.status == 303
    async with await city.post(post, form_on=here, key="form-key-3", people="1") as answer:
        assert answer.status == 303
    assert ((await tonight.book()).came, (await tonight.book()).last_walk_in) == (1, "form-key-3")
    async with await city.post(post, form_on=here, key="form-key-4", of="form-key-3", people="1") as answer:
        assert answer.status == 303
    assert (await tonight.book()).came == 0
    wrong = "1000" if first.code != "1000" else "1001"
    async with await city.post(post, form_on=here, key="form-key-5", code=wrong) as answer:
        assert answer.status == 422
        assert "Aucun code" in await answer.text()
    async with await city.post(post, form_on=here, key="form-key-6", code=first.code, people="many") as answer:
        assert answer.status == 422


async def test_a_phone_sends_marks_again_and_they_count_once(city: Town) -> None:
    tonight = await evening(city, 3)
    await city.enter("host")
    token, post = await _token(tonight), f"{tonight.path}/accueil/pointages"
    who = (await tonight.book()).guests[0].who
    sent = {"marks": [{"key": "phone-a-0001", "who": who, "ago": 5000}, {"key": "phone-a-0002"}, {"key": "phone-a-0003", "who": "nobody"}]}
    for _ in range(3):
        async with city.http.post(post, json=sent, headers={"X-Form-Token": token}) as answer:
            assert answer.status == 200
            told = await answer.json()
        assert told["done"] == ["phone-a-0001", "phone-a-0002"]
        assert [one["key"] for one in told["refused"]] == ["phone-a-0003"]
        assert told["room"]["walk_ins"] == 1
        assert sum(guest["people"] for guest in told["room"]["guests"]) == 1
        assert "asks" not in told["room"]["guests"][0]
    async with city.http.post(post, json=sent, headers={"X-Form-Token": "guess"}) as answer:
        assert answer.status == 403
    async with city.http.post(post, data=b'{"marks": [{}]}', headers={"X-Form-Token": token, "Content-Type": "application/json"}) as answer:
        assert answer.status == 422


async def test_the_worker_has_an_address_that_does_not_change_and_only_hosts_get_it(city: Town) -> None:
    await city.enter("host")
    async with city.http.get("/desk/ateliers/hors-ligne.js") as answer:
        assert answer.content_type == "text/javascript"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    await city.enter("moderator", email="m@ville.example")
    await city.text("/desk/ateliers/hors-ligne.js", 403)


async def test_the_door_is_shut_once_it_has_begun(city: Town) -> None:
    tonight = await evening(city, 2)
    await city.enter("host")
    assert "Fermer l’accueil" not in await city.text(tonight.path)
    async with await city.post(f"{tonight.path}/clore", form_on=tonight.path) as answer:
        assert answer.headers["Location"] == f"{tonight.path}?dit=tot"
    code = (await tonight.codes())[0]
    await city.ledger.write(attendance.check_in, city.now, tonight.number, [attendance.Mark("phone-a-0001", code=code)], "staff:1")
    city.clock.at += timedelta(hours=1)
    async with await city.post(f"{tonight.path}/clore", form_on=tonight.path) as answer:
        assert answer.headers["Location"] == f"{tonight.path}?dit=clos"
    assert sorted(guest.state for guest in (await tonight.book()).guests) == ["absent", "attended"]


async def test_the_minutes_are_sent_by_who_may_write_and_public_after_72_hours(city: Town) -> None:
    tonight = await evening(city, 1)
    code = (await tonight.codes())[0]
    await city.ledger.write(attendance.check_in, city.now, tonight.number, [attendance.Mark("phone-a-0001", code=code)], "staff:1")
    await city.enter("staff")
    assert "Envoyer le compte-rendu" not in await city.text(tonight.path)  # it is not over
    city.clock.at += timedelta(hours=4)
    post, text = f"{tonight.path}/compte-rendu", "Tous veulent des bancs.\nLa fontaine partage."
    for given, why in (
        ({"text": text, "short": "des bancs ✓"}, "triple le prix"),
        ({"text": f"{text} Appelez le 06 12 34 56 78", "short": "des bancs"}, "un numéro de téléphone"),
        ({"text": text, "short": "b" * 91}, "90"),
        ({"text": "", "short": "des bancs"}, "1500"),
    ):
        async with await city.post(post, form_on=tonight.path, **given) as answer:
            assert answer.status == 422
            page = await answer.text()
            assert why in page
            assert given["short"] in page  # nothing typed is lost
    async with await city.post(post, form_on=tonight.path, text=text, short="des bancs à l’ombre") as answer:
        assert answer.headers["Location"] == f"{tonight.path}?dit=compte-rendu"
    page = await city.text(tonight.path)
    assert "corrections jusqu’au" in page
    assert "des bancs à l&#39;ombre" in page  # an apostrophe that an SMS has
    assert "fontaine" not in await city.text(f"/demarches/{SLUG}/ateliers")
    city.clock.at += timedelta(hours=72)
    await city.ledger.write(attendance.publish_due, city.now)
    assert "La fontaine partage." in await city.text(f"/demarches/{SLUG}/ateliers")
    await city.enter("staff", email="other@ville.example")  # three days later
    async with await city.post(post, form_on="/desk/demarches", text=text, short="des bancs") as answer:
        assert answer.status == 409
    await city.enter("host", email="host@ville.example")
    assert "Envoyer le compte-rendu" not in await city.text(tonight.path)
    async with await city.post(post, form_on=tonight.path, text=text, short="des bancs") as answer:
        assert answer.status == 403
