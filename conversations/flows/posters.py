"""The word that stands on a poster: which project a message names with it, and which one a conversation is about."""

from conversations import keywords
from conversations.facts import Entry, Process
from conversations.flows.draft import Draft, held
from conversations.talk import Talk


def entry_of(talk: Talk, text: str, *, whole: bool) -> tuple[Process, Entry] | None:
    """The poster's keyword that a message is, or begins with."""
    said, written = keywords.words(text), len(text.split())
    for process in (*talk.asking(), *talk.closed()):
        for entry in process.entries:
            key = keywords.words(entry.keyword)
            if key and said[: len(key)] == key and (not whole or written == len(key)):  # "PLACE." is the keyword, "PLACE 🤷" an answer
                return process, entry
    return None


def for_another(talk: Talk, draft: Draft, text: str) -> bool:
    """Whether a message is for another project than the text that waits; what follows such a message goes with it."""
    found = entry_of(talk, text, whole=False)
    return found[0].slug != draft.process if found and found[0].question else bool(draft.aside)


def blank(process: Process, entry: str = "") -> Draft:
    """A view on it that has no words yet."""
    return Draft(process.slug, process.question.id if process.question else "", entry)


def current(talk: Talk) -> Process | None:
    """The process that this conversation is about."""
    draft = held(talk)
    found = talk.process(draft.process) if draft else None
    return found or (talk.facts.processes[0] if len(talk.facts.processes) == 1 else None)
