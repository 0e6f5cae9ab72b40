"""Accounts, sessions, second factor and tokens: who gets in, who doesn't, and what stays of it."""

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from outreach import audit, staff
from outreach.db import Database
from outreach.staff import Holder, SignedIn, SignInRefused, StaffTrouble
from outreach.tables import grant, invitation, signin, token
from outreach.tables import staff as table
from tests.conftest import Clock
from tests.needles import search_database

EMAIL, PASSWORD = "prenom.nom@ville.example", "une phrase que je garde"


def _account(database: Database, clock: Clock, *roles: str) -> int:
    with database.write() as session:
        staff.set_password(session, clock.now(), staff.add(session, clock.now(), EMAIL, roles or ("moderator",)), PASSWORD)
        return int(session.scalars(sa.select(table.c.id)).one())


def _sign_in(database: Database, clock: Clock, password: str = PASSWORD, code: str = "", email: str = EMAIL) -> SignedIn | SignInRefused:
    with database.write() as session:
        return staff.sign_in(session, clock.now(), email, password, code)


def _signed_in(database: Database, clock: Clock, code: str = "") -> SignedIn:
    done = _sign_in(database, clock, code=code)
    assert isinstance(done, SignedIn)
    return done


def _who(database: Database, clock: Clock, cookie: str) -> staff.Person | None:
    with database.read() as session:
        return staff.who(session, clock.now(), cookie)


# --- accounts


def test_an_account_begins_with_a_link_that_works_once(database: Database, clock: Clock) -> None:
    with database.write() as session:
        link = staff.add(session, clock.now(), " Prenom.Nom@Ville.example ", ["moderator", "lead"])
        assert staff.invited(session, clock.now(), link) == EMAIL
        staff.set_password(session, clock.now(), link, PASSWORD)
        assert staff.invited(session, clock.now(), link) is None
        with pytest.raises(StaffTrouble, match="used already"):
            staff.set_password(session, clock.now(), link, PASSWORD)
        (account,) = staff.listing(session)
    assert (account.email, set(account.roles), account.ready, account.second_factor) == (EMAIL, {"moderator", "lead"}, True, False)


def test_a_link_lives_three_days_and_only_the_last_one(database: Database, clock: Clock) -> None:
    with database.write() as session:
        first = staff.add(session, clock.now(), EMAIL, ["moderator"])
        second = staff.add(session, clock.now(), EMAIL, ["lead"])
        assert staff.invited(session, clock.now(), first) is None
        assert staff.invited(session, clock.now() + timedelta(days=3) - timedelta(seconds=1), second) == EMAIL
        assert staff.invited(session, clock.now() + timedelta(days=3), second) is None
        with pytest.raises(StaffTrouble) as trouble:
            staff.set_password(session, clock.now() + timedelta(days=3), second, PASSWORD)
        assert trouble.value.field == "token"
        assert [account.roles for account in staff.listing(session)] == [{"lead"}]


@pytest.mark.parametrize("password", ["", "court", "aaaaaaaaaaaaaaaa", "abcabcabcabcabcabc", "x" * 257])
def test_a_weak_password_is_refused_and_the_link_stays(database: Database, clock: Clock, password: str) -> None:
    with database.write() as session:
        link = staff.add(session, clock.now(), EMAIL, ["moderator"])
        with pytest.raises(StaffTrouble) as trouble:
            staff.set_password(session, clock.now(), link, password)
        assert trouble.value.field == "password"
        assert not password or password not in str(trouble.value)
        staff.set_password(session, clock.now(), link, PASSWORD)


@pytest.mark.parametrize("email", ["", "nom", "nom@ville", "a b@ville.fr", "@ville.fr", "a@" + "b" * 250 + ".fr"])
def test_what_is_no_address_is_no_account(database: Database, clock: Clock, email: str) -> None:
    with database.write() as session, pytest.raises(StaffTrouble):
        staff.add(session, clock.now(), email, ["moderator"])


@pytest.mark.parametrize("roles", [[], ["king"], ["moderator", "king"]])
def test_only_roles_that_exist_are_given(database: Database, clock: Clock, roles: list[str]) -> None:
    with database.write() as session, pytest.raises(StaffTrouble) as trouble:
        staff.add(session, clock.now(), EMAIL, roles)
    assert trouble.value.field == "roles"


def test_somebody_always_administers(database: Database, clock: Clock) -> None:
    staff_id = _account(database, clock, "admin")
    with database.write() as session:
        with pytest.raises(StaffTrouble, match="nobody would administer"):
            staff.set_roles(session, clock.now(), staff_id, ["lead"], "staff:1")
        with pytest.raises(StaffTrouble, match="nobody would administer"):
            staff.disable(session, clock.now(), staff_id, "staff:1")
        staff.add(session, clock.now(), "autre@ville.example", ["admin"])
        staff.set_roles(session, clock.now(), staff_id, ["lead"], "staff:1")
        assert set(session.scalars(sa.select(grant.c.role).where(grant.c.staff_id == staff_id))) == {"lead"}


def test_a_closed_account_opens_nothing(database: Database, clock: Clock) -> None:
    staff_id = _account(database, clock)
    cookie = _signed_in(database, clock).cookie
    with database.write() as session:
        link = staff.invite(session, clock.now(), staff_id, "staff:1")
        staff.disable(session, clock.now(), staff_id, "staff:1")
        assert staff.invited(session, clock.now(), link) is None
    assert _who(database, clock, cookie) is None
    assert _sign_in(database, clock) == SignInRefused("refused")


# --- sessions


def test_a_session_lasts_twelve_hours(database: Database, clock: Clock) -> None:
    staff_id = _account(database, clock, "lead", "host")
    done = _signed_in(database, clock)
    person = _who(database, clock, done.cookie)
    assert person is not None
    assert (person.id, person.email, set(person.roles), person.csrf, person.actor) == (
        staff_id,
        EMAIL,
        {"lead", "host"},
        done.csrf,
        f"staff:{staff_id}",
    )
    clock.advance(hours=12, seconds=-1)
    assert _who(database, clock, done.cookie) is not None
    clock.advance(seconds=1)
    assert _who(database, clock, done.cookie) is None


def test_signing_out_ends_that_session_alone(database: Database, clock: Clock) -> None:
    _account(database, clock)
    first, second = _signed_in(database, clock), _signed_in(database, clock)
    assert first.cookie != second.cookie != second.csrf
    with database.write() as session:
        staff.sign_out(session, clock.now(), first.cookie)
        staff.sign_out(session, clock.now(), first.cookie)
    assert (_who(database, clock, first.cookie), _who(database, clock, "nothing of ours")) == (None, None)
    assert _who(database, clock, second.cookie) is not None


def test_a_new_password_ends_every_session(database: Database, clock: Clock) -> None:
    staff_id = _account(database, clock)
    cookie = _signed_in(database, clock).cookie
    with database.write() as session:
        staff.set_password(session, clock.now(), staff.invite(session, clock.now(), staff_id, "staff:1"), "une autre phrase")
    assert _who(database, clock, cookie) is None
    assert _sign_in(database, clock) == SignInRefused("refused")
    assert isinstance(_sign_in(database, clock, "une autre phrase"), SignedIn)


def test_no_secret_stands_in_the_database(database: Database, clock: Clock) -> None:
    _account(database, clock)
    done = _signed_in(database, clock)
    with database.write() as session:
        link = staff.add(session, clock.now(), "autre@ville.example", ["admin"])
        secret = staff.make_token(session, clock.now(), "relais", "lead")
    assert search_database(database, [PASSWORD, done.cookie, link, secret, secret.removeprefix("av_")]) == []


# --- trying


def test_wrong_and_unknown_look_the_same(database: Database, clock: Clock) -> None:
    _account(database, clock)
    for email, password in (
        (EMAIL, "pas celle-là"),
        ("inconnu@ville.example", PASSWORD),
        (EMAIL, ""),
        ("", ""),
        (EMAIL, "x" * 10_000),
        (EMAIL, "\ud800"),
    ):
        assert _sign_in(database, clock, password, email=email) == SignInRefused("refused")


def test_five_failures_lock_longer_each_time_and_success_forgets_them(database: Database, clock: Clock) -> None:
    _account(database, clock)
    for _ in range(4):
        assert _sign_in(database, clock, "pas celle-là") == SignInRefused("refused")
    assert _sign_in(database, clock, "pas celle-là") == SignInRefused("locked", clock.now() + timedelta(minutes=1))
    assert _sign_in(database, clock) == SignInRefused("locked", clock.now() + timedelta(minutes=1))
    waits = []
    for _ in range(8):
        with database.read() as session:
            until = session.scalars(sa.select(table.c.locked_until)).one()
        assert until is not None
        clock.at = until
        refusal = _sign_in(database, clock, "pas celle-là")
        assert isinstance(refusal, SignInRefused)
        assert refusal.until is not None
        waits.append((refusal.until - clock.now()) / timedelta(minutes=1))
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    clock.advance(hours=1)
    assert isinstance(_sign_in(database, clock), SignedIn)
    assert _sign_in(database, clock, "pas celle-là") == SignInRefused("refused")


def test_a_password_may_be_compared_beside_the_writer(database: Database, clock: Clock) -> None:
    staff_id = _account(database, clock)
    with database.read() as session:
        right, wrong, nobody = (staff.prove(session, *who) for who in ((EMAIL, PASSWORD), (EMAIL, "autre"), ("x@y.z", PASSWORD)))
    with database.write() as session:
        assert isinstance(staff.sign_in(session, clock.now(), EMAIL, right), SignedIn)
        assert staff.sign_in(session, clock.now(), EMAIL, wrong) == SignInRefused("refused")
        assert staff.sign_in(session, clock.now(), "x@y.z", nobody) == SignInRefused("refused")
        staff.set_password(session, clock.now(), staff.invite(session, clock.now(), staff_id, "staff:1"), "une autre phrase")
        assert staff.sign_in(session, clock.now(), EMAIL, right) == SignInRefused("refused")  # proven for a password that is gone


# --- second factor


def _enrol(database: Database, clock: Clock, staff_id: int) -> pyotp.TOTP:
    with database.write() as session:
        enrolment = staff.new_factor(EMAIL, "Ville de Nantes")
        totp = pyotp.parse_uri(enrolment.uri)
        assert isinstance(totp, pyotp.TOTP)
        assert (totp.secret, totp.name, totp.issuer) == (enrolment.secret, EMAIL, "Ville de Nantes")
        with pytest.raises(StaffTrouble):
            staff.enrol(session, clock.now(), staff_id, enrolment.secret, "000000" if totp.at(clock.now()) != "000000" else "111111")
        staff.enrol(session, clock.now(), staff_id, enrolment.secret, totp.at(clock.now()))
    return totp


def test_an_enrolled_second_factor_is_asked_and_good_once(database: Database, clock: Clock) -> None:
    totp = _enrol(database, clock, _account(database, clock))
    assert _sign_in(database, clock) == SignInRefused("code")
    assert _sign_in(database, clock, code=totp.at(clock.now())) == SignInRefused("code")  # it enrolled already
    clock.advance(seconds=30)
    code = totp.at(clock.now())
    assert isinstance(_sign_in(database, clock, code=f"{code[:3]} {code[3:]}"), SignedIn)
    assert _sign_in(database, clock, code=code) == SignInRefused("code")
    clock.advance(seconds=30)
    late = totp.at(clock.now())
    clock.advance(seconds=30)
    assert isinstance(_sign_in(database, clock, code=late), SignedIn)
    assert search_database(database, [totp.secret]) == []


def test_guessing_codes_locks_asking_for_one_does_not(database: Database, clock: Clock) -> None:
    totp = _enrol(database, clock, _account(database, clock))
    clock.advance(minutes=5)
    for _ in range(10):
        assert _sign_in(database, clock) == SignInRefused("code")
    wrong = f"{(int(totp.at(clock.now())) + 500_000) % 10**6:06d}"
    for code in (wrong, "12345", "abcdef", "１２３４５６"):
        assert _sign_in(database, clock, code=code) == SignInRefused("code")
    assert _sign_in(database, clock, code=wrong) == SignInRefused("locked", clock.now() + timedelta(minutes=1))


def test_a_lost_phone_is_taken_off(database: Database, clock: Clock) -> None:
    staff_id = _account(database, clock)
    _enrol(database, clock, staff_id)
    with database.write() as session:
        staff.drop_factor(session, clock.now(), staff_id, "staff:1")
    _signed_in(database, clock)


# --- tokens


def test_a_token_is_told_once_and_ends_when_revoked(database: Database, clock: Clock) -> None:
    with database.write() as session:
        secret = staff.make_token(session, clock.now(), "relais", "lead")
        holder = staff.token_holder(session, secret)
        assert holder is not None
        assert holder == Holder(holder.id, "relais", "lead")
        assert holder.actor == f"token:{holder.id}"
        assert staff.token_holder(session, secret[:-1]) is None
        staff.revoke_token(session, clock.now(), holder.id, "staff:1")
        staff.revoke_token(session, clock.now(), holder.id, "staff:1")
        assert staff.token_holder(session, secret) is None
        (listed,) = staff.tokens(session)
        assert (listed.name, listed.revoked_at) == ("relais", clock.now())
        assert len(audit.search(session, action="token.revoked").items) == 1


@pytest.mark.parametrize(
    ("name", "role"), [("relais", "lead"), (" relais ", "lead"), ("", "lead"), ("x" * 81, "lead"), ("a\x00", "lead"), ("autre", "king")]
)
def test_two_tokens_are_two_people(database: Database, clock: Clock, name: str, role: str) -> None:
    with database.write() as session:
        staff.make_token(session, clock.now(), "relais", "moderator")
        with pytest.raises(StaffTrouble):
            staff.make_token(session, clock.now(), name, role)
        assert session.scalar(sa.select(sa.func.count()).select_from(token)) == 1


# --- roles


def test_every_role_of_the_design_has_its_rights() -> None:
    assert list(staff.ROLES) == ["admin", "staff", "moderator", "lead", "host", "association", "interpreter", "dpo", "observer"]
    assert set().union(*staff.ROLES.values()) == set(staff.RIGHTS)


def test_least_privilege() -> None:
    """SEC-05, SEC-08, GDPR-05."""
    assert not any(
        staff.may(["moderator"], right)
        for right in ("campaigns.write", "campaigns.approve", "staff.manage", "processes.write", "audit.read")
    )
    assert {role for role in staff.ROLES if staff.may([role], "contacts.reveal")} == {"dpo", "lead"}
    assert staff.ROLES["observer"] == {"processes.read", "statistics.read"}
    assert staff.may(["observer", "moderator"], "contributions.decide")
    assert not staff.may([], "processes.read")
    assert not staff.may(["king"], "processes.read")
    with pytest.raises(KeyError):
        staff.may(["admin"], "contributions.decyde")


# --- what stays


def test_everything_is_audited_by_numbers_alone(database: Database, clock: Clock) -> None:
    staff_id = _account(database, clock)
    cookie = _signed_in(database, clock).cookie
    _sign_in(database, clock, "pas celle-là")
    with database.write() as session:
        staff.sign_out(session, clock.now(), cookie)
    with database.read() as session:
        found = audit.search(session).items
    assert [line.action for line in reversed(found)] == [
        "staff.added",
        "staff.password",
        "staff.signed_in",
        "staff.refused",
        "staff.signed_out",
    ]
    assert {line.subject for line in found} == {f"staff-{staff_id:x}"}
    assert not any("ville" in str(line) for line in found)


def test_a_closed_session_leaves_no_row(database: Database, clock: Clock) -> None:
    _account(database, clock)
    cookie = _signed_in(database, clock).cookie
    with database.write() as session:
        staff.sign_out(session, clock.now(), cookie)
        assert session.scalar(sa.select(sa.func.count()).select_from(signin)) == 0
        assert session.scalar(sa.select(sa.func.count()).select_from(invitation)) == 0
