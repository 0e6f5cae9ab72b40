"""What staff write about a process in other languages: one table, out and in by spreadsheet; nobody's French changes here."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import segments
from outreach import audit, processes
from outreach.answers.avis import locked
from outreach.answers.reading import book
from outreach.answers.shape import SMS_DONE, SMS_REASON
from outreach.answers.sheets import Columns, Fault, SheetTrouble, rows
from outreach.characters import UNSHOWN, can_be_shown
from outreach.documents import ProcessDocument, decode
from outreach.documents.rules import SMS_QUESTION
from outreach.spreadsheets import for_people, uncell
from outreach.tables import process, wording

_GSM: Final = frozenset({"fr", "en"})
"""Languages that are written in the letters of an SMS; elsewhere a letter outside them is no mistake."""
_LIMITS: Final = {"done": SMS_DONE, "reason": SMS_REASON, "left_out": SMS_REASON, "sms": SMS_QUESTION}
_LONGEST = 4000
_LINE = 200


class Sentence(msgspec.Struct, frozen=True):
    """One thing that staff wrote: its name, the French, what is there in each language, and how many letters an SMS leaves (0: any)."""

    name: str
    french: str
    said: dict[str, str]
    limit: int = 0


def sentences(session: Session, slug: str) -> list[Sentence] | None:
    """Everything that staff wrote about a process and that citizens may read, in the order of its life. None: no such process."""
    stored = session.execute(sa.select(process.c.document).where(process.c.slug == slug)).scalar() if slug.isprintable() else None
    whole = book(session, slug, most=1)
    if stored is None or whole is None:
        return None
    found = [Sentence(name, words.get("fr", ""), _others(words), _limit(name)) for name, words in _of_document(decode(stored))]
    if whole.avis:
        found.append(_sentence("left_out", whole.avis.left_out))
    for place, theme in enumerate(whole.themes, 1):
        found += [_sentence(f"theme.{place}.title", theme.title), _sentence(f"theme.{place}.text", theme.text)]
    for one in (*whole.points, *whole.asides):
        at = f"point.{one.number or f'@{one.place}'}"
        found += [_sentence(f"{at}.title", one.title, SMS_REASON if not one.number else 0), _sentence(f"{at}.text", one.text)]
        if one.response:
            found += [
                _sentence(f"{at}.reasons", one.response.reasons),
                _sentence(f"{at}.done", one.response.sms_done),
                _sentence(f"{at}.reason", one.response.sms_reason),
            ]
    found += [_sentence(f"journal.{line.id}", line.text) for line in reversed(whole.journal)]
    return [one for one in found if one.french]


def _sentence(name: str, words: dict[str, str], limit: int = 0) -> Sentence:
    return Sentence(name, words.get("fr", ""), _others(words), limit or _limit(name))


def _limit(name: str) -> int:
    return _LIMITS.get(name.rsplit(".", 1)[-1], 0)


def _others(words: dict[str, str]) -> dict[str, str]:
    return {language: text for language, text in words.items() if language != "fr"}


def _of_document(document: ProcessDocument) -> Iterator[tuple[str, dict[str, str]]]:
    yield "title", dict(document.title)
    yield "summary", dict(document.summary)
    for question in document.questions:
        yield f"question.{question.id}", dict(question.text)
        yield f"question.{question.id}.sms", dict(question.sms_text)
    for workshop in document.workshops:
        yield f"workshop.{workshop.id}", dict(workshop.title)
    for theme in document.themes:
        yield f"tag.{theme.id}", dict(theme.title)


def sheet(session: Session, slug: str, languages: Sequence[str]) -> bytes | None:
    """The table as CSV for a spreadsheet: a line a sentence, a column a language. None: no such process."""
    found = sentences(session, slug)
    if found is None:
        return None
    others = [one for one in languages if one != "fr"]
    rows = ((one.name, one.limit or "", one.french, *(one.said.get(language, "") for language in others)) for one in found)
    return for_people([("nom", "lettres au plus", "fr", *others), *rows])


def bring_in(session: Session, now: datetime, slug: str, raw: bytes, languages: Sequence[str], read_by: str, actor: str) -> int:  # noqa: PLR0917 - what, by whom
    """Take a translated table in: how many sentences changed. An empty cell changes nothing; the French column must be today's.

    Raises SheetTrouble with every fault, answers.Refused("unknown"), and processes.Refused where a document can't change any more.
    """
    row = locked(session, slug)
    others = [one for one in languages if one != "fr"]
    columns: Columns = {"name": ("nom", "name"), "limit": ("lettres au plus", "letters at most"), "fr": ("fr",)} | {
        one: (one,) for one in others
    }
    faults: list[Fault] = []
    known = {one.name: one for one in sentences(session, slug) or ()}
    changes: dict[str, dict[str, str]] = {}
    for line in rows(raw, columns, needed=("name", "fr")):
        one = known.get(line.cells["name"])
        if one is None:
            faults.append(Fault(line.line, "nom", f"{line.cells['name'][:40]} is no sentence of this project: take the table out again"))
            continue
        if _plain(line.cells["fr"]) != _plain(one.french):
            faults.append(Fault(line.line, "fr", "the French changed meanwhile: take the table out again"))
            continue
        for language in others:
            text = uncell(line.cells[language])
            if text and text != one.said.get(language):
                faults += _too_long(line.line, language, text, one)
                changes.setdefault(one.name, {})[language] = text
    if faults:
        raise SheetTrouble(faults)
    document = decode(row.document)
    written = _into_document(document, changes)
    if written != document:
        processes.put(session, now, written, actor)
    for name, texts in changes.items():
        if "." in name and name.split(".")[0] in {"question", "workshop", "tag"}:
            continue
        if name in {"title", "summary"}:
            continue
        for language, text in texts.items():
            put(session, now, row.id, name, language, text, known[name].french, read_by)
    count = sum(map(len, changes.values()))
    audit.write(session, [audit.line(actor, "wordings.imported", row.subject, count=count)], now)
    return count


def _plain(text: str) -> str:
    return " ".join(uncell(text).split())


def _too_long(line: int, language: str, text: str, one: Sentence) -> list[Fault]:
    line_of_ours = one.name.endswith("title") or one.name.startswith(("question", "workshop", "tag"))
    if trouble := fault_in(language, text, one.limit, _LINE if line_of_ours else _LONGEST):
        return [Fault(line, language, trouble)]
    return []


def fault_in(language: str, text: str, limit: int, most: int = _LONGEST) -> str:
    """What is wrong with a translation: a letter that triples an SMS (`limit` > 0), or too many of them; "" for nothing."""
    if not can_be_shown(text):
        return UNSHOWN
    plain = segments.soften(text)
    cost = segments.count(plain)
    if limit and language in _GSM and cost.culprits:
        return f"{' '.join(cost.culprits)} would triple the price of each SMS: choose words without it"
    length = cost.units if language in _GSM else len(plain)
    if limit and length > limit:
        return f"{length} letters: an SMS leaves room for {limit}"
    return f"{length} letters: at most {most}" if length > most else ""


def put(session: Session, now: datetime, process_id: int, name: str, language: str, text: str, french: str, read_by: str) -> None:  # noqa: PLR0917 - a row
    """Keep a translation of this French, in the place of an earlier one."""
    at = (wording.c.process_id == process_id, wording.c.name == name, wording.c.language == language)
    values = {"text": text, "french": french, "read_by": read_by, "changed_at": now}
    if session.execute(sa.update(wording).where(*at).values(values)).rowcount == 0:  # type: ignore[attr-defined]
        session.execute(sa.insert(wording).values(process_id=process_id, name=name, language=language, **values))


def _into_document(document: ProcessDocument, changes: dict[str, dict[str, str]]) -> ProcessDocument:
    """What the document itself says in other languages stays in the document: it is what conversations read."""
    replace = msgspec.structs.replace
    return replace(
        document,
        title=document.title | changes.get("title", {}),
        summary=document.summary | changes.get("summary", {}),
        questions=tuple(
            replace(
                one,
                text=one.text | changes.get(f"question.{one.id}", {}),
                sms_text=one.sms_text | changes.get(f"question.{one.id}.sms", {}),
            )
            for one in document.questions
        ),
        workshops=tuple(replace(one, title=one.title | changes.get(f"workshop.{one.id}", {})) for one in document.workshops),
        themes=tuple(replace(one, title=one.title | changes.get(f"tag.{one.id}", {})) for one in document.themes),
    )
