"""Services that a sentence asks for at a workshop; what a person has or is, is never read out of it (GDPR-22)."""

import re
from types import MappingProxyType
from typing import Final

from conversations.keywords.folding import words

SERVICES: Final = MappingProxyType(
    {
        "sign_language": "langue des signes|lsf|signes|signeur|sign language|bsl|لغة الإشارة",
        "interpreter": r"interpretes?|interpretariat|traduct\w+|traduire|interpreter|translat\w+|مترجم|tercuman|переводчик|перекладач",
        "ramp": "rampe|fauteuils?|pmr|ascenseur|plain pied|sans marches?|escaliers?|deambulateur|roulant"
        "|wheelchair|ramp|step free|lift|كرسي",
        "childcare": r"gard(?:e|er|erie)(?: \w+)? (?:enfants?|petits?|bebes?|fils|filles?)|garde d enfants?|garderie|baby ?sitt\w+|nounou"
        "|child ?care|حضانة",
        "hearing_loop": "boucle(?: magnetique)?|appareille|malentendants?|entendre|sous titres?|hearing loop|subtitles?",
        "large_print": r"gros caracteres?|grands caracteres?|braille|malvoyants?|large print|agrandi\w*",
        "companion": r"accompagn\w+|accompany|companion|guide|aidants?",
        "transport": "transports?|navette|vehicule|covoiturage|ride|taxi|chercher en voiture",
    }
)
"""By code, what names the service: folded words."""
_FOUND: Final = {code: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)") for code, pattern in SERVICES.items()}
_LONGEST = 200


def services(text: str) -> tuple[str, ...]:
    """The codes of the services that a message names, in a fixed order."""
    said = " ".join(words(text[:_LONGEST]))
    return tuple(code for code, pattern in _FOUND.items() if pattern.search(said))
