"""How plain a French text is, and what would make it plainer or cheaper: advice, never a rule (A11Y-10, A11Y-11)."""

import re
from functools import cache
from typing import Any, Final

import msgspec

from conversations import scripts, segments

WARN: Final = 70
"""Below that most people read twice; measured: plain samples 85 and more, an administrative one 11."""
LONG: Final = 15
"""Words of a sentence, beyond which a reader who struggles has forgotten its beginning."""
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?…:;\n]+")
_ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
_KNOWN = frozenset({"SMS", "STOP", "OUI", "NON"})
_PASSIVE = re.compile(
    r"\b(?:est|sont|sera|seront|a été|ont été|était|étaient)\s+(?:\w+ment\s+)?\w+(?:ée?s?|ie?s?|ue?s?)\s+par\b", re.IGNORECASE
)
_MOST_ACCENTS_LOST = 0.1

SIMPLER: Final = {
    "afin de": "pour", "au sein de": "dans", "auprès de": "à", "bénéficier de": "avoir", "ci-joint": "avec ce message",
    "concertation": "discussion", "conformément à": "selon", "dans le cadre de": "pour", "dispositif": "moyen",
    "effectuer": "faire", "en amont": "avant", "en aval": "après", "en vue de": "pour", "environ": "à peu près",
    "impacter": "toucher", "initier": "commencer", "notamment": "par exemple", "participer à": "venir à",
    "préalablement": "avant", "préconiser": "conseiller", "procéder à": "faire", "réaliser": "faire",
    "requalification": "transformation", "solliciter": "demander", "susceptible de": "qui peut", "transmettre": "envoyer",
    "ultérieurement": "plus tard", "utiliser": "prendre", "veuillez": "merci de", "visant à": "pour", "aménagement": "travaux",
    "diagnostic": "état des lieux", "modalités": "façons", "échanger": "parler", "usagers": "habitants",
    "mobilité": "transports", "présentiel": "sur place", "distanciel": "à distance",
    "parties prenantes": "personnes concernées", "feuille de route": "plan", "restitution": "compte rendu", "émarger": "signer",
    "nonobstant": "malgré", "les administrés": "les habitants",
}  # fmt: skip
"""Words of offices, and those that everybody has."""
CHEAPER: Final = {
    "août": "08", "arrêt": "station", "arrêter": "finir", "bientôt": "dans 2 jours", "reçu": "bien arrivé", "être": "devenir",
    "prêt": "fini", "fête": "repas de quartier", "côté": "bord", "contrôle": "examen", "sûr": "certain", "château": "parc",
    "hôtel de ville": "mairie", "théâtre": "salle", "enquête": "questions", "dîner": "repas", "goûter": "pause",
    "vêtements": "habits", "même": "aussi", "aîné": "grand",
}  # fmt: skip
"""Words with a letter that makes an SMS three times as dear, and others that say nearly the same (journeys 2)."""


class Advice(msgspec.Struct, frozen=True):
    """One thing that could be better: `kind` is long, word, acronym, passive or letters; `what` is there, `rather` instead."""

    kind: str
    what: str
    rather: str = ""


def score(text: str) -> int | None:
    """Kandel-Moles, 207 - 1.015 words a sentence - 73.6 syllables a word; None for a text without words. Links count for nothing."""
    plain = _PLACEHOLDER.sub("mot", _LINK.sub(" ", text))
    words = _WORD.findall(plain)
    if not words:
        return None
    sentences = sum(bool(_WORD.search(part)) for part in _SENTENCE_END.split(plain))
    syllables = sum(_syllables(word) for word in words)
    return round(207 - 1.015 * len(words) / sentences - 73.6 * syllables / len(words))


def advice(text: str) -> tuple[Advice, ...]:
    """What would make a French text plainer, in the order of the text's own troubles: sentences, words, acronyms, voice, letters."""
    plain = _PLACEHOLDER.sub("mot", _LINK.sub(" ", text))
    low = plain.casefold()
    parts = (part.strip() for part in _SENTENCE_END.split(plain))
    found = [Advice("long", " ".join(part.split()[:6]) + "…") for part in parts if len(_WORD.findall(part)) > LONG]
    found += [Advice("word", word, rather) for word, rather in SIMPLER.items() if re.search(rf"\b{re.escape(word)}\b", low)]
    found += [Advice("acronym", word) for word in dict.fromkeys(_ACRONYM.findall(plain)) if word not in _KNOWN]
    found += [Advice("passive", hit.group()) for hit in _PASSIVE.finditer(plain)]
    found += [Advice("letters", word, rather) for word, rather in CHEAPER.items() if re.search(rf"\b{re.escape(word)}\b", low)]
    return tuple(found)


def in_cheap_letters(text: str) -> str:
    """The same without the accents that GSM-7 lacks, which harms reading; "" for a script that would be lost by it."""
    folded = scripts.fold(text)
    return folded if len(folded) >= len(text) * (1 - _MOST_ACCENTS_LOST) and segments.is_gsm7(folded) else ""


def _syllables(word: str) -> int:
    return len(_hyphens().positions(word)) + 1


@cache
def _hyphens() -> Any:  # noqa: ANN401 - the library has no types
    import pyphen

    return pyphen.Pyphen(lang="fr_FR")
