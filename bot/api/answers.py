"""The avis of a process, its points and their response, for programs: the same work as at the desk."""

from datetime import date
from typing import Any

import msgspec
from aiohttp import web

from bot.api.doors import answer, words
from bot.web.errors import Fault, Problem
from bot.web.keys import CLOCK, LEDGER
from outreach import answers, loop, processes
from outreach.answers import Assigned, Book, Handed, Note, Position, Refused, SheetTrouble
from outreach.staff import Holder


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A point; without a `number`, words that the group read and did not take up, whose `title` is the reason."""

    text: str
    number: str = ""
    title: str = ""
    minority: str = ""
    contributions: tuple[str, ...] = ()


class Avis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the citizens' group hands over. `left_out`: why what no point takes up was not, in at most 42 letters."""

    points: tuple[Line, ...]
    left_out: str
    handed_on: date
    written_by: str = ""
    handed_to: str = ""


class Theme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A theme of the synthesis and the contributions that it cites."""

    title: str
    text: str
    contributions: tuple[str, ...] = ()


class Synthesis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was said, theme by theme."""

    themes: tuple[Theme, ...]


class Promise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The day to which the promised answer moves, and why: by language, in at most 42 letters; French is asked for."""

    until: date
    reasons: dict[str, str]


class Settled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A commitment is carried out (`evidence`, in a sentence), or put off (`until`, with `reasons` as for a promise)."""

    evidence: str = ""
    until: date | None = None
    reasons: dict[str, str] = {}


class News(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the public journal."""

    text: str


class Work(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a point: given to a service, its note, the decision; what is left out stays as it is."""

    assigned: Assigned | None = None
    note: Note | None = None
    position: Position | None = None


async def get(request: web.Request, _holder: Holder) -> web.Response:
    """GET /api/v1/processes/{slug}/avis."""
    return await _show(request)


async def _show(request: web.Request) -> web.Response:
    return answer(await _book(request))


async def _book(request: web.Request) -> Book:
    slug = request.match_info["slug"]
    found: Book | None = await request.app[LEDGER].read(answers.book, slug)
    if found is None:
        raise Problem(404, f"there is no process {slug}")
    return found


async def put(request: web.Request, holder: Holder) -> web.Response:
    """PUT /api/v1/processes/{slug}/avis: whole or not at all; again until the response is published."""
    given = await words(request, Avis)
    lines = [_cells(one) for one in given.points]
    handed = Handed(given.written_by[:200], given.handed_to[:200], given.handed_on, given.left_out)
    return await _took(request, answers.take_over, lines, handed, holder.actor)


def _cells(one: Line) -> dict[str, str]:
    number, refs = one.number or "non repris", ", ".join(one.contributions)
    return {"number": number, "title": one.title, "text": one.text, "minority": one.minority, "refs": refs}


async def work(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/processes/{slug}/points/{place}: the parts that are given, in their order."""
    given = await words(request, Work)
    place = await _place(request)
    parts = ((answers.assign, given.assigned), (answers.study, given.note), (answers.decide, given.position))
    if all(part is None for _verb, part in parts):
        raise Problem(422, "no part is given", errors=[Fault("", f"send one or more of {', '.join(Work.__struct_fields__)}")])
    for verb, part in parts:
        if part is not None:
            await _did(request, verb, place, part, holder.actor)
    return await _show(request)


async def _place(request: web.Request) -> int:
    """The place of a point that is there."""
    slug, written = request.match_info["slug"], request.match_info["place"]
    for one in (await _book(request)).points:
        if str(one.place) == written:
            return one.place
    raise Problem(404, f"{slug} has no point at place {written}")


async def publish(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/processes/{slug}/response: public at once, and each author told; 409 naming the points without a decision."""
    return await _took(request, loop.publish, holder.actor)


async def synthesis(request: web.Request, holder: Holder) -> web.Response:
    """PUT /api/v1/processes/{slug}/synthesis: whole or not at all."""
    given = await words(request, Synthesis)
    lines = [{"title": one.title, "text": one.text, "refs": ", ".join(one.contributions)} for one in given.themes]
    return await _took(request, answers.put_together, lines, holder.actor)


async def promise(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/processes/{slug}/promise: everybody who waits is told why."""
    given = await words(request, Promise)
    return await _took(request, loop.move_promise, given.until, given.reasons, holder.actor)


async def settle(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/processes/{slug}/commitments/{id}: who asked to know is told."""
    given = await words(request, Settled)
    more = {"evidence": given.evidence, "until": given.until, "reasons": given.reasons}
    return await _took(request, loop.settle, request.match_info["id"], holder.actor, **more)


async def journal(request: web.Request, holder: Holder) -> web.Response:
    """POST /api/v1/processes/{slug}/journal: a line that anybody may read."""
    given = await words(request, News)
    return await _took(request, answers.note, given.text, holder.actor)


async def _took(request: web.Request, verb: Any, *given: object, **more: object) -> web.Response:  # noqa: ANN401 - a verb of the office
    await _did(request, verb, *given, **more)
    return await _show(request)


async def _did(request: web.Request, verb: Any, *given: object, **more: object) -> None:  # noqa: ANN401 - a verb of the office
    lines = "themes" if verb is answers.put_together else "points"
    try:
        await request.app[LEDGER].write(verb, request.app[CLOCK].now(), request.match_info["slug"], *given, **more)
    except SheetTrouble as trouble:
        errors = [Fault(f"{lines}[{one.line - 1}].{one.column}" if one.line else lines, one.message) for one in trouble.faults]
        raise Problem(422, "this can't be taken in: nothing of it was", errors=errors) from None
    except (Refused, processes.Refused) as refused:
        status = {"unknown": 404, "state": 409, "unfinished": 409, "unassigned": 409}.get(refused.code, 422)
        which = getattr(refused, "which", ()) or (refused.code,)
        raise Problem(status, str(refused), errors=[Fault(one, str(refused)) for one in which]) from None
