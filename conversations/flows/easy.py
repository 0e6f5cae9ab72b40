"""Was it easy? The one optional question of a project about this service; the why is a view like any other."""

from datetime import date, timedelta

from conversations import keywords
from conversations.effects import AddProfile
from conversations.flows.draft import Draft, keep
from conversations.keywords import Keyword
from conversations.messages import Choice, Words
from conversations.outcomes import Submitted
from conversations.phrases import besides, day, number
from conversations.steps import Asked
from conversations.talk import KEYWORDS, Flow, Talk
from conversations.text import Text, _

ASK_AGAIN = timedelta(days=30)
LIVES = timedelta(hours=1)
"""What is optional does not stand long in the way of a digit that is meant for something else."""
_FIRST = {"1": "yes", "oui": "yes", "yes": "yes", "2": "no", "non": "no", "no": "no"}

flow = Flow("easy")


@flow.door("receipt")
def receipt(talk: Talk, told: Submitted, card: str, process: str) -> None:
    """Message 5 with this question in it; who answered lately gets the usual one."""
    last, today = talk.memory.get("easy", ""), talk.facts.now.date()
    if last and today - date.fromisoformat(last) < ASK_AGAIN:
        talk.enter("subscribe:receipt", told, card)
        return
    talk.memory["easy"] = today.isoformat()
    easy = (Choice("yes", _("yes"), "1", 0), Choice("no", talk.either(_("no, say why"), _("no, and I say why")), "2", 0))
    more = (
        ()
        if talk.sms
        else (
            Choice(f"SUIVI {told.ref}", _("where my view is"), row=1, plain=True),
            Choice("PARTAGER", _("share the question"), row=2, plain=True),
        )
    )
    talk.ask(
        "easy:was",
        talk.either(_by_sms(talk, told), _on_the_card(talk, told)),
        (*easy, *more),
        about=f"{told.ref} {process}",
        until=talk.facts.now + LIVES,
        card=card,
        how="card",
    )


def _by_sms(talk: Talk, told: Submitted) -> Text:
    values = {"ref": number(told.ref), "again": besides(told.again_within_hour, _("Another person writes? OTHER PERSON."))}
    if not told.publish:
        return _(
            "Noted, your view no {ref}: read by the team, never published. What follows: FOLLOW. Erase: ERASE.{again} "
            "One question, optional: was it easy? {choices}",
            **values,
        )
    return _(
        "Thank you! Your view no {ref} has arrived. A person reads it before {day}, you get what follows here. To ask: FOLLOW. "
        "Erase: ERASE.{again} One question, optional: was it easy? {choices}",
        day=day(talk, told.read_by),
        **values,
    )


def _on_the_card(talk: Talk, told: Submitted) -> Text:
    values = {
        "ref": number(told.ref),
        "again": besides(told.again_within_hour, _("Another person writes with this account? Send OTHER PERSON.")),
    }
    if not told.publish:
        return _("Noted, your view no {ref}: read by the team, never published.{again}\nOne question, optional: was it easy?", **values)
    return _(
        "Your view no {ref} has arrived. A person reads it before {day}.{again}\nOne question, optional: was it easy?",
        day=day(talk, told.read_by),
        **values,
    )


def _with_why(text: str) -> str:
    """A yes or a no that goes on, with the whole of it behind the colon; "" for anything else, courtesy too."""
    said = keywords.words(text)
    goes_on = len(said) > 1 and not (keywords.yes(text) or keywords.no(text))
    return f"{_FIRST[said[0]]}:{text}" if goes_on and said[0] in _FIRST else ""


@flow.question(
    "was",
    lambda talk, asked: _("for the optional question"),  # noqa: ARG005 - every question has the same shape
    _with_why,
    yes="facile|c etait facile|oui facile|easy|it was easy",
    no="difficile|pas facile|c etait difficile|non dites pourquoi|not easy|difficult|no say why",
)
def was(talk: Talk, asked: Asked, key: str) -> None:
    """It belongs to the contribution. Whoever says why is asked about it as about any view; by SMS no part is spent on thanks."""
    ref, _space, slug = asked.about.partition(" ")
    if key in {"follow", "share"}:
        word = Keyword("SUIVI", ref) if key == "follow" else Keyword("PARTAGER")
        KEYWORDS[word.name](talk, word.argument)
        return
    talk.close("easy:was", answered=True)
    answer, _colon, why = key.partition(":")
    talk.do(AddProfile(ref, "easy", answer))
    process = talk.process(slug)
    if process is None or process.question is None or (answer == "yes" and not why):
        if not talk.sms:
            talk.say(_("Thank you, noted."))
        return
    keep(talk, Draft(process.slug, process.question.id))
    talk.go("contribute", "writing")
    if why:
        talk.enter("contribute:hear", Words(why))
    else:
        talk.say(_("Noted. What was not easy? Write it here in a few words: a person reads it."))
