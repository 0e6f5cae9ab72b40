"""The public pages as files: every link leads to a file that is there, nothing is asked, nothing is left out."""

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import sqlalchemy as sa

from bot.site import still
from outreach import invented
from outreach.contributions import decisions, themes
from outreach.tables import process
from tests.conftest import Clock
from tests.contributing import AT_ONCE, LEA, given, person, phone
from tests.test_commands import folder, office, run
from tests.town import SLUG

__all__ = ["folder"]


@pytest.fixture
def refs(folder: Path, clock: Clock) -> list[str]:
    """A city with one open project and more texts than a page holds; its pages as files in `public`."""
    assert folder
    text = invented.market_square(clock.now().date())
    Path("place.yaml").write_text(text, encoding="utf-8")
    assert run("import", "place.yaml").exit_code == 0
    with office().write() as session:  # the settings of this folder lack what an opening asks for
        session.execute(sa.update(process).values(state="open", opened_at=clock.now()))
        made = [given(session, clock.now(), person(session, clock.now(), phone()), f"Un banc, numéro {number}") for number in range(33)]
        for ref in made:
            decisions.decide(session, clock.now(), ref, LEA, decisions.Decision("accept"), delay=AT_ONCE)
            themes.give(session, clock.now(), ref, LEA, "ombre")
    done = run("export", "public", "--site")
    assert (done.exit_code, done.output) == (0, "written to public\n"), done.output
    return made


def links(file: Path) -> list[str]:
    return [unescape(one) for one in re.findall(r'\b(?:href|src|action)="([^"]*)"', file.read_text(encoding="utf-8"))]


def test_every_link_leads_to_a_file_and_every_anchor_to_a_place(refs: list[str]) -> None:
    pages = sorted(Path("public").rglob("*.html"))
    assert len(pages) > 2 * len(refs)  # in two languages
    for page in pages:
        for link in links(page):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                assert parts.scheme in {"http", "https", "sms", "tel", "mailto"}, (page, link)
                continue
            assert not parts.query, (page, link)
            there = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
            assert there.is_file(), (page, link)
            assert there.is_relative_to(Path("public").resolve()), (page, link)
            if parts.fragment and there.suffix == ".html":
                assert f'id="{parts.fragment}"' in there.read_text(encoding="utf-8"), (page, link)


def test_every_published_text_has_its_page_and_its_proof(refs: list[str]) -> None:
    for place, ref in enumerate(refs):
        page = Path("public/demarches", SLUG, "contributions", ref, "index.html").read_text(encoding="utf-8")
        assert f"Un banc, numéro {place}<" in page
        assert Path("public/registre/preuve", f"{ref}.json").is_file()
    assert Path("public/open-data/transparence.csv").is_file()
    assert Path("public/demarches", SLUG, "contributions", "index.theme-ombre.html").is_file()


@pytest.mark.usefixtures("refs")
def test_nothing_is_asked_where_nobody_answers() -> None:
    for page in Path("public").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<form" not in text, page
        assert "<script src" not in text, page
        assert not [link for link in links(page) if re.search(r"suivi/|suivi$|inscription|desk", link)], page


@pytest.mark.usefixtures("refs")
def test_the_export_with_its_pages_is_a_record_that_proves_itself() -> None:
    assert run("verify-record", "public").output.startswith("whole: leaves: 33")
    assert Path("public/registre/registre.json").read_bytes() == Path("public/registre.json").read_bytes()


@pytest.mark.usefixtures("folder")
def test_a_city_that_has_published_nothing_has_its_pages_too() -> None:
    done = run("export", "public", "--site")
    assert (done.exit_code, done.output) == (0, "written to public\n"), done.output


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/?lang=en", "index.lang-en.html"),
        ("/demarches/place", "demarches/place/index.html"),
        ("/demarches/place.json", "demarches/place.json"),
        (
            "/demarches/place/contributions?theme=ombre&lang=en&cursor=MTo_LQ",
            "demarches/place/contributions/index.cursor-MTo_LQ.lang-en.theme-ombre.html",
        ),
        ("/ateliers/un.ics?lang=en", "ateliers/un.lang-en.ics"),
        ("/registre/checkpoint", "registre/checkpoint.txt"),
        ("/registre/checkpoint.json", "registre/checkpoint.json"),
        ("/static/style.0123.css", "static/style.0123.css"),
    ],
)
def test_each_address_is_a_file(address: str, file: str) -> None:
    assert still.name(address) == file
