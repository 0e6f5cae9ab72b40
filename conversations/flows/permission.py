"""The words of the one question that a text needs: may it be published, and is its author old enough."""

from conversations.facts import Process
from conversations.flows.draft import Draft, quoted, warning
from conversations.flows.posters import entry_of
from conversations.messages import Choice
from conversations.phrases import NOTHING, besides, city, named, shown
from conversations.talk import Talk
from conversations.text import Text, Value, _, ngettext, verbatim

SHORTER = (32, 24, 16)
"""Letters of a quote where long names leave no room for forty."""
PUBLISH = (
    Choice("yes", _("yes, I am 15 or older"), "1", 0),
    Choice("no", _("no, only read it"), "2", 1),
    Choice("erase", _("erase"), "3", 1),
)


def is_lent(process: Process, draft: Draft) -> bool:
    """Whether it came by a phone that a mediator lends."""
    return any(one.lent and one.id == draft.entry for one in process.entries)


def from_hand_to_hand(talk: Talk, draft: Draft, process: Process) -> Text:
    """On a phone that a mediator lends each person is a new one: the facts every time, and nothing is tied to the phone."""
    return talk.either(
        _(
            "{city} (robot, staff read). Publish without your name your view on {process}? {choices}. It helps to choose, nothing is "
            "compulsory. Nothing ties it to this phone: you get a number and a code",
            city=city(talk),
            process=shown(talk, process),
        ),
        _(
            "Your view: “{quote}”\n{city}, a robot; staff read. It helps to choose, nothing is compulsory. Nothing ties it to this "
            "phone: you get a number and a code.\nMay the City publish it without your name?",
            city=city(talk),
            quote=quoted(talk, draft) or verbatim("…"),
        ),
    )


def by_sms(talk: Talk, draft: Draft, process: Process, *, first: bool, added: bool) -> Text:
    """Messages 1b (`first`), 4 and x2 (`added`)."""
    where = shown(talk, process)
    foreign = besides(draft.foreign, _("We reply in plain ENGLISH."))
    quote = quoted(talk, draft)
    if (draft.leaving or draft.aside) and not first:
        shorter = (_still(talk, draft, where, limit) for limit in SHORTER)
        return talk.fitting(_still(talk, draft, where), shorter, choices=PUBLISH)
    if added and not first:
        return _("Added. Publish it without your name? {choices}")
    if first and quote:
        who = city(talk)
        shorter = (_first(who, quoted(talk, draft, limit) or quote, where) for limit in SHORTER)
        return talk.fitting(_first(who, quote, where), shorter, choices=PUBLISH)
    if first:
        return talk.fitting(_unquoted(city(talk), foreign, where), [_unquoted(city(talk), NOTHING, where)], choices=PUBLISH)
    if quote:
        return _('Your view: "{quote}" May the City publish it without your name? {choices}. To add to it, write on.', quote=quote)
    return _(
        "Your view on {process} has arrived.{foreign} May the City publish it without your name? {choices}. To add to it, write on.",
        process=where,
        foreign=foreign,
    )


def _still(talk: Talk, draft: Draft, where: Text, limit: int = 40) -> Text:
    return _(
        'Your view on {process} still waits: "{quote}" May the City publish it without your name? {choices}. {then}',
        process=where,
        quote=quoted(talk, draft, limit) or verbatim("..."),
        then=_then(talk, draft),
    )


def _then(talk: Talk, draft: Draft) -> Text:
    """What becomes of the words of another person, or for another project."""
    if draft.leaving:
        return _("Without this answer it is erased when the other person writes.")
    text = draft.aside[0][1]
    found = entry_of(talk, text, whole=False)
    process = shown(talk, found[0]) if found else verbatim("...")
    if len(draft.aside) == 1 and entry_of(talk, text, whole=True):
        return _("After it: {process}.", process=process)
    return _("Your text on {process} is kept, its turn comes then.", process=process)


def _first(who: Text, quote: Text, where: Text) -> Text:
    return _(
        '{city} (robot, staff read). Publish without your name your view "{quote}" on {process}? {choices}. '
        "It helps to choose, nothing is compulsory. We keep your number to reply. Rights: DATA. End: STOP",
        city=who,
        quote=quote,
        process=where,
    )


def _unquoted(who: Text, foreign: Text, where: Text) -> Text:
    return _(
        "{city} (robot, staff read).{foreign} Publish without your name your view on {process}? {choices}. "
        "It helps to choose, nothing is compulsory. We keep your number to reply. Rights: DATA. End: STOP",
        city=who,
        foreign=foreign,
        process=where,
    )


def on_a_card(talk: Talk, draft: Draft, *, first: bool) -> Text:
    """The same on Telegram."""
    quote, hidden = quoted(talk, draft), warning(draft)
    yours = ngettext("Your view: “{quote}”", "Your view, in {count} messages: “{quote}”", len(draft.texts), quote=quote or verbatim("…"))
    notes = [note for note in (hidden, _("We reply in plain English.") if draft.foreign else None) if note]
    process = talk.process(draft.process)
    if first and process and process.pilot:
        notes.append(_("This project is a test, with {people} people.", people=process.pilot))
    if first:
        notes.append(
            _(
                "Here is {city}, a robot; staff read your messages. Your view helps to choose, nothing is compulsory. "
                "We keep your Telegram "
                "identifier, without your name, to reply. Erase everything: /forget. Your rights: /privacy. "
                "Without Telegram: SMS to {number}.",
                city=city(talk),
                number=verbatim(talk.facts.city.sms_number or talk.facts.city.phone),
            )
        )
    lines = Text("".join(f"\n{{n{place}}}" for place in range(len(notes))), {f"n{place}": note for place, note in enumerate(notes)})
    values: dict[str, Value] = {"yours": yours, "notes": lines if notes else verbatim("")}
    if (draft.leaving or draft.aside) and process:
        return _(
            "{yours}{notes}\nIt waits still, for {process}. May the City publish it without your name? {then}",
            process=named(talk, process),
            then=_then(talk, draft),
            **values,
        )
    return _("{yours}{notes}\nMay the City publish it without your name? You can still add or correct a message.", **values)
