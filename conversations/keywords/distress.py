"""Words of somebody in danger: suicide, violence at home, a child in danger; they bring the emergency numbers at once (MOD-37)."""

import re
from typing import Final

from conversations.keywords.folding import fold, words

_HINTS: Final = tuple(
    fold(hint)
    for hint in (
        *("suicid", "mourir", "me tuer", "me pend", "me noyer", "l'air", "l’air", "veines", "immoler", "me jeter", "finir", "mes jours"),
        *("ma vie", "de vivre", "mieux mort", "frapp", " bat", "tabass", "cogne", "viole", "étrangl", "séquestr", "danger", "secours"),
        *("à l'aide", "à l’aide", "kill", "my life", "to die", "hits", "hurts", "beat", "rape", "abus", "myself", "self", "choke"),
        *(
            "انتحر",
            "اموت",
            "نفسي",
            "يضربني",
            "خطر",
            "intihar",
            "öldür",
            "ölmek",
            "dövüyor",
            "умереть",
            "собой",
            "бьёт",
            "собою",
            "б'є",
            "помер",
        ),
        *("morir", "matarme", "pega", "morrer", "matar"),
    )
)
"""Without one of these letters nothing is looked for: each message that comes in is read for them."""

_HE: Final = r"mon (?:mari|copain|compagnon|conjoint|ex|pere|beau pere|frere|fils)"
_SHE: Final = r"ma (?:mere|belle mere|femme|copine|compagne)"
_DOES: Final = r"(?:frappe\w*|bat|battait|battue?|tabasse\w*|cogne\w*|viole\w*|sequestre\w*|etrangl\w*)"
_PATTERNS: Final = (
    # French
    r"(?:me|m) suicid\w*",
    r"(?:idees?|pensees?|envies?) suicidaires?|je suis suicidaire",
    r"(?:idees?|pensees?|penser?|songer?) (?:de|au|a) (?:suicide|me tuer|me pendre|mourir|en finir(?! avec (?!la vie|ma vie|tout)))",
    r"(?:je veux|je voudrais|j aimerais|envie de|je prefere) mourir(?! (?:de|tranquille|d\w+ la|dignement|chez|dans|ici|vieux|en)\b)",
    r"(?:je veux|je voudrais|je vais|envie de|je pense a|j ai voulu|j ai essaye de) me (?:tuer(?! a la)|pendre|noyer)",
    r"(?:me foutre|me fiche|me ficher) en l air|m ouvrir les veines|m immoler",
    r"me jeter (?:sous (?:un|le) (?:train|tram|metro|bus)|du pont|dans la loire)",
    r"en finir avec (?:la|ma) vie|envie d en finir|je veux en finir(?! avec)",
    r"mettre fin a (?:mes jours|ma vie)",
    r"plus (?:du tout )?(?:envie|la force|de raisons?|aucune raison) de vivre",
    r"(?:je serais|je serai) mieux morte?",
    rf"(?:il|elle|{_HE}|{_SHE}|mes parents) (?:me|m|nous) (?:a |ai |avait )?{_DOES}",
    r"je suis (?:une femme |un homme )?(?:battue?|violee?|sequestree?|frappee? par)",
    r"(?:on m a|j ai ete|je me suis fait) (?:viole\w*|frappe\w*|violer|frapper)",
    r"(?:je suis|nous sommes|ma fille est|mon fils est|mon enfant est|mes enfants sont) en danger(?! de disparition)",
    r"^(?:au secours|a l aide)(?: (?:aidez moi|svp|s il vous plait|vite))*$",
    # English
    r"kill(?:ing)? myself|take my (?:own )?life|end(?:ing)? my life|i (?:want|wanna|wish) to die|suicidal|harm(?:ing)? myself",
    r"self harm",
    r"(?:he|she|my (?:husband|wife|boyfriend|partner|father|mother|dad|mum|ex)) (?:hits|beats|hurts|raped|chokes|abuses) (?:me|us)",
    r"i (?:was|have been|am being) (?:raped|beaten|abused)|(?:i am|i m|we are|my child is) in danger",
    # Arabic, Turkish, Russian, Ukrainian, Spanish, Portuguese
    r"ا?ريد ان اموت|سا?نتحر|انتحر|(?:سا?|ا)قتل نفسي|زوجي يضربني|انا في خطر",
    r"intihar (?:ed|et)\w*|kendimi oldur\w*|olmek istiyorum|kocam beni dovuyor",
    r"покончить с собои|хочу умереть|муж (?:меня )?бьет|чоловік (?:мене )?б є|чоловік мене бє|покінчити з собою|хочу померти",
    r"хочу умерти",
    r"quiero morir(?:me)?|suicidarme|matarme|mi marido me pega|quero morrer|me matar|meu marido me bate",
)
_FOUND: Final = re.compile("|".join(rf"(?<!\w)(?:{pattern})(?!\w)" for pattern in _PATTERNS))
_LONGEST: Final = 2_000


def distress(text: str) -> bool:
    """Whether somebody may be in danger. "Ça me tue" and "tuer le temps" are no such words; a debate about suicide is none either."""
    folded = fold(text[:_LONGEST])
    return any(hint in folded for hint in _HINTS) and _FOUND.search(" ".join(words(text[:_LONGEST]))) is not None
