"""A process whose citizens wrote, whose avis is handed over, studied and decided: for the tests of the answer."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from conversations.notices import Notice
from conversations.outcomes import Submitted
from outreach import answers, consents, documents, loop, notices
from outreach.answers import Assigned, Handed, Position, Refused
from outreach.consents import Given
from outreach.contributions import decisions, intake, publication
from outreach.contributions.decisions import Decision
from outreach.db import Database
from outreach.documents import Validated
from outreach.tables import address, contribution, process
from tests.conftest import Clock
from tests.contributing import AT_ONCE, LEA, SLUG, document, open_process, person, phone, submission

LEFT_OUT = "le groupe a choisi l'ombre"
HANDED = Handed("40 habitants", "à la maire", date(2027, 3, 15), LEFT_OUT)


def sheet(
    lines: Sequence[Sequence[str]], heads: Sequence[str] = ("Point", "Titre", "Texte", "Position minoritaire", "Avis cités")
) -> bytes:
    """A CSV as a French Excel saves it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([heads, *lines])
    return out.getvalue().encode("cp1252")


def seen(page: str) -> dict[str, str]:
    """What the page that shows an avis before it is public carries on to the next step."""
    found = dict(re.findall(r'name="(written_by|handed_to|handed_on|left_out)" value="([^"]*)"', page))
    lines = re.search(r'name="lines" value="(.*)">$', page, re.MULTILINE)  # JSON, on one line
    assert lines, page
    return found | {"lines": lines[1]}


def position(decision: str = "partly", **more: Any) -> Position:
    kept = decision != "not_kept"
    given: dict[str, Any] = {
        "decision": decision,
        "decided_by": "l'adjointe à l'espace public",
        "decided_on": date(2027, 6, 20),
        "reasons": "Les rails du tram limitent la place des racines.",
        "sms_done": "24 arbres avant mars 2028" if kept else "",
        "sms_reason": "les rails limitent les racines",
        "due_on": date(2028, 3, 1) if kept else None,
        "others": {"en": {"reason": "the rails limit the roots"} | ({"done": "24 trees before March 2028"} if kept else {})},
    }
    return Position(**(given | more))


def cards(session: Any, _now: Any = None) -> None:
    """Everybody on Telegram has a card of their words."""
    on = sa.select(address.c.id).where(address.c.network == "telegram")
    session.execute(sa.update(contribution).where(contribution.c.address_id.in_(on)).values(card="d1", network="telegram"))


class Square:
    """The market square, its people and its office, on one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        with database.write() as session:
            self.id = open_process(session, clock.now())
            whole = document()
            validated = Validated(by="le conseil", on=date(2027, 3, 1), act="délibération 14")
            whole = msgspec.structs.replace(whole, mandate=msgspec.structs.replace(whole.mandate, validated=validated))
            session.execute(sa.update(process).values(document=documents.encode(whole), promised_on=whole.mandate.answer_promised_on))

    def write(self, verb: Callable[..., Any], *args: object, **more: object) -> Any:
        with self.database.write() as session:
            return verb(session, self.clock.now(), *args, **more)

    def read(self, verb: Callable[..., Any], *args: object, **more: object) -> Any:
        with self.database.read() as session:
            return verb(session, *args, **more)

    def somebody(self, network: str = "sms", language: str = "fr") -> int:
        with self.database.write() as session:
            made = person(session, self.clock.now(), phone(), network)
            session.execute(sa.text("UPDATE address SET language = :language WHERE id = :id"), {"language": language, "id": made})
            return made

    def says(self, who: int, text: str = "Il manque des bancs", *, publish: bool = True, decided: str = "accept", **more: str) -> str:
        """A contribution that was decided; published where it may be."""
        with self.database.write() as session:
            (outcome,) = intake.submit(session, [submission(who, text, publish=publish)], self.clock.now())
            assert isinstance(outcome, Submitted)
            if publish:
                decisions.decide(session, self.clock.now(), outcome.ref, LEA, Decision(decided, **more), AT_ONCE)
        self.write(publication.publish_accepted)
        return outcome.ref

    def agrees(self, who: int, purpose: str) -> None:
        self.write(lambda session, now: consents.give(session, [Given(who, purpose, "oui", "fr", "test")], now))

    def hands_over(self, lines: Sequence[Sequence[str]], **more: Any) -> Any:
        return self.write(answers.hand_over, SLUG, sheet(lines), msgspec.structs.replace(HANDED, **more), LEA)

    def assigns(self, place: int = 1, **days: int) -> None:
        due = self.clock.now().date() + timedelta(**days or {"days": 14})
        self.write(answers.assign, SLUG, place, Assigned("Espaces verts", "Mme Roux", due), LEA)

    def decides(self, place: int = 1, decision: str = "partly", **more: Any) -> None:
        self.write(answers.decide, SLUG, place, position(decision, **more), LEA)

    def publishes(self) -> None:
        self.write(loop.publish, SLUG, LEA)

    def tells(self, limit: int = 100) -> list[tuple[int, Notice]]:
        """Everything that is to be told, to whom."""
        while self.write(loop.tell, limit):
            pass
        found = []
        with self.database.write() as session:
            while due := notices.due(session, self.clock.now()):
                found += [(one.address_id, one.notice) for one in due]
                notices.said(session, [one.id for one in due])
        return found

    def state(self) -> str:
        return str(self.read(lambda session: session.scalar(sa.select(process.c.state).where(process.c.slug == SLUG))))

    def states(self, *refs: str) -> list[str]:
        with self.database.read() as session:
            found = {row.ref: row.state for row in session.execute(sa.select(contribution.c.ref, contribution.c.state))}
        return [found[ref] for ref in refs]

    def document(self) -> documents.ProcessDocument:
        stored = self.read(lambda session: session.scalar(sa.select(process.c.document).where(process.c.slug == SLUG)))
        return documents.decode(stored)


def refused(square: Square, verb: Any, *args: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        square.write(verb, *args, **more)
    return caught.value


def cells(*lines: tuple[str, str, str, str, str]) -> list[dict[str, str]]:
    """Lines as a program sends them."""
    return [dict(zip(("number", "title", "text", "minority", "refs"), line, strict=True)) for line in lines]
