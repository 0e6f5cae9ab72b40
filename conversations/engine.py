"""turn(), resume() after an outcome, prompt() when we speak first; pure, and never surprised by odd input."""

import re
from datetime import datetime, timedelta
from typing import Final

import msgspec

from conversations import doubts, keywords, scripts
from conversations.facts import Facts
from conversations.keywords import Keyword, coming
from conversations.messages import Edit, Input, Press, Silence, Start, Words
from conversations.notices import ASKING, Announced, Notice
from conversations.outcomes import Outcome
from conversations.steps import Asked, Later, State, Turn
from conversations.talk import FLOWS, HEARS, KEYWORDS, NOTICE_VERSION, NOTICES, OUTCOMES, SILENCES, Talk, is_open, question
from conversations.text import _

__all__ = ["NOTICE_VERSION", "apology", "in_group", "prompt", "resume", "turn"]

PER_MINUTE: Final = 10
"""Messages of one person that are answered within a minute (MOD-70); beyond, two robots may be talking to each other."""
EVERY_THIRD: Final = 3
ALWAYS: Final = frozenset({"STOP", "OUBLI", "DONNEES", "NOTICE", "RECOURS"})
IDLE: Final = {"telegram": timedelta(minutes=30), "sms": timedelta(hours=2)}
PATIENCE: Final = timedelta(hours=2)
"""How long what asks something waits for an idle person (journeys 7)."""
NOTICE_COMMANDS: Final = frozenset({"/privacy", "/vie_privee"})


def turn(state: State, said: Input, facts: Facts) -> Turn:
    """Take one thing that a person said, pressed or left unsaid."""
    talk = Talk.of(state, facts)
    if isinstance(said, Silence):
        if said.name in SILENCES:
            SILENCES[said.name](talk)
        return _told(talk, state)
    word = _keyword(said)
    _first_language(talk, said)
    if not _known(talk):
        _lead_on(talk, said, word)
    else:
        _hear(talk, said, word)
    return _guarded(talk, state, word)


def resume(state: State, outcome: Outcome, facts: Facts) -> Turn:
    """Lead on with what the office answered to an effect."""
    talk = Talk.of(state, facts)
    if type(outcome) in OUTCOMES:
        OUTCOMES[type(outcome)](talk, outcome)
    return _told(talk, state)


def prompt(state: State, notice: Notice, facts: Facts, due: datetime | None = None) -> Turn | Later:
    """Say something first, or later: what asks something waits for an idle person.

    `due` is when the notice might first have gone; two hours afterwards it goes with a word that works in every state instead of digits.
    """
    talk = Talk.of(state, facts)
    talk.language = talk.language or facts.languages[0]
    asks = isinstance(notice, ASKING)
    busy_until = state.last + IDLE[facts.network] if state.last else facts.now
    deadline = (due or facts.now) + PATIENCE
    if asks and busy_until > facts.now and facts.now < deadline:
        return Later(min(busy_until, deadline))
    NOTICES[type(notice)](talk, notice, asks and busy_until > facts.now)
    is_campaign = isinstance(notice, Announced)  # says how to end them each time (SMS-05)
    if talk.sms and not is_campaign:
        _end_with_stop(talk)
    talk.says = [msgspec.structs.replace(say, urgency="campaign" if is_campaign else "notice") for say in talk.says]
    return talk.turn(state)


def _end_with_stop(talk: Talk) -> None:
    """Every third SMS that nobody asked for says how to end them, where it costs no further part (SMS-05)."""
    so_far = int(talk.memory.get("unasked", 0)) + 1
    if so_far >= EVERY_THIRD and talk.says:
        last = talk.says[-1]
        longer = msgspec.structs.replace(last, after=_("End: STOP"))
        if talk.parts(longer) <= talk.parts(last):
            talk.says[-1], so_far = longer, 0
    talk.memory["unasked"] = so_far


def apology(state: State, facts: Facts) -> Turn:
    """What is said when a turn failed: the message is kept, nothing else changed."""
    talk = Talk.of(state, facts)
    talk.language = talk.language or facts.languages[0]
    talk.enter("human:apology")
    return talk.turn(state)


def farewell(facts: Facts, language: str) -> Turn:
    """The last word to somebody whose objection was granted: all that came from them is gone by then."""
    talk = Talk.of(State(language=language), facts)
    talk.enter("rights:granted")
    return talk.turn(State())


def in_group(facts: Facts) -> Turn:
    """What is said to a group before leaving it (TG-09)."""
    talk = Talk.of(State(), facts)
    talk.language = facts.languages[0]
    talk.enter("human:group")
    return talk.turn(State())


def _keyword(said: Input) -> Keyword | None:
    """The keyword that a message is, or that a plain button stands for."""
    match said:
        case Words(text=text) if text.split(" ", 1)[0].split("@")[0].casefold() in NOTICE_COMMANDS:
            return Keyword("NOTICE")
        case Words(text=text):
            found = keywords.find(text) or (Keyword("PLACES", many) if (many := coming.so_many_places(text)) else None)
        case Press(question="", choice=choice):
            name, _space, argument = choice.partition(" ")
            found = Keyword(name, argument)
        case _:
            return None
    return found if found and found.name in KEYWORDS else None


def _first_language(talk: Talk, said: Input) -> None:
    """The script of the first message chooses; afterwards only a word does (journeys 3.3)."""
    if not talk.language:
        script = scripts.language_of(said.text, talk.facts.languages) if isinstance(said, Words) else ""
        talk.language = script or talk.facts.languages[0]


def _known(talk: Talk) -> bool:
    """Whether the step that the conversation stands at still exists."""
    return not talk.flow or (talk.flow in FLOWS and talk.step in FLOWS[talk.flow].steps)


def _lead_on(talk: Talk, said: Input, word: Keyword | None) -> None:
    """After an upgrade: an apology, then on as from the start, with what was written."""
    talk.say(_("Sorry, our service changed in the meantime. Your text is kept."))
    talk.rest()
    _hear(talk, said, word)


def _hear(talk: Talk, said: Input, word: Keyword | None) -> None:
    if word is None or word.name != "STOP":
        talk.memory.pop("stopped", None)
    if talk.step == "called":
        talk.enter("human:later")
    match said:
        case Start():
            talk.misses = 0
            HEARS["start"](talk, said)
        case Edit():
            HEARS["edit"](talk, said)
        case Press():
            _press(talk, said, word)
        case Words():
            _words(talk, said, word)


def _press(talk: Talk, said: Press, word: Keyword | None) -> None:
    """A button names its question; an old one is told since when it is closed."""
    if word:
        doubts.act(talk, word)
        return
    pressed = next((asked for asked in talk.asked if asked.id == said.question), None)
    if pressed and not is_open(pressed, talk.facts.now) and not pressed.answered:
        # the same question about the same text, asked anew meanwhile: the button was pressed on the card as it was a moment before
        same = (asked for asked in talk.open(pressed.kind) if asked.about == pressed.about)
        pressed = next(same, pressed)
    if pressed is None or not is_open(pressed, talk.facts.now):
        doubts.closed(talk, pressed, said.choice)
    else:
        doubts.answer(talk, pressed, said.choice)


def _words(talk: Talk, said: Words, word: Keyword | None) -> None:
    awaited = _text_is_awaited(talk)
    if said.attachment == "sticker":
        _sticker(talk, said)
        return
    if said.attachment:
        talk.enter("human:attachment", said.attachment, bool(said.text.strip()))
    if not said.text.strip():
        return
    if keywords.distress(said.text):
        talk.enter("human:distress")
    waiting, crossed = doubts.owners(talk, since=awaited)
    own = doubts.reads(waiting[-1], said.text) if len(waiting) == 1 and not crossed else None
    if word and word.name != "STOP" and own:  # "effacer" answers the question that offers it
        doubts.answer(talk, waiting[-1], own)
    elif word:
        doubts.act(talk, word)
    elif not awaited and (number := re.fullmatch(r"\W*(\d{4})\s?(\d{4})\W*", said.text)):  # mistyped: its check digit is wrong
        doubts.act(talk, Keyword("SUIVI", number[1] + number[2]))
    elif own:
        doubts.answer(talk, waiting[-1], own)
    elif many := _company(talk, said, waiting, awaited):
        doubts.act(talk, Keyword("PLACES", str(many)))
    elif not _hollow(talk, said, waiting) and not _bare(talk, said, waiting, awaited, crossed=crossed):
        _text(talk, said)


def _company(talk: Talk, said: Words, waiting: list[Asked], awaited: datetime | None) -> int:
    """How many come, where the question can't take that answer, or where a place is held and nothing is asked."""
    many = coming.how_many(said.text)
    counting = [asked for asked in waiting if (known := question(asked.kind)) and known.reads is coming.comes]
    if counting:
        takes_it = any(key == "yes" for asked in counting for _digit, key in asked.choices)  # a list of dates does not
        return many if many > coming.MOST or not takes_it else 0
    return many if talk.facts.seats and not (talk.flow or waiting or awaited) else 0


def _hollow(talk: Talk, said: Words, waiting: list[Asked]) -> bool:
    """Thanks, a greeting, a question mark alone: never a view, never part of one; whoever is asked something sees the question again."""
    draft = talk.memory.get("draft")
    draft = draft if isinstance(draft, dict) else {}
    if talk.step in {"number", "gathering"} or draft.get("again") or not keywords.hollow(said.text):
        return False
    if draft.get("texts"):
        talk.enter("contribute:again")
    elif keywords.words(said.text):
        talk.enter("welcome:polite", said)
    elif waiting:
        doubts.missed(talk, waiting)
    elif talk.notice and not keywords.noted(said.text):
        doubts.act(talk, Keyword("AIDE"))
    elif not talk.notice:
        talk.enter("welcome:arrive")
    return True


def _bare(talk: Talk, said: Words, waiting: list[Asked], awaited: datetime | None, *, crossed: list[Asked]) -> bool:
    """Whether a message was taken for something else than text; a sentence where a text is awaited, the usual case, never is."""
    if awaited and not waiting and " " in said.text.strip():
        return False
    return _entered(talk, said) or _answered(talk, said, waiting, awaited, crossed=crossed)


def _text_is_awaited(talk: Talk) -> datetime | None:
    """Since when digits, yes and no are text: a question was asked whose answer is free, or text is being gathered."""
    draft = talk.memory.get("draft") or {}
    if talk.step == "number" or talk.flow in {"needs", "minutes"}:
        return talk.facts.now
    if talk.flow != "contribute" or talk.step not in {"writing", "gathering"}:
        return None
    return datetime.fromisoformat(draft["since"]) if draft.get("since") else talk.facts.now


def _sticker(talk: Talk, said: Words) -> None:
    """A thumb is a yes or a no where one is asked; any other brings the question again, once."""
    waiting, crossed = doubts.owners(talk)
    picked = doubts.reads(waiting[-1], said.text) if len(waiting) == 1 and not crossed else None
    if picked:
        doubts.answer(talk, waiting[-1], picked)
    elif any(doubts.reads(asked, said.text) for asked in [*crossed, *waiting]):
        doubts.ask_which(talk, said.text, [*crossed, *waiting])
    elif waiting:
        doubts.missed(talk)


def _entered(talk: Talk, said: Words) -> bool:
    """A poster's keyword alone leads in, unless a text is in the making."""
    if talk.step in {"gathering", "number"}:
        return False
    before = (len(talk.says), len(talk.effects))
    talk.enter("welcome:keyword", said.text)
    return (len(talk.says), len(talk.effects)) != before


def _answered(talk: Talk, said: Words, waiting: list[Asked], awaited: datetime | None, *, crossed: list[Asked]) -> bool:
    """Whether a bare answer found its question, or was asked which; text that is awaited is never an answer."""
    text, now = said.text, talk.facts.now
    listed = [asked for asked in talk.asked if asked.kind == "doubts:which" and (awaited or asked.at) <= asked.at and now < asked.until]
    picked = [key for letter, key in listed[-1].choices if letter == text.strip().upper()] if listed else []
    if picked:
        doubts.answer(talk, listed[-1], picked[0])
        return True
    asking = [asked for asked in waiting if asked.kind != "doubts:which"]
    answers = [(asked, key) for asked in asking if (key := doubts.reads(asked, text))]
    bare = doubts.could_answer(text)
    if len(answers) == 1 and not crossed and not keywords.digit(text):  # "oui" fits one of them only
        doubts.answer(talk, *answers[0])
    elif bare and any(doubts.reads(asked, text) for asked in [*crossed, *asking]) and len([*crossed, *asking]) > 1:
        doubts.ask_which(talk, text, [*crossed, *asking])
    elif talk.notice and awaited is None and keywords.noted(text) and {asked.kind for asked in asking} <= doubts.OPTIONAL:
        pass  # "ok" to good news, or to what is optional
    elif bare and asking:
        doubts.missed(talk, asking)
    elif bare and talk.step == "called":
        return False  # "non": no call after all
    elif bare and awaited is None:
        _nothing_asked(talk, text)
    elif name := keywords.slip(text) or _poster(talk, text):
        _text(talk, said)
        doubts.ask_slip(talk, name, text)
    else:
        return False
    return True


def _nothing_asked(talk: Talk, text: str) -> None:
    """A bare answer with no question open: to one that closed, or to none."""
    answered = {(asked.kind, asked.about) for asked in talk.asked if asked.answered}
    late = [asked for asked in talk.asked if (asked.kind, asked.about) not in answered and doubts.reads(asked, text)]
    before = len(talk.says)
    if late:
        doubts.closed(talk, late[-1], doubts.reads(late[-1], text) or "")
    else:
        talk.enter("contribute:other_mind", text)
        if len(talk.says) == before:
            doubts.missed(talk)


def _poster(talk: Talk, text: str) -> str | None:
    """A poster's keyword that is mistyped, or that stands alone where another text waits for its yes."""
    if talk.step == "gathering":
        return None
    return keywords.near(text, [entry.keyword for process in talk.asking() for entry in process.entries])


def _text(talk: Talk, said: Words) -> None:
    """Free text, to whoever awaits it; else it is unsolicited, and kept."""
    talk.misses = 0
    if talk.flow:
        FLOWS[talk.flow].steps[talk.step](talk, said)
    else:
        HEARS["words"](talk, said)


def _guarded(talk: Talk, before: State, word: Keyword | None) -> Turn:
    """Beyond ten messages a minute, one "see you tomorrow", then silence; text that is only gathered needs no answer and is kept."""
    now = talk.facts.now
    minute = int(now.timestamp()) // 60
    heard = before.minute[1] + 1 if before.minute[0] == minute else 1
    counted = {"last": now, "minute": (minute, heard)}
    told = _told(talk, before)
    if heard <= PER_MINUTE or not told.says or (word and word.name in ALWAYS):
        return msgspec.structs.replace(told, state=msgspec.structs.replace(told.state, **counted))
    hushed = Talk.of(before, talk.facts)
    hushed.language = talk.language
    if before.hushed != minute:
        hushed.say(_("It has arrived. That is a lot at once: see you tomorrow."))
    quiet = hushed.turn(before)
    return msgspec.structs.replace(quiet, state=msgspec.structs.replace(quiet.state, **counted, hushed=minute))


def _told(talk: Talk, before: State) -> Turn:
    """Whoever knows an older notice is told of the change, once, before the answer (GDPR-13)."""
    if talk.says and before.notice and talk.notice and talk.notice != NOTICE_VERSION:
        answer, talk.says = talk.says, []
        talk.enter("mydata:changed")
        talk.says += answer
    return talk.turn(before)
