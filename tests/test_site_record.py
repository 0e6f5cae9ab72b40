"""The public pages of the record: a page a contribution, by theme and date, and proofs that anybody checks with what the site gives."""

import html
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from typing import Any

import pytest

from conversations.effects import Withdraw
from outreach import documents, invented, notary, processes
from outreach.contributions import themes, withdrawal
from outreach.db import Database
from outreach.record import log, merkle, notes, verifying
from outreach.references import show_ref
from tests.conftest import Clock
from tests.town import SLUG, Town, town

PROCESS = f"/demarches/{SLUG}"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def published(city: Town, text: str = "Il manque des bancs", theme: str = "", phone: str = "+33639980001") -> str:
    ref = await city.say(text, phone=phone)
    await city.publish(ref)
    if theme:
        await city.ledger.write(themes.give, city.now, ref, "token:1", theme)
    city.clock.advance(hours=8)
    return ref


async def sign(city: Town) -> None:
    await city.ledger.write(notary.chain, city.now)
    await city.ledger.write(log.grow, city.now)


async def told(city: Town, path: str, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await city.text(path, 200, **query))
    return found


async def test_a_published_contribution_has_a_page_for_good_that_leads_on(city: Town) -> None:
    first, ref = await published(city, "Une fontaine"), await published(city, "Des bancs & de l'ombre", "ombre")
    await sign(city)
    address = f"{PROCESS}/contributions/{ref}"
    page = await city.text(address)
    for expected in (
        "Des bancs &amp; de l&#39;ombre", "De quoi avez-vous besoin pour y rester", "Ombre et arbres", f"/registre/preuve/{ref}.json",
        f'<link rel="canonical" href="https://dialogue.ville.example{address}">', f'href="{PROCESS}/contributions/{first}"',
        f'<meta property="og:url" content="https://dialogue.ville.example{address}">',
        '<meta property="og:description" content="Des bancs &amp; de l&#39;ombre">', "Ce qu’il est devenu",
    ):  # fmt: skip
        assert expected in page, expected
    for path in (PROCESS, f"{PROCESS}/contributions", f"/suivi/{ref}"):
        assert f'href="{address}"' in await city.text(path), path


async def test_what_is_not_in_the_record_has_no_page_there(city: Town) -> None:
    waiting, refused = await city.say("Pas encore lu"), await city.say("Votez pour moi", phone="+33639980002")
    await city.publish(refused, "refuse", reason="R11")
    for ref in (waiting, refused, "12345678", "1"):
        await city.text(f"{PROCESS}/contributions/{ref}", 404)
    ref = await published(city)
    other = documents.parse(invented.bicycle_plan(city.now.date()).encode(), yaml=True)
    await city.ledger.write(processes.put, city.now, other, "command")
    await city.text(f"/demarches/{other.slug}/contributions/{ref}", 404)  # that project is not public
    await city.ledger.write(processes.open, city.now, other.slug, "command")
    async with city.http.get(f"/demarches/{other.slug}/contributions/{ref}", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (301, f"{PROCESS}/contributions/{ref}")


async def test_a_withdrawn_contribution_keeps_its_address_and_nothing_of_its_words(city: Town) -> None:
    ref = await published(city, "Une balançoire")
    await sign(city)
    await city.ledger.write(lambda session: withdrawal.withdraw(session, city._people["+33639980001"], Withdraw(ref), city.now))
    assert await city.text("/registre/registre.json", 503)  # the mark is signed within a second
    await sign(city)
    page = await city.text(f"{PROCESS}/contributions/{ref}")
    assert "Retiré par son auteur" in page
    assert "noindex" in page
    for path in (f"{PROCESS}/contributions/{ref}", "/registre/registre.json", f"/registre/preuve/{ref}.json"):
        assert "balançoire" not in await city.text(path)
    assert [one["kind"] for one in (await told(city, f"/registre/preuve/{ref}.json"))["leaves"]] == ["published", "withdrawn"]


async def test_contributions_go_by_theme_and_by_day_and_never_by_count(city: Town) -> None:
    shade, bench = await published(city, "Des arbres", "ombre"), await published(city, "Un banc", "assises")
    city.clock.advance(hours=8)
    later = await published(city, "Des platanes", "ombre")
    page = await city.text(f"{PROCESS}/contributions", theme="ombre")
    assert re.findall(r'id="avis-(\d+)"', page) == [later, shade]
    assert re.findall(r'class="dayline">([^<]+)<', page) == ["mardi 16 mars 2027", "lundi 15 mars 2027"]
    assert 'aria-current="page">Ombre et arbres' in page
    everything = await city.text(f"{PROCESS}/contributions")
    assert re.findall(r'id="avis-(\d+)"', everything) == [later, bench, shade]
    assert re.findall(r'id="avis-(\d+)"', await city.text(f"{PROCESS}/contributions", question="besoin")) == [later, bench, shade]
    assert 'href="?theme=ombre&amp;lang=en" lang="en"' in page  # the other language keeps the theme
    for wrong in ({"theme": "prix"}, {"question": "nuit"}):
        await city.text(f"{PROCESS}/contributions", 404, **wrong)
    assert not re.search(r"[?&](?:amp;)?(?:sort|tri|order)=", everything)
    await city.ledger.write(themes.give, city.now, shade, "token:1", "jeux")  # sorted again
    assert shade not in await city.text(f"{PROCESS}/contributions", theme="ombre")


async def test_a_page_of_long_texts_stays_small_and_nothing_is_left_out(city: Town) -> None:
    refs = [await published(city, "Des bancs ! " * 330 + str(number), phone=f"+3363998{number:04}") for number in range(24)]
    address, seen = f"{PROCESS}/contributions", []
    while address:
        page = await city.text(address)
        assert len(page.encode()) < 100_000
        seen += re.findall(r'id="avis-(\d+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    assert seen == refs[::-1]


async def test_a_project_tells_its_story_and_says_when_the_answer_is_late(city: Town) -> None:
    page = await city.text(PROCESS)
    for expected in (
        "La question posée",
        "Peut changer",
        "Prochains ateliers",
        "Ce que les gens disent",
        "Ce que c’est devenu",
        "Chacun peut écrire",
    ):
        assert expected in page, expected
    assert "retard" not in page
    city.clock.advance(days=107)
    assert "La réponse est en retard de 1 jour." in await city.text(PROCESS)


async def test_anybody_can_prove_what_the_site_says_with_what_the_site_gives(city: Town) -> None:
    refs = [await published(city, f"Un banc numéro {number}") for number in range(2)]
    await sign(city)
    before = await city.text("/registre/checkpoint")
    refs += [await published(city, "Un troisième")]
    await sign(city)
    known = notes.read_verifier((await told(city, "/registre/cle.json"))["line"])
    now = notes.verify(await city.text("/registre/checkpoint"), known.public)
    assert (await told(city, "/registre/checkpoint.json"))["root"] == now.root.hex()
    assert await city.text(f"/registre/etats/{notes.read(before).size}") == before
    for ref in refs:
        proof = await told(city, f"/registre/preuve/{ref}.json")
        (one,) = proof["leaves"]
        leaf = merkle.leaf_hash(one["leaf"].encode())
        assert merkle.proves_inclusion(leaf, one["index"], now.size, [bytes.fromhex(step) for step in one["path"]], now.root)
    old = notes.verify(before, known.public)
    grown = await told(city, "/registre/coherence.json", **{"from": str(old.size), "to": str(now.size)})
    assert merkle.proves_consistency(old.size, now.size, old.root, now.root, [bytes.fromhex(step) for step in grown["path"]])
    whole = verifying.read((await city.text("/registre/registre.json")).encode())
    assert verifying.examine(whole, known, [before]).faults == ()
    found = await city.text("/registre", ref=show_ref(refs[0]))
    assert "est dans le registre" in found
    await city.text("/registre", 404, ref="1234 5678")
    await city.text("/registre/preuve/12345678.json", 404)
    await city.text("/registre/etats/999999", 404)
    for sizes in ({}, {"from": "3", "to": "2"}, {"from": "1", "to": "99"}, {"from": "0", "to": "2"}, {"from": "x", "to": "²"}):
        await city.text("/registre/coherence.json", 422, **sizes)


async def test_every_public_page_and_the_feed_end_with_what_the_city_signed(city: Town) -> None:
    await published(city)
    assert "signed" not in await city.text("/")  # nothing is signed yet
    await sign(city)
    note = await city.text("/registre/checkpoint")
    for path in (
        "/",
        PROCESS,
        f"{PROCESS}/contributions",
        f"{PROCESS}/ateliers",
        "/suivi",
        "/charte",
        "/open-data",
        "/registre",
        "/transparence",
    ):
        assert html.unescape((await city.text(path)).partition('<pre lang="en">')[2].partition("</pre>")[0]) == note, path
    feed = ET.fromstring((await city.text(f"{PROCESS}/suivi.atom")).encode())  # noqa: S314 - our own feed
    assert (feed.findtext("{http://www.w3.org/2005/Atom}subtitle") or "").strip() == note.strip()
    assert "dialogue.ville.example/registre" not in await city.text("/desk/connexion")


async def test_the_proofs_may_be_read_by_every_site_and_asked_again_for_nothing(city: Town) -> None:
    ref = await published(city)
    await sign(city)
    for path in (
        "/registre/checkpoint",
        "/registre/checkpoint.json",
        "/registre/cle.json",
        f"/registre/preuve/{ref}.json",
        "/registre/registre.json",
    ):
        async with city.http.get(path) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            tag = answer.headers["ETag"]
        city.clock.advance(hours=1)
        async with city.http.get(path, headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304, path


async def test_the_record_is_empty_before_anything_is_public(database: Database, clock: Clock) -> None:
    async with town(database, clock) as city:
        assert "Rien n’est encore signé" in await city.text("/registre")
        await city.text("/registre/checkpoint", 404)
        assert (await told(city, "/registre/registre.json"))["leaves"] == []
        assert "quand le premier mois est fini" in await city.text("/transparence")
