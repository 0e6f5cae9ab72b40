"""The book of contributions: what is in it, what never is, and that a city hall can print it."""

import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import openpyxl
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import sqlalchemy as sa

from bot.languages import read
from bot.print.cahier import LARGE, ORDINARY, cahier_pdf
from bot.print.sheet import printable
from bot.print.spreadsheet import spreadsheet
from outreach import audit, cahier, documents, invented
from outreach.cahier import Cahier, Chapter, Line, Theme
from outreach.contributions import STATES, queue, themes
from outreach.db import Database
from outreach.references import show_ref
from outreach.tables import contribution
from tests.conftest import NANTES, Clock
from tests.town import SLUG, Town, town

FORMULA = '=HYPERLINK("http://evil.example";"bancs")'


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def book(city: Town) -> Cahier:
    found = await city.ledger.read(cahier.gather, city.now, SLUG)
    assert found is not None
    return found


def refs(found: Cahier) -> dict[str, list[str]]:
    return {theme.id: [line.ref for line in theme.lines] for chapter in found.chapters for theme in chapter.themes}


async def give(city: Town, ref: str, theme: str, actor: str = "token:1") -> None:
    await city.ledger.write(themes.give, city.now, ref, actor, theme)


async def test_what_was_validated_is_in_by_theme_and_nothing_else(city: Town) -> None:
    tree, bench, refused, waiting = [
        await city.say(text, phone=f"+3363998000{number}")
        for number, text in enumerate(("Des arbres", "Dites à M. Martin de poser des bancs", "Votez pour moi", "Pas encore lue"))
    ]
    kept = await city.say("Seulement le lire", phone="+33639980009", publish=False)
    await give(city, tree, "ombre")
    await give(city, refused, "ombre")
    await city.publish(tree)
    await city.publish(bench, "redact", text="Dites à […] de poser des bancs", reason="R4")
    await city.publish(refused, "refuse", reason="R11")
    await city.publish(kept)
    found = await book(city)
    assert refs(found) == {"ombre": [tree], "": [bench]}
    assert found.voices == 2
    (line,) = next(theme for theme in found.chapters[0].themes if not theme.id).lines
    assert line == Line(bench, "Dites à […] de poser des bancs", "fr", date(2027, 3, 15), redacted=True)
    assert waiting not in str(found)


async def test_copies_are_counted_under_the_text_that_speaks_for_them(city: Town) -> None:
    first, second, third = [await city.say("Gardez le parking", phone=f"+3363998001{number}") for number in range(3)]
    alone = await city.say("Des fleurs", phone="+33639980020")
    await city.publish(alone)
    await city.publish(first)
    for ref in (second, third):
        await city.publish(ref, "group", with_=first)
    lines = (await book(city)).chapters[0].themes[0].lines
    assert [(line.ref, line.others) for line in lines] == [(first, 2), (alone, 0)]
    with city.database.write() as session:  # who spoke for them left
        session.execute(sa.update(contribution).where(contribution.c.ref == first).values(state="withdrawn", public_text=None))
    lines = (await book(city)).chapters[0].themes[0].lines
    assert [(line.ref, line.others) for line in lines] == [(second, 1), (alone, 0)]


@pytest.mark.parametrize("state", STATES)
async def test_each_state_is_in_or_out(city: Town, state: str) -> None:
    ref = await city.say("Des bancs")
    await city.publish(ref)
    with city.database.write() as session:
        session.execute(sa.update(contribution).where(contribution.c.ref == ref).values(state=state))
    validated = {"accepted", "redacted", "grouped", "published", "taken_up", "not_taken_up", "responded", "carried_out"}
    assert ((await book(city)).voices == 1) == (state in validated)


async def test_a_pseudonym_is_in_no_form_of_it(city: Town) -> None:
    ref = await city.say("Des bancs")
    await city.publish(ref)
    item = await city.ledger.read(queue.get, city.now, ref)
    assert item.pseudonym
    found = await book(city)
    assert item.pseudonym not in str(found)
    assert item.pseudonym not in text(cahier_pdf(found, NANTES, "fr", read("fr")))
    assert item.pseudonym not in str(rows(spreadsheet(found, "fr", read("fr"))))


async def test_a_theme_is_given_changed_and_taken_back_each_time_written_down(city: Town) -> None:
    ref = await city.say("Des arbres")
    await city.ledger.write(queue.claim, city.now, ref, "staff:7")
    with pytest.raises(queue.ClaimedByOther):
        await give(city, ref, "ombre")
    city.clock.advance(minutes=11)
    with pytest.raises(themes.NoTheme):
        await give(city, ref, "nulle-part")
    with pytest.raises(queue.NoItem):
        await give(city, "00000000", "ombre")
    for theme in ("ombre", "ombre", "jeux", ""):
        await give(city, ref, theme)
    item = await city.ledger.read(queue.get, city.now, ref)
    assert item.theme == ""
    lines = (await city.ledger.read(audit.search, action="contribution.theme")).items
    assert len(lines) == 3, "nothing changed, nothing is written"


async def test_a_moderator_gives_a_theme_on_the_page_and_it_shows(city: Town) -> None:
    ref = await city.say("Des arbres")
    await city.enter("moderator")
    page = await city.text(f"/desk/contributions/{ref}")
    assert 'data-keys="1"' in page
    assert "Ombre et arbres" in page
    async with await city.post(f"/desk/contributions/{ref}/theme", form_on=f"/desk/contributions/{ref}", theme="ombre") as answer:
        assert (answer.status, answer.headers["Location"]) == (303, f"/desk/contributions/{ref}")
    assert 'value="" aria-pressed="true" data-keys="1"' in await city.text(f"/desk/contributions/{ref}")
    async with await city.post(f"/desk/contributions/{ref}/theme", form_on=f"/desk/contributions/{ref}", theme="autre") as answer:
        assert answer.status == 422


async def test_one_click_gives_the_pdf_the_large_print_and_the_spreadsheet(city: Town) -> None:
    ref = await city.say("Des bancs à l'ombre")
    await city.publish(ref)
    await city.enter("host")
    page = await city.text(f"/desk/demarches/{SLUG}")
    for name in ("cahier.pdf", "cahier-gros-caracteres.pdf", "cahier.xlsx"):
        assert f"/desk/demarches/{SLUG}/{name}" in page
        async with city.http.get(f"/desk/demarches/{SLUG}/{name}") as answer:
            assert answer.status == 200
            body = await answer.read()
        told = text(body) if name.endswith("pdf") else str(rows(body))
        assert show_ref(ref) in told
        assert "Des bancs à l'ombre" in told.replace("’", "'")
    for name in ("cahier.pdf", "cahier.xlsx"):
        await city.text(f"/desk/demarches/ailleurs/{name}", 404)


def text(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).replace("\u00a0", " ").split())


def rows(body: bytes) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(body)).worksheets[0].iter_rows(values_only=True))


def sizes(pdf: bytes) -> set[float]:
    """The sizes of all letters, in points as they are printed."""
    found = set()
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                size = pdfium.c_float()
                assert pdfium.FPDFTextObj_GetFontSize(one, size)
                found.add(round(size.value * abs(one.get_matrix().d), 1))
    return found


def sample(*lines: Line) -> Cahier:
    document = documents.parse(invented.market_square(date(2027, 3, 15)).encode(), yaml=True)
    chapter = Chapter("besoin", dict(document.questions[0].text), (Theme("ombre", {"fr": "Ombre et arbres"}, lines),))
    return Cahier(SLUG, document, datetime(2027, 3, 15, 17, tzinfo=UTC), (chapter, Chapter("vide", {"fr": "Et sinon ?"}, ())))


def line(number: int, words: str, language: str = "fr", others: int = 0) -> Line:
    return Line(f"{10_000_000 + number}", words, language, date(2027, 3, 10), others=others)


def many() -> list[Line]:
    told = [line(number, f"{words} {number}", others=number % 3) for number, words in enumerate(invented._FRENCH * 4)]
    told += [line(500 + number, words, "ar") for number, words in enumerate(invented._ARABIC)]
    return [*told, line(900, "Une très longue lettre. " * 160)]


def test_large_print_has_no_letter_below_sixteen_points() -> None:
    assert min(sizes(cahier_pdf(sample(*many()), NANTES, "fr", read("fr"), LARGE))) >= 16
    assert min(sizes(cahier_pdf(sample(*many()), NANTES, "fr", read("fr"), ORDINARY))) < 16


@pytest.mark.parametrize("size", [ORDINARY, LARGE])
def test_every_text_is_there_whole_with_its_number_and_nothing_runs_off_a_page(size: object) -> None:
    assert size in {ORDINARY, LARGE}
    lines = many()
    pdf = cahier_pdf(sample(*lines), NANTES, "fr", read("fr"), LARGE if size == LARGE else ORDINARY)
    told = text(pdf)
    for one in lines:
        turned = " ".join(reversed(show_ref(one.ref).split()))  # as pdfium reads a line that also holds Arabic
        assert show_ref(one.ref) in told or (one.language == "ar" and turned in told), one.ref
        if one.language == "fr" and one.ref != "10000900":
            assert " ".join(one.text.split()) in told
    assert told.count("Une très longue lettre.") == 160
    assert "Personne n’a encore répondu à cette question" in told
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                left, bottom, right, top = one.get_bounds()
                assert left >= 0
                assert right <= 596
                assert bottom >= 20
                assert top <= 842


def test_a_letter_that_no_font_has_leaves_a_box_and_a_sign_is_shown() -> None:
    assert printable("Un 广 mot\u202f!") == "Un ▯ mot\u00a0!"
    assert printable("☀️") == "☀"


def test_no_text_is_a_formula_in_the_spreadsheet() -> None:
    dangerous = [FORMULA, "+33 6", "-des bancs", "@SUM(A1)", "\tx", "des \x07bancs"]
    body = spreadsheet(sample(*(line(number, words) for number, words in enumerate(dangerous))), "fr", read("fr"))
    sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    cells = [sheet.cell(number + 2, 4) for number in range(len(dangerous))]
    assert [cell.value for cell in cells] == [*dangerous[:-1], "des bancs"]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells[:-1])
    assert [cell.value for cell in sheet[1]][:4] == ["Numéro", "Question", "Thème", "Texte"]
    assert sheet.freeze_panes == "B2"


def test_themes_are_checked_with_the_document() -> None:
    source = invented.market_square(date(2027, 3, 15))
    for wrong, said in (
        (source.replace("id: jeux,", "id: ombre,"), "taken by"),
        (source.replace("fr: Jeux et sport, en", "en"), "French is always there"),
        (
            source.replace("documents:\n", "".join(f"  - {{id: t{n}, title: {{fr: T}}}}\n" for n in range(5)) + "documents:\n"),
            "at most 9 themes",
        ),
        (source.replace("language: en}", "language: en, lent: peut-etre}"), "write true or false"),
    ):
        with pytest.raises(documents.DocumentTrouble, match=said):
            documents.parse(wrong.encode(), yaml=True)
