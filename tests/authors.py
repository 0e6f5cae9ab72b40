"""Thirty authors on two networks and on paper, in two languages: what becomes of each, and exactly what their phones must have said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from outreach.references import show_ref
from tests.inhabitants import Inhabitant

Fate = Literal["taken_up", "left_out", "stopped", "forgotten", "refused", "refused_and_asks"]
FATES: dict[int, Fate] = {4: "stopped", 16: "forgotten", 18: "refused", 10: "refused_and_asks"}  # by number; the others are published
SMS, TELEGRAM, PAPER = range(12), range(12, 24), range(24, 30)
SAYS = {
    "fr": (
        "des bancs à l'ombre",
        "une fontaine à boire",
        "des arbres, de grands arbres",
        "moins de bruit le soir",
        "un coin pour les jeunes",
    ),
    "en": ("benches in the shade", "a drinking fountain", "trees, tall ones", "less noise at night", "a corner for teenagers"),
}

POINTS = ("Planter des arbres", "Poser des bancs", "Remettre la fontaine", "Apaiser la rue")
CITED = {1: (0, 2, 24), 2: (4, 12, 14), 3: (5, 13, 25), 4: (6, 17, 26)}
"""The avis cites twelve of them: by the number of the point, from both networks and from paper, and one who said STOP."""
LEFT_OUT, LEFT_OUT_EN = "le groupe a choisi l'ombre", "the group did not take it up"
DECISIONS = {1: "partly", 2: "kept", 3: "not_kept", 4: "kept"}
CALLED = {
    "fr": {"partly": "retenu en partie", "kept": "retenu", "not_kept": "non retenu"},
    "en": {"partly": "kept in part", "kept": "kept", "not_kept": "not kept"},
}
DONE = {
    "fr": {1: "24 arbres avant mars 2028", 2: "30 bancs avant mai 2028", 4: "zone 30 avant juin 2028"},
    "en": {1: "24 trees before March 2028", 2: "30 benches before May 2028", 4: "30 km/h before June 2028"},
}
REASONS = {
    "fr": {1: "les rails limitent les racines", 2: "la place le permet", 3: "le réseau est trop vieux", 4: "la rue est étroite"},
    "en": {1: "the rails limit the roots", 2: "there is room for it", 3: "the pipes are too old", 4: "the street is narrow"},
}
INSULT = "un mot"

_SAID = {
    "fr": {
        "welcome": "de quoi avez-vous besoin pour y rester",
        "question": "ublier sans votre nom",
        "receipt": "Merci ! Avis no {ref}, bien arrivé",
        "published": "votre avis {ref} est publié, sans votre nom",
        "refused": "votre avis {ref} .*n'est pas publié.*il insulte une personne.*" + INSULT,
        "asked": "Votre avis no {ref} .*pas publié",
        "offer": "Un message quand ils le font",
        "promise": "C'est noté",
        "answered": "les élus ont répondu sur place du Marché.*Votre avis {ref} a été lu. Vous aviez demandé à le savoir",
        "stopped": "c'est fait, plus de SMS",
        "which": "à quelle question",
        "all": "Effacer tout ce qui vient de ce compte",
        "keep": "Le garder public",
        "gone": "C'est effacé",
        "responded": "les élus ont répondu. Votre avis {ref}",
    },
    "en": {
        "welcome": "what do you need to stay there",
        "question": "ublish (it )?without your name",
        "receipt": "Thank you! Your view no {ref} has arrived",
        "published": "your view {ref} is public, without your name",
        "responded": "the elected officials have answered. Your view {ref}",
    },
}


@dataclass
class Author:
    """Somebody with a phone, or with a slip of paper whose code only they have."""

    number: int
    phone: Inhabitant | None
    ref: str = ""
    code: str = ""

    @property
    def language(self) -> Literal["fr", "en"]:
        """Every third writes English."""
        return "en" if self.number % 3 == 2 else "fr"

    @property
    def network(self) -> str:
        """Where they are reached."""
        return self.phone.network if self.phone else "paper"

    @property
    def point(self) -> int | None:
        """Which point of the avis takes their words up."""
        return next((point for point, those in CITED.items() if self.number in those), None)

    @property
    def fate(self) -> Fate:
        """What becomes of their words, or of them."""
        return FATES.get(self.number) or ("taken_up" if self.point else "left_out")

    @property
    def text(self) -> str:
        """What they write; the rude ones are rude."""
        said = SAYS[self.language][self.number % 5]
        return f"{said}, {self.number}" if not self.fate.startswith("refused") else f"{said}, {self.number}, et le maire est un guignol"

    def must_hear(self) -> Iterator[str]:
        """Every message that rings, in its order: a pattern for each."""
        if self.network == "telegram":
            yield self._said("welcome")
        yield self._said("question")
        if self.network == "sms":  # on Telegram the question's own card becomes the receipt, without a sound
            yield self._said("receipt")
        if self.fate.startswith("refused"):
            yield self._said("refused")
            if self.fate == "refused_and_asks":
                yield from map(self._said, ("asked", "offer", "which", "promise", "answered"))
            return
        yield self._said("published")
        if self.fate == "forgotten":
            yield from map(self._said, ("all", "keep", "gone"))
            return
        yield self._said("stopped") if self.fate == "stopped" else self._response()

    def _said(self, name: str) -> str:
        return _SAID[self.language][name].format(ref=show_ref(self.ref))

    def _response(self) -> str:
        """The decision about their own point, with its reason and what will be done, in their language."""
        return f"{self._said('responded')}.*{self.answer(self.language)}"

    def answer(self, language: str) -> str:
        """What became of their words, as a pattern."""
        if self.point is None:
            return LEFT_OUT if language == "fr" else LEFT_OUT_EN
        done = DONE[language].get(self.point, "")
        parts = [f"point {self.point}", CALLED[language][DECISIONS[self.point]], *([done] if done else []), REASONS[language][self.point]]
        return ".*".join(map(re.escape, parts))
