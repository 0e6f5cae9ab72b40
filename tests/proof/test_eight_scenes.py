"""All eight scenes in a row, in the demonstration that `make demo` starts: each shows what it promises."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from selenium.webdriver.common.by import By

from outreach import avenue, invented, yard
from tests.peers import ROOT, free_ports
from tests.peers.chromium import DESKTOP, Browser, browser
from tests.stage import fetched, heard, play, shown

pytestmark = [pytest.mark.proof, pytest.mark.peer, pytest.mark.timeout(900)]

STANDS = 90.0  # seconds until the city stands; a minute on a machine with nothing else to do


@contextmanager
def demonstration(folder: Path) -> Iterator[str]:
    """The command itself, which starts the service again when it dies; its address."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "bot", "demo", "--port", str(port), "--folder", str(folder / "demo")]
    with (folder / "told").open("wb") as told:
        child = subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=told, env=os.environ | {"PYTHONUNBUFFERED": "1"})
    try:
        end = time.monotonic() + STANDS
        while "/simulator" not in (said := (folder / "told").read_text()):
            assert child.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(30)


def test_the_eight_scenes_in_a_row_show_what_they_promise(tmp_path: Path) -> None:
    with demonstration(tmp_path) as base, browser() as window:
        window.size(*DESKTOP)
        window.driver.get(f"{base}/simulator")
        the_answer(window)
        two_sms(window)
        telegram_and_arabic(window)
        monday_half_past_eight(window)
        an_invitation(window)
        the_workshop(window)
        what_the_city_owes(window)
        the_plug(window)
        # played again, each tells what is done already and breaks nothing
        assert "déjà" in play(window, "1")
        assert "déjà" in play(window, "4")
        assert "déjà" in play(window, "7")
        assert window.violations() == []


def the_answer(window: Browser) -> None:
    """1. The day of the answer: a keypad phone rings, point 7 cites the words of fifteen weeks ago, from there back to the first day."""
    told = play(window, "1")
    assert re.search("jour.*sonne.*cite ce SMS.*Comment en est-on arrivé là", told, re.DOTALL), told
    rang = heard(window, "keypad")
    assert re.search(r"au point 7\. Décision: retenu en partie\. 24 arbres avant mars \d{4}\. Raison: les rails", rang), rang
    words = avenue.AVENUE.points[avenue.CITES - 1].said
    page = fetched(window, f"/demarches/{avenue.SLUG}").replace("’", "'")
    assert words in page[page.index('id="point-7"') : page.index('id="point-8"')]
    back = shown(window, "site").replace("’", "'")
    assert words in back
    assert "publié le" in back


def two_sms(window: Browser) -> None:
    """2. A text and a 1: one question, a number, a date; four parts of the city, 0.28 euro."""
    before = euros(window)
    play(window, "2")
    rang = heard(window, "keypad")
    assert re.search(r"1 oui, j'ai 15 ans.*Avis no \d{4} \d{4}, bien arrivé.*avant le \d\d/\d\d", rang, re.DOTALL), rang
    assert round(euros(window) - before, 2) == 0.28


def telegram_and_arabic(window: Browser) -> None:
    """3. Four messages are one card; an Arabic SMS and its own digit are understood; one STOP is an opinion, the other stops."""
    told = play(window, "3")
    assert "STOP" in told
    touch, keypad = heard(window, "touch"), heard(window, "keypad")
    assert "bien reçu" in touch
    assert touch.count("bien reçu") == 1
    assert re.search("Stop aux voitures place du Marché.*bien arrivé.*STOP.*plus de SMS", keypad, re.DOTALL), keypad


def monday_half_past_eight(window: Browser) -> None:
    """4. Two hundred at the desk: ten by a key, a number hidden, 37 in one, a question answered, a refusal undone, told, contested."""
    told = play(window, "4")
    waiting = re.search(r"8 h 30 : (\d+) textes", told)
    assert waiting
    assert int(waiting[1]) >= 200
    steps = "touche les publie.*numéro de téléphone.*même pétition.*question.*insulte.*annulé à temps.*Refusée.*RECOURS.*autre personne"
    assert re.search(steps, told, re.DOTALL), told
    touch = heard(window, "touch")
    assert re.search(r"n'est pas publié.*insulte une personne.*le mot guignol.*RECOURS.*une autre personne relit", touch, re.DOTALL), touch
    assert touch.count("n'est pas publié. Un agent l'a lu") == 1  # what was taken back in time was not told
    assert "C’est vous qui aviez décidé : un recours revient à une autre personne." in shown(window, "desk")


def an_invitation(window: Browser) -> None:
    """5. How many are reached, who is left out; other words for a third of the price; a test, a second person; phones ring."""
    told = play(window, "5")
    assert re.search("qui reste de côté et pourquoi.*plus cher.*sonnent", told, re.DOTALL), told
    public = fetched(window, "/demarches/place-du-marche/contributions")  # ten minutes after the desk's decision
    assert public.count("envoyé par 37 personnes") == 1
    rang = heard(window, "keypad")
    invitation = "Un repas et une garderie vous attendent. Vous venez ? 1 oui 2 non. Fin: STOP\n1 SMS, GSM-7"
    assert rang.count(invitation) == 2, "the test, then the invitation"


def the_workshop(window: Browser) -> None:
    """6. `on vient à 2` is two seats; full, a rank; somebody leaves, the seat is offered and taken; the book of contributions."""
    told = play(window, "6")
    assert "cahier" in told
    keypad, touch = heard(window, "keypad"), heard(window, "touch")
    assert re.search(r"2 places pour vous.*Code à l'entrée: \d{4}.*Vous venez \?.*votre place est libre", keypad, re.DOTALL), keypad
    assert re.search(r"complet.*rang 4.*une place pour vous !.*Code à l'entrée : \d{4}", touch, re.DOTALL), touch


def what_the_city_owes(window: Browser) -> None:
    """7. Point 7 has waited for its service; studied, decided, published: thirty phones, to each their own answer, once."""
    told = play(window, "7")
    days = re.search(r"attend son service depuis (\d+) jours", told)
    assert days
    assert int(days[1]) >= 9  # nine on the first morning; the workshop's scene lets weeks go by
    assert "sonne" in told
    rang = heard(window, "keypad")
    assert re.search(r"au point 7\. Décision: retenu en partie\. ouverte le samedi avant mai \d{4}\.", rang), rang
    assert "un gardien est là" in shown(window, "site", "#point-7")
    end = time.monotonic() + STANDS
    while not all(answers := [responses(window, voice) for voice in yard.YARD.voices()]):  # they leave one after the other
        assert time.monotonic() < end, answers
        time.sleep(1)
    assert [len(said) for said in answers] == [1] * 30
    assert len({re.sub(r"\d{4} \d{4}", "", said[0]) for said in answers}) > 12  # each point its own, in two languages and on two networks


def the_plug(window: Browser) -> None:
    """8. Killed with answers in its hands: nothing lost, nothing twice; a number found nowhere; OUBLI; tomorrow."""
    told = play(window, "8")
    assert "40 messages reçus, 40 dans les registres, 0 perdu. 40 réponses parties" in told, told
    assert "chaque octet de la base : 0 fois. Dans tout ce qui est publié : 0." in told, told
    assert "effacé" in heard(window, "keypad")
    assert told.endswith("Demain, avec votre jeton Telegram : le même service."), told


def euros(window: Browser) -> float:
    return float(window.driver.find_element(By.ID, "euros").text.replace(",", "."))


def responses(window: Browser, voice: invented.Voice) -> list[str]:
    """What a phone was told of the answer."""
    items = msgspec.json.decode(fetched(window, f"/simulator/{voice.network}/{voice.address}/messages"))["items"]
    said = [item["text"] for item in items if not item["replaces"]]
    return [one for one in said if "ont répondu. Votre avis" in one or "have answered. Your view" in one]
