"""An interpreter sees the texts of her languages alone; what she writes stands beside the words, signed, and never in their place."""

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from conversations.effects import Withdraw
from conversations.outcomes import Submitted
from outreach import audit, staff, translations
from outreach.contributions import intake, withdrawal
from outreach.db import Database
from outreach.staff import Profile
from outreach.tables import translation
from tests.conftest import Clock
from tests.contributing import person, submission
from tests.needles import search_database
from tests.town import EMAIL, SLUG, Town, town

ARABIC, FRENCH = "نحتاج الى مقاعد و ظل للاطفال", "Nous avons besoin de bancs et d'ombre pour les enfants"
HERE = "/desk/interprete"


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def say(city: Town, text: str, language: str, *, phone: str = "+33639980001") -> str:
    def submit(session):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - the office's own
        if phone not in city._people:
            city._people[phone] = person(session, city.now, phone)
        wanted = submission(city._people[phone], text, slug=SLUG, question="besoin", language=language)
        (made,) = intake.submit(session, [wanted], city.now)
        assert isinstance(made, Submitted)
        return made.ref

    return str(await city.ledger.write(submit))


async def enter(city: Town, *reads: str, name: str = "Amina K.") -> None:
    await city.colleague("interpreter")
    (mine,) = [one for one in await city.ledger.read(staff.listing) if one.email == EMAIL]
    await city.ledger.write(staff.describe, city.now, mine.id, Profile(name=name, reads=reads), "command")
    async with await city.post("/desk/connexion", email=EMAIL, password="une phrase facile à garder") as answer:
        assert answer.status == 303


async def keep(city: Town, ref: str, text: str = FRENCH, signed: str = "Amina K.") -> int:
    async with await city.post(f"{HERE}/{ref}", text=text, signed=signed) as answer:
        return answer.status


async def test_only_texts_of_ones_languages_and_nothing_else_of_the_desk(city: Town) -> None:
    arabic, french, turkish = await say(city, ARABIC, "ar"), await say(city, "Des bancs", "fr"), await say(city, "Banklar", "tr")
    await enter(city, "ar")
    page = await city.text(HERE)
    assert arabic[:4] in page
    assert ARABIC in page
    for other in (french, turkish):
        assert f"{HERE}/{other}" not in page
        await city.text(f"{HERE}/{other}", 404)
    await city.text("/desk/contributions", 403)
    await city.text(f"/desk/contributions/{arabic}", 403)
    assert "+336" not in await city.text(f"{HERE}/{arabic}")
    assert [line.action for line in (await city.ledger.read(audit.search, action="translation.opened")).items] == ["translation.opened"]


async def test_who_names_no_language_is_told_so(city: Town) -> None:
    await say(city, ARABIC, "ar")
    await enter(city)
    assert "aucune langue" in await city.text(HERE)
    assert ARABIC not in await city.text(HERE)


async def test_a_translation_stands_beside_the_words_on_the_desk_and_once_published_for_everybody(city: Town) -> None:
    ref = await say(city, ARABIC, "ar")
    await enter(city, "ar")
    assert 'value="Amina K."' in await city.text(f"{HERE}/{ref}")
    assert await keep(city, ref) == 303
    assert search_database(city.database, [FRENCH]) == [], "sealed"
    assert FRENCH.replace("'", "&#39;") not in await city.text(f"/suivi/{ref}"), "nothing is public before the words are"
    page = await city.text(HERE)
    assert "0 texte" in page
    assert "Traduits en dernier" in page
    await city.publish(ref)
    for path in (f"/suivi/{ref}", f"/demarches/{SLUG}/contributions", f"/demarches/{SLUG}"):
        page = await city.text(path)
        assert ARABIC in page
        assert FRENCH.replace("'", "&#39;") in page
        assert "traduit par Amina K." in page
    await city.enter("moderator", email="b@ville.example")
    page = await city.text(f"/desk/contributions/{ref}")
    assert ARABIC in page
    assert "traduit par Amina K." in page


async def test_a_translation_of_words_that_were_hidden_since_is_not_shown(city: Town) -> None:
    ref = await say(city, "قل للسيد مارتان ان يزرع", "ar")
    await enter(city, "ar")
    assert await keep(city, ref, "Dites à M. Martin de planter") == 303
    await city.publish(ref, "redact", text="قل […] ان يزرع", reason="R4")
    assert "Martin" not in await city.text(f"/suivi/{ref}")
    assert f"{HERE}/{ref}" in await city.text(HERE)
    assert "قل […] ان يزرع" in await city.text(f"{HERE}/{ref}")
    assert await keep(city, ref, "Dites à […] de planter") == 303
    assert "Dites à […] de planter" in await city.text(f"/suivi/{ref}")


@pytest.mark.parametrize(
    ("text", "signed"), [("", "Amina K."), (FRENCH, ""), ("x" * 6001, "A."), ("Appelez le 06 12 34 56 78", "Amina K.")]
)
async def test_what_can_not_be_kept_is_told_and_nothing_typed_is_lost(city: Town, text: str, signed: str) -> None:
    ref = await say(city, ARABIC, "ar")
    await enter(city, "ar", name="")
    async with await city.post(f"{HERE}/{ref}", text=text, signed=signed) as answer:
        assert answer.status == 422
        page = await answer.text()
        assert text.replace("'", "&#39;") in page
    assert await city.ledger.read(translations.of, ref, ARABIC) is None


async def test_what_its_author_takes_back_takes_its_translation_along(city: Town) -> None:
    ref = await say(city, ARABIC, "ar")
    await enter(city, "ar")
    await keep(city, ref)
    await city.ledger.write(lambda session: withdrawal.withdraw(session, city._people["+33639980001"], Withdraw(ref), city.now))
    with city.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(translation)) == 0
