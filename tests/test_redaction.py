"""What is suggested to be hidden, kind by kind, and what only looks like it."""

from itertools import pairwise
from time import process_time

import pytest

from outreach.contributions.redaction import Found, suggestions

IBAN = "FR76 3000 6000 0112 3456 7890 189"
NIR = "1 85 05 78 006 084 91"


def shown(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in suggestions(text)]


def of(kind: str, text: str) -> list[str]:
    return [words for found, words in shown(text) if found == kind]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("appelez le 06 12 34 56 78", "phone", "06 12 34 56 78"),
        ("اتصل بي ٠٦ ١٢ ٣٤ ٥٦ ٧٨ شكرا", "phone", "٠٦ ١٢ ٣٤ ٥٦ ٧٨"),
        ("jean.dupont@exemple.fr, merci", "email", "jean.dupont@exemple.fr"),
        ("écrire à jean arobase exemple.fr", "email", "jean arobase exemple.fr"),
        ("jean point dupont arobase exemple point fr", "email", "jean point dupont arobase exemple point fr"),
        (f"mon compte {IBAN} merci", "iban", IBAN),
        ("compte fr7630006000011234567890189.", "iban", "fr7630006000011234567890189"),
        ("BE68 5390 0754 7034", "iban", "BE68 5390 0754 7034"),
        ("mon IBAN : FR76 3000 6000 0112 3456 7890 188", "iban", "FR76 3000 6000 0112 3456 7890 188"),
        (f"ma carte {NIR}", "nir", NIR),
        ("2 80 12 2A 123 456 49 dit-il", "nir", "2 80 12 2A 123 456 49"),
        ("numéro de sécu 1 85 05 78 006 084", "nir", "1 85 05 78 006 084"),
        ("la voiture AB-123-CD est là", "plate", "AB-123-CD"),
        ("la voiture ab 123 cd est là", "plate", "ab 123 cd"),
        ("AB123CD", "plate", "AB123CD"),
        ("une vieille 1234 AB 44 sur le trottoir", "plate", "1234 AB 44"),
        ("voir https://exemple.org/a?b=c, merci", "link", "https://exemple.org/a?b=c"),
        ("(www.exemple.fr)", "link", "www.exemple.fr"),
        ("mon site exemple.fr.", "link", "exemple.fr"),
        ("t.me/karim44 pour en parler", "link", "t.me/karim44"),
        ("suivez @karim_b44 !", "handle", "@karim_b44"),
        ("insta : karim.b44.", "handle", "karim.b44"),
        ("j'habite 12 bis rue des Lilas, 44000 Nantes", "address", "12 bis rue des Lilas, 44000 Nantes"),
        ("au 12 rue des lilas il fait noir", "address", "12 rue des lilas"),
        ("chez moi, 3 place du Marché aux Fleurs.", "address", "3 place du Marché aux Fleurs"),
        ("5, allée de l'Erdre", "address", "5, allée de l'Erdre"),
        ("nous vivons 14 rue du 8 mai 1945", "address", "14 rue du 8 mai 1945"),
        ("8 av. Jean Jaurès", "address", "8 av. Jean Jaurès"),
        ("j'habite en face de l'école, 12 rue Paul Bellamy", "address", "12 rue Paul Bellamy"),
        ("mon voisin Karim Benali fait du bruit", "person", "Karim Benali"),
        ("mon voisin karim benali fait du bruit", "person", "karim benali"),
        ("ma voisine Yvonnette Quelconque", "person", "Yvonnette Quelconque"),
        ("Nadia Le Guen l'a dit", "person", "Nadia Le Guen"),
        ("c'est Jean-Pierre DUPONT qui", "person", "Jean-Pierre DUPONT"),
        ("vu avec DUPONT Marie hier", "person", "DUPONT Marie"),
        ("demandez à M. J. Dupont", "person", "M. J. Dupont"),
        ("Mme benali crie", "person", "Mme benali"),
        ("merci au docteur N'Guyen", "person", "docteur N'Guyen"),
        ("je m'appelle Ulrik Storm", "person", "Ulrik Storm"),
        ("my neighbour Karim Benali shouts", "person", "Karim Benali"),
        ("мій сусід Олег Коваленко кричить", "person", "Олег Коваленко"),
        ("جاري كريم بن علي يصرخ", "person", "كريم بن علي"),
        ("Des bancs.\nCordialement,\nUlrik Storm", "person", "Ulrik Storm"),
        ("le jardin de Karim Benali", "person", "Karim Benali"),
        ("Madame la maire Nadia Benali", "person", "Nadia Benali"),
    ],
)
def test_what_leads_to_a_person_is_found_where_it_stands(text: str, kind: str, words: str) -> None:
    assert (kind, words) in shown(text)


@pytest.mark.parametrize(
    "text",
    [
        "rue Paul Bellamy, place Graslin, école Jean Moulin",
        "le lycée Jules Verne et l'école primaire Lucie Aubrac",
        "rues Ampère et Paul Bert",
        "avenue du Général de Gaulle, rue du Docteur Roux, av. Jean Jaurès",
        "Madame la maire, Monsieur le Président, Madame, Monsieur,",
        "Mme l'adjointe et M. le préfet",
        "bonjour monsieur pouvez-vous planter des arbres",
        "50 m de trottoir, 2 M de budget",
        "la Saint Jean, le quartier Sainte Anne, la loi Simone Veil",
        "le stade Marcel Saupin et le skate-park, terrain de rugby Max Rousié",
        "Merci Jean. Il faut des bancs",
        "mon voisin Lundi dernier",
        "LES JEUNES DE MARTIN LUTHER KING",
        "2 place de parking, 3 cours d'anglais, 10 rues piétonnes, 1 rue pour les vélos",
        "devant le 12 rue Paul Bellamy un lampadaire est cassé",
        "rénover le gymnase, 5 rue Paul Bellamy",
        "en 2015 rue Bellamy, rien",
        "24 arbres avant mars 2028, 1 200 000 euros, avis 4821 0736",
        "20 ANS 30 ARBRES, de 100 km à 200 km",
        "FR76 3000 6000 0112 3456 7890 188",
        "185057800608492",
        "les usagers d'@orange.fr, rendez-vous tous @ 18 h",
        "fini.Et puis voilà.Merci",
        "ligne C2 arrêt 50 Otages, bus 123",
    ],
)
def test_what_only_looks_personal_is_left_alone(text: str) -> None:
    assert shown(text) == []


def test_a_place_is_shown_once_whatever_was_found_in_it() -> None:
    assert shown(f"{IBAN} @Nadia Benali https://x.fr/nadia@exemple.fr") == [
        ("iban", IBAN),
        ("handle", "@Nadia Benali"),
        ("email", "https://x.fr/nadia@exemple.fr"),
    ]


def test_suggestions_come_in_the_order_of_the_text_and_never_overlap() -> None:
    found = suggestions(f"Nadia Benali, 12 rue des Lilas, 06 12 34 56 78, AB-123-CD, {NIR}")
    assert [one.kind for one in found] == ["person", "address", "phone", "plate", "nir"]
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert suggestions("") == ()
    assert found[0] == Found("person", 0, 12)


_REPEATED = (
    *(
        "a",
        "a.",
        "a@",
        "@",
        "1 ",
        "0 ",
        "é",
        "x-",
        "\n",
        "http://",
        "a point ",
        "a.fr/",
        "a arobase ",
        "insta:",
        "A1",
        "AB12 A ",
        "FR76",
        "IBAN FR76 ",
    ),
    *("12 rue A ", "1 rue ", "12 rue de la ", "12 rue A de B ", "1 85 05 78 006 084 91 ", "sécu ", "AB-123-CD ", "1234 AB 44 "),
    *("M. ", "Jean ", "Jean de la ", "mon voisin ", "école Jean et ", "rue ", "Cordialement ", "DUPONT ", "J. ", "s'appelle "),
)


@pytest.mark.parametrize("part", _REPEATED)
def test_a_text_eight_times_as_long_takes_about_eight_times_as_long(part: str) -> None:
    """A contribution may have ten times 4,096 letters: nothing may look at each of them from each of them."""
    took = [_time(part * (length // len(part))) for length in (10_000, 80_000)]
    assert took[1] < 4
    assert took[1] < 24 * max(took[0], 0.03)


def _time(text: str) -> float:
    """The least of three: what else the machine does only adds to it."""
    return min(_once(text) for _ in range(3))


def _once(text: str) -> float:
    before = process_time()
    suggestions(text)
    return process_time() - before
