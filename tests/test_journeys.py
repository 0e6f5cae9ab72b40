"""The whole line over real peers: a person writes, a moderator decides, the page shows it, the person is told where they wrote."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import sqlalchemy as sa

from outreach import contacts
from outreach.tables import inbound, metadata, suppression
from tests.connected import Connected, connected
from tests.inhabitants import Inhabitant, OnTelegram, told
from tests.needles import phone, search_database
from tests.unsealed import kept

pytestmark = [pytest.mark.peer, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]  # the peers may install themselves

SLUG = "place-du-marche"
HOURS = 2 * 3600
DOORS = {"telegram by polling": ("polling", "telegram"), "sms": ("polling", "sms"), "telegram by webhook": ("webhook", "telegram")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def built(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Connected]:
    async with connected(tmp_path_factory.mktemp("journeys")) as place:
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=DOORS.values(), ids=DOORS.keys())
async def door(request: pytest.FixtureRequest, built: Connected) -> AsyncIterator[tuple[Connected, str]]:
    """The service, running with this door."""
    mode, network = request.param
    built.city.settings["ALLERVERS_TELEGRAM_MODE"] = mode
    built.city.start()
    await built.city.ready(built.http)
    yield built, network
    built.city.stop()


async def contributed(place: Connected, somebody: Inhabitant, *texts: str) -> str:
    """A person writes and agrees; the contribution's reference."""
    if isinstance(somebody, OnTelegram):
        await place.writes(somebody, f"/start {place.entry_token(SLUG)}")
        await told(somebody, "besoin pour y rester")
        await place.writes(somebody, *texts)
    else:
        await place.writes(somebody, f"PLACE {texts[0]}", *texts[1:])
    await place.silence()
    await told(somebody, "ublier sans votre nom|le publier sans votre nom")
    await somebody.answer("publish")
    receipt = await place.shown(somebody, r"[Aa]vis no (\d{4} \d{4}), bien (?:arrivé|reçu)")
    return receipt.replace(" ", "")


async def decided(place: Connected, ref: str, decision: str, *, token: str = "", **more: str) -> None:
    """A moderator takes it and decides."""
    await place.city.api(place.http, "POST", f"/contributions/{ref}/claim", token=token)
    await place.city.api(place.http, "POST", f"/contributions/{ref}/decision", {"decision": decision, **more}, token=token)


def spaced(ref: str) -> str:
    return f"{ref[:4]} {ref[4:]}"


async def test_a_contribution_is_published_and_its_author_told_once(door: tuple[Connected, str]) -> None:
    place, network = door
    somebody = place.somebody(network)
    texts = (f"des bancs à l'ombre devant l'école {somebody.address[-4:]}", "et une fontaine, ma mère a soif l'été")
    ref = await contributed(place, somebody, *texts)
    (item,) = [one for one in (await place.city.api(place.http, "GET", "/contributions?state=received"))["items"] if one["ref"] == ref]
    assert item["text"] == "\n".join((f"PLACE {texts[0]}" if network == "sms" else texts[0], texts[1]))
    assert (item["messages"], item["publish"], item["process"]) == (2, True, SLUG)
    assert somebody.address not in str(item)

    page = f"/demarches/{SLUG}/contributions"
    assert texts[1] not in await place.city.page(place.http, page)
    await decided(place, ref, "accept")
    await told(somebody, rf"votre avis {spaced(ref)} est publié, sans votre nom")
    for text in texts:
        assert text in (await place.city.page(place.http, page)).replace("&#39;", "'")
        assert text in await place.city.page(place.http, f"{page}.csv")
    if isinstance(somebody, OnTelegram):
        assert somebody.edits[-1] == f"Votre avis no {spaced(ref)} est publié, sans votre nom."

    before = list(somebody.rang)
    await place.city.advance(place.http, HOURS / 4)
    await place.city.drained()
    assert somebody.rang == before
    assert sum("est publié" in text for text in before) == 1


async def test_a_refusal_tells_its_reason_and_another_person_decides_again(door: tuple[Connected, str]) -> None:
    place, network = door
    somebody = place.somebody(network)
    insult = f"guignol{somebody.address[-4:]}"
    ref = await contributed(place, somebody, f"le maire est un {insult}")
    await decided(place, ref, "refuse", reason="R2", fact="le mot sur le maire")
    refusal = await told(somebody, rf"votre avis {spaced(ref)} .*n'est pas publié")
    assert "(règle 2)" in refusal
    assert network == "sms" or "le mot sur le maire" in refusal  # an SMS has room for the rule alone
    assert insult not in await place.city.page(place.http, f"/demarches/{SLUG}/contributions")
    assert insult not in await place.city.page(place.http, f"/suivi/{ref}")
    assert "règle 2" not in await place.city.page(place.http, f"/suivi/{ref}")

    await place.asks(somebody, "appeal")
    await told(somebody, rf"une autre personne relit votre avis {spaced(ref)}")
    item = await place.city.api(place.http, "GET", f"/contributions/{ref}")
    assert (item["state"], item["allowed"]) == ("appealed", ["uphold", "reverse"])
    same = {"decision": "reverse"}
    await place.city.api(place.http, "POST", f"/contributions/{ref}/decision", same, status=409)  # not the first person's business
    await decided(place, ref, "reverse", token=place.second_token)
    await told(somebody, rf"votre avis {spaced(ref)} est publié")  # what the other person decided and what came of it are one message
    assert insult in await place.city.page(place.http, f"/demarches/{SLUG}/contributions")


async def test_after_stop_nothing_comes_but_answers(door: tuple[Connected, str]) -> None:
    place, network = door
    somebody = place.somebody(network)
    ref = await contributed(place, somebody, f"des arbres, et du calme {somebody.address[-4:]}")
    await place.asks(somebody, "stop")
    await told(somebody, "c'est fait, plus de ")
    before = list(somebody.rang)
    edits = len(somebody.edits) if isinstance(somebody, OnTelegram) else 0

    await decided(place, ref, "accept")
    await place.city.advance(place.http, HOURS)
    await place.city.drained()
    assert somebody.rang == before
    assert not isinstance(somebody, OnTelegram) or len(somebody.edits) == edits
    assert "et du calme" in await place.city.page(place.http, f"/demarches/{SLUG}/contributions")

    await place.asks(somebody, "follow")
    await told(somebody, rf"{spaced(ref)}.*publié", since=len(before))
    await place.city.drained()
    assert len(somebody.rang) == len(before) + 1


async def test_who_is_forgotten_gets_one_last_word_and_leaves_a_fingerprint(door: tuple[Connected, str]) -> None:
    place, network = door
    somebody = place.somebody(network)
    word = f"kiosque{somebody.address[-4:]}"
    ref = await contributed(place, somebody, f"un {word} à musique")
    where = [somebody.address, *(phone(somebody.address) if network == "sms" else ())]
    with place.city.database() as database:
        assert {"contribution", "inbound"} <= kept(database, [word])[word]
        assert kept(database, where)  # sealed, as long as it is needed

    await place.asks(somebody, "forget")
    await told(somebody, "Effacer (quoi|tout)")
    await somebody.answer("forget")
    if network == "sms":
        await told(somebody, "à quelle question")  # the one about workshops was open, too
        await place.writes(somebody, "A")
    last = await told(somebody, "C'est effacé")
    await place.city.drained()
    assert somebody.rang[-1] == last

    with place.city.database() as database:
        with database.read() as session:
            assert contacts.find(session, network, somebody.address) is None
            assert database.house is not None
            print_ = database.house.keys.suppress(network, somebody.address)
            why = session.execute(sa.select(suppression.c.why).where(suppression.c.fingerprint == print_)).scalars().all()
            assert why == ["forgotten"]
            orphans = session.execute(sa.select(inbound.c.sealed).where(inbound.c.address_id.is_(None))).scalars().all()
            assert orphans
            assert set(orphans) == {b""}
            held = [
                (table.name, column.name)
                for table in metadata.sorted_tables
                for column in table.c
                for value in session.execute(sa.select(column)).scalars()
                if value == database.house.keys.find(network, somebody.address)
            ]
            assert held == []
        assert kept(database, [word, *where]) == {}
        assert search_database(database, [word, *where]) == []
    assert (await place.city.api(place.http, "GET", f"/contributions/{ref}"))["text"] == ""

    await place.city.advance(place.http, HOURS)
    await place.city.drained()
    assert somebody.rang[-1] == last


async def test_after_a_restart_people_are_heard_at_once(door: tuple[Connected, str]) -> None:
    place, network = door
    somebody = place.somebody(network)
    place.city.stop()
    await somebody.ask("help")
    place.city.start()
    await place.city.ready(place.http)
    await told(somebody, "Urgence", seconds=7)
