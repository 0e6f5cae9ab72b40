"""What other projects' tests hold, posted to the whole service between its real peers: answered, kept, and nothing gets stuck.

The cases are read where they lie and never copied. The door alone is tried in tests/test_webhooks.py.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import pytest
import pytest_asyncio

from conversations.messages import InGroup, Words
from outreach import outbox
from outreach.db import Database
from tests.connected import Connected, connected
from tests.inhabitants import when
from tests.test_webhooks import OURS, RENAMED, expected, provider_cases, updates
from tests.unsealed import Heard, said_by_everybody

pytestmark = [pytest.mark.proof, pytest.mark.peer, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

DAY = 86_400


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Connected]:
    async with connected(tmp_path_factory.mktemp("whole"), "webhook") as one:
        one.city.start()
        await one.city.ready(one.http)
        yield one


async def post_update(place: Connected, body: bytes, headers: dict[str, str] | None = None) -> int:
    secret = {"X-Telegram-Bot-Api-Secret-Token": place.city.settings["ALLERVERS_TELEGRAM_SECRET"], "Content-Type": "application/json"}
    async with place.http.post(f"{place.city.base}/channels/telegram", data=body, headers=(headers or {}) | secret) as answer:
        assert await answer.read() == b""
        return answer.status


def kept(database: Database, channel: str) -> dict[str, Heard]:
    """By the provider's key."""
    return {one.key: one for one in said_by_everybody(database) if one.channel == channel}


async def test_every_update_is_answered_and_what_was_said_is_kept(place: Connected) -> None:
    numbered = {str(number): (name, one | {"update_id": number}) for number, (name, one) in enumerate(updates(), 700_000)}
    assert len(numbered) >= 168
    for name, one in numbered.values():  # they are of several robots: each gets a number of its own here
        assert await post_update(place, json.dumps(one).encode()) == 200, name
    seen = 0
    with place.city.database() as database:
        held = kept(database, "telegram")
        for number, (name, one) in numbered.items():
            wanted = expected(one)
            if wanted is None:
                continue
            seen += 1
            # of what is said in a group we keep nothing: we leave
            assert held[number].where == ("" if isinstance(wanted, InGroup) else str(one["message"]["chat"]["id"])), name
            if isinstance(wanted, Words):
                assert held[number].what["text"] == wanted.text.replace("\0", ""), name
            else:
                assert held[number].what == msgspec.to_builtins(wanted), name
        assert seen >= 30
        assert [one.key for one in held.values() if one.failed] == []
    await settled(place)


async def settled(place: Connected) -> None:
    """Nothing waits any more, not even after a day's silences; and nothing failed."""
    await place.city.drained()
    await place.city.advance(place.http, DAY)
    await place.city.drained()
    with place.city.database() as database, database.read() as session:
        states: Counter[tuple[str, str]] = Counter()
        for state in outbox.MOVES:
            states.update((state, line.why) for line in outbox.listing(session, state, limit=10_000))
    print(dict(states))
    assert {state for state, _ in states} <= {"wired", "delivered", "dropped"}
    assert {why for state, why in states if state == "dropped"} <= {"no_card", "unreachable"}


@pytest.mark.parametrize("case", provider_cases("telegram"), ids=lambda case: case["label"])
async def test_the_telegram_cases_of_another_gateway(place: Connected, case: dict[str, Any]) -> None:
    wants = case["expected"] | OURS.get(case["label"], {})
    with place.city.database() as database:
        before = kept(database, "telegram")
        body, key = case["request"]["body"], str(800_000 + case["order"])
        try:
            body = json.dumps(json.loads(body) | {"update_id": int(key)})
        except ValueError:
            assert wants["status"] == 200  # authentic but unreadable
        assert await post_update(place, body.encode(), case["request"]["headers"]) == wants["status"]
        after = kept(database, "telegram")
        if "urn" not in wants:
            assert after == before
            return
        assert after[key].where == wants["urn"].partition(":")[2].partition("#")[0]
        assert (after[key].what.get("text", ""), after[key].what.get("message")) == (wants["msg_text"], wants["external_id"])
        assert not after[key].failed


@pytest.mark.parametrize("case", provider_cases("kannel"), ids=lambda case: case["label"])
async def test_the_kannel_cases_of_another_gateway(place: Connected, case: dict[str, Any]) -> None:
    wants = case["expected"] | OURS.get(case["label"], {})
    parts = urlsplit(case["request"]["path"])
    query = {RENAMED.get(name, name): value for name, value in parse_qsl(parts.query, keep_blank_values=True)}
    kind = "dlr" if parts.path.endswith("/status/") else "mo"
    with place.city.database() as database:
        if kind == "dlr":
            query["id"] = str(await sent(place, database))
        elif "id" in query:
            query["id"] += f"-{case['order']}"  # they all have the same, so that the second would be a repeat
        before = kept(database, "kannel")
        secret = {"secret": place.city.settings["ALLERVERS_KANNEL_SECRET"]}
        body = case["request"]["body"].encode() if case["request"]["body"] else None
        async with place.http.request(
            case["request"]["method"],
            f"{place.city.base}/channels/kannel/{kind}?{urlencode(query | secret)}",
            data=body,
            headers=case["request"]["headers"],
        ) as answer:
            assert (answer.status, await answer.read()) == (wants["status"], b"")
        after = kept(database, "kannel")
        if "urn" in wants:
            one = after[query["id"]]
            assert (one.where, one.what["text"], one.failed) == (wants["urn"].removeprefix("tel:"), wants["msg_text"], False)
        else:
            assert after == before


async def sent(place: Connected, database: Database) -> int:
    """A message that Kannel has: what a receipt may be about."""
    somebody = place.somebody("sms")
    await place.asks(somebody, "help")
    await when(lambda: bool(somebody.rang), "no answer came")
    with database.read() as session:
        return max(line.id for line in outbox.listing(session, "delivered") + outbox.listing(session, "wired"))


async def test_and_in_the_end_nothing_is_stuck(place: Connected) -> None:
    await settled(place)
    somebody = place.somebody("telegram")
    await place.asks(somebody, "help")
    await when(lambda: bool(somebody.rang), "no answer came")
