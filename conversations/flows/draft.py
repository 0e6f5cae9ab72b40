"""The words gathered so far: one contribution in the making, kept in the conversation alone until a yes."""

import re
from datetime import datetime, timedelta
from typing import Final

import msgspec

from conversations import scripts
from conversations.effects import LetSleep, WakeAfter
from conversations.facts import Process
from conversations.messages import Words
from conversations.talk import Talk
from conversations.text import Text, _, verbatim

SILENCE: Final = {"sms": 60, "telegram": 20}
LIVES: Final = timedelta(days=7)
DAY: Final = 86_400
_CARD_LETTERS = 200
MOST_LETTERS: Final = 20_000
"""Of one contribution: the whole memory is sealed anew at each message."""
_QUOTED_FROM = 64  # letters: more than any quote
_SCRIPTS = ("ar", "fa", "ru", "uk", "ka", "ti", "hy", "he", "el", "ko", "ja", "zh", "hi", "bn", "ta", "th")
_LAST_LATIN = "\u036f"
_TELEPHONE = re.compile(r"(?<!\d)(?:\+|00|0)\d(?:[ .\-/]?\d){7,13}(?!\d)")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+\.\w+")  # possessive: linear, whatever is written


class Draft(msgspec.Struct):
    """One contribution not yet sent."""

    process: str = ""  # "" while nobody knows what the words are for
    question: str = ""
    entry: str = ""
    texts: list[tuple[str, str]] = []  # (the provider's id of the message, its text)
    began: datetime | None = None  # its first word: it lives seven days from then
    since: datetime | None = None  # this burst of gathering: questions asked before it take no digits
    card: str = ""
    again: str = ""  # the reference of a contribution that a moderator asked again
    foreign: bool = False  # in a script whose language is not offered
    shown: bool = False  # its confirmation was asked once: what comes now is an addition
    aside: list[tuple[str, str]] = []  # written meanwhile for another project: taken up once this one has its answer
    leaving: bool = False  # the phone goes to somebody else: it takes its answer, and no more words

    @property
    def text(self) -> str:
        """Word for word, one line a message."""
        return "\n".join(text for _source, text in self.texts)

    @property
    def sources(self) -> tuple[str, ...]:
        """The provider's ids of its messages."""
        return tuple(source for source, _text in self.texts if source)

    @property
    def every_source(self) -> tuple[str, ...]:
        """Those too of what was laid aside: what goes when it goes unread."""
        return (*self.sources, *(source for source, _text in self.aside if source))

    def add(self, talk: Talk, said: Words) -> None:
        """One more message of it."""
        self.texts.append((said.message, said.text))
        self.began = self.began or talk.facts.now
        if not self.foreign and max(said.text, default="") > _LAST_LATIN:
            script = scripts.language_of(said.text, _SCRIPTS)
            self.foreign = bool(script and script not in talk.facts.languages)

    def dies(self, now: datetime) -> datetime:
        """When it is erased, unanswered."""
        return (self.began or now) + LIVES


def held(talk: Talk) -> Draft | None:
    """The draft of this conversation; one that an upgrade can't read any more is told by `None`."""
    try:
        return msgspec.convert(talk.memory["draft"], Draft) if "draft" in talk.memory else None
    except msgspec.ValidationError:
        return None


def keep(talk: Talk, draft: Draft) -> None:
    """Put it back into the sealed memory."""
    talk.memory["draft"] = msgspec.to_builtins(draft)


def drop(talk: Talk) -> None:
    """Nothing of it stays, no wake-up either."""
    talk.memory.pop("draft", None)
    talk.do(LetSleep("gathered"), LetSleep("nudge"), LetSleep("erase"))
    talk.close("contribute:publish")
    talk.close("unsolicited:kept")
    talk.close("doubts:slip")


def gather(talk: Talk, draft: Draft, said: Words) -> None:
    """Take a message in and wait for a silence: a text in several messages is one contribution."""
    first = draft.began is None
    if not first and len(draft.text) + len(said.text) > MOST_LETTERS:
        _too_long(talk)
        return
    draft.add(talk, said)
    draft.since = draft.since or talk.facts.now
    keep(talk, draft)
    talk.go("contribute", "gathering")
    talk.close("doubts:slip")
    talk.close("welcome:which", answered=True)  # the words themselves lead on
    talk.do(WakeAfter("gathered", SILENCE[talk.facts.network]))
    if first:
        talk.do(WakeAfter("erase", DAY * LIVES.days))


def lay_aside(talk: Talk, draft: Draft, said: Words) -> None:
    """Words for another project wait for their turn, and never mix with those that wait for a yes."""
    if sum(len(text) for _source, text in draft.aside) + len(said.text) > MOST_LETTERS:
        _too_long(talk)
        return
    draft.aside.append((said.message, said.text))
    keep(talk, draft)


def _too_long(talk: Talk) -> None:
    talk.say(_("Your view is very long already: the rest does not fit. First answer the question, then send what follows as another view."))
    talk.do(WakeAfter("gathered", SILENCE[talk.facts.network]))


def quoted(talk: Talk, draft: Draft, limit: int = 40) -> Text | None:
    """Its first words, folded by SMS; None when nothing of its script can be shown there."""
    if talk.memory.get("discreet"):
        return None
    if talk.sms:
        quote = scripts.quote(draft.text[:_QUOTED_FROM], limit)
        return None if quote == "..." else verbatim(quote)
    lines = " / ".join(" ".join(text.split()) for _source, text in draft.texts)
    return verbatim(lines if len(lines) <= _CARD_LETTERS else lines[: _CARD_LETTERS - 1].rsplit(" ", 1)[0] + "…")


def warning(draft: Draft) -> Text | None:
    """What will be hidden before publication, as far as a machine sees it."""
    if _TELEPHONE.search(draft.text):
        return _("It holds a telephone number: it will be hidden before publication.")
    if _MAIL.search(draft.text):
        return _("It holds an e-mail address: it will be hidden before publication.")
    return None


def asked_text(talk: Talk, process: Process) -> str:
    """The question as it was shown, for whoever reads "yes, the second one"."""
    if process.question is None:
        return ""
    words = process.question.sms_text if talk.sms else process.question.text
    return words.get(talk.language) or words.get("fr", "")
