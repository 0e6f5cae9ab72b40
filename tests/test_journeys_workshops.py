"""Every row of the table of a workshop (journeys 3.5) over the real peers, the parts of each SMS counted, each thing told once."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta

import icalendar
import pytest
import pytest_asyncio

from bot.clock import Clock
from outreach import agenda, invented
from outreach.hours import next_decent
from tests.city import ZONE
from tests.connected import Connected, connected
from tests.inhabitants import BySms, Inhabitant, told

pytestmark = [pytest.mark.peer, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]  # the peers may install themselves

SLUG = "place-du-marche"
FIRST, SECOND = "Maison des Tilleuls|Maison de quartier des Tilleuls.*", "Halle du Marché|Halle du marché"
REMOTE = "remote: {url: 'https://visio.sorlac.example/place', phone: 09 37 00 00 11, capacity: 5}"


def evening(today: date) -> datetime:
    """18:30 of the first Wednesday in a fortnight, no day of the story a holiday."""
    when = datetime.combine(today + timedelta(days=15), time(18, 30), ZONE)
    while any(next_decent(day, "notice", ZONE) != day for day in (when + timedelta(days=days) for days in (-5, -1, 0, 1, 9))):
        when += timedelta(days=7)
    return when


def two_seats(today: date) -> str:
    """The market square with two seats on a Wednesday, and another date in a hall of twenty that people may join from home."""
    first = evening(today)
    text = invented.market_square(today)
    for old, new in (
        (f"{today + timedelta(days=20)}T18:30", f"{first:%Y-%m-%dT%H:%M}"),
        (f"{today + timedelta(days=20)}T20:30", f"{first:%Y-%m-%d}T20:30"),
        (f"{today + timedelta(days=27)}T12:30", f"{first + timedelta(days=9):%Y-%m-%d}T12:30"),
        (f"{today + timedelta(days=27)}T14:00", f"{first + timedelta(days=9):%Y-%m-%d}T14:00"),
        ("capacity: 30", "capacity: 2"),
        ("capacity: 20", f"capacity: 20\n    {REMOTE}"),
    ):
        assert old in text
        text = text.replace(old, new)
    return text


class Meeting:
    """The story's verbs, the same words for both networks."""

    def __init__(self, place: Connected, network: str) -> None:
        self.place, self.network = place, network
        self.starts = evening(place.city.today)

    async def to(self, when: datetime) -> None:
        """Let the city's clock come to this instant."""
        with self.place.city.database() as database, database.read() as session:
            now = Clock(self.place.city.reading().clock).now() + agenda.advanced(session)
        assert when > now
        await self.place.city.advance(self.place.http, (when - now).total_seconds())
        await self.place.city.drained()

    async def hears(self, who: Inhabitant, pattern: str, parts: int, since: int = 0) -> str:
        """It is said once after the `since`th message, in no more parts than the table allows."""
        text = await told(who, pattern, since)
        if isinstance(who, BySms):
            assert who.parts[who.rang.index(text)] <= parts, text
        return text

    async def asks(self, who: Inhabitant, which: str = FIRST) -> str:
        """ATELIER, then one of the two; what is told of it."""
        await self.place.asks(who, "workshops")
        await self.hears(who, r"Lequel (vous intéresse )?\?", 2)
        await self.place.chooses(who, "1" if which is FIRST else "2", f"[A-Z].*({which})")
        return await self.hears(who, rf"({which}).*\(.*Vous venez \?", 2)

    async def comes(self, who: Inhabitant, which: str = FIRST) -> None:
        await self.asks(who, which)
        await self.place.chooses(who, "1", "Oui")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sms", "telegram"])
async def meeting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Meeting]:
    async with connected(tmp_path_factory.mktemp("workshops"), process=two_seats) as place:
        place.city.start()
        await place.city.ready(place.http)
        yield Meeting(place, request.param)


SEATED = r"C'est noté, {seats} pour vous.*Code à l'entrée ?: (\d{{4}})"


async def test_a_workshop_from_the_first_word_to_the_door(meeting: Meeting) -> None:
    ana, ben, cem, dia, eve, fay = people = tuple(meeting.place.somebody(meeting.network) for _ in range(6))
    await _sign_up(meeting, ana, ben)
    await _full(meeting, dia, (cem, dia, eve, fay))
    await _five_days_before(meeting, (ana, ben), cem, (dia, eve, fay))

    await meeting.place.asks(ana, "stop")
    await meeting.hears(ana, r"c'est fait, plus de .*sauf si l'atelier du .* est annulé. Votre place reste", 1)
    quiet = [len(one.rang) for one in (ana, ben)]
    await _the_last_day(meeting, cem, (eve, fay))
    await meeting.to(meeting.starts + timedelta(hours=12))
    assert [len(one.rang) for one in (ana, ben)] == quiet

    for one in people:  # what was asked for again may be said again, nothing else
        said = [text for text in one.rang if "Lequel" not in text and "(accès" not in text]
        assert len(said) == len(set(said)), said


async def _sign_up(meeting: Meeting, ana: Inhabitant, ben: Inhabitant) -> None:
    """Companions and needs are optional words."""
    place, hears = meeting.place, meeting.hears
    await meeting.asks(ana)
    await place.writes(ana, "je viens avec mon mari")
    await hears(ana, SEATED.format(seats="2 places"), 2)
    if not isinstance(ana, BySms):
        (sent,) = await place.telegram.until("sendDocument")
        name, kind, content = sent["document"]
        assert (sent["chat_id"], name, kind) == (ana.address, "atelier-1.ics", "text/calendar")
        (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
        assert event.decoded("DTSTART") == meeting.starts
    await place.writes(ana, "1 place")
    await hears(ana, SEATED.format(seats="une place"), 2)
    await place.asks(ana, "need")
    await hears(ana, "de quoi avez-vous besoin", 2)
    await place.writes(ana, "une rampe svp")
    await hears(ana, "L'équipe de l'atelier peut-elle le lire", 2)
    await place.chooses(ana, "1", "Oui")
    await hears(ana, "l'équipe le prépare", 1)
    await meeting.comes(ben)
    await hears(ben, SEATED.format(seats="une place"), 2)


async def _full(meeting: Meeting, takes_the_other: Inhabitant, people: tuple[Inhabitant, ...]) -> None:
    """The rank, and the other date in the same message."""
    ranks = iter((1, 2, 2, 3))
    for who in people:
        await meeting.comes(who)
        await meeting.hears(who, rf"est complet. Vous avez le rang {next(ranks)}\..*Autre date ?: vendredi .*, \d\d places", 2)
        if who is takes_the_other:
            await meeting.place.chooses(who, "1", "Oui")
            await meeting.hears(who, rf"une place pour vous ?:.*({SECOND})", 2)
        else:
            await meeting.place.chooses(who, "2", "Non, je garde mon rang")
            await meeting.hears(who, "vous gardez votre rang", 1)


async def _five_days_before(
    meeting: Meeting, seated: tuple[Inhabitant, Inhabitant], first_in_line: Inhabitant, others: tuple[Inhabitant, ...]
) -> None:
    """Those who hold a seat alone are asked; 2 frees it at once, and the first of the line is offered it."""
    place, hears = meeting.place, meeting.hears
    await meeting.to(meeting.starts - timedelta(days=5, hours=-1))
    for who in seated:
        await hears(who, rf"(?<!demain )mercredi.*({FIRST}).*Code \d{{4}}.*Vous venez", 1)
    quiet = [len(one.rang) for one in others]
    await place.chooses(seated[1], "2", "Non, je laisse ma place")
    await hears(seated[1], "votre place est libre pour une autre personne", 1)
    await hears(first_in_line, rf"une place pour vous !.*({FIRST}).*Gardée jusqu'à", 2)
    await place.chooses(first_in_line, "1", "Je la prends")
    await hears(first_in_line, SEATED.format(seats="une place"), 2)
    assert [len(one.rang) for one in others] == quiet


async def _the_last_day(meeting: Meeting, cem: Inhabitant, line: tuple[Inhabitant, Inhabitant]) -> None:
    """ "Tomorrow"; then a seat that is left goes to the first answer."""
    place, hears = meeting.place, meeting.hears
    await meeting.to(meeting.starts - timedelta(days=1, hours=-1))
    await hears(cem, r"demain mercredi.*Vous venez", 1)
    await meeting.to(meeting.starts - timedelta(hours=9))
    await place.asks(cem, "leave")
    await hears(cem, "votre place est libre", 1)
    await meeting.to(meeting.starts - timedelta(hours=7))
    for who in line:
        await hears(who, "une place pour vous !.*La première réponse la prend", 2)
    await place.chooses(line[1], "1", "Je la prends")
    await hears(line[1], SEATED.format(seats="une place"), 2)
    await place.chooses(line[0], "1", "Je la prends")
    await hears(line[0], r"La place vient de partir, pardon. Vous gardez le rang 1\..*Autre date", 2)


async def test_a_date_that_moves_a_call_from_home_and_a_cancellation(meeting: Meeting) -> None:
    place, hears = meeting.place, meeting.hears
    gus, hal, ida = (place.somebody(meeting.network) for _ in range(3))
    await meeting.to(meeting.starts + timedelta(hours=16))
    second = datetime.combine(meeting.starts.date() + timedelta(days=9), time(12, 30), ZONE)

    async def asks(who: Inhabitant) -> None:
        await place.asks(who, "workshops")  # the first one is over: one date, asked at once
        await hears(who, rf"({SECOND}).*Vous venez", 2)

    await asks(gus)
    await place.chooses(gus, "1", "Oui")
    await hears(gus, SEATED.format(seats="une place"), 2)
    for who in (hal, ida):
        await asks(who)
        await place.chooses(who, "3", "À distance")
        await hears(who, r"une place pour vous à distance.*une heure avant", 2)
    await place.asks(ida, "stop")
    await hears(ida, "sauf si l'atelier", 1)

    # moved: told to who has a seat, who said STOP excepted
    url = f"/processes/{SLUG}"
    document = await place.city.api(place.http, "GET", url)
    document["workshops"][1]["starts_at"] = (second + timedelta(hours=1)).isoformat()
    document["workshops"][1]["ends_at"] = (second + timedelta(hours=3)).isoformat()
    before = len(ida.rang)
    await place.city.api(place.http, "PUT", url, document)
    for who in (gus, hal):
        await hears(who, "change.*13h30.*Votre place (à distance )?reste", 2)
    assert len(ida.rang) == before

    # an hour before, those from home have a number to call: the link is not shown here
    await meeting.to(second + timedelta(minutes=20))
    await hears(hal, r"commence à 13h30. Pour venir à distance, appelez le 09 37 00 00 11", 2)
    assert not any("commence à" in text for text in gus.rang + ida.rang)

    # cancelled: the one thing that is told after STOP, too
    document["workshops"][1]["status"] = "cancelled"
    await place.city.api(place.http, "PUT", url, document)
    for who in (gus, hal, ida):
        await hears(who, "annulé, nous (en )?sommes désolés", 1)
    await meeting.to(second + timedelta(hours=3))
    for who in (gus, hal, ida):
        assert sum(bool(re.search("annulé, nous", text)) for text in who.rang) == 1
        assert sum(bool(re.search("change.*13h30", text, re.DOTALL)) for text in who.rang) == (who is not ida)
