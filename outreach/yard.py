"""An invented project that is nearly answered, for the demonstration: a school yard, thirty people, twelve points; nobody exists."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from conversations.messages import Network
from outreach.answers import Position
from outreach.invented import Voice
from outreach.spreadsheets import for_people

SLUG, WAITS = "cour-pergaud", 7
"""Its slug, and the point that has waited for its service."""
LEFT_OUT = "le groupe a choisi l'ombre et l'eau"
_POINTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    (
        "Désimperméabiliser la cour",
        "du sol qui boit l'eau, svp",
        "kept",
        "800 m2 de terre avant mai 2028",
        "le sol le permet",
        "the soil allows it",
    ),
    (
        "Planter des arbres",
        "des arbres, on cuit en juin",
        "partly",
        "24 arbres avant mars 2028",
        "les rails limitent les racines",
        "the rails limit the roots",
    ),
    (
        "Poser des bancs",
        "des bancs à l'ombre pour discuter",
        "kept",
        "20 bancs avant mai 2028",
        "le budget est voté",
        "the budget is voted",
    ),
    (
        "Refaire le préau",
        "un préau où on tient tous quand il pleut",
        "partly",
        "une étude avant mars 2028",
        "le toit est à vérifier",
        "the roof must be checked",
    ),
    (
        "Mettre des fontaines",
        "de l'eau à boire dehors",
        "kept",
        "3 fontaines avant mai 2028",
        "l'eau passe déjà ici",
        "the water is here already",
    ),
    ("Séparer les ballons", "le foot prend toute la place", "kept", "2 terrains avant mai 2028", "la place suffit", "there is room enough"),
    ("Ouvrir la cour le soir", "ouvrez la cour le soir et le samedi", "", "", "", ""),
    (
        "Créer un potager",
        "un potager avec les grands-parents",
        "kept",
        "un potager avant mai 2028",
        "une association s'engage",
        "an association steps in",
    ),
    (
        "Adoucir la lumière",
        "moins de néons, plus de lumière douce",
        "partly",
        "la moitié avant mars 2028",
        "le réseau est ancien",
        "the wiring is old",
    ),
    (
        "Abriter les vélos",
        "un abri pour les vélos des enfants",
        "kept",
        "60 places avant mars 2028",
        "la rue le permet",
        "the street allows it",
    ),
    ("Fermer la rue", "fermez la rue à l'heure de l'école", "not_kept", "", "le bus passe par cette rue", "the bus takes this street"),
    (
        "Installer des jeux",
        "des jeux pas seulement pour les petits",
        "kept",
        "5 jeux avant mai 2028",
        "le budget est voté",
        "the budget is voted",
    ),
)
_ALSO = ("", " aussi pour les petits", ", comme avant")
_ASIDE = ("une piscine", "un parking", "la cantine moins chère", "des horaires plus longs", "du wifi", "un autre nom")


def document(today: date) -> str:
    """The process, as the YAML that a city would import."""
    opened, closes, promised = today - timedelta(days=40), today + timedelta(days=9), today + timedelta(days=21)
    return f"""\
slug: {SLUG}
title: {{fr: Cour Pergaud, en: Pergaud school yard}}
sms_name: cour Pergaud
summary:
  fr: La cour de l'école Pergaud sera refaite. Les enfants, leurs familles et les voisins disent ce qui doit y changer.
  en: The yard of Pergaud school will be rebuilt. Children, families and neighbours say what has to change.
lead: Direction de l'éducation
mandate:
  diagnosis: Deux mille mètres carrés d'enrobé noir, pas un arbre.
  can_change: [sol, arbres, jeux, horaires]
  cannot_change: [les murs]
  decided_by: le conseil municipal
  use: 40 habitants lisent tous les avis et écrivent à la Ville. Les élus répondent à chaque point.
  answer_promised_on: {promised}
  validated: {{by: le conseil municipal, on: {opened}, act: délibération 2027-009}}
questions:
  - id: besoin
    text: {{fr: "Que faut-il changer dans la cour ?", en: "What should change in the yard?"}}
    sms_text: {{fr: "que faut-il changer dans la cour ?", en: "what should change in the yard?"}}
    opens: {opened}
    closes: {closes}
phases:
  - {{kind: collecte, title: On vous écoute, starts: {opened}, ends: {closes}}}
  - {{kind: reponse, title: Les élus répondent, starts: {closes}, ends: {promised}}}
entry_points:
  - {{id: ecole, place: Portail de l'école, keyword: COUR, language: fr}}
  - {{id: school, place: Portail de l'école, keyword: YARD, language: en}}
"""


def voices() -> Iterator[Voice]:
    """Thirty people: the first twenty-four are taken up by a point, two each; every fifth reads English, every third is on Telegram."""
    for number in range(30):
        said = _ASIDE[number - 24] if number >= 24 else _POINTS[number % 12][1] + _ALSO[number // 12]  # noqa: PLR2004 - two a point
        network: Network = "telegram" if number % 3 == 2 else "sms"  # noqa: PLR2004 - every third
        address = str(700_000_801 + number) if network == "telegram" else f"+336399{80_800 + number}"
        yield Voice(network, address, (said,), "YARD" if number % 5 == 4 else "COUR", "1")  # noqa: PLR2004 - every fifth


RINGS = next(voice.address for at, voice in enumerate(voices()) if at % 12 == WAITS - 1 and voice.network == "sms")
"""The keypad phone of somebody who wrote what that point says."""


def avis(refs: Mapping[str, str]) -> bytes:
    """The citizens' opinion, as the spreadsheet that is imported; `refs` by what was written, as it came."""
    written = [refs[f"{voice.keyword} {voice.messages[0]}"] for voice in voices()]
    points = enumerate(_POINTS)
    rows = ((at + 1, title, f"{title} : « {said} ».", ", ".join(written[at:24:12])) for at, (title, said, *_rest) in points)
    return for_people([("Point", "Titre", "Texte", "Avis cités"), *rows])


def positions(today: date) -> Iterator[tuple[int, Position]]:
    """What was decided about each point but the one that waits; its number and the decision."""
    for number, (_title, _said, decision, done, reason, english) in enumerate(_POINTS, 1):
        if decision:
            due = today + timedelta(days=400) if done else None
            reasons = f"{reason[:1].upper()}{reason[1:]}. Le service l'a vérifié sur place."
            others = {"en": {"reason": english}}
            yield number, Position(decision, "l'adjointe à l'éducation", today, reasons, done, reason, due, others)
