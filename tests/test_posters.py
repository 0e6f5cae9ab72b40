"""Posters and flyers: rendered as a printer would, decoded as a phone would, read as a citizen would."""

import math
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import msgspec
import pypdfium2
import pytest
import zxingcpp

from bot.languages import read, spaced
from bot.print import fonts
from bot.print.flyer import flyer
from bot.print.poster import poster
from bot.print.sheet import printable
from bot.print.words import PURPOSE, Codes, Words, codes, purpose, words
from conversations.facts import City, Entry
from outreach import documents, invented, processes
from outreach.db import Database
from tests.conftest import NANTES, Clock
from tests.town import SLUG, Town, town

NOW = datetime(2027, 3, 15, 10, 0, tzinfo=UTC)
TODAY = date(2027, 3, 15)
SHOP = Entry("pharmacie", "kX3abcdefghijklmnopqrs", "PLACE", "fr", "Pharmacie de la place")
TELEGRAM = "https://t.me/VilleDeNantesBot?start=kX3abcdefghijklmnopqrs"
SMS = "SMSTO:0937000000:PLACE"
PAGE = "https://dialogue.ville.example/inscription/kX3abcdefghijklmnopqrs"
MILLIMETRE = 72 / 25.4

ARABIC = Words(
    language="ar",
    title="ساحة السوق",
    question="ماذا تحتاجون للبقاء في الساحة؟",
    purpose="تعيد المدينة تهيئة ساحة السوق. لم يتقرر بعد ما سيُزرع ويُوضع فيها.",
    robot="روبوت، ويقرأ موظفو المدينة الأجوبة",
    cost="رسالة بدون تكلفة إضافية",
    soon="قريبا",
    by_telegram="امسحوا الرمز ثم اضغطوا Start",
    by_sms="أرسلوا SAHA إلى 09\u00a037\u00a000\u00a000\u00a000",
    by_page="امسحوا الرمز واختاروا: رسالة قصيرة أو تلغرام",
    human="للتحدث إلى شخص: 02\u00a061\u00a091\u00a000\u00a000",
    until="حتى 28 أبريل 2027",
    promised="يجيب المنتخبون قبل 29 يونيو 2027.",
    place="المركز الاجتماعي",
)
"""Sentences handed in: no catalogue in Arabic has been signed by a reader yet."""


def said(language: str = "fr", city: City = NANTES, entry: Entry = SHOP) -> Words:
    document = documents.parse(invented.market_square(TODAY).encode(), yaml=True)
    return words(document, entry, city, language, read(language), TODAY)


def page(pdf: bytes) -> pypdfium2.PdfPage:
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1, "a sheet is one page"
    return document[0]


def text(pdf: bytes) -> str:
    return " ".join(page(pdf).get_textpage().get_text_range().split())


def read_codes(pdf: bytes, dots_per_inch: int = 150) -> dict[str, float]:
    """What the codes of a page hold, and how many millimetres across each is printed."""
    picture = page(pdf).render(scale=dots_per_inch / 72).to_pil()
    found = {}
    for one in zxingcpp.read_barcodes(picture):
        corners = one.position
        across = math.dist((corners.top_left.x, corners.top_left.y), (corners.top_right.x, corners.top_right.y))
        found[one.text] = across / dots_per_inch * 25.4
    return found


@pytest.mark.parametrize(("size", "width", "height", "least"), [("a4", 210, 297, 30), ("a3", 297, 420, 42)])
@pytest.mark.parametrize("both", [False, True])
def test_a_phone_reads_both_codes_of_a_poster(size: str, width: float, height: float, least: float, both: bool) -> None:  # noqa: FBT001
    pdf = poster("Ville de Nantes", (said(), ARABIC) if both else (said(),), codes(NANTES, SHOP), size, NOW)
    assert page(pdf).get_size() == pytest.approx((width * MILLIMETRE, height * MILLIMETRE), abs=1)
    found = read_codes(pdf)
    assert found.keys() == {TELEGRAM, SMS}
    assert all(across >= least for across in found.values()), found


def test_the_codes_have_the_levels_that_were_promised() -> None:
    picture = page(poster("Ville de Nantes", (said(),), codes(NANTES, SHOP), "a4", NOW)).render(scale=2).to_pil()
    assert {one.text: one.ec_level for one in zxingcpp.read_barcodes(picture)} == {TELEGRAM: "H", SMS: "M"}


def test_a_poster_says_in_words_what_its_codes_hold_and_who_reads() -> None:
    told = text(poster("Ville de Nantes", (said(),), codes(NANTES, SHOP), "a4", NOW)).replace("\u00a0", " ")
    for words_ in (
        "Ville de Nantes",
        "De quoi avez-vous besoin",
        "Envoyez PLACE au 09 37 00 00 00",
        "@VilleDeNantesBot",
        TELEGRAM.removeprefix("https://"),
        "Pour parler à quelqu’un : 02 61 91 00 00",
        "robot, réponses lues par des agents de la Ville",
        "SMS non surtaxé",
        "Jusqu’au 30 avril 2027",
        "Pharmacie de la place",
        "Pour être rappelé : SMS APPEL",
    ):
        assert words_ in told, words_


def test_a_channel_that_is_not_open_yet_is_to_come_and_has_no_code() -> None:
    for city, left in (
        (msgspec.structs.replace(NANTES, telegram=""), SMS),
        (msgspec.structs.replace(NANTES, sms_number=""), TELEGRAM),
    ):
        pdf = poster("Ville de Nantes", (said(city=city),), codes(city, SHOP), "a4", NOW)
        assert list(read_codes(pdf)) == [left]
        assert "à venir" in text(pdf)


def test_without_a_keyword_the_answer_itself_is_texted() -> None:
    tram = msgspec.structs.replace(SHOP, keyword="")
    assert codes(NANTES, tram).sms == "SMSTO:0937000000:"
    assert said(entry=tram).by_sms == "Envoyez votre réponse au 09\u00a037\u00a000\u00a000\u00a000"


@pytest.mark.parametrize("both", [False, True])
def test_a_flyer_leads_to_the_sign_up_page(both: bool) -> None:  # noqa: FBT001
    pdf = flyer("Ville de Nantes", (said(), ARABIC) if both else (said(),), codes(NANTES, SHOP), NOW)
    assert page(pdf).get_size() == pytest.approx((148 * MILLIMETRE, 210 * MILLIMETRE), abs=1)
    found = read_codes(pdf, 200)
    assert list(found) == [PAGE]
    assert found[PAGE] >= 30
    assert PAGE.removeprefix("https://") in text(pdf)


def test_arabic_is_shaped_and_runs_from_right_to_left() -> None:
    """Letters joined are other glyphs than letters alone; a line begins at the right edge, and a number in it keeps its order."""
    pdf = poster("Ville de Nantes", (ARABIC,), codes(NANTES, SHOP), "a4", NOW)
    sheet = page(pdf)
    width = sheet.get_width()
    written = sheet.get_textpage()
    told = written.get_text_range()
    for asked in ("ساحة", "PLACE"):
        assert (asked in told) == (asked == "ساحة")
    after = told.index("شخص")
    digits = [number for number in range(after, told.index("\r", after)) if told[number].isdigit()]
    # as it is seen, from left to right: a number is not turned around
    assert "".join(told[number] for number in sorted(digits, key=lambda number: written.get_charbox(number)[0])) == "0261910000"
    rights = [written.get_charbox(number)[2] for number, letter in enumerate(told) if "\u0600" <= letter <= "\u06ff"]
    assert max(rights) == pytest.approx(width - 14 * MILLIMETRE, abs=3)


def test_each_letter_of_every_offered_script_has_a_glyph() -> None:
    from io import BytesIO

    from fontTools.ttLib import TTFont

    found = fonts.find()
    assert found.signs is not None
    known = {letter for font in (found.plain, found.signs) for letter in TTFont(BytesIO(font)).getBestCmap()}
    for letters in (
        " ".join(msgspec.structs.asdict(ARABIC).values()),
        "Їжак є ґанок Щёголь",
        "Şığ İ ğ",
        printable("œÆ «’»…–\u202f\u00a0€"),
    ):
        assert {letter for letter in letters if ord(letter) not in known} == set()


def test_the_purpose_is_whole_sentences_within_twenty_words() -> None:
    assert purpose("Un. Deux trois.") == "Un. Deux trois."
    assert purpose("Un mot. " + "long " * PURPOSE) == "Un mot."
    cut = purpose("long " * 50)
    assert cut.endswith(" …")
    assert len(cut.split()) <= PURPOSE
    for language in ("fr", "en"):
        assert 0 < len(said(language).purpose.split()) <= PURPOSE


def test_french_is_spaced_as_it_is_printed() -> None:
    assert spaced("d'où ? « oui » : non") == "d’où\u202f? «\u00a0oui\u00a0»\u00a0: non"


def test_letters_that_a_font_lacks_reach_no_log(caplog: pytest.LogCaptureFixture) -> None:
    poster("Ville", (msgspec.structs.replace(said(), question="广场 😀"),), codes(NANTES, SHOP), "a4", NOW)
    assert "广" not in caplog.text


def test_without_any_font_the_trouble_names_its_mend(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)

    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(fonts, "import_module", absent)
    monkeypatch.setattr(fonts, "_DEBIAN", tmp_path)
    with pytest.raises(fonts.NoFont, match="pip install pymupdf-fonts"):
        fonts.find.__wrapped__()


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        await made.enter("staff")
        yield made


@pytest.mark.one_engine
async def test_the_desk_lists_each_place_and_language_and_its_sheets_hold_its_own_token(city: Town) -> None:
    view = await city.ledger.read(processes.get, SLUG)
    assert view is not None
    tokens = {entry.id: entry.token for entry in view.entries}
    listed = await city.text(f"/desk/demarches/{SLUG}/affiches")
    for entry in view.entries:
        for kind in ("a4", "a3", "flyer"):
            assert f"/affiches/{entry.id}.pdf?format={kind}" in listed
    assert "personne n’a encore signé" in listed or "aucun lecteur" in listed  # Arabic
    seen: set[str] = set()
    for kind in ("a4", "a3", "flyer"):
        async with city.http.get(f"/desk/demarches/{SLUG}/affiches/library.pdf", params={"format": kind, "langues": "fr,en"}) as answer:
            assert (answer.status, answer.content_type) == (200, "application/pdf")
            assert answer.headers["Cache-Control"] == "no-store"
            seen |= read_codes(await answer.read(), 200).keys()
    token = tokens["library"]
    assert seen == {
        f"https://t.me/VilleDeNantesBot?start={token}",
        "SMSTO:0937000000:SQUARE",
        f"https://dialogue.ville.example/inscription/{token}",
    }


@pytest.mark.one_engine
async def test_what_does_not_exist_has_no_sheet(city: Town) -> None:
    for name, query in (
        ("nulle-part", {}),
        ("library", {"format": "a0"}),
        ("library", {"langues": "xx"}),
        ("library", {"langues": "fr,en,fr"}),
    ):
        await city.text(f"/desk/demarches/{SLUG}/affiches/{name}.pdf", 404, **query)
    await city.text("/desk/demarches/ailleurs/affiches", 404)


@pytest.mark.one_engine
async def test_a_phone_that_is_lent_has_no_poster(city: Town) -> None:
    source = invented.market_square(city.now.date()).replace("place: Médiathèque,", "place: Médiathèque, lent: true,")
    await city.ledger.write(processes.put, city.now, documents.parse(source.encode(), yaml=True), "command")
    assert "library.pdf" not in await city.text(f"/desk/demarches/{SLUG}/affiches")
    await city.text(f"/desk/demarches/{SLUG}/affiches/library.pdf", 404)


def test_codes_are_plain_data() -> None:
    assert codes(City(name="Sorlac"), SHOP) == Codes(page="/inscription/kX3abcdefghijklmnopqrs")
