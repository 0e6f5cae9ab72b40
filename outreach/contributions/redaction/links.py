"""What leads to a person on the network: e-mail addresses, links, names with an @."""

import re
from collections.abc import Iterator

from outreach.contributions.redaction.found import Place

# each run of letters is looked at once: tried again from each of its letters, a long text without a blank takes seconds
_EMAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]++(?:\s?(?:@|\(at\)|\[at\]|\(a\))\s?|\s(?:arobase|arobas)\s)[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE,
)
_SPELT = re.compile(
    r"(?<![\w.+%-])[\w.+%-]++(?:\s(?:point|dot)\s[\w+%-]++){0,3}\s(?:arobase|arobas|chez|at)\s[\w-]++(?:(?:\s(?:point|dot)\s|\.)[\w-]++){0,2}"
    r"\s(?:point|dot)\s(?:fr|com|net|org|eu)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|(?<![\w.@-])www\.)\S{2,}", re.IGNORECASE)
_DOMAIN = re.compile(
    r"(?<![\w.@/-])(?:[a-z0-9][\w-]*+\.){1,5}"
    r"(?:(?:fr|com|org|net|eu|info|bzh|paris|gouv|io|app|page)(?![\w-])(?!\.\w)(?:[/?#]\S*)?|(?:me|ly|gl|be|ch|ca|uk|de|es|it|co|tv|gg)/\S+)",
    re.IGNORECASE,
)
_ENDS_A_SENTENCE = ".,;:!?)]}>»”\"'…"
_HANDLE = re.compile(r"(?<![\w@./+%-])@[^\W\d]\w(?:[\w.]*\w)?(?!\w*@)")
_A_DOMAIN = re.compile(r"\.(?:fr|com|org|net|eu)$", re.IGNORECASE)  # "@orange.fr": everybody of a provider
_ACCOUNT = re.compile(
    r"\b(?:insta(?:gram)?|snap(?:chat)?|tik\s?tok|twitter|facebook|fb|discord|telegram|tg|mastodon|linkedin)\s?(?::|=)\s?(@?[\w.-]{3,40})",
    re.IGNORECASE,
)


def emails(plain: str) -> Iterator[Place]:
    """E-mail addresses, with @ or what people write in its place."""
    yield from (one.span() for one in _EMAIL.finditer(plain))


def spelt_emails(plain: str) -> Iterator[Place]:
    """E-mail addresses in words: "jean point dupont arobase exemple point fr"."""
    yield from (one.span() for one in _SPELT.finditer(plain))


def links(plain: str) -> Iterator[Place]:
    """Addresses of pages, without the punctuation of the sentence around them."""
    for pattern in (_LINK, _DOMAIN):
        for one in pattern.finditer(plain):
            yield one.start(), one.start() + len(one[0].rstrip(_ENDS_A_SENTENCE))


def handles(plain: str) -> Iterator[Place]:
    """@names, and the names that people give behind the name of a network."""
    yield from (one.span() for one in _HANDLE.finditer(plain) if not _A_DOMAIN.search(one[0]))
    for one in _ACCOUNT.finditer(plain):
        yield one.start(1), one.end(1) - (len(one[1]) - len(one[1].rstrip(".-")))
