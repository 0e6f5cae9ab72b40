"""What keeps strangers out of the desk: forms, cookies, sessions, pages without foreign or inline code, tries that are counted."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.desk import DOORS
from outreach import audit, staff
from outreach.db import Database
from tests.conftest import Clock
from tests.tour import DESK, PUBLIC, STRANGER, furnish
from tests.town import EMAIL, PASSWORD, Town, town

EVERYTHING = ("admin", "dpo", "lead", "interpreter")
PLACES = {"{slug": "place-du-marche", "{ref": "48210736", "{id": "1", "{link": "1", "{campaign": "a" * 22, "{name": "kinto", "{number": "1"}


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        yield made


def posts() -> list[str]:
    found = []
    for door in DOORS:
        if door.method == "POST":
            parts = (next((value for start, value in PLACES.items() if part.startswith(start)), part) for part in door.path.split("/"))
            found.append("/".join(parts))
    return found


async def test_no_form_of_the_desk_is_taken_without_its_token(city: Town) -> None:
    await city.opened()
    await city.enter(*EVERYTHING)
    before = len((await city.ledger.read(audit.search, limit=200)).items)
    assert len(posts()) > 20
    for path in posts():
        for token in ({}, {"csrf": ""}, {"csrf": "guess"}):
            async with city.http.post(path, data=token, allow_redirects=False) as answer:
                assert answer.status == 403, (path, token, answer.status)
    for path in ("/desk/connexion", "/desk/invitation/used"):
        async with city.http.post(path, data={"csrf": "guess", "email": EMAIL, "password": PASSWORD}, allow_redirects=False) as answer:
            assert answer.status == 403, path
    assert len((await city.ledger.read(audit.search, limit=200)).items) == before


async def test_the_token_of_one_person_is_none_of_another(city: Town) -> None:
    await city.enter("admin")
    theirs = re.search(r'name="csrf" value="([^"]+)"', await city.text("/desk/compte"))
    assert theirs
    await city.enter("moderator", email="b@ville.example")
    async with city.http.post("/desk/compte/sessions", data={"csrf": theirs[1]}, allow_redirects=False) as answer:
        assert answer.status == 403


async def test_every_page_keeps_foreign_and_inline_code_out(city: Town) -> None:
    single = await furnish(city)
    await city.enter(*EVERYTHING)
    for path in (*PUBLIC, *STRANGER, *DESK, *single, "/desk/equipe"):
        async with city.http.get(path) as answer:
            policy, page = answer.headers["Content-Security-Policy"], await answer.text()
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "form-action 'self'" in policy, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if answer.content_type == "text/html":
            assert not re.search(r"<script(?![^>]*(\bsrc=|application/ld\+json))", page), path
            assert not re.search(r"<[^>]+\s(on\w+|style)\s*=", page), path
            assert "<style" not in page, path
            assert not re.search(r"javascript:", page), path


async def test_a_cookie_planted_before_the_sign_in_opens_nothing_after_it(city: Town) -> None:
    await city.colleague("moderator")
    planted = "A" * 43
    city.http.session.cookie_jar.update_cookies({"allervers_desk": planted})
    async with await city.post("/desk/connexion", email=EMAIL, password=PASSWORD) as answer:
        (cookie,) = [value for value in answer.headers.getall("Set-Cookie") if value.startswith("allervers_desk=")]
    assert planted not in cookie
    assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/desk"))
    assert await city.ledger.read(staff.who, city.now, planted) is None


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/desk@evil.example",
        "/desk/../../evil",
        "javascript:alert(1)",
        "\t//evil",
    ],
)
async def test_nobody_is_led_elsewhere(city: Town, elsewhere: str) -> None:
    await city.colleague("moderator")
    async with await city.post("/desk/connexion", email=EMAIL, password=PASSWORD, next=elsewhere) as answer:
        assert answer.headers["Location"].startswith("/desk"), elsewhere
        assert "evil" not in answer.headers["Location"].removeprefix("/desk/../../")
    page = await city.text("/desk/connexion", 303, next=elsewhere)
    assert "evil.example" not in page


async def test_guessing_closes_the_account_and_the_right_password_too_waits(city: Town) -> None:
    await city.colleague("moderator")
    for _ in range(5):
        async with await city.post("/desk/connexion", email=EMAIL, password="wrong") as answer:
            assert answer.status == 403
    async with await city.post("/desk/connexion", email=EMAIL, password=PASSWORD) as answer:
        assert answer.status == 403
    city.clock.advance(minutes=2)
    async with await city.post("/desk/connexion", email=EMAIL, password=PASSWORD) as answer:
        assert answer.status == 303


async def test_a_session_says_a_quarter_of_an_hour_before_that_it_ends(city: Town) -> None:
    await city.enter("moderator")
    ending = re.compile(r'<div class="wrap ending"[^>]*?( hidden)?><p[^>]*>Votre session se termine à 23')
    found = ending.search(await city.text("/desk"))
    assert found
    assert found[1], "not before its time"
    city.clock.advance(hours=11, minutes=46)
    found = ending.search(await city.text("/desk/compte"))
    assert found
    assert not found[1]
    city.clock.advance(minutes=14)
    await city.text("/desk", 303)


async def test_a_session_forgotten_elsewhere_is_ended_from_the_account_page(city: Town) -> None:
    await city.enter("moderator")
    assert isinstance(await city.ledger.write(staff.sign_in, city.now, EMAIL, PASSWORD), staff.SignedIn)
    page = await city.text("/desk/compte")
    (other,) = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    async with await city.post("/desk/compte/sessions", form_on="/desk/compte", session=other) as answer:
        assert answer.status == 303
    assert 'name="session"' not in await city.text("/desk/compte")
    await city.colleague("moderator", email="b@ville.example")
    theirs = await city.ledger.write(staff.sign_in, city.now, "b@ville.example", PASSWORD)
    assert isinstance(theirs, staff.SignedIn)
    async with await city.post("/desk/compte/sessions", form_on="/desk/compte", session=staff.session_id(theirs.cookie)):
        pass
    assert await city.ledger.read(staff.who, city.now, theirs.cookie), "nobody ends another's session by its number"
    async with await city.post("/desk/compte/sessions", form_on="/desk/compte"):
        pass
    await city.text("/desk", 303)


async def test_an_administrator_invites_changes_and_closes_and_each_step_is_written_down(city: Town) -> None:
    await city.opened()
    await city.enter("admin")
    new = "nina@ville.example"
    form = {"email": new, "role:moderator": "1", "for:moderator:place-du-marche": "1", "role:observer": "1"}
    async with await city.post("/desk/equipe", **form) as answer:
        page = await answer.text()
    link = re.search(r"https://dialogue\.ville\.example(/desk/invitation/[\w-]+)", page)
    assert link
    assert link[0] not in await city.text("/desk/equipe"), "shown once"
    async with await city.post("/desk/equipe", **form) as answer:
        assert answer.status == 409
    async with await city.post("/desk/equipe", email="x@ville.example") as answer:
        assert answer.status == 422
    (nina,) = [one for one in await city.ledger.read(staff.listing) if one.email == new]
    assert nina.grants == (staff.Grant("moderator", ("place-du-marche",)), staff.Grant("observer"))
    await city.ledger.write(staff.set_password, city.now, link[1].rsplit("/", 1)[1], PASSWORD)
    theirs = await city.ledger.write(staff.sign_in, city.now, new, PASSWORD)
    assert isinstance(theirs, staff.SignedIn)
    here = f"/desk/equipe/{nina.id}"
    profile = {"name": "Nina K.", "department": "Voirie", "language": "en", "reads": "ar, tr", "on_call": "1"}
    async with await city.post(f"{here}/profil", form_on=here, **profile) as answer:
        assert answer.headers["Location"] == f"{here}?fait=profil"
    async with await city.post(f"{here}/profil", form_on=here, reads="<b>") as answer:
        assert answer.status == 422
    async with await city.post(f"{here}/roles", form_on=here, **{"role:admin": "1", "for:admin:place-du-marche": "1"}) as answer:
        assert answer.status == 303
    found = await city.ledger.read(staff.get, nina.id)
    assert found is not None
    assert found.grants == (staff.Grant("admin"),)
    assert found.profile == staff.Profile("Nina K.", "", "Voirie", "en", ("ar", "tr"), on_call=True)
    async with await city.post(f"{here}/sessions", form_on=here):
        pass
    assert await city.ledger.read(staff.who, city.now, theirs.cookie) is None
    async with await city.post(f"{here}/fermer", form_on=here) as answer:
        assert answer.status == 303
    assert "fermé" in await city.text(here)
    mine = next(one for one in await city.ledger.read(staff.listing) if one.email == EMAIL)
    async with await city.post(f"/desk/equipe/{mine.id}/fermer", form_on=here) as answer:
        assert answer.status == 409, "the last administrator stays"
    actions = {line.action for line in (await city.ledger.read(audit.search, actor=f"staff:{mine.id}", limit=200)).items}
    assert actions >= {"staff.added", "staff.described", "staff.roles", "staff.sessions_ended", "staff.disabled"}
    await city.text("/desk/equipe/99999999999999999999", 404)


async def test_recovery_codes_are_ten_hashed_and_good_once(database: Database, clock: Clock) -> None:
    import pyotp

    from tests.needles import search_database

    now = clock.now()
    with database.write() as session:
        staff.set_password(session, now, staff.add(session, now, EMAIL, ["moderator"]), PASSWORD)
        (mine,) = staff.listing(session)
        with pytest.raises(staff.StaffTrouble):
            staff.new_codes(session, now, mine.id)
        secret = pyotp.random_base32()
        first = staff.enrol(session, now, mine.id, secret, pyotp.TOTP(secret).at(now))
        codes = staff.new_codes(session, now, mine.id)
        assert staff.codes_left(session, mine.id) == 10 == len(set(codes)) == len(set(codes) - set(first))
        assert staff.sign_in(session, now, EMAIL, PASSWORD, first[0]) == staff.SignInRefused("code")
        assert isinstance(staff.sign_in(session, now, EMAIL, PASSWORD, codes[0]), staff.SignedIn)
        assert staff.sign_in(session, now, EMAIL, PASSWORD, codes[0]) == staff.SignInRefused("code")
        assert staff.codes_left(session, mine.id) == 9
        staff.drop_factor(session, now + timedelta(minutes=1), mine.id, "staff:1")
        assert staff.codes_left(session, mine.id) == 0
    assert search_database(database, [*codes, *(one.replace("-", "") for one in codes)]) == []


async def test_a_place_that_guesses_many_accounts_waits_and_others_do_not(city: Town) -> None:
    await city.colleague("moderator")
    there = {"X-Forwarded-For": "10.0.0.1, 192.0.2.7"}
    page = await city.text("/desk/connexion")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf

    async def attempt(email: str, password: str, headers: dict[str, str]) -> int:
        form = {"csrf": csrf[1], "email": email, "password": password}
        async with city.http.post("/desk/connexion", data=form, headers=headers, allow_redirects=False) as answer:
            if answer.status == 429:
                assert 0 < int(answer.headers["Retry-After"]) <= 300
            return answer.status

    for place in range(30):
        assert await attempt(f"nobody{place}@ville.example", "guess", there) == 403
    assert await attempt(EMAIL, PASSWORD, there) == 429
    assert await attempt(EMAIL, PASSWORD, {"X-Forwarded-For": "192.0.2.8"}) == 303
    city.clock.advance(minutes=5)
    assert await attempt(EMAIL, PASSWORD, there) == 303


def test_a_house_is_one_place_however_many_addresses_it_has() -> None:
    from aiohttp.test_utils import make_mocked_request

    from bot.desk.tries import place_of

    places = set()
    for last in ("1", "2:3", "ffff"):
        headers = {"X-Forwarded-For": f"2001:db8:1:2::{last}"}
        request = make_mocked_request("POST", "/", headers=headers).clone(remote="127.0.0.1")
        places.add(place_of(request))
    assert places == {"2001:0db8:0001:0002"}
    assert place_of(make_mocked_request("POST", "/", headers={"X-Forwarded-For": "1.2.3.4"}).clone(remote="198.51.100.1")) == "198.51.100.1"
