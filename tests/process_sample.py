"""A process document that may open, and pieces of it changed."""

from typing import Any

import msgspec
import yaml

from outreach import documents
from outreach.documents import ProcessDocument

SAMPLE = """\
slug: place-du-marche
title:
  fr: Réaménager la place du Marché
  en: Redesigning the market square
sms_name: place du Marché
summary:
  fr: La place change en 2028.
territory: Nantes
districts: [Centre]
lead: Direction des espaces publics
mandate:
  version: 1
  diagnosis: Trop chaude, peu d'assises.
  can_change: [arbres, bancs, jeux, parking]
  cannot_change: [le tram]
  decided_by: le conseil municipal
  use: 40 habitants lisent tous les avis et écrivent à la Ville
  answer_promised_on: 2027-06-30
  validated:
    by: Mme la maire
    on: 2027-02-01
    act: délibération 2027-12
questions:
  - id: besoins
    text:
      fr: De quoi avez-vous besoin pour rester sur la place du Marché ?
    sms_text:
      fr: de quoi avez-vous besoin pour y rester ?
    opens: 2027-03-01
    closes: 2027-04-15
  - id: priorites
    text:
      fr: Que faire en premier ?
    opens: 2027-04-16
    closes: 2027-05-01
phases:
  - kind: ecoute
    title: Écoute
    starts: 2027-03-01
    ends: 2027-05-01
  - kind: lecture
    title: Lecture par 40 habitants
    starts: 2027-05-04
    ends: 2027-05-31
workshops:
  - id: atelier-1
    title:
      fr: Atelier des usages
    starts_at: 2027-05-12 18:30
    ends_at: 2027-05-12 20:30
    place: Maison de quartier Bellevue
    access: [fauteuil, tram 1]
    capacity: 30
entry_points:
  - id: pharmacie
    place: Pharmacie du Marché
    keyword: Place
    language: fr
  - id: mediatheque
    place: Médiathèque
"""


def document(**changes: Any) -> ProcessDocument:
    """The sample with whole parts replaced."""
    return documents.parse(msgspec.json.encode(_json(_words() | changes)), yaml=False)


def _json(value: Any, name: str = "") -> Any:
    """BaseLoader reads words only: numbers become numbers again, as JSON has them."""
    if isinstance(value, dict):
        return {key: _json(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_json(one) for one in value]
    return int(value) if name in {"version", "capacity"} else value


def mandate(**changes: Any) -> dict[str, Any]:
    """The sample's mandate with parts replaced, for `document(mandate=…)`."""
    part: dict[str, Any] = _words()["mandate"]
    return part | changes


def _words() -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(SAMPLE, Loader=yaml.BaseLoader)  # noqa: S506 - our own words, and this loader makes words only
    return read
