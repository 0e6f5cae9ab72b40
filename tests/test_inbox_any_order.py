"""Whatever the interleaving, the repetitions and the cut into batches: the same conversations and the same records, with the real voice.

What may vary is only how several people's messages meet; each person's own order is kept, as DESIGN 2 promises.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from conversations.messages import Arrival, Blocked, Edit, Inbound, InGroup, Network, Press, Start, Unblocked, Words
from outreach import contacts, documents, inbox, invented, processes, tables
from outreach.db import Database
from outreach.house import house
from outreach.outbox import Body
from outreach.references import read_ref
from tests.conftest import Clock

PEOPLE: tuple[tuple[Network, str], ...] = (
    ("sms", "+33612345678"),
    ("sms", "+33687654321"),
    ("telegram", "123456789"),
    ("telegram", "-100200300"),
)
SAID = (
    "PLACE", "PLACE des bancs et de l'ombre", "il manque des jeux pour les petits", "trop de bitume 🔥", "et une fontaine", "1", "1", "2",
    "3", "oui merci", "non", "oui mais ajoutez des toilettes", "STOP", "REPRENDRE", "OUBLI", "SUIVI", "DONNEES", "RECOURS", "INFO",
    "AIDE", "AUTRE", "APPEL", "EN", "stpo", "j'ai 13 ans", "bonjour", "A", "١", "Stop aux voitures place du Marché", "4821 0736", "",
)  # fmt: skip
CHAINS = (
    ("PLACE des bancs et de l'ombre",), ("PLACE", "un kiosque", "et une fontaine"), ("1", "1"), ("oui merci", "1"), ("1", "2"),
    ("2", "1"), ("oui mais ajoutez des toilettes",), ("OUBLI", "1"), ("OUBLI", "1", "PLACE des jeux"), ("STOP", "REPRENDRE"),
    ("STOP", "PLACE des jeux"), ("il manque des jeux", "OUBLI", "1"), ("STOP", "OUBLI", "1"), ("SUIVI", "RECOURS"), ("APPEL", "demain"),
)  # fmt: skip
WHOLE = (
    (("PLACE des bancs", "et de l'ombre"), ("ya trop de bitume",), ("PLACE", "un kiosque")),
    (("1", "1"), ("1",), ("oui merci", "1")),
    (("STOP",), ("3", "j'ai 13 ans"), ("OUBLI", "1", "PLACE des jeux")),
    (("APPEL", "demain"), ("SUIVI", "OUBLI", "1"), ("1", "2", "REPRENDRE", "PLACE un abri")),
)
"""Contributions, consents, STOP, call-backs and OUBLI, each at least once."""
HELD = frozenset({"process", "mandate", "entry_point", "setting"})
"""Tables that no citizen writes."""


@st.composite
def scripts(draw: st.DrawFn) -> list[list[list[Arrival]]]:
    """For each stretch between two silences, what each person sends, in their order."""
    words = st.sampled_from(SAID).map(Words)
    telegram = st.one_of(
        words,
        words,
        words,
        st.sampled_from(
            [
                Start(),
                Start("tok-tram"),
                Press("6b97b746", "yes"),
                Press("", "SUIVI"),
                Edit("m1", "plutôt des arbres"),
                Blocked(),
                Unblocked(),
            ]
        ),
    )
    sends = {0: words, 1: words, 2: telegram, 3: st.just(InGroup())}
    chains = st.sampled_from(CHAINS).map(lambda texts: [Words(text) for text in texts])
    return [
        [
            draw(st.one_of(st.lists(sends[person], max_size=3 if person < 3 else 1), *([chains] * 3 if person < 3 else [])))
            for person in range(len(PEOPLE))
        ]
        for _ in range(draw(st.integers(2, 5)))
    ]


def arrivals(script: Sequence[Sequence[Sequence[Arrival]]], start: datetime) -> list[list[list[Inbound]]]:
    """The script as messages: each with its key, and the instant it arrived."""
    return [
        [
            [
                _arrival(what, f"{stretch}-{person}", place, start + timedelta(minutes=3 * stretch), *PEOPLE[person])
                for place, what in enumerate(own)
            ]
            for person, own in enumerate(by_person)
        ]
        for stretch, by_person in enumerate(script)
    ]


def _arrival(what: Arrival, prefix: str, place: int, at: datetime, network: Network, where: str) -> Inbound:  # noqa: PLR0917 - all of it
    return Inbound(network, "ours", f"{prefix}-{place}", network, where, _numbered(what, f"m{place}"), at + timedelta(seconds=7 * place))


def _numbered(what: Arrival, number: str) -> Arrival:
    return Words(what.text, message=number) if isinstance(what, Words) else what


@st.composite
def deliveries(draw: st.DrawFn, stretch: list[list[Inbound]], before: list[Inbound]) -> list[list[Inbound]]:
    """One way in which a stretch may arrive: interleaved, repeated, cut into batches."""
    left = [list(own) for own in stretch if own]
    order: list[Inbound] = []
    while left:
        own = left[draw(st.integers(0, len(left) - 1))]
        order.append(own.pop(0))
        left = [those for those in left if those]
        for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))):
            order.append(draw(st.sampled_from(order + before)))
    batches: list[list[Inbound]] = []
    while order:
        size = draw(st.integers(1, len(order)))
        batches.append(order[:size])
        order = order[size:]
    return batches


def run(database: Database, stretches: list[list[list[Inbound]]], start: datetime) -> list[str]:
    """Play batches, a stretch after the other, with the silences between; returns the keys that were fresh."""
    fresh: list[str] = []
    for number, batches in enumerate(stretches):
        now = start + timedelta(minutes=3 * number, seconds=30)
        for batch in batches:
            with database.write() as session:
                results = inbox.receive(session, batch, now)
            assert not any(result.failed for result in results)
            fresh += [one.key for one, result in zip(batch, results, strict=True) if result.fresh]
        for later in (90, 120):
            with database.write() as session:
                inbox.sweep(session, start + timedelta(minutes=3 * number, seconds=later))
    return fresh


def empty(database: Database) -> None:
    with database.write() as session:
        for table in reversed(tables.metadata.sorted_tables):
            if table.name not in HELD:
                session.execute(sa.delete(table))


def records(database: Database) -> dict[str, Any]:
    """Everything that stands in the database about each person, opened, without what is drawn by lot."""
    with database.read() as session:
        found = {f"{network} {where}": _person(session, network, where) for network, where in PEOPLE}
        columns = (tables.inbound.c.provider_key, tables.inbound.c.failed, tables.inbound.c.sealed, tables.inbound.c.address_id)
        kept = [(row[0], row[1], row[2] == b"", row[3] is None) for row in session.execute(sa.select(*columns))]
        actions = session.execute(sa.select(tables.audit.c.action)).scalars()
        counts = {table.name: session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables.metadata.sorted_tables}
        return {"people": found, "inbound": sorted(kept), "audit": sorted(actions), "counts": counts}


def _person(session: Session, network: str, where: str) -> dict[str, Any]:
    keys = house(session).keys
    someone = contacts.find(session, network, where)
    opposed = contacts.opposition(session, network, where)
    about: dict[str, Any] = {"opposed": opposed and opposed.why, "sent": _sent(session, someone.address_id if someone else None, where)}
    if someone is None:
        return about

    def rows(table: sa.Table, *columns: str) -> list[Any]:
        query = sa.select(*(table.c[name] for name in columns)).where(table.c.address_id == someone.address_id)
        return [tuple(row) for row in session.execute(query.order_by(*table.primary_key.columns))]

    given = rows(
        tables.contribution,
        "id",
        "ref",
        "sealed",
        "state",
        "question",
        "publish",
        "messages",
        "consent",
        "language",
        "entry",
        "age",
        "card",
    )
    about |= {
        "contact": (someone.language, someone.channel, someone.stopped, someone.unreachable),
        "contributions": [(keys.open("contribution", row[0], row[2]).decode(), *row[3:]) for row in given],
        "consents": rows(tables.consent, "purpose", "wording", "language", "source"),
        "silences": sorted(rows(tables.wakeup, "name", "due_at")),
        "tickets": [(row[1], keys.open("ticket", row[0], row[2]).decode()) for row in rows(tables.ticket, "id", "kind", "sealed")],
        "state": [
            (row[0], row[1], keys.open("conversation", someone.address_id, row[2]).decode(), row[3])
            for row in rows(tables.conversation, "flow", "step", "sealed", "heard_at")
        ],
    }
    told = msgspec.json.encode(about, enc_hook=repr).decode()
    drawn: dict[str, str] = {}  # references are drawn by lot: by the order in which they appear
    told = re.sub(
        r"(?<!\d)(\d{4}) ?(\d{4})(?!\d)", lambda found: _nth(drawn, found[1] + found[2]) if read_ref(found[0]) else found[0], told
    )
    return {"told": told}


def _nth(drawn: dict[str, str], ref: str) -> str:
    return drawn.setdefault(ref, f"ref{len(drawn)}")


def _sent(session: Session, address_id: int | None, where: str) -> list[Any]:
    keys = house(session).keys
    table = tables.outbox
    query = sa.select(table).where(sa.or_(table.c.address_id == address_id, table.c.address_id.is_(None))).order_by(table.c.id)
    sent = []
    for row in session.execute(query):
        body = msgspec.json.decode(keys.open("outbox", row.id, row.sealed), type=Body) if row.sealed else Body("erased")
        if row.address_id is not None or body.address == where:
            sent.append(
                (body.text, body.buttons, body.how, body.does, row.urgency, row.state, row.asks, row.card, row.after_stop, row.channel)
            )
    return sent


@pytest.fixture
def town(database: Database, clock: Clock) -> Database:
    document = documents.parse(invented.market_square(clock.now().date()).encode(), yaml=True)
    with database.write() as session:
        processes.put(session, clock.now(), document, "command")
        processes.open(session, clock.now(), document.slug, "command")
        session.execute(sa.update(tables.entry_point).where(tables.entry_point.c.name == "tram").values(token="tok-tram"))
    return database


def compare(town: Database, clock: Clock, script: Sequence[Sequence[Sequence[Arrival]]], data: st.DataObject) -> dict[str, Any]:
    """Play the script plainly, person after person, then as it may arrive; returns the records, which are the same."""
    plain = arrivals(script, clock.now())
    shuffled: list[list[list[Inbound]]] = []
    before: list[Inbound] = []
    for stretch in plain:
        shuffled.append(data.draw(deliveries(stretch, before), "deliveries"))
        before += [one for own in stretch for one in own]
    empty(town)
    once = run(town, [[[one] for own in stretch for one in own] for stretch in plain], clock.now())
    expected = records(town)
    empty(town)
    fresh = run(town, shuffled, clock.now())
    assert sorted(fresh) == sorted(once) == sorted(one.key for one in before)
    assert records(town) == expected
    return expected


def test_any_interleaving_repetition_and_cut_gives_the_same(town: Database, clock: Clock) -> None:
    @settings(
        max_examples=60 if town.is_sqlite else 20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )
    @given(st.data())
    def check(data: st.DataObject) -> None:
        compare(town, clock, data.draw(scripts(), "script"), data)

    check()


def test_so_it_is_for_a_day_with_everything_in_it(town: Database, clock: Clock) -> None:
    script = [[*([Words(text) for text in own] for own in stretch), []] for stretch in WHOLE]
    seen: set[str] = set()

    @settings(max_examples=15 if town.is_sqlite else 5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def check(data: st.DataObject) -> None:
        found = compare(town, clock, script, data)
        seen.update(found["audit"], (name for name, count in found["counts"].items() if count))

    check()
    assert {"contribution", "consent", "wakeup", "ticket", "suppression", "contact.stopped", "contact.forgotten"} <= seen


def test_the_comparison_notices_when_a_person_s_own_order_changes(town: Database, clock: Clock) -> None:
    there = [[[Words("PLACE")], [], [], []], [[Words("des bancs")], [], [], []], [[Words("1")], [], [], []]]
    back = [[[Words("PLACE")], [], [], []], [[Words("1")], [], [], []], [[Words("des bancs")], [], [], []]]
    found = []
    for script in (there, back):
        empty(town)
        made = arrivals(script, clock.now())
        run(town, [[[one] for own in stretch for one in own] for stretch in made], clock.now())
        found.append(records(town))
    assert found[0]["counts"]["contribution"] == 1
    assert found[1]["counts"]["contribution"] == 0
    assert found[0]["people"] != found[1]["people"]
