"""Erase all or one, with the choice about what is published."""

from conversations.effects import Forget, UseSlip, Withdraw
from conversations.flows.draft import held
from conversations.messages import Choice
from conversations.outcomes import Forgotten, Unknown
from conversations.phrases import REF, none_of_yours, number
from conversations.steps import Asked
from conversations.talk import Flow, Talk
from conversations.text import Text, _, ngettext

flow = Flow("forget")

_PUBLIC = frozenset({"published", "taken_up", "not_taken_up", "responded", "carried_out"})


@flow.keyword("OUBLI")
def forget(talk: Talk, ref: str) -> None:
    """x8: what would go; nothing goes without an answer, which may stand in the same message. With a number: that one, at once."""
    if ref in {"yes", "no"}:
        decided(talk, ref)
        return
    if ref:
        one(talk, ref[:REF], ref[REF:])
        return
    what = _held(talk) or talk.either(_("your number"), _("your identifier"))
    talk.ask(
        "forget:what",
        talk.either(
            _("Erase what? {choices}. Or one view alone: ERASE and its number. Without an answer, nothing is erased."),
            _("Erase everything that comes from this account ({what})? One view alone: /forget and its number.", what=what),
        ),
        (
            Choice("yes", talk.either(_("all that comes from this phone ({what})", what=what), _("erase everything")), "1", 0),
            *(() if talk.sms else (Choice("no", _("no, erase nothing"), "2", 1),)),
        ),
    )


def _held(talk: Talk) -> Text | None:
    """Views, a text that waits, places at workshops: all of it goes. None where there is nothing."""
    views, taken = _words(talk, len(talk.facts.contributions)), len(talk.facts.places)
    if not taken:
        return views
    places = ngettext("{count} place", "{count} places", taken)
    return _("{views}, {places}", views=views, places=places) if views else places


def _words(talk: Talk, count: int) -> Text | None:
    """So many views, and a text that waits for its yes, which is none yet: told apart, as DONNEES does. None for neither."""
    draft = held(talk)
    views = ngettext("{count} view", "{count} views", count)
    if draft and draft.texts:
        return _("{views} and a text that waits", views=views) if count else _("a text that waits")
    return views if count else None


@flow.door("one")
def one(talk: Talk, ref: str, code: str = "") -> None:
    """Take one view back; with its slip's code one that came on paper."""
    talk.memory["erasing"] = ref
    talk.do(UseSlip(ref, code, "erase") if code else Withdraw(ref))


@flow.question(
    "what",
    lambda talk, asked: _("to erase"),  # noqa: ARG005 - every question has the same shape
    yes="tout|tout effacer|tout ce qui vient de ce telephone|everything|all|erase everything",
    no="rien|ne rien effacer|nothing",
)
def what(talk: Talk, _asked: Asked, key: str) -> None:
    """The answer to it."""
    decided(talk, key)


def decided(talk: Talk, key: str) -> None:
    """Everything: but published texts are asked about first (GDPR-43)."""
    talk.close("forget:what", answered=True)
    public = [contribution for contribution in talk.facts.contributions if contribution.state in _PUBLIC]
    if key == "no":
        talk.say(_("Nothing is erased."))
    elif not public:
        talk.do(Forget("keep"))
    else:
        told = ngettext("{count} published view", "{count} published views", len(public))
        talk.ask(
            "forget:published",
            talk.either(
                _(
                    "You have {views}. Keep it public, without any link to you? {choices}. Without an answer, nothing is erased.",
                    views=told,
                ),
                _("You have {views}. Keep it public, without any link to you? Without an answer, nothing is erased.", views=told),
            ),
            (Choice("yes", _("yes, keep it"), "1", 0), Choice("no", _("no, take it down too"), "2", 1)),
        )


@flow.question(
    "published",
    lambda talk, asked: _("for your published views"),  # noqa: ARG005 - every question has the same shape
    yes="garder|les garder|keep|keep it",
    no="retirer|les retirer|take it down",
)
def published(talk: Talk, _asked: Asked, key: str) -> None:
    """Kept without any link, or taken down too."""
    talk.close("forget:published", answered=True)
    talk.do(Forget("keep" if key == "yes" else "withdraw"))


@flow.outcome(Forgotten)
def forgotten(talk: Talk, outcome: Forgotten) -> None:
    """One last message: what went, what stays and why (GDPR-42)."""
    ref = talk.memory.pop("erasing", "")
    if ref:
        talk.say(_("Erased: your view no {ref}. It is no longer public, nor read.", ref=number(ref)))
        return
    gone = _words(talk, outcome.contributions)
    _vanish(talk)
    kept: Text | None = ngettext(
        "{count} published view stays, without any link to you.", "{count} published views stay, without any link to you.", outcome.kept
    )
    if gone is None:
        stays = kept if outcome.kept and kept else _("Nothing of you stays.")
        talk.say(talk.either(_("Erased: your number. {stays}", stays=stays), _("Erased: your account. {stays}", stays=stays)))
        return
    text = (
        talk.either(
            _("Erased: your number and {gone}. {kept}", gone=gone, kept=kept),
            _("Erased: your account and {gone}. {kept}", gone=gone, kept=kept),
        )
        if outcome.kept and kept
        else talk.either(
            _("Erased: your number and {gone}. Nothing of you stays.", gone=gone),
            _("Erased: your account and {gone}. Nothing of you stays.", gone=gone),
        )
    )
    talk.say(text)


def _vanish(talk: Talk) -> None:
    """The conversation itself forgets; only the language of the last message is known still."""
    talk.memory.clear()
    talk.asked.clear()
    talk.notice = ""
    talk.misses = 0
    talk.rest()


@flow.outcome(Unknown)
def unknown(talk: Talk, _outcome: Unknown) -> None:
    """Rights over a text go by the address it came from."""
    ref = talk.memory.pop("erasing", "")
    talk.say(none_of_yours(talk, ref))
