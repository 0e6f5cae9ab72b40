import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import keywords
from conversations.keywords import Keyword, lexicon
from tests.peers import SHARED


def listed(cases: str) -> list[str]:
    return [case.strip(" \n") for case in cases.split("|")]


@pytest.mark.parametrize(
    "said",
    listed(
        """
        STOP | ARRET | ARRÊT | ARRETE | ARRETER | STOPALL | UNSUBSCRIBE | CANCEL | END | QUIT | DESABONNER | DESINSCRIPTION |
        STOP SMS | stopp | désabonner | Stop! |  stop  | Stop. | STOP !!! | « stop » | Stop merci | stop svp | /stop | /arret |
        /stop@VilleDeNantesBot | STOP au 36111 | stop 38100 | توقف | قف | قِفْ | توقـف | \u200fتوقف\u200f | стоп | зупинити |
        durdur | 停止 | arrêtez de m'écrire | Je ne veux plus de SMS ! | STOP STOP STOP | laissez-moi tranquille svp | stop texting me |
        ne me contactez plus jamais | arrêtez de me contacter | retirez moi de la liste | Je veux plus rien recevoir | Lâchez-moi ! |
        foutez moi la paix | plus de messages svp | STOP SMS 36111 | stop sms au 36111 | ne m'écrivez plus | Désinscrivez-moi |
        arretez vos sms | bonjour, retirez-moi de votre liste, merci
        """
    ),
)
def test_stop_is_heard_in_every_form(said: str) -> None:
    assert keywords.find(said) == Keyword("STOP")


@pytest.mark.parametrize(
    ("said", "name", "argument"),
    [
        ("Oubli", "OUBLI", ""),
        ("OUBLI 4821 0736", "OUBLI", "48210736"),
        ("oubli n° 4821-0736 svp", "OUBLI", "48210736"),
        ("/cancel 4821 0736", "OUBLI", "48210736"),
        ("/effacer", "OUBLI", ""),
        ("Supprimez mon numero", "OUBLI", ""),
        ("enlevez mon numéro svp", "OUBLI", ""),
        ("effacez mon numéro", "OUBLI", ""),
        ("امسح", "OUBLI", ""),
        ("données", "DONNEES", ""),
        ("/privacy", "DONNEES", ""),
        ("بيانات", "DONNEES", ""),
        ("info", "INFO", ""),
        ("معلومات", "INFO", ""),
        ("SUIVI 48210736", "SUIVI", "48210736"),
        ("٤٨٢١ ٠٧٣٦", "SUIVI", "48210736"),
        ("4821 0736", "SUIVI", "48210736"),
        ("avis no 4821 0736", "SUIVI", "48210736"),
        ("SUIVI 4821 0736 5307", "SUIVI", "482107365307"),
        ("suivi no 48210736 code 5307 svp", "SUIVI", "482107365307"),
        ("/suivi 482107365307", "SUIVI", "482107365307"),
        ("4821 0736 5307", "SUIVI", "482107365307"),
        ("٤٨٢١ ٠٧٣٦ ٥٣٠٧", "SUIVI", "482107365307"),
        ("OUBLI 4821 0736 5307", "OUBLI", "482107365307"),
        ("Recours 4821-0736-5307", "RECOURS", "482107365307"),
        ("متابعة", "SUIVI", ""),
        ("/suivi 48210736", "SUIVI", "48210736"),
        ("les ateliers", "ATELIER", ""),
        ("annulé", "ANNULER", ""),
        ("/cancel", "ANNULER", ""),
        ("recours", "RECOURS", ""),
        ("Contact", "CONTACT", ""),
        ("/developer_info", "CONTACT", ""),
        ("Rappelez-moi", "APPEL", ""),
        ("aidez moi svp", "AIDE", ""),
        ("HELP", "AIDE", ""),
        ("besoin", "BESOIN", ""),
        ("discret", "DISCRET", ""),
        ("Une autre personne", "AUTRE", ""),
        ("reprendre", "REPRENDRE", ""),
        ("START", "REPRENDRE", ""),
        ("3 PLACES", "PLACES", "3"),
        ("٣ places", "PLACES", "3"),
        ("EN", "LANGUE", "en"),
        ("Türkçe", "LANGUE", "tr"),
        ("عربي", "LANGUE", "ar"),
        ("українська", "LANGUE", "uk"),
        ("/langue arabe", "LANGUE", "ar"),
        ("langue: anglais", "LANGUE", "en"),
        ("/language", "LANGUE", ""),
    ],
)
def test_a_keyword_is_the_whole_message(said: str, name: str, argument: str) -> None:
    assert keywords.find(said) == Keyword(name, argument)


@pytest.mark.parametrize(
    "said",
    [
        *listed(
            """
        Stop aux voitures place du Marché | Arrêter les voitures | arrêtez de construire | stop aux voitures | foutez la paix aux arbres |
        enlevez mon numéro de maison du plan | stop sms aux élus | plus de messages sur les panneaux du tram |
        Besoin de bancs | une aide pour les devoirs |
        info sur le tram | un contact avec la mairie | 4821 0737 | 48210736 bancs | 12 places | en ville | /banc |  | ... | 😀 |
        merci | 4821 0737 5307 | 482107365307 | DONNEES 4821 0736 5307 | INFO 4821 0736 5307 | 4821 0736 53
        """
        ),
        "stop " * 40,
    ],
)
def test_a_keyword_inside_a_longer_sentence_is_a_contribution(said: str) -> None:
    assert keywords.find(said) is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("STPO", "STOP"),
        ("arete", "STOP"),
        ("oubly", "OUBLI"),
        ("Suivie", "SUIVI"),
        ("donnee s", None),
        ("attelier", "ATELIER"),
        ("Pas d'accord !", "RECOURS"),
        ("je conteste svp", "RECOURS"),
        ("pas d'accord avec le parking", None),
    ],
)
def test_one_slip_is_found(said: str, name: str | None) -> None:
    assert keywords.slip(said) == name


@pytest.mark.parametrize(
    "said",
    listed(
        """
        vide | aime | secours | retours | stars | shop | STOP | stp | aid | arbres | bancs | stopz les voitures | 12345678
        """
    ),
)
def test_another_word_is_no_slip(said: str) -> None:
    assert keywords.slip(said) is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("non en fait oui", "yes"),
        ("Non... enfin si, oui !", "yes"),
        ("oui euh non", "no"),
        ("finalement non merci", "no"),
        ("no sorry, yes", "yes"),
        ("oui non", ""),
        ("en fait oui mais avec des arbres", ""),
        ("en fait", ""),
    ],
)
def test_the_later_answer_of_one_message_is_meant(said: str, meant: str) -> None:
    assert (keywords.yes(said), keywords.no(said)) == (meant == "yes", meant == "no")


@pytest.mark.parametrize("said", listed("? | ??? | ... | merci | Merci beaucoup ! | bonjour madame | 🙏 | merci 🙏 | ❤️ | شكرا"))
def test_thanks_and_marks_are_hollow(said: str) -> None:
    assert keywords.hollow(said)


@pytest.mark.parametrize("said", listed("arbres | merci de planter | 🚲 | 🌳🌳 | 1 | oui | ok | 👍 | 👎"))
def test_a_view_or_an_answer_is_not_hollow(said: str) -> None:
    assert not keywords.hollow(said)


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("ok", True),
        ("Super merci !", True),
        ("👍", True),
        ("très bien", True),
        ("oui", False),
        ("👎", False),
        ("?", False),
        ("ok non", False),
    ],
)
def test_what_only_acknowledges(said: str, noted: bool) -> None:  # noqa: FBT001 - a parameter
    assert keywords.noted(said) is noted


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("Plase", "PLACE"),
        ("velo", "VELO"),
        ("vélo!", "VELO"),
        ("plave svp", "PLACE"),
        ("des places", None),
        ("bus", None),
        ("PLACE 👶🏻", None),
        ("PLACE .", None),
        ("palace", "PLACE"),
    ],
)
def test_a_posters_word_is_near(said: str, word: str | None) -> None:
    assert keywords.near(said, ["PLACE", "VELO", "BUS"]) == word


@pytest.mark.parametrize(
    ("said", "digit"), [("réponse 1", "1"), ("Je réponds 2.", "2"), ("le 3", "3"), ("option ٢", "2"), ("le 1 et le 2", None)]
)
def test_a_digit_may_be_announced(said: str, digit: str | None) -> None:
    assert keywords.digit(said) == digit


@given(st.sampled_from(sorted(word for words in lexicon.PRINTED.values() for word in words.split(", "))), st.data())
def test_every_single_slip_of_a_printed_word_is_asked_or_is_a_word(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    kind = data.draw(st.sampled_from(["drop", "add", "change", "swap"]))
    slipped = {
        "drop": word[:at] + word[at + 1 :],
        "add": word[:at] + letter + word[at:],
        "change": word[:at] + letter + word[at + 1 :],
        "swap": word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :],
    }[kind]
    other = keywords.words(lexicon.NOT_SLIPS)
    assert len(slipped) < 4 or slipped in other or keywords.slip(slipped) is not None or keywords.find(slipped) is not None


@pytest.mark.parametrize(
    ("said", "digit"),
    [
        *[("1", "1"), ("1.", "1"), (" 2 ", "2"), ("(1)", "1"), ("1)", "1"), ("1️⃣", "1"), ("١", "1"), ("۲", "2"), ("３", "3"), ("²", "2")],
        *[("1 svp", "1"), ("deux", "2"), ("12", None), ("1 2", None), ("1 banc", None), ("", None), ("oui", None), ("%", None)],
    ],
)
def test_a_digit_of_any_script_is_a_digit(said: str, digit: str | None) -> None:
    assert keywords.digit(said) == digit


@pytest.mark.parametrize(
    "said",
    listed(
        """
        oui | OUI ! | Oui merci | oui, bonjour, merci | oui oui | ok | OK | d'accord | D’accord | dac | ouais | volontiers |
        je viens | On vient | présent | oui je viens | avec plaisir | 👍 | 👍🏽 | ok 👍 | 1 oui | Oui, j'ai 15 ans ou plus |
        oui j'ai 42 ans | yes | Yes of course | نعم | نعم شكرا | evet | так | да | sí | 是的 | c'est bon pour moi |
        oui vous pouvez le publier
        """
    ),
)
def test_yes_with_courtesy_is_yes(said: str) -> None:
    assert keywords.yes(said)
    assert not keywords.no(said)
    assert keywords.begins_with_yes(said) is None


@pytest.mark.parametrize(
    "said",
    listed(
        """
        non | Non merci | nan | no | NO! | 👎 | 2 non | non, seulement le lire | لا | hayır | ні | нет | pas d'accord | mais non
        """
    ),
)
def test_no_with_courtesy_is_no(said: str) -> None:
    assert keywords.no(said)
    assert not keywords.yes(said)


@pytest.mark.parametrize(
    "said",
    [
        *listed(
            """
        1 | 2 | oui non | oui 👎 | 👍 non | merci |  | des bancs | oui des bancs | ❤️ | non des bancs | j'ai 13 ans |
        oui j'ai 13 ans
        """
        ),
        "x" * 500,
    ],
)
def test_neither_yes_nor_no(said: str) -> None:
    assert not keywords.yes(said)
    assert not keywords.no(said)


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("oui mais ajoutez des toilettes", "mais ajoutez des toilettes"),
        ("Oui ! Merci. Et un banc", "Et un banc"),
        ("ok, avec des jeux.", "avec des jeux."),
        ("D'accord mais à l'ombre", "mais à l'ombre"),
        ("oui", None),
        ("oui mais non", None),
        ("si vous mettez des arbres", None),
        ("ya trop de bitume", None),
        ("ouistiti", None),
        ("des bancs oui", None),
    ],
)
def test_yes_that_goes_on_is_an_addition(said: str, rest: str | None) -> None:
    assert keywords.begins_with_yes(said) == rest


@pytest.mark.parametrize(
    "said",
    listed(
        """
        j'ai 13 ans | moi c'est Lina, 13 ans |
        je m'appelle Tom et j'ai 12 ans | J’ai 14 ans | jai 12 ans | moi j'ai douze ans | non j'ai 13 ans | 13 ans | j'ai que 9 ans |
        moi jveux un skatepark j'ai 11 ans | j'ai pas 15 ans | je n'ai pas encore 15 ans | non, moins de 15 ans | I am 12 |
        g 13 ans | jai 13ans | place un city stade svp g 14 ans | gé 12 ans | ge que 11 ans | j'ai14 ans | g13ans | 13ans |
        moi c'est Lina 13ans | g pas 15ans | i'm 13 years old | عمري 13 سنة | عمري ١٣ سنة | мені 13 років | tengo 10 años
        """
    ),
)
def test_a_child_says_so(said: str) -> None:
    assert keywords.under_15(said)


@pytest.mark.parametrize(
    "said",
    listed(
        """
        j'ai 15 ans | oui j'ai 42 ans | j'ai 13 ans de maison | depuis que j'ai 10 ans je prends ce tram | mon fils a 13 ans |
        13 | un banc pour 10 ans | ans | quand j'ai 12 ans tout est long | i am 13th in the queue | j'ai 3 enfants |
        j'ai 10 ans d'ancienneté | g 13 ans de maison | 13 ans d'attente | 13ans d'attente | qd g 10 ans | g 15 ans | jai 113ans |
        stage 13 ans | un banc g 13 | plage 12 ans
        """
    ),
)
def test_a_grown_up_is_not_taken_for_a_child(said: str) -> None:
    assert not keywords.under_15(said)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("1", "1"),
        ("3 effacer", "3"),
        ("Effacer !", "3"),
        ("non", "2"),
        ("2 non", "2"),
        ("٣", "3"),
        ("3 bancs", None),
        ("4", None),
        ("", None),
    ],
)
def test_a_choice_may_be_said_by_its_digit_or_its_words(said: str, key: str | None) -> None:
    assert keywords.chosen(said, [("1", "oui, j'ai 15 ans"), ("2", "non"), ("3", "effacer")]) == key


def test_letters_choose_where_letters_were_offered() -> None:
    assert keywords.chosen("b", [("A", "l'atelier"), ("B", "publier votre avis")]) == "B"


def test_the_lexicon_has_no_word_that_says_two_things() -> None:
    seen: dict[tuple[str, ...], str] = {}
    lists = [(name, words) for name, words in lexicon.KEYWORDS.items()] + [
        (f"language {name}", words) for name, words in lexicon.LANGUAGES.items()
    ]
    lists += [("courtesy", lexicon.COURTESY), ("yes", lexicon.YES), ("no", lexicon.NO)]
    for name, listed in lists:
        for entry in listed.split(","):
            said = tuple(keywords.words(entry))
            assert seen.setdefault(said, name) == name, entry
    assert all(words.split(", ")[0] in lexicon.KEYWORDS[name] for name, words in lexicon.PRINTED.items())


@given(st.text(max_size=300))
def test_nothing_that_is_written_breaks_the_reading(text: str) -> None:
    keywords.find(text)
    keywords.slip(text)
    keywords.digit(text)
    assert not (keywords.yes(text) and keywords.no(text))
    keywords.begins_with_yes(text)
    keywords.under_15(text)
    keywords.chosen(text, [("1", "oui")])


if SHARED.is_dir():

    def test_practically_no_real_answer_is_a_keyword() -> None:
        lines = (SHARED / "data/contributions/fr_chatbot_elf.jsonl").read_text(encoding="utf-8").splitlines()
        answers = [json.loads(line)["text"] for line in lines]
        found = [keywords.find(text) for text in answers if keywords.find(text)]
        slips = sum(keywords.slip(text) is not None for text in answers)
        yes, no = sum(map(keywords.yes, answers)), sum(map(keywords.no, answers))
        print(f"{len(answers)} whole answers: {len(found)} keywords, {slips} slips, {yes} yes, {no} no")
        assert len(answers) == 3755
        assert (found, slips, yes, no) == ([], 0, 0, 3)  # three are "Non" or "No": text, since text is awaited
