"""Signing in with the city's own account: against npm `oidc-provider`, and ID tokens that are wrong in one claim each."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from bot.desk import provider
from bot.desk.provider import ProviderTrouble
from outreach import audit, staff
from outreach.db import Database
from tests.conftest import Clock
from tests.peers.oidc import CLIENT, SECRET, Issuer, oidc_peer
from tests.town import EMAIL, Town, town

ISSUER, NONCE = "https://idp.ville.example", "n" * 43
NOW = datetime(2027, 3, 15, 10, tzinfo=UTC)
PUBLIC = "https://dialogue.ville.example"


# --- with a real provider


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    async with oidc_peer(f"{PUBLIC}/desk/connexion/retour") as running:
        yield running


@pytest.fixture
async def city(database: Database, issuer: Issuer) -> AsyncIterator[Town]:
    clock = Clock(datetime.now(UTC))  # noqa: TID251 - the provider's own clock
    async with town(database, clock, OIDC_ISSUER=issuer.url, OIDC_CLIENT_ID=CLIENT, OIDC_CLIENT_SECRET=SECRET) as made:
        yield made


async def begin(city: Town, path: str = "/desk/connexion/ville") -> str:
    async with city.http.get(path, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return answer.headers["Location"]


async def come_back(city: Town, address: str) -> tuple[int, str, str]:
    async with city.http.get(address.removeprefix(PUBLIC), allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


@pytest.mark.peer
async def test_an_account_of_the_city_opens_the_account_of_its_address(city: Town, issuer: Issuer) -> None:
    await city.colleague("moderator")
    assert "/desk/connexion/ville" in await city.text("/desk/connexion")
    start = await begin(city, "/desk/connexion/ville?next=/desk/compte")
    asked = parse_qs(urlsplit(start).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    address = await issuer.sign_in(start, EMAIL.upper().replace("CAMILLE", "Camille"))
    status, location, _page = await come_back(city, address)
    assert (status, location) == (303, "/desk/compte")
    assert EMAIL in await city.text("/desk/compte")
    (line,) = (await city.ledger.read(audit.search, action="staff.signed_in")).items
    assert line.detail == {"by": "provider"}
    city.http.session.cookie_jar.clear()
    status, _location, page = await come_back(city, address)
    assert status == 403, "the same answer again, in another browser, opens nothing"
    assert "n’a pas pu être prouvé" in page


@pytest.mark.peer
async def test_who_has_no_account_gets_none(city: Town, issuer: Issuer) -> None:
    await city.colleague("moderator")
    for who, told in (("nobody@ville.example", "demandez une invitation"), ("unverified@ville.example", "n’a pas pu être prouvé")):
        if who.startswith("unverified"):
            await city.colleague("moderator", email=who)
        status, _location, page = await come_back(city, await issuer.sign_in(await begin(city), who))
        assert status == 403
        assert told in page
    (mine,) = [one for one in await city.ledger.read(staff.listing) if one.email == EMAIL]
    await city.colleague("admin", email="other@ville.example")
    await city.ledger.write(staff.disable, city.now, mine.id, "staff:1")
    status, _location, _page = await come_back(city, await issuer.sign_in(await begin(city), EMAIL))
    assert status == 403
    assert len(await city.ledger.read(staff.listing)) == 3


@pytest.mark.peer
async def test_an_answer_to_another_question_opens_nothing(city: Town, issuer: Issuer) -> None:
    await city.colleague("moderator")
    address = await issuer.sign_in(await begin(city), EMAIL)
    await begin(city)  # the browser has asked again since: its cookie is another
    assert (await come_back(city, address))[0] == 403
    address = await issuer.sign_in(await begin(city), EMAIL)
    assert (await come_back(city, re.sub(r"state=[^&]+", "state=guess", address)))[0] == 403
    await begin(city)
    assert (await come_back(city, f"{PUBLIC}/desk/connexion/retour?error=access_denied"))[0] == 403
    start = await begin(city)
    address = await issuer.sign_in(start, EMAIL)
    city.clock.advance(minutes=11)
    assert (await come_back(city, address))[0] == 403, "ten minutes are over"
    await city.text("/desk", 303)


@pytest.mark.peer
async def test_the_doctor_knows_whether_the_provider_answers(issuer: Issuer) -> None:
    from bot.doctor import _provider
    from tests.town import settings

    named = {"OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    assert (await _provider(settings(OIDC_ISSUER=issuer.url, **named))).level == "ok"
    other = issuer.url.replace("127.0.0.1", "localhost")
    assert "calls itself otherwise" in (await _provider(settings(OIDC_ISSUER=other, **named))).what
    assert "does not answer" in (await _provider(settings(OIDC_ISSUER="http://127.0.0.1:1", **named))).what


# --- ID tokens that are wrong in one thing


KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
KEYS = KeySet([KEY]).as_dict(private=False)
RIGHT = {"iss": ISSUER, "aud": CLIENT, "sub": "7", "nonce": NONCE, "iat": NOW.timestamp(), "exp": NOW.timestamp() + 600}


def token(claims: dict[str, Any], key: Any = KEY, alg: str = "RS256") -> str:
    there = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": alg, "kid": "one"}, there, key, algorithms=[alg])


def looked_at(id_token: str) -> dict[str, Any]:
    return provider.check(id_token, KEYS, issuer=ISSUER, client=CLIENT, nonce=NONCE, now=NOW)


def test_a_right_token_is_taken() -> None:
    assert looked_at(token(RIGHT))["sub"] == "7"
    assert looked_at(token(RIGHT | {"aud": [CLIENT, "other"], "azp": CLIENT}))["sub"] == "7"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://idp.evil.example"},
        {"aud": "other"},
        {"azp": None, "aud": [CLIENT, "other"]},
        {"azp": "other", "aud": [CLIENT, "other"]},
        {"nonce": "another"},
        {"nonce": ""},
        {"exp": (NOW - timedelta(minutes=2)).timestamp()},
        {"exp": "tomorrow"},
        {"iat": (NOW + timedelta(minutes=5)).timestamp()},
        {"sub": ""},
    ],
)
def test_a_token_with_one_wrong_claim_is_not(wrong: dict[str, Any]) -> None:
    with pytest.raises(ProviderTrouble, match=next(iter(wrong))):
        looked_at(token(RIGHT | wrong))


@pytest.mark.parametrize("missing", ["iss", "aud", "nonce", "exp", "iat", "sub"])
def test_a_token_without_a_claim_is_not(missing: str) -> None:
    with pytest.raises(ProviderTrouble, match=missing):
        looked_at(token({name: value for name, value in RIGHT.items() if name != missing}))


def test_a_signature_of_another_or_of_none_is_not() -> None:
    other = RSAKey.generate_key(2048, {"kid": "one"})
    shared = OctKey.import_key("a secret of both, long enough for that")
    unsigned = token(RIGHT).rsplit(".", 1)[0] + "."
    none = "eyJhbGciOiJub25lIn0." + token(RIGHT).split(".")[1] + "."
    for bad in (token(RIGHT, other), jwt.encode({"alg": "HS256", "kid": "one"}, RIGHT, shared), unsigned, none, "", "a.b.c"):
        with pytest.raises(ProviderTrouble, match="not signed"):
            looked_at(bad)
