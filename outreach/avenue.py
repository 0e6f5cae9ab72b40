"""An invented project whose answer is due today, for the demonstration: an avenue, a spring, thirty people; nobody exists."""

from datetime import date, timedelta

from outreach.projects import Point, Project

SLUG, CITES = "avenue-des-tilleuls", 7
"""Its slug, and the point that takes up the words whose answer is heard."""
READ, STUDIED = timedelta(weeks=6), timedelta(weeks=9)
"""From the first words to the avis, from there to the answer."""
_POINTS = (
    Point(
        "Élargir les trottoirs",
        "deux poussettes ne se croisent pas sur le trottoir",
        "kept",
        "2 m 50 par trottoir, mai {year}",
        "la chaussée est assez large",
        "the road is wide enough",
    ),
    Point(
        "Ralentir les voitures",
        "ça roule trop vite le soir, faites des plateaux",
        "kept",
        "zone 30 avant avril {year}",
        "une école donne sur la rue",
        "a school is on this street",
    ),
    Point(
        "Garder le marché du jeudi",
        "surtout gardez le marché du jeudi",
        "kept",
        "le marché reste où il est",
        "tout le monde y tient",
        "everybody is fond of it",
    ),
    Point(
        "Poser des bancs",
        "un banc tous les cent pas, avec un dossier",
        "partly",
        "18 bancs avant mai {year}",
        "les entrées doivent rester libres",
        "the entrances must stay free",
    ),
    Point(
        "Éclairer les passages",
        "la nuit on ne voit pas les passages piétons",
        "kept",
        "9 passages avant mars {year}",
        "le budget est voté",
        "the budget is voted",
    ),
    Point(
        "Relier la piste cyclable",
        "la piste s'arrête au milieu de l'avenue",
        "kept",
        "une piste continue, juin {year}",
        "la place suffit",
        "there is room enough",
    ),
    Point(
        "Planter le long du tram",
        "à 82 ans je m'arrête trois fois avant le tram, il me faut de l'ombre",
        "partly",
        "24 arbres avant mars {year}",
        "les rails limitent les racines",
        "the rails limit the roots",
    ),
    Point(
        "Ouvrir des toilettes",
        "des toilettes publiques, on fait comment avec des enfants",
        "kept",
        "un bloc avant mai {year}",
        "le réseau est tout près",
        "the sewer is close by",
    ),
    Point(
        "Boire l'eau de pluie",
        "quand il pleut fort les caves sont sous l'eau",
        "partly",
        "400 m2 de terre avant mai {year}",
        "le sol est en partie pollué",
        "part of the soil is polluted",
    ),
    Point(
        "Déplacer l'arrêt de bus",
        "l'arrêt de bus est du mauvais côté",
        "not_kept",
        "",
        "le bus tournerait sur les rails",
        "the bus would turn on the rails",
    ),
    Point(
        "Livrer le matin",
        "les camions livrent à l'heure de l'école",
        "kept",
        "livraisons avant 8 h, mars {year}",
        "les commerces sont d'accord",
        "the shops agree",
    ),
    Point(
        "Fermer le dimanche",
        "fermez l'avenue aux voitures le dimanche",
        "partly",
        "un dimanche par mois dès mai {year}",
        "on essaie avant de décider",
        "it is tried before it is decided",
    ),
)
AVENUE = Project(
    SLUG,
    ("AVENUE", "LIMES"),
    850,
    _POINTS,
    ("", ", comme tout le monde ici"),
    ("un funiculaire", "une patinoire", "moins d'impôts", "un autre maire", "du wifi partout", "rien du tout"),
    "le groupe a choisi l'ombre et le calme",
    "l'adjointe à l'espace public",
)
RINGS = AVENUE.rings(CITES)
"""The keypad phone of the person whose words that point takes up."""


def document(opened: date) -> str:
    """The process, as the YAML that a city would import."""
    read_on = opened + READ
    promised = read_on + STUDIED
    closes = read_on - timedelta(days=3)
    return f"""\
slug: {SLUG}
title: {{fr: Avenue des Tilleuls, en: Lime tree avenue}}
sms_name: avenue des Tilleuls
summary:
  fr: L'avenue des Tilleuls va être refaite, de la gare au pont. Ce qui s'y trouvera entre les façades et le tram n'est pas décidé.
  en: The avenue will be rebuilt, from the station to the bridge. What will be there between the fronts and the tram is not decided.
lead: Mission dialogue citoyen
mandate:
  diagnosis: Huit cents mètres sans un banc, et plus une feuille depuis que les tilleuls ont été abattus.
  can_change: [trottoirs, arbres, bancs, vitesse]
  cannot_change: [le tram]
  decided_by: le conseil municipal
  use: 40 habitants lisent tous les avis et écrivent à la Ville. Les élus répondent à chaque point.
  answer_promised_on: {promised}
  validated: {{by: le conseil municipal, on: {opened - timedelta(days=7)}, act: délibération 2027-006}}
questions:
  - id: besoin
    text: {{fr: "Que faut-il changer sur l'avenue ?", en: "What should change on the avenue?"}}
    sms_text: {{fr: "que faut-il changer sur l'avenue ?", en: "what should change there?"}}
    opens: {opened}
    closes: {closes}
phases:
  - {{kind: collecte, title: On vous écoute, starts: {opened}, ends: {closes}}}
  - {{kind: lecture, title: Quarante habitants lisent tout, starts: {closes}, ends: {read_on}}}
  - {{kind: reponse, title: Les élus répondent, starts: {read_on}, ends: {promised}}}
entry_points:
  - {{id: pharmacie, place: Pharmacie des Tilleuls, keyword: AVENUE, language: fr}}
  - {{id: station, place: Gare, keyword: LIMES, language: en}}
"""
