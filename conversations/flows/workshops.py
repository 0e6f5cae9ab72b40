"""The workshops to come: dates, details, places for oneself and others, the waiting list and the other date."""

from datetime import datetime

from conversations.effects import ChangeSeats, SignUp, TakeSeat
from conversations.facts import Seat, Workshop
from conversations.keywords import coming as company
from conversations.messages import CODE, Choice
from conversations.outcomes import Kept, NoSeat, Seated, Waiting
from conversations.phrases import NOTHING, besides, city, moment, workshop_named, workshop_place
from conversations.steps import Asked
from conversations.talk import DIGIT_LIVES, Flow, Talk
from conversations.text import Text, Value, _, ngettext, verbatim

MOST_BY_SMS, MOST = 3, 8
EXAMPLE = 3
"""Places, in "write 3 PLACES"; who has so many already reads another number."""

flow = Flow("workshops")


def coming(talk: Talk) -> list[Workshop]:
    """What is still to come, the next first."""
    every = (workshop for process in talk.facts.processes for workshop in process.workshops if workshop.starts_at > talk.facts.now)
    return sorted(every, key=lambda workshop: workshop.starts_at)


def found(talk: Talk, key: str) -> Workshop | None:
    """A workshop by its key: of an open project, or one where this person has a place."""
    mine = (seat.workshop for seat in talk.facts.seats)
    return next((workshop for workshop in (*coming(talk), *mine) if workshop.key == key), None)


@flow.keyword("ATELIER")
def dates(talk: Talk, _argument: str) -> None:
    """When and where; what this person holds comes first, then what they may join."""
    held = {seat.workshop.key: seat for seat in talk.facts.seats}
    asked = len(talk.open("minutes:right"))
    talk.enter("minutes:tell")
    if len(talk.open("minutes:right")) > asked:
        return  # one question at a time: the dates come with the next ATELIER
    for seat in held.values():
        talk.say(_held(talk, seat), _buttons(talk, seat))
    open_now = [workshop for workshop in coming(talk) if workshop.key not in held][: MOST_BY_SMS if talk.sms else MOST]
    if len(open_now) == 1:
        ask(talk, open_now[0], besides_held=bool(held))
    elif open_now:
        _ask_which(talk, open_now)
    elif not held:
        if not talk.says:
            talk.enter("minutes:tell", True)
        talk.say(
            talk.either(
                _("{city}: no workshop has a date now. To be called: CALL", city=city(talk)),
                _("No workshop has a date now."),
            ),
            () if talk.sms else (Choice("APPEL", _("a person calls me back")),),
        )


def _held(talk: Talk, seat: Seat) -> Text:
    values = {"workshop": workshop_named(talk, seat.workshop), "moment": moment(talk, seat.workshop.starts_at)}
    if seat.state == "waiting":
        return _("You wait for {workshop}, {moment}: rank {rank}.", rank=seat.rank, **values)
    if seat.state == "offered":
        return talk.either(
            _("A place is free for you: {workshop}, {moment}. To take it: {count} PLACE", count=seat.seats, **values),
            _("A place is free for you: {workshop}, {moment}.", **values),
        )
    many = ngettext("one place", "{count} places", seat.seats)
    if seat.mode == "remote":
        return _("You have {places} from home: {workshop}, {moment}.", places=many, **values)
    place = workshop_place(talk, seat.workshop)
    return _("You have {places}: {workshop}, {moment}, {place}. Code: {code}.", places=many, place=place, code=seat.code, **values)


def _buttons(talk: Talk, seat: Seat) -> tuple[Choice, ...]:
    if talk.sms:
        return ()
    if seat.state == "offered":
        return (Choice(f"PLACES {seat.seats}", _("I take it"), row=0), Choice("ANNULER", _("I leave my place"), row=1))
    return (Choice("BESOIN", _("a need"), row=0), Choice("ANNULER", _("I leave my place"), row=0))


def _ask_which(talk: Talk, open_now: list[Workshop]) -> None:
    for before in ("workshops:which", "workshops:come"):
        talk.close(before, answered=True)  # asked anew: a digit is for the list that is read now
    choices = tuple(Choice(f"w{place}", _line(talk, workshop), row=place) for place, workshop in enumerate(open_now))
    talk.ask(
        "workshops:which",
        talk.either(_("{city}, workshops: {choices} Which one?", city=city(talk)), _("The workshops. Which one interests you?")),
        choices,
        about=" ".join(workshop.key for workshop in open_now),
    )


def _line(talk: Talk, workshop: Workshop) -> Text:
    values = {"moment": moment(talk, workshop.starts_at), "place": workshop_place(talk, workshop)}
    return talk.either(
        _("{workshop}, {moment}, {place}.", workshop=workshop_named(talk, workshop), **values), Text("{moment}, {place}", values)
    )


@flow.question("which", lambda talk, asked: _("for the dates"), company.comes)  # noqa: ARG005 - every question has the same shape
def which(talk: Talk, asked: Asked, key: str) -> None:
    """The details of the one that was picked."""
    talk.close("workshops:which", answered=True)
    keys = asked.about.split(" ")
    place = int(key[1:]) if key[1:].isdecimal() else len(keys)
    workshop = found(talk, keys[place]) if place < len(keys) else None
    if workshop is None:
        over(talk, NoSeat("over"))
    else:
        ask(talk, workshop)


def ask(talk: Talk, workshop: Workshop, *, besides_held: bool = False) -> None:
    """Message 6: the details with how one gets in, then whether this person comes.

    `besides_held`: a place of theirs was told just before; a yes to that must not be taken for one to this date.
    """
    talk.close("workshops:come", answered=True)
    access = besides(workshop.access, _("({access})", access=verbatim(", ".join(workshop.access))))
    values = {
        "city": city(talk),
        "workshop": workshop_named(talk, workshop),
        "moment": moment(talk, workshop.starts_at),
        "place": workshop_place(talk, workshop),
    }
    wordings = (_sms_details_besides, _details_besides) if besides_held else (_sms_details, _details)
    wording = wordings[0] if talk.sms else wordings[1]
    choices = (
        Choice("yes", _("yes"), "1", 0),
        Choice("no", _("no"), "2", 0),
        *((Choice("remote", _("from home"), "3", 1),) if workshop.remote else ()),
    )
    text = talk.fitting(wording({**values, "access": access}), [wording({**values, "access": NOTHING})], choices)
    talk.ask("workshops:come", text, choices, about=workshop.key, until=_until(talk, workshop.starts_at))


def _sms_details(values: dict[str, Text]) -> Text:
    return _("{city}: {workshop}, {moment}, {place}{access}. Will you come? {choices}", **values)


def _details(values: dict[str, Text]) -> Text:
    return _("{workshop}\n{moment}, {place}{access}\nWill you come?", **values)


def _sms_details_besides(values: dict[str, Text]) -> Text:
    return _("{city}, another date: {workshop}, {moment}, {place}{access}. Will you come there too? {choices}", **values)


def _details_besides(values: dict[str, Text]) -> Text:
    return _("Another date: {workshop}\n{moment}, {place}{access}\nWill you come there too?", **values)


def _until(talk: Talk, starts_at: datetime) -> datetime:
    return min(talk.facts.now + DIGIT_LIVES, starts_at)


def _called(talk: Talk, asked: Asked) -> Text:
    workshop = found(talk, asked.about)
    if workshop is None:
        return _("for the workshop")
    return _("for the workshop of {moment}", moment=moment(talk, workshop.starts_at))


@flow.question(
    "come",
    _called,
    company.comes,
    no="je ne viens pas|on ne vient pas|pas cette fois",
    remote="a distance|de chez moi|en ligne|online|from home",
)
def come(talk: Talk, asked: Asked, key: str) -> None:
    """Yes holds a place at once; how many come may be said in the same breath."""
    talk.close("workshops:come", asked.about, answered=True)
    answer, _colon, many = key.partition(":")
    if answer == "no":
        talk.say(talk.either(_("Noted. Other dates: WORKSHOP"), _("Noted. Other dates: /ateliers")))
        return
    talk.do(SignUp(asked.about, int(many or 1), "remote" if answer == "remote" else "room"))


@flow.outcome(Seated)
def seated(talk: Talk, outcome: Seated) -> None:
    """Message 7: the place, the code of the door, what may be asked besides."""
    workshop = found(talk, outcome.workshop)
    if workshop is None:
        over(talk, NoSeat("over"))
        return
    talk.memory["seat"] = outcome.workshop
    many = ngettext("one place for you", "{count} places for you", outcome.seats)
    values = {"places": many, "moment": moment(talk, workshop.starts_at), "place": workshop_place(talk, workshop)}
    if outcome.mode == "remote":
        text = talk.either(
            _("Noted, {places} from home: {moment}. The link arrives here an hour before. To leave it: LEAVE", **values),
            _("Noted, {places} from home:\n{moment}\nThe link arrives here an hour before.", **values),
        )
    else:
        others = _more(talk) if outcome.seats == 1 else _other_number(talk, 2 if outcome.seats == EXAMPLE else EXAMPLE)
        text = talk.either(
            _(
                "Noted, {places}: {moment}, {place}. Code at the door: {code}. {others} "
                "Need an interpreter, a ramp, child care: NEED. To leave it: LEAVE",
                code=outcome.code,
                others=others,
                **values,
            ),
            _("Noted, {places}:\n{moment}, {place}\nCode at the door: {code}\n{others}", code=outcome.code, others=others, **values),
        )
    shown = (Choice("CODE", _("my code as a picture"), row=1),) if outcome.code else ()
    talk.say(text, () if talk.sms else (Choice("BESOIN", _("a need"), row=0), Choice("ANNULER", _("I leave my place"), row=0), *shown))
    if not talk.sms and talk.memory.get("calendar") != outcome.workshop:  # the date is the same, however many come
        talk.memory["calendar"] = outcome.workshop
        talk.attach(outcome.workshop, _("For your calendar."))


def _more(talk: Talk) -> Text:
    return talk.either(_("You come with others? Write 3 PLACES."), _("You come with others? Write “3 places”."))


def _other_number(talk: Talk, count: int) -> Text:
    return talk.either(_("Another number? Write {count} PLACES.", count=count), _("Another number? Write “{count} places”.", count=count))


@flow.outcome(Waiting)
def waiting(talk: Talk, outcome: Waiting) -> None:
    """Message 8a: the rank, and the other date in the same message."""
    workshop = found(talk, outcome.workshop)
    other = found(talk, outcome.other.workshop) if outcome.other else None
    if workshop is None:
        over(talk, NoSeat("over"))
        return
    values = {"moment": moment(talk, workshop.starts_at), "rank": verbatim(str(outcome.rank))}
    if other is None or outcome.other is None:
        talk.say(
            talk.either(
                _(
                    "The workshop of {moment} is full. You have rank {rank}. "
                    "If a place becomes free, an SMS offers it to you, never at night. To leave the list: LEAVE",
                    **values,
                ),
                _(
                    "The workshop of {moment} is full. You have rank {rank}.\n"
                    "If a place becomes free, a message offers it to you, never at night.",
                    **values,
                ),
            ),
            () if talk.sms else (Choice("ANNULER", _("I leave the list")),),
        )
        return
    ask_other(
        talk,
        talk.either(
            _(
                "The workshop of {moment} is full. You have rank {rank}. If a place becomes free, an SMS offers it to you, never at night.",
                **values,
            ),
            _(
                "The workshop of {moment} is full. You have rank {rank}.\n"
                "If a place becomes free, a message offers it to you, never at night.",
                **values,
            ),
        ),
        outcome.workshop,
        (other, outcome.other.free),
    )


def ask_other(talk: Talk, before: Text, full: str, other: tuple[Workshop, int]) -> None:
    """The other date, after what was said of the full one."""
    workshop, free = other
    left = ngettext("one place", "{count} places", free)
    talk.close("workshops:other", answered=True)
    talk.ask(
        "workshops:other",
        talk.either(
            _(
                "{before} Other date: {moment}, {places}. Do you go? {choices}",
                before=before,
                moment=moment(talk, workshop.starts_at),
                places=left,
            ),
            _("{before}\nOther date: {moment}, {places}. Do you go?", before=before, moment=moment(talk, workshop.starts_at), places=left),
        ),
        (Choice("yes", _("yes"), "1", 0), Choice("no", _("no, I keep my rank"), "2", 1)),
        about=f"{full} {workshop.key}",
        until=_until(talk, workshop.starts_at),
    )


@flow.question("other", lambda talk, asked: _("for the other date"), company.comes)  # noqa: ARG005 - every question has the same shape
def other(talk: Talk, asked: Asked, key: str) -> None:
    """Yes: a place there, and the line is left once it is held. No: the rank stays."""
    talk.close("workshops:other", answered=True)
    full, _space, another = asked.about.partition(" ")
    answer, _colon, many = key.partition(":")
    if answer == "yes":
        talk.do(SignUp(another, int(many or _party(talk, full)), instead_of=full))
    else:
        talk.say(_("Noted: you keep your rank."))


def _party(talk: Talk, key: str) -> int:
    return next((seat.seats for seat in talk.facts.seats if seat.workshop.key == key), 1)


@flow.keyword("PLACES")
def places(talk: Talk, many: str) -> None:
    """`3 PLACES`: how many come, all told; a place that was offered is taken by the same words."""
    mine = [seat for seat in talk.facts.seats if seat.mode == "room"]
    offered = next((seat for seat in mine if seat.state == "offered"), None)
    meant = offered or next((seat for seat in mine if seat.workshop.key == talk.memory.get("seat")), mine[0] if mine else None)
    count = int(many) if many.isdecimal() else 0
    if count > company.MOST:
        _so_many(talk)
    elif meant is None and talk.open("workshops:which"):
        dates(talk, "")  # which one first
    elif meant is None:
        none_held(talk)
    elif not count:
        talk.say(_("Write how many come, all told, as in: 3 PLACES"))
    elif meant is offered:
        talk.close("seats:offer", meant.workshop.key, answered=True)
        talk.do(TakeSeat(meant.workshop.key))
    else:
        talk.do(ChangeSeats(meant.workshop.key, count))


def _so_many(talk: Talk) -> None:
    """A person arranges it; the question, if one is open, takes a smaller number still."""
    talk.say(
        talk.either(
            _("Here {most} places at most. More of you: CALL, a person arranges it. A smaller number: {most} PLACES", most=company.MOST),
            _("Here {most} places at most. More of you: /call, a person arranges it. A smaller number: “{most} places”", most=company.MOST),
        )
    )


@flow.keyword("CODE")
def codes(talk: Talk, _argument: str) -> None:
    """What is shown at the door: in words, and as a QR code for a scanner where the network carries pictures."""
    mine = [seat for seat in talk.facts.seats if seat.code][:MOST_BY_SMS]
    for seat in mine:
        values: dict[str, Value] = {
            "code": seat.code,
            "moment": moment(talk, seat.workshop.starts_at),
            "place": workshop_place(talk, seat.workshop),
        }
        caption = _("Code at the door: {code}, {moment}, {place}.", **values)
        if talk.sms:
            talk.say(caption)
        else:
            talk.attach(CODE + seat.code, caption)
    if not mine:
        none_held(talk)


@flow.door("places")
def said_how_many(talk: Talk, many: str) -> None:
    """The count came along with a yes."""
    places(talk, many)


def none_held(talk: Talk) -> None:
    """Nothing to change."""
    talk.say(
        talk.either(
            _("You hold no seat, there is nothing to change. The dates: WORKSHOP"),
            _("You hold no seat, there is nothing to change. The dates: /ateliers"),
        )
    )


@flow.outcome(Kept)
def kept(talk: Talk, outcome: Kept) -> None:
    """So many more are not left: nothing was lost by asking."""
    more = ngettext("one more place is left", "{count} more places are left", outcome.free) if outcome.free else _("no more place is left")
    talk.say(
        _("Sorry, {more}. Yours stays: {places}.", more=more, places=ngettext("one place", "{count} places", outcome.seats)),
    )


@flow.outcome(NoSeat)
def over(talk: Talk, outcome: NoSeat) -> None:
    """There is nothing to hold any more."""
    if outcome.why == "nothing":
        none_held(talk)
        return
    talk.say(
        talk.either(
            _("This workshop takes no more sign-ups. The other dates: WORKSHOP"),
            _("This workshop takes no more sign-ups. The other dates: /ateliers"),
        )
    )
