"""Each language by its own name; a word changes it."""

from conversations.messages import Choice
from conversations.phrases import own_name
from conversations.steps import Asked
from conversations.talk import Flow, Talk
from conversations.text import _, verbatim

flow = Flow("language")


@flow.keyword("LANGUE")
def language(talk: Talk, code: str) -> None:
    """A language's word speaks it; the word "languages" alone asks which; one that nobody has signed yet is not offered."""
    offered = talk.facts.languages
    if code in offered:
        _speak(talk, code)
    elif code:
        talk.say(
            talk.either(
                _("We do not speak this language yet. Write in it: your text is kept whole. We reply in plain ENGLISH."),
                _("We do not speak this language yet. Write in it: your text is kept whole. We reply in plain English."),
            )
        )
    else:
        choices = tuple(Choice(name, verbatim(own_name(talk, name)), str(place), place) for place, name in enumerate(offered, 1))
        talk.ask("language:which", talk.either(_("Which language? {choices}"), _("Which language?")), choices)


@flow.question("which", lambda talk, asked: _("for the language"))  # noqa: ARG005 - every question has the same shape
def which(talk: Talk, _asked: Asked, key: str) -> None:
    """A language was picked."""
    talk.close("language:which", answered=True)
    if key in talk.facts.languages:
        _speak(talk, key)


def _speak(talk: Talk, code: str) -> None:
    """Said in the language itself; what was in the middle is asked again in it."""
    talk.language = code
    talk.say(talk.either(_("Noted: we write in ENGLISH."), _("Noted: we write in English.")))
    if talk.open("contribute:publish"):
        talk.enter("contribute:again")
    elif talk.step == "writing":
        talk.enter("welcome:ask")
    elif not talk.notice:
        talk.enter("welcome:arrive")
