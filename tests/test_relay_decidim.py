"""Copies on Decidim, against a stand-in whose replies are those of records.md: our reading of Decidim, never Decidim itself."""

from collections.abc import AsyncIterator
from typing import Any

import graphql
import pytest
import pytest_asyncio

from bot.targets import decidim_queries as queries
from bot.targets.decidim_rules import words_of
from conversations import segments
from outreach import mirrors, processes, relays
from outreach.db import Database
from tests.conftest import Clock
from tests.peers.decidim import KEY, SDL, SECRET, Decidim, _Words, decidim_stand_in, meeting, process
from tests.relaying import City

pytestmark = pytest.mark.one_engine
STEPS: list[dict[str, Any]] = [
    {"id": "1", "title": "On vous écoute", "startDate": "2027-03-01T00:00:00+01:00", "endDate": "2027-04-30T00:00:00+02:00", "position": 0},
    {"id": "2", "title": "On répond", "startDate": "2027-05-01T00:00:00+02:00", "endDate": "2027-06-30T00:00:00+02:00", "position": 1},
    {"id": "3", "title": "Un jour", "startDate": None, "endDate": None, "position": 2},
]


@pytest_asyncio.fixture
async def decidim() -> AsyncIterator[Decidim]:
    async with decidim_stand_in() as made:
        yield made


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock)


def there(city: City, decidim: Decidim, **more: str) -> int:
    options = {"key": KEY, "secret": SECRET, "component": "9", "page": f"{decidim.url}/processes/m/f/9/proposals/{{id}}", **more}
    return city.target("decidim", "decidim", decidim.url, **options)


@pytest.mark.parametrize("name", sorted(queries.ALL))
def test_each_query_of_ours_fits_the_documented_schema(name: str) -> None:
    schema = graphql.build_schema(SDL)
    assert graphql.validate(schema, graphql.parse(queries.ALL[name])) == []


def test_a_query_that_does_not_fit_is_noticed() -> None:
    schema = graphql.build_schema(SDL)
    assert graphql.validate(schema, graphql.parse(queries.PROPOSAL.replace("body {", "corps {")))


def test_no_query_asks_for_more_than_decidim_allows() -> None:
    for text in queries.ALL.values():
        depth = max(text[:place].count("{") - text[:place].count("}") for place in range(len(text)))
        assert depth <= 15
        assert "first: 50" in text or "first" not in text


async def test_a_text_stands_there_word_for_word_between_quotes_under_our_number(city: City, decidim: Decidim) -> None:
    there(city, decidim)
    texts = ("il manque des bancs", "Et l'ombre ? نحتاج الى ظل 🌳", "ok")
    refs = city.publish(*texts)
    async with city.relaying():
        await city.until(city.is_settled)
    assert city.states() == {("publish", "confirmed", "exact"): 3}
    first = decidim.proposals["1"]
    shown = f"{refs[0][:4]} {refs[0][4:]}"
    assert first["title"].words.startswith(f"Contribution {shown} : De quoi avez-vous besoin")
    assert first["body"].words == f"« il manque des bancs »\n\nContribution {shown}, https://dialogue.ville.example/suivi/{refs[0]}"
    assert city.line(refs[0]).address == f"{decidim.url}/processes/m/f/9/proposals/1"
    assert city.look(relays.known)[0].who == "Aller-vers (aller_vers)"
    assert decidim.signed_out == 1


async def test_an_answer_that_was_lost_makes_no_second_proposal(city: City, decidim: Decidim) -> None:
    for number in range(60):  # more than a page stands there already
        decidim.create(f"Une proposition d'ailleurs {number}", "Rien à voir avec nous, vraiment")
    there(city, decidim)
    decidim.lost_answers = 2
    refs = city.publish("Des bancs à l'ombre", "Une fontaine")
    async with city.relaying():
        await city.until(city.is_settled)
    assert len(decidim.proposals) == 62
    assert {line.fidelity for line in city.lines()} == {"exact"}
    assert all(any(f"{ref[:4]} {ref[4:]}" in one["title"].words for one in decidim.proposals.values()) for ref in refs)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Vite !!", "soften=yes"),
        (
            "DES BANCS ET DE L'OMBRE ET UNE FONTAINE. " * 8,
            "capitals",
        ),
        ("Des bancs. " * 50, "500 are allowed"),
    ],
)
async def test_words_that_break_a_rule_are_a_persons_and_are_not_touched(city: City, decidim: Decidim, text: str, why: str) -> None:
    there(city, decidim)
    (ref,) = city.publish(text)
    (fine,) = city.publish("Une fontaine")
    async with city.relaying():
        await city.until(lambda: city.line(ref).state == "with_a_human" and city.line(fine).state == "confirmed")
    assert why in city.line(ref).why
    assert len(decidim.proposals) == 1


async def test_marks_that_the_city_lets_soften_are_told_as_altered(city: City, decidim: Decidim) -> None:
    there(city, decidim, soften="yes")
    (ref,) = city.publish("Vite !!! Des bancs ??")
    async with city.relaying():
        await city.until(city.is_settled)
    line = city.line(ref)
    assert (line.fidelity, line.sent, line.seen) == ("altered", "Vite !!! Des bancs ??", "Vite ! Des bancs ?")


async def test_a_refusal_of_decidims_own_is_told_field_by_field(city: City, decidim: Decidim) -> None:
    decidim.longest = 100
    there(city, decidim)
    (ref,) = city.publish("Des bancs, et de l'ombre, et une fontaine, et des jeux")
    async with city.relaying():
        await city.until(lambda: city.line(ref).state == "with_a_human")
    assert city.line(ref).why == "attributes.body: is too long (maximum is 100 characters)"


async def test_a_step_that_is_closed_is_told(city: City, decidim: Decidim) -> None:
    decidim.creation_enabled = False
    there(city, decidim)
    (ref,) = city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: city.line(ref).why == "Creation is not enabled")


@pytest.mark.parametrize(("secret", "knows_us", "why"), [("faux", True, "401"), (SECRET, False, "takes us for nobody")])
async def test_nothing_is_written_by_somebody_else(city: City, decidim: Decidim, secret: str, knows_us: bool, why: str) -> None:  # noqa: FBT001 - two cases
    decidim.knows_us = knows_us
    there(city, decidim, secret=secret)
    city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: why in city.look_at_trouble())
    assert decidim.proposals == {}
    assert city.states() == {("publish", "pending", ""): 1}


async def test_a_version_without_the_mutation_is_told_before_anything_is_written(city: City, decidim: Decidim) -> None:
    older = graphql.build_schema(SDL.replace("createProposal(input: CreateProposalInput!): Proposal, ", ""))
    for name in ("ComponentInterface", "ComponentMutation"):
        older.type_map[name].resolve_type = decidim.schema.type_map[name].resolve_type  # type: ignore[attr-defined]
    decidim.schema = older
    there(city, decidim)
    city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: "ProposalsMutation.createProposal" in city.look_at_trouble())


async def test_one_that_hides_its_schema_is_taken_at_its_word(city: City, decidim: Decidim) -> None:
    decidim.shows_its_schema = False
    there(city, decidim)
    city.publish("Des bancs")
    async with city.relaying():
        await city.until(city.is_settled)


async def test_a_withdrawal_is_a_persons_until_the_text_is_gone_there(city: City, decidim: Decidim) -> None:
    there(city, decidim)
    (ref,) = city.publish("Des bancs")
    async with city.relaying():
        await city.until(city.is_settled)
        city.withdraw(ref)
        await city.until(lambda: city.line(ref).state == "with_a_human")
        assert "no way to take a text down" in city.line(ref).why
        assert city.line(ref).address
        decidim.proposals.clear()  # an administrator hid it
        city.write(lambda session, now: relays.retry(session, int(city.line(ref).id), now, "staff:1"))
        await city.until(city.is_settled)
    assert city.states() == {("withdraw", "confirmed", ""): 1}


async def test_texts_go_as_comments_below_the_proposal_that_asks(city: City, decidim: Decidim) -> None:
    there(city, decidim, proposal="32")
    (ref,) = city.publish("Vite !! des bancs")  # comments have no rule of etiquette
    async with city.relaying():
        await city.until(city.is_settled)
        city.withdraw(ref)
        await city.until(lambda: city.line(ref).state == "with_a_human")
    assert decidim.comments[0][0] == "32"
    assert decidim.comments[0][1].startswith("« Vite !! des bancs »")
    assert city.rows()[0].external == "comment-101"
    assert "no way to take a text down" in city.line(ref).why


async def test_a_doubt_about_a_comment_is_a_persons_since_nobody_can_look_for_it(city: City, decidim: Decidim) -> None:
    there(city, decidim, proposal="32")
    decidim.lost_answers = 1
    (ref,) = city.publish("Des bancs")
    async with city.relaying():
        await city.until(lambda: city.line(ref).state == "with_a_human")
    assert len(decidim.comments) == 1
    assert "no program can read comments there" in city.line(ref).why


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("« Des bancs »\n\nContribution 4821 0736, https://v.example/suivi/48210736", "Des bancs"),
        ("« Des « vrais » bancs »\n\nContribution 4821 0736", "Des « vrais » bancs"),
        ("« Des bancs » (modéré)\n\nContribution 4821 0736", "« Des bancs » (modéré)\n\nContribution 4821 0736"),
    ],
)
def test_the_words_come_out_of_what_we_wrote_around_them(body: str, words: str) -> None:
    assert words_of(body, "48210736") == words


async def test_processes_and_meetings_become_ours_and_stay_in_step(city: City, decidim: Decidim) -> None:
    decidim.processes = [process("Quartier_Ouest", "Le quartier <em>Ouest</em>", STEPS)]
    decidim.meetings = [
        meeting("31", "Atelier du quartier", "2027-04-12T18:30:00+02:00", "2027-04-12T20:30:00+02:00"),
        meeting("32", "Balade", "2027-04-20T10:00:00+02:00", "2027-04-20T12:00:00+02:00"),
    ]
    there(city, decidim)
    async with city.relaying(mirror=0.1):
        await city.until(lambda: city.look(processes.get, "quartier-ouest") is not None)
        view = city.look(processes.get, "quartier-ouest")
        document = view.document
        assert view.state == "framing"  # its mandate is for the city to write
        assert (document.title, document.sms_name) == ({"fr": "Le quartier Ouest"}, "Le quartier Ouest")
        assert document.summary == {"fr": "La place change, dites comment."}
        assert [(one.kind, one.title, str(one.starts)) for one in document.phases] == [
            ("etape-1", "On vous écoute", "2027-03-01"),
            ("etape-2", "On répond", "2027-05-01"),
        ]
        assert [(one.id, one.place, one.sms_name, one.access) for one in document.workshops] == [
            ("m-31", "Maison de quartier, 2 rue de la Loire", "atelier du 12/04", ("Rampe à gauche",)),
            ("m-32", "Maison de quartier, 2 rue de la Loire", "atelier du 20/04", ("Rampe à gauche",)),
        ]
        decidim.meetings = [decidim.meetings[0] | {"startTime": "2027-04-13T18:30:00+02:00", "endTime": "2027-04-13T20:30:00+02:00"}]
        decidim.processes[0]["title"] = _Words("Le quartier Ouest, ensemble")
        await city.until(lambda: "ensemble" in city.look(processes.get, "quartier-ouest").document.title["fr"])
        document = city.look(processes.get, "quartier-ouest").document
        found = [(one.id, one.status, one.starts_at.day) for one in document.workshops]
        assert found == [("m-31", "scheduled", 13), ("m-32", "cancelled", 20)]
        assert document.sms_name == "Le quartier Ouest"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Place du Marché", "Place du Marché"),
        ("Théâtre de l'Œuvre", "Théatre de l'OEuvre"),
        ("Réaménagement complet de la place du Marché", "Réaménagement complet"),
        ("Maison de quartier, 2 rue de la Loire", "Maison de quartier"),
    ],
)
def test_short_names_fit_an_sms(words: str, name: str) -> None:
    found = mirrors.short(words, 22)
    assert found == name
    assert segments.count(found).units <= 22
    assert not segments.count(found).culprits
