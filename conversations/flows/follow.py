"""What became of my words; an appeal."""

from datetime import date
from typing import Final

from conversations import scripts
from conversations.effects import Appeal, GiveConsent, UseSlip
from conversations.facts import Contribution
from conversations.flows.draft import Draft, held, keep
from conversations.messages import Choice
from conversations.outcomes import Appealed, CodeLocked, NoAppeal, OfSlip, WrongCode
from conversations.phrases import REF, besides, city, clock, day, moment, none_of_yours, number
from conversations.reasons import REASONS
from conversations.talk import Flow, Talk
from conversations.text import Text, _, verbatim

MOST = 3
_TEXT_BY_SMS = 100
_TEXT_ON_A_CARD = 3000

flow = Flow("follow")


@flow.keyword("SUIVI")
def follow(talk: Talk, ref: str) -> None:
    """The word alone: the last three from this phone. With a number: that one."""
    mine, draft = talk.facts.contributions, held(talk)
    if len(ref) > REF:
        talk.do(UseSlip(ref[:REF], ref[REF:], "follow"))
    elif ref:
        one(talk, ref)
    elif not mine and draft and draft.texts:
        talk.enter("contribute:again")  # what is followed has not left yet
    elif not mine:
        talk.say(
            talk.either(
                _("{city}: no view came from this phone yet. To give one, write it here.", city=city(talk)),
                _("No view came from this account yet. To give one, write it here."),
            )
        )
    elif len(mine) == 1:
        one(talk, mine[0].ref)
    else:
        lines = {f"v{place}": _in_short(talk, contribution) for place, contribution in enumerate(mine[:MOST])}
        listed = Text((" " if talk.sms else "\n").join(f"{{{name}}}" for name in lines), lines)
        buttons = tuple(
            Choice(f"SUIVI {contribution.ref}", number(contribution.ref), row=place) for place, contribution in enumerate(mine[:MOST])
        )
        talk.say(
            talk.either(
                _("Your views. {views} One of them: FOLLOW and its number", views=listed),
                _("Your last views:\n{views}", views=listed),
            ),
            () if talk.sms else buttons,
        )


def _in_short(talk: Talk, contribution: Contribution) -> Text:
    return _("{ref}: {state}.", ref=number(contribution.ref), state=_state(talk, contribution))


_STATES: Final = {
    "draft": _("arrived on paper, a second person reads it"),
    "accepted": _("read, soon public"),
    "redacted": _("read, soon public"),
    "grouped": _("read, soon public"),
    "read_only": _("read by the team, never published"),
    "upheld": _("not published, read twice"),
    "appealed": _("another person reads it again"),
    "asked_again": _("we wait for other words from you"),
    "answered": _("answered"),
    "withdrawn": _("taken back"),
    "taken_up": _("in the answer of the elected officials"),
    "responded": _("the elected officials have answered"),
    "not_taken_up": _("read, not taken up, still public"),
    "carried_out": _("done"),
}


_APART: Final = frozenset({"read_only", "refused", "upheld"})
"""In no record: the final answer is for those who ask for it."""


def _state(talk: Talk, contribution: Contribution) -> Text:
    """Where a view is, in words that stay true."""
    match contribution.state:
        case "received" | "split" | "moved":
            return _("a person reads it before {day}", day=day(talk, contribution.read_by))
        case "published":
            promised = _("(answer before {day})", day=_promised(talk, contribution))
            return _("public{answer}", answer=besides(contribution.promised_on, promised))
        case "refused" if contribution.appeal_until:
            return _("not published, APPEAL until {day}", day=day(talk, contribution.appeal_until))
        case "refused":
            return _("not published")
        case state:
            return _STATES.get(state, _("in the hands of the team"))


def _promised(talk: Talk, contribution: Contribution) -> date | str | int | Text:
    return day(talk, contribution.promised_on) if contribution.promised_on else ""


@flow.door("one")
def one(talk: Talk, ref: str) -> None:
    """All about one view of this phone; a refusal's reason is told only here (DESIGN §3)."""
    contribution = next((mine for mine in talk.facts.contributions if mine.ref == ref), None)
    if contribution is None:
        talk.say(none_of_yours(talk, ref))
    elif contribution.state == "asked_again" and not again(talk, ref):
        talk.say(_("Your view no {ref} waits for other words from you. This text first:", ref=number(ref)))
        talk.enter("contribute:again")
    elif contribution.state == "asked_again":
        talk.say(_("Your view no {ref}: what did you mean? Write it here in other words.", ref=number(ref)))
    else:
        _tell(talk, contribution)


def _tell(talk: Talk, contribution: Contribution, *, slip: bool = False) -> None:
    """What became of it; whoever holds a slip writes its code again, so no button carries it."""
    reason = REASONS.get(contribution.reason)
    said = contribution.text if not talk.memory.get("discreet") else ""
    shown = scripts.quote(said, _TEXT_BY_SMS) if talk.sms else said[:_TEXT_ON_A_CARD]
    because = _("Reason: {reason}.", reason=reason.sentence if reason else "")
    public = talk.either(_('Public text: "{text}"', text=verbatim(shown)), _("Public text: “{text}”", text=verbatim(shown)))
    appeal = contribution.state == "refused" and contribution.appeal_until and contribution.appeal_until >= talk.facts.now.date()
    contest = _("You disagree? Send {word} and the code of the slip.", word=_("APPEAL {ref}", ref=number(contribution.ref)))
    text = _(
        "Your view no {ref} of {received}: {state}.{reason}{text}{appeal}",
        ref=number(contribution.ref),
        received=day(talk, contribution.received_on),
        state=_state(talk, contribution),
        reason=besides(reason, because),
        text=besides(said and shown != "...", public),
        appeal=besides(slip and appeal, contest),
    )
    buttons = (
        *((Choice(f"RECOURS {contribution.ref}", _("I disagree: another person decides"), row=0),) if appeal else ()),
        Choice(f"OUBLI {contribution.ref}", _("erase this view"), row=1),
    )
    talk.say(text, () if talk.sms or slip else buttons)
    if contribution.answer:
        talk.enter("response:tell", contribution.answer)
    elif contribution.state in _APART and contribution.pending and not slip and not _hears(talk):
        talk.enter("response:offer", contribution.ref)


def _hears(talk: Talk) -> bool:
    """Whether this phone agreed to be told the answer, before or just now."""
    now = any(isinstance(effect, GiveConsent) and effect.purpose == "answer" for effect in talk.effects)
    return now or "answer" in talk.facts.consents


@flow.outcome(OfSlip)
def of_slip(talk: Talk, outcome: OfSlip) -> None:
    """A view that came on paper, and what the city answered to a question."""
    _tell(talk, outcome.contribution, slip=True)
    if outcome.answer:
        talk.say(
            _(
                "{city}, answer to your message {ref}: {text}",
                city=city(talk),
                ref=number(outcome.contribution.ref),
                text=verbatim(outcome.answer),
            )
        )


@flow.outcome(WrongCode)
def wrong_code(talk: Talk, outcome: WrongCode) -> None:
    """It is not told whether the number or the code is wrong."""
    talk.memory.pop("erasing", None)
    talk.say(
        talk.either(
            _("This code does not go with view {ref}. Look at the slip again, or send CONTACT.", ref=number(outcome.ref)),
            _("This code does not go with view {ref}. Look at the slip again, or send /contact.", ref=number(outcome.ref)),
        )
    )


@flow.outcome(CodeLocked)
def code_locked(talk: Talk, outcome: CodeLocked) -> None:
    """Five wrong codes: an hour's rest."""
    talk.memory.pop("erasing", None)
    talk.say(
        _(
            "Too many wrong codes for view {ref}. Try again after {hour}, or come and see us with the slip.",
            ref=number(outcome.ref),
            hour=clock(outcome.until) if outcome.until.date() == talk.facts.now.date() else moment(talk, outcome.until),
        )
    )


def again(talk: Talk, ref: str) -> bool:
    """What is written next is the new text of that contribution; False when another text in the making comes first."""
    draft = held(talk)
    if draft and draft.texts:
        return False
    keep(talk, Draft(again=ref))
    talk.go("contribute", "writing")
    return True


@flow.keyword("RECOURS")
def appeal(talk: Talk, ref: str) -> None:
    """Another person decides."""
    talk.do(UseSlip(ref[:REF], ref[REF:], "appeal") if len(ref) > REF else Appeal(ref))


@flow.outcome(Appealed)
def appealed(talk: Talk, outcome: Appealed) -> None:
    """It waits for somebody else."""
    talk.say(
        _(
            "Noted: another person reads your view {ref} again and answers before {day}.",
            ref=number(outcome.ref),
            day=day(talk, outcome.answer_by),
        )
    )


@flow.outcome(NoAppeal)
def no_appeal(talk: Talk, outcome: NoAppeal) -> None:
    """Why there is nothing to appeal, and who can be spoken to."""
    match outcome.why:
        case "late":
            talk.say(
                talk.either(
                    _("It is too late to appeal. To speak to a person: CONTACT"),
                    _("It is too late to appeal. To speak to a person: /contact"),
                )
            )
        case "already":
            talk.say(_("Your appeal is noted already: another person reads it again."))
        case _:
            talk.say(
                talk.either(
                    _("None of your views is refused. What became of them: FOLLOW"),
                    _("None of your views is refused. What became of them: /suivi"),
                )
            )
