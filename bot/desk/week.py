"""One page a week for who answers for the service, to print or for a spreadsheet: by project, how many, who, how long, cost, debts."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from aiohttp import web
from babel import Locale

from bot.desk.cells import cell_words
from bot.desk.debts import KINDS
from bot.desk.doors import desk_page
from bot.desk.words import money_words
from bot.web import announcing
from bot.web.errors import Problem
from bot.web.keys import CLOCK, HOUSE, LEDGER
from bot.web.labels import PROCESS
from bot.web.pages import language_of, plain_words
from conversations.text import Text, _, render
from outreach import bulletin
from outreach.bulletin import Bulletin, Cell, Line, Part
from outreach.smallcells import INSIDE, SMALL
from outreach.spreadsheets import for_people
from outreach.staff import Person

_WEEK = re.compile(r"(20[2-9]\d)-W(0[1-9]|[1-4]\d|5[0-3])")
_A_WEEK = timedelta(days=7)
_NETWORKS: dict[str, Text] = {**announcing.NETWORKS, "paper": _("Paper")}
_UNSAID, _FEW, _NOTHING = _("not said"), _("too few to say"), _("nothing")
_HEADS: tuple[Text, ...] = (_("Project"), _("Chapter"), _("Figure"), _("Share"), _("Value"))


_IN_FULL = 12
"""So many projects are told in full on one page, those where most is to be told; the others have a line each and a page of their own."""


class Row(NamedTuple):
    """One figure: its label and value; or the shares that it is made of, each with its own."""

    label: str
    value: str
    shares: tuple[tuple[str, str], ...] = ()


class _Teller:
    """The figures of a project in the reader's words: the same on the page and in the file."""

    def __init__(self, request: web.Request) -> None:
        self._request, self._language = request, language_of(request)
        self._catalogue, self._zone = request.app[HOUSE].catalogues[self._language], request.app[HOUSE].timezone

    def say(self, text: Text) -> str:
        return render(text, self._catalogue)

    def chapters(self, line: Line) -> list[tuple[str, list[Row]]]:
        every = (
            (_("How many"), self._how_many),
            (_("Who"), self._who),
            (_("How long"), self._how_long),
            (_("Cost"), self._cost),
            (_("What we owe"), self._owed),
        )
        return [(self.say(title), list(rows(line))) for title, rows in every]

    def _row(self, label: Text, value: object) -> Row:
        return Row(self.say(label), str(value))

    def _how_many(self, line: Line) -> Iterator[Row]:
        yield self._row(_("contributions this week"), line.received)
        yield self._row(_("since the beginning"), line.so_far)
        yield self._row(_("published this week"), line.published)
        if line.workshops:
            yield self._row(_("workshops held"), line.workshops)
            yield self._row(_("people who came"), self._cell(SMALL if 0 < line.came < INSIDE else line.came))

    def _who(self, line: Line) -> Iterator[Row]:
        if line.counted is not None:
            who = line.counted.who
            yield self._row(_("people since the beginning"), self._cell(who.people))
            yield self._shares(_("languages"), who.languages, lambda code: Locale.parse(code).get_display_name(self._language) or code)
            yield self._shares(_("ways"), who.networks, lambda code: self.say(_NETWORKS[code]))
            yield self._shares(_("ages"), who.ages, lambda code: self.say(announcing.AGES[code]))
            yield self._row(_("counted on"), f"{line.counted.at.astimezone(self._zone):%d/%m/%Y}")
        else:
            yield Row(self.say(_("people since the beginning")), self.say(_("being counted")))

    def _shares(self, label: Text, parts: Iterable[Part], named: Callable[[str], str]) -> Row:
        shares = tuple((named(one.code) if one.code else self.say(_UNSAID), self._cell(one.number)) for one in parts)
        return Row(self.say(label), "" if shares else self.say(_FEW), shares)

    def _how_long(self, line: Line) -> Iterator[Row]:
        yield self._row(_("decisions this week"), line.decided)
        if line.decided:
            yield self._row(_("working days to a decision, median"), self.say(_FEW) if line.days is None else line.days)
        yield self._row(_("texts that wait"), line.waiting)
        if line.waiting:
            yield self._row(_("working days that the oldest waits"), line.oldest)

    def _cost(self, line: Line) -> Iterator[Row]:
        yield self._row(_("SMS of this week's campaigns"), line.parts)
        yield self._row(_("euros"), money_words(self._request, line.euros))

    def _owed(self, line: Line) -> Iterator[Row]:
        yield self._row(_("things owed today"), len(line.owed) or self.say(_NOTHING))
        if line.overdue:
            yield self._row(_("overdue"), line.overdue)
        if following := next((one for one in line.owed if one.due_on), None):
            yield self._row(KINDS[following.kind], f"{following.due_on:%d/%m/%Y}")

    def _cell(self, value: Cell) -> str:
        return self.say(cell_words(value))


async def _asked(request: web.Request, person: Person) -> tuple[Bulletin, date]:
    """The week that the address asks for, this one without; and the Monday of this one."""
    ledger, now = request.app[LEDGER], request.app[CLOCK].now()
    today = now.astimezone(request.app[HOUSE].timezone).date()
    this = today - timedelta(days=today.weekday())
    asked = request.query.get("semaine", "")
    found = _WEEK.fullmatch(asked)
    if asked and not found:
        raise Problem(404)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else this
    except ValueError:  # not every year has a week 53
        raise Problem(404) from None
    if monday > this:
        raise Problem(404)
    within = person.within("statistics.read")
    made = await ledger.read(bulletin.of, now, monday, within)
    if made.uncounted:
        await ledger.write(bulletin.keep, now, await ledger.read(bulletin.count, made.uncounted))
        made = await ledger.read(bulletin.of, now, monday, within)
    return made, this


def _most_told(line: Line) -> tuple[int, int, int]:
    return line.overdue, line.received + line.published + line.workshops + line.parts, line.decided + line.waiting


async def show(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/semaine?semaine=2027-W11; `demarche`: one project alone."""
    made, this = await _asked(request, person)
    alone = request.query.get("demarche", "")
    full = [line for line in made.lines if line.slug == alone] if alone else sorted(made.lines, key=_most_told, reverse=True)[:_IN_FULL]
    if alone and not full:
        raise Problem(404)
    told = {line.slug for line in full}
    return desk_page(
        request,
        person,
        "week.html",
        week=made,
        alone=alone,
        full=[line for line in made.lines if line.slug in told],
        others=() if alone else [line for line in made.lines if line.slug not in told],
        before=None if made.is_first else made.monday - _A_WEEK,
        after=made.monday + _A_WEEK if made.monday < this else None,
        chapters=_Teller(request).chapters,
        states=PROCESS,
        least=INSIDE,
        euros=money_words(request, sum((line.euros for line in made.lines), start=Decimal())),
        city_wide=person.within("processes.read") is None,
    )


async def csv(request: web.Request, person: Person) -> web.StreamResponse:
    """GET /desk/semaine.csv?semaine=: every number of the page, a row each."""
    made, _this = await _asked(request, person)
    teller, language = _Teller(request), language_of(request)
    rows: list[tuple[str, ...]] = [tuple(teller.say(head) for head in _HEADS)]
    for line in made.lines:
        for chapter, figures in teller.chapters(line):
            for label, value, shares in figures:
                about = (plain_words(line.title, language), chapter, label)
                rows += [(*about, share, number) for share, number in shares] or [(*about, "", value)]
    headers = {"Content-Disposition": f'attachment; filename="semaine-{made.monday:%G-W%V}.csv"', "Cache-Control": "no-store"}
    return web.Response(body=for_people(rows), content_type="text/csv", charset="utf-8", headers=headers)
