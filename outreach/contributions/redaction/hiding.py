"""Whether words were only hidden, never rewritten (MOD-06), and whether a text was only cut in parts."""

import re
from collections.abc import Iterable
from itertools import pairwise

from outreach.contributions.redaction.found import Place
from outreach.record import MASK

_MASKS = re.compile(r"\[\s*(?:…|\.{2,})\s*\]")


class Rewritten(Exception):
    """The public text is not the original with words hidden."""


def hide(original: str, public: str) -> str:
    """The public text, with […] where words of the original are hidden (MOD-06).

    `public` holds the marks, or simply leaves words out. Raises Rewritten when anything was added, changed or put in another
    order, when nothing is hidden, or everything.
    """
    marked = _MASKS.sub(MASK, public.strip())
    if MASK not in marked:
        marked = _marked(original.split(), marked.split())
    fragments = [_spaced(one) for one in marked.split(MASK)]
    if len(fragments) == 1 or not any(fragments) or not _in_order(_spaced(original), fragments):
        raise Rewritten("write the text as it is, with […] in the place of what is hidden")
    return marked


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _in_order(whole: str, fragments: list[str]) -> bool:
    """Whether the fragments stand in the whole one after another, the first at its beginning, the last at its end."""
    first, *between, last = fragments
    if not whole.startswith(first) or not whole.endswith(last):
        return False
    at = len(first)
    for fragment in between:
        at = whole.find(fragment, at)
        if at < 0:
            return False
        at += len(fragment)
    return at <= len(whole) - len(last)


def _marked(original: list[str], kept: list[str]) -> str:
    """The kept words with a mark wherever the original has others between them; "" when they are not its words, in order."""
    places = [-1]
    for word in kept:
        try:
            places.append(original.index(word, places[-1] + 1))
        except ValueError:
            return ""
    words = [
        part
        for (before, place), word in zip(pairwise(places), kept, strict=True)
        for part in ((MASK, word) if place > before + 1 else (word,))
    ]
    return " ".join([*words, MASK] if places[-1] < len(original) - 1 else words)


def mask(text: str, places: Iterable[Place]) -> str:
    """The text with […] in the place of what stands there."""
    for start, end in sorted(places, reverse=True):
        text = text[:start] + MASK + text[end:]
    return text


def hidden(original: str, public: str) -> tuple[Place, ...]:
    """What of the original the marks of the public text stand for; none when it is not the original with words hidden."""
    fragments = [one.strip() for one in _MASKS.sub(MASK, public.strip()).split(MASK)]
    places, at = [], 0
    for number, fragment in enumerate(fragments):
        last = number == len(fragments) - 1 and number > 0
        found = original.rstrip().rfind(fragment) if last and fragment else original.find(fragment, at) if fragment else at
        if found < at or (number == 0 and fragment and original[:found].strip()):
            return ()
        if number and (hid := original[at:found] if fragment or not last else original[at:]).strip():
            start = at + len(hid) - len(hid.lstrip())
            places.append((start, start + len(hid.strip())))
        at = found + len(fragment)
    return tuple(places)


def parts_of(original: str, text: str) -> tuple[str, ...]:
    """The parts of a text cut by lines of dashes ("---"): at least two, and together the original, word for word; else none."""
    parts = tuple(part.strip() for part in re.split(r"(?m)^\s*-{3,}\s*$", text))
    whole = "".join("".join(parts).split()) == "".join(original.split())
    return parts if len(parts) > 1 and all(parts) and whole else ()
