"""What the elected officials answered, when they are late, and what is done in the end; each told once, to who waits for it."""

from typing import Final

from conversations.effects import GiveConsent
from conversations.facts import Answer
from conversations.messages import Choice
from conversations.notices import CarriedOut, Concluded, Delayed, HandedOver, Postponed, Responded
from conversations.phrases import besides, city, day, number, said_in
from conversations.steps import Asked
from conversations.talk import Flow, Talk
from conversations.text import Text, Value, _, verbatim

flow = Flow("response")

DECISIONS: Final = {"kept": _("kept"), "partly": _("kept in part"), "not_kept": _("not kept")}
_YES_NO: Final = (Choice("yes", _("yes"), "1", 0), Choice("no", _("no"), "2", 0))


def _card(talk: Talk, card: str, text: Text) -> None:
    if card and not talk.sms:
        talk.say(text, card=card, how="quiet")


@flow.notice(HandedOver)
def handed_over(talk: Talk, told: HandedOver, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Nothing rings: the answer will (DESIGN 4)."""
    promised = _("The elected officials answer before {day}.", day=day(talk, told.promised_on) if told.promised_on else "")
    values = {"ref": number(told.ref), "point": verbatim(told.point), "answer": besides(told.promised_on, promised)}
    _card(talk, told.card, _("Your view no {ref} is in point {point} of the citizens' opinion.{answer}", **values))


@flow.notice(Responded)
def responded(talk: Talk, told: Responded, late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Messages 12 and 12b: what the elected officials answered."""
    ref, who = number(told.ref), city(talk)
    inside = _("The elected officials have answered. Your view no {ref} is in it.", ref=ref)
    _card(talk, told.card, inside if told.point else _("The elected officials have answered. Your view no {ref} stays public.", ref=ref))
    values: dict[str, Value] = {"city": who, "ref": ref, "reason": _written(talk, told.reason)}
    if not told.point:
        talk.say(_too_late(talk, values) if told.late else _left_out(talk, values), _buttons(talk, told.ref))
        return
    values |= {"point": verbatim(told.point), "position": DECISIONS.get(told.decision, verbatim(told.decision)), **_done(talk, told.done)}
    if late or told.decision == "not_kept" or "follow_up" in talk.facts.consents or talk.facts.stopped:
        talk.say(_answer_sms(values) if talk.sms else _answer(values), _buttons(talk, told.ref))
        return
    talk.ask(
        "response:done",
        talk.either(
            _(
                "{city}: the elected officials have answered. Your view {ref} is in point {point}. "
                "Decision: {position}.{done} Reason: {reason}. "
                "Read all: FOLLOW. Know when it is done? {choices}",
                **values,
            ),
            _(
                "{city}: the elected officials have answered. "
                "Your view {ref} is in point {point}.\nDecision: {position}.{done}\nReason: {reason}.\n"
                "Would you like to know when it is done?",
                **values,
            ),
        ),
        _YES_NO,
        about=told.ref,
        consent=True,
    )


def _written(talk: Talk, words: dict[str, str]) -> Text:
    return verbatim(said_in(talk, words).rstrip("."))


def _done(talk: Talk, words: dict[str, str]) -> dict[str, Text]:
    return {"done": besides(words, _("{done}.", done=_written(talk, words)))}


def _buttons(talk: Talk, ref: str) -> tuple[Choice, ...]:
    return () if talk.sms else (Choice(f"SUIVI {ref}", _("read it again"), row=0),)


def _answer_sms(values: dict[str, Value]) -> Text:
    return _(
        "{city}: the elected officials have answered. Your view {ref} is in point {point}. "
        "Decision: {position}.{done} Reason: {reason}. Read all: FOLLOW",
        **values,
    )


def _answer(values: dict[str, Value]) -> Text:
    return _(
        "{city}: the elected officials have answered. Your view {ref} is in point {point}.\nDecision: {position}.{done}\nReason: {reason}.",
        **values,
    )


def _too_late(talk: Talk, values: dict[str, Value]) -> Text:
    return talk.either(
        _(
            "{city}: the elected officials have answered. Your view {ref} became public after the citizens' group had written: "
            "it could not take it up. It stays public. Read all: FOLLOW. Speak to a person: CONTACT",
            **values,
        ),
        _(
            "{city}: the elected officials have answered. Your view {ref} became public after the citizens' group had written: "
            "it could not take it up.\nIt stays public. To speak to a person: /contact",
            **values,
        ),
    )


def _left_out(talk: Talk, values: dict[str, Value]) -> Text:
    return talk.either(
        _(
            "{city}: the elected officials have answered. Your view {ref} was read, the group did not take it up: {reason}. "
            "It stays public. "
            "Read all: FOLLOW. Speak to a person: CONTACT",
            **values,
        ),
        _(
            "{city}: the elected officials have answered. Your view {ref} was read, the group did not take it up: {reason}.\n"
            "It stays public. To speak to a person: /contact",
            **values,
        ),
    )


@flow.question("done", lambda talk, asked: _("to know when it is done"))  # noqa: ARG005 - every question has the same shape
def done(talk: Talk, asked: Asked, key: str) -> None:
    """What becomes of a commitment, by a consent of its own."""
    talk.close("response:done", asked.about, answered=True)
    if key == "yes":
        talk.do(GiveConsent("follow_up", asked.words, "answer"))
        talk.say(_("Noted: you hear when it is done."))
    else:
        talk.say(_("Noted: no message about it."))


@flow.door("offer")
def offer(talk: Talk, ref: str) -> None:
    """Whoever asks after words that are in no record may want the final answer all the same (LOOP-07); not after a STOP."""
    if talk.facts.stopped:
        return
    talk.ask(
        "response:answer",
        talk.either(
            _("The elected officials have not answered yet. A message when they do? {choices}"),
            _("The elected officials have not answered yet. Would you like a message when they do?"),
        ),
        _YES_NO,
        about=ref,
        consent=True,
    )


@flow.question("answer", lambda talk, asked: _("to be told the answer"))  # noqa: ARG005 - every question has the same shape
def answer(talk: Talk, asked: Asked, key: str) -> None:
    """By a consent of its own."""
    talk.close("response:answer", asked.about, answered=True)
    if key == "yes":
        talk.do(GiveConsent("answer", asked.words, "follow"))
        talk.say(_("Noted: you hear when the elected officials answer."))
    else:
        talk.say(_("Noted: no message about it."))


@flow.notice(Concluded)
def concluded(talk: Talk, told: Concluded, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """The answer, for words that are in no record: how it went in all."""
    values: dict[str, Value] = {
        "city": city(talk), "ref": number(told.ref), "process": verbatim(said_in(talk, told.process)), "kept": told.kept,
        "partly": told.partly, "others": told.not_kept,
    }  # fmt: skip
    talk.say(
        talk.either(
            _(
                "{city}: the elected officials have answered on {process}. Points kept: {kept}, in part: {partly}, not kept: {others}. "
                "Your view {ref} was read. You asked to know. Speak to a person: CONTACT",
                **values,
            ),
            _(
                "{city}: the elected officials have answered on {process}.\n"
                "Points kept: {kept}, in part: {partly}, not kept: {others}.\nYour view {ref} was read. You asked to know.",
                **values,
            ),
        )
    )


@flow.notice(Delayed)
def delayed(talk: Talk, told: Delayed, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """x14: the date moves, with its reason; or it passed, and that is said plainly."""
    _card(talk, told.card, _("Your view no {ref}: the answer comes later than promised.", ref=number(told.ref)))
    reason = besides(told.reason, _("Reason: {reason}.", reason=_written(talk, told.reason)))
    until = besides(told.until, _("New date: {day}.", day=day(talk, told.until) if told.until else ""))
    values: dict[str, Value] = {
        "city": city(talk), "ref": number(told.ref), "process": verbatim(said_in(talk, told.process)),
        "promised": day(talk, told.promised_on), "reason": reason, "until": until,
    }  # fmt: skip
    if told.late:
        talk.say(
            _("{city}: the answer on {process} promised for {promised} is late.{reason}{until} Your view {ref} is not lost.", **values)
        )
        return
    talk.say(_("{city}: the answer on {process} promised for {promised} is put off.{reason}{until} Your view {ref} is not lost.", **values))


@flow.notice(CarriedOut)
def carried_out(talk: Talk, told: CarriedOut, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """What was promised is done."""
    _card(talk, told.card, _("What was promised for your view no {ref} is done.", ref=number(told.ref)))
    values = {"city": city(talk), "ref": number(told.ref), "point": verbatim(told.point), "what": _written(talk, told.done)}
    talk.say(_("{city}: it is done. {what} (point {point}, your view {ref}). Thank you for having written.", **values))


@flow.notice(Postponed)
def postponed(talk: Talk, told: Postponed, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """What was promised comes later, and why."""
    _card(talk, told.card, _("What was promised for your view no {ref} comes later.", ref=number(told.ref)))
    values: dict[str, Value] = {
        "city": city(talk), "ref": number(told.ref), "point": verbatim(told.point), "what": _written(talk, told.done),
        "until": day(talk, told.until), "reason": _written(talk, told.reason),
    }  # fmt: skip
    talk.say(_("{city}: {what} (point {point}, your view {ref}): later than promised. Reason: {reason}. New date: {until}", **values))


@flow.door("tell")
def tell(talk: Talk, told: Answer) -> None:
    """On demand: the point and the answer of one view, after what became of it."""
    values: dict[str, Value] = {"point": verbatim(told.point), "reason": _written(talk, told.reason), **_done(talk, told.done)}
    if not told.answered:
        talk.say(_("It is in point {point} of the citizens' opinion.", **values))
    elif told.late:
        talk.say(_("It became public after the citizens' group had written: it could not take it up."))
    elif not told.point:
        talk.say(_("The citizens' group did not take it up: {reason}.", **values))
    else:
        values["position"] = DECISIONS.get(told.decision, verbatim(told.decision))
        talk.say(_("Point {point}. Decision: {position}.{done} Reason: {reason}.", **values))
