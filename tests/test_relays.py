"""Copies of the record in the office: asked for with the publication, taken under a lease, settled, taken back; both databases."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from outreach import leases, relays
from outreach.db import Database
from outreach.relays import Copy, Fenced, Job, NoRelay, Settled, TargetTrouble
from outreach.tables import attempt, audit, relay, target
from tests.conftest import Clock
from tests.contributing import Desk, open_process
from tests.relaying import City as Relayed

LATER = timedelta(hours=1)


class City(Relayed):
    """The same with a clock that stands still, and the relay's part played by hand."""

    def __init__(self, database: Database, clock: Clock) -> None:
        Desk.__init__(self, database, clock)
        self.epoch = 1
        self.where = self.target("donnees", "kinto", "https://donnees.ville.example/v1", password="secret")
        self.hold("one")

    def hold(self, holder: str) -> None:
        with self.database.write() as session:
            leases.release(session, relays.LEASE, getattr(self, "holder", holder))
            epoch = leases.hold(session, relays.LEASE, holder, 60)
        assert epoch is not None
        self.epoch, self.holder = epoch, holder

    def claim(self, limit: int = 16) -> list[Job]:
        with self.database.write() as session:
            return relays.claim(session, self.where, self.holder, self.epoch, self.clock.now(), limit=limit)

    def settle(self, *results: Settled, epoch: int = 0) -> None:
        with self.database.write() as session:
            relays.settle(session, epoch or self.epoch, results, self.clock.now())

    def there(self, job: Job, text: str | None = None) -> None:
        self.settle(Settled(job.id, job.version, "there", text=job.text if text is None else text, external=f"n-{job.ref}"))

    def fail(self, job: Job, why: str = "answered 500", outcome: str = "unclear") -> None:
        self.settle(Settled(job.id, job.version, outcome, why=why, after=1))  # type: ignore[arg-type]

    def do(self, verb: object, *args: object, **kw: object) -> object:
        with self.database.write() as session:
            return verb(session, *args, **kw)  # type: ignore[operator]


@pytest.fixture
def city(database: Database, clock: Clock) -> City:
    return City(database, clock)


def test_a_publication_asks_for_its_copy_in_the_same_transaction_and_once(city: City) -> None:
    (ref,) = city.publish("Des bancs à l'ombre")
    (row,) = city.rows()
    assert (row.ref, row.state, row.wants, row.doubt) == (ref, "pending", "publish", False)
    published = city.row(ref)
    assert city.do(relays.enqueue, [published], city.clock.now()) == 0
    (job,) = city.claim()
    assert (job.text, job.process, job.question) == (
        "Des bancs à l'ombre",
        "place-du-marche",
        "De quoi avez-vous besoin pour y rester, sur la place du Marché ?",
    )
    assert city.claim() == []


def test_a_platform_of_one_process_gets_nothing_of_another(city: City) -> None:
    with city.database.write() as session:
        open_process(session, city.clock.now(), "velo-gare")
        relays.add(session, city.clock.now(), "velo", "kinto", url="https://v.example", options={}, slug="velo-gare", actor="command")
    city.publish("Des bancs")
    assert [line.target for line in city.lines()] == ["donnees"]


def test_what_was_read_back_is_exact_or_altered_and_both_texts_are_shown(city: City) -> None:
    one, other = city.publish("Des bancs à l'ombre", "Une fontaine")
    jobs = {job.ref: job for job in city.claim()}
    city.there(jobs[one])
    city.there(jobs[other], "Une fontain")
    assert city.line(one).fidelity == "exact"
    line = city.line(other)
    assert (line.state, line.fidelity, line.sent, line.seen) == ("confirmed", "altered", "Une fontaine", "Une fontain")
    city.do(relays.retry, int(line.id), city.clock.now(), "staff:1")
    (again,) = city.claim()
    assert (again.stale, again.external, again.version) == (True, f"n-{other}", 2)


def test_what_a_dead_holder_took_is_looked_for_before_it_is_written_again(city: City) -> None:
    city.publish("Des bancs")
    (job,) = city.claim()
    city.hold("two")
    assert city.do(relays.recover, city.epoch, city.clock.now()) == 1
    (again,) = city.claim()
    assert again.doubt
    city.settle(Settled(job.id, job.version, "retry", why="late news", after=60), epoch=city.epoch - 1)
    assert city.rows()[0].state == "sending"
    city.there(again)
    assert city.states() == {("publish", "confirmed", "exact"): 1}


def test_a_late_holder_takes_nothing(city: City) -> None:
    city.publish("Des bancs")
    late = (city.holder, city.epoch)
    city.hold("two")
    city.holder, city.epoch = late
    with pytest.raises(Fenced):
        city.claim()


def test_the_same_failure_again_and_again_while_others_pass_is_a_persons(city: City) -> None:
    (bad,) = city.publish("Le mauvais")
    for number in range(5):
        (fine,) = city.publish(f"Un bon {number}")
        for job in city.claim():
            if job.ref == fine:
                city.there(job)
        for row in city.rows():
            if row.ref == bad and row.state == "sending":
                city.settle(Settled(row.id, row.version, "unclear", why="answered 500", after=1))
        city.clock.advance(seconds=10)
    assert (city.line(bad).state, city.line(bad).why) == ("with_a_human", "answered 500")


def test_while_nothing_passes_nobody_is_blamed_for_a_day(city: City) -> None:
    (ref,) = city.publish("Des bancs")
    for _ in range(8):
        (job,) = city.claim()
        city.fail(job)
        city.clock.advance(seconds=10)
    assert city.line(ref).state == "to_reconcile"
    city.clock.advance(days=1)
    (job,) = city.claim()
    city.fail(job)
    assert city.line(ref).state == "with_a_human"


def test_a_platform_that_was_away_is_no_failed_try(city: City) -> None:
    city.publish("Des bancs")
    (job,) = city.claim()
    city.settle(Settled(job.id, job.version, "retry", why="no connection", tried=False))
    row = city.rows()[0]
    assert (row.state, row.failures, row.doubt) == ("pending", 0, False)


def test_what_never_left_needs_no_acknowledgement(city: City) -> None:
    (ref,) = city.publish("Des bancs")
    city.withdraw(ref)
    line = city.line(ref)
    assert (line.wants, line.state, line.why) == ("withdraw", "confirmed", "never_left")
    assert city.claim() == []


def test_words_taken_back_while_they_travel_are_taken_down_after(city: City) -> None:
    (ref,) = city.publish("Des bancs")
    (job,) = city.claim()
    city.withdraw(ref)
    city.there(job)
    (down,) = city.claim()
    assert (down.wants, down.text, down.external) == ("withdraw", "", f"n-{ref}")
    city.settle(Settled(down.id, down.version, "gone", external=""))
    assert city.states() == {("withdraw", "confirmed", ""): 1}


def test_a_doubt_about_words_taken_back_is_searched(city: City) -> None:
    (ref,) = city.publish("Des bancs")
    (job,) = city.claim()
    city.withdraw(ref)
    city.fail(job, "no answer")
    (down,) = city.claim()
    assert (down.wants, down.doubt, down.external) == ("withdraw", True, "")


def test_withdrawals_go_first_and_are_late_after_three_days(city: City) -> None:
    (ref,) = city.publish("Des bancs")
    city.there(city.claim()[0])
    city.publish("Une fontaine")
    city.withdraw(ref)
    assert [job.wants for job in city.claim(limit=1)] == ["withdraw"]
    assert city.look(relays.late, city.clock.now()) == 0
    city.clock.advance(hours=72)
    assert city.look(relays.waiting, city.clock.now()).late == 1
    assert [line.ref for line in city.look(relays.listing, city.clock.now(), state="late").items] == [ref]


def test_altered_words_seen_elsewhere_go_with_the_withdrawal(city: City) -> None:
    (ref,) = city.publish("Des bancs")
    city.there(city.claim()[0], "Des blancs")
    city.withdraw(ref)
    assert city.rows()[0].seen is None


def test_other_words_in_the_record_replace_what_stands_there(city: City) -> None:
    ref = city.receive("Dites à M. Martin de planter")
    city.decide(ref, "redact", text="Dites à […] de planter", reason="R4")
    city.there(city.claim()[0])
    city.do(relays.amend, ref, city.clock.now())
    (job,) = city.claim()
    assert (job.stale, job.version, job.external) == (True, 2, f"n-{ref}")
    city.there(job)
    assert not city.rows()[0].stale


def test_a_refusal_is_a_persons_who_tries_again_marks_or_explains(city: City) -> None:
    (ref,) = city.publish("Des bancs")
    (job,) = city.claim()
    city.settle(Settled(job.id, job.version, "refused", why="title: is too short"))
    line, now = city.line(ref), city.clock.now()
    assert (line.state, line.why) == ("with_a_human", "title: is too short")
    city.do(relays.explain, int(line.id), "Nous avons écrit à la plateforme", now, "staff:1")
    assert city.line(ref).note == "Nous avons écrit à la plateforme"
    city.do(relays.retry, int(line.id), now, "staff:1")
    assert city.line(ref).state == "pending"
    city.do(relays.mark, int(line.id), "Saisie à la main", now, "staff:1")
    marked = city.line(ref)
    assert (marked.state, marked.fidelity, marked.note) == ("confirmed", "", "Saisie à la main")
    with pytest.raises(NoRelay):
        city.do(relays.mark, int(line.id), "encore", now, "staff:1")


def test_each_move_is_an_audit_line_without_a_word_of_the_text(city: City) -> None:
    (ref,) = city.publish("Des bancs violets")
    city.there(city.claim()[0], "Des blancs violets")
    city.withdraw(ref)
    with city.database.read() as session:
        lines = session.execute(sa.select(audit.c.action, audit.c.detail).where(audit.c.action.startswith("relay."))).all()
        tried = session.execute(sa.select(attempt.c.outcome)).scalars().all()
    assert [line.action for line in lines] == ["relay.pending", "relay.sending", "relay.confirmed", "relay.pending"]
    assert "violets" not in str(lines)
    assert tried == ["there"]


def test_what_a_platform_tells_of_itself_is_believed_and_compared(city: City) -> None:
    one, other = city.publish("Des bancs", "Une fontaine")
    now = city.clock.now()
    assert city.do(relays.found, city.where, [Copy(one, "12", "https://p.example/12", "Des bancs")], now, "provider") == 1
    assert (city.line(one).fidelity, city.line(one).address) == ("exact", "https://p.example/12")
    assert city.do(relays.gone, city.where, [one], now, "provider") == 1
    assert (city.line(one).state, city.line(one).why) == ("with_a_human", "taken_down")
    assert city.do(relays.refused, city.where, other, "hors sujet", now=now, actor="provider") == 1
    assert city.line(other).why == "hors sujet"


def test_a_signed_event_counts_once_and_a_replay_is_known(city: City) -> None:
    hear = relays.hear
    now = city.clock.now()
    told = [city.do(hear, city.where, "msg-1", stamp, now) for stamp in (100, 100, 160, 100)]
    assert told == ["new", "replay", "again", "replay"]


def test_after_a_backup_came_back_whatever_waited_is_looked_for(city: City) -> None:
    city.publish("Des bancs")
    assert city.do(relays.doubt_all, city.clock.now()) == 1
    assert city.claim()[0].doubt


@pytest.mark.parametrize(
    ("name", "kind", "url", "slug"),
    [
        ("Donnees", "kinto", "https://a.example", ""),
        ("a" * 32, "kinto", "https://a.example", ""),
        ("donnees", "kinto", "https://a.example", ""),
        ("autre", "excel", "https://a.example", ""),
        ("autre", "kinto", "ftp://a.example", ""),
        ("autre", "kinto", "https://moi:secret@a.example", ""),
        ("autre", "kinto", "https://a.example", "nulle-part"),
    ],
)
def test_a_platform_that_can_not_be_is_refused_in_a_sentence(city: City, name: str, kind: str, url: str, slug: str) -> None:
    with pytest.raises(TargetTrouble) as caught:
        city.do(relays.add, city.clock.now(), name, kind, url=url, options={}, slug=slug, actor="command")
    assert "secret" not in str(caught.value)


def test_a_platform_keeps_its_secret_sealed_and_is_not_forgotten_while_texts_stand_there(city: City) -> None:
    with city.database.read() as session:
        assert b"secret" not in session.scalars(sa.select(target.c.sealed)).one()
    (opened,) = city.look(relays.opened)
    assert opened.options == {"password": "secret"}
    assert "secret" not in repr(opened)
    (ref,) = city.publish("Des bancs")
    city.there(city.claim()[0])
    with pytest.raises(TargetTrouble):
        city.do(relays.remove, city.clock.now(), "donnees", "command")
    city.withdraw(ref)
    (down,) = city.claim()
    city.settle(Settled(down.id, down.version, "gone", external=""))
    city.do(relays.remove, city.clock.now(), "donnees", "command")
    assert city.rows() == []


def test_a_paused_platform_is_not_opened_and_its_copies_wait(city: City) -> None:
    city.do(relays.change, city.clock.now(), "donnees", "paused", "staff:1")
    assert city.look(relays.opened) == []
    city.publish("Des bancs")
    assert city.states() == {("publish", "pending", ""): 1}


def test_what_a_person_writes_anew_she_takes_down_first(city: City) -> None:
    with city.database.write() as session:
        files = relays.add(session, city.clock.now(), "fichiers", "file-decidim", url="", options={}, actor="command")
    (ref,) = city.publish("Des bancs")
    now = city.clock.now()
    city.do(relays.found, files, [Copy(ref, "12", text="Des bancs")], now, "staff:1")
    city.do(relays.amend, ref, now)
    (job,) = city.look(relays.to_hand_over, files)
    assert (job.wants, job.stale, job.external) == ("publish", True, "12")
    city.do(relays.hand_over, files, [job.id], now, "staff:1")
    (batch,) = city.look(relays.batches, files)
    assert (batch.texts, batch.withdrawals) == (1, 1)
    assert [one.external for one in city.look(relays.batch, files, batch.at, "withdraw")] == ["12"]
    assert [one.text for one in city.look(relays.batch, files, batch.at, "publish")] == ["Des bancs"]
    city.do(relays.found, files, [Copy(ref, "13", text="Des bancs")], now, "staff:1")
    assert next(row.external for row in city.rows() if row.target_id == files) == "13"


def test_words_taken_back_after_a_backup_are_looked_for_though_the_backup_never_sent_them(city: City) -> None:
    (ref,) = city.publish("Des bancs")
    city.do(relays.doubt_all, city.clock.now())
    city.withdraw(ref)
    (job,) = city.claim()
    assert (job.wants, job.doubt) == ("withdraw", True)


def test_what_was_published_while_a_platform_came_in_is_caught_up_once(city: City) -> None:
    one, other = city.publish("Des bancs", "Une fontaine")
    with city.database.write() as session:
        session.execute(sa.delete(relay).where(relay.c.ref == one))
    assert city.do(relays.catch_up, city.where, city.clock.now()) == 1
    assert city.do(relays.catch_up, city.where, city.clock.now()) == 0
    assert sorted(row.ref for row in city.rows()) == sorted((one, other))
