"""A campaign before it leaves: each message byte for byte, what it costs, how long it takes, whom it leaves out."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from sqlalchemy.orm import Session

from conversations import engine, plain, segments
from conversations.facts import Facts
from conversations.flows import campaigns as flows
from conversations.messages import Network
from conversations.notices import Announced
from conversations.scripts import Shown, show
from conversations.steps import State, Turn
from conversations.text import render
from outreach import hours, processes
from outreach.campaigns import audience, brakes, content
from outreach.campaigns.audience import Example, Share
from outreach.campaigns.overlap import Near, near
from outreach.campaigns.shape import Draft, Fault
from outreach.house import House, house

ANSWERS = Decimal("0.15")
"""Of those who are asked, about so many answer within a day, until the city's own campaigns say better."""
_SHARE = Decimal("0.97") * Decimal("0.8")  # what bulk may use of a limit (DESIGN 4)


class Frame(msgspec.Struct, frozen=True):
    """One message as its reader gets it. Nothing in it depends on the reader but the language, so this is also its longest fill.

    `cheaper` is the same in letters that cost less, "" when nothing is gained; `saved` how many parts that spares.
    """

    network: str
    language: str
    text: str
    buttons: tuple[tuple[str, ...], ...]
    encoding: str
    units: int
    parts: int
    left: int  # letters until the next part
    culprits: tuple[str, ...]
    cheaper: str
    saved: int
    score: int | None  # Kandel-Moles, of French (A11Y-10)
    advice: tuple[plain.Advice, ...]


class Preview(msgspec.Struct, frozen=True):
    """Everything that staff and the second person look at. Euros are of SMS alone; `minutes` of sending, in decent hours till `ends_at`."""

    frames: tuple[Frame, ...]
    printed: dict[str, str]  # by language: what the city's newsletter can say
    sample: tuple[Example, ...]
    shares: tuple[Share, ...]
    reached: int
    left_out: dict[str, int]
    parts: int
    euros: Decimal
    starts_at: datetime
    minutes: int
    ends_at: datetime
    fits: bool  # whether everybody is told before it is no news any more
    answers: int
    answer_hours: int  # how long an answer by SMS reaches us; 0: always
    budget_left: Decimal | None
    faults: tuple[Fault, ...]
    near: tuple[Near, ...]  # campaigns within a week to some of the same people

    def readers(self, frame: Frame) -> int:
        """How many people get that message."""
        who = (frame.network, frame.language)
        return sum(share.people for share in self.shares if not share.why and (share.network, share.language) == who)


def look(session: Session, draft: Draft, now: datetime, subject: str = "") -> Preview:
    """The preview of a draft, or of the campaign `subject`; of a process that does not exist there is nothing to show but that fault."""
    place = house(session)
    view = processes.get(session, draft.process)
    faults = content.faults(session, draft, view, now)
    shares = audience.count(session, draft, now)
    frames: tuple[Frame, ...] = ()
    printed: dict[str, str] = {}
    starts, until = content.hour_of(draft, now), None
    if (
        view is not None
        and draft.networks
        and not any(fault.field in {"texts", "sms_texts", "workshop"} and fault.code != "link" for fault in faults)
    ):
        until = content.end_of(draft, view, starts)
        notice = content.announced(draft, view, "", place.timezone, ends_at=until)
        judged = "sms" if "sms" in draft.networks else draft.networks[0]  # the same words are judged once
        frames = tuple(
            _frame(place, notice, network, language, now, judged=judged)
            for network in draft.networks
            for language in _languages(place, draft)
        )
        printed = {language: in_print(place, notice, language, now) for language in place.languages if language in draft.texts}
    each = {(frame.network, frame.language): frame.parts for frame in frames}
    reached = [share for share in shares if not share.why]
    parts = sum(share.people * each.get((share.network, share.language), 1) for share in reached if share.network == "sms")
    minutes = _minutes(place, reached, each, draft)
    opening = hours.next_decent(starts, "campaign", place.timezone, place.territory)
    ends = hours.after(opening, timedelta(minutes=minutes), "campaign", place.timezone, place.territory)
    purse = brakes.purse(session, now)
    people = sum(share.people for share in reached)
    if view is not None:
        faults = (*faults, *content.too_many_for_a_test(view, people))
    return Preview(
        frames=frames,
        printed=printed,
        sample=audience.sample(session, draft, now),
        shares=shares,
        reached=people,
        left_out=_left_out(shares),
        parts=parts,
        euros=parts * place.sms.price,
        starts_at=opening,
        minutes=minutes,
        ends_at=ends,
        fits=until is None or ends <= until,
        answers=math.ceil(people * ANSWERS) if draft.kind in content.ASKS else 0,
        answer_hours=place.sms.answer_hours if draft.kind in content.ASKS and "sms" in draft.networks else 0,
        budget_left=None if purse.budget is None else purse.budget - purse.spent,
        faults=faults,
        near=near(session, draft, now, subject),
    )


def _languages(place: House, draft: Draft) -> Sequence[str]:
    wanted = [language for language in draft.audience.languages if language in place.languages]
    return wanted or place.languages


def _left_out(shares: Sequence[Share]) -> dict[str, int]:
    found: dict[str, int] = {}
    for share in shares:
        if share.why:
            found[share.why] = found.get(share.why, 0) + share.people
    return found


def _minutes(place: House, reached: Sequence[Share], each: dict[tuple[str, str], int], draft: Draft) -> int:
    """As long as the slowest network takes; an SMS in two parts takes two turns."""
    seconds = [Decimal(0)]
    for network in draft.networks:
        turns = sum(
            share.people * (each.get((network, share.language), 1) if network == "sms" else 1)
            for share in reached
            if share.network == network
        )
        seconds.append(turns / (Decimal(str(place.rates.get(network, 1.0))) * _SHARE))
    return max(math.ceil(max(seconds) / 60), draft.spread_minutes)


def shown(place: House, notice: Announced, network: Network, language: str, now: datetime) -> list[Shown]:
    """What somebody of that language gets on that network: said by the same voice that says it for good."""
    facts = Facts(now.astimezone(place.timezone), network, place.city, place.languages, catalogues=place.catalogues)
    turn = engine.prompt(State(language=language), notice, facts)
    says = turn.says if isinstance(turn, Turn) else ()  # somebody who never wrote is not busy
    return [show(say, place.catalogues[language], network) for say in says]


def in_print(place: House, notice: Announced, language: str, now: datetime) -> str:
    """What the city's newsletter can say in that language, a line for each way to answer."""
    facts = Facts(now.astimezone(place.timezone), "telegram", place.city, place.languages, catalogues=place.catalogues)
    return "\n".join(render(line, place.catalogues[language]) for line in flows.in_print(notice, facts, language))


def _frame(place: House, notice: Announced, network: Network, language: str, now: datetime, *, judged: str) -> Frame:
    (message,) = shown(place, notice, network, language, now)
    cost = segments.count(message.text)
    cheaper = plain.in_cheap_letters(message.text) if network == "sms" and cost.culprits else ""
    saved = cost.parts - segments.count(cheaper).parts if cheaper else 0
    rows: dict[int, list[str]] = {}
    for _data, label, row in message.buttons:
        rows.setdefault(row, []).append(label)
    words = notice.sms.get(language, "") if network == "sms" else ""
    written = words or notice.texts.get(language, "")
    is_judged = language == "fr" and bool(written) and network == judged
    return Frame(
        network=network,
        language=language,
        text=message.text,
        buttons=tuple(tuple(labels) for _row, labels in sorted(rows.items())),
        encoding=cost.encoding if network == "sms" else "",
        units=cost.units,
        parts=cost.parts if network == "sms" else 0,
        left=segments.left(message.text) if network == "sms" else 0,
        culprits=cost.culprits if network == "sms" else (),
        cheaper=cheaper if saved > 0 else "",
        saved=max(0, saved),
        score=plain.score(written) if is_judged else None,
        advice=plain.advice(written) if is_judged else (),
    )
