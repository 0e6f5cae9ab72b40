"""One network's way out: takes its lease, claims what is due, marks what may leave now."""

import asyncio
import time
from collections import deque
from collections.abc import Collection

from bot.channels import Clock
from bot.sender.answers import jittered
from bot.sender.flight import DOUBTS, Flight, Tenure
from bot.sender.pace import Pace
from bot.sender.routes import Routes
from bot.sender.settler import PATIENCE, Settler
from bot.sender.words import Ledger, Manners, complain
from bot.telemetry import log
from conversations.messages import Network
from outreach import leases, outbox
from outreach.outbox import URGENCIES, Claimed, Settled

MARKED_AT_ONCE = 8
LOOK_EVERY = 0.1  # seconds, while much is leaving: another process may have put a reply there, and its bell is not heard here
FLYING = 128  # sends that wait for the provider's answer
WAITING = 100  # claimed rows kept ready, or a second's worth
CHAT_GAP, CHAT_BURST = 1.0, 3
"""Telegram: one message a second to a chat; a few answers in a row are tolerated."""


class Line:
    """Holds the lease of a network while it can, and sends what is due, in order, at the network's pace."""

    def __init__(
        self, network: Network, ledger: Ledger, clock: Clock, routes: Routes, *, rate: float, holder: str, manners: Manners
    ) -> None:
        """`rate`: messages a second that the provider allows. `holder`: this run's name."""
        self.network, self.fatal = network, ""
        self._ledger, self._clock, self._routes, self._rate = ledger, clock, routes, rate
        self._holder, self._manners = holder, manners
        self._settler = Settler(network, ledger, clock, rate=rate)
        self._settler.after_settling = self._settled
        self._stopping = False
        # a kill leaves every marked message in doubt: 8 at most, or 100 milliseconds' worth, stand before the socket
        self._ahead = max(1, min(MARKED_AT_ONCE, int(rate / 5)), int(rate / 10))
        self._at_once = max(MARKED_AT_ONCE, int(rate / 20))
        self._room = max(WAITING, int(rate))
        self._awake = asyncio.Event()
        self._must_look = True  # something may be due that was not claimed
        self._looked_at = 0.0  # by the monotonic clock
        self._left_behind = False  # of what may wait, when the hand was full
        self._waiting: dict[str, deque[Claimed]] = {urgency: deque() for urgency in URGENCIES}
        self._known: set[int] = set()  # claimed, marked or not yet settled

    def ring(self) -> None:
        """Something may be due: look now."""
        self._must_look = True
        self._awake.set()

    def stop(self) -> None:
        """Take nothing more; `run` ends when what is on its way has its answer."""
        self._stopping = True
        self._awake.set()

    async def run(self) -> None:
        """Until stopped, or until the provider wants nothing from us any more."""
        writing = asyncio.create_task(self._settler.run())
        try:
            while not (self._stopping or self.fatal):
                try:
                    await self._try_to_hold()
                except Exception as error:  # noqa: BLE001 - whatever happened, the network goes on
                    complain("sender_stumbled", self.network, error)
                    await self._rest(jittered(self._manners.poll))
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _try_to_hold(self) -> None:
        asked_at = time.monotonic()
        epoch = await self._lease()
        if epoch is None:
            await self._rest(self._manners.lease / 3)
            return
        is_chat = self.network == "telegram"
        pace = Pace(self._rate, gap=CHAT_GAP if is_chat else 0, burst=CHAT_BURST, rest=self._manners.rest if epoch > 1 else 0)
        tenure = Tenure(epoch, pace, asked_at + self._manners.lease)
        try:
            await self._serve(tenure)
        finally:
            self.fatal = tenure.fatal
            await self._release()

    async def _lease(self) -> int | None:
        epoch: int | None = await self._ledger.write(leases.hold, outbox.lease_name(self.network), self._holder, self._manners.lease)
        return epoch

    async def _release(self) -> None:
        try:
            await self._ledger.write(leases.release, outbox.lease_name(self.network), self._holder)
        except Exception as error:  # noqa: BLE001 - it runs out by itself, and must not hide why we leave
            complain("lease_not_released", self.network, error)

    async def _serve(self, tenure: Tenure) -> None:
        await self._settler.write()  # what an earlier holding of ours sent is no longer in doubt
        found = await self._ledger.write(outbox.recover, self.network, self._holder, tenure.epoch, self._clock.now())
        if found:
            log.warning("sender_recovered", network=self.network, messages=found)
        for queue in self._waiting.values():
            queue.clear()
        self._known.clear()
        self._must_look = True
        flight = Flight(self.network, tenure, self._routes, self._manners.answer, self._awake.set)
        keeping = asyncio.create_task(self._keep(tenure))
        try:
            while not (self._stopping or tenure.fatal or keeping.done()):
                try:
                    await self._round(tenure, flight)
                except Exception as error:  # noqa: BLE001 - the database may be away for a while
                    complain("sender_stumbled", self.network, error)
                    await self._rest(jittered(self._manners.poll))
        finally:
            tenure.pace.close()
            await flight.land(self._manners.grace)
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self._settler.write(tries=PATIENCE)

    async def _keep(self, tenure: Tenure) -> None:
        """Renew the lease; returns when another one has the network."""
        while True:
            await asyncio.sleep(self._manners.lease / 3)
            asked_at = time.monotonic()
            try:
                epoch = await self._lease()
            except Exception as error:  # noqa: BLE001 - the database may come back before the lease is over
                complain("lease_not_renewed", self.network, error)
                continue
            if epoch != tenure.epoch:
                tenure.valid_until = 0
                self._awake.set()
                return
            tenure.valid_until = asked_at + self._manners.lease

    async def _round(self, tenure: Tenure, flight: Flight) -> None:
        """One look around: claim, mark what may leave now, or wait for a reason to look again."""
        self._awake.clear()
        wait = self._manners.poll
        if tenure.holds and tenure.pace.may_go:
            await self._claim(tenure)
            picked, wait = self._pick(tenure, flight)
            if picked:
                await self._mark(picked, tenure, flight)
                return
        elif tenure.pace.held_for:
            wait = min(wait, tenure.pace.held_for)
        await self._rest(wait)

    async def _rest(self, seconds: float) -> None:
        if not self._stopping:
            try:
                async with asyncio.timeout(seconds):
                    await self._awake.wait()
            except TimeoutError:
                self._must_look = True

    async def _claim(self, tenure: Tenure) -> None:
        """Fetch what is due; with enough at hand, only replies: they go before all that waits."""
        room = self._room - sum(len(queue) for queue in self._waiting.values())
        has_room = room > self._room // 2
        urgencies, limit = (URGENCIES, room) if has_room else (URGENCIES[:1], MARKED_AT_ONCE)
        now = self._clock.now()
        is_old = time.monotonic() - self._looked_at >= LOOK_EVERY
        if not (self._must_look or is_old or (has_room and self._left_behind)):
            return
        self._looked_at = time.monotonic()
        self._must_look, self._left_behind = False, not has_room  # before the look: a bell that rings meanwhile counts
        if not await self._ledger.read(outbox.is_due, self.network, tenure.epoch, now, urgencies=urgencies):
            return
        found = await self._ledger.write(outbox.claim, self.network, self._holder, tenure.epoch, now, limit=limit, urgencies=urgencies)
        # a full hand means that more may lie there
        self._must_look = self._must_look or len(found) == limit
        for one in found:
            if one.id not in self._known:
                self._known.add(one.id)
                self._waiting[one.urgency].append(one)

    def _pick(self, tenure: Tenure, flight: Flight) -> tuple[list[Claimed], float]:
        """What may be marked now, the most urgent first; and, when that is nothing, the seconds until something may."""
        wait, soon = self._manners.poll, self._ahead * tenure.pace.interval
        picked: list[Claimed] = []
        if flight.before_socket > self._ahead // 2 or len(flight) >= FLYING:
            return picked, wait
        free = min(self._ahead - flight.before_socket, self._at_once)
        for urgency, queue in self._waiting.items():
            if urgency == "campaign" and not tenure.pace.is_bulk_due(soon):
                return picked, min(wait, soon)
            for one in list(queue):
                if len(picked) == free:
                    return picked, wait
                pause = tenure.pace.wait_for(_place(one), reply=urgency == "reply")
                if pause or not self._may_follow(one.channel, tenure, flight, picked):
                    wait = min(wait, pause or wait)
                    continue
                queue.remove(one)
                picked.append(one)
                tenure.pace.take(_place(one))
        return picked, wait

    @staticmethod
    def _may_follow(channel: str, tenure: Tenure, flight: Flight, picked: list[Claimed]) -> bool:
        return tenure.doubts.get(channel, 0) < DOUBTS or not (picked or flight.before_socket or tenure.abroad.get(channel))

    async def _mark(self, picked: list[Claimed], tenure: Tenure, flight: Flight) -> None:
        claimed = {one.id: one for one in picked}
        try:
            marked = await self._ledger.write(outbox.mark, list(claimed), self._holder, tenure.epoch, self._clock.now())
        except outbox.Fenced:
            tenure.valid_until = 0
            return
        except Exception:
            # if the marks were written all the same, they are taken back
            self._settler.tell(*(Settled(number, "retry", tried=False, epoch=tenure.epoch) for number in claimed))
            raise
        self._known -= claimed.keys() - {outbound.id for outbound in marked}
        for outbound in marked:
            flight.begin(outbound, claimed[outbound.id], self._settler.tell)

    def _settled(self, ids: Collection[int], behind: bool) -> None:  # noqa: FBT001 - what a settler tells
        """Who waited behind these may go now."""
        self._known -= set(ids)
        self._must_look = self._must_look or behind
        self._awake.set()


def _place(one: Claimed) -> object:
    """What a gap is kept for: an address, or a message that carries its own."""
    return one.address_id or ("message", one.id)
