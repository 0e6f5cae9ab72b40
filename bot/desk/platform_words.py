"""What our own side says of a platform, in the reader's language; what a platform says itself stays as it is, between quotes."""

import re
from functools import cache

from conversations.text import Text, _

_OURS = (
    _("this platform gives programs no way to take a text down: ask its administrators, then mark it here"),
    _("the option {name} is missing"),
    _("the option {name} is a whole number"),
    _("the option component is missing: the number of the proposals' component"),
    _("{platform} takes us for nobody"),
    _("{platform} takes us for nobody: is the {secret} right?"),
    _("Kinto takes us for {who}"),
    _("the collection answers {status}: does it exist, and may {who} write in it?"),
    _("another record stands there"),
    _("no connection ({kind})"),
    _("no answer ({kind})"),
    _("answered {status}"),
    _("answered {status} {words}"),
    _("answered {status} to our name and password"),
    _("answered {status}: is the address right?"),
    _("answered 410: it wants no more events"),
    _("answered 403: is the phase open, and may we write in it?"),
    _("too many requests"),
    _("no token"),
    _("no token: is DECIDIM_API_JWT_SECRET set there?"),
    _("this Decidim lacks {parts}: is it 0.32 or later?"),
    _("title: {count} letters, {least} to {most} are allowed"),
    _("body: {count} letters with our own line, {most} are allowed"),
    _("body: several ! or ? in a row are not allowed there; the option soften=yes makes them one, and says so"),
    _("body: more than half of it in capitals, which is not allowed there"),
    _("it was written as a stranger's, not as ours: take it down there, then mend the token"),
    _("the secret is no whsec_… of Standard Webhooks"),
    _("too many pages to search"),
    _("what was written is not there"),
    _("acknowledged, and it still stands there"),
    _("an answer without data"),
    _("no program can read comments there: look for {number}, then mark it here"),
)
_CODES: dict[str, Text] = {
    "never_left": _("taken back before it left"),
    "handed_over": _("in a file that somebody carries over: its number there has not come back yet"),
    "take_down": _("in a list of what somebody takes down there: mark it when it is done"),
    "taken_down": _("the platform took it down, and the author did not ask for that"),
    "awaited": _("taken, and not confirmed yet: the same event is sent again in a few hours"),
    "interrupted": _("the service was interrupted while it wrote"),
}


@cache
def _patterns() -> list[tuple[re.Pattern[str], Text]]:
    """The sentences as what recognises them; the longest first, so that "answered 500" does not swallow what says more."""
    every = sorted(_OURS, key=lambda text: -len(text.msgid))
    return [(re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(text.msgid)), re.DOTALL), text) for text in every]


def ours(message: str) -> Text | None:
    """A sentence of our own, ready for any language; None for the words of a platform."""
    if message in _CODES:
        return _CODES[message]
    for pattern, text in _patterns():
        if found := pattern.fullmatch(message):
            return Text(text.msgid, found.groupdict())
    return None
