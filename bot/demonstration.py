"""The invented city comes to life through the real code, and one contribution walks the whole line."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from bot.app import Service
from bot.clock import Clock
from bot.settings import read
from bot.simulator.account import COLLEAGUE, EMAIL, PASSWORD
from conversations.messages import Inbound, Words
from outreach import agenda, answers, avenue, db, documents, hours, invented, keyhole, outbox, processes, staff, yard
from outreach.answers import Assigned, Handed, Note
from outreach.contributions import decisions, queue
from outreach.crypto import make_key_file, read_key_file
from outreach.db import Database
from outreach.invented import Voice
from outreach.projects import Project

DATABASE = "sorlac.db"
CROWD = 32  # who writes at the same time
PUBLISHED = 36  # texts that stand on the public page before anybody plays
SQUARE = "place-du-marche"
PARIS = ZoneInfo("Europe/Paris")
PHONE = "+33639980099"
BEFORE = timedelta(days=3)
"""The weekend whose messages wait on Monday."""
_SPRING = avenue.READ + avenue.STUDIED


class Broken(Exception):
    """The line did not hold; the message says where."""


@dataclass(frozen=True)
class Accounts:
    """Who may sign in to the demonstration's desk."""

    email: str
    password: str
    token: str


def monday(now: datetime) -> datetime:
    """08:30 of the next Monday that is no holiday, in Paris: when a moderator finds two hundred messages."""
    day = now.astimezone(PARIS).date()
    while True:
        day += timedelta(days=(7 - day.weekday()) % 7 or 7)
        morning = datetime.combine(day, time(8, 30), PARIS)
        if hours.next_decent(morning, "notice", PARIS) == morning:
            return morning


def environment(folder: Path, port: int) -> dict[str, str]:
    """The settings of the demonstration; its clock shows a Monday morning."""
    now = Clock().now()
    return {
        "ALLERVERS_DATABASE_URL": f"sqlite:///{folder.resolve()}/{DATABASE}",
        "ALLERVERS_KEY_FILE": str(folder.resolve() / "sorlac.key"),
        "ALLERVERS_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "ALLERVERS_HOST": "127.0.0.1",
        "ALLERVERS_PORT": str(port),
        "ALLERVERS_SIMULATOR": "1",
        "ALLERVERS_CLOCK": str(int((monday(now) - now).total_seconds())),
        "ALLERVERS_LANGUAGES": "fr,en",
        "ALLERVERS_CITY": invented.CITY,
        "ALLERVERS_CITY_SMS": invented.CITY,
        "ALLERVERS_CONTROLLER": invented.CITY,
        "ALLERVERS_DPO": "dpo@sorlac.example",
        "ALLERVERS_LEGAL_BASIS": "mission d'intérêt public, délibération 2027-003",
        "ALLERVERS_PHONE": "02 61 91 00 00",
        "ALLERVERS_SMS_NUMBER": "09 37 00 00 00",
        "ALLERVERS_TELEGRAM_NAME": "VilleDeSorlacBot",
        "ALLERVERS_LOG": "warning",
    }


async def build(variables: dict[str, str]) -> Accounts:
    """Make the database and its key, the processes, the people and a weekend of messages."""
    spring = {
        "ALLERVERS_CLOCK": str(int(variables["ALLERVERS_CLOCK"]) - int(_SPRING.total_seconds())),
        "ALLERVERS_KANNEL_RATE": "1000",
        "ALLERVERS_TELEGRAM_RATE": "1000",
    }
    settings = read(variables | spring, None)
    make_key_file(settings.key_file)
    database = Database(settings.database_url)
    db.migrate(database)
    with database.write() as session:
        keyhole.prove(session, read_key_file(settings.key_file))
    database.close()
    async with Service(settings, "work").running() as service:
        accounts = await _people(service)
        await _answered_today(service)
        await _open_processes(service)
        await _nearly_answered(service)
        await _weekend(service)
        await _publish_some(service)
        await _sign_up(service)
        await _until_sent(service)
        await service.ledger.write(agenda.forget_advance)
    return accounts


async def _people(service: Service) -> Accounts:
    ledger, now = service.ledger, service.clock.now
    invitation = await ledger.write(staff.add, now(), EMAIL, ("moderator", "staff", "lead"))
    await ledger.write(staff.set_password, now(), invitation, PASSWORD)
    invitation = await ledger.write(staff.add, now(), COLLEAGUE, ("lead",))
    await ledger.write(staff.set_password, now(), invitation, PASSWORD)
    token = await ledger.write(staff.make_token, now(), "demonstration", "lead")
    return Accounts(EMAIL, PASSWORD, token)


async def _open_processes(service: Service) -> None:
    today = service.clock.now().astimezone(PARIS).date()
    for text in (invented.market_square(today), invented.bicycle_plan(today)):
        document = documents.parse(text.encode(), yaml=True)
        put = await service.ledger.write(processes.put, service.clock.now(), document, "staff:demonstration")
        await service.ledger.write(processes.open, service.clock.now(), put.slug, "staff:demonstration")


async def _answered_today(service: Service) -> None:
    """A project whose answer was promised for the demonstration's own day: all is decided, it only has to be published (scene 1)."""
    began, today = service.clock.now(), service.clock.now().astimezone(PARIS).date()
    refs = await _said(service, avenue.AVENUE, avenue.document(today))
    await service.metronome.advance(began + avenue.READ - service.clock.now())
    await _handed_over(service, avenue.AVENUE, refs, dict.fromkeys(range(1, 13), today + _SPRING))
    await service.metronome.advance(began + _SPRING - BEFORE - service.clock.now())
    await _decided(service, avenue.AVENUE)


async def _nearly_answered(service: Service) -> None:
    """A project whose avis is decided but for one point, which waits for its service (scene 7)."""
    today = service.clock.now().astimezone(PARIS).date()
    refs = await _said(service, yard.YARD, yard.document(today))
    late, soon = today - timedelta(days=6), today + timedelta(days=6)  # the demonstration begins three days later
    await _handed_over(service, yard.YARD, refs, dict.fromkeys(range(1, 13), soon) | {yard.WAITS: late})
    await _decided(service, yard.YARD)


async def _said(service: Service, project: Project, document: str) -> dict[str, str]:
    """Open it; thirty people write, and are published: references by what was written."""
    write, now, actor = service.ledger.write, service.clock.now, "staff:demonstration"
    await write(processes.put, now(), documents.parse(document.encode(), yaml=True), actor)
    await write(processes.open, now(), project.slug, actor)
    await _crowds(service, project.voices())
    page = await service.ledger.read(queue.listing, now(), process=project.slug, limit=CROWD)
    for item in page.items:
        await write(decisions.decide, now(), item.ref, "token:demonstration", decisions.Decision(kind="accept"), timedelta())
    await service.metronome.sweep()
    await _until_sent(service)
    return {item.text: item.ref for item in page.items}


async def _handed_over(service: Service, project: Project, refs: dict[str, str], due: dict[int, date]) -> None:
    write, now, actor = service.ledger.write, service.clock.now, "staff:demonstration"
    handed = Handed("40 habitants", "à la maire", now().astimezone(PARIS).date(), project.left_out)
    await write(answers.hand_over, now(), project.slug, project.avis(refs), handed, actor)
    for place, day in due.items():
        await write(answers.assign, now(), project.slug, place, Assigned("Espaces verts", "", day), actor)


async def _decided(service: Service, project: Project) -> None:
    write, now, actor = service.ledger.write, service.clock.now, "staff:demonstration"
    for place, position in project.positions(now().astimezone(PARIS).date()):
        await write(answers.study, now(), project.slug, place, Note("yes", "", "", ""), actor)
        await write(answers.decide, now(), project.slug, place, position, actor)


async def _weekend(service: Service) -> None:
    await _crowds(service, invented.voices())


async def _crowds(service: Service, voices: Iterable[Voice]) -> None:
    people = iter(list(voices))
    while crowd := list(islice(people, CROWD)):
        for number in range(max(len(voice.messages) for voice in crowd)):
            await _say(service, [(voice, voice.messages[number]) for voice in crowd if number < len(voice.messages)], first=number == 0)
        await service.metronome.advance(timedelta(seconds=90))
        await _say(service, [(voice, voice.answer) for voice in crowd])
        await _say(service, [(voice, voice.opt_in) for voice in crowd if voice.opt_in and voice.answer == "1"])
        await _until_sent(service)
        await service.metronome.advance(timedelta(hours=1))


async def _say(service: Service, lines: Sequence[tuple[Voice, str]], *, first: bool = False) -> None:
    async def one(voice: Voice, text: str) -> None:
        words = Words(f"{voice.keyword} {text}" if first else text)
        await service.ledger.receive(
            Inbound(
                "simulator",
                "demo",
                f"{voice.address}:{service.clock.now():%d%H%M%S%f}",
                voice.network,
                voice.address,
                words,
                service.clock.now(),
            )
        )

    await asyncio.gather(*(one(voice, text) for voice, text in lines))


async def _publish_some(service: Service) -> None:
    page = await service.ledger.read(queue.listing, service.clock.now(), process=SQUARE, limit=PUBLISHED)
    for item in page.items:
        decision = decisions.Decision(kind="accept")
        await service.ledger.write(decisions.decide, service.clock.now(), item.ref, "token:demonstration", decision, timedelta())
    await service.metronome.sweep()


async def _sign_up(service: Service) -> None:
    """Most seats of the first workshop are taken, and some wait for more than are left."""
    for crowd in (list(invented.comers(invented.COME, 0)), list(invented.comers(invented.WAIT, len(invented.COME)))):
        for number in range(max(len(voice.messages) for voice in crowd)):
            await _say(service, [(voice, voice.messages[number]) for voice in crowd])
    await _until_sent(service)


async def _until_sent(service: Service) -> None:
    for _ in range(600):
        service.sender.ring()
        if not [*await service.ledger.read(outbox.listing, "queued"), *await service.ledger.read(outbox.listing, "sending")]:
            return
        await asyncio.sleep(0.05)
    raise Broken("the first messages did not leave")


async def whole_line(variables: dict[str, str], accounts: Accounts) -> Iterator[str]:
    """A keypad phone, the desk, the public page and the phone again; the lines of a transcript. Raises Broken."""
    base = variables["ALLERVERS_PUBLIC_URL"]
    lines: list[str] = ["", "The whole line, by SMS:", ""]
    async with _http(accounts) as http:
        await _awake(http, base)
        phone = f"{base}/simulator/sms/{PHONE}/messages"
        seen = ""

        async def said() -> str:
            nonlocal seen
            for _ in range(100):
                async with http.get(phone, params={"after": seen} if seen else {}) as answer:
                    items = (await answer.json())["items"]
                if items:
                    seen = items[-1]["id"]
                    lines.extend(f"  < {item['text']}   [{item['parts']} SMS]" for item in items)
                    return str(items[-1]["text"])
                await asyncio.sleep(0.1)
            raise Broken("no answer came to the phone")

        async def say(text: str) -> None:
            lines.append(f"  > {text}")
            await _ok(http.post(phone, json={"text": text}))

        await say("Place des bancs et de l'ombre, l'été on ne peut pas attendre le tram debout")
        await _ok(http.post(f"{base}/simulator/clock", json={"advance": 61}))
        lines.append("  … 60 s")
        await said()
        await say("1")
        await said()
        ref = await _waiting(http, base, "attendre le tram debout")
        if ref is None:
            raise Broken("the contribution is not in the queue")
        await _ok(http.post(f"{base}/api/v1/contributions/{ref}/claim"))
        await _ok(http.post(f"{base}/api/v1/contributions/{ref}/decision", json={"decision": "accept"}))
        lines.append(f"  (a moderator reads {ref} at the desk and accepts it)")
        await _ok(http.post(f"{base}/simulator/clock", json={"advance": 2}))
        await said()
        async with http.get(f"{base}/suivi/{ref}") as answer:
            if "attendre le tram debout" not in await answer.text():
                raise Broken("the public page does not show the contribution")
        lines.append(f"  (published: {base}/suivi/{ref})")
    return iter(lines)


async def _waiting(http: aiohttp.ClientSession, base: str, words: str) -> str | None:
    """The reference of what waits to be read and holds these words."""
    query = {"state": "received", "limit": "200"}
    while True:
        async with http.get(f"{base}/api/v1/contributions", params=query) as answer:
            page = await answer.json()
        if found := [str(item["ref"]) for item in page["items"] if words in item["text"]]:
            return found[0]
        if not page["next"]:
            return None
        query["cursor"] = page["next"]


@asynccontextmanager
async def _http(accounts: Accounts) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {accounts.token}"}) as session:
        yield session


async def _awake(http: aiohttp.ClientSession, base: str) -> None:
    for _ in range(200):
        try:
            async with http.get(f"{base}/ready") as answer:
                if answer.status == 200:  # noqa: PLR2004 - OK
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.1)
    raise Broken(f"the service does not answer on {base}: is another one on that port?")


async def _ok(request: Any) -> None:  # noqa: ANN401 - aiohttp's request context
    async with request as answer:
        if answer.status >= 400:  # noqa: PLR2004 - an error
            raise Broken(f"{answer.method} {answer.url.path} answered {answer.status}: {(await answer.text())[:200]}")
