"""Sentences that hold something personal, planted into what citizens wrote; and sentences that only look so."""

import re
from random import Random

import msgspec

from bot.bench.corpus import Names
from outreach.contributions.redaction import Kind

_SENTENCES: dict[Kind, tuple[str, ...]] = {
    "phone": (
        "Vous pouvez me joindre au {}.", "mon numéro c'est le {} merci", "Rappelez-moi au {} après 18h.", "Tél : {}",
        "{} pour plus d'infos",
        "le mien c {} si besoin", "call me on {} please", "رقمي هو {} شكرا", "мій номер {}, дякую",
    ),
    "email": (
        "Mon adresse est {}.", "écrivez moi à {} svp", "Contact : {}", "merci de répondre sur {} !",
        "vous pouvez envoyer le plan à {} et à la mairie",
        "my e-mail is {}", "بريدي {}", "пишіть на {}",
    ),
    "iban": ("Voici mon IBAN {} pour le remboursement.", "mon compte: {}", "IBAN {}",
        "le virement sur {} n'est jamais arrivé", "my account is {}"),
    "nir": ("Mon numéro de sécu est le {}.", "NIR {}", "numéro de sécurité sociale : {}, dossier en attente", "j'ai donné mon {} et rien"),
    "plate": (
        "Une voiture immatriculée {} se gare devant l'école.", "la clio {} est toujours sur le trottoir", "plaque {}",
        "le {} encore garé sur la piste",
        "C'est la camionnette {} qui bloque.", "the car {} parks here", "номер машини {}",
    ),
    "address": (
        "J'habite {} et il fait trop chaud.", "je vis au {}", "chez moi {} c'est inondé", "Mon adresse : {}.", "le bruit vient du {}",
        "il y a un squat au {} depuis mai", "I live at {}", "я живу {}", "أسكن في {}",
    ),
    "link": ("Voir {}.", "tout est expliqué ici {}", "ma page : {} merci", "(source : {})", "regardez {} aussi"),
    "handle": ("Suivez-moi {} !", "j'ai écrit à {} sans réponse", "{} a raison", "mon insta : {}", "on en parle avec {} et les autres"),
    "person": (
        "J'en ai parlé avec {}.", "{} habite en face et fait du bruit.", "c'est {} qui décide de tout",
        "Demandez à {} elle confirmera",
        "Merci à {} pour son aide", "d'après {}, rien ne bouge", "le fils de {} jette ses déchets",
        "ask {} about it", "{} a agressé des jeunes",
    ),
}  # fmt: skip
_NEAR = (
    "mon voisin {} fait du bruit",
    "ma voisine {} ne trie rien",
    "je m'appelle {} et j'ai 40 ans",
    "mon collègue {} vient à vélo",
    "my neighbour {} is noisy",
)
_SIGNED = ("Cordialement, {}", "Merci.\nCordialement\n{}", "Bien à vous, cordialement, {}", "signé {}")
_IN_SCRIPTS = (("جاري {} يصرخ كل ليلة", ("كريم بن علي", "سامي حداد")), ("мій сусід {} шумить", ("Олег Коваленко", "Тарас Мельник")))
_DECOYS = (
    "Il faut des bancs rue {f} {l}.", "l'école {f} {l} est trop petite", "place {f} {l} il n'y a pas d'ombre",
    "le gymnase {f} {l} ferme trop tôt",
    "Madame la maire, pensez aux enfants.", "Monsieur le Président du conseil, merci", "le lycée {f} {l} et la médiathèque",
    "avenue du Docteur {l}", "le bus ne passe plus à {f} {l} le soir", "entre {f} {l} et la gare le trottoir est étroit",
    "un nid de poule devant le 12 rue {f} {l}", "rénover la crèche, 3 allée {f} {l}", "200 000 euros pour 12 places de parking c'est trop",
    "le 12/05/2026 à 14 h 30 j'ai attendu le bus C2", "la ligne 26 et le tram 3, arrêt {l}", "avis 4821 0736", "quartier Saint-{f}, rien",
    "2 place de parking et 3 cours de yoga", "il faut 1 500 arbres d'ici 2030 et 44000 habitants contents", "la loi {l} et l'article 12-3",
    "Bonjour Madame, Monsieur, merci", "stade {f} {l}, boulevard {f} {l}, les deux !",
)  # fmt: skip
_STREETS = ("rue", "avenue", "boulevard", "impasse", "allée", "place", "chemin", "quai", "square", "av.", "bd")
_SELDOM, _IN_SMALL_LETTERS = 0.05, 0.2
_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
_HOSTS = ("exemple.fr", "exemple.org", "courriel.exemple.com", "exemple.net")


class Planted(msgspec.Struct, frozen=True):
    """A text, the place where something was planted (None: only what looks so), and where the sentence around it stands."""

    text: str
    kind: Kind | None
    place: tuple[int, int]
    sentence: tuple[int, int]


class Planter:
    """Plants by a seed: the same one gives the same texts."""

    def __init__(self, names: Names, seed: int) -> None:
        """Plant with these names."""
        self._names, self._dice = names, Random(seed)  # noqa: S311 - nothing is protected by it

    def plant(self, host: str, kind: Kind | None) -> Planted:
        """Put a sentence before, behind or between what a citizen wrote."""
        if kind is None:
            sentence, item = self._dice.choice(_DECOYS).format(f=self._first(), l=self._last()), ""
        else:
            sentence, item = self._sentence(kind)
        ends = [0, len(host), *(one.end() for one in re.finditer(r"[.!?]\s+|\n+", host))]
        at = self._dice.choice(ends)
        if "\n" in sentence or sentence.startswith(("Cordialement", "Bien à vous", "signé")):
            at = len(host)  # a signature stands at the end
        before = host[:at] + ("\n" if at else "")
        text = f"{before}{sentence}" + (f"\n{host[at:]}" if host[at:] else "")
        start = len(before) + (sentence.index(item) if item else 0)
        return Planted(text, kind, (start, start + len(item)), (len(before), len(before) + len(sentence)))

    def _sentence(self, kind: Kind) -> tuple[str, str]:
        if kind == "person":
            return self._of_a_person()
        made: dict[Kind, str] = {
            "phone": self._phone(), "email": self._email(), "iban": self._iban(), "nir": self._nir(), "plate": self._plate(),
            "address": self._address(), "link": self._link(), "handle": self._handle(),
        }  # fmt: skip
        return self._dice.choice(_SENTENCES[kind]).format(made[kind]), made[kind]

    def _of_a_person(self) -> tuple[str, str]:
        first, last, dice = self._first(), self._last(), self._dice
        titled = f"{dice.choice(('M.', 'Mme', 'Monsieur', 'Madame', 'Mr', 'docteur'))} {last.title()}"
        named = dice.choice((f"{first} {last.title()}", f"{first} {last.upper()}", f"{last.upper()} {first}", f"{first} {last.title()}"))
        near = dice.choice((f"{first} {last.title()}", first, f"{first} {last}".lower()))
        sentence, item = dice.choice((
            (dice.choice(_SENTENCES["person"]), titled), (dice.choice(_SENTENCES["person"]), named),
            (dice.choice(_NEAR), near), (dice.choice(_SIGNED), f"{first} {last.title()}"),
        ))  # fmt: skip
        if dice.random() < _SELDOM:
            sentence, told = dice.choice(_IN_SCRIPTS)
            item = dice.choice(told)
        return sentence.format(item), item

    def _first(self) -> str:
        return self._dice.choice(self._names.first)

    def _last(self) -> str:
        return self._dice.choice(self._names.last).title()

    def _digits(self, many: int) -> str:
        return "".join(self._dice.choice("0123456789") for _ in range(many))

    def _phone(self) -> str:
        pairs = [f"0{self._dice.choice('1234567')}", *(self._digits(2) for _ in range(4))]
        abroad = f"+33 {pairs[0][1]} {' '.join(pairs[1:])}"
        return self._dice.choice((" ".join(pairs), "".join(pairs), ".".join(pairs), "-".join(pairs), abroad))

    def _email(self) -> str:
        name, host = _plain(f"{self._first()}.{self._last()}"), self._dice.choice(_HOSTS)
        return self._dice.choice((f"{name}@{host}", f"{name}{self._digits(2)}@{host}", f"{name} (at) {host}", f"{name} arobase {host}"))

    def _iban(self) -> str:
        from stdnum import iban

        number = self._digits(23)
        whole = f"FR{iban.calc_check_digits('FR00' + number)}{number}"
        return self._dice.choice((whole, " ".join(whole[place : place + 4] for place in range(0, len(whole), 4)), whole.lower()))

    def _nir(self) -> str:
        from stdnum.fr import nir

        month, place = self._dice.randint(1, 12), self._dice.randint(1, 95)
        number = f"{self._dice.choice('12')}{self._digits(2)}{month:02}{place:02}{self._dice.randint(1, 990):03}{self._digits(3)}"
        key = nir.calc_check_digits(number)
        parts = (number[0], number[1:3], number[3:5], number[5:7], number[7:10], number[10:], key)
        return self._dice.choice((number + key, " ".join(parts)))

    def _plate(self) -> str:
        two = [self._dice.choice(_LETTERS) + self._dice.choice(_LETTERS) for _ in range(2)]
        new = f"{two[0]}-{self._digits(3)}-{two[1]}"
        old = f"{self._dice.randint(10, 9999)} {two[0]}{self._dice.choice(_LETTERS)} {self._dice.randint(10, 95)}"
        return self._dice.choice((new, new, new.replace("-", " "), new.replace("-", ""), new.lower(), old))

    def _address(self) -> str:
        number, street = self._dice.randint(2, 180), self._dice.choice(_STREETS)
        named = self._dice.choice(
            (f"{self._first()} {self._last()}", f"du {self._last()}", f"de la {self._last()}", "des Lilas", "Saint-Martin")
        )
        low = self._dice.random() < _IN_SMALL_LETTERS and street not in {"place", "square"}
        name = f"{street} {'des lilas' if low else named}"
        town = self._dice.choice(("", "", ", 44000 Nantes", " 75011 Paris"))
        return f"{number}{self._dice.choice(('', '', ' bis', ','))} {name}{town}"

    def _link(self) -> str:
        path, host = _plain(self._last()), self._dice.choice(_HOSTS)
        return self._dice.choice(
            (
                f"https://www.{host}/{path}?id={self._digits(3)}",
                f"www.{host}/{path}",
                f"http://{host}",
                f"{path}.exemple.fr",
                f"t.me/{path}x",
            )
        )

    def _handle(self) -> str:
        return f"@{_plain(self._first())}{self._dice.choice(('_', '', '.'))}{_plain(self._last())}{self._digits(2)}"


def _plain(name: str) -> str:
    from conversations.keywords.folding import fold

    return re.sub(r"[^a-z.]", "", fold(name))
