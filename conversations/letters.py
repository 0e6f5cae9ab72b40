"""What the service writes to the people of the desk by e-mail: plain words, counts, one link; nothing of any citizen."""

from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from conversations.text import Catalogue, Text, _, ngettext, render

Need = Literal[
    "dossiers", "reports", "appeals", "looks", "late", "received", "tickets", "late_tickets", "sheets", "objections", "translations",
    "answers", "late_answers", "campaigns",
]  # fmt: skip
Alarm = Literal["text", "channel"]


class Letter(msgspec.Struct, frozen=True):
    """An e-mail before it has a language: `lines` before the link, where its `path` leads, and `why` its reader gets it."""

    subject: Text
    lines: tuple[Text, ...]
    path: str
    button: Text
    why: Text = _("You get this because you have an account there. It holds nothing of any citizen; nobody reads answers to it.")


class Written(msgspec.Struct, frozen=True):
    """An e-mail in a language: what a mail client shows."""

    subject: str
    text: str


_DESK: Final = _("Open the desk:")
_NEEDS: Final[dict[Need, Text]] = {
    "dossiers": ngettext("- {count} dossier for justice, to confirm", "- {count} dossiers for justice, to confirm", 1),
    "reports": ngettext("- {count} text that readers reported", "- {count} texts that readers reported", 1),
    "looks": ngettext("- {count} decision to look at a second time", "- {count} decisions to look at a second time", 1),
    "appeals": ngettext("- {count} appeal to decide", "- {count} appeals to decide", 1),
    "late": ngettext("- {count} contribution late", "- {count} contributions late", 1),
    "received": ngettext("- {count} contribution to read", "- {count} contributions to read", 1),
    "tickets": ngettext("- {count} person waits for a word", "- {count} people wait for a word", 1),
    "late_tickets": ngettext("- {count} person has waited too long for a word", "- {count} people have waited too long for a word", 1),
    "sheets": ngettext("- {count} sheet of paper to look at a second time", "- {count} sheets of paper to look at a second time", 1),
    "objections": ngettext("- {count} objection to decide", "- {count} objections to decide", 1),
    "translations": ngettext("- {count} text to translate", "- {count} texts to translate", 1),
    "answers": ngettext("- {count} project whose answer is promised soon", "- {count} projects whose answer is promised soon", 1),
    "late_answers": ngettext("- {count} project whose promised answer is late", "- {count} projects whose promised answer is late", 1),
    "campaigns": ngettext("- {count} campaign to approve", "- {count} campaigns to approve", 1),
}


def invitation(path: str) -> Letter:
    """The one-time link to a new account."""
    lines = (
        _("An account was opened for you at the desk of the citizens' dialogue."),
        _("This link works once, for three days. Choose a password with it."),
    )
    return Letter(_("Your access to the desk"), lines, path, _("Open my account:"))


def alarm(kind: Alarm, path: str, network: str = "") -> Letter:
    """Something that can't wait: a text that may tell of a threat or of somebody in distress, a network on which nothing leaves."""
    if kind == "text":
        lines = (_("A message that may tell of a threat, of danger or of distress has just arrived. Somebody must read it now."),)
        return Letter(_("Urgent: read a message now"), lines, path, _("Read it:"))
    told = _("Nothing leaves on the network {network} any more. What waits is kept, and goes when the network is back.", network=network)
    return Letter(_("Urgent: a channel is down"), (told,), path, _("See what waits:"))


def judged(ref: str, reason: Text | None, phone: str) -> Letter:
    """What became of a text that a reader reported: taken away for a reason, or, without one, public still."""
    number = f"{ref[:4]} {ref[4:]}"
    told = (
        _(
            "You reported the contribution {ref}. Two people have read it: it is public no more. Reason: {reason}.",
            ref=number,
            reason=reason,
        )
        if reason
        else _("You reported the contribution {ref}. A person has read it: it stays public, it follows the charter.", ref=number)
    )
    contest = (_("You do not agree? Call {phone}: another person looks at it again.", phone=phone),) if phone else ()
    why = _("You get this once, because you left your address with your report. Nobody reads answers to it.")
    return Letter(_("What became of your report"), (told, *contest), f"/suivi/{ref}", _("Where it stands:"), why)


def waiting(needs: Sequence[tuple[Need, int]]) -> Letter:
    """Decisions that wait for another person's eyes."""
    return Letter(
        _("Waiting for your approval"), (_("This waits for another person's eyes, yours for example:"), *map(_need, needs)), "/desk", _DESK
    )


def due(needs: Sequence[tuple[Need, int]]) -> Letter:
    """Answers that the city owes, soon or late."""
    return Letter(_("Answers that are due"), (_("The city owes these answers, soon or late already:"), *map(_need, needs)), "/desk", _DESK)


def digest(needs: Sequence[tuple[Need, int]]) -> Letter:
    """The week begins: what needs its reader now."""
    return Letter(_("Your week at the desk"), (_("This needs you now:"), *map(_need, needs)), "/desk", _DESK)


def _need(need: tuple[Need, int]) -> Text:
    what, number = need
    return msgspec.structs.replace(_NEEDS[what], values={"count": number}, count=number)


def refiled(ref: str, process: str) -> Text:
    """What somebody is told whose question was an opinion: it counts, by which number, and that it stays unpublished."""
    return _("Your message is noted as contribution {ref} on {process}. The team reads it; it is not published.", ref=ref, process=process)


def write(letter: Letter, catalogue: Catalogue, city: str, url: str) -> Written:
    """The e-mail as plain text: its lines, the one link alone on its own, who writes and why."""
    paragraphs = [
        *(render(line, catalogue) for line in letter.lines),
        "",
        render(letter.button, catalogue),
        f"{url}{letter.path}",
        "",
        f"{city}",
        render(letter.why, catalogue),
    ]
    return Written(f"{city} : {render(letter.subject, catalogue)}", "\n".join(paragraphs) + "\n")
