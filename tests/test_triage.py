"""What a text may hold orders the queue and warns: it never decides, it costs no message time, ordinary anger raises nothing."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from bot import bench
from bot.bench import corpus
from bot.bench import triage as figures
from bot.cli import allervers
from bot.clock import Clock as Time
from bot.clock import Metronome
from conversations import keywords
from conversations.effects import Revise
from conversations.outcomes import Submitted
from outreach import agenda
from outreach.contributions import intake, queue, triage
from outreach.db import Database
from outreach.tables import audit
from tests.conftest import Clock
from tests.contributing import LEA, Desk
from tests.town import Town, town

needs_data = pytest.mark.skipif(not corpus.BESIDE.is_dir(), reason="no ../shared/data")

ORDINARY = (
    "Ça me tue de voir ces arbres coupés",
    "On tue le temps en attendant le tram",
    "C'est le bordel de voitures devant l'école",
    "Merde, encore des travaux, c'est débile ce sens unique",
    "Je suis mort de rire, et mort de fatigue",
    "Je veux mourir dans la dignité",
    "Je voudrais mourir chez moi, pas à l'hôpital",
    "Il faut aider les femmes battues et lutter contre le suicide",
    "Mettez le feu vert plus long",
    "Il faut descendre les poubelles, et planter des arbres pour les voisins",
    "On va en finir avec les voitures ?",
    "Des pédales de vélo, des ratons laveurs",
    "Ça va péter si on ne fait rien",
    "Je vais tout casser le béton pour planter",
    "Au secours, trop de béton !",
    "Ils me cassent les oreilles",
    "Le projet permet de gagner de l'argent public",
    "Rue du Maréchal-Foch, la balle est dans votre camp",
)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_french_raises_nothing(text: str) -> None:
    assert triage.read(text).flags == ()


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("J'en peux plus, je veux mourir", "distress"),
        ("Je veux mourir demain", "distress"),
        ("Je veux mourir enfin", "distress"),
        ("JE VAIS ME TUER", "distress"),
        ("Mon mari me frappe devant les enfants", "distress"),
        ("J’ai des pensées suicidaires", "distress"),
        ("Je n'ai plus envie de vivre", "distress"),
        ("Au secours !", "distress"),
        ("I want to die", "distress"),
        ("زوجي يضربني", "distress"),
        ("хочу умереть", "distress"),
        ("Kocam beni dövüyor", "distress"),
        ("Je vais vous tuer tous", "threat"),
        ("On va cramer la mairie", "threat"),
        ("Le maire mérite une balle dans la tête", "threat"),
        ("Je sais où tu habites", "threat"),
        ("J’ai posé une bombe dans la mairie", "threat"),
        ("Je vais tuer ma femme ce soir", "threat"),
        ("Mort aux flics", "threat"),
        ("We will kill you", "threat"),
        ("Bande de connards", "insult"),
        ("Vous êtes tous pourris", "insult"),
        ("ferme ta gueule", "insult"),
        ("Sales Arabes dehors", "insult"),
        ("Prêt entre particuliers sans justificatif", "spam"),
        ("Gagnez 500 euros, cliquez ici http://a.example", "spam"),
        ("Appelez Mme Benali au 06 12 34 56 78", "personal"),
    ],
)
def test_what_is_raised(text: str, flag: str) -> None:
    assert flag in triage.read(text).flags
    assert keywords.distress(text) == (flag == "distress")


def test_the_language_is_told_when_it_is_sure() -> None:
    for text, language in (
        ("Il manque des bancs et de l'ombre", "fr"),
        ("We need benches and shade on the square", "en"),
        ("نحتاج الى مقاعد", "ar"),
        ("Нам потрібні лавки і тінь на площі", "uk"),
        ("Meydanda banklara ve gölgeye ihtiyacımız var", "tr"),
        ("bancs", ""),
        ("👍", ""),
    ):
        assert triage.read(text).language == language, text


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    return Desk(database, clock)


def look(desk: Desk) -> int:
    with desk.database.read() as session:
        looked = triage.unread(session)
    return int(desk.write(triage.keep, looked))


def test_the_urgent_stands_above_then_the_oldest(desk: Desk) -> None:
    first, second = desk.receive("Des bancs"), desk.receive("Je vais vous tuer tous")
    with desk.database.read() as session:
        assert agenda.texts(session)
        page = queue.listing(session, desk.clock.now(), queue.WAITING)
    assert [(one.ref, one.urgent) for one in page.items] == [(first, False), (second, True)]  # a page looks itself where nobody has
    assert look(desk) == 2
    with desk.database.read() as session:
        assert not agenda.texts(session)
        page = queue.listing(session, desk.clock.now(), queue.WAITING)
        marked = session.scalar(sa.select(sa.func.count()).where(audit.c.action == "contribution.urgent"))
    assert [one.ref for one in page.items] == [second, first]
    assert "threat" in page.items[0].flags
    assert marked == 1
    assert desk.write(queue.claim_next, LEA).ref == second
    assert desk.row(second).state == "received"  # it never decides
    assert look(desk) == 0


def test_a_text_that_changed_meanwhile_is_looked_at_again(desk: Desk) -> None:
    with desk.database.write() as session:
        from tests.contributing import submission

        (outcome,) = intake.submit(session, [submission(desk.citizen, "Je veux mourir", sources=("m1",))], desk.clock.now())
    with desk.database.read() as session:
        looked = triage.unread(session)
    desk.clock.advance(seconds=1)
    with desk.database.write() as session:
        intake.revise(session, desk.citizen, Revise("m1", "Des bancs"), desk.clock.now())
    assert desk.write(triage.keep, looked) == 0
    assert look(desk) == 1
    assert isinstance(outcome, Submitted)
    row = desk.row(outcome.ref)
    assert (row.flags, row.urgent, row.written_in) == ("", 0, "")


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def test_the_clock_looks_and_the_desk_says_it_in_words(city: Town) -> None:
    ref = await city.say("We will kill you if there are no benches on the square")
    beat = Metronome(city.ledger, Time(), "test")
    await beat._look()
    assert not await city.ledger.read(agenda.texts)
    await city.enter("moderator")
    listed, page = await city.text("/desk/contributions"), await city.text(f"/desk/contributions/{ref}")
    for shown in (listed, page):
        assert "peut-être une menace" in shown
        assert "urgent" in shown
    assert "écrit en English" in page


@needs_data
def test_hardly_anything_is_raised_for_nothing_in_real_contributions() -> None:
    found = figures.measure(corpus.BESIDE)
    for flag, those in found["flags"].items():
        assert those["false_rate"] < 0.002, (flag, those)
        read = figures.READ.get(flag, (0, 0))[0]
        assert abs(those["raised"] - read) <= 3, f"{flag}: read what is raised by eye, then write how much of it is right"
    assert found["language_right"] > 0.98


def test_without_the_data_the_bench_says_what_is_missing() -> None:
    with pytest.raises(corpus.NotThere):
        bench.run("triage", data=corpus.BESIDE / "nowhere")
    told = CliRunner().invoke(allervers, ["bench", "triage", "--json", "--data", "/nowhere"])
    assert told.exit_code == 1
