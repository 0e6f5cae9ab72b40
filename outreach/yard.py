"""An invented project that is nearly answered, for the demonstration: a school yard, thirty people, twelve points; nobody exists."""

from datetime import date, timedelta

from outreach.projects import Point, Project

SLUG, WAITS = "cour-pergaud", 7
"""Its slug, and the point that has waited for its service."""
_POINTS = (
    Point(
        "Désimperméabiliser la cour",
        "du sol qui boit l'eau, svp",
        "kept",
        "800 m2 de terre avant mai {year}",
        "le sol le permet",
        "the soil allows it",
    ),
    Point(
        "Planter des arbres",
        "des arbres, on cuit en juin",
        "partly",
        "12 arbres avant mars {year}",
        "des tuyaux passent sous la cour",
        "pipes run under the yard",
    ),
    Point(
        "Poser des bancs",
        "des bancs à l'ombre pour discuter",
        "kept",
        "20 bancs avant mai {year}",
        "le budget est voté",
        "the budget is voted",
    ),
    Point(
        "Refaire le préau",
        "un préau où on tient tous quand il pleut",
        "partly",
        "une étude avant mars {year}",
        "le toit est à vérifier",
        "the roof must be checked",
    ),
    Point(
        "Mettre des fontaines",
        "de l'eau à boire dehors",
        "kept",
        "3 fontaines avant mai {year}",
        "l'eau passe déjà ici",
        "the water is here already",
    ),
    Point(
        "Séparer les ballons",
        "le foot prend toute la place",
        "kept",
        "2 terrains avant mai {year}",
        "la place suffit",
        "there is room enough",
    ),
    Point("Ouvrir la cour le soir", "ouvrez la cour le soir et le samedi"),
    Point(
        "Créer un potager",
        "un potager avec les grands-parents",
        "kept",
        "un potager avant mai {year}",
        "une association s'engage",
        "an association steps in",
    ),
    Point(
        "Adoucir la lumière",
        "moins de néons, plus de lumière douce",
        "partly",
        "la moitié avant mars {year}",
        "le réseau est ancien",
        "the wiring is old",
    ),
    Point(
        "Abriter les vélos",
        "un abri pour les vélos des enfants",
        "kept",
        "60 places avant mars {year}",
        "la rue le permet",
        "the street allows it",
    ),
    Point("Fermer la rue", "fermez la rue à l'heure de l'école", "not_kept", "", "le bus passe par cette rue", "the bus takes this street"),
    Point(
        "Installer des jeux",
        "des jeux pas seulement pour les petits",
        "kept",
        "5 jeux avant mai {year}",
        "le budget est voté",
        "the budget is voted",
    ),
)
YARD = Project(
    SLUG,
    ("COUR", "YARD"),
    800,
    _POINTS,
    ("", " aussi pour les petits"),
    ("une piscine", "un parking", "la cantine moins chère", "des horaires plus longs", "du wifi", "un autre nom"),
    "le groupe a choisi l'ombre et l'eau",
    "l'adjointe à l'éducation",
)
RINGS = YARD.rings(WAITS)
"""The keypad phone of somebody who wrote what that point says."""


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
