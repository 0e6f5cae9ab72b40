"""E-mail to the team: through a real SMTP server, once a matter, with counts and one link, and nothing of any citizen."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from bot.clock import Metronome
from bot.postman import Postman, relay
from conversations import letters
from conversations.effects import AskPerson
from outreach import dossiers, mail, staff, tickets
from outreach.contributions import decisions, reports
from outreach.contributions.reports import Words
from outreach.db import Database
from outreach.staff import Grant, Profile
from outreach.tables import contribution
from outreach.tables import mail as table
from tests.conftest import Clock
from tests.needles import search_database
from tests.peers.mailbox import Mailbox, mailbox
from tests.town import EMAIL, PASSWORD, SLUG, Town, settings, town

NINA = "nina@ville.example"
WORDS, PHONE = "Il manque des bancs et de l'ombre", "+33639980001"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made


@pytest.fixture
async def city(database: Database, clock: Clock, box: Mailbox) -> AsyncIterator[Town]:
    async with town(database, clock, SMTP_URL=box.url) as made:
        await made.opened()
        yield made


async def beat(city: Town, box: Mailbox, troubles: Any = dict) -> None:
    """What the clock does every twenty seconds."""
    given = settings(SMTP_URL=box.url)
    metronome = Metronome(city.ledger, city.clock, "a test", Postman(city.ledger, given), troubles)  # type: ignore[arg-type]
    await metronome.post()


def states(city: Town) -> list[str]:
    with city.database.read() as session:
        return list(session.scalars(sa.select(table.c.state).order_by(table.c.id)))


def told(message: EmailMessage) -> str:
    return str(message.get_content())


async def somebody(city: Town, email: str, *grants: str | Grant, **profile: Any) -> int:
    token = await city.ledger.write(staff.add, city.now, email, grants)
    await city.ledger.write(staff.set_password, city.now, token, PASSWORD)
    (mine,) = [one for one in await city.ledger.read(staff.listing) if one.email == email]
    await city.ledger.write(staff.describe, city.now, mine.id, Profile(**profile), "command")
    return mine.id


async def one_letter(city: Town, email: str = NINA) -> None:
    def put(session: Any) -> None:
        (account,) = [one for one in staff.listing(session) if one.email == email]
        assert mail.put(session, city.now, account, letters.digest([("received", 2)]), kind="digest", matter="m")
        assert not mail.put(session, city.now, account, letters.digest([("received", 3)]), kind="digest", matter="m")

    await city.ledger.write(put)


# --- kinds


async def test_an_invitation_goes_by_e_mail_with_one_link_that_opens_the_account(city: Town, box: Mailbox) -> None:
    await city.enter("admin")
    city.clock.advance(hours=3)  # no morning round
    async with await city.post("/desk/equipe", **{"email": NINA, "role:moderator": "1"}) as answer:
        assert "Il part aussi par courriel" in await answer.text()
    await beat(city, box)
    (letter,) = box.got
    assert letter["To"] == NINA
    assert letter["From"] == "Ville de Nantes <dialogue@ville.example>"
    assert letter["Subject"] == "Ville de Nantes : Votre accès au bureau"
    assert letter.get_content_type() == "text/plain"
    (link,) = re.findall(r"https?://\S+", told(letter))
    await city.ledger.write(staff.set_password, city.now, link.rsplit("/", 1)[1], PASSWORD)
    await beat(city, box)
    assert len(box.got) == 1
    assert states(city) == ["sent"]


async def test_a_week_begins_with_what_needs_each_role_as_far_as_it_reaches(city: Town, box: Mailbox) -> None:
    await city.say(WORDS)
    await city.say("Une fontaine", phone="+33639980002")
    await city.ledger.write(lambda session: tickets.open_(session, city._people[PHONE], AskPerson("call_back", "le soir"), city.now))
    await somebody(city, EMAIL, "moderator")
    await somebody(city, NINA, "moderator", language="en")
    await somebody(city, "else@ville.example", Grant("moderator", (SLUG,)))
    await somebody(city, "observer@ville.example", "observer")
    city.clock.at = city.clock.at.replace(hour=6, minute=59)  # 07:59 in Nantes
    await beat(city, box)
    assert box.got == []
    city.clock.advance(minutes=1)
    for _again in range(3):
        await beat(city, box)
    by_address = {letter["To"]: told(letter) for letter in box.got}
    assert set(by_address) == {EMAIL, NINA, "else@ville.example"}
    assert "- 2 avis à lire" in by_address[EMAIL]
    assert "- 1 personne attend un mot" in by_address[EMAIL]
    assert "- 2 contributions to read" in by_address[NINA]
    assert "personne attend" not in by_address["else@ville.example"], "a call-back of no project is for the whole city's team"
    for text in by_address.values():
        assert re.findall(r"https?://\S+", text) == ["https://dialogue.ville.example/desk"]
        for private in (WORDS, "fontaine", "3363", "le soir", "Loire"):
            assert private not in text


async def test_other_mornings_tell_of_approvals_and_of_what_is_due_and_holidays_of_nothing(city: Town, box: Mailbox) -> None:
    await city.ledger.write(lambda session: tickets.open_(session, _person(session, city), AskPerson("question", "Quand ?"), city.now))
    await somebody(city, EMAIL, "moderator")
    city.clock.at = city.clock.at.replace(day=17, hour=7)  # Wednesday, the second working day
    await beat(city, box)
    assert [letter["Subject"] for letter in box.got] == [], "until the evening there is time"
    city.clock.advance(days=1)
    await beat(city, box)
    assert [letter["Subject"] for letter in box.got] == ["Ville de Nantes : Des réponses attendues"]
    assert "- 1 personne attend un mot depuis trop longtemps" in told(box.got[0])
    city.clock.at = city.clock.at.replace(day=29)  # Easter Monday
    await beat(city, box)
    assert len(box.got) == 1
    city.clock.advance(days=1)  # the first working day of that week
    await beat(city, box)
    assert box.got[1]["Subject"] == "Ville de Nantes : Votre semaine au bureau"


async def test_who_reported_a_text_and_left_an_address_is_told_the_decision_and_its_reason_once(city: Town, box: Mailbox) -> None:
    kept, gone = await city.say("Une fontaine"), await city.say("Untel est un voleur", phone="+33639980002")
    for ref in (kept, gone):
        await city.publish(ref)
    for ref, email in ((kept, "voisin@exemple.fr"), (gone, "voisine@exemple.fr"), (gone, ""), (gone, "pas une adresse <a@b.fr>")):
        assert await city.ledger.write(reports.make, city.now, ref, "R9", Words("Il ment", email)) == "taken"
    await beat(city, box)
    assert box.got == [], "nothing is decided"
    await city.ledger.write(reports.judge, city.now, kept, "staff:1", "kept")
    await city.ledger.write(reports.judge, city.now, gone, "staff:1", "hidden", "R9")
    await city.ledger.write(reports.judge, city.now, gone, "staff:2", "hidden", "R9")
    for _again in range(3):
        await beat(city, box)
        city.clock.advance(days=1)
    by_address = {letter["To"]: told(letter) for letter in box.got}
    assert (len(box.got), set(by_address)) == (2, {"voisin@exemple.fr", "voisine@exemple.fr"})
    assert "reste public" in by_address["voisin@exemple.fr"]
    assert "n’est plus public. Motif : Diffamation possible" in by_address["voisine@exemple.fr"]
    for text in by_address.values():
        assert "02 61 91 00 00" in text
        for private in ("voleur", "Il ment", "3363", "compte"):
            assert private not in text


async def test_what_waits_for_a_second_person_is_told_to_whoever_may_be_that_person(city: Town, box: Mailbox) -> None:
    one, other = await city.say("Dehors"), await city.say("Je te retrouverai", phone="+33639980002")
    lea = await somebody(city, EMAIL, "moderator")
    await somebody(city, NINA, "admin")
    for ref, reason in ((one, "R3"), (other, "R8")):
        decided = decisions.Decision("refuse", reason=reason)
        await city.ledger.write(decisions.decide, city.now, ref, f"staff:{lea}", decided, delay=timedelta())
    await city.ledger.write(dossiers.ask, city.now, other, f"staff:{lea}")
    city.clock.at = city.clock.at.replace(day=17, hour=7)
    await beat(city, box)
    (letter,) = box.got
    assert letter["To"] == NINA, "the only moderator can't be the second one: the administrator is told (MOD-32)"
    assert "- 2 décisions à regarder une deuxième fois" in told(letter)
    assert "- 1 dossier pour la justice, à confirmer" in told(letter)


def _person(session: Any, city: Town) -> int:
    from tests.contributing import person

    return person(session, city.now, PHONE)


async def test_who_is_on_call_is_woken_once_for_a_threat_and_for_a_channel_that_is_down(city: Town, box: Mailbox) -> None:
    await somebody(city, EMAIL, "moderator", on_call=True)
    await somebody(city, NINA, "moderator")
    await somebody(city, "else@ville.example", Grant("moderator", (SLUG,)), on_call=True)
    await somebody(city, "host@ville.example", "host", on_call=True)
    city.clock.at = city.clock.at.replace(hour=23)
    ref = await city.say("Je vais tout casser demain")
    await beat(city, box)
    assert box.got == []
    await city.ledger.write(lambda session: session.execute(sa.update(contribution).values(urgent=2)))
    for _again in range(2):
        await beat(city, box)
    assert sorted(letter["To"] for letter in box.got) == [EMAIL, "else@ville.example"]
    for letter in box.got:
        assert letter["Subject"] == "Ville de Nantes : Urgent : un message à lire maintenant"
        assert "casser" not in told(letter)
        assert f"/desk/contributions/{ref}" in told(letter)
    box.got.clear()
    for _again in range(2):
        await beat(city, box, lambda: {"sms": "refused"})
    assert sorted(letter["To"] for letter in box.got) == [EMAIL, "else@ville.example", "host@ville.example"]
    assert "sms" in told(box.got[0])
    city.clock.advance(days=1)
    await beat(city, box, lambda: {"sms": "refused"})
    assert len(box.got) == 6


# --- the way


async def test_a_relay_that_is_busy_is_asked_again_later_and_longer_each_time(city: Town, box: Mailbox) -> None:
    await somebody(city, NINA, "observer")
    await one_letter(city)
    box.answers = ["451 busy", "451 busy"]
    await beat(city, box)
    await beat(city, box)
    assert (states(city), len(box.answers)) == (["queued"], 1)
    city.clock.advance(minutes=1)
    await beat(city, box)
    city.clock.advance(minutes=1)
    await beat(city, box)
    assert (states(city), box.got) == (["queued"], [])
    city.clock.advance(minutes=1)
    await beat(city, box)
    assert (states(city), len(box.got)) == (["sent"], 1)


async def test_a_refusal_is_the_end_and_holds_no_other(city: Town, box: Mailbox) -> None:
    await somebody(city, NINA, "observer")
    await somebody(city, EMAIL, "observer")
    await one_letter(city)
    await one_letter(city, EMAIL)
    box.answers = ["550 nobody here"]
    await beat(city, box)
    assert states(city) == ["failed", "sent"]
    assert [letter["To"] for letter in box.got] == [EMAIL]
    await city.enter("admin", email="admin@ville.example")
    page = await city.text("/desk/envois")
    assert page.count("la semaine") == 2
    assert "donné au relais" in page
    assert NINA not in page


async def test_a_cut_after_the_words_is_a_doubt_and_is_not_sent_again(city: Town, box: Mailbox) -> None:
    await somebody(city, NINA, "observer")
    await one_letter(city)
    box.answers = ["cut"]
    for _again in range(3):
        await beat(city, box)
        city.clock.advance(hours=1)
    assert (states(city), len(box.got)) == (["unknown"], 1)


async def test_a_relay_that_is_away_loses_nothing_and_old_news_is_dropped(city: Town, box: Mailbox) -> None:
    await somebody(city, NINA, "observer")
    await one_letter(city)
    postman = Postman(city.ledger, settings(SMTP_URL="smtp://127.0.0.1:1/"))
    await postman.deliver(city.now)
    assert states(city) == ["queued"]
    city.clock.advance(minutes=1)
    await beat(city, box)
    assert states(city) == ["sent"]
    city.clock.advance(hours=5)
    with city.database.write() as session:
        session.execute(sa.update(table).values(matter="other"))
    await one_letter(city)
    city.clock.advance(days=2)
    await beat(city, box)
    assert (states(city), len(box.got)) == (["sent", "failed"], 1)


async def test_a_crash_while_one_was_leaving_sends_it_no_second_time(city: Town, box: Mailbox) -> None:
    await somebody(city, NINA, "observer")
    await one_letter(city)
    assert len(await city.ledger.write(mail.take, city.now)) == 1
    await beat(city, box)
    city.clock.advance(minutes=10)
    await beat(city, box)
    await beat(city, box)
    assert (states(city), box.got) == (["unknown"], [])


async def test_addresses_and_links_are_sealed_and_words_go_when_they_were_sent(city: Town, box: Mailbox) -> None:
    token = await city.ledger.write(mail.invite, city.now, NINA, ["observer"], "command")
    assert search_database(city.database, [token, "accès au bureau"]) == []
    assert [one.kind for one in await city.ledger.read(mail.listing)] == ["invitation"]
    city.clock.advance(hours=5)
    await beat(city, box)
    with city.database.read() as session:
        assert session.scalars(sa.select(table.c.sealed)).one() == b""
    city.clock.advance(days=31)
    from outreach import privacy

    assert (await city.ledger.write(privacy.purge, city.now)).counts["mail"] == 1


@pytest.mark.parametrize(
    ("url", "port", "sender", "start_tls"),
    [
        ("smtps://user:p%40ss@mail.ville.example/?from=a@b.example", 465, "a@b.example", False),
        ("smtp://relais@ville.example:x@mail.ville.example", 587, "relais@ville.example", True),
        ("smtp://127.0.0.1:2525", 2525, "dialogue@dialogue.ville.example", None),
    ],
)
def test_the_relay_is_read_from_one_address(url: str, port: int, sender: str, start_tls: bool | None) -> None:  # noqa: FBT001 - a case
    found = relay(settings(SMTP_URL=url.replace("relais@ville.example", "relais%40ville.example")))
    assert (found.port, found.sender, found.start_tls) == (port, sender, start_tls)
    assert found.password in {"p@ss", "x", ""}


def test_every_need_has_its_sentence() -> None:
    from gettext import NullTranslations
    from typing import get_args

    for need in get_args(letters.Need):
        for count in (1, 7):
            written = letters.write(letters.digest([(need, count)]), NullTranslations(), "Nantes", "https://x.example")
            assert f"- {count} " in written.text


async def test_the_doctor_greets_the_relay_and_sends_nothing(box: Mailbox) -> None:
    from bot.doctor import _relay

    assert (await _relay(settings(SMTP_URL=box.url))).level == "ok"
    gone = await _relay(settings(SMTP_URL="smtp://user:hunter2@127.0.0.1:1"))
    assert gone.level == "warning"
    assert "hunter2" not in gone.what
    assert box.got == []
