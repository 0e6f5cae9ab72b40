"""The record as open data: rows in one fixed order, the same rows the same bytes, with their schema and licence; nobody in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import answers
from outreach.house import house
from outreach.record import Entry, programme, shown
from outreach.record.programme import Known
from outreach.smallcells import IN_PUBLIC, SMALL, column
from outreach.spreadsheets import for_programs
from outreach.tables import contribution, counted, entry, process
from outreach.tables import move as moves

SLICE = 5000
LICENCE = {"name": "etalab-2.0", "title": "Licence Ouverte 2.0", "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"}

FIELDS: tuple[tuple[str, str, str, str], ...] = (
    ("ref", "string", "Numéro public", "Sept chiffres et une clé de Damm : suit la contribution, ne prouve rien."),
    ("process", "string", "Démarche", "Identifiant de la démarche."),
    ("question", "string", "Question", "Identifiant de la question de la démarche."),
    ("theme", "string", "Thème", "Identifiant du thème de la démarche, donné à la lecture ; vide : aucun."),
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
MOVES = ("moves", "array", "Parcours", "Chaque état de la contribution et le jour où elle y est arrivée.")
"""What the rows have besides, in JSON."""


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
        "theme": one.theme,
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
    """The rows as CSV. A text that a spreadsheet would take for a formula begins with an apostrophe."""
    return as_csv([name for name, *_rest in FIELDS], rows(session, slug))


def as_csv(names: Sequence[str], found: Iterable[Mapping[str, object]]) -> bytes:
    """RFC 4180 with LF, UTF-8 without a mark."""
    return for_programs([names, *([row[name] for name in names] for row in found)])


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
            "contributions": {"all": sum(states.values()), "by_state": _shown(states)},
            **answers.public_data(session, slug),
            "licence": LICENCE["name"],
        }
    )


def _shown(states: Mapping[str, int]) -> dict[str, int | str]:
    """Counts by state; a small one is hidden, save of what anybody can count on the page."""
    inside = [state for state in states if state != "published"]
    cells = column([states[state] for state in inside], IN_PUBLIC).cells
    hidden = {
        state: cell if isinstance(cell, int) else f"<{IN_PUBLIC}" if cell == SMALL else "hidden"
        for state, cell in zip(inside, cells, strict=True)
    }
    return {state: hidden.get(state, count) for state, count in states.items()}


def datapackage(session: Session, also: Sequence[dict[str, Any]] = (), *, apart: bool = False) -> bytes:
    """Data Package of every process that was ever opened, and of the record as a whole: Table Schema, Licence Ouverte 2.0.

    `also`: resources besides. `apart`: for files in a folder of their own, instead of addresses on the city's site.
    """
    base = "" if apart else house(session).city.url.rstrip("/") + "/"
    spoken = set(session.scalars(sa.select(entry.c.process_id).distinct()))
    resources = [one for known in programme.opened(session) for one in _resources(known, base, empty=known.id not in spoken)]
    resources.append(
        {
            "profile": "data-resource",
            "name": "registre",
            "title": "Registre vérifiable",
            "description": "Chaque empreinte, ce qui l'ouvre, les états signés (RFC 9162, C2SP). À vérifier : allervers verify-record.",
            "path": f"{base}{'' if apart else 'registre/'}registre.json",
            "format": "json",
            "mediatype": "application/json",
            "licenses": [LICENCE],
        }
    )
    resources += also
    city = house(session).city.name
    return _bytes(
        {
            "profile": "data-package",
            "name": "aller-vers",
            "title": f"{city} : contributions publiées",
            "description": "Contributions publiées des démarches de participation, et leur registre. Aucune donnée personnelle.",
            "homepage": house(session).city.url.rstrip("/"),
            "licenses": [LICENCE],
            "resources": resources,
        }
    )


def _resources(known: Known, base: str, *, empty: bool) -> tuple[dict[str, Any], ...]:
    """Its contributions as CSV and as JSON; readers of tables find no table in JSON without a row."""
    title = known.document.title.get("fr", known.slug)
    schema = {"fields": [_field(*one) for one in FIELDS], "primaryKey": "ref", "missingValues": [""]}
    as_json = {"fields": [_field(*one, plain=True) for one in (*FIELDS, MOVES)], "primaryKey": "ref"}
    path = f"{base}demarches/{known.slug}/contributions"
    return (
        table(known.slug, title, f"{path}.csv", schema),
        {
            "profile": "data-resource" if empty else "tabular-data-resource",
            "name": f"{known.slug}-json",
            "title": f"{title} (JSON)",
            "path": f"{path}.json",
            "format": "json",
            "mediatype": "application/json",
            "encoding": "utf-8",
            **({} if empty else {"dialect": {"json": {"property": "items", "keyed": True}}, "schema": as_json}),
            "licenses": [LICENCE],
        },
    )


def table(name: str, title: str, path: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A resource that is a CSV file of ours."""
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "title": title,
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": schema,
        "licenses": [LICENCE],
    }


def _field(name: str, kind: str, title: str, description: str, *, plain: bool = False) -> dict[str, Any]:
    """`plain`: in JSON a value has its own type, and a text no apostrophe."""
    note = " Une apostrophe en tête protège les tableurs." if name == "text" and not plain else ""
    field: dict[str, Any] = {"name": name, "type": kind, "title": title, "description": description + note}
    if kind == "boolean" and not plain:
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if name == "ref":
        field["constraints"] = {"required": True, "unique": True, "pattern": "[0-9]{8}"}
    return field


def _bytes(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
