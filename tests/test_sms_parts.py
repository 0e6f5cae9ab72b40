"""What each French SMS costs, at a typical and at the longest fill (the caps of journeys 6): never more than two parts.

Run with `-s` to see the table. The counting is `segments`, the same that the sender uses.
"""

from datetime import date

import msgspec
import pytest

from bot.desk.announce import MODELS
from conversations import engine, play, scripts, segments
from conversations.facts import City, Contribution, Workshop
from conversations.notices import (
    Announced,
    AskedAgain,
    Cancelled,
    CarriedOut,
    Concluded,
    Delayed,
    Invited,
    Judged,
    LeftOnPaper,
    MinutesReady,
    Moved,
    Notice,
    Offer,
    Postponed,
    Published,
    Refused,
    Reminder,
    RemoteLink,
    Responded,
)
from conversations.play import Stage
from conversations.reasons import REASONS
from conversations.steps import Turn
from conversations.text import render
from tests import filled
from tests.filled import LANGUAGES, LONG_CITY, LONG_TEXT, MOST, letters, longest

SCENES: dict[str, tuple[str, ...]] = {
    "1 welcome": ("> PLACE",),
    "1b the text came along": ("> PLACE " + LONG_TEXT, "… 60 s"),
    "1b in another script": ("> PLACE نحتاج الى مقاعد", "… 60 s"),
    "2 INFO": ("> INFO",),
    "3 prompt": ("> PLACE", "> bonjour"),
    "4 confirmation": ("> PLACE", "> " + LONG_TEXT, "… 60 s"),
    "4 in another script": ("> PLACE", "> نحتاج الى مقاعد", "… 60 s"),
    "5 receipt": ("> PLACE " + LONG_TEXT, "… 60 s", "> 1"),
    "5 with AUTRE": ("> PLACE a", "… 60 s", "> 2", "> PLACE b", "… 60 s", "> 1"),
    "AUTRE while a text waits": ("> PLACE " + LONG_TEXT, "… 60 s", "> AUTRE", "> PLACE"),
    "opt-in's echo, x15": ("> PLACE a", "… 60 s", "> 1", "> 1"),
    "opt-in refused, x15": ("> PLACE a", "… 60 s", "> 1", "> 2"),
    "x1 nudge": ("> PLACE a", "… 60 s", "… 1 day"),
    "x2 added": ("> PLACE a", "… 60 s", "> b", "… 60 s"),
    "x3 read only": ("> PLACE a", "… 60 s", "> 2"),
    "x4 under 15": ("> PLACE j'ai 12 ans",),
    "x5 not understood": ("> PLACE a", "… 60 s", "> 7", "> 7"),
    "x6 which question": ("> PLACE a", "… 60 s", "> 1", "> OUBLI", "> 1"),
    "x7 STOP": ("> STOP",),
    "6 details": ("> ATELIER",),
    "7 sign-up": ("> ATELIER", "> 1"),
    "7 three places": ("> ATELIER", "> on vient à 9"),
    "7 too many": ("> ATELIER", "> on vient à 12"),
    "7 not so many": ("> ATELIER", "> 1", "> 9 PLACES"),
    "x7 STOP with a seat": ("> ATELIER", "> 1", "> STOP"),
    "seat held": ("> ATELIER", "> 1", "> ATELIER"),
    "seat left": ("> ATELIER", "> 1", "> ANNULER"),
    "needs": ("> ATELIER", "> 1", "> BESOIN", "> rampe", "> 1"),
    "every need": (
        "> ATELIER",
        "> 1",
        "> BESOIN",
        "> interprète, langue des signes, rampe, boucle, gros caractères, garde d'enfants",
        "> 2",
    ),
    "no need": ("> ATELIER", "> 1", "> BESOIN", "> je ne sais pas", "> non"),
    "x8 OUBLI": ("> PLACE a", "… 60 s", "> 1", "> OUBLI"),
    "x8 OUBLI with a place": ("> PLACE a", "… 60 s", "> 1", "> 2", "> ATELIER", "> 1", "> OUBLI"),
    "x9 no keyword": ("> " + LONG_TEXT, "… 60 s"),
    "x10 slip": ("> stpo",),
    "x10 slip, the longest": ("> recour",),
    "x12 AIDE": ("> AIDE",),
    "x13 picture": ("> (photo)",),
    "a voice message": ("> (voice)",),
    "erased": ("> PLACE a", "… 60 s", "> 3"),
    "all erased": ("> PLACE a", "… 60 s", "> 1", "> OUBLI", "> A", "> tout"),
    "one erased": ("> PLACE a", "… 60 s", "> 1", "> OUBLI 48210736"),
    "not one of mine": ("> OUBLI 48210736",),
    "DONNEES": ("> PLACE a", "… 60 s", "> 1", "> 1", "> 1", "> PLACE b", "… 60 s", "> DONNEES"),
    "SUIVI, none": ("> SUIVI",),
    "SUIVI, one": ("> PLACE a", "… 60 s", "> 1", "> SUIVI"),
    "CONTACT": ("> CONTACT",),
    "APPEL": ("> APPEL",),
    "ATELIER": ("> ATELIER",),
    "ANNULER": ("> ANNULER",),
    "BESOIN": ("> BESOIN",),
    "DISCRET": ("> DISCRET",),
    "REPRENDRE": ("> STOP", "> REPRENDRE"),
    "RECOURS, nothing": ("> RECOURS",),
    "LANGUE": ("> LANGUE",),
    "REGLAGES": ("> REGLAGES", "> 3", "> REGLAGES", "> 1", "> REGLAGES"),
    "a language word": ("> fr",),
    "a language not offered": ("> عربي",),
    "too late": ("> PLACE a", "… 60 s", "> 1", "… 4 days", "> 1"),
    "loop guard": ("> 1",) * 11,
    "nothing asked": ("> 1",),
}


def _shown(name: str, parts: list[tuple[str, str, str]], said: str, fill: str) -> int:
    cost = segments.count(said)
    parts.append((name, fill, f"{cost.units} {cost.encoding} {cost.parts}"))
    assert cost.encoding == "GSM-7", (name, said, cost.culprits)
    return cost.parts


@pytest.mark.parametrize("name", SCENES)
def test_an_answer_takes_two_parts_at_most(name: str) -> None:
    table: list[tuple[str, str, str]] = []
    for long in (False, True):
        stage = filled.stage(long=long)
        for line in SCENES[name]:
            stage.hear(line)
        for said in stage.said:
            assert _shown(name, table, said, "long" if long else "typical") <= 2, said
    for row in table[-1:]:
        print(*row, sep="\t")


def test_the_legal_basis_is_never_misspelt() -> None:
    stage = filled.stage(long=True)
    stage.hear("> DONNEES")
    assert "Base: RGPD 6(1)(e)." in stage.said[-1]
    on_telegram = play.Stage("telegram", "fr", filled.LANGUAGES, city=filled.LONG_CITY)
    on_telegram.hear("> /privacy")
    assert any("mission d'intérêt public" in said for said in on_telegram.said)


@pytest.mark.parametrize("lines", [("> bonjour",), ("> INFO",), ("> il manque des bancs", "… 60 s"), ("> ATELIER",), ("> 1",)])
def test_with_three_processes_too(lines: tuple[str, ...]) -> None:
    for long in (False, True):
        stage = filled.stage(long=long, processes=3)
        for line in lines:
            stage.hear(line)
        for said in stage.said:
            assert _shown(lines[0], [], said, "") <= (2 if lines[0] != "> 1" else 3), said


def test_a_text_for_another_project_in_between_is_told_in_two_parts() -> None:
    for long in (False, True):
        stage = filled.stage(long=long, processes=2)
        first, other = stage.processes
        entry = msgspec.structs.replace(other.entries[0], keyword="VELO")
        stage.processes = (first, msgspec.structs.replace(other, entries=(entry,)))
        for line in ("> PLACE " + LONG_TEXT, "… 60 s", "> VELO", "> VELO " + LONG_TEXT, "… 60 s", "> 2"):
            stage.hear(line)
        for said in stage.said:
            assert _shown("another project", [], said, "") <= 2, said


WAITS = (
    "= Waiting('{full}', rank=12, other={{'workshop': '{other}', 'free': 23}})",
    "= Waiting('{full}', rank=12)",
    "= SeatGone('{full}', rank=12, other={{'workshop': '{other}', 'free': 23}})",
    "= Kept('{full}', seats=2, free=3)",
)


_PAPER = "'ref': '48210736', 'quote': '', 'process': 'p', 'received_on': '2027-03-15', 'read_by': '2027-03-17'"
_FULL = f"'point': '12 bis', 'answered': True, 'decision': 'partly', 'reason': {{'fr': '{letters(42)}'}}, 'done': {{'fr': '{letters(34)}'}}"
SLIPS = (
    f"= OfSlip({{{_PAPER}, 'text': '{'des bancs ' * 60}', 'state': 'responded', 'published_on': '2027-03-20', 'answer': {{{_FULL}}}}})",
    *(f"= OfSlip({{{_PAPER}, 'text': '', 'state': 'refused', 'reason': '{reason}', 'appeal_until': '2027-09-17'}})" for reason in REASONS),
    f"= OfSlip({{{_PAPER}, 'text': '{'des bancs ' * 60}', 'state': 'published', 'promised_on': '2027-06-30'}})",
    f"= OfSlip({{{_PAPER}, 'text': '', 'state': 'draft'}})",
    "= WrongCode('48210736')",
    "= CodeLocked('48210736', until='2027-03-15T12:00:00+01:00')",
    "= CodeLocked('48210736', until='2027-03-17T12:00:00+01:00')",
)


@pytest.mark.parametrize("answer", SLIPS)
def test_what_became_of_a_slip_is_told_in_two_parts(answer: str) -> None:
    stage = filled.stage(long=True)
    stage.hear("> SUIVI 4821 0736 5307", (answer,))
    assert _shown(answer, [], stage.said[-1], "") <= 2, stage.said


@pytest.mark.parametrize("answer", WAITS)
def test_a_full_workshop_is_told_in_two_parts(answer: str) -> None:
    for long in (False, True):
        stage = filled.stage(long=long)
        stage.processes = tuple(play.with_another_date(one) for one in stage.processes)
        first, other = (workshop.key for workshop in stage.processes[0].workshops)
        stage.hear("> ATELIER")
        stage.hear("> 1")
        stage.hear("> 1", (answer.format(full=first, other=other),))
        for said in stage.said:
            assert _shown(answer, [], said, "") <= 2, said


def test_nothing_open_too() -> None:
    for long in (False, True):
        stage = filled.stage(long=long, processes=0)
        for line in ("> bonjour", "> quand rouvre la piscine ?", "… 60 s", "> 1"):
            stage.hear(line)
        assert all(_shown("nothing open", [], said, "") <= 2 for said in stage.said)


def _mine(stage: Stage, state: str, **more: object) -> None:
    today = stage.now.date()
    views = [
        Contribution(f"4821073{number}", state, "", "", "place du Marché", today, today, today, appeal_until=today) for number in range(3)
    ]
    stage.contributions = tuple(msgspec.structs.replace(view, **more) for view in views)


STATES = (
    *("received", "accepted", "published", "read_only", "refused", "upheld", "appealed", "asked_again"),
    *("answered", "withdrawn", "taken_up", "not_taken_up", "carried_out"),
)


@pytest.mark.parametrize("state", STATES)
def test_suivi_fits_in_every_state(state: str) -> None:
    for long in (False, True):
        stage = filled.stage(long=long)
        _mine(stage, state, text=LONG_TEXT * 4 if state == "published" else "", reason="R4" if state == "refused" else "")
        stage.hear("> SUIVI")
        stage.hear("> SUIVI 48210730")
        assert all(_shown(f"SUIVI, {state}", [], said, "") <= 2 for said in stage.said), stage.said


def _meeting(*, long: bool) -> Workshop:
    return longest().workshops[0] if long else play.PROCESSES[0].workshops[0]


BOTH = (_meeting(long=False), _meeting(long=True))

NOTICES: dict[str, tuple[Notice, ...]] = {
    "invited": tuple(Invited(slug) for slug in ("place-du-marche", "")),
    "left on paper": (LeftOnPaper("48210736"),),
    "6 announced": tuple(
        Announced("c", kind, {"fr": render(MODELS[kind], LANGUAGES["fr"])}, workshop=one, sms_name=name, is_test=tried)
        for kind in MODELS
        for one, name in zip(BOTH, ("place du Marché", letters(MOST["process"])), strict=True)
        for tried in (False, True)
    ),
    "9 reminder": tuple(Reminder(one, "5307") for one in BOTH),
    "9 reminder from home": tuple(Reminder(one, "", "remote") for one in BOTH),
    "8b offer": tuple(Offer(one, many, play.BEGINNING, held) for one in BOTH for many in (1, 9) for held in (True, False)),
    "moved": tuple(Moved(one, code, waits) for one in BOTH for code, waits in (("5307", False), ("", False), ("", True))),
    "cancelled": tuple(Cancelled(one) for one in BOTH),
    "remote link": tuple(
        RemoteLink(one, url, phone)
        for one in BOTH
        for url in ("https://visio.ville.example/salle/atelier-de-la-place-du-marche", "")
        for phone in ("09 37 00 00 00, code 4711#", "")
        if url or phone
    ),
    "minutes": tuple(MinutesReady(one, letters(90), "", play.BEGINNING) for one in BOTH),
    "10 published": (
        Published("48210736", read_on=play.BEGINNING.date(), promised_on=play.BEGINNING.date()),
        Published("48210736", read_on=play.BEGINNING.date(), promised_on=play.BEGINNING.date()),
    ),
    "10b in part": tuple(Published("48210736", reason=reason, appeal_until=play.BEGINNING.date()) for reason in REASONS),
    "11 refused": tuple(
        Refused("48210736", play.BEGINNING.date(), quote, reason, fact, play.BEGINNING.date())
        for reason in REASONS
        for fact in ("", "le nom du voisin", letters(80))
        for quote in ("Il manque des...", scripts.quote(LONG_TEXT))
    ),
    "12 responded": (
        Responded("48210736", "7", "partly", {"fr": "les rails limitent les racines"}, {"fr": "24 arbres avant mars 2028"}),
        Responded("48210736", "12", "partly", {"fr": letters(MOST["reason"])}, {"fr": letters(MOST["done"])}),
        Responded("48210736", "12 bis", "not_kept", {"fr": letters(MOST["reason"])}),
    ),
    "12b not taken up": (
        Responded("48210736", "", reason={"fr": "les rails limitent les racines"}),
        Responded("48210736", "", reason={"fr": letters(MOST["reason"])}),
        Responded("48210736", "", late=True),
    ),
    "the answer for who asked": (
        Concluded("48210736", {"fr": "place du Marché"}, 5, 3, 4),
        Concluded("48210736", {"fr": letters(MOST["process"])}, 100, 100, 100),
    ),
    "x14 put off": (
        Delayed("48210736", {"fr": "place du Marché"}, date(2027, 6, 30), {"fr": "études en cours"}, date(2027, 10, 15)),
        Delayed("48210736", {"fr": letters(MOST["process"])}, date(2027, 6, 30), {"fr": letters(MOST["reason"])}, date(2027, 10, 15)),
    ),
    "x14 late": (
        Delayed("48210736", {"fr": "place du Marché"}, date(2027, 6, 30), late=True),
        Delayed(
            "48210736",
            {"fr": letters(MOST["process"])},
            date(2027, 6, 30),
            {"fr": letters(MOST["reason"])},
            date(2027, 10, 15),
            late=True,
        ),
    ),
    "carried out": (
        CarriedOut("48210736", "7", {"fr": "24 arbres avant mars 2028"}),
        CarriedOut("48210736", "12 bis", {"fr": letters(MOST["done"])}),
    ),
    "put off": (
        Postponed("48210736", "7", {"fr": "24 arbres avant mars 2028"}, date(2028, 10, 1), {"fr": "gel des sols"}),
        Postponed("48210736", "12 bis", {"fr": letters(MOST["done"])}, date(2028, 10, 1), {"fr": letters(MOST["reason"])}),
    ),
    "asked again": (AskedAgain("48210736", "Il manque des..."), AskedAgain("48210736", scripts.quote(LONG_TEXT))),
    "judged": (
        *(Judged("48210736", True, reason, public=public) for reason in REASONS for public in (False, True)),
        *(Judged("48210736", False, public=public) for public in (False, True)),
    ),
}


@pytest.mark.parametrize("name", NOTICES)
def test_what_we_say_first_takes_two_parts_at_most(name: str) -> None:
    worst = ("", 0)
    for notice in NOTICES[name]:
        for long in (False, True):
            stage = filled.stage(long=long)
            stage.hear("> DISCRET")
            stage.hear("> DISCRET")
            stage.now = stage.now.replace(hour=16)
            for due in (None, play.BEGINNING):
                turn = engine.prompt(stage.state, notice, stage.facts(), due)
                assert isinstance(turn, Turn)
                for say in turn.says:
                    said = scripts.show(say, LANGUAGES["fr"], "sms").text
                    cost = segments.count(said)
                    assert cost.encoding == "GSM-7", (said, cost.culprits)
                    assert cost.parts <= 2, (cost.units, said)
                    assert said.startswith(stage.city.sms_name)  # SMS-04: the city is named first in all that we begin
                    worst = max(worst, (said, cost.units), key=lambda pair: pair[1])
    print(name, worst[1], sep="\t")


def test_a_refusal_has_its_seven_parts() -> None:
    stage = filled.stage(long=False)
    for reason in REASONS.values():
        notice = Refused("48210736", play.BEGINNING.date(), "Il manque des...", reason.code, "", play.BEGINNING.date())
        turn = engine.prompt(stage.state, notice, stage.facts())
        assert isinstance(turn, Turn)
        said = scripts.show(turn.says[0], LANGUAGES["fr"], "sms").text
        seven = {
            "words": '"Il manque des..."',
            "date": "du 15/03",
            "decision": "n'est pas publié",
            "rule": render(reason.sentence, LANGUAGES["fr"]),
            "human": "Un agent l'a lu",
            "redo": render(reason.redo, LANGUAGES["fr"]),
            "appeal": "RECOURS avant le 15/03",
        }
        assert [part for part, words in seven.items() if words not in said] == [], said


def _parts(stage: Stage) -> int:
    return sum(segments.count(said).parts for said in stage.said)


@pytest.mark.parametrize(("long", "most"), [(False, 8), (True, 9)])
def test_a_contribution_costs_the_city_eight_parts_follow_up_included(long: bool, most: int) -> None:  # noqa: FBT001 - a parameter
    stage = filled.stage(long=long)
    for line in ("> PLACE " + LONG_TEXT, "> et un banc", "… 60 s", "> 1", "> 1", "> 2"):
        stage.hear(line)
    stage.now = stage.now.replace(hour=16)
    today = stage.now.date()
    reason, done = (
        (letters(MOST["reason"]), letters(MOST["done"])) if long else ("les rails limitent les racines", "24 arbres avant mars 2028")
    )
    for notice in (Published("48210736", today, today), Responded("48210736", "7", "partly", {"fr": reason}, {"fr": done})):
        turn = engine.prompt(stage.state, notice, stage.facts(), stage.now)
        assert isinstance(turn, Turn)
        stage.said += [scripts.show(say, LANGUAGES["fr"], "sms").text for say in turn.says]
    print(
        "parts of one contribution",
        "long" if long else "typical",
        _parts(stage),
        [segments.count(said).parts for said in stage.said],
        sep="\t",
    )
    assert _parts(stage) <= most


def test_the_caps_are_what_the_city_may_fill() -> None:
    assert len(LONG_CITY.sms_name) == MOST["city"]
    assert len(longest().sms_name) == MOST["process"]
    assert isinstance(LONG_CITY, City)
    for reason in REASONS.values():
        assert len(render(reason.sentence, LANGUAGES["fr"])) <= MOST["reason"], reason.code
