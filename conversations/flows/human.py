"""A person instead of a robot: help, contact, a call-back, a question to the city."""

from datetime import datetime, time, timedelta
from typing import Final

from conversations import keywords
from conversations.effects import AskPerson
from conversations.flows.draft import drop, held
from conversations.flows.posters import entry_of
from conversations.messages import Choice, Words
from conversations.notices import Replied
from conversations.outcomes import Noted
from conversations.phrases import besides, city, moment
from conversations.talk import HEARS, NOTICE_VERSION, Flow, Talk
from conversations.text import _, verbatim

_DIGITS: Final = 8
"""Of a telephone number, at least."""
_NOT_NOW: Final = frozenset({"non", "no", "annuler", "annule", "annulez", "laissez", "laisse", "cancel", "rien"})
_STILL_ABOUT_IT: Final = timedelta(minutes=10)
"""How long after it was asked for what is written freely is for the person who calls."""
_OPENS: Final = time(9)
_CLOSES: Final = time(17)
_WEEKEND: Final = (5, 6)
_SAID_LATELY: Final = timedelta(hours=1)

flow = Flow("human")


@flow.keyword("AIDE")
def aid(talk: Talk, _argument: str) -> None:
    """x12: what can be sent, and who answers at once in an emergency."""
    phone = talk.facts.city.phone
    hall = besides(phone, _("Town hall: {phone}", phone=verbatim(phone)))
    talk.say(
        talk.either(
            _(
                "Write your view here. To come: WORKSHOP. My views: FOLLOW. Fewer SMS: SETTINGS. Call me: CALL. "
                "Emergency: 112, or 114 by SMS.{hall}",
                hall=hall,
            ),
            _(
                "Write your view here, in your own words. Emergency: 112, or 114 by SMS.{hall}",
                hall=hall,
            ),
        ),
        ()
        if talk.sms
        else (
            Choice("ATELIER", _("the workshops"), row=0),
            Choice("SUIVI", _("my views"), row=0),
            Choice("APPEL", _("a person calls me back"), row=1),
            Choice("REGLAGES", _("what is sent to me"), row=1),
            Choice("DONNEES", _("my data"), row=2),
            Choice("OUBLI", _("erase"), row=2),
        ),
    )


@flow.keyword("CONTACT")
def contact(talk: Talk, _argument: str) -> None:
    """Who publishes, the telephone, the site (SMS-03)."""
    who = talk.facts.city
    phone = besides(who.phone, _("Telephone: {phone}.", phone=verbatim(who.phone)))
    site = besides(who.url, _("Site: {url}", url=verbatim(who.url)))
    call = besides(True, talk.either(_("To be called back: CALL"), _("To be called back: /call")))
    talk.say(_("{city}.{phone}{site}{call}", city=verbatim(who.controller or who.name), phone=phone, site=site, call=call))


@flow.keyword("APPEL")
def call(talk: Talk, _argument: str) -> None:
    """By SMS the number is known; on Telegram it is asked, for this task alone."""
    if talk.flow == "human":
        _go_back(talk)
    if talk.sms:
        talk.do(AskPerson("call_back"))
        return
    talk.memory["came_from"] = [talk.flow, talk.step]
    talk.go("human", "number")
    talk.say(_("Write your telephone number and a good hour. It is used for this call alone, then erased."))


@flow.door("distress")
def distress(talk: Talk) -> None:
    """MOD-37: the numbers that help now, and honestly when a person reads; what was written goes its way."""
    last = talk.memory.get("distress")
    if last and talk.facts.now - datetime.fromisoformat(last) < _SAID_LATELY:
        return
    talk.memory["distress"] = talk.facts.now.isoformat()
    opens = _opens(talk)
    reading = (
        _("Nobody reads here before {moment}.", moment=moment(talk, opens))
        if opens
        else _("A person of the City reads you, but not at once.")
    )
    talk.say(
        talk.either(
            _(
                "I am a robot. In danger: 112, or 114 by SMS. Dark thoughts: 3114, day and night, free. "
                "Violence: 3919. Children: 119. {reading}",
                reading=reading,
            ),
            _(
                "I am a robot, and no emergency service. People answer these numbers now, free of charge:\n"
                "In danger: 112, or 114 by SMS\nDark thoughts: 3114, day and night\nViolence at home: 3919\n"
                "A child in danger: 119\n{reading}",
                reading=reading,
            ),
        )
    )


def _opens(talk: Talk) -> datetime | None:
    """When somebody of the team reads again; None: now, in the hours of the office."""
    now = talk.facts.now
    works = now.weekday() not in _WEEKEND and now.date() not in talk.facts.closed
    if works and _OPENS <= now.time() < _CLOSES:
        return None
    day = now.date() if works and now.time() < _OPENS else now.date() + timedelta(days=1)
    while day.weekday() in _WEEKEND or day in talk.facts.closed:
        day += timedelta(days=1)
    return datetime.combine(day, _OPENS, now.tzinfo)


@flow.step("number")
def number(talk: Talk, said: Words) -> None:
    """The number to call; whoever was in the middle of something goes on there."""
    told = keywords.words(said.text)
    if keywords.no(said.text) or (told and told[0] in _NOT_NOW):
        no_call(talk)
    elif sum(letter.isdigit() for letter in said.text) < _DIGITS:
        talk.say(_("To call you, a telephone number is needed. Write it here, or “no” for no call."))
    else:
        _go_back(talk)
        talk.do(AskPerson("call_back", said.text))


@flow.door("no_call")
def no_call(talk: Talk, word: str = "annuler") -> None:
    """Somebody thought better of it; a person who has it on the list already is told."""
    asked = talk.step == "called"
    _go_back(talk)
    if asked:
        _note(talk, word)
        talk.say(_("Noted for the person who was to call you."))
    else:
        talk.say(_("Noted: nobody calls you."))


@flow.step("called")
def called(talk: Talk, said: Words) -> None:
    """Just after: when, what about, or no call after all; a poster's word begins a view."""
    if entry_of(talk, said.text, whole=False):
        _go_back(talk)
        talk.rest()
        HEARS["words"](talk, said)
    elif keywords.calls_off(said.text):
        no_call(talk, said.text)
    else:
        _note(talk, said.text)
        talk.say(_("Noted for the person who calls you."))


@flow.door("later")
def later(talk: Talk) -> None:
    """What is written afterwards is a view again."""
    since = talk.memory.get("called")
    if not since or talk.facts.now - datetime.fromisoformat(since) > _STILL_ABOUT_IT:
        _go_back(talk)


def _note(talk: Talk, text: str) -> None:
    talk.memory["told"] = True
    talk.do(AskPerson("call_back", text))


def _go_back(talk: Talk) -> None:
    """Whoever was in the middle of something goes on there."""
    talk.memory.pop("called", None)
    talk.go(*talk.memory.pop("came_from", ["", ""]))


@flow.outcome(Noted)
def noted(talk: Talk, outcome: Noted) -> None:
    """It stands on a person's list."""
    first = talk.sms and not talk.notice
    if talk.memory.pop("told", False):
        return  # it was told to the person who calls: that is said already
    facts = besides(first, _("A robot answers, staff read. We keep your number for that alone. Rights: DATA. End: STOP"))
    if first:
        talk.notice = NOTICE_VERSION
    if outcome.kind == "call_back":
        talk.say(_("Noted: a person of the City calls you, Monday to Friday. Urgent: 112.{facts}", facts=facts))
        if not talk.flow or talk.step == "writing":  # nothing of a text was written yet
            talk.memory |= {"called": talk.facts.now.isoformat(), "came_from": [talk.flow, talk.step]}
            talk.go("human", "called")
        return
    if outcome.kind == "correction":
        talk.say(
            _("Thank you. The minutes are public already: a person of the team reads you, and answers here.")
            if outcome.public
            else _("Thank you, the team reads it again before it is public.")
        )
        return
    draft = held(talk)
    drop(talk)
    talk.rest()
    talk.say(_("Thank you, your question is with the team. The answer comes here.{facts}", facts=facts))
    if draft:
        talk.enter("contribute:take_up", draft)


@flow.notice(Replied)
def replied(talk: Talk, told: Replied, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """The team's words, as a person wrote them."""
    talk.say(
        talk.either(
            _("{city}, the team's answer: {text}", city=city(talk), text=verbatim(told.text)),
            _("{city}, the team's answer:\n{text}", city=city(talk), text=verbatim(told.text)),
        )
    )


@flow.keyword("DEVELOPPEUR")
def developer(talk: Talk, _argument: str) -> None:
    """Who made this, as Telegram's policy asks."""
    talk.say(
        _(
            "Aller-vers, free software (Apache-2.0). Run by {controller}. Data protection: {dpo}",
            controller=verbatim(talk.facts.city.controller or talk.facts.city.name),
            dpo=verbatim(talk.facts.city.dpo or talk.facts.city.phone or talk.facts.city.url),
        )
    )


@flow.door("attachment")
def attachment(talk: Talk, kind: str, caption: bool) -> None:  # noqa: FBT001 - what a door is given has no name
    """x13: what came along is not kept; its caption is."""
    if caption:
        talk.say(_("The picture is not kept, your text is.") if kind == "photo" else _("What came with it is not kept, your text is."))
    elif kind == "photo":
        talk.say(
            talk.either(
                _("I do not read pictures. Say it in a few words, or send CALL: a person calls you back."),
                _("I do not read pictures. Say it in a few words, or send /call: a person calls you back."),
            )
        )
    elif kind in {"voice", "audio", "video_note"}:
        talk.say(
            talk.either(
                _("I do not listen to voice messages. Write it in a sentence, or send CALL: a person calls you back."),
                _("I do not listen to voice messages. Write it in a sentence, or send /call: a person calls you back."),
            )
        )
    else:
        talk.say(
            talk.either(
                _("I only read text. Say it in a few words, or send CALL: a person calls you back."),
                _("I only read text. Say it in a few words, or send /call: a person calls you back."),
            )
        )


@flow.door("apology")
def apology(talk: Talk) -> None:
    """A turn broke: what was written is kept, and a person reads it."""
    talk.say(_("Sorry, something went wrong on our side. Your message is kept, a person will read it."))


@flow.door("group")
def group(talk: Talk) -> None:
    """One polite sentence to a group, before leaving it (TG-09)."""
    talk.say(_("{city}: I speak with one person at a time, not in groups. Write to me directly. Goodbye!", city=city(talk)))
