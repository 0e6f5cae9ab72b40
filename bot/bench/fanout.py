"""A campaign's audience, from who agreed to one row a person, beside the plain INSERT … SELECT; replies and a pause meanwhile."""

import asyncio
import contextlib
import os
import resource
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from bot.bench import Contest, Run, Unfaithful

PEOPLE = int(os.environ.get("ALLERVERS_BENCH_PEOPLE", "1000000"))
_REPLIES_EVERY = 0.05  # seconds
_MOST_MEMORY = 200 * 1024  # kilobytes, above what the process had before
_LONGEST_PAUSE = 5.0


@contextlib.contextmanager
def contest() -> Iterator[Contest]:
    """One city with its people, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="allervers-bench-") as folder:
        bench = _Fanout(Path(folder))
        try:
            yield Contest(bench.ours, bench.floor, bench.verify, f"{PEOPLE} people")
        finally:
            bench.close()


class _Fanout:
    def __init__(self, folder: Path) -> None:
        from bot.bench.people import settle_in
        from bot.clock import Clock
        from bot.settings import read
        from bot.telemetry import configure
        from outreach import documents, invented, processes

        configure("error")
        url = os.environ.get("ALLERVERS_BENCH_DATABASE_URL", f"sqlite:///{folder}/bench.db")
        environ = {"DATABASE_URL": url, "KEY_FILE": f"{folder}/key.json", "CITY": "Ville de Nantes", "CONTROLLER": "Ville de Nantes"}
        environ |= {"DPO": "dpo@ville.example", "LEGAL_BASIS": "délibération du 8 octobre 2021"}
        self._clock = Clock()
        now = self._clock.now()
        self._database = settle_in(read({f"ALLERVERS_{name}": value for name, value in environ.items()}), PEOPLE, now, channel="kannel")
        with self._database.write() as session:
            document = documents.parse(invented.market_square(now.date()).encode(), yaml=True)
            processes.put(session, now, document, "command")
            processes.open(session, now, document.slug, "command")
            self._started(session, document.slug)  # the floor needs a campaign to fill
        self._slug = document.slug
        self._memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._pauses: list[float] = []
        self._filled: list[int] = []

    def close(self) -> None:
        self._database.close()

    def ours(self) -> Run:
        """Slices through the ledger, while replies are written every twentieth of a second; paused once in the middle."""
        return asyncio.run(self._fan_out())

    async def _fan_out(self) -> Run:
        from bot.ledger import Ledger
        from outreach import agenda, campaigns, phonebook

        ledger = Ledger(self._database, self._clock.now)
        await ledger.start()
        subject = await ledger.write(self._started, self._slug)
        times: list[float] = []
        replying = asyncio.create_task(self._reply(ledger, times))
        spent, paused, met = 0.0, False, 0
        while (await ledger.read(agenda.due, self._clock.now())).filling:
            begun = perf_counter()
            met += await ledger.write_bulk(campaigns.fill, self._clock.now())
            spent += perf_counter() - begun
            if not paused and met > PEOPLE // 2:
                paused = True
                begun = perf_counter()
                await ledger.write(campaigns.pause, self._clock.now(), subject, "staff:1")
                self._pauses.append(perf_counter() - begun)
                await ledger.write(campaigns.resume, self._clock.now(), subject, "staff:1")
        replying.cancel()
        await asyncio.gather(replying, return_exceptions=True)
        self._filled.append((await ledger.read(campaigns.get, subject)).people)
        await ledger.write(campaigns.cancel, self._clock.now(), subject, "staff:1")
        await ledger.write_bulk(phonebook.clear)
        await ledger.stop()
        return Run(PEOPLE / spent, tuple(times))

    def _started(self, session: Any, slug: str) -> str:  # noqa: ANN401 - the doors don't know sessions
        from outreach import campaigns

        now = self._clock.now()
        draft = campaigns.Draft(process=slug, kind="panel", texts={"fr": "nous cherchons 40 habitants", "en": "we look for 40"})
        subject = campaigns.create(session, now, draft, "staff:1").id
        campaigns.tried(session, now, subject, "staff:1")
        campaigns.submit(session, now, subject, "staff:1")
        campaigns.approve(session, now, subject, "staff:2")
        campaigns.begin_due(session, now + timedelta(seconds=1))
        return subject

    async def _reply(self, ledger: Any, times: list[float]) -> None:  # noqa: ANN401 - imported where it is used
        """What a person who writes meanwhile waits for: their message in, its answer out."""
        from conversations.messages import Inbound, Words

        number = 0
        while True:
            number += 1
            key, who = f"bench-{id(times)}-{number}", f"+33{number:09d}"
            said = Inbound("kannel", "38100", key, "sms", who, Words("SUIVI", "m"), self._clock.now())
            begun = perf_counter()
            await ledger.receive(said)
            times.append((perf_counter() - begun) * 1000)
            await asyncio.sleep(_REPLIES_EVERY)

    def floor(self) -> Run:
        """One statement, into the same table."""
        from outreach import phonebook

        begun = perf_counter()
        with self._database.write() as session:
            phonebook.plain_fan_out(session, self._clock.now())
        spent = perf_counter() - begun
        with self._database.write() as session:
            phonebook.clear(session)
        return Run(PEOPLE / spent)

    def verify(self) -> None:
        """Everybody was met, the pauses were quick, the memory stayed. Raises Unfaithful."""
        if any(abs(people - PEOPLE) > 1000 for people in self._filled):  # noqa: PLR2004 - those who wrote meanwhile are more
            raise Unfaithful(f"people filled in: {self._filled}, there are {PEOPLE}")
        if max(self._pauses, default=0) > _LONGEST_PAUSE:
            raise Unfaithful(f"a pause took {max(self._pauses):.1f} s")
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - self._memory
        if grown > _MOST_MEMORY:
            raise Unfaithful(f"the fan-out took {grown // 1024} MB")
