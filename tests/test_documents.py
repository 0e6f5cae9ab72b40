"""Process documents: what is taken, and what a person reads when something is to be mended."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import segments
from outreach import documents
from outreach.documents import DocumentTrouble, Fault
from tests.process_sample import SAMPLE, document, mandate


def _faults(text: str | bytes, *, yaml: bool = True) -> list[Fault]:
    with pytest.raises(DocumentTrouble) as trouble:
        documents.parse(text if isinstance(text, bytes) else text.encode(), yaml=yaml)
    return trouble.value.faults


def _fault(before: str, after: str) -> Fault:
    assert SAMPLE.count(before) >= 1
    (fault,) = _faults(SAMPLE.replace(before, after, 1))
    return fault


# --- what is taken


def test_the_sample_is_read_whole() -> None:
    read = documents.parse(SAMPLE.encode(), yaml=True)
    assert read.slug == "place-du-marche"
    assert read.title == {"fr": "Réaménager la place du Marché", "en": "Redesigning the market square"}
    assert read.mandate.can_change == ("arbres", "bancs", "jeux", "parking")
    assert read.mandate.validated.on == date(2027, 2, 1)
    assert read.questions[0].closes == date(2027, 4, 15)
    assert read.workshops[0].starts_at == datetime(2027, 5, 12, 18, 30, tzinfo=ZoneInfo("Europe/Paris"))
    assert read.workshops[0].capacity == 30
    assert read.entry_points[0].keyword == "PLACE"
    assert documents.everything_missing(read) == []


def test_short_names_are_lent_by_names_that_are_short_enough() -> None:
    read = documents.parse(SAMPLE.encode(), yaml=True)
    assert read.questions[1].sms_text == {"fr": "Que faire en premier ?"}
    assert (read.workshops[0].sms_name, read.workshops[0].place_sms) == ("Atelier des usages", "Maison de quartier Bellevue")


def test_yaml_and_json_say_the_same() -> None:
    read = documents.parse(SAMPLE.encode(), yaml=True)
    assert documents.parse(documents.encode(read).encode(), yaml=False) == read
    assert documents.decode(documents.encode(read)) == read
    assert document() == read


def test_the_hour_is_the_citys_own_unless_it_says_otherwise() -> None:
    elsewhere = documents.parse(SAMPLE.encode(), yaml=True, zone=ZoneInfo("Indian/Reunion"))
    assert elsewhere.workshops[0].starts_at.astimezone(UTC).hour == 14
    said = documents.parse(SAMPLE.replace("18:30", "18:30+00:00").replace("20:30", "22:30").encode(), yaml=True)
    assert said.workshops[0].starts_at.astimezone(UTC).hour == 18


def test_yaml_words_stay_words() -> None:
    """YAML reads `no` as false and 12 as a number; a language, a name or an act are words all the same."""
    read = documents.parse(
        SAMPLE.replace("language: fr", "language: no").replace("act: délibération 2027-12", "act: 2027").encode(), yaml=True
    )
    assert (read.entry_points[0].language, read.mandate.validated.act) == ("no", "2027")


def test_a_draft_may_be_short() -> None:
    read = documents.parse(b"slug: velo\ntitle: {fr: Plan velo}\n", yaml=True)
    assert read.sms_name == "Plan velo"
    assert documents.everything_missing(read) == [
        "questions: at least one question",
        "mandate.can_change: what can change",
        "mandate.cannot_change: what cannot change",
        "mandate.decided_by: who decides",
        "mandate.use: how contributions are used",
        "phases: the calendar",
        "mandate.answer_promised_on: the promised date of the answer",
        "mandate.validated.by: who validated the mandate",
        "mandate.validated.on: when the mandate was validated",
        "mandate.validated.act: the act that validated the mandate",
    ]


def test_questions_with_dates_are_a_calendar_too() -> None:
    assert documents.everything_missing(document(phases=[])) == []
    undated = [{"id": "besoins", "text": {"fr": "De quoi ?"}}]
    assert documents.everything_missing(document(phases=[], questions=undated)) == ["phases: the calendar"]


def test_plain_typography_is_given_to_short_names() -> None:
    assert (
        documents.parse(SAMPLE.replace("sms_name: place du Marché", "sms_name: l’été – place").encode(), yaml=True).sms_name
        == "l'été - place"
    )


# --- what is to be mended


@pytest.mark.parametrize(
    ("before", "after", "field", "line", "message"),
    [
        ("slug: place-du-marche", "slug: Place du Marché", "slug", 1, "only a to z"),
        ("  fr: Réaménager", "  es: Réaménager", "title.fr", 2, "French is always there"),
        ("  en: Redesigning", "  anglais!: Redesigning", "title.anglais!", 4, "not a language"),
        ("  en: Redesigning the market square", "  en: ''", "title.en", 4, "empty"),
        ("sms_name: place du Marché", "sms_name: Place du Marché des Halles", "sms_name", 5, "26 letters: an SMS leaves room for 22"),
        ("sms_name: place du Marché", "sms_name: hôtel de ville", "sms_name", 5, "ô would triple the price"),
        ("lead: Direction", "leads: Direction", "leads", 10, "did you mean lead?"),
        ("  version: 1", "  version: un", "mandate.version", 12, "whole number from 1"),
        ("can_change: [arbres, bancs, jeux, parking]", "can_change: arbres", "mandate.can_change", 14, "write a list"),
        (
            "[arbres, bancs",
            f"[{'a' * 80}, bancs",
            "mandate.can_change",
            14,
            "letters together with cannot_change: an SMS leaves room for 90",
        ),
        ("answer_promised_on: 2027-06-30", "answer_promised_on: 30/06/2027", "mandate.answer_promised_on", 18, "2027-05-04, year first"),
        ("answer_promised_on: 2027-06-30", "answer_promised_on: 2027-02-30", "mandate.answer_promised_on", 18, "2027-05-04, year first"),
        (
            "answer_promised_on: 2027-06-30",
            "answer_promised_on: 2027-04-20",
            "mandate.answer_promised_on",
            18,
            "must come after questions[1].closes",
        ),
        (
            "      fr: de quoi avez-vous",
            "      fr: mais de quoi avez-vous",
            "questions[0].sms_text.fr",
            28,
            "45 letters: an SMS leaves room for 43",
        ),
        (
            "fr: Que faire en premier ?",
            "fr: Que faut-il faire en premier, et qui doit le faire ?",
            "questions[1].sms_text.fr",
            33,
            "missing",
        ),
        ("closes: 2027-04-15", "closes: 2027-02-15", "questions[0].closes", 30, "must come after questions[0].opens, which is 2027-03-01"),
        ("  - id: priorites", "  - id: besoins", "questions[1].id", 31, "besoins is taken by questions[0]"),
        ("ends: 2027-05-31", "ends: 2027-05-03", "phases[1].ends", 44, "must come after phases[1].starts"),
        ("starts: 2027-05-04", "starts: 2027-02-04", "phases[1].starts", 43, "must come after phases[0].starts"),
        ("starts_at: 2027-05-12 18:30", "starts_at: 2027-05-12", "workshops[0].starts_at", 49, "a day and an hour"),
        (
            "ends_at: 2027-05-12 20:30",
            "ends_at: 2027-05-12 18:30",
            "workshops[0].ends_at",
            50,
            "must come after workshops[0].starts_at, which is 2027-05-12 18:30",
        ),
        (
            "place: Maison de quartier Bellevue",
            "place: Maison de quartier de Bellevue",
            "workshops[0].place_sms",
            51,
            "missing: write a name for SMS",
        ),
        ("    capacity: 30", "    capacity: 30\n    status: done", "workshops[0].status", 54, "one of: cancelled, full, held, scheduled"),
        ("    capacity: 30", "    capacity: 30\n    remote: {url: 'http://a.fr'}", "workshops[0].remote.url", 54, "begins with https://"),
        ("keyword: Place", "keyword: Place\n    lent: perhaps", "entry_points[0].lent", 58, "write true or false"),
        ("keyword: Place", "keyword: Arrêt", "entry_points[0].keyword", 57, "Arrêt already means STOP everywhere"),
        ("keyword: Place", "keyword: suivi", "entry_points[0].keyword", 57, "already means SUIVI everywhere"),
        ("keyword: Place", "keyword: oui", "entry_points[0].keyword", 57, "choose another word"),
        ("keyword: Place", "keyword: la place", "entry_points[0].keyword", 57, "one word of two letters or more"),
        ("keyword: Place", "keyword: P", "entry_points[0].keyword", 57, "one word of two letters or more"),
        ("    place: Médiathèque", "    keyword: PLACE", "entry_points[1].keyword", 60, "PLACE is taken by entry_points[0]"),
        ("  - id: mediatheque", "  - id: pharmacie", "entry_points[1].id", 59, "pharmacie is taken"),
        ("territory: Nantes", "territory: Nantes\nterritory: Rezé", "territory", 9, "written twice"),
    ],
)
def test_a_fault_names_its_field_its_line_and_what_to_do(before: str, after: str, field: str, line: int, message: str) -> None:
    fault = _fault(before, after)
    assert (fault.field, fault.line) == (field, line)
    assert message in fault.message


def test_many_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        SAMPLE.replace("slug: place-du-marche", "slug: '!'")
        .replace("keyword: Place", "keyword: stop")
        .replace("capacity: 30", "capacity: 0")
    )
    assert [(fault.line, fault.field) for fault in _faults(text)] == [
        (1, "slug"),
        (53, "workshops[0].capacity"),
        (57, "entry_points[0].keyword"),
    ]


def test_a_fault_of_the_api_names_its_field() -> None:
    body = {
        "slug": "velo",
        "title": {"fr": "Plan velo"},
        "mandate": {"version": "1", "can_change": [1]},
        "questions": [{"text": "De quoi ?"}],
    }
    assert [(fault.field, fault.line) for fault in _faults(msgspec.json.encode(body), yaml=False)] == [
        ("mandate.version", 0),
        ("mandate.can_change[0]", 0),
        ("questions[0].id", 0),
        ("questions[0].text", 0),
    ]


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (b"", 1, "empty"),
        (b"slug: a\ntitle: [fr", 2, "not valid YAML"),
        (b"slug: a\ntitle: {fr: Quoi ?}", 2, "between quotes"),
        (b"slug: a\n\ntitle: \xe9t\xe9", 3, "UTF-8"),
        (b"slug: a\ntitle: \x07", 2, "a letter that can't be shown"),
        (b"- slug", 1, "write named parts here"),
        (b"a: &a [*a]", 1, "too large"),
        (
            b"a: &a [1, 1]\nb: &b [*a, *a]\n"
            + b"".join(b"%c: &%c [%s]\n" % (n + 1, n + 1, b", ".join([b"*%c" % n] * 9)) for n in range(98, 108)),
            0,
            "too large",
        ),
        (b"x" * 1_000_001, 0, "larger than"),
    ],
)
def test_what_is_no_document_says_so(raw: bytes, line: int, message: str) -> None:
    fault = _faults(raw)[0]
    assert message in fault.message
    assert line in {0, fault.line}


def test_what_is_no_json_says_so() -> None:
    assert "not valid JSON" in _faults(b'{"slug":', yaml=False)[0].message
    assert "not valid JSON" in _faults(b"[" * 100_000, yaml=False)[0].message


def test_letters_that_nobody_sees_are_named() -> None:
    body = {"slug": "velo", "title": {"fr": "Plan\x00velo"}, "sms_name": "velo", "lead": "a\nb", "districts": ["\x1b"]}
    assert [fault.field for fault in _faults(msgspec.json.encode(body), yaml=False)] == ["title.fr", "districts[0]"]


def test_trouble_reads_as_sentences() -> None:
    with pytest.raises(DocumentTrouble, match=r"line 1: slug: only a to z, digits and single dashes, as in place-du-marche"):
        documents.parse(SAMPLE.replace("slug: place-du-marche", "slug: A").encode(), yaml=True)
    with pytest.raises(DocumentTrouble, match=r"^the document: not valid JSON"):
        documents.parse(b"{", yaml=False)


def test_a_mandate_is_told_in_one_sms() -> None:
    read = document(mandate=mandate(can_change=["a" * 40, "b" * 20], cannot_change=["c" * 28]))
    assert len(", ".join(read.mandate.can_change)) + len(", ".join(read.mandate.cannot_change)) == 90


# --- whatever comes


_leaves = (
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.text(max_size=30) | st.dates().map(str) | st.just("2027-05-12T18:30:00+02:00")
)
_anything = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["fr", "en", "id", "text", "opens", "closes", "version", "validated", "starts_at", "keyword", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
_PARTS = ["slug", "title", "sms_name", "summary", "mandate", "questions", "phases", "workshops", "entry_points", "districts", "z"]


@given(st.dictionaries(st.sampled_from(_PARTS), _anything) | _anything)
def test_whatever_comes_is_a_document_or_a_list_of_faults(content: object) -> None:
    raw = msgspec.json.encode(content)
    for yaml in (False, True):
        try:
            read = documents.parse(raw, yaml=yaml)
        except DocumentTrouble as trouble:
            told = trouble.faults
        else:
            told = [Fault("", 0, "none")]
            assert segments.count(read.sms_name).encoding == "GSM-7"
            assert documents.decode(documents.encode(read)) == read
        assert told
        assert all(fault.message for fault in told)


@given(st.binary(max_size=60))
def test_bytes_of_any_kind_never_break_the_reader(raw: bytes) -> None:
    for yaml in (False, True):
        with pytest.raises(DocumentTrouble):
            documents.parse(raw, yaml=yaml)


@pytest.mark.parametrize(("written", "lent"), [("true", True), ("oui", True), ("Yes", True), ("false", False), ("non", False)])
def test_a_yes_or_a_no_is_read_in_both_languages_and_in_json(written: str, lent: bool) -> None:  # noqa: FBT001 - a value of the table
    made = documents.parse(SAMPLE.replace("keyword: Place", f"keyword: Place\n    lent: {written}").encode(), yaml=True)
    assert made.entry_points[0].lent is lent
    assert documents.parse(msgspec.json.encode(made), yaml=False) == made


def test_documents_of_a_process_have_an_address_and_a_digest() -> None:
    said = SAMPLE + "documents:\n  - id: plan\n    title: {en: The plan}\n    url: http://ville.example/plan.pdf\n    sha256: beef\n"
    assert [(fault.field, fault.message) for fault in _faults(said)] == [
        ("documents[0].title.fr", "French is always there: write `fr: …`"),
        ("documents[0].url", "write a link that begins with https://"),
        ("documents[0].sha256", "64 digits from 0 to f: `sha256sum FILE` prints them"),
    ]
