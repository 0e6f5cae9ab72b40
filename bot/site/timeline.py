"""The story of a process in dates: what took place, what takes place now, what is still to come."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from conversations.text import Text, _
from outreach.processes import MandateView, ProcessView

_AGREED = _("The mandate was agreed")
_OPENED = _("Everybody may write")
_TESTED = _("A test begins, with few people")
_PROMISED = _("The answer of the elected officials is promised before this day")
_CLOSED = _("The project is closed")
ANSWERED = ("response_published", "follow_up", "closed")
"""From here on nothing is late."""


class Moment(NamedTuple):
    """One line: its words in ours (`title`) or in the city's (`words`, by language); `place` is "done", "here" or "" (to come)."""

    day: date
    until: date | None
    title: Text | str
    words: Mapping[str, str]
    note: str
    place: str
    workshop: str = ""  # the id of one, to lead to it


def timeline(
    view: ProcessView, versions: Iterable[MandateView], now: datetime, zone: ZoneInfo, tested_until: datetime | None = None
) -> list[Moment]:
    """Everything that has a date, in its order; what spans today is here. `tested_until`: when a test ended, if it was one."""
    today, document, mandate = now.astimezone(zone).date(), view.document, view.document.mandate

    def moment(
        day: date, title: Text | str = "", *, words: Mapping[str, str] | None = None, until: date | None = None, **more: str
    ) -> Moment:
        place = "done" if (until or day) < today else "here" if day <= today else ""
        return Moment(day, until if until != day else None, title, words or {}, more.get("note", ""), place, more.get("workshop", ""))

    found = []
    if mandate.validated.on:
        found.append(moment(mandate.validated.on, _AGREED, note=mandate.validated.act))
    if view.opened_at:
        opened = view.opened_at.astimezone(zone).date()
        found.append(moment(opened, _TESTED if document.pilot or tested_until else _OPENED))
        if tested_until:
            found.append(moment(tested_until.astimezone(zone).date(), _OPENED))
        found += [
            moment(one.recorded_at.astimezone(zone).date(), _("The mandate changed: version {version}", version=one.version))
            for one in versions
            if one.version > 1 and one.recorded_at > view.opened_at
        ]
    found += [moment(phase.starts, phase.title, until=phase.ends) for phase in document.phases]
    found += [
        moment(one.starts_at.astimezone(zone).date(), words=one.title, note=one.place, workshop=one.id)
        for one in document.workshops
        if one.status != "cancelled"
    ]
    if mandate.answer_promised_on and view.state not in ANSWERED:
        found.append(moment(mandate.answer_promised_on, _PROMISED))
    if view.closed_at:
        found.append(moment(view.closed_at.astimezone(zone).date(), _CLOSED))
    return sorted(found, key=lambda one: (one.day, one.until or one.day))
