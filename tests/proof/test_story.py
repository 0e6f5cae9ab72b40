"""The whole story, over both real peers: thirty write, elected officials answer, each author hears once, anybody can check it."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from frictionless import Package

from outreach import processes
from outreach.references import show_ref
from tests.authors import CITED, DECISIONS, DONE, INSULT, LEFT_OUT, PAPER, POINTS, REASONS, SMS, TELEGRAM, Author
from tests.avising import seen, sheet
from tests.city import City
from tests.clerk import Clerk, account, clerk
from tests.connected import Connected, connected
from tests.inhabitants import Inhabitant, told
from tests.peers import ROOT

pytestmark = [pytest.mark.proof, pytest.mark.peer, pytest.mark.timeout(500)]

SLUG = "place-du-marche"
BOARD = f"/desk/demarches/{SLUG}/reponse"
YES = r"(Oui, j'ai|Yes, I am) 15.*"
KEYWORD = {"fr": "PLACE", "en": "SQUARE"}


async def test_thirty_people_write_and_each_hears_what_became_of_it_once_in_their_language(tmp_path: Path) -> None:
    async with a_city(tmp_path) as (place, lea, max_):
        people = thirty(place)

        await they_write(place, [people[number] for number in (*SMS, *TELEGRAM)])
        await on_paper(lea, max_, [people[number] for number in PAPER])
        await moderators_read(place, people)
        await one_says_stop(place, people[4])
        await one_wants_to_be_forgotten(place, people[16])
        await one_who_was_refused_wants_to_know(place, people[10])
        await a_day_passes(place)

        await lea.enters()  # a session lasts twelve hours
        await the_synthesis_and_the_avis_come_in(lea, people)
        await every_point_is_answered(lea)
        await the_response_is_published(lea)
        await phones_ring(place, people)
        await a_day_passes(place)  # on which nothing is said again
        await a_day_passes(place)

        for one in people:
            heard_exactly_what_is_theirs(one)
        await lea.enters()
        for number in PAPER:
            await found_by_number_and_code(lea, people[number])
        await told_to_everybody(place, people)
        export = tmp_path / "export"
        place.city.command("export", str(export))
        open_data_are_valid(export, people)
        tampering_is_found_and_named(place.city, export, people[24])


@asynccontextmanager
async def a_city(folder: Path) -> AsyncIterator[tuple[Connected, Clerk, Clerk]]:
    """Both peers, the service, and two colleagues at its desk."""
    async with connected(folder, "webhook", LOG="warning") as place:
        for email in ("lea@ville.example", "max@ville.example"):
            account(place.city, email, "lead", "staff")
        place.city.start()
        await place.city.ready(place.http)
        async with clerk(place.city, "lea@ville.example") as lea, clerk(place.city, "max@ville.example") as max_:
            yield place, lea, max_


def thirty(place: Connected) -> list[Author]:
    """Twelve keypad phones, twelve chats, six sheets of paper."""
    phones: list[Inhabitant | None] = [place.somebody("sms") for _ in SMS]
    phones += [place.somebody("telegram") for _ in TELEGRAM]
    return [Author(number, phone) for number, phone in enumerate([*phones, *(None for _ in PAPER)])]


async def they_write(place: Connected, people: list[Author]) -> None:
    """A text each, a minute of silence, a yes: the number that each phone was told."""
    with place.city.database() as database, database.read() as session:
        view = processes.get(session, SLUG)
    assert view is not None
    posters = {entry.language: entry.token for entry in view.entries}
    for one in people:
        assert one.phone
        if one.network == "telegram":
            await place.writes(one.phone, f"/start {posters[one.language]}", one.text)
        else:
            await place.writes(one.phone, f"{KEYWORD[one.language]} {one.text}")
    await place.silence()
    for one in people:
        assert one.phone
        await told(one.phone, "ublier sans votre nom|ublish (it )?without your name")
        await place.chooses(one.phone, "1", YES)
        one.ref = (await place.shown(one.phone, r"(?:Avis|avis|view) no (\d{4} \d{4})")).replace(" ", "")


async def on_paper(lea: Clerk, max_: Clerk, people: list[Author]) -> None:
    """One colleague types, another compares; each author takes a slip home."""
    for one in people:
        one.ref, one.code = await lea.types(f"{SLUG}/besoin", one.text, one.language)
    await max_.looks_again()


async def moderators_read(place: Connected, people: list[Author]) -> None:
    """Two are refused, with the rule; all others are published as they are."""
    city, http = place.city, place.http
    for one in people:
        await city.api(http, "POST", f"/contributions/{one.ref}/claim")
        refusal = {"decision": "refuse", "reason": "R2", "fact": INSULT}
        decision = refusal if one.fate.startswith("refused") else {"decision": "accept"}
        await city.api(http, "POST", f"/contributions/{one.ref}/decision", decision)
    for one in people:
        if one.phone:
            await told(one.phone, "est publié|is public|n'est pas publié")


async def one_says_stop(place: Connected, one: Author) -> None:
    """STOP is answered once."""
    assert one.phone
    await place.asks(one.phone, "stop")
    await told(one.phone, "c'est fait")


async def one_wants_to_be_forgotten(place: Connected, one: Author) -> None:
    """OUBLI, and the published text is taken down too."""
    assert one.phone
    await place.asks(one.phone, "forget")
    await one.phone.answer("forget")
    await one.phone.answer("take_down")
    await told(one.phone, "C'est effacé")


async def one_who_was_refused_wants_to_know(place: Connected, one: Author) -> None:
    """SUIVI tells the reason again and asks whether the answer is wanted; the receipt's question is open too, so which one is asked."""
    assert one.phone
    await place.asks(one.phone, "follow")
    await told(one.phone, "Un message quand ils le font")
    await place.writes(one.phone, "1")
    await told(one.phone, "à quelle question")
    await place.writes(one.phone, "A")
    await told(one.phone, "C'est noté")


async def a_day_passes(place: Connected) -> None:
    """And everything that had to leave has reached the phones."""
    await place.city.advance(place.http, 26 * 3600)
    await place.city.drained()
    await place.gateway_is_empty()


async def the_synthesis_and_the_avis_come_in(lea: Clerk, people: list[Author]) -> None:
    """Two spreadsheets as a French office saves them; the avis cites twelve by their numbers."""
    refs = {point: ", ".join(show_ref(people[number].ref) for number in those) for point, those in CITED.items()}
    points = sheet([(str(point), title, f"{title}, dit le groupe.", "", refs[point]) for point, title in enumerate(POINTS, 1)])
    written_by, handed_to = "40 habitants", "à la maire"
    page = await lea.sends(f"{BOARD}/avis", BOARD, points, written_by=written_by, handed_to=handed_to, left_out=LEFT_OUT)
    assert "Planter des arbres" in page
    assert "Planter des arbres" not in await lea.page(BOARD), "it is looked at first"
    assert "Planter des arbres" in await lea.sends(f"{BOARD}/avis/importer", BOARD, b"", **seen(page))
    themes = sheet([("Ombre", "L'ombre manque partout.", refs[1])], heads=("Thème", "Texte", "Avis cités"))
    assert "La synthèse est" in await lea.sends(f"{BOARD}/synthese", BOARD, themes)


async def every_point_is_answered(lea: Clerk) -> None:
    """A service studies, an elected official decides, with reasons and two short wordings in each language."""
    today = lea.city.today
    for point, decision in DECISIONS.items():
        here = f"/desk/demarches/{SLUG}/points/{point}"
        await lea.sends(f"{here}/service", here, service="Espaces verts", person="Mme Roux", due_on=str(today + timedelta(days=30)))
        await lea.sends(f"{here}/instruction", here, feasible="conditions", cost="12 000 euros", note="Rien ne s'y oppose.")
        given = {"decision": decision, "decided_by": "l'adjointe", "decided_on": str(today), "reasons": f"{REASONS['fr'][point]}, hélas."}
        given |= {"reason": REASONS["fr"][point], "reason-en": REASONS["en"][point]}
        if point in DONE["fr"]:
            given |= {"done": DONE["fr"][point], "done-en": DONE["en"][point], "due_on": str(today + timedelta(days=700))}
        await lea.sends(f"{here}/position", here, b"", **given)


async def the_response_is_published(lea: Clerk) -> None:
    """The desk says beforehand who will hear, and who will not."""
    reach = re.search(r"Prévenus par message, auteurs\s: (\d+).*?(\d+).*?papier\s: (\d+).*?STOP\s: (\d+)", await lea.page(BOARD), re.DOTALL)
    assert reach
    assert reach.groups() == ("20", "1", "6", "1")
    assert "La réponse est publique" in await lea.sends(f"{BOARD}/publier", BOARD)


async def phones_ring(place: Connected, people: list[Author]) -> None:
    """Minutes later everybody who is told has been told."""
    await place.city.advance(place.http, 120)
    for one in people:
        if one.phone:
            await told(one.phone, list(one.must_hear())[-1])


def heard_exactly_what_is_theirs(one: Author) -> None:
    """Message by message, in order, nothing missing, nothing twice."""
    if one.phone:
        rang, wanted = one.phone.rang, list(one.must_hear())
        for said, pattern in zip(rang, wanted, strict=False):
            assert re.search(pattern, said, re.DOTALL | re.IGNORECASE), (one.number, one.fate, pattern, said)
        assert len(rang) == len(wanted), (one.number, one.fate, rang)


async def found_by_number_and_code(lea: Clerk, one: Author) -> None:
    """Somebody brings a slip to the desk: it tells what their phone would have been told."""
    page = (await lea.sends("/desk/suivi", numero=show_ref(one.ref), code=one.code)).replace("’", "'")
    assert one.text in page
    assert re.search(one.answer("fr"), page, re.DOTALL | re.IGNORECASE), page


async def told_to_everybody(place: Connected, people: list[Author]) -> None:
    """Points, what they cite, what was decided: on the page and in the JSON; from each contribution to its point."""
    page = await place.city.page(place.http, f"/demarches/{SLUG}")
    found = json.loads(await place.city.page(place.http, f"/demarches/{SLUG}.json"))
    for place_, point in enumerate(found["avis"]["points"], 1):
        assert f'id="point-{place_}"' in page
        assert sorted(point["contributions"]) == sorted(people[number].ref for number in CITED[place_])
        assert point["response"]["decision"] == DECISIONS[place_]
        for number in CITED[place_]:
            assert f"#point-{place_}" in await place.city.page(place.http, f"/suivi/{people[number].ref}")


def open_data_are_valid(export: Path, people: list[Author]) -> None:
    """An independent reader takes the package; it holds what was published, and nothing of who wrote."""
    report = Package(str(export / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])
    with (export / "demarches" / SLUG / "contributions.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["ref"]: row["text"] for row in csv.DictReader(file)}
    for one in people:
        if one.fate.startswith("refused"):
            assert one.ref not in rows
        else:
            assert (one.text in rows[one.ref]) == (one.fate != "forgotten")
    written = "".join(path.read_text(encoding="utf-8") for path in sorted(export.rglob("*")) if path.is_file())
    assert [one.number for one in people if one.phone and one.phone.address.lstrip("+") in written] == []
    assert [one.number for one in people if one.fate in {"forgotten", "refused", "refused_and_asks"} and one.text in written] == []


def tampering_is_found_and_named(city: City, export: Path, one: Author) -> None:
    """Whoever has the files proves them whole; one changed row is named by its number."""
    assert city.command("verify-record", str(export)).startswith("whole: ")
    table = export / "demarches" / SLUG / "contributions.csv"
    before = table.read_text(encoding="utf-8")
    table.write_text(before.replace(one.text, "tout va bien"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "verify-record", str(export)], cwd=ROOT, env=city.environ, capture_output=True, check=False
    )
    assert (done.returncode, table.read_text(encoding="utf-8") != before) == (1, True)
    assert f"{show_ref(one.ref)}: its text in demarches/{SLUG}/contributions.csv is not the one that was published" in done.stderr.decode()
