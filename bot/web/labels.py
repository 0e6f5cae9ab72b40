"""States in words that a citizen reads."""

from collections.abc import Callable
from datetime import date

from conversations.text import Text, _
from outreach.answers import Happening

PROCESS: dict[str, Text] = {
    "requested": _("Asked for"),
    "framing": _("Being prepared"),
    "mandate_validated": _("Mandate agreed"),
    "open": _("Open: you can write"),
    "avis_handed_over": _("Opinion handed over"),
    "instruction": _("Studied by the services"),
    "arbitration": _("Being decided"),
    "response_published": _("Answer published"),
    "follow_up": _("Being carried out"),
    "closed": _("Closed"),
}
"""What each state of a process is called, in their order."""

CONTRIBUTION: dict[str, Text] = {
    "draft": _("Arrived on paper: a second person looks at what was typed"),
    "received": _("Well arrived, waits for its reader"),
    "read_only": _("Read by the team, never published, as its author wished"),
    "accepted": _("Read, about to be published"),
    "redacted": _("Read, about to be published with some words hidden"),
    "grouped": _("Read, joined to others that say the same"),
    "answered": _("Answered: it was a question to the city"),
    "moved": _("Moved to another project"),
    "split": _("Cut in two, because it says two things"),
    "asked_again": _("We asked its author to say it again"),
    "published": _("Published"),
    "refused": _("Not published; its author has been told why"),
    "appealed": _("Contested: another person reads it"),
    "upheld": _("Contested, and not published; its author has been told why"),
    "reversed": _("Contested with success"),
    "withdrawn": _("Withdrawn by its author"),
    "taken_up": _("Taken up in the citizens' opinion"),
    "not_taken_up": _("Not taken up in the citizens' opinion"),
    "responded": _("The elected officials have answered"),
    "carried_out": _("Carried out"),
}
"""What each state of a contribution is called on its follow-up page, without any reason."""

DECISION: dict[str, Text] = {"kept": _("kept"), "partly": _("kept in part"), "not_kept": _("not kept")}
"""What was decided about a point of the avis."""
EVENT: dict[str, Text] = {
    **PROCESS,
    "pilot_ended": _("The test is over: everybody may write"),
    "promise_moved": _("The promised day of the answer moves"),
    "late": _("The promised day passed without the answer"),
    "commitment_done": _("A commitment is carried out"),
    "commitment_moved": _("A commitment is put off"),
    "note": _("News"),
}
"""What a line of the journal tells."""
_DATED: dict[tuple[str, int], Text] = {
    ("promise_moved", 2): _("The promised day of the answer moves: from {was} to {until}"),
    ("late", 1): _("The answer promised before {was} is late"),
    ("late", 2): _("The answer promised before {was} is late: it comes before {until}"),
    ("commitment_moved", 2): _("Point {number}: what was promised before {was} is put off to {until}"),
}


def happening(line: Happening, day: Callable[[date], str]) -> Text:
    """A line of the journal in words, with its days as `day` writes them, and its point."""
    number, *days = line.about.rsplit("/", 2) if line.kind == "commitment_moved" else ("", *line.about.split("/"))
    if line.kind == "commitment_done":
        return _("Point {number}: what was promised is done", number=line.about)
    wording = _DATED.get((line.kind, len(days)))
    if wording is None or not all(days):
        return EVENT.get(line.kind, EVENT["note"])
    was, until = (day(date.fromisoformat(one)) for one in (days[0], days[-1]))
    return Text(wording.msgid, {"number": number, "was": was, "until": until})
