"""The record as open data: rows in one fixed order, the same rows the same bytes, with their schema and licence; nobody in them."""

import csv as comma
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import answers
from outreach.house import house
from outreach.record import Entry, programme, shown
from outreach.record.programme import Known
from outreach.tables import contribution, counted, entry, process
from outreach.tables import move as moves

SLICE = 5000
LICENCE = {"name": "etalab-2.0", "title": "Licence Ouverte 2.0", "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}

FIELDS: tuple[tuple[str, str, str, str], ...] = (
    ("ref", "string", "Numéro public", "Sept chiffres et une clé de Damm : suit la contribution, ne prouve rien."),
    ("process", "string", "Démarche", "Identifiant de la démarche."),
    ("question", "string", "Question", "Identifiant de la question de la démarche."),
    ("language", "string", "Langue", "Langue de la conversation, code BCP 47."),
    ("text", "string", "Texte publié", "Mot pour mot ; […] remplace des mots cachés. Vide : retiré par son auteur."),
    ("redacted", "boolean", "Mots cachés", "Des mots ont été cachés avant publication."),
    ("answer", "string", "Réponse", "Réponse de la ville, s'il y en a une."),
    ("grouped_with", "string", "Regroupée avec", "Numéro sous lequel le même texte est affiché."),
    ("received_on", "date", "Reçue le", "Jour de réception, heure de la ville."),
    ("published_on", "date", "Publiée le", "Jour de publication."),
    ("withdrawn_on", "date", "Retirée le", "Jour du retrait par son auteur."),
    ("url", "string", "Suivi", "Page de suivi, permanente."),
)
"""Columns: name, type of Table Schema, title, description."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(session: Session, slug: str) -> Iterator[dict[str, Any]]:
    """Each entry of a process's record, by publication and reference; nothing for a process that does not exist."""
    about = programme.by_slug(session, (slug,)).get(slug)
    if about is None:
        return
    base = house(session).city.url.rstrip("/")
    for part in _slices(session, about):
        for one in part:
            yield _row(session, about, one, base)


def _slices(session: Session, about: Known) -> Iterator[list[Entry]]:
    query = sa.select(entry).where(entry.c.process_id == about.id).order_by(entry.c.published_at, entry.c.ref).limit(SLICE)
    part = [shown(row) for row in session.execute(query)]
    while part:
        yield part
        at, ref = part[-1].published_at, part[-1].ref
        after = query.where(entry.c.published_at >= at, sa.or_(entry.c.published_at > at, entry.c.ref > ref))
        part = [shown(row) for row in session.execute(after)]


def _row(session: Session, about: Known, one: Entry, base: str) -> dict[str, Any]:
    return {
        "ref": one.ref,
        "process": about.slug,
        "question": one.question,
        "language": one.language,
        "text": one.text,
        "redacted": one.redacted,
        "answer": one.answer,
        "grouped_with": one.grouped_with,
        "received_on": one.received_on.isoformat(),
        "published_on": _day(session, one.published_at),
        "withdrawn_on": _day(session, one.withdrawn_at),
        "url": f"{base}/suivi/{one.ref}",
    }


def _day(session: Session, at: datetime | None) -> str | None:
    return at.astimezone(house(session).timezone).date().isoformat() if at else None


def csv(session: Session, slug: str) -> bytes:
    """RFC 4180 with LF, UTF-8 without a mark. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = comma.writer(out, lineterminator="\n")
    names = [name for name, *_rest in FIELDS]
    writer.writerow(names)
    for row in rows(session, slug):
        writer.writerow([cell(row[name]) for name in names])
    return out.getvalue().encode()


def cell(value: object) -> str:
    """A value as text; one that a spreadsheet would take for a formula begins with an apostrophe."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(_FORMULA) else text


def json(session: Session, slug: str) -> bytes:
    """The same rows in JSON, each with the dates of its moves."""
    about = programme.by_slug(session, (slug,)).get(slug)
    found = list(rows(session, slug))
    history = _moves(session, about) if about else {}
    items = [{**row, "moves": history.get(row["ref"], [])} for row in found]
    return _bytes({"process": slug, "licence": LICENCE["name"], "items": items})


def _moves(session: Session, about: Known) -> Mapping[str, list[dict[str, Any]]]:
    query = (
        sa.select(contribution.c.ref, moves.c.after, moves.c.at)
        .join(contribution, moves.c.contribution_id == contribution.c.id)
        .where(contribution.c.process_id == about.id, contribution.c.published_at.is_not(None))
        .order_by(moves.c.at, moves.c.id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row in session.execute(query):
        found.setdefault(row.ref, []).append({"state": row.after, "on": _day(session, row.at)})
    return found


def process_json(session: Session, slug: str) -> bytes | None:
    """A process: its document, where it stands since when, how many contributions in each state. None: no such process."""
    about = programme.by_slug(session, (slug,)).get(slug)
    if about is None:
        return None
    dates = session.execute(sa.select(process.c.opened_at, process.c.closed_at).where(process.c.id == about.id)).one()
    of_states = sa.select(contribution.c.state, sa.func.count()).where(contribution.c.process_id == about.id, counted)
    states = dict(sorted((state, count) for state, count in session.execute(of_states.group_by(contribution.c.state))))
    return _bytes(
        {
            "process": msgspec.to_builtins(about.document),
            "state": about.state,
            "opened_on": _day(session, dates.opened_at),
            "closed_on": _day(session, dates.closed_at),
            "contributions": {"all": sum(states.values()), "by_state": states},
            **answers.public_data(session, slug),
            "licence": LICENCE["name"],
        }
    )


def datapackage(session: Session) -> bytes:
    """Data Package with a resource a process that was ever opened: Table Schema, Licence Ouverte 2.0."""
    base = house(session).city.url.rstrip("/")
    resources = [_resource(known, base) for known in programme.opened(session)]
    city = house(session).city.name
    return _bytes(
        {
            "profile": "data-package",
            "name": "aller-vers",
            "title": f"{city} : contributions publiées",
            "description": "Contributions publiées des démarches de participation. Aucune donnée personnelle.",
            "homepage": base,
            "licenses": [LICENCE],
            "resources": resources,
        }
    )


def _resource(known: Known, base: str) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": known.slug,
        "title": known.document.title.get("fr", known.slug),
        "path": f"{base}/demarches/{known.slug}/contributions.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": {
            "fields": [_field(*one) for one in FIELDS],
            "primaryKey": "ref",
            "missingValues": [""],
        },
        "licenses": [LICENCE],
    }


def _field(name: str, kind: str, title: str, description: str) -> dict[str, Any]:
    note = " Une apostrophe en tête protège les tableurs." if name == "text" else ""
    field: dict[str, Any] = {"name": name, "type": kind, "title": title, "description": description + note}
    if kind == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if name == "ref":
        field["constraints"] = {"required": True, "unique": True, "pattern": "[0-9]{8}"}
    return field


def _bytes(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
