"""A copy of everything holds what was decided about one's words, what one asked for, and who saw one's number: no agent, no note."""

import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
import sqlalchemy as sa

from conversations.effects import AskPerson
from outreach import contacts, staff, tickets
from outreach.contributions import appeals, decisions
from outreach.contributions.decisions import Decision
from outreach.db import Database
from outreach.privacy import export
from outreach.tables import staff as accounts
from tests.conftest import Clock
from tests.meeting import City, meeting, phone

LEA, MAX = phone(1), phone(2)
NOTE = "toujours le même, à surveiller"


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock, meeting("atelier-1", "2027-05-12 18:30"))


def decide(city: City, ref: str, actor: str, kind: str, *, later: bool = False, **details: str) -> None:
    delay = timedelta(minutes=5) if later else timedelta()
    with city.database.write() as session:
        decisions.decide(session, city.clock.advance(minutes=1), ref, actor, Decision(kind, note=NOTE, **details), delay=delay)


def contest(city: City, ref: str, who: str = LEA) -> None:
    with city.database.write() as session:
        appeals.open_(session, city.clock.advance(minutes=1), of(city, who), ref)


def of(city: City, who: str) -> int:
    with city.database.read() as session:
        found = contacts.find(session, "sms", who)
        assert found
        return found.address_id


def copy(city: City, who: str = LEA) -> dict[str, Any]:
    """The file of this phone, as the schema says it is."""
    with city.database.read() as session:
        made = export.file(session, of(city, who), city.clock.now())
    assert made
    found: dict[str, Any] = json.loads(made.content)
    shape = json.loads(export.schema())
    jsonschema.validate(found, shape)
    assert NOTE not in made.content
    assert "staff:" not in made.content
    assert "token:" not in made.content
    return found


def account(city: City, email: str, *roles: str) -> str:
    """Somebody of the team, as the audit calls them."""
    with city.database.write() as session:
        staff.add(session, city.clock.now(), email, roles)
        return f"staff:{session.scalar(sa.select(accounts.c.id).where(accounts.c.email == email))}"


def test_a_refusal_says_why_and_an_appeal_what_came_of_it(city: City) -> None:
    ref = city.gave(LEA, "achetez mes bancs")
    decide(city, ref, "staff:1", "refuse", reason="R5", fact="vend des bancs")
    (view,) = copy(city)["views"]
    assert (view["state"], view["appeal"]) == ("refused", None)
    (refusal,) = view["decisions"]
    why = "c'est une publicité (règle 5)"
    assert (refusal["kind"], refusal["reason"], refusal["why"], refusal["fact"]) == ("refuse", "R5", why, "vend des bancs")
    contest(city, ref)
    (view,) = copy(city)["views"]
    assert (view["state"], view["appeal"]["state"], view["appeal"]["answered_at"]) == ("appealed", "waiting", None)
    decide(city, ref, "staff:2", "uphold")
    (view,) = copy(city)["views"]
    assert (view["appeal"]["state"], view["appeal"]["reason"], view["appeal"]["why"]) == ("upheld", "R5", why)
    assert view["appeal"]["answered_at"] == view["decisions"][-1]["at"]


def test_a_reversed_refusal_and_its_public_text(city: City) -> None:
    ref = city.gave(LEA, "dites à M. Martin de planter")
    decide(city, ref, "staff:1", "refuse", reason="R4")
    contest(city, ref)
    decide(city, ref, "staff:2", "reverse", text="PLACE dites à […] de planter")
    (view,) = copy(city)["views"]
    assert [one["kind"] for one in view["decisions"]] == ["refuse", "reverse"]
    assert (view["appeal"]["state"], view["appeal"]["reason"]) == ("reversed", "")
    assert (view["text"], view["public_text"]) == ("PLACE dites à M. Martin de planter", "PLACE dites à […] de planter")


def test_an_answer_is_there_and_what_may_still_be_taken_back_is_not(city: City) -> None:
    first, second = city.gave(LEA, "des toilettes ouvertes le soir"), city.gave(LEA, "un banc")
    decide(city, first, "token:1", "answer", text="En juin, dit le conseil.")
    decide(city, second, "staff:1", "accept", later=True)
    answered, pending = copy(city)["views"]
    assert [(one["kind"], one["text"]) for one in answered["decisions"]] == [("answer", "En juin, dit le conseil.")]
    assert (pending["state"], pending["decisions"]) == ("received", [])
    assert "15 ans ou plus" in pending["consent"]


def test_who_saw_the_number_when_and_what_for_but_no_name(city: City) -> None:
    city.gave(LEA, "un banc")
    city.gave(MAX, "un arbre")
    moderator = account(city, "camille@ville.example", "moderator", "host")
    with city.database.write() as session:
        tickets.open_(session, of(city, LEA), AskPerson("call_back", "après 18 h", "place-du-marche"), city.clock.now())
        tickets.open_(session, of(city, LEA), AskPerson("question", "c'est où ?"), city.clock.now())
        call, _question = tickets.listing(session).items
        shown = city.clock.advance(minutes=5)
        assert tickets.reveal(session, shown, call.id, moderator) == LEA
        tickets.close(session, city.clock.now(), call.id, moderator)
    city.clock.advance(hours=1)
    with city.database.write() as session:  # what they are allowed since then changes nothing
        staff.set_roles(session, city.clock.now(), int(moderator.removeprefix("staff:")), ["observer"], "command")
    made = copy(city)
    assert [(one["kind"], one["text"], one["process"], one["state"]) for one in made["requests"]] == [
        ("call_back", "après 18 h", "place-du-marche", "done"),
        ("question", "c'est où ?", "", "open"),
    ]
    assert made["seen"] == [{"at": shown.isoformat().replace("+00:00", "Z"), "purpose": "call_back", "roles": ["host", "moderator"]}]
    assert "camille" not in json.dumps(made)
    assert moderator.removeprefix("staff:") not in json.dumps(made)
    other = copy(city, MAX)
    assert (other["seen"], other["requests"]) == ([], [])


def test_the_rights_that_are_tied_to_the_person_and_the_consents_with_their_source(city: City) -> None:
    city.gave(LEA, "un banc")
    city.say(LEA, "OUI")
    city.say(LEA, "OPPOSITION")
    made = copy(city)
    assert [(one["kind"], one["answered_at"], one["outcome"]) for one in made["rights"]] == [("objection", None, "")]
    assert made["objected_at"]
    assert made["known_since"] < made["objected_at"]
    for one in made["consents"]:
        assert one["language"] == "fr"
        assert one["source"]
        assert one["withdrawn_at"]
    assert made["consents"]


def test_every_part_of_the_file_is_in_its_schema_with_a_sentence() -> None:
    shapes = json.loads(export.schema())["$defs"]
    assert set(shapes) == {"Agreed", "Asked", "Contested", "Decided", "Export", "Place", "Said", "Seen", "Used", "View"}
    for shape in shapes.values():
        assert shape["description"]
        assert shape["required"] == list(shape["properties"])
