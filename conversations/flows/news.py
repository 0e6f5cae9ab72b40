"""What the city says first about the reading of a view: published, refused, answered, asked again, judged."""

from conversations.flows.draft import Draft, held, keep
from conversations.messages import Choice
from conversations.notices import Answered, AskedAgain, Judged, Published, Refused
from conversations.phrases import besides, city, day, number
from conversations.reasons import REASONS
from conversations.talk import Flow, Talk
from conversations.text import Text, Value, _, verbatim

flow = Flow("news")


def _because(code: str, fact: str = "") -> Text:
    """The rule, at most 42 letters in French, and the fact."""
    reason = REASONS.get(code)
    sentence = reason.sentence if reason else verbatim(code)
    return _("{reason}: {fact}", reason=sentence, fact=verbatim(fact)) if fact else sentence


def _card(talk: Talk, card: str, text: Text) -> None:
    if card and not talk.sms:
        talk.say(text, card=card, how="quiet")


@flow.notice(Published)
def published(talk: Talk, told: Published, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Messages 10 and 10b."""
    ref = number(told.ref)
    _card(talk, told.card, _("Your view no {ref} is public, without your name.", ref=ref))
    if told.reason:
        until = besides(
            told.appeal_until, _("You disagree? APPEAL before {day}", day=day(talk, told.appeal_until) if told.appeal_until else "")
        )
        values = {"city": city(talk), "ref": ref, "until": until}
        wording = _in_part_sms if talk.sms else _in_part
        talk.say(
            talk.fitting(
                wording({**values, "reason": _because(told.reason, told.fact)}), [wording({**values, "reason": _because(told.reason)})]
            ),
            _buttons(talk, told.ref, appeal=told.appeal_until is not None),
        )
        return
    readers = besides(told.read_on, _("Citizens read it on {day}.", day=day(talk, told.read_on) if told.read_on else ""))
    answer = besides(
        told.promised_on, _("The elected officials answer before {day}, here.", day=day(talk, told.promised_on) if told.promised_on else "")
    )
    talk.say(
        talk.either(
            _(
                "{city}: your view {ref} is public, without your name.{readers}{answer} Read it again: FOLLOW",
                city=city(talk),
                ref=ref,
                readers=readers,
                answer=answer,
            ),
            _(
                "{city}: your view {ref} is public, without your name.{readers}{answer}",
                city=city(talk),
                ref=ref,
                readers=readers,
                answer=answer,
            ),
        ),
        _buttons(talk, told.ref),
    )


def _in_part_sms(values: dict[str, Text]) -> Text:
    return _(
        "{city}: your view {ref} is public without your name. Some words are hidden: {reason}. Read it again: FOLLOW.{until}", **values
    )


def _in_part(values: dict[str, Text]) -> Text:
    return _("{city}: your view {ref} is public, without your name. Some words are hidden: {reason}.{until}", **values)


def _buttons(talk: Talk, ref: str, *, appeal: bool = False) -> tuple[Choice, ...]:
    if talk.sms:
        return ()
    return (
        Choice(f"SUIVI {ref}", _("read it again"), row=0),
        *((Choice(f"RECOURS {ref}", _("I disagree: another person decides"), row=1),) if appeal else ()),
    )


@flow.notice(Refused)
def refused(talk: Talk, told: Refused, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Message 11, the seven parts of MOD-04: first words, date, decision, rule and fact, a human, how to send it again, how to contest."""
    _card(talk, told.card, _("Your view no {ref} is not published.", ref=number(told.ref)))
    if talk.sms:
        talk.close("subscribe:receipt", told.ref)  # what is said next is said to the refusal: "pas d'accord"
    reason = REASONS.get(told.reason)
    quote = "" if talk.memory.get("discreet") else told.quote
    quoted = besides(
        quote and quote != "...", talk.either(_('("{quote}")', quote=verbatim(quote)), _("(“{quote}”)", quote=verbatim(quote)))
    )
    values: dict[str, Value] = {
        "city": city(talk),
        "ref": number(told.ref),
        "quoted": quoted,
        "redo": besides(reason, reason.redo if reason else verbatim("")),
        "received": day(talk, told.received_on),
        "until": day(talk, told.appeal_until),
    }
    wording = _refusal_sms if talk.sms else _refusal
    talk.say(
        talk.fitting(
            wording({**values, "reason": _because(told.reason, told.fact)}), [wording({**values, "reason": _because(told.reason)})]
        ),
        () if talk.sms else (Choice(f"RECOURS {told.ref}", _("I disagree: another person decides")),),
    )


def _refusal_sms(values: dict[str, Value]) -> Text:
    return _(
        "{city}: your view {ref} of {received}{quoted} is not published. A person read it. Reason: {reason}.{redo} "
        "You disagree? Answer APPEAL before {until}: another person will decide.",
        **values,
    )


def _refusal(values: dict[str, Value]) -> Text:
    return _(
        "{city}: your view {ref} of {received}{quoted} is not published. A person read it.\nReason: {reason}.{redo}\n"
        "You disagree? Until {until}, another person will decide.",
        **values,
    )


@flow.notice(Answered)
def answered(talk: Talk, told: Answered, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """It was a question: here is the answer, as a person wrote it."""
    _card(talk, told.card, _("Your message no {ref} is answered.", ref=number(told.ref)))
    talk.say(_("{city}, answer to your message {ref}: {text}", city=city(talk), ref=number(told.ref), text=verbatim(told.text)))


@flow.notice(AskedAgain)
def asked_again(talk: Talk, told: AskedAgain, late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """Once: what did you mean? Whoever is in the middle of something gets a word instead, which works in every state."""
    ref = number(told.ref)
    _card(talk, told.card, _("Your view no {ref}: we ask you for other words.", ref=ref))
    quote = "" if talk.memory.get("discreet") or told.quote == "..." else told.quote
    quoted = besides(quote, talk.either(_('("{quote}")', quote=verbatim(quote)), _("(“{quote}”)", quote=verbatim(quote))))
    meant = verbatim(told.text) if told.text else _("What did you mean?")
    values: dict[str, Text] = {"city": city(talk), "ref": ref, "quoted": quoted, "question": meant}
    draft = held(talk)
    if late or (draft and draft.texts):
        talk.say(
            _("{city}: we did not understand your view {ref}{quoted}. {question} To say it in other words, send: FOLLOW {ref}", **values)
        )
        return
    keep(talk, Draft(again=told.ref))
    talk.go("contribute", "writing")
    talk.say(_("{city}: we did not understand your view {ref}{quoted}. {question} Write it here in other words.", **values))


@flow.notice(Judged)
def judged(talk: Talk, told: Judged, _late: bool) -> None:  # noqa: FBT001 - every notice has the same shape
    """An appeal: what another person decided, and why."""
    ref = number(told.ref)
    _card(talk, told.card, _("Your view no {ref}: the appeal is decided.", ref=ref))
    talk.say(_verdict(talk, told))


def _verdict(talk: Talk, told: Judged) -> Text:
    where, ref, because = city(talk), number(told.ref), _because(told.reason)
    if told.upheld and told.public:
        return _(
            "{city}: another person read your view {ref} again. The words stay hidden: {reason}. To speak to a person: CONTACT",
            city=where,
            ref=ref,
            reason=because,
        )
    if told.upheld:
        return _(
            "{city}: another person read your view {ref} again. It stays unpublished: {reason}. To speak to a person: CONTACT",
            city=where,
            ref=ref,
            reason=because,
        )
    if told.public:
        return _(
            "{city}: another person read your view {ref} again, you were right: words that were hidden are shown.", city=where, ref=ref
        )
    return _("{city}: another person read your view {ref} again, you were right: it will be public.", city=where, ref=ref)
