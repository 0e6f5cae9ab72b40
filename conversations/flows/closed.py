"""A project whose question is closed, or not open yet: who comes by its poster is told the day, and what else there is."""

from conversations.facts import Process
from conversations.flows.draft import drop
from conversations.flows.elsewhere import propose
from conversations.phrases import besides, city, day, named, who_reads
from conversations.talk import NOTICE_VERSION, Flow, Talk
from conversations.text import Text, Value, _

flow = Flow("closed")


@flow.door("arrive")
def arrive(talk: Talk, process: Process) -> None:
    """Somebody comes in, and wrote nothing yet: another project, when there is one."""
    drop(talk)
    talk.rest()
    first = not talk.notice
    talk.notice = talk.notice or NOTICE_VERSION
    propose(talk, process, lambda others: _told(talk, process, first=first, others=others))


@flow.door("said")
def said(talk: Talk, process: Process) -> None:
    """Their text came along: it is kept, and what becomes of it is asked when it has ended."""
    first = not talk.notice
    talk.notice = talk.notice or NOTICE_VERSION
    talk.say(_told(talk, process, first=first, others=False))


def _told(talk: Talk, process: Process, *, first: bool, others: bool) -> Text:
    promised, when = process.answer_promised_on, process.opens_on or process.closed_on or talk.facts.now.date()
    values: dict[str, Value] = {
        "city": city(talk),
        "process": named(talk, process),
        "day": day(talk, when),
        "answer": besides(
            promised and not process.opens_on,
            _("The elected officials answer each point before {day}.", day=day(talk, promised) if promised else ""),
        ),
        "facts": besides(first, who_reads(talk)),
    }
    if process.opens_on:
        return (
            _("{city}: the question on {process} opens on {day}. Another project? {choices}.{facts}", **values)
            if others and talk.sms
            else _("{city}: the question on {process} opens on {day}.{facts}", **values)
        )
    return (
        _("{city}: the question on {process} is closed since {day}.{answer} Another project? {choices}.{facts}", **values)
        if others and talk.sms
        else _("{city}: the question on {process} is closed since {day}.{answer}{facts}", **values)
    )
