"""What a citizen's phone will show, before anything is sent: the same voice, the same counting."""

from typing import NamedTuple

from aiohttp import web

from bot.web.keys import CLOCK, HOUSE
from conversations import engine, scripts, segments
from conversations.facts import Facts
from conversations.notices import Responded
from conversations.steps import State, Turn
from outreach.answers import Point

_REF = "48210736"


class Preview(NamedTuple):
    """An SMS in one language: its words and what it costs."""

    language: str
    text: str
    units: int
    parts: int
    encoding: str


def previews(request: web.Request, point: Point) -> list[Preview]:
    """Message 12 for this point, in each language offered; nothing while it has no decision."""
    answer = point.response
    if answer is None:
        return []
    house, told = request.app[HOUSE], Responded(_REF, point.number, answer.decision, answer.sms_reason, answer.sms_done)
    now = request.app[CLOCK].now().astimezone(house.timezone)
    facts = Facts(now, "sms", house.city, house.languages, catalogues=house.catalogues)
    found = []
    for language in house.languages:
        turn = engine.prompt(State(language=language), told, facts, now)
        if isinstance(turn, Turn):
            text = scripts.show(turn.says[-1], house.catalogues[language], "sms").text
            cost = segments.count(text)
            found.append(Preview(language, text, cost.units, cost.parts, cost.encoding))
    return found
