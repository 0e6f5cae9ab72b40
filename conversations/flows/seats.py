"""A place once it is held: the reminders, an offer, a change, the way out."""

from datetime import timedelta

from conversations.effects import LeaveSeat, TakeSeat
from conversations.flows.workshops import ask_other, found, none_held, over
from conversations.keywords import coming as company
from conversations.messages import Choice
from conversations.notices import Cancelled, Moved, Offer, Reminder, RemoteLink
from conversations.outcomes import Left, NoSeat, SeatGone
from conversations.phrases import besides, city, clock, moment, workshop_named, workshop_place
from conversations.steps import Asked
from conversations.talk import Flow, Talk
from conversations.text import Text, _, ngettext, verbatim

flow = Flow("seats")

_COMING = "je viens|on vient|je confirme|nous venons"
_LEAVING = "je laisse ma place|je ne viens plus|je ne viens pas|on ne vient plus|annuler|annulez|annule|cancel"


@flow.notice(Reminder)
def reminder(talk: Talk, told: Reminder, late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Message 9; whoever is in the middle of something gets a word instead of digits."""
    workshop = told.workshop
    is_tomorrow = workshop.starts_at.date() == talk.facts.now.date() + timedelta(days=1)
    when = moment(talk, workshop.starts_at)
    values = {
        "city": city(talk),
        "workshop": workshop_named(talk, workshop),
        "moment": _("tomorrow {moment}", moment=when) if is_tomorrow else when,
        "place": workshop_place(talk, workshop) if told.mode == "room" else _("from home"),
    }
    code = besides(told.mode == "room", _("Code {code}.", code=told.code))
    if late:
        talk.say(
            talk.either(
                _("{city}: {workshop}, {moment}, {place}.{code} You can't come any more? LEAVE", code=code, **values),
                _("{city}: {workshop}, {moment}, {place}.{code}\nYou can't come any more? /cancel", code=code, **values),
            )
        )
        return
    talk.ask(
        "seats:coming",
        talk.either(
            _("{city}: {workshop}, {moment}, {place}.{code} Will you come? {choices}", code=code, **values),
            _("{city}: {workshop}\n{moment}, {place}.{code}\nWill you come?", code=code, **values),
        ),
        (Choice("yes", _("yes"), "1", 0), Choice("no", _("no, I leave my place"), "2", 1)),
        about=workshop.key,
        until=workshop.starts_at,
    )


def _called(talk: Talk, asked: Asked) -> Text:
    workshop = found(talk, asked.about)
    if workshop is None:
        return _("for the workshop")
    return _("for the workshop of {moment}", moment=moment(talk, workshop.starts_at))


@flow.question("coming", _called, company.comes, yes=_COMING, no=_LEAVING)
def coming(talk: Talk, asked: Asked, key: str) -> None:
    """Yes is noted; no frees the place at once."""
    talk.close("seats:coming", asked.about, answered=True)
    if key == "no":
        talk.do(LeaveSeat(asked.about))
        return
    _yes, _colon, many = key.partition(":")
    held = next((seat.seats for seat in talk.facts.seats if seat.workshop.key == asked.about), 1)
    if many and int(many) != held:
        talk.memory["seat"] = asked.about
        talk.enter("workshops:places", many)
        return
    talk.enter("subscribe:besides", _("Noted, see you there."))


@flow.notice(Offer)
def offer(talk: Talk, told: Offer, late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Message 8b: for this person alone until its hour, or, on the last day, for the first who answers."""
    workshop = told.workshop
    many = ngettext("one place for you", "{count} places for you", told.seats)
    values = {
        "city": city(talk),
        "places": many,
        "workshop": workshop_named(talk, workshop, first=True),
        "moment": moment(talk, workshop.starts_at),
        "place": workshop_place(talk, workshop),
    }
    until = _("Kept until {moment}", moment=moment(talk, told.until)) if told.held else _("The first answer has it")
    if late:
        talk.say(
            talk.either(
                _(
                    "{city}: {places}! {workshop}, {moment}, {place}. {until}. To take it: {count} PLACE",
                    until=until,
                    count=told.seats,
                    **values,
                ),
                _("{city}: {places}! {workshop}, {moment}, {place}. {until}. To take it: /ateliers", until=until, **values),
            )
        )
        return
    talk.ask(
        "seats:offer",
        talk.either(
            _("{city}: {places}! {workshop}, {moment}, {place}. {choices}. {until}", until=until, **values),
            _("{city}: {places}!\n{workshop}, {moment}, {place}.\n{until}.", until=until, **values),
        ),
        (Choice("yes", _("I take it"), "1", 0), Choice("no", _("no"), "2", 0)),
        about=workshop.key,
        until=told.until,
    )


@flow.question("offer", _called, company.comes, yes="je la prends|je prends", no=_LEAVING)
def offered(talk: Talk, asked: Asked, key: str) -> None:
    """Yes: the office says whether it is still there. No: the next in the line is asked."""
    talk.close("seats:offer", asked.about, answered=True)
    if key == "no":
        talk.do(LeaveSeat(asked.about))
    else:
        talk.do(TakeSeat(asked.about))


@flow.outcome(SeatGone)
def gone(talk: Talk, outcome: SeatGone) -> None:
    """x11."""
    another = found(talk, outcome.other.workshop) if outcome.other else None
    sorry = _("The place has just gone, sorry. You keep rank {rank}.", rank=verbatim(str(outcome.rank)))
    if another is None or outcome.other is None:
        talk.say(sorry)
    else:
        ask_other(talk, sorry, outcome.workshop, (another, outcome.other.free))


@flow.keyword("ANNULER")
def cancel(talk: Talk, _argument: str) -> None:
    """The place is free at once; of several, which one is asked. A call, asked for just now, is cancelled instead when no place is held."""
    mine = talk.facts.seats
    if talk.step == "number" or (talk.step == "called" and not mine):
        talk.enter("human:no_call")
    elif not mine:
        none_held(talk)
    elif len(mine) == 1:
        talk.do(LeaveSeat(mine[0].workshop.key))
    else:
        talk.close("seats:which", answered=True)
        talk.ask(
            "seats:which",
            talk.either(_("Which place do you leave? {choices}"), _("Which place do you leave?")),
            tuple(Choice(f"w{place}", moment(talk, seat.workshop.starts_at), row=place) for place, seat in enumerate(mine[:3])),
            about=" ".join(seat.workshop.key for seat in mine[:3]),
        )


@flow.question("which", lambda talk, asked: _("to leave a place"))  # noqa: ARG005 - every question has the same shape
def which(talk: Talk, asked: Asked, key: str) -> None:
    """That one."""
    talk.close("seats:which", answered=True)
    keys = asked.about.split(" ")
    place = int(key[1:]) if key[1:].isdecimal() else len(keys)
    if place < len(keys):
        talk.do(LeaveSeat(keys[place]))
    else:
        over(talk, NoSeat("over"))


@flow.outcome(Left)
def left(talk: Talk, outcome: Left) -> None:
    """Said in words: a place that is left by mistake is asked for again by one word."""
    for kind in ("seats:coming", "seats:offer"):
        talk.close(kind, outcome.workshop, answered=True)
    if talk.memory.get("seat") == outcome.workshop:
        del talk.memory["seat"]
    if outcome.waited:
        talk.say(
            talk.either(
                _("Noted, you left the waiting list. Come back: WORKSHOP"), _("Noted, you left the waiting list. To come back: /ateliers")
            )
        )
    else:
        talk.say(
            talk.either(
                _("Noted, your place is free for somebody else. Come back: WORKSHOP"),
                _("Noted, your place is free for somebody else. To come back: /ateliers"),
            )
        )


@flow.notice(Moved)
def moved(talk: Talk, told: Moved, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Told to all, at once: no question, which another answer could meet."""
    values = {
        "city": city(talk),
        "workshop": workshop_named(talk, told.workshop),
        "moment": moment(talk, told.workshop.starts_at),
        "place": workshop_place(talk, told.workshop),
    }
    if told.waits:
        stays = _("Your rank in the line stays.")
    else:
        stays = _("Your place stays, code {code}.", code=told.code) if told.code else _("Your place from home stays.")
    talk.say(
        talk.either(
            _("{city}: {workshop} changes: {moment}, {place}. {stays} You can't come any more? LEAVE", stays=stays, **values),
            _("{city}: {workshop} changes.\n{moment}, {place}\n{stays} You can't come any more? /cancel", stays=stays, **values),
        )
    )
    if not talk.sms:
        talk.attach(told.workshop.key, _("For your calendar."))


@flow.notice(Cancelled)
def cancelled(talk: Talk, told: Cancelled, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """The one thing that is told after STOP too."""
    for kind in ("seats:coming", "seats:offer", "workshops:come"):
        talk.close(kind, told.workshop.key)
    values = {
        "city": city(talk),
        "workshop": workshop_named(talk, told.workshop),
        "moment": moment(talk, told.workshop.starts_at),
    }
    talk.say(
        talk.either(
            _("{city}: cancelled, we are sorry: {workshop}, {moment}. The other dates: WORKSHOP", **values),
            _("{city}: cancelled, we are sorry: {workshop}, {moment}. The other dates: /ateliers", **values),
        )
    )
    if not talk.sms:
        talk.attach(told.workshop.key, _("For your calendar."))


@flow.notice(RemoteLink)
def link(talk: Talk, told: RemoteLink, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """An hour before, to those who come from home alone; a number to call serves a telephone without internet."""
    begins = {"city": city(talk), "workshop": workshop_named(talk, told.workshop), "hour": clock(told.workshop.starts_at)}
    ways = {"url": verbatim(told.url), "phone": verbatim(told.phone)}
    if told.url and told.phone:
        talk.say(_("{city}: {workshop} begins at {hour}. From home, call {phone} or open {url}", **begins, **ways))
    elif told.phone:
        talk.say(_("{city}: {workshop} begins at {hour}. From home, call {phone}", **begins, **ways))
    else:
        talk.say(_("{city}: {workshop} begins at {hour}. From home: {url}", **begins, **ways))
