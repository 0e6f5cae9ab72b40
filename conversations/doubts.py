"""When the city is not sure: which question, which word, what was meant; never a guess (DESIGN §5)."""

from datetime import datetime, timedelta
from typing import Final

from conversations import keywords
from conversations.effects import WakeAfter
from conversations.keywords import Keyword
from conversations.messages import Choice, Say
from conversations.phrases import asks, day, named
from conversations.steps import Asked
from conversations.talk import KEYWORDS, Flow, Talk, is_open, lateness, question
from conversations.text import Text, _, verbatim

CROSSED: Final = timedelta(seconds=60)
LETTERS: Final = "ABC"
HUMAN_AFTER: Final = 2
OPTIONAL: Final = frozenset({"subscribe:age", "easy:was", "preferences:settings"})
"""Questions that nobody insists on."""
CONSENTS: Final = frozenset(
    {"subscribe:receipt", "subscribe:workshop", "subscribe:invited", "subscribe:paper", "response:done", "response:answer"}
)
"""Questions whose yes has something sent unasked: a STOP answers them all."""
_ASKED_FOR: Final = frozenset({"follow", "share"})
"""What the card of a receipt offers besides, at once and only once."""
SLIP_WAITS: Final = 300
"""Seconds in which a slip may be answered before the text around it goes on."""

flow = Flow("doubts")


def reads(asked: Asked, text: str) -> str | None:
    """Which choice of a question a message picks: its digit, a yes or no where it asks one, or its own words, as copied "3 effacer"."""
    said = keywords.without_courtesy(keywords.words(text))
    folded, first, copied = " ".join(said), "".join(said[:1]), " ".join(said[1:])
    keys = {key for _, key in asked.choices}
    by_digit = {digit: key for digit, key in asked.choices if digit}
    known = question(asked.kind)
    if known is None or not by_digit:
        return None
    for key, words in known.words.items():
        if key in keys and (folded in words or (copied in words and by_digit.get(first) == key)):
            return key
    if known.reads and (found := known.reads(text)) and found.partition(":")[0] in keys:
        return found
    if "yes" in keys and keywords.yes(text):
        return "yes"
    if "no" in keys and keywords.no(text):
        return "no"
    return by_digit.get(keywords.digit(text) or folded.upper())


def could_answer(text: str) -> bool:
    """Whether a message is a bare answer: a digit, a yes, a no; "pas d'accord" is one to a question alone."""
    return not keywords.contests(text) and bool(keywords.digit(text) or keywords.yes(text) or keywords.no(text))


def owners(talk: Talk, *, since: datetime | None = None) -> tuple[list[Asked], list[Asked]]:
    """The open questions that a bare answer may be for, and those that closed just before: answer and question crossed (journeys 7)."""
    now = talk.facts.now
    waiting = [asked for asked in talk.open() if any(digit for digit, _ in asked.choices) and (since is None or asked.at >= since)]
    same = {(asked.kind, asked.about) for asked in talk.asked if asked in waiting or asked.answered}
    crossed = [
        asked
        for asked in talk.asked
        if not is_open(asked, now)
        and not asked.answered
        and asked.kind != "doubts:which"
        and not (talk.facts.stopped and asked.kind in CONSENTS)
        and (asked.kind, asked.about) not in same
        and now - (asked.closed or asked.until) < CROSSED
        and any(digit for digit, _ in asked.choices)
        and question(asked.kind) is not None
    ]
    return waiting, crossed if waiting else []


def yes_or_no(among: list[Asked]) -> bool:
    """Whether a yes may be meant for one of them."""
    return any("yes" in {key for _, key in asked.choices} for asked in among)


def ask_which(talk: Talk, said: str, among: list[Asked]) -> None:
    """x6: two questions wait, the answer is bare."""
    named = among[-len(LETTERS) :][::-1]
    choices = tuple(
        Choice(asked.id, known.called(talk, asked), letter)
        for letter, asked in zip(LETTERS, named, strict=False)
        if (known := question(asked.kind))
    )
    answer = (keywords.digit(said) or said).strip()
    text = talk.either(
        _("You answer {answer}, but to which question? Send {choices}", answer=verbatim(answer)),
        _("You answer “{answer}”, but to which question?", answer=verbatim(answer)),
    )
    talk.close("doubts:which")
    talk.ask("doubts:which", text, choices, about=said)


@flow.question("which", lambda talk, asked: _("to say which one"))  # noqa: ARG005 - every question has the same shape
def which(talk: Talk, asked: Asked, key: str) -> None:
    """The question is named: the answer of before is its own."""
    talk.close("doubts:which", answered=True)
    meant = next((other for other in talk.asked if other.id == key), None)
    if meant is None or meant.answered:
        closed(talk, meant)
        return
    picked = reads(meant, asked.about)
    if picked is None:
        missed(talk, [meant])
    else:
        answer(talk, meant, picked)


def answer(talk: Talk, asked: Asked, key: str) -> None:
    """Hand an answer to the flow that asked."""
    known = question(asked.kind)
    if known is None or key.partition(":")[0] not in {name for _, name in asked.choices}:
        moved_on(talk)
        return
    talk.misses = 0
    if not _stopped(talk, asked, key):
        known.take(talk, asked, key)


def _stopped(talk: Talk, asked: Asked | None, key: str) -> bool:
    """Whether what is answered would be sent unasked, after a STOP: nothing is agreed to, and the way back is told."""
    if not talk.facts.stopped or asked is None or asked.kind not in CONSENTS or key in _ASKED_FOR:
        return False
    talk.enter("preferences:since_stop")
    return True


def moved_on(talk: Talk) -> None:
    """The service was changed while they talked."""
    talk.says = []
    talk.rest()
    talk.say(_("Sorry, our service changed in the meantime. Your text is kept."))
    open_questions(talk)


def act(talk: Talk, found: Keyword) -> None:
    """A keyword, in whatever state. What it asks is what the next digit is for: a question that nobody insists on gives way."""
    talk.misses = 0
    optional = [asked for asked in talk.open() if asked.kind in OPTIONAL]
    KEYWORDS[found.name](talk, found.argument)
    if any(asked.at == talk.facts.now and any(digit for digit, _key in asked.choices) for asked in talk.open()):
        for asked in optional:
            if asked in talk.open():  # else it was asked anew
                talk.close(asked.kind, asked.about, answered=True)


MEANINGS: Final = {
    "STOP": (_("no more SMS"), _("no more messages")),
    "OUBLI": (_("erase"), _("erase")),
    "DONNEES": (_("your rights"), _("your rights")),
    "INFO": (_("the project"), _("the project")),
    "SUIVI": (_("your views"), _("your views")),
    "ATELIER": (_("the dates"), _("the dates")),
    "RECOURS": (_("another person decides"), _("another person decides")),
    "APPEL": (_("a person calls you"), _("a person calls you")),
    "AUTRE": (_("another person writes"), _("another person writes")),
    "REPRENDRE": (_("come back"), _("come back")),
    "REGLAGES": (_("what is sent to you"), _("what is sent to you")),
}


def ask_slip(talk: Talk, name: str, word: str) -> None:
    """x10: the word is kept as text until the person says otherwise."""
    if keywords.contests(word) and not _may_appeal(talk):
        return
    meaning = MEANINGS.get(name)
    for process in talk.asking():  # a poster's word
        if name not in KEYWORDS and name in {entry.keyword for entry in process.entries}:
            meaning = (named(talk, process), named(talk, process))
    choices = (Choice("yes", _("yes"), "1"), Choice("no", _("no, it is my view"), "2"))
    if meaning:
        sms = _("Did you mean {word} ({meaning})? {choices}", word=verbatim(name), meaning=meaning[0])
        telegram = _("Did you mean {word} ({meaning})?", word=verbatim(name), meaning=meaning[1])
    else:
        sms = _("Did you mean {word}? {choices}", word=verbatim(name))
        telegram = _("Did you mean {word}?", word=verbatim(name))
    talk.ask("doubts:slip", talk.either(sms, telegram), choices, about=f"{name} {word}")
    talk.do(WakeAfter("gathered", SLIP_WAITS))


def _may_appeal(talk: Talk) -> bool:
    """Whether a refusal may still be contested."""
    today = talk.facts.now.date()
    return any(mine.state == "refused" and mine.appeal_until and mine.appeal_until >= today for mine in talk.facts.contributions)


@flow.question("slip", lambda talk, asked: _("for the word {word}", word=verbatim(asked.about.split()[0])))  # noqa: ARG005
def slip(talk: Talk, asked: Asked, key: str) -> None:
    """Yes: the word acts, and is no text. No: it stays a text."""
    talk.close("doubts:slip", answered=True)
    name, word = asked.about.split(" ", 1)
    if key == "yes":
        talk.enter("contribute:unsay", word)
        if name in KEYWORDS:
            act(talk, Keyword(name))
        else:
            talk.enter("welcome:keyword", name)
    else:
        talk.enter("contribute:gathered")


def closed(talk: Talk, asked: Asked | None, key: str = "") -> None:
    """An answer came too late: since when, and what is still open."""
    if _stopped(talk, asked, key):
        return
    if asked and asked.closed is None and (late := lateness(asked.kind)):
        late(talk, asked, key)
        return
    same = [other for other in talk.asked if asked and (other.kind, other.about) == (asked.kind, asked.about)]
    since = max(other.closed or other.until for other in same) if same else None
    text = _("This question is closed since {day}.", day=day(talk, since.date())) if since else _("This question is closed.")
    before = len(talk.says)
    open_questions(talk)
    if len(talk.says) > before and not talk.says[before].choices:  # one message instead of two
        text = Text("{closed} {open}", {"closed": text, "open": talk.says.pop().text})
    talk.says.insert(before, Say(text))


def open_questions(talk: Talk) -> None:
    """What a person may still answer: a draft that waits is asked again, else the questions of the city."""
    if talk.memory.get("draft", {}).get("texts"):
        talk.enter("contribute:again")
        return
    asking = talk.writable()
    if asking:
        between = " / " if talk.sms else "\n"
        listed = verbatim(between.join(f"{named(talk, process, first=True).msgid}: {asks(talk, process).msgid}" for process in asking[:3]))
        talk.say(
            talk.either(_("The open questions: {questions}", questions=listed), _("The open questions:\n{questions}", questions=listed))
        )


def missed(talk: Talk, among: list[Asked] | None = None) -> None:
    """Not understood: the question once more; the second time a human is offered (A11Y-15)."""
    talk.misses += 1
    waiting = among if among is not None else talk.open()
    yes_no = yes_or_no(waiting)
    last = max((digit for asked in waiting for digit, _ in asked.choices if digit.isdecimal()), default="")
    if talk.misses >= HUMAN_AFTER:
        sms = (
            _("I did not understand. Answer 1 for yes, 2 for no. Or send CALL: a person calls you back.")
            if yes_no
            else _("I did not understand. Answer with a digit, 1 to {last}. Or send CALL: a person calls you back.", last=last)
            if last
            else _("I did not understand. Or send CALL: a person calls you back.")
        )
        talk.say(talk.either(sms, _("I did not understand. Would you like to speak to a person?")), () if talk.sms else (_CALL,))
    elif yes_no:
        talk.say(
            talk.either(
                _("I did not understand. Answer 1 for yes, 2 for no."),
                _("I did not understand. Please use the buttons, or answer yes or no."),
            )
        )
    elif last:
        talk.say(
            talk.either(
                _("I did not understand. Answer with a digit, 1 to {last}.", last=last),
                _("I did not understand. Please use the buttons."),
            )
        )
    else:
        talk.say(
            talk.either(
                _("I did not understand. Write your view here, or send HELP."), _("I did not understand. Write your view here, or /help.")
            )
        )


_CALL = Choice("APPEL", _("a person calls me back"))
