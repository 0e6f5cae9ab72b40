"""The relay board at the desk and by the API: what waits, what differs, what a person does; files that she carries over."""

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import FormData

from bot.desk.platform_words import ours
from bot.desk.relays import difference
from bot.targets import NO_WITHDRAWAL
from conversations.text import Text
from outreach import leases, relays
from outreach.contributions import withdrawal
from outreach.db import Database
from outreach.relays import Copy, Settled
from tests.conftest import Clock
from tests.town import Town, town

pytestmark = pytest.mark.one_engine


@pytest_asyncio.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def platform(city: Town, name: str = "donnees", kind: str = "kinto", **options: str) -> int:
    def add(session: Any) -> int:
        return relays.add(session, city.now, name, kind, url="https://donnees.ville.example", options=options, actor="command")

    return await city.ledger.write(add)


async def published(city: Town, *texts: str) -> list[str]:
    refs = []
    for place, text in enumerate(texts):
        refs.append(await city.say(text, phone=f"+3363998{place:04}"))
        await city.publish(refs[-1])
    return refs


async def tried(city: Town, target: int, *ends: tuple[str, dict[str, Any]]) -> None:
    """What waits on a platform meets these ends, in the order of publication."""

    def run(session: Any) -> None:
        epoch = leases.hold(session, relays.LEASE, "one", 60)
        assert epoch is not None
        jobs = sorted(relays.claim(session, target, "one", epoch, city.now), key=lambda job: job.id)
        told = [Settled(job.id, job.version, outcome, **more) for job, (outcome, more) in zip(jobs, ends, strict=True)]  # type: ignore[arg-type]
        relays.settle(session, epoch, told, city.now)

    await city.ledger.write(run)


async def take_back(city: Town, ref: str) -> None:
    def run(session: Any) -> None:
        import sqlalchemy as sa

        from outreach.tables import contribution

        withdrawal.erase(session, session.execute(sa.select(contribution).where(contribution.c.ref == ref)).all(), city.now, "citizen")

    await city.ledger.write(run)


async def lines(city: Town, state: str = "") -> dict[str, relays.Line]:
    found = await city.ledger.read(relays.listing, city.now, state=state)
    return {line.ref: line for line in found.items}


@pytest.mark.parametrize(
    ("sent", "seen", "parts"),
    [
        ("à l'ombre des arbres", "a l'ombre des arbres", [("gone", "à"), ("new", "a"), ("same", "l'ombre des arbres")]),
        ("Vite !!", "Vite", [("same", "Vite"), ("gone", "!!")]),
        ("pareil", "pareil", []),
        ("", "tout", [("new", "tout")]),
    ],
)
def test_the_difference_is_told_word_by_word(sent: str, seen: str, parts: list[tuple[str, str]]) -> None:
    assert [part for part in difference(sent, seen) if part[1]] == parts


async def test_the_board_shows_each_fate_and_a_person_mends_it(city: Town) -> None:
    target = await platform(city)
    exact, altered, refused = await published(city, "Des bancs", "À l'ombre & là", "Vite !!")
    await tried(
        city,
        target,
        ("there", {"text": "Des bancs", "external": "1"}),
        ("there", {"text": "A l'ombre &amp; la", "external": "2", "address": "https://p.example/2"}),
        ("refused", {"why": "title: <script>alert(1)</script>"}),
    )
    await city.enter("staff")
    page = await city.text("/desk/versements")
    assert "title: &lt;script&gt;" in page
    assert f"{refused[:4]} {refused[4:]}" in page
    assert f"{exact[:4]} {exact[4:]}" not in page
    page = await city.text("/desk/versements", etat="altered")
    assert "<del>À</del>" in page
    assert "<ins>A</ins>" in page
    assert "<ins>&amp;amp;" in page
    number = (await lines(city))[refused].id
    async with await city.post(f"/desk/versements/{number}/marquer", form_on="/desk/versements", note="") as answer:
        assert answer.status == 422
        assert "Écrivez comment vous le savez" in await answer.text()
    async with await city.post(f"/desk/versements/{number}/expliquer", form_on="/desk/versements", note="vu avec la plateforme") as answer:
        assert answer.status == 303
    assert "vu avec la plateforme" in await city.text(f"/desk/versements/{number}")
    async with await city.post(f"/desk/versements/{number}/reprendre", form_on="/desk/versements") as answer:
        assert answer.status == 303
    assert (await lines(city))[refused].state == "pending"
    other = (await lines(city))[altered].id
    assert "https://p.example/2" in await city.text(f"/desk/versements/{other}")
    async with await city.post(f"/desk/versements/{number}/marquer", form_on="/desk/versements?etat=pending", note="saisie") as answer:
        assert answer.status == 303
    async with await city.post(f"/desk/versements/{number}/reprendre", form_on="/desk/versements?etat=pending") as answer:
        assert answer.status == 409
    await city.text("/desk/versements", status=404, etat="violet")
    await city.text("/desk/versements/1", status=404)


async def test_a_late_withdrawal_is_told_on_the_first_page_and_the_board(city: Town, clock: Clock) -> None:
    target = await platform(city)
    (ref,) = await published(city, "Des bancs")
    await tried(city, target, ("there", {"text": "Des bancs", "external": "1"}))
    await take_back(city, ref)
    await city.enter("lead")
    assert "72 heures" not in await city.text("/desk")
    clock.advance(hours=73)
    await city.colleague("lead", email="autre@ville.example")
    await city.enter("staff", email="encore@ville.example")
    assert "72 heures" in await city.text("/desk")
    assert "72 heures" in await city.text("/desk/versements")
    assert f"{ref[:4]} {ref[4:]}" in await city.text("/desk/versements", etat="late")


async def test_a_platform_in_trouble_is_told_and_an_administrator_pauses_it(city: Town) -> None:
    target = await platform(city)
    await city.ledger.write(relays.troubled, target, "Kinto takes us for nobody")
    await city.enter("admin")
    assert "Kinto ne nous reconnaît pas" in await city.text("/desk/versements")
    async with await city.post("/desk/versements/plateformes/donnees", form_on="/desk/versements", state="paused") as answer:
        assert answer.status == 303
    page = await city.text("/desk/versements")
    assert "Kinto ne nous reconnaît pas" not in page
    assert "Reprendre" in page


def test_every_sentence_of_ours_is_known_and_a_platforms_own_is_not() -> None:
    assert ours(NO_WITHDRAWAL) is not None
    for why in ("answered 500", "no connection (ClientConnectorError)", "OpenStad takes us for nobody: is the token right?"):
        assert ours(why) is not None, why
    assert ours("the option key is missing") == Text("the option {name} is missing", {"name": "key"})
    assert ours("Beschrijving moet minimaal 5 karakters lang zijn") is None


async def test_the_api_lists_copies_page_by_page(city: Town) -> None:
    target = await platform(city)
    await published(city, "Des bancs", "Une fontaine", "Des arbres")
    await tried(city, target, ("there", {"text": "Des bancs"}), ("there", {"text": "Une fontain"}), ("refused", {"why": "non"}))
    headers = await city.token("staff")
    async with city.http.get("/api/v1/relays?limit=2", headers=headers) as answer:
        first = await answer.json()
    async with city.http.get(f"/api/v1/relays?limit=2&cursor={first['next']}", headers=headers) as answer:
        second = await answer.json()
    assert [len(first["items"]), len(second["items"]), second["next"]] == [2, 1, None]
    async with city.http.get("/api/v1/relays?state=altered&target=donnees", headers=headers) as answer:
        (line,) = (await answer.json())["items"]
    assert (line["sent"], line["seen"], line["fidelity"]) == ("Une fontaine", "Une fontain", "altered")
    async with city.http.get("/api/v1/relays?state=violet", headers=headers) as answer:
        assert answer.status == 422
    async with city.http.get("/api/v1/relays?cursor=nothing", headers=headers) as answer:
        assert answer.status == 422
    async with city.http.get("/api/v1/relays", headers=await city.token("moderator")) as answer:
        assert answer.status == 403


def rows(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))


async def test_a_file_for_decidim_is_looked_at_carried_over_and_compared_when_it_comes_back(city: Town) -> None:
    await platform(city, "participer", "file-decidim")
    fine, wrong, other = await published(city, "il manque des bancs", "Vite !!", "Une fontaine")
    await city.enter("staff")
    page = await city.text("/desk/versements/fichier/participer")
    assert "soften=yes" in page  # why the platform would refuse it
    ticked = re.findall(r'name="(copy-\d+)" value="1" checked', page)
    assert len(ticked) == 2
    async with await city.post("/desk/versements/fichier/participer", **dict.fromkeys(ticked, "1")) as answer:
        assert answer.status == 303
    page = await city.text("/desk/versements/fichier/participer")
    link = re.search(r'href="(/desk/versements/fichier/participer\.csv\?[^"]+)"', page)
    assert link
    async with city.http.get(link[1].replace("&amp;", "&")) as answer:
        assert answer.status == 200
        found = rows(await answer.read())
    assert [row["body/fr"].partition("\n")[0] for row in found] == ["« il manque des bancs »", "« Une fontaine »"]
    assert all(row["title/fr"].startswith("Contribution ") for row in found)
    assert (await lines(city))[wrong].state == "pending"
    export = "id;title/fr;body/fr;url\n" + "".join(
        f'{place};"{row["title/fr"]}";"<p>{row["body/fr"].replace("fontaine", "fontain")}</p>";https://d.example/{place}\n'
        for place, row in enumerate(found, 7)
    )
    export += "99;Une autre;<p>Rien à voir</p>;https://d.example/99\n"
    form = FormData({"csrf": re.findall(r'name="csrf" value="([^"]+)"', page)[0]})
    form.add_field("file", export.encode(), filename="propositions.csv", content_type="text/csv")
    async with city.http.post("/desk/versements/fichier/participer/retour", data=form) as answer:
        assert answer.status == 200
        assert "2 textes de chez nous" in await answer.text()
    known = await lines(city)
    assert [(known[ref].state, known[ref].fidelity, known[ref].address) for ref in (fine, other)] == [
        ("confirmed", "exact", "https://d.example/7"),
        ("confirmed", "altered", "https://d.example/8"),
    ]
    await take_back(city, fine)
    page = await city.text("/desk/versements/fichier/participer")
    (down,) = re.findall(r'name="(copy-\d+)" value="1" checked', page)
    async with await city.post("/desk/versements/fichier/participer", **{down: "1"}) as answer:
        assert answer.status == 303
    link = re.search(r'href="([^"]+retraits=1)"', await city.text("/desk/versements/fichier/participer"))
    assert link
    async with city.http.get(link[1].replace("&amp;", "&")) as answer:
        assert rows(await answer.read()) == [{"ref": fine, "id": "7", "url": "https://d.example/7"}]
    async with await city.post(f"/desk/versements/{known[fine].id}/marquer", form_on="/desk/versements", note="supprimée") as answer:
        assert answer.status == 303
    assert (await lines(city))[fine].state == "confirmed"


async def test_a_file_for_cap_collectif_names_the_account_and_comes_back_as_numbers(city: Town) -> None:
    target = await platform(city, "dialogue", "file-cap", author="dialogue@ville.example")
    (ref,) = await published(city, '=CMD("bancs"); et ; points-virgules')
    jobs = await city.ledger.read(relays.to_hand_over, target)
    await city.ledger.write(relays.hand_over, target, [job.id for job in jobs], city.now, "staff:1")
    await city.enter("staff")
    page = await city.text("/desk/versements/fichier/dialogue")
    link = re.search(r'href="(/desk/versements/fichier/dialogue\.csv\?[^"]+)"', page)
    assert link
    async with city.http.get(link[1].replace("&amp;", "&")) as answer:
        (row,) = rows(await answer.read())
    assert list(row) == ["title", "author", "summary", "body"]
    assert row["author"] == "dialogue@ville.example"
    assert row["body"].startswith('« =CMD("bancs"); et ; points-virgules »')
    form = FormData({"csrf": re.findall(r'name="csrf" value="([^"]+)"', page)[0]})
    form.add_field("file", f"ref;id\n{ref};CAP-12\n".encode(), filename="n.csv", content_type="text/csv")
    async with city.http.post("/desk/versements/fichier/dialogue/retour", data=form) as answer:
        assert answer.status == 200
    line = (await lines(city))[ref]
    assert (line.state, line.fidelity) == ("confirmed", "")  # nobody told what stands there


@pytest.mark.parametrize(
    ("raw", "said"),
    [(b"\xff\xfe\x00", "UTF-8"), (b"a;b\n1;2\n", "id"), (b"", "id"), (b'id\n"never closed', "CSV")],
)
async def test_a_file_that_is_none_is_told(city: Town, raw: bytes, said: str) -> None:
    await platform(city, "participer", "file-decidim")
    await city.enter("staff")
    page = await city.text("/desk/versements/fichier/participer")
    form = FormData({"csrf": re.findall(r'name="csrf" value="([^"]+)"', page)[0]})
    form.add_field("file", raw, filename="x.csv", content_type="text/csv")
    async with city.http.post("/desk/versements/fichier/participer/retour", data=form) as answer:
        assert answer.status == 422
        assert said in await answer.text()


async def test_files_are_only_for_platforms_that_take_files(city: Town) -> None:
    await platform(city)
    await city.enter("staff")
    await city.text("/desk/versements/fichier/donnees", status=404)
    await city.text("/desk/versements/fichier/personne", status=404)
    await platform(city, "participer", "file-decidim")
    for lot in ("", "hier", "2027-03-15T10:00:00", (city.now - timedelta(days=1)).isoformat()):
        await city.text("/desk/versements/fichier/participer.csv", status=404, lot=lot)


async def test_a_copy_there_that_nobody_asked_for_changes_nothing(city: Town) -> None:
    target = await platform(city, "participer", "file-decidim")
    assert await city.ledger.write(relays.found, target, [Copy("12345678", "1")], city.now, "staff:1") == 0
