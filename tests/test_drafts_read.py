"""A draft read and commented by a link without an account: for one reader, two weeks, taken back at will."""

import re
from collections.abc import AsyncIterator

import pytest

from outreach import audit, documents, drafts, invented, processes
from outreach.db import Database
from tests.conftest import Clock
from tests.needles import search_database
from tests.town import Town, town

SLUG = "velo-gare"
HERE = f"/desk/demarches/{SLUG}/relecture"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        document = documents.parse(invented.bicycle_plan(made.now.date()).encode(), yaml=True)
        await made.ledger.write(processes.put, made.now, document, "command")
        await made.enter("staff")
        yield made


async def link(city: Town, label: str = "Voirie") -> str:
    async with await city.post(HERE, label=label) as answer:
        found = re.search(r"https://dialogue\.ville\.example(/relecture/[\w-]{43})", await answer.text())
    assert found
    return found[1]


async def remark(city: Town, path: str, text: str) -> int:
    async with city.http.post(path, data={"text": text}, allow_redirects=False) as answer:
        return answer.status


async def test_a_reader_without_account_reads_the_draft_and_the_team_reads_the_reader(city: Town) -> None:
    path = await link(city)
    assert path not in await city.text(HERE), "shown once"
    city.http.session.cookie_jar.clear()
    await city.text(f"/demarches/{SLUG}", 404)
    page = await city.text(path)
    assert "Projet, pas public" in page
    assert "vélo" in page
    async with city.http.get(path) as answer:
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
    assert await remark(city, path, "  La question 2 est trop longue.  ") == 303
    assert await remark(city, path, " ") == 422
    assert await remark(city, path, "x" * 3001) == 422
    assert "La question 2 est trop longue." in await city.text(path)
    assert search_database(city.database, ["question 2 est trop longue"]) == [], "sealed"
    async with await city.post("/desk/connexion", email="camille@ville.example", password="une phrase facile à garder"):
        pass
    page = await city.text(HERE)
    assert "La question 2 est trop longue." in page
    assert "Voirie" in page
    actions = [line.action for line in (await city.ledger.read(audit.search, action="draft.")).items]
    assert actions == ["draft.remarked", "draft.shared"]


async def test_a_link_ends_and_is_taken_back_alone(city: Town) -> None:
    first, second = await link(city), await link(city, "Une habitante")
    (theirs, mine) = await city.ledger.read(drafts.links, SLUG)
    assert (theirs.label, mine.label) == ("Une habitante", "Voirie")
    async with await city.post(f"{HERE}/{mine.id}/retirer", form_on=HERE) as answer:
        assert answer.status == 303
    await city.text(first, 404)
    assert await remark(city, first, "Encore ?") == 404
    await city.text(second)
    assert "retiré" in await city.text(HERE)
    city.clock.advance(days=14)
    await city.text(second, 404)
    await city.text(f"/relecture/{'A' * 43}", 404)


async def test_a_remark_knows_which_version_it_is_about_and_there_is_an_end(city: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST", 2)
    path = await link(city)
    assert await remark(city, path, "Une") == 303
    changed = invented.bicycle_plan(city.now.date()).replace("sms_name: plan vélo de la gare", "sms_name: le plan vélo")
    await city.ledger.write(processes.put, city.now, documents.parse(changed.encode(), yaml=True), "command")
    assert "sur une version antérieure" in await city.text(HERE)
    assert await remark(city, path, "Deux") == 303
    assert await remark(city, path, "Trois") == 422
    assert len(await city.ledger.read(drafts.remarks, SLUG)) == 2


async def test_a_link_names_its_reader_and_another_project_can_not_take_it_back(city: Town) -> None:
    for label in ("", "x" * 81):
        async with await city.post(HERE, label=label) as answer:
            assert answer.status == 422
    await link(city)
    await city.opened()
    (mine,) = await city.ledger.read(drafts.links, SLUG)
    async with await city.post(f"/desk/demarches/place-du-marche/relecture/{mine.id}/retirer", form_on=HERE):
        pass
    assert (await city.ledger.read(drafts.links, SLUG))[0].revoked_at is None
    async with await city.post("/desk/demarches/nulle-part/relecture", form_on=HERE, label="Voirie") as answer:
        assert answer.status == 404
