"""Moderation reasons R1 to R12, what may be done for each, and the seven parts of a refusal."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

import msgspec

from conversations.text import Text, _

Decision: TypeAlias = Literal["accept", "redact", "refuse", "group", "answer", "move", "split", "ask_again", "uphold", "reverse"]
Besides: TypeAlias = Literal["seal", "escalate", "delete"]


class Reason(msgspec.Struct, frozen=True):
    """One rule of the charter (MOD-03). In French `sentence`, with its rule, has at most 42 letters of GSM-7, `redo` too."""

    code: str
    title: Text  # for the desk and the charter
    sentence: Text  # after "Raison: " in message 11, after "Des mots sont cachés: " in 10b
    actions: tuple[Decision, ...]  # the decisions that may give this reason, the usual one first
    second_look: bool  # a second person within five days (MOD-32)
    redo: Text  # how to correct and send again
    besides: tuple[Besides, ...] = ()  # what follows from the decision


_ALL = (
    Reason(
        "R1",
        _("Off topic"),
        _("it is about another subject (rule 1)"),
        ("move", "answer", "refuse"),
        False,
        _("A question to the City: CONTACT."),
    ),
    Reason(
        "R2",
        _("Insult, personal attack"),
        _("it insults a person (rule 2)"),
        ("refuse", "redact"),
        False,
        _("Send it without the insult, we will read it again."),
    ),
    Reason(
        "R3",
        _("Discrimination, hatred, denial of crimes against humanity"),
        _("it attacks a group of people (rule 3)"),
        ("refuse",),
        True,
        _("Send it without these words, we will read it again."),
        ("seal",),
    ),
    Reason(
        "R4",
        _("Personal data or a named person"),
        _("it names a person (rule 4)"),
        ("redact", "refuse"),
        False,
        _("Send it without the name, we will read it again."),
    ),
    Reason(
        "R5",
        _("Advertising, canvassing, commercial link"),
        _("it is an advertisement (rule 5)"),
        ("refuse",),
        False,
        _("Send it without the advert, we will read it again."),
    ),
    Reason(
        "R6",
        _("Copy of a text already received"),
        _("we already have the same text (rule 6)"),
        ("group",),
        False,
        _("Nothing to do: it counts with the other."),
    ),
    Reason(
        "R7",
        _("Unreadable or empty"),
        _("we could not read it (rule 7)"),
        ("ask_again", "refuse"),
        False,
        _("Write it another way, we will read it again."),
    ),
    Reason(
        "R8",
        _("Threat, violence, danger for a person"),
        _("it threatens a person (rule 8)"),
        ("refuse",),
        True,
        _("Send it without the threat, we will read it again."),
        ("seal", "escalate"),
    ),
    Reason(
        "R9",
        _("Possible defamation"),
        _("it accuses without proof (rule 9)"),
        ("refuse", "redact"),
        True,
        _("Send it without accusing, we will read it again."),
    ),
    Reason(
        "R10",
        _("Property of others, text or image"),
        _("it copies the work of others (rule 10)"),
        ("refuse", "redact"),
        False,
        _("Say it in your own words, we will read it again."),
    ),
    Reason(
        "R11",
        _("Electoral propaganda, in the period of reserve"),
        _("it campaigns for an election (rule 11)"),
        ("refuse",),
        True,
        _("Send it without campaigning, we will read it again."),
    ),
    Reason(
        "R12",
        _("Under 15 without a parent's agreement"),
        _("one must be 15 to write here (rule 12)"),
        ("refuse",),
        False,
        _("Come with an adult: ATELIER."),
        ("delete",),
    ),
)

REASONS: Mapping[str, Reason] = MappingProxyType({reason.code: reason for reason in _ALL})


def reasons_for(decision: str) -> tuple[str, ...]:
    """The codes that may go with a decision: what a 422 names, what the desk offers."""
    return tuple(reason.code for reason in _ALL if decision in reason.actions)


PARTS: Mapping[str, str] = MappingProxyType(
    {
        "words": "{quoted}",
        "date": "{received}",
        "decision": "is not published",
        "rule and fact": "{reason}",
        "human or automatic": "A person read it",
        "how to send it again": "{redo}",
        "how to contest and until when": "{until}",
    }
)
"""The seven parts of a refusal (MOD-04; DSA, article 17(3)), and what tells each in the sentence of message 11."""


def lacking(refusal: str) -> tuple[str, ...]:
    """The parts that the msgid of a refusal does not tell."""
    return tuple(part for part, told_by in PARTS.items() if told_by not in refusal)
