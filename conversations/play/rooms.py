"""A pretended room: what a person holds after each outcome and notice; whether seats are left, `test_workshops` tries for real."""

from collections.abc import Iterable

from conversations import effects, outcomes
from conversations.facts import Minutes, Process, Seat, Workshop
from conversations.notices import AboutWorkshop, Cancelled, MinutesReady, Moved, Offer

CODE = "5307"


def known(processes: Iterable[Process], seats: Iterable[Seat]) -> dict[str, Workshop]:
    """Workshops by key."""
    mine = {seat.workshop.key: seat.workshop for seat in seats}
    return {workshop.key: workshop for process in processes for workshop in process.workshops} | mine


def answer(effect: effects.Effect, seats: tuple[Seat, ...]) -> outcomes.Outcome | None:
    """What an office with room enough answers."""
    match effect:
        case effects.SignUp(workshop=key, seats=many, mode=mode):
            return outcomes.Seated(key, many, CODE if mode == "room" else "", mode)
        case effects.ChangeSeats(workshop=key, seats=many):
            return outcomes.Seated(key, many, CODE)
        case effects.TakeSeat(workshop=key):
            mine = next((seat for seat in seats if seat.workshop.key == key), None)
            return outcomes.Seated(key, mine.seats, CODE) if mine else outcomes.NoSeat("over")
        case effects.LeaveSeat(workshop=key):
            mine = next((seat for seat in seats if seat.workshop.key == key), None)
            return outcomes.Left(key, waited=mine.state != "confirmed") if mine else outcomes.NoSeat("nothing")
        case effects.UseSlip(ref=ref):
            return outcomes.WrongCode(ref)  # nobody wrote on paper here: a transcript says what the office is to answer
    return None


def after(outcome: outcomes.Outcome, seats: tuple[Seat, ...], workshops: dict[str, Workshop]) -> tuple[Seat, ...]:
    """What the person holds then."""
    match outcome:
        case outcomes.Seated(workshop=key, seats=many, code=code, mode=mode):
            return _put(seats, Seat(workshops[key], "confirmed", many, mode, code))
        case outcomes.Waiting(workshop=key, rank=rank) | outcomes.SeatGone(workshop=key, rank=rank):
            many = next((seat.seats for seat in seats if seat.workshop.key == key), 1)
            return _put(seats, Seat(workshops[key], "waiting", many, rank=rank))
        case outcomes.Left(workshop=key):
            return tuple(seat for seat in seats if seat.workshop.key != key)
    return seats


def told(notice: AboutWorkshop, seats: tuple[Seat, ...]) -> tuple[Seat, ...]:
    """What the person holds once a notice was said."""
    mine = next((seat for seat in seats if seat.workshop.key == notice.workshop.key), None)
    match notice:
        case Cancelled(workshop=workshop):
            return tuple(seat for seat in seats if seat.workshop.key != workshop.key)
        case Offer(workshop=workshop, seats=many):
            return _put(seats, Seat(workshop, "offered", many))
        case Moved(workshop=workshop) if mine:
            return _put(seats, Seat(workshop, mine.state, mine.seats, mine.mode, mine.code, mine.rank))
    return seats


def heard(notice: AboutWorkshop, minutes: tuple[Minutes, ...]) -> tuple[Minutes, ...]:
    """The minutes that a person knows of once a notice was said."""
    if isinstance(notice, MinutesReady):
        return (*minutes, Minutes(notice.workshop, notice.short, notice.text, notice.until, came=True))
    return minutes


def _put(seats: tuple[Seat, ...], one: Seat) -> tuple[Seat, ...]:
    others = tuple(seat for seat in seats if seat.workshop.key != one.workshop.key)
    return tuple(sorted((*others, one), key=lambda seat: seat.workshop.starts_at))
