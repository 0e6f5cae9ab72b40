"""The answer at the desk, by forms alone: the avis comes in or every fault is told, points are worked on, nothing is published half."""

import json
import re
from collections.abc import AsyncIterator
from html import unescape

import pytest

from outreach import answers, loop, notary, processes
from outreach.db import Database
from outreach.record import log
from tests import answering
from tests.answering import ANSWERED, ASKED_FOR, STUDIED, brought, sent
from tests.avising import LEFT_OUT, position, sheet
from tests.conftest import Clock
from tests.town import SLUG, Town, town

BOARD = f"/desk/demarches/{STUDIED}/reponse"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        await made.enter("lead", "staff")
        yield made


async def test_an_avis_with_faults_tells_each_line_in_the_reader_s_language(city: Town) -> None:
    board, given = (
        f"/desk/demarches/{SLUG}/reponse",
        {"written_by": "40 habitants", "handed_to": "à la maire", "handed_on": "2027-03-10", "left_out": LEFT_OUT},
    )
    raw = sheet([("1", "", "Planter", "", "4821 0736"), ("1", "", "", "", "")])
    status, page = await sent(city, f"{board}/avis", board, raw, **given)
    assert status == 422
    for told in (
        "Rien n'a été importé",
        "4821 0736 n'est pas publié",
        "le point 1 est déjà à la ligne 2",
        "ligne 3",
    ):
        assert told in page, told
    for typed in ("40 habitants", "à la maire", "2027-03-10", LEFT_OUT):
        assert f'value="{typed}"' in page, f"{typed} must not be typed again"
    ref = await city.say("Des arbres")
    await city.publish(ref)
    status, where = await brought(city, board, sheet([("1", "Arbres", "Planter", "", ref)]), **given)
    assert (status, where) == (303, f"{board}?fait=avis")
    assert "Arbres" in await city.text(board)
    status, page = await sent(city, f"{board}/avis", board, b"PK nothing", **given)
    assert (status, "ni du CSV ni de l" in page) == (422, True)
    status, page = await sent(city, f"{board}/avis", board, sheet([("1", "", "x", "", "")]), **(given | {"left_out": "c'est prêt"}))
    assert (status, "ê triplerait le prix" in page) == (409, True)


async def test_a_file_of_very_many_columns_or_faults_is_a_page_that_can_be_read(city: Town) -> None:
    board = f"/desk/demarches/{SLUG}/reponse"
    for raw in (b"a;" * 400_000, b"Point;Texte\n" + b"x" * 9 + b";\n;Planter\n" * 2400, b"a;" * 49 + b"\n" + b"x;" * 49):
        for place in ("avis", "synthese", "positions"):
            status, page = await sent(city, f"{board}/{place}", board, raw, left_out=LEFT_OUT)
            assert status in {409, 422}
            assert len(page) < 60_000


async def test_a_point_is_given_studied_and_decided(city: Town) -> None:
    await answering.everything(city)
    point = f"/desk/demarches/{STUDIED}/points/4"
    async with await city.post(f"{point}/instruction", form_on=point, feasible="yes") as answer:
        assert answer.status == 409
        assert "confiez d'abord" in unescape(await answer.text())
    async with await city.post(f"{point}/service", form_on=point, service="Bâtiments", person="", due_on="2027-04-01") as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"{point}?fait=service")
    async with await city.post(f"{point}/instruction", form_on=point, feasible="no", note="Trop cher.") as answer:
        assert answer.status == 303
    decision = {
        "decision": "not_kept",
        "decided_by": "le conseil",
        "decided_on": "2027-06-20",
        "reasons": "Trop cher.",
        "reason": "trop long" * 9,
    }
    async with await city.post(f"{point}/position", form_on=point, **decision) as answer:
        page = await answer.text()
        assert (answer.status, "81 lettres" in page) == (409, True)
        assert "Trop cher." in page  # nothing typed is lost
    async with await city.post(f"{point}/position", form_on=point, **(decision | {"reason": "c'est trop cher"})) as answer:
        assert answer.status == 303
    assert "Décision: non retenu. Raison: c'est trop cher." in unescape(await city.text(point))
    assert "Bâtiments" in await city.text(BOARD)


async def test_the_response_waits_for_every_point_then_everybody_is_told(city: Town) -> None:
    await answering.everything(city)
    async with await city.post(f"{BOARD}/publier", form_on=BOARD) as answer:
        assert answer.status == 409
        assert "1, 2, 4 bis" in await answer.text()
    for place in (1, 2, 4):
        await city.ledger.write(answers.decide, city.now, STUDIED, place, position("kept"), "token:1")
    assert "Prévenus par message, auteurs\N{NO-BREAK SPACE}: 8" in await city.text(BOARD)
    async with await city.post(f"{BOARD}/publier", form_on=BOARD) as answer:
        assert answer.status == 303
    while await city.ledger.write(loop.tell, city.now):
        pass
    assert "Retenu" in await city.text(f"/demarches/{STUDIED}")


async def test_a_promised_day_moves_with_its_reason(city: Town) -> None:
    await answering.everything(city)
    async with await city.post(f"{BOARD}/date", form_on=BOARD, until="2027-12-01", **{"reason-fr": "études en cours"}) as answer:
        assert answer.status == 303
    page = await city.text(f"/demarches/{STUDIED}")
    assert "La date promise de la réponse est déplacée" in page
    assert "études en cours" in page
    async with await city.post(f"{BOARD}/date", form_on=BOARD, until="demain", **{"reason-fr": "études en cours"}) as answer:
        assert answer.status == 422
    async with await city.post(f"{BOARD}/date", form_on=BOARD, until="9999-12-31", **{"reason-fr": "études en cours"}) as answer:
        assert answer.status == 409
    assert "9999" not in await city.text(f"/demarches/{STUDIED}")


async def put_off(city: Town) -> tuple[str, str]:
    """A commitment that moved to September: the desk's page of its point, and its number."""
    await answering.everything(city)
    point = f"/desk/demarches/{ANSWERED}/points/1"
    number = re.search(r'name="id" value="(\d+)"', await city.text(point))
    assert number
    settle = {"id": number[1], "how": "later", "until": "2028-09-01", "reason-fr": "sol encore gelé"}
    async with await city.post(f"{point}/engagement", form_on=point, **settle) as answer:
        assert answer.status == 303
    return point, number[1]


async def test_a_commitment_is_settled(city: Town) -> None:
    point, number = await put_off(city)
    async with await city.post(f"{point}/engagement", form_on=point, id=number, how="done", evidence="C'est planté.") as answer:
        assert answer.status == 303
    assert "planté." in await city.text(f"/demarches/{ANSWERED}")
    async with await city.post(f"{point}/engagement", form_on="/desk/demarches/demande", id="1", how="done", evidence="x") as answer:
        assert answer.status == 404


async def test_what_is_owed_is_a_page_and_a_spreadsheet(city: Town) -> None:
    await answering.everything(city)
    page = await city.text("/desk/dettes")
    assert page.index("9 jours de retard") < page.index("29 juin")
    assert "Quais de Loire" not in await city.text("/desk/dettes", service="Voirie bis")
    async with city.http.get("/desk/dettes.csv") as answer:
        text = (await answer.read()).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("2027-03-06;9;Quais de Loire;1;la note du service;Espaces verts, Mme Roux;2;")


async def test_translations_go_out_and_come_back(city: Town) -> None:
    await answering.everything(city)
    page = f"/desk/demarches/{STUDIED}/traductions"
    async with city.http.get(f"{page}.csv") as answer:
        table = (await answer.read()).decode("utf-8-sig")
    changed = table.replace("point.1.title;;Planter des arbres;", "point.1.title;;Planter des arbres;Plant trees")
    assert changed != table
    assert await sent(city, page, page, changed.encode(), read_by="M. Lee") == (303, f"{page}?fait=1")
    assert "Plant trees" in await city.text(f"/demarches/{STUDIED}", lang="en")
    status, told = await sent(city, page, page, b"nom;fr\nnowhere;x\n")
    assert (status, "n'est pas une phrase" in told) == (422, True)


async def test_a_department_asks_and_the_mandate_is_agreed(city: Town) -> None:
    ask = "/desk/demarches/demande"
    async with await city.post(ask, title="Cantine", department="Éducation") as answer:
        page = await answer.text()
        assert (answer.status, "8 réponses" in page, 'value="Cantine"' in page) == (422, True, True)
    await answering.everything(city)
    project = f"/desk/demarches/{ASKED_FOR}"
    assert "Les familles du quartier" in await city.text(project)
    async with await city.post(f"{project}/mandat", form_on=project, by="le conseil", on="", act="délibération 3") as answer:
        assert answer.status == 409
    async with await city.post(f"{project}/mandat", form_on=project, by="le conseil", on="2027-03-01", act="délibération 3") as answer:
        assert answer.status == 303
    view = await city.ledger.read(processes.get, ASKED_FOR)
    assert view is not None
    assert view.state == "mandate_validated"
    assert "Cantine des Tilleuls" in await city.text("/desk/demarches", reprendre=ASKED_FOR)


async def test_who_may_only_look_sees_no_form_and_may_send_none(city: Town) -> None:
    await answering.everything(city)
    await city.enter("observer", email="elu@ville.example")
    page = await city.text(BOARD)
    assert "Planter des arbres" in page
    assert page.count("<form") == 1  # to sign out
    async with await city.post(f"{BOARD}/publier", form_on=BOARD) as answer:
        assert answer.status == 403


async def test_the_public_reads_the_point_of_a_contribution_and_the_other_way(city: Town) -> None:
    cited, unheard, aside = await answering.everything(city)
    page = await city.text(f"/demarches/{ANSWERED}")
    assert cited in page
    assert f"/demarches/{ANSWERED}#point-1" in await city.text(cited)
    assert "Repris au point 1" in await city.text(cited)
    home = await city.text("/")
    asked, going_on = home.split('id="going-on"')
    assert "Quais de Loire" in going_on
    assert "Cour Pergaud" in going_on
    assert "Réponse promise avant" not in going_on[going_on.index("Cour Pergaud") :].split("</article>")[0], "the answer is there"
    assert "Quais de Loire" not in asked
    assert "le parking est hors du projet" in await city.text(aside)
    assert "Repris au point" not in await city.text(unheard)
    for secret in ("Mme Roux", "12 000 euros", "Rien ne s'y oppose", "180 000"):
        for path in (f"/demarches/{ANSWERED}", f"/demarches/{STUDIED}", f"/demarches/{STUDIED}.json", f"/demarches/{ANSWERED}.json"):
            assert secret not in await city.text(path), (secret, path)
    assert "Les rails du tram" not in await city.text(f"/demarches/{STUDIED}")  # decided, and not published
    city.clock.advance(days=120)
    assert "La réponse est en retard de" in await city.text(f"/demarches/{STUDIED}")


async def test_odd_input_is_refused_or_cleaned_and_breaks_nothing(city: Town) -> None:
    await answering.everything(city)
    point = f"/desk/demarches/{ANSWERED}/points/1"
    async with await city.post(f"{point}/engagement", form_on=point, id="9" * 40, how="done", evidence="x") as answer:
        assert answer.status == 404
    async with await city.post(f"{BOARD}/journal", form_on=BOARD, text="Une vis\0ite.") as answer:
        assert answer.status == 303
    assert "Une visite." in await city.text(BOARD)
    headers = await city.token("lead")
    body = {"points": [{"number": "1", "text": "a\0b"}], "left_out": "trop tard", "handed_on": "2027-03-15"}
    async with city.http.put(f"/api/v1/processes/{SLUG}/avis", json=body, headers=headers) as answer:
        assert answer.status == 422
    status, _page = await sent(city, f"{BOARD}/avis", BOARD, b"Point;Texte\n1;\0Planter\n", left_out=LEFT_OUT)
    assert status == 422  # point 3 was decided already: it can't be left out


async def test_the_journal_is_in_the_news_feed_in_both_languages_and_leads_to_its_line(city: Town) -> None:
    await answering.everything(city)
    async with await city.post(f"{BOARD}/date", form_on=BOARD, until="2027-12-01", **{"reason-fr": "études en cours"}) as answer:
        assert answer.status == 303
    async with await city.post(f"{BOARD}/journal", form_on=BOARD, text="Visite du quai.") as answer:
        assert answer.status == 303
    feed = await city.text(f"/demarches/{STUDIED}/suivi.atom")
    for told in ("du mardi 29 juin 2027 au mercredi 1er décembre 2027", "études en cours", "Visite du quai.", "Avis citoyen remis"):
        assert told in feed, told
    english = await city.text(f"/demarches/{STUDIED}/suivi.atom", lang="en")
    assert "moves: from Tuesday, June 29, 2027 to Wednesday, December 1, 2027" in english
    page = await city.text(f"/demarches/{STUDIED}", lang="en")
    assert "moves: from Tuesday, June 29, 2027 to Wednesday, December 1, 2027" in page
    for anchor in re.findall(rf"/demarches/{STUDIED}#([a-z_0-9-]+)</id>", feed):
        assert f'id="{anchor}"' in page, anchor
    assert "requested" not in feed
    assert feed.count("<entry>") == feed.count("<id>") - 1 == len(set(re.findall(r"<id>([^<]+)</id>", feed))) - 1


async def test_a_commitment_that_moved_or_is_done_says_which_and_until_when(city: Town) -> None:
    await put_off(city)
    page = unescape(await city.text(f"/demarches/{ANSWERED}")).replace("\u00a0", " ")
    assert "Point 1 : l’engagement pris pour le mercredi 1er mars 2028 est reporté au vendredi 1er septembre 2028" in page
    assert "Point 2 : l’engagement est tenu" in page


async def test_a_line_of_the_journal_is_translated_with_the_rest(city: Town) -> None:
    await answering.everything(city)
    page = f"/desk/demarches/{ANSWERED}/traductions"
    async with city.http.get(f"{page}.csv") as answer:
        table = (await answer.read()).decode("utf-8-sig")
    line = next(one for one in table.splitlines() if "Trente habitants ont visité" in one)
    changed = table.replace(line, f"{line}Thirty inhabitants visited the courtyard.")
    assert await sent(city, page, page, changed.encode(), read_by="M. Lee") == (303, f"{page}?fait=1")
    assert "Thirty inhabitants visited the courtyard." in await city.text(f"/demarches/{ANSWERED}", lang="en")


async def test_a_point_leads_to_its_proof_once_it_is_signed(city: Town) -> None:
    await answering.everything(city)
    proof = f"/registre/preuve/{ANSWERED}/point-4-bis.json"
    assert proof not in await city.text(f"/demarches/{ANSWERED}")
    await city.text(proof, status=404)
    for verb in (notary.chain, log.grow):
        while await city.ledger.write(verb, city.now):
            pass
    assert proof in await city.text(f"/demarches/{ANSWERED}")
    found = json.loads(await city.text(proof))
    assert [one["kind"] for one in found["leaves"]] == ["point", "response"]
    assert "4 bis" in json.loads(found["leaves"][0]["text"])["number"]
