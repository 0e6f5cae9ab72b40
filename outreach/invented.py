"""An invented city for the demonstration and the training: its processes, its people, their words. Nobody in it exists."""

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from conversations.messages import Network

CITY = "Ville de Sorlac"  # on no map


class Voice(msgspec.Struct, frozen=True):
    """One invented person's contribution, as it was typed."""

    network: Network
    address: str
    messages: tuple[str, ...]
    keyword: str = "PLACE"
    answer: str = "1"  # to the question whether it may be published
    opt_in: str = ""  # to the question about workshops; "" leaves it open


def market_square(today: date) -> str:
    """The process of the demonstration, as the YAML that a city would import."""
    read_on, promised, opened = today + timedelta(days=49), today + timedelta(days=106), today - timedelta(days=12)
    first, second = today + timedelta(days=20), today + timedelta(days=27)
    return f"""\
slug: place-du-marche
title: {{fr: Place du Marché, en: Market square}}
sms_name: place du Marché
summary:
  fr: La Ville refait la place du Marché. Ce qui y sera planté et posé n'est pas décidé. Dites de quoi vous avez besoin pour y rester.
  en: The city is rebuilding the market square. What will be planted and placed there is not decided. Say what you need to stay there.
territory: FR
districts: [Centre, La Gare, Les Tilleuls, Vieux-Port]
lead: Mission dialogue citoyen
mandate:
  version: 1
  diagnosis: La place est une nappe de bitume. L'été, il y fait huit degrés de plus que dans les rues voisines et personne ne s'y arrête.
  can_change: [arbres, bancs, jeux, parking]
  cannot_change: [le tram]
  decided_by: le conseil municipal, sur proposition de l'adjointe à l'espace public
  use: 40 habitants lisent tous les avis et écrivent à la Ville. Les élus répondent à chaque point.
  answer_promised_on: {promised}
  validated: {{by: le conseil municipal, on: {opened - timedelta(days=9)}, act: délibération 2027-014}}
questions:
  - id: besoin
    text:
      fr: De quoi avez-vous besoin pour y rester ?
      en: What do you need to stay there?
    sms_text:
      fr: de quoi avez-vous besoin pour y rester ?
      en: what do you need to stay there?
    opens: {opened}
    closes: {read_on - timedelta(days=3)}
phases:
  - {{kind: collecte, title: On vous écoute, starts: {opened}, ends: {read_on - timedelta(days=3)}}}
  - {{kind: lecture, title: Quarante habitants lisent tout, starts: {read_on}, ends: {read_on + timedelta(days=20)}}}
  - {{kind: reponse, title: Les élus répondent, starts: {read_on + timedelta(days=21)}, ends: {promised}}}
workshops:
  - id: atelier-1
    title: {{fr: Dessiner la place, en: Drawing the square}}
    sms_name: atelier place
    starts_at: {first}T18:30
    ends_at: {first}T20:30
    place: Maison de quartier des Tilleuls, 4 rue des Tilleuls
    place_sms: Maison des Tilleuls
    access: [accès en fauteuil, garde d'enfants, tram 1]
    capacity: 30
  - id: atelier-2
    title: {{fr: Dessiner la place, en: Drawing the square}}
    sms_name: atelier place
    starts_at: {second}T12:30
    ends_at: {second}T14:00
    place: Halle du marché
    place_sms: Halle du Marché
    access: [accès en fauteuil]
    capacity: 20
entry_points:
  - {{id: pharmacie, place: Pharmacie de la place, keyword: PLACE, language: fr}}
  - {{id: tram, place: Arrêt de tram Marché, keyword: "", language: fr}}
  - {{id: centre-social, place: Centre social des Tilleuls, keyword: SAHA, language: ar}}
  - {{id: library, place: Médiathèque, keyword: SQUARE, language: en}}
themes:
  - {{id: ombre, title: {{fr: Ombre et arbres, en: Shade and trees}}}}
  - {{id: assises, title: {{fr: Bancs et tables, en: Benches and tables}}}}
  - {{id: jeux, title: {{fr: Jeux et sport, en: Games and sport}}}}
  - {{id: circuler, title: {{fr: Circuler et se garer, en: Traffic and parking}}}}
  - {{id: services, title: {{fr: "Eau, toilettes, lumière", en: "Water, toilets, light"}}}}
documents:
  - id: diagnostic
    title: {{fr: "La place aujourd'hui, en plans", en: "The square today, in plans"}}
    url: https://sorlac.example/place-du-marche/diagnostic.pdf
    sha256: 916f661883915254f6ce594593309ac3cef76d61c9c9c1fe00f0827e31591362
"""


def bicycle_plan(today: date) -> str:
    """A second process, smaller, so that a text without a keyword has to be asked about."""
    opened, closes, promised = today - timedelta(days=5), today + timedelta(days=60), today + timedelta(days=120)
    return f"""\
slug: velo-gare
title: {{fr: Le vélo autour de la gare, en: Cycling around the station}}
sms_name: plan vélo de la gare
summary:
  fr: Trois carrefours autour de la gare vont être repris. Où passez-vous à vélo, et où n'osez-vous pas ?
  en: Three crossings around the station will be rebuilt. Where do you cycle, and where would you not dare?
territory: FR
districts: [La Gare]
lead: Mission dialogue citoyen
mandate:
  version: 1
  diagnosis: Onze accidents en trois ans sur trois carrefours.
  can_change: [sens de circulation, feux, arceaux]
  cannot_change: [le pont]
  decided_by: le conseil municipal
  use: les avis sont remis au bureau d'études et joints à la délibération
  answer_promised_on: {promised}
  validated: {{by: le conseil municipal, on: {opened - timedelta(days=14)}, act: délibération 2027-021}}
questions:
  - id: danger
    text: {{fr: "Où le vélo vous fait-il peur ?", en: "Where does cycling frighten you?"}}
    sms_text: {{fr: "à vélo, où avez-vous peur ?", en: "by bike, where are you afraid?"}}
    opens: {opened}
    closes: {closes}
phases:
  - {{kind: collecte, title: On vous écoute, starts: {opened}, ends: {closes}}}
workshops: []
entry_points:
  - {{id: gare, place: Parvis de la gare, keyword: VELO, language: fr}}
"""


_FRENCH = (
    "des bancs avec un dossier, ma mere peut pas se relever des bancs en pierre",
    "De l'ombre. En juillet on traverse la place en courant.",
    "Une fontaine à boire, pas juste pour faire joli",
    "Il manque des toilettes propres, et gratuites. Avec une table à langer.",
    "Garder des places pour les livraisons du marché le matin, sinon les commerçants vont partir",
    "moi je viens pas passque y a rien pour s'assoir",
    "Un terrain de boules, on est une vingtaine à jouer derrière l'église faute de mieux",
    "plus de voitures du tout svp, mes enfants veulent aller à l'école seuls",
    "Ne supprimez pas le parking ! Je suis infirmière à domicile, je me gare où ?",
    "Des jeux pour les petits, mais aussi quelque chose pour les 12-16 ans qui ont nulle part où aller",
    "Un éclairage doux le soir. Aujourd'hui je fais le tour pour ne pas passer par là.",
    "des arbres fruitiers on pourrait cueillir",
    "Une place plate, sans pavés. En fauteuil les pavés c'est non.",
    "un endroit pour brancher les food trucks et un marché du soir le vendredi",
    "Des poubelles de tri et qu'elles soient vidées le dimanche après le marché",
    "Laissez un espace vide. Tout n'a pas besoin d'être rempli, on y fait la fête.",
    "qu'on puisse faire du skate sans se faire chasser",
    "des bancs face à face pour discuter et pas tous alignés comme à la gare",
    "Un abri quand il pleut, l'arrêt de tram est trop petit",
    "Le bruit le samedi soir est insupportable, pensez à ceux qui habitent au dessus",
    "Planter de grands arbres, pas des tiges qui feront de l'ombre dans trente ans",
    "une boite à livres et de quoi lire assis",
    "Je suis malvoyante : il me faut une bande au sol pour trouver l'arrêt du tram",
    "du wifi gratuit",
    "Garder le manège ! Trois générations de la famille y sont montées.",
    "que le sol boive l'eau. Au dernier orage la pharmacie était inondée",
    "Des fleurs. Simplement des fleurs.",
    "un panneau clair qui dit ou est quoi, avec des dessins pour ceux qui lisent pas",
    "Des arceaux pour attacher les vélos cargo, les actuels sont trop étroits",
    "Un coin sans fumée près des jeux",
    "On pourrait avoir une scène, même petite, pour la fête de la musique ?",
    "Moins de bitume, plus de terre. Et qu'on arrête de laver au jet en pleine canicule.",
    "des tables pour manger son sandwich le midi on est 300 à travailler autour",
    "Des barrières le jour du marché, les camions reculent sans voir les gosses",
    "Une horloge ! Celle de la halle est arrêtée depuis 2019.",
    "Que les terrasses laissent passer les poussettes",
    "Un point d'eau pour les chiens et des sacs, y en a marre",
    "rien, elle est bien comme ça, gardez l'argent pour l'école",
)
_MANY = 158  # of them, so that two hundred wait in all once some are published
_SQUARES = ("devant la halle", "côté pharmacie", "près de l'arrêt du tram", "au milieu", "le long de l'église")
_BICYCLE = (
    "le carrefour de la poste, les voitures tournent sans regarder",
    "Sous le pont, c'est noir et la piste s'arrête d'un coup",
    "Rue de la Gare à contresens : tout le monde le fait, mettez le en règle",
    "il manque des arceaux à l'entrée nord, je rate mon train à chercher une place",
    "Le rond-point. Deux fois j'ai failli y passer.",
)
_ENGLISH = (
    "Somewhere to sit that is not a café, please",
    "More trees and a drinking fountain. My kids drink from the pharmacy tap.",
    "Keep the Friday market in the middle, everybody meets there",
    "a playground with a fence, the tram is right there",
    "Lights at night. I work late and walk around the square, not across",
)
_ARABIC = (
    "نحتاج الى مقاعد و ظل للاطفال",
    "نريد مكانا للنساء للجلوس معا في المساء",
    "ماء للشرب و مراحيض نظيفة من فضلكم",
    "الأشجار أهم شيء، الصيف حار جدا",
)
_UKRAINIAN = (
    "Дитячий майданчик і лавки в тіні, будь ласка",
    "Потрібне місце, де можна посидіти без кав'ярні",
    "Більше дерев і світла ввечері",
)
_TO_HIDE = (
    "Des bancs ! Et si vous cherchez du monde pour aider, appelez moi au 06 39 98 41 27",
    "Réparez le lampadaire devant chez moi, écrivez à jeanne.exemple@courriel.example je vous montre",
    "Monsieur Gervaise de la boulangerie met ses palettes sur le trottoir, faites quelque chose",
)
_TO_ANSWER = (
    "Bonjour, quand est-ce que les travaux commencent ?",
    "C'est qui les 40 habitants ? Comment on s'inscrit ?",
    "Est ce que le marché aura lieu pendant les travaux ?",
)
_TO_REFUSE = (
    "le maire est un guignol et ses adjoints aussi",
    "ACHETEZ VOS PANNEAUX SOLAIRES MOINS CHER devis gratuit www.soleil-pas-cher.example",
)
_PETITION = "Non à la suppression du parking de la place du Marché. Sans parking, plus de clients. Sans clients, plus de commerces."


def voices() -> Iterator[Voice]:
    """Two hundred contributions waiting on a Monday morning, in four languages; the numbers are of the range kept for fiction."""
    texts: list[tuple[str, str]] = []
    for number in range(_MANY):
        text = _FRENCH[number % len(_FRENCH)]
        if number >= len(_FRENCH):
            text = f"{text.rstrip('.! ')}, {_SQUARES[(number // len(_FRENCH) + number) % len(_SQUARES)]}"
        texts.append(("PLACE", text))
    texts += [("VELO", text) for text in _BICYCLE for _ in range(2)]
    texts += [("SQUARE", text) for text in _ENGLISH for _ in range(3)]
    texts += [("SAHA", text) for text in _ARABIC for _ in range(3)]
    texts += [("PLACE", text) for text in _UKRAINIAN for _ in range(2)]
    texts += [("PLACE", text) for text in (*_TO_HIDE, *_TO_ANSWER, *_TO_REFUSE)]
    texts += [("PLACE", _PETITION)] * 37
    for number, (keyword, text) in enumerate(texts):
        # a third of the people of the square write on Telegram, the one who is refused too; those with a petition were handed a number
        is_there = (number % 3 == 0 and keyword == "PLACE" and text != _PETITION) or text == _TO_REFUSE[0]
        network: Network = "telegram" if is_there else "sms"
        address = str(700_000_001 + number) if network == "telegram" else f"+336399{80_100 + number}"
        parts = tuple(text.split(". ", 1)) if network == "telegram" and number % 6 == 0 else (text,)
        only_read = number % 17 == 0 and text != _PETITION  # some would rather not see their words published
        yield Voice(network, address, parts, keyword, "2" if only_read else "1", "1" if number % 2 else "")


class Cast(msgspec.Struct, frozen=True):
    """The words that a scene looks for at the desk, and the chat of who wrote the last ones."""

    hide: str
    copies: str
    question: str
    refuse: str
    author: str


CAST = Cast(_TO_HIDE[0], _PETITION, _TO_ANSWER[1], _TO_REFUSE[0], next(one.address for one in voices() if one.messages == (_TO_REFUSE[0],)))

COME = ("on vient à 2",) * 13 + ("oui",) * 2
"""Who has a seat of the first workshop: two of its thirty are free."""
WAIT = ("on vient à 3",) * 3


def comers(words: tuple[str, ...], first: int) -> Iterator[Voice]:
    """People who answer a workshop in these words, with the numbers from this one on."""
    for number, answer in enumerate(words, first):
        yield Voice("sms", f"+336399{80_700 + number}", ("ATELIER", "1", answer), "")
