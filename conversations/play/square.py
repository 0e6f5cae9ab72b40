"""An invented square, for conversations that are played."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from conversations.facts import City, Entry, Minutes, Process, Question, Workshop

ZONE: Final = ZoneInfo("Europe/Paris")

CITY: Final = City(
    name="Ville de Nantes",
    sms_name="Ville de Nantes",
    controller="Ville de Nantes",
    dpo="dpo@ville.example",
    legal_basis="délibération du 8/10/2021",
    phone="02 61 91 00 00",
    sms_number="09 37 00 00 00",
    telegram="VilleDeNantesBot",
    url="https://dialogue.ville.example",
)


def _process(slug: str, name: str, title: str, keyword: str, english_keyword: str, *, question: str, english: str) -> Process:
    meeting = Workshop(
        "atelier-1",
        {"fr": f"Atelier {name}", "en": f"Workshop {name}"},
        datetime(2027, 5, 12, 18, 30, tzinfo=ZONE),
        "Maison de quartier Bellevue",
        f"atelier {name}",
        "Maison de quartier Bellevue",
        key=f"{slug}/atelier-1",
        access=("tram 1", "fauteuil"),
    )
    return Process(
        slug,
        {"fr": title, "en": title},
        name,
        {"fr": f"La Ville refait {name}."},
        Question("q1", {"fr": question, "en": english}, {"fr": question, "en": english}),
        can_change=("arbres", "bancs", "jeux", "parking"),
        cannot_change=("le tram",),
        answer_promised_on=date(2027, 6, 30),
        read_on=date(2027, 5, 4),
        workshops=(meeting,),
        entries=(
            Entry(f"{slug}-arret", f"tok-{slug}", keyword),
            Entry(f"{slug}-en", f"tok-{slug}-en", english_keyword, "en"),
            Entry("partage", f"tok-{slug}-partage"),
            *((Entry("prete", f"tok-{slug}-prete", "PRETE", "fr", lent=True),) if keyword == "PLACE" else ()),
        ),
    )


PROCESSES: Final = (
    _process(
        "place-du-marche",
        "place du Marché",
        "Place du Marché",
        "PLACE",
        "SQUARE",
        question="de quoi avez-vous besoin pour y rester ?",
        english="what do you need to stay there?",
    ),
    _process(
        "plan-velo",
        "plan vélo",
        "Plan vélo",
        "VELO",
        "BIKE",
        question="où avez-vous peur à vélo ?",
        english="where are you afraid on a bike?",
    ),
    _process(
        "ecole-jules-verne",
        "école Jules Verne",
        "École Jules Verne",
        "ECOLE",
        "SCHOOL",
        question="que faut-il dans la cour ?",
        english="what does the yard need?",
    ),
)


def minutes_of(process: Process) -> Minutes:
    """What was said at its first workshop, to somebody who could not come."""
    said = "Tous veulent des bancs à l'ombre et garder six places de livraison. La fontaine partage la salle."
    until = datetime(2027, 5, 17, 10, 0, tzinfo=ZONE)
    return Minutes(process.workshops[0], "des bancs à l'ombre, six livraisons gardées, avis partagés sur la fontaine", said, until)


def with_another_date(process: Process) -> Process:
    """The same with a second workshop nine days later, which one may join from home too."""
    first = process.workshops[0]
    later = msgspec.structs.replace(
        first, id="atelier-2", key=f"{process.slug}/atelier-2", starts_at=datetime(2027, 5, 21, 18, 30, tzinfo=ZONE), remote=True
    )
    return msgspec.structs.replace(process, workshops=(first, later))


def programme(told: Mapping[str, str]) -> tuple[Process, ...]:
    """The first of them, as many as the header says; `pilot`, `places: none`, `closed`, `opens` and `optional` are of the very first."""
    every = (with_another_date(one) if told.get("dates") == "2" else one for one in PROCESSES[: int(told.get("processes", "1"))])
    return tuple(_as_told(one, told) if one.slug == PROCESSES[0].slug else one for one in every)


def _as_told(process: Process, told: Mapping[str, str]) -> Process:
    test = msgspec.structs.replace(process, pilot=int(told.get("pilot", "0")), full=told.get("places") == "none")
    closed, opens = (date.fromisoformat(told[name]) if name in told else None for name in ("closed", "opens"))
    if closed or opens:
        test = msgspec.structs.replace(test, question=None, closed_on=closed, opens_on=opens)
    return msgspec.structs.replace(test, optional="easy" if told.get("optional") == "easy" else "age")
