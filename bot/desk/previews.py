"""Previews of campaigns to very many people, kept for a minute by this process: a page that is opened again does not count them again."""

from collections import OrderedDict
from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from bot.web.keys import CLOCK, LEDGER
from outreach import campaigns, tallies
from outreach.campaigns import Preview, View

LASTS, _MOST = timedelta(minutes=1), 32
_Key = tuple[str, str, bytes]


class Previews:
    """The last few, by campaign, its state and its draft: whatever changes there is looked at anew."""

    def __init__(self) -> None:
        """None yet."""
        self._kept: OrderedDict[_Key, tuple[datetime, Preview]] = OrderedDict()

    async def look(self, request: web.Request, view: View) -> Preview:
        """What `campaigns.look` says now or, of very many people, said within the last minute."""
        now, key = request.app[CLOCK].now(), (view.id, view.state, msgspec.json.encode(view.draft))
        kept = self._kept.get(key)
        if kept and timedelta(0) <= now - kept[0] < LASTS:
            return kept[1]
        found: Preview = await request.app[LEDGER].read(campaigns.look, view.draft, now, view.id)
        if sum(share.people for share in found.shares) > tallies.FEW:
            self._kept[key] = now, found
            self._kept.move_to_end(key)
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return found


PREVIEWS = web.AppKey("previews", Previews)
