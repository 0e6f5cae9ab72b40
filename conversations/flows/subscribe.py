"""The receipt and what it may open: an opt-in with its exact words, one optional question."""

from datetime import date, timedelta

from conversations.effects import AddProfile, FollowPaper, GiveConsent
from conversations.keywords import Keyword
from conversations.messages import Choice
from conversations.notices import Invited, LeftOnPaper
from conversations.outcomes import PaperFollowed, Submitted
from conversations.phrases import NOTHING, besides, city, day, named, number
from conversations.steps import Asked
from conversations.talk import KEYWORDS, Flow, Talk
from conversations.text import Text, _, verbatim

ASK_AGAIN = timedelta(days=30)
INVITED_LIVES = timedelta(days=2)
BESIDES_LIVES = timedelta(hours=12)
AGE_LIVES = timedelta(hours=1)
"""What is optional does not stand long in the way of a digit that is meant for something else."""

flow = Flow("subscribe")


def _may_ask(talk: Talk) -> bool:
    last = talk.memory.get("opt_in", "")
    today = talk.facts.now.date()
    return not talk.facts.stopped and "workshops" not in talk.facts.consents and (not last or today - date.fromisoformat(last) >= ASK_AGAIN)


@flow.door("receipt")
def receipt(talk: Talk, told: Submitted, card: str) -> None:
    """Message 5 (x3 when it is only read), on the card of the contribution."""
    if talk.sms:
        _by_sms(talk, told)
    else:
        _on_the_card(talk, told, card)


def _by_sms(talk: Talk, told: Submitted) -> None:
    ref, read_by = number(told.ref), day(talk, told.read_by)
    again = besides(told.again_within_hour, _("Another person writes? OTHER PERSON."))
    if not told.publish:
        talk.say(
            _(
                "Noted, your view no {ref}: read by the team, never published. What follows: FOLLOW. Erase: ERASE.{again}",
                ref=ref,
                again=again,
            )
        )
    elif not _may_ask(talk):
        talk.say(
            _(
                "Thank you! Your view no {ref} has arrived. A person reads it before {day}, you get what follows here. To ask: FOLLOW. "
                "Erase: ERASE.{again}",
                ref=ref,
                day=read_by,
                again=again,
            )
        )
    else:
        talk.memory["opt_in"] = talk.facts.now.date().isoformat()
        talk.ask(
            "subscribe:receipt",
            _(
                "Thank you! Your view no {ref} has arrived. A person reads it before {day}, you get what follows here. To ask: FOLLOW. "
                "Erase: ERASE.{again} Something else: an SMS when there is a workshop (4 a month at most)? {choices}",
                ref=ref,
                day=read_by,
                again=again,
            ),
            (Choice("yes", _("yes"), "1"), Choice("no", _("no"), "2")),
            about=told.ref,
            consent=True,
        )


def _on_the_card(talk: Talk, told: Submitted, card: str) -> None:
    again = besides(told.again_within_hour, _("Another person writes with this account? Send OTHER PERSON."))
    promised = _(
        "The elected officials promised their answer before {day}, you get it here.", day=day(talk, told.promised_on or told.read_by)
    )
    if told.publish:
        text = _(
            "Your view no {ref} has arrived. A person reads it before {day}.{answer}{again}",
            ref=number(told.ref),
            day=day(talk, told.read_by),
            answer=besides(told.promised_on, promised),
            again=again,
        )
    else:
        text = _("Noted, your view no {ref}: read by the team, never published.{again}", ref=number(told.ref), again=again)
    follow = Choice(f"SUIVI {told.ref}", _("where my view is"), row=0, plain=True)
    share = Choice("PARTAGER", _("share the question"), row=1, plain=True)
    if _may_ask(talk):
        talk.memory["opt_in"] = talk.facts.now.date().isoformat()
        join = Choice("join", _("be told of the workshops (4 messages a month at most)"), row=2)
        talk.ask(
            "subscribe:receipt",
            text,
            (follow, share, join),
            about=told.ref,
            until=talk.facts.now + timedelta(days=365),
            digits=False,
            card=card,
            how="card",
            consent=True,
        )
    else:
        talk.say(text, (follow, share), card=card, how="card")


@flow.door("slip")
def slip(talk: Talk, told: Submitted, card: str) -> None:
    """From a lent phone: a number and a code to take along, on paper; nothing is promised to this phone (journeys 3.4)."""
    values = {"ref": number(told.ref), "code": verbatim(told.code)}
    then = (
        _("A person reads it before {day}.", day=day(talk, told.read_by)) if told.publish else _("It is read by the team, never published.")
    )
    talk.say(
        talk.either(
            _(
                "Thank you! View no {ref}, code {code}: write them down, they are not told again. {then} "
                "What follows, from any phone: FOLLOW {ref} {code}. Erase: ERASE {ref} {code}",
                then=then,
                **values,
            ),
            _(
                "Thank you! View no {ref}, code {code}: write them down, they are not told again.\n{then} "
                "What follows, from any phone: /follow {ref} {code}",
                then=then,
                **values,
            ),
        ),
        card=card,
        how="card",
    )


@flow.door("besides")
def besides_that(talk: Talk, lead: Text) -> None:
    """The opt-in after something else was noted, to who was not asked lately."""
    if not _may_ask(talk):
        talk.say(lead)
        return
    talk.memory["opt_in"] = talk.facts.now.date().isoformat()
    talk.ask(
        "subscribe:workshop",
        talk.either(
            _("{lead} Something else: an SMS when there is a workshop (4 a month at most)? {choices}", lead=lead),
            _("{lead} Something else: a message when there is a workshop (4 a month at most)?", lead=lead),
        ),
        (Choice("yes", _("yes"), "1", 0), Choice("no", _("no"), "2", 0)),
        until=talk.facts.now + BESIDES_LIVES,
        consent=True,
    )


@flow.question("workshop", lambda talk, asked: _("for the workshops"))  # noqa: ARG005 - every question has the same shape
def opted_besides(talk: Talk, asked: Asked, key: str) -> None:
    """The answer to it."""
    talk.close("subscribe:workshop", answered=True)
    if key == "yes":
        talk.do(GiveConsent("workshops", asked.words, "sign-up"))
    talk.say(_("Noted."))


@flow.notice(Invited)
def invited(talk: Talk, told: Invited, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """The second half of a double opt-in: who typed the number may have been somebody else. Who is busy is asked all the same."""
    if told.language:
        talk.language = told.language
    process = next((one for one in talk.facts.processes if one.slug == told.process), None)
    about = besides(known=True, text=named(talk, process)) if process else NOTHING
    talk.ask(
        "subscribe:invited",
        _(
            "{city} (a robot): this number was signed up, by you we suppose, to be told of the workshops{about}. "
            "Do you want that (4 SMS a month at most)? {choices}. Without an answer your number is erased in 2 days. End: STOP",
            city=city(talk),
            about=about,
        ),
        (Choice("yes", _("yes"), "1", 0), Choice("no", _("no"), "2", 0)),
        about=told.process,
        until=talk.facts.now + INVITED_LIVES,
        consent=True,
    )


@flow.question("invited", lambda talk, asked: _("for the workshops"))  # noqa: ARG005 - every question has the same shape
def was_invited(talk: Talk, asked: Asked, key: str) -> None:
    """The facts of a first contact come with the yes (GDPR-10)."""
    talk.close("subscribe:invited", answered=True)
    talk.memory["opt_in"] = talk.facts.now.date().isoformat()
    if key == "no":
        talk.say(_("Noted: nothing is sent to you. To erase your number at once: ERASE"))
        return
    talk.do(GiveConsent("workshops", asked.words, "inscription"))
    talk.say(
        _(
            "Noted: an SMS when there is a workshop. A robot answers, people read. We keep your number for that alone. "
            "Come: WORKSHOP. Your rights: MY DATA. Erase: ERASE. End: STOP"
        )
    )


@flow.notice(LeftOnPaper)
def left_on_paper(talk: Talk, told: LeftOnPaper, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Whose number it is, is asked first: who typed it may have misread the sheet, so nothing of the view is said."""
    if told.language:
        talk.language = told.language
    talk.ask(
        "subscribe:paper",
        _(
            "{city} (a robot): this number was left on a sheet of paper, view no {ref}. Do you want to know here what becomes of it? "
            "{choices}. Without an answer your number is erased in 2 days. End: STOP",
            city=city(talk),
            ref=number(told.ref),
        ),
        (Choice("yes", _("yes"), "1", 0), Choice("no", _("no"), "2", 0)),
        about=told.ref,
        until=talk.facts.now + INVITED_LIVES,
        consent=True,
    )


@flow.question("paper", lambda talk, asked: _("for the view on paper"))  # noqa: ARG005 - every question has the same shape
def of_paper(talk: Talk, asked: Asked, key: str) -> None:
    """Yes: the sheet is this phone's from now on."""
    talk.close("subscribe:paper", answered=True)
    if key == "no":
        talk.say(_("Noted: nothing is sent to you. To erase your number at once: ERASE"))
        return
    talk.memory["agreed"] = asked.words
    talk.do(FollowPaper())


@flow.outcome(PaperFollowed)
def paper_followed(talk: Talk, outcome: PaperFollowed) -> None:
    """The facts of a first contact come with the yes (GDPR-10); what was decided meanwhile is told at once."""
    words = str(talk.memory.pop("agreed", ""))
    if not outcome.ref:
        talk.say(_("This view was taken back meanwhile: nothing is sent to you. To erase your number at once: ERASE"))
        return
    talk.do(GiveConsent("follow_up", words, "paper"), GiveConsent("answer", words, "paper"))
    talk.say(
        _(
            "Noted: what becomes of your view no {ref} comes here. A robot answers, people read. We keep your number for that alone. "
            "To ask: FOLLOW. Your rights: DATA. Erase: ERASE. End: STOP",
            ref=number(outcome.ref),
        )
    )
    mine = next((one for one in talk.facts.contributions if one.ref == outcome.ref), None)
    if mine and mine.state not in {"received", "read_only"}:
        talk.enter("follow:one", outcome.ref)


@flow.question("receipt", lambda talk, asked: _("for the workshops"))  # noqa: ARG005 - every question has the same shape
def opted(talk: Talk, asked: Asked, key: str) -> None:
    """The opt-in's answer; its echo opens the one optional question for nothing (journeys 2)."""
    if key in {"follow", "share"}:  # on a card of before they were plain buttons
        word = Keyword("SUIVI", asked.about) if key == "follow" else Keyword("PARTAGER")
        KEYWORDS[word.name](talk, word.argument)
        return
    talk.close("subscribe:receipt", answered=True)
    if key in {"yes", "join"}:
        talk.do(GiveConsent("workshops", asked.words, "receipt"))
    if any(digit for other in talk.open() for digit, _key in other.choices):
        talk.say(_("Noted."))  # another question waits: nothing more is asked now
        return
    joined = key in {"yes", "join"}
    sms = (
        _("Noted. One question, optional: are you {choices}? It tells the City whom it forgets.")
        if joined
        else _("Noted, no SMS about workshops. One question, optional: are you {choices}? It tells the City whom it forgets.")
    )
    talk.ask(
        "subscribe:age",
        talk.either(
            sms, _("Noted: a message when there is a workshop. One question, optional: how old are you? It tells the City whom it forgets.")
        ),
        (
            Choice("under-30", _("under 30"), "1", 0),
            Choice("30-59", _("30 to 59"), "2", 0),
            Choice("60-plus", _("60 or older"), "3", 0),
            Choice("pass", _("skip"), "N" if talk.sms else "4", 0, hidden=talk.sms),
        ),
        about=asked.about,
        until=talk.facts.now + AGE_LIVES,
    )


@flow.question(
    "age",
    lambda talk, asked: _("for the optional question"),  # noqa: ARG005 - every question has the same shape
    **{
        "under-30": "moins de 30 ans|moins de 30|under 30",
        "30-59": "de 30 a 59|30 a 59|30 to 59",
        "60-plus": "60 ou plus|60 et plus|60 or older",
        "pass": "non|non merci|passer|no|no thanks|skip",
    },
)
def age(talk: Talk, asked: Asked, key: str) -> None:
    """It belongs to the contribution, not to the phone. By SMS no part is spent on thanks."""
    talk.close("subscribe:age", answered=True)
    if key != "pass":
        talk.do(AddProfile(asked.about, "age", key))
    if not talk.sms or key == "pass":
        talk.say(_("Thank you, noted.") if key != "pass" else _("Thank you, nothing noted."))
