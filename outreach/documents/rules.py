"""What a process document must respect besides its shape: French, SMS lengths, dates in order, nothing twice."""

import re
from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from conversations import keywords, segments
from outreach.documents.reading import Report
from outreach.documents.shape import EntryPoint, Localised, ProcessDocument, Question, Workshop

# journeys.md 6: with all caps full, no French message passes two parts of an SMS
SMS_NAME = 22
SMS_QUESTION = 43
SMS_PLACE = 27
SMS_SCOPE = 90
THEMES = 9
"""As many as there are keys for them."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def fold(keyword: str) -> str:
    """A keyword as it is compared: capitals, no accents, letters and digits only."""
    return "".join(keywords.words(keyword)).upper()


def finish(document: ProcessDocument, report: Report) -> ProcessDocument:
    """Check everything, then fill the short names that a title short enough can lend."""
    _french(report, "title", document.title)
    if document.summary:
        _french(report, "summary", document.summary)
    _scope(document, report)
    _calendar(document, report)
    _unique(report, "questions", "id", (question.id for question in document.questions))
    _unique(report, "workshops", "id", (workshop.id for workshop in document.workshops))
    _unique(report, "entry_points", "id", (entry.id for entry in document.entry_points))
    _themes(document, report)
    _attachments(document, report)
    return msgspec.structs.replace(
        document,
        sms_name=_short(report, ("sms_name", document.sms_name), ("title.fr", document.title.get("fr", "")), SMS_NAME),
        questions=tuple(_question(report, f"questions[{at}]", question) for at, question in enumerate(document.questions)),
        workshops=tuple(_workshop(report, f"workshops[{at}]", workshop) for at, workshop in enumerate(document.workshops)),
        entry_points=_entries(report, document.entry_points),
    )


def _french(report: Report, field: str, words: Localised) -> None:
    if not words.get("fr"):
        report.add(f"{field}.fr" if words else field, "French is always there: write `fr: …`")


def _short(report: Report, given: tuple[str, str], lent: tuple[str, str], limit: int) -> str:
    """The SMS name, with plain quotes and dashes: as given, or the long name that is lent when it fits; both with their field."""
    (field, short), (lender, long) = given, lent
    words = segments.soften(short or long)
    if not report.fine(field) or not (short or report.fine(lender)):
        return words
    cost = segments.count(words)
    if words and cost.units <= limit and not cost.culprits:
        return words
    if not short:
        asked = f"missing: write a name for SMS, at most {limit} letters, without ê, ô, ç or other letters that triple the price"
        report.add(field, asked, near=lender)
    elif cost.culprits:
        report.add(field, f"{' '.join(cost.culprits)} would triple the price of each SMS: choose words without it")
    else:
        report.add(field, f"{cost.units} letters: an SMS leaves room for {limit}")
    return words


def _scope(document: ProcessDocument, report: Report) -> None:
    """What can and cannot change is told in one SMS (message 2)."""
    mandate = document.mandate
    length = len(", ".join(mandate.can_change)) + len(", ".join(mandate.cannot_change))
    if length > SMS_SCOPE and report.fine("mandate.can_change", "mandate.cannot_change"):
        report.add(
            "mandate.can_change",
            f"{length} letters together with cannot_change: an SMS leaves room for {SMS_SCOPE}; name things in a word or two",
        )


def _themes(document: ProcessDocument, report: Report) -> None:
    _unique(report, "themes", "id", (theme.id for theme in document.themes))
    for at, theme in enumerate(document.themes):
        _french(report, f"themes[{at}].title", theme.title)
    if len(document.themes) > THEMES:
        report.add(f"themes[{THEMES}]", f"at most {THEMES} themes: a moderator gives one with a key from 1 to {THEMES}")


def _attachments(document: ProcessDocument, report: Report) -> None:
    _unique(report, "documents", "id", (one.id for one in document.documents))
    for at, one in enumerate(document.documents):
        _french(report, f"documents[{at}].title", one.title)
        if not one.url.startswith("https://") and report.fine(f"documents[{at}].url"):
            report.add(f"documents[{at}].url", "write a link that begins with https://")
        if not _DIGEST.fullmatch(one.sha256) and report.fine(f"documents[{at}].sha256"):
            report.add(f"documents[{at}].sha256", "64 digits from 0 to f: `sha256sum FILE` prints them")


def _calendar(document: ProcessDocument, report: Report) -> None:
    for at, question in enumerate(document.questions):
        _in_order(report, f"questions[{at}].opens", question.opens, f"questions[{at}].closes", question.closes)
    for at, phase in enumerate(document.phases):
        _in_order(report, f"phases[{at}].starts", phase.starts, f"phases[{at}].ends", phase.ends)
        if at:
            _in_order(report, f"phases[{at - 1}].starts", document.phases[at - 1].starts, f"phases[{at}].starts", phase.starts)
    for at, workshop in enumerate(document.workshops):
        _in_order(report, f"workshops[{at}].starts_at", workshop.starts_at, f"workshops[{at}].ends_at", workshop.ends_at, equal=False)
    for at, question in enumerate(document.questions):
        _in_order(report, f"questions[{at}].closes", question.closes, "mandate.answer_promised_on", document.mandate.answer_promised_on)


def _in_order(report: Report, first: str, early: date | None, then: str, late: date | None, *, equal: bool = True) -> None:
    if early is None or late is None or not report.fine(first, then) or early < late or (equal and early == late):
        return
    shown = f"{early:%Y-%m-%d %H:%M}" if isinstance(early, datetime) else early.isoformat()
    report.add(then, f"must come after {first}, which is {shown}")


def _unique(report: Report, part: str, name: str, values: Iterable[str]) -> None:
    seen: dict[str, int] = {}
    for at, value in enumerate(values):
        if value and value in seen:
            report.add(f"{part}[{at}].{name}", f"{value} is taken by {part}[{seen[value]}]: choose another")
        seen.setdefault(value, at)


def _question(report: Report, path: str, question: Question) -> Question:
    _french(report, f"{path}.text", question.text)
    given, lent = (f"{path}.sms_text.fr", question.sms_text.get("fr", "")), (f"{path}.text.fr", question.text.get("fr", ""))
    short = {"fr": _short(report, given, lent, SMS_QUESTION)}
    for language, words in question.sms_text.items():
        if language != "fr" and len(words) > SMS_QUESTION:
            report.add(f"{path}.sms_text.{language}", f"{len(words)} letters: an SMS leaves room for {SMS_QUESTION}")
    return msgspec.structs.replace(question, sms_text=question.sms_text | short)


def _workshop(report: Report, path: str, workshop: Workshop) -> Workshop:
    _french(report, f"{path}.title", workshop.title)
    if workshop.remote and not workshop.remote.url.startswith("https://") and (workshop.remote.url or not workshop.remote.phone):
        report.add(f"{path}.remote.url", "write a link that begins with https://, or a number to call in remote.phone")
    return msgspec.structs.replace(
        workshop,
        sms_name=_short(report, (f"{path}.sms_name", workshop.sms_name), (f"{path}.title.fr", workshop.title.get("fr", "")), SMS_NAME),
        place_sms=_short(report, (f"{path}.place_sms", workshop.place_sms), (f"{path}.place", workshop.place), SMS_PLACE),
    )


def _entries(report: Report, entries: tuple[EntryPoint, ...]) -> tuple[EntryPoint, ...]:
    folded = tuple(msgspec.structs.replace(entry, keyword=fold(entry.keyword)) for entry in entries)
    for at, (given, entry) in enumerate(zip(entries, folded, strict=True)):
        field = f"entry_points[{at}].keyword"
        if not given.keyword:
            continue
        if len(given.keyword.split()) != 1 or len(entry.keyword) < 2 or entry.keyword.isdigit():  # noqa: PLR2004 - one letter is an answer
            report.add(field, "one word of two letters or more, as in PLACE")
        elif taken := next((found for words in (given.keyword, entry.keyword) if (found := keywords.find(words))), None):
            report.add(field, f"{given.keyword} already means {taken.name} everywhere: choose another word")
        elif keywords.yes(given.keyword) or keywords.no(given.keyword):
            report.add(field, f"{given.keyword} answers a question: choose another word")
    _unique(report, "entry_points", "keyword", (entry.keyword for entry in folded))
    return folded


def everything_missing(document: ProcessDocument) -> list[str]:
    """What LOOP-02 asks before a process opens and this document doesn't tell, as sentences that begin with the field."""
    mandate, validated = document.mandate, document.mandate.validated
    asked = (
        (document.questions, "questions: at least one question"),
        (mandate.can_change, "mandate.can_change: what can change"),
        (mandate.cannot_change, "mandate.cannot_change: what cannot change"),
        (mandate.decided_by, "mandate.decided_by: who decides"),
        (mandate.use, "mandate.use: how contributions are used"),
        (_has_calendar(document), "phases: the calendar"),
        (mandate.answer_promised_on, "mandate.answer_promised_on: the promised date of the answer"),
        (validated.by, "mandate.validated.by: who validated the mandate"),
        (validated.on, "mandate.validated.on: when the mandate was validated"),
        (validated.act, "mandate.validated.act: the act that validated the mandate"),
    )
    return [sentence for given, sentence in asked if not given]


def _has_calendar(document: ProcessDocument) -> bool:
    dated = [question.opens and question.closes for question in document.questions]
    return bool(document.phases) or (bool(dated) and all(dated))
