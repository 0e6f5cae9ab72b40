"""What an invented project with an avis is made of: thirty people's words, twelve points that cite them, what was decided of each."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from conversations.messages import Network
from outreach.answers import Position
from outreach.invented import Voice
from outreach.spreadsheets import for_people

_PEOPLE = 30
_MONTHS = {"mars": 3, "avril": 4, "mai": 5, "juin": 6}


class Point(NamedTuple):
    """A point of the avis, and the words that it takes up; `decision` is "" while it waits for its service.

    `done` names the month before which it will be, with its {year}.
    """

    title: str
    said: str
    decision: str = ""
    done: str = ""
    reason: str = ""
    reason_en: str = ""


class Project(NamedTuple):
    """The first people are taken up by a point, two each; what the last ones said is read and set aside."""

    slug: str
    keywords: tuple[str, str]  # French, English
    first: int  # of its telephone numbers and of its chats
    points: tuple[Point, ...]
    also: tuple[str, str]  # how the second one of a point goes on
    aside: tuple[str, ...]
    left_out: str
    decided_by: str

    def voices(self) -> Iterator[Voice]:
        """Thirty people: every fifth reads English, every third is on Telegram."""
        cited = len(self.points) * len(self.also)
        for number in range(_PEOPLE):
            also, place = divmod(number, len(self.points))
            said = self.aside[number - cited] if number >= cited else self.points[place].said + self.also[also]
            network: Network = "telegram" if number % 3 == 2 else "sms"  # noqa: PLR2004 - every third
            address = str(700_000_001 + self.first + number) if network == "telegram" else f"+336399{80_000 + self.first + number}"
            yield Voice(network, address, (said,), self.keywords[number % 5 == 4], "1")  # noqa: PLR2004 - every fifth

    def rings(self, point: int) -> str:
        """The keypad phone of somebody whose words this point takes up."""
        (number, *_others) = (one.address for at, one in enumerate(self.voices()) if at % 12 == point - 1 and one.network == "sms")
        return number

    def avis(self, refs: Mapping[str, str]) -> bytes:
        """The citizens' opinion, as the spreadsheet that is imported; `refs` by what was written, as it came."""
        many, cited = len(self.points), len(self.points) * len(self.also)
        written = [refs[f"{voice.keyword} {voice.messages[0]}"] for voice in self.voices()]
        rows = (
            (at + 1, one.title, f"{one.title} : « {one.said} ».", ", ".join(written[at:cited:many])) for at, one in enumerate(self.points)
        )
        return for_people([("Point", "Titre", "Texte", "Avis cités"), *rows])

    def positions(self, today: date) -> Iterator[tuple[int, Position]]:
        """What was decided about each point but those that wait; its number and the decision."""
        year = (today + timedelta(days=400)).year
        for number, one in enumerate(self.points, 1):
            if one.decision:
                month = next((_MONTHS[word] for word in _MONTHS if word in one.done), 1)
                due = date(year, month, 1) if one.done else None
                reasons = f"{one.reason[:1].upper()}{one.reason[1:]}. Le service l'a vérifié sur place."
                others = {"en": {"reason": one.reason_en}}
                done = one.done.format(year=year)
                yield number, Position(one.decision, self.decided_by, today, reasons, done, one.reason, due, others)
