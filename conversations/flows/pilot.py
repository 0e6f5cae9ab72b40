"""A project in test that has all its people: who comes after them is told so, and nothing they wrote is lost."""

from conversations.effects import Discard, LetSleep
from conversations.facts import Process
from conversations.flows.draft import Draft, drop, held, keep
from conversations.flows.elsewhere import others, propose
from conversations.flows.permission import is_lent
from conversations.messages import Choice, Say
from conversations.outcomes import PilotFull
from conversations.phrases import besides, city, named, who_reads
from conversations.talk import NOTICE_VERSION, PARTS, Flow, Talk
from conversations.text import Text, Value, _

flow = Flow("pilot")


@flow.door("full")
def full(talk: Talk, process: Process) -> None:
    """Somebody comes in, and wrote nothing yet: another project, or a person of the team."""
    drop(talk)
    talk.rest()
    first = not talk.notice
    talk.notice = talk.notice or NOTICE_VERSION
    propose(talk, process, lambda among_others: _no_room(talk, process, first, among_others))


def _no_room(talk: Talk, process: Process, first: bool, among_others: bool) -> Text:  # noqa: FBT001 - two facts of one sentence
    values: dict[str, Value] = {
        "city": city(talk),
        "process": named(talk, process),
        "people": process.pilot,
        "facts": besides(first, who_reads(talk)),
    }
    if among_others and talk.sms:
        return _(
            "{city}: {process} is a test with {people} people, and they are all there, sorry. "
            "A question to the City? Write it here. Another project? {choices}.{facts}",
            **values,
        )
    return _(
        "{city}: {process} is a test with {people} people, and they are all there, sorry. A question to the City? Write it here.{facts}",
        **values,
    )


@flow.outcome(PilotFull)
def came_too_late(talk: Talk, outcome: PilotFull) -> None:
    """The last place went while they wrote."""
    process = next(one for one in talk.facts.processes if one.slug == outcome.process)
    draft = held(talk)
    if draft:
        talk.enter("pilot:kept", draft, process)


@flow.door("kept")
def kept(talk: Talk, draft: Draft, process: Process) -> None:
    """Their words are not sent: they wait until the person says what for, and go at the day that was told."""
    if is_lent(process, draft):  # the phone goes on to the next person: nothing waits on it
        drop(talk)
        talk.do(Discard(draft.every_source))
        talk.rest()
        talk.say(
            _(
                "{city}: {process} is a test with {people} people, and they are all there, sorry. Your text is not sent, nothing of it is "
                "kept here.",
                city=city(talk),
                process=named(talk, process),
                people=process.pilot,
            )
        )
        return
    first = not talk.notice
    talk.notice = talk.notice or NOTICE_VERSION
    draft.process, draft.since, draft.shown = "", None, False
    keep(talk, draft)
    among = others(talk, process)
    while talk.sms and among and talk.parts(Say(_not_sent(talk, process, first), _ways(talk, among))) > PARTS:
        among = among[:-1]
    talk.close("contribute:publish")
    talk.do(LetSleep("nudge"))
    talk.ask(
        "unsolicited:kept",
        _not_sent(talk, process, first),
        _ways(talk, among),
        about=",".join((process.slug, *(other.slug for other in among))),
        until=draft.dies(talk.facts.now),
        card=draft.card or None,
        how="card",
    )
    talk.go("unsolicited", "kept")


def _ways(talk: Talk, among: list[Process]) -> tuple[Choice, ...]:
    return (
        Choice("question", _("give it to the City, a person answers"), row=0),
        *(Choice(f"p{place}", _("a view on {process}", process=named(talk, other)), row=place) for place, other in enumerate(among, 1)),
        Choice("erase", _("erase it"), row=len(among) + 1),
    )


def _not_sent(talk: Talk, process: Process, first: bool) -> Text:  # noqa: FBT001 - a fact of the sentence
    values: dict[str, Value] = {"city": city(talk), "process": named(talk, process), "people": process.pilot}
    if not first:
        return talk.either(
            _(
                "{city}: {process} is a test with {people} people, and they are all there, sorry. Your text is not sent. {choices}. "
                "Without an answer it is erased in 7 days.",
                **values,
            ),
            _(
                "{process} is a test with {people} people, and they are all there, sorry.\nYour text is not sent. What becomes of it? "
                "Without an answer it is erased in 7 days.",
                **values,
            ),
        )
    return talk.either(
        _(
            "{city} (robot, staff read): {process} is a test, its {people} people are all there. Your text is not sent. {choices}. "
            "Else it is erased in 7 days. We keep your number to reply. Rights: DATA. End: STOP",
            **values,
        ),
        _(
            "Here is {city}, a robot; staff read your messages. {process} is a test with {people} people, and they are all there, sorry.\n"
            "Your text is not sent. What becomes of it? Without an answer it is erased in 7 days. We keep your Telegram identifier, "
            "without your name, to reply. Erase everything: /forget.",
            **values,
        ),
    )
