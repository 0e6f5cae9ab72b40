"""What a campaign's states, faults and refusals are called, for people and for programs."""

from conversations.plain import Advice
from conversations.text import Text, _, ngettext
from outreach.campaigns import Fault, Refused

STATES: dict[str, Text] = {
    "draft": _("being written"),
    "to_approve": _("waits for a second person"),
    "scheduled": _("approved, waits for its hour"),
    "sending": _("on its way"),
    "paused": _("paused"),
    "done": _("finished"),
    "cancelled": _("called off"),
}
KINDS: dict[str, Text] = {
    "workshop": _("Announce a workshop"),
    "views": _("Collect views on a question"),
    "panel": _("Look for volunteers"),
    "news": _("Give news"),
}
PAUSED: dict[str, Text] = {
    "person": _("It was paused by hand."),
    "everything": _("Everything was stopped."),
    "changed": _("What it quotes has changed: read it again, then approve it again."),
    "stops": _("More than 3 in 100 said STOP: look at its words before it goes on."),
    "failures": _("More than 20 in 100 could not be delivered: look at the operator before it goes on."),
    "budget": _("The month's budget for SMS is used up."),
}


def left_out(why: str, count: int) -> Text:
    """How many of an audience are not told, and why: "1 a dit STOP"."""
    texts: dict[str, Text] = {
        "no_consent": ngettext("{count} did not agree to this kind of message", "{count} did not agree to this kind of message", count),
        "stopped": ngettext("{count} said STOP", "{count} said STOP", count),
        "unreachable": ngettext("{count} can't be reached any more", "{count} can't be reached any more", count),
        "paused": ngettext("{count} asked for a pause", "{count} asked for a pause", count),
        "coming": ngettext("{count} has a place already", "{count} have a place already", count),
        "pressure": ngettext("{count} was told four times in thirty days", "{count} were told four times in thirty days", count),
        "too_late": ngettext("{count} whose turn came too late", "{count} whose turn came too late", count),
    }
    return texts[why]


NETWORKS: dict[str, Text] = {"sms": _("SMS"), "telegram": _("Telegram")}
AGES: dict[str, Text] = {"under-30": _("under 30"), "30-59": _("30 to 59"), "60-plus": _("60 or older")}
ADVICE: dict[str, Text] = {
    "long": _("a long sentence: “{what}”"),
    "word": _("“{what}”: say “{rather}”"),
    "acronym": _("{what}: say what the letters stand for"),
    "passive": _("“{what}”: say who does it"),
    "letters": _("“{what}” makes an SMS three times as dear: say “{rather}”"),
}

_FAULTS: dict[tuple[str, str], Text] = {
    ("process", "unknown"): _("there is no project {about}"),
    ("process", "not_open"): _("the project is not open: open it first, or give news instead"),
    ("workshop", "missing"): _("say which workshop is announced"),
    ("workshop", "unknown"): _("the project has no workshop {about}"),
    ("workshop", "over"): _("this workshop is over, cancelled, or begins within two hours"),
    ("at", "past"): _("this hour has passed: choose a later one, or none"),
    ("at", "far"): _("this hour is more than a year away: choose a nearer one, or none"),
    ("texts", "language_missing"): _("the text in {about} is missing: write it, or send the city's own language to these people"),
    ("texts", "needs_workshop"): _("{{{about}}} is a workshop's: choose the workshop, or write the words out"),
    ("texts", "link"): _("the operator lets no link through: take it out, and say “answer 1” or name a place instead"),
    ("networks", "missing"): _("choose SMS, Telegram or both"),
    ("networks", "deaf_sender"): _("our SMS come from a name that nobody can answer: give news, or take a number as sender"),
    ("networks", "short_answers"): _(
        "an answer by SMS reaches us for {about} hours only: ask by Telegram, give news by SMS, or take a number of our own as sender"
    ),
    ("kind", "reserve"): _("the election reserve has begun: neutral information may go, news of what was done may not"),
    ("audience.districts", "unknown"): _("no project names the district {about}: write it as a project does"),
    ("audience.process", "unknown"): _("there is no project {about}"),
    ("audience", "pilot"): _("the project is a test with {about} people: choose no more, or end the test first"),
}
_OF_WORDS: dict[str, Text] = {
    "empty": _("the text in {about} is empty"),
    "unshown": _("the text in {about} has a letter that can't be shown, or says nothing: write it again"),
    "placeholder": _("{{{about}}} stands for nothing: use city, project, workshop, date, hour, place or access"),
    "brace": _("the text in {about} has a brace without its partner"),
    "needs_workshop": _FAULTS["texts", "needs_workshop"],
    "says_test": _("the project is a test: say so in the text in {about}, with the word “test”"),
}
BLANKS: dict[str, Text] = {
    "project": _("project"),
    "workshop": _("workshop"),
    "date": _("date"),
    "hour": _("hour"),
    "place": _("place"),
    "access": _("access"),
    "city": _("city"),
}
"""What is filled in, as the desk calls it in its own language: {atelier}."""
REFUSED: dict[str, Text] = {
    "unknown": _("There is no such campaign."),
    "unknown_process": _("There is no such project."),
    "faults": _("Some things must be mended first."),
    "untested": _("Try it on your own phone first: what it says now was never tried."),
    "nobody": _("Nobody would be told: nobody of this audience agreed, or everybody has a place already."),
    "budget": _("The month's budget does not pay for it: make it shorter, choose fewer people, or raise the budget."),
    "not_small": _("Fifty people or more: a second person has to read it."),
    "own": _("A second person has to read it: you wrote it."),
    "begun": _("It has begun: its project, kind and audience stay as they are."),
    "unapproved": _("Its words changed meanwhile: a second person has to read them first."),
    "beyond": _(
        "Your role is for some projects: choose one of them, or a workshop of one; not other people, districts, "
        "or who gave no view. Somebody whose role is for the whole city may."
    ),
    "no_phone": _("Show which phone is yours first: the page says how."),
}
"""By code, for the desk and for programs alike."""
_AS_IT_STANDS: dict[str, Text] = {
    "draft": _("It is being written: try it and ask for approval first; it can be changed or cancelled."),
    "to_approve": _("It waits for a second person: they approve it; it can be changed or cancelled."),
    "scheduled": _("It is approved and waits for its hour: it can be changed or cancelled."),
    "sending": _("It is on its way: it can be paused or cancelled."),
    "paused": _("It is paused: it can go on, be changed or cancelled; what was changed is approved again first."),
    "done": _("It is finished: a copy of it can be sent."),
    "cancelled": _("It was called off: a copy of it can be sent."),
}
"""What may be done instead, when a campaign's state is in the way."""


def advise(hint: Advice) -> Text:
    """One advice in a sentence."""
    return Text(ADVICE[hint.kind].msgid, {"what": hint.what, "rather": hint.rather})


def said(fault: Fault) -> Text:
    """One fault in a sentence."""
    wording = _FAULTS.get((fault.field, fault.code)) or _OF_WORDS.get(fault.code) or REFUSED["faults"]
    return Text(wording.msgid, {"about": BLANKS.get(fault.about, fault.about)})


def refusal(why: Refused) -> Text:
    """Why it can't be done, in a sentence."""
    return _AS_IT_STANDS[why.state] if why.code == "state" else REFUSED[why.code]
