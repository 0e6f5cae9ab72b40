"""A text in one or several messages, one confirmation, a receipt: what a citizen says to the city."""

from datetime import datetime, timedelta

from conversations import doubts, keywords
from conversations.effects import Discard, LetSleep, Revise, Submit, WakeAfter
from conversations.facts import Process
from conversations.flows.draft import DAY, SILENCE, Draft, asked_text, drop, gather, held, keep, lay_aside
from conversations.flows.permission import PUBLISH, by_sms, from_hand_to_hand, is_lent, on_a_card
from conversations.flows.posters import entry_of, for_another
from conversations.messages import Choice, Edit, Words
from conversations.outcomes import Revised, Submitted, TooLate, TooMany
from conversations.phrases import city, day, named, number
from conversations.steps import Asked
from conversations.talk import HEARS, NOTICE_VERSION, Flow, Talk
from conversations.text import _

flow = Flow("contribute")

JUST_SENT = timedelta(minutes=10)
"""Whoever tells an age so soon after a text is taken for its author: the text is taken back too."""
ONE_HOUR = timedelta(hours=1)
"""How long a late yes or no is taken for a change of mind about what was just sent."""
_NUDGE = (
    Choice("yes", _("send it and publish it without my name (15 or older)"), "1", 0),
    Choice("no", _("send it without publishing"), "2", 1),
    Choice("erase", _("erase"), "3", 1),
)


@flow.step("writing")
@flow.step("gathering")
@flow.step("confirm")
@flow.door("hear")
def hear(talk: Talk, said: Words) -> None:
    """One more message of the text; nothing is answered before a silence."""
    draft = held(talk) or Draft()
    if draft.leaving:
        talk.enter("another:writes", said)
    elif keywords.under_15(said.text):
        draft.add(talk, said)
        too_young(talk, draft)
    elif draft.texts and talk.step == "confirm" and for_another(talk, draft, said.text):
        aside(talk, said)
    else:
        gather(talk, draft, said)


@flow.door("aside")
def aside(talk: Talk, said: Words) -> None:
    """A text for another project waits for its turn; after a poster's word alone nothing more is awaited."""
    if draft := held(talk):
        lay_aside(talk, draft, said)
    if entry_of(talk, said.text, whole=True):
        again(talk)
    else:
        talk.do(WakeAfter("gathered", SILENCE[talk.facts.network]))


def too_young(talk: Talk, draft: Draft) -> None:
    """x4: erased in the same turn, no moderator sees it, no date of birth is asked (GDPR-50, GDPR-52)."""
    drop(talk)
    talk.do(Discard(draft.every_source))
    talk.rest()
    ref, sent = talk.memory.pop("sent", ["", ""])
    if ref and talk.facts.now - datetime.fromisoformat(sent) < JUST_SENT:
        talk.enter("forget:one", ref)
    talk.say(
        card=draft.card,
        how="card" if draft.card else "send",
        text=talk.either(
            _("You must be 15 to write here. Nothing is kept. Come to a workshop with an adult: send WORKSHOP."),
            _("You must be 15 to write here. Nothing is kept. Come to a workshop with an adult: /ateliers"),
        ),
    )


@flow.silence("gathered")
@flow.door("gathered")
def gathered(talk: Talk) -> None:
    """Nobody writes any more: show the beginning, ask the one question."""
    draft = held(talk)
    if draft and draft.aside and (talk.flow, talk.step) == ("contribute", "confirm"):
        again(talk)
    if draft is None or not draft.texts or (talk.flow, talk.step) != ("contribute", "gathering"):
        return
    slip = talk.open("doubts:slip")
    if slip and draft.text == slip[-1].about.split(" ", 1)[1]:
        return  # the only word so far may be a keyword: its own question waits
    talk.close("doubts:slip")
    draft.since = None
    _lead_on(talk, draft)


@flow.door("again")
def again(talk: Talk) -> None:
    """Ask anew what a draft that waits still needs."""
    draft = held(talk)
    if draft is None or not draft.texts:
        talk.rest()
    else:
        draft.shown, draft.since = False, None
        _lead_on(talk, draft, "send")


def _lead_on(talk: Talk, draft: Draft, how: str = "card") -> None:
    """What it is for, or the confirmation; a text that was asked again needs neither."""
    keep(talk, draft)
    process = talk.process(draft.process)
    if draft.again:
        talk.do(Revise("", draft.text, draft.again))
    elif process is None or process.question is None:
        talk.enter("unsolicited:offer")
    elif talk.shut(process, lent=is_lent(process, draft)):
        talk.enter("pilot:kept", draft, process)
    else:
        _confirm(talk, draft, process, how)


@flow.door("unsay")
def unsay(talk: Talk, word: str) -> None:
    """A word that turned out to be a keyword is no text."""
    draft = held(talk)
    if draft is None:
        return
    draft.texts = [(source, text) for source, text in draft.texts if text != word]
    draft.aside = [(source, text) for source, text in draft.aside if text != word]
    if draft.texts:
        keep(talk, draft)
    elif draft.process or draft.again:
        draft.began = draft.since = None
        keep(talk, draft)
        talk.go("contribute", "writing")
        talk.do(LetSleep("gathered"), LetSleep("erase"))
    else:
        drop(talk)
        talk.rest()


def _confirm(talk: Talk, draft: Draft, process: Process, how: str = "card") -> None:
    """Messages 1b and 4, x2: publication and age in one question."""
    first, added, lent = not talk.notice, draft.shown, is_lent(process, draft)
    draft.shown = True
    if lent:
        words = from_hand_to_hand(talk, draft, process)
    else:
        words = by_sms(talk, draft, process, first=first, added=added) if talk.sms else on_a_card(talk, draft, first=first)
    asked = talk.ask(
        "contribute:publish",
        words,
        PUBLISH,
        about=f"{int((draft.began or talk.facts.now).timestamp()):x}",
        until=draft.dies(talk.facts.now),
        card=draft.card or None,
        how=how,
        consent=True,
    )
    draft.card = draft.card or f"d{asked.id}"
    keep(talk, draft)
    talk.notice = talk.notice or NOTICE_VERSION
    talk.go("contribute", "confirm")
    if not talk.facts.stopped and not lent and not draft.leaving:
        talk.do(WakeAfter("nudge", DAY, decent=True))


@flow.question(
    "publish",
    lambda talk, asked: _("to publish your view"),  # noqa: ARG005 - every question has the same shape
    yes="oui j ai 15 ans ou plus|j ai 15 ans ou plus|j ai plus de 15 ans|publier|publiez|yes i am 15 or older|i am 15 or older|publish",
    no="non seulement le lire|seulement le lire|lire seulement|lire|ne pas publier|no only read it|only read it|read only",
    erase="effacer|efface|effacez|supprimer|erase|delete",
)
def publish(talk: Talk, asked: Asked, key: str) -> None:
    """Yes, only read, or erase: refusing costs nothing."""
    draft = held(talk)
    if draft is None or not draft.texts:
        doubts.closed(talk, asked)
        return
    talk.close("contribute:publish", answered=True)
    process = talk.process(draft.process)
    if key == "erase":
        drop(talk)
        talk.do(Discard(draft.sources))
        talk.rest()
        talk.say(_("Erased: nothing of this text is kept."), card=draft.card, how="card")
        take_up(talk, draft)
    elif process is None or process.question is None:
        talk.enter("unsolicited:offer")
    else:
        talk.do(
            Submit(
                process.slug,
                process.question.id,
                draft.text,
                len(draft.texts),
                key == "yes",
                asked.words,
                draft.sources,
                draft.entry,
                lent=is_lent(process, draft),
                card=draft.card,
                asked=asked_text(talk, process),
            )
        )


@flow.outcome(Submitted)
def submitted(talk: Talk, outcome: Submitted) -> None:
    """Messages 5 and x3: a number, a date, and what may follow."""
    draft = held(talk) or Draft()
    drop(talk)
    talk.rest()
    if outcome.code:
        talk.memory.pop("sent", None)
        talk.enter("subscribe:slip", outcome, draft.card)
    else:
        talk.memory["sent"] = [outcome.ref, talk.facts.now.isoformat()]
        process = talk.process(draft.process)
        if process and process.optional == "easy":
            talk.enter("easy:receipt", outcome, draft.card, process.slug)
        else:
            talk.enter("subscribe:receipt", outcome, draft.card)
    take_up(talk, draft)


@flow.door("take_up")
def take_up(talk: Talk, before: Draft) -> None:
    """What was laid aside while that text waited is a view of its own from now on; a poster's word alone asks its question."""
    if len(before.aside) == 1 and entry_of(talk, before.aside[0][1], whole=True):
        talk.enter("welcome:keyword", before.aside[0][1])
    else:
        for source, text in before.aside:
            said, draft = Words(text, source), held(talk)
            if draft is None:
                HEARS["words"](talk, said)
            elif for_another(talk, draft, text):
                lay_aside(talk, draft, said)
            else:
                gather(talk, draft, said)
    if before.aside and (draft := held(talk)):
        draft.leaving = before.leaving
        draft.since = talk.facts.now  # a digit is for what was asked just now, as long as nobody writes on
        keep(talk, draft)


@flow.door("other_mind")
def other_mind(talk: Talk, text: str) -> None:
    """A bare answer soon after the text was sent, when nothing is asked: what was decided, and how it is changed."""
    ref, sent = talk.memory.get("sent", ["", ""])
    mine = next((mine for mine in talk.facts.contributions if mine.ref == ref), None)
    if mine is None or talk.facts.now - datetime.fromisoformat(sent) > ONE_HOUR:
        return
    if mine.state == "read_only" and keywords.yes(text):
        talk.say(_("Your view no {ref} is read, not published. To publish it after all, send it again and answer yes.", ref=number(ref)))
    elif mine.state == "received" and keywords.no(text):
        talk.say(
            talk.either(
                _("Your view no {ref} is sent, to be published. To take it back: ERASE {ref}", ref=number(ref)),
                _("Your view no {ref} is sent, to be published. To take it back: /forget {ref}", ref=number(ref)),
            )
        )


@flow.outcome(TooMany)
def too_many(talk: Talk, _outcome: TooMany) -> None:
    """MOD-70: the text is kept, and offered again tomorrow."""
    draft = held(talk)
    talk.go("contribute", "confirm")
    if draft and not talk.facts.stopped:
        talk.do(WakeAfter("nudge", DAY, decent=True))
    talk.say(_("Your text has arrived and is kept. That is a lot for one day: see you tomorrow."))


@flow.silence("nudge")
def nudge(talk: Talk) -> None:
    """x1, once, next day, at a decent hour."""
    draft = held(talk)
    if draft is None or not draft.texts or talk.facts.stopped or talk.step == "gathering" or draft.again:
        return
    process = talk.process(draft.process)
    if process is None or process.question is None:
        talk.enter("unsolicited:nudge")
        return
    talk.ask(
        "contribute:publish",
        talk.either(
            _(
                "{city}: your view on {process} is waiting. {choices}. Without an answer it is erased in {days} days.",
                city=city(talk),
                process=named(talk, process),
                days=round((draft.dies(talk.facts.now) - talk.facts.now) / timedelta(days=1)),
            ),
            _(
                "{city}: your view on “{process}” is waiting. Without an answer it is erased on {day}.",
                city=city(talk),
                process=named(talk, process),
                day=day(talk, draft.dies(talk.facts.now).date()),
            ),
        ),
        _NUDGE,
        about=f"{int((draft.began or talk.facts.now).timestamp()):x}",
        until=draft.dies(talk.facts.now),
        card=draft.card,
        urgency="notice",
        consent=True,
    )
    talk.go("contribute", "confirm")


@flow.silence("erase")
def erase(talk: Talk) -> None:
    """Day 7: a draft that nobody confirmed is gone."""
    draft = held(talk)
    if draft is None:
        talk.memory.pop("draft", None)
        return
    if talk.step == "gathering":
        talk.do(WakeAfter("erase", DAY))
        return
    drop(talk)
    talk.do(Discard(draft.every_source))
    talk.rest()
    if draft.card:
        talk.say(_("This text was erased, as announced."), card=draft.card, how="quiet")


@flow.hears("edit")
def edit(talk: Talk, said: Edit) -> None:
    """An edited message changes the draft and its card; once sent, the text that a moderator will read."""
    draft = held(talk)
    if draft is None or said.message not in draft.every_source:
        if talk.facts.contributions:
            talk.do(Revise(said.message, said.text))
        return
    for texts in (draft.texts, draft.aside):
        texts[:] = [(source, said.text if source == said.message else text) for source, text in texts]
    process = talk.process(draft.process)
    if keywords.under_15(said.text):
        too_young(talk, draft)
    elif (talk.flow, talk.step) == ("contribute", "confirm") and process and process.question:
        _confirm(talk, draft, process, how="quiet")
    else:
        keep(talk, draft)


@flow.outcome(Revised)
def revised(talk: Talk, outcome: Revised) -> None:
    """The new text is the one that will be read."""
    draft = held(talk)
    if draft and draft.again:
        drop(talk)
        talk.rest()
        talk.say(_("Thank you! Your view no {ref} will be read again.", ref=number(outcome.ref)))
    else:
        talk.say(_("Corrected: your view no {ref}.", ref=number(outcome.ref)))


@flow.outcome(TooLate)
def too_late(talk: Talk, _outcome: TooLate) -> None:
    """A person has read it already; what was rewritten for a moderator is kept and offered."""
    draft = held(talk)
    if draft and draft.again:
        draft.again = ""
        keep(talk, draft)
        talk.enter("unsolicited:offer")
    else:
        talk.say(_("Too late to correct: a person has read this text. Write what is missing in a new message."))
