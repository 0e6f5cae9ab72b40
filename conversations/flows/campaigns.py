"""What staff announce to those who agreed: a workshop, a question, a call for volunteers, news; and the answers to it."""

from typing import Final

from conversations.effects import AnswerCampaign, PairPhone, SignUp
from conversations.facts import Facts
from conversations.flows.draft import Draft, held, keep
from conversations.keywords import coming as company
from conversations.messages import Choice, Say
from conversations.notices import Announced
from conversations.outcomes import NoSeat, Paired
from conversations.phrases import NOTHING, city, clock, day, workshop_named, workshop_place
from conversations.steps import Asked, State
from conversations.talk import DIGIT_LIVES, OUTCOMES, Flow, Talk
from conversations.text import Text, _, verbatim

flow = Flow("campaigns")

PLACEHOLDERS: Final = ("city", "project", "workshop", "date", "hour", "place", "access")
"""What `{…}` in the words of staff may stand for; all but the first two are a workshop's."""
_WEEKDAYS: Final = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
_YES_NO: Final = (Choice("yes", _("yes"), "1", 0), Choice("no", _("no"), "2", 0))


@flow.notice(Announced)
def announced(talk: Talk, told: Announced, late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Message 6 and its sisters: the city named first, the question last, and how to end them (SMS-04, SMS-05)."""
    said = _words(talk, told)
    if told.kind == "workshop" and told.workshop:
        _ask(talk, told, said, late=late)
    elif told.kind == "panel":
        _call(talk, told, said, late=late)
    else:
        if told.kind == "views":
            _await_views(talk, told)
        _say(talk, _framed(talk, said), (Choice("PARTAGER", _("share the question")),) if told.kind == "views" and not talk.sms else ())


def _ask(talk: Talk, told: Announced, said: Text, *, late: bool) -> None:
    """A workshop: "1" is a place."""
    if late or told.workshop is None:
        _say(talk, _framed(talk, said, talk.either(_("To come: WORKSHOP."), _("To come: /ateliers"))))
        return
    about = f"{told.campaign} {told.workshop.key}"
    until = min(talk.facts.now + DIGIT_LIVES, told.until or told.workshop.starts_at)
    text = _framed(talk, said, _("Will you come?"), " {choices}.")
    talk.close("workshops:come", told.workshop.key)
    talk.ask("campaigns:come", text, _YES_NO, about=about, until=until)
    _end(talk)


def _call(talk: Talk, told: Announced, said: Text, *, late: bool) -> None:
    """Volunteers: "1" is a name on the list, which a person of the team goes through."""
    if late:
        _say(talk, _framed(talk, said, talk.either(_("To take part: CALL."), _("To take part: /call"))))
        return
    text = _framed(talk, said, _("Would you take part?"), " {choices}.")
    talk.ask("campaigns:part", text, _YES_NO, about=told.campaign, until=told.until)
    _end(talk)


def _await_views(talk: Talk, told: Announced) -> None:
    """What is written next is a view on that project; a text in the making stays what it is."""
    process, draft = talk.process(told.process), held(talk)
    if process and process.question and not (draft and draft.texts) and not talk.flow:
        keep(talk, Draft(process.slug, process.question.id))
        talk.go("contribute", "writing")


def _say(talk: Talk, text: Text, choices: tuple[Choice, ...] = ()) -> None:
    talk.says.append(Say(text, choices))
    _end(talk)


def _end(talk: Talk) -> None:
    """By SMS the way out stands behind the choices, on Telegram in the text."""
    if talk.sms:
        last = talk.says[-1]
        talk.says[-1] = Say(last.text, last.choices, last.question, after=_("End: STOP"))


def _framed(talk: Talk, said: Text, asks: Text = NOTHING, choices: str = "") -> Text:
    """Who speaks, what staff wrote, what is asked; on Telegram how to end them too."""
    values = {"city": city(talk), "words": said, "asks": asks}
    if talk.sms:
        return Text("{city}: {words} {asks}" + choices if asks is not NOTHING else "{city}: {words}", values)
    if asks is NOTHING:
        return _("{words}\nNo more of these: /stop", words=said)
    return _("{words}\n{asks}\nNo more of these: /stop", words=said, asks=asks)


_ANSWER_BY_SMS: Final = {
    "workshop": _("To come, by SMS: send WORKSHOP to {number}."),
    "views": _("To answer, by SMS: write it to {number}."),
    "panel": _("To take part, by SMS: send CALL to {number}."),
    "news": _("To know more, by SMS: send INFO to {number}."),
}


def in_print(told: Announced, facts: Facts, language: str) -> tuple[Text, ...]:
    """The same for the city's newsletter, line by line: names in full, and every way to answer."""
    talk = Talk.of(State(language=language), facts)
    who = facts.city
    by_sms = _ANSWER_BY_SMS[told.kind]
    lines = (
        _words(talk, told),
        Text(by_sms.msgid, {"number": verbatim(who.sms_number)}) if who.sms_number else NOTHING,
        _("On Telegram: {bot}", bot=verbatim(f"t.me/{who.telegram}")) if who.telegram else NOTHING,
        _("By telephone: {number}", number=verbatim(who.phone)) if who.phone else NOTHING,
        _("All about it: {url}", url=verbatim(f"{who.url}/demarches/{told.process}")) if who.url else NOTHING,
    )
    return tuple(line for line in lines if line is not NOTHING)


def _words(talk: Talk, told: Announced) -> Text:
    """The words of staff in the reader's language, with dates and names as this network shows them."""
    texts = {**told.texts, **told.sms} if talk.sms else told.texts
    written = texts.get(talk.language) or texts.get(talk.facts.languages[0]) or next(iter(texts.values()))
    filled = Text(written, _values(talk, told)) if "{" in written else verbatim(written)
    return Text("[TEST] {it}", {"it": filled}) if told.is_test else filled


def _values(talk: Talk, told: Announced) -> dict[str, Text]:
    title = told.title.get(talk.language) or told.title.get(talk.facts.languages[0], "")
    project = verbatim(told.sms_name if talk.sms else title)
    values = {"city": city(talk), "project": project}
    workshop = told.workshop
    if workshop is None:
        return values
    weekday = _WEEKDAYS[workshop.starts_at.weekday()]
    return values | {
        "workshop": workshop_named(talk, workshop),
        "date": Text("{weekday} {day}", {"weekday": weekday, "day": day(talk, workshop.starts_at.date())}),
        "hour": clock(workshop.starts_at),
        "place": workshop_place(talk, workshop),
        "access": verbatim(", ".join(workshop.access)),
    }


@flow.question(
    "come",
    lambda talk, asked: _("for the workshop"),  # noqa: ARG005 - every question has the same shape
    company.comes,
    no="je ne viens pas|on ne vient pas|pas cette fois",
)
def come(talk: Talk, asked: Asked, key: str) -> None:
    """Yes holds a place at once; how many come may be said in the same breath."""
    talk.close("campaigns:come", asked.about, answered=True)
    campaign, _space, workshop = asked.about.partition(" ")
    answer, _colon, many = key.partition(":")
    talk.do(AnswerCampaign(campaign, "yes" if answer == "yes" else "no"))
    if answer != "yes":
        talk.say(talk.either(_("Noted. Other dates: WORKSHOP"), _("Noted. Other dates: /ateliers")))
    elif not any(one.key == workshop for process in talk.facts.processes for one in process.workshops):
        OUTCOMES[NoSeat](talk, NoSeat("over"))
    else:
        talk.do(SignUp(workshop, int(many or 1)))


@flow.question("part", lambda talk, asked: _("to take part"))  # noqa: ARG005 - every question has the same shape
def part(talk: Talk, asked: Asked, key: str) -> None:
    """A volunteer is called back; who says no hears no more of it."""
    talk.close("campaigns:part", asked.about, answered=True)
    talk.do(AnswerCampaign(asked.about, "yes" if key == "yes" else "no"))
    talk.say(_("Thank you, you are on the list. A person of the team writes to you here.") if key == "yes" else _("Noted, thank you."))


@flow.keyword("ESSAI")
def pair(talk: Talk, code: str) -> None:
    """Somebody who writes campaigns shows that this phone is theirs (UX-03)."""
    talk.do(PairPhone(code))


@flow.outcome(Paired)
def paired(talk: Talk, outcome: Paired) -> None:
    """It is known now, or the code has run out."""
    if outcome.known:
        talk.say(_("This phone now gets the tests of your campaigns. Nothing else changes."))
    else:
        talk.say(_("This code is not known, or no longer: take the one on your campaign's page."))
