"""Wrong sign-ins from one place: after too many it waits, whichever accounts it tried. Counted in memory, by this process."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import ip_address

from aiohttp import web

FREE, WITHIN = 30, timedelta(minutes=5)
"""A town hall behind one address has many people, and few of them mistype at once: only failures count."""
_PLACES = 10_000


class Tries:
    """The failures of the last minutes, by place."""

    def __init__(self) -> None:
        """None yet."""
        self._failed: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, place: str, now: datetime) -> timedelta | None:
        """How long this place has to wait before it may try again; None when it may now."""
        failed = self._failed.get(place)
        while failed and failed[0] <= now - WITHIN:
            failed.popleft()
        return failed[0] + WITHIN - now if failed and len(failed) >= FREE else None

    def failed(self, place: str, now: datetime) -> None:
        """One more."""
        self._failed.setdefault(place, deque(maxlen=FREE)).append(now)
        self._failed.move_to_end(place)
        if len(self._failed) > _PLACES:
            self._failed.popitem(last=False)


TRIES = web.AppKey("tries", Tries)


def place_of(request: web.Request) -> str:
    """Where a request comes from; behind a proxy on this machine, what that proxy saw. Of IPv6 the network: a house has millions."""
    seen = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
    try:
        if forwarded and ip_address(seen).is_loopback:
            seen = forwarded
        address = ip_address(seen)
    except ValueError:
        return ""
    return ":".join(address.exploded.split(":")[:4]) if address.version == 6 else str(address)  # noqa: PLR2004 - IPv6
