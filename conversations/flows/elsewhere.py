"""Other projects, proposed where one takes no words of this person."""

from collections.abc import Callable

from conversations.facts import Process
from conversations.messages import Choice, Say
from conversations.phrases import named
from conversations.talk import PARTS, Talk
from conversations.text import Text

MOST = 2
"""Other projects that are proposed; by SMS as many as two parts have room for."""


def others(talk: Talk, but: Process) -> list[Process]:
    """Those that may be proposed."""
    return [other for other in talk.writable() if other.slug != but.slug][:MOST]


def propose(talk: Talk, but: Process, wording: Callable[[bool], Text]) -> None:
    """Say it with the other projects, a digit or a button each; `wording` is told whether there are any."""
    among = others(talk, but)
    choices = tuple(Choice(f"p{place}", named(talk, other), row=place) for place, other in enumerate(among))
    while talk.sms and choices and talk.parts(Say(wording(True), choices)) > PARTS:
        among, choices = among[:-1], choices[:-1]
    if choices:
        talk.ask("welcome:which", wording(True), choices, about=f"write {','.join(other.slug for other in among)}")
    else:
        talk.say(wording(False))
