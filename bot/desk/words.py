"""What the office answers to a program in English, as the desk tells it to a person in her own language."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from aiohttp import web

from bot.web.keys import HOUSE
from bot.web.labels import PROCESS
from bot.web.pages import language_of
from conversations.text import Text, _, render
from outreach import answers
from outreach.processes import Refused

ROLES: dict[str, Text] = {
    "admin": _("administration"),
    "staff": _("staff member"),
    "moderator": _("moderation"),
    "lead": _("head of the service"),
    "host": _("host of workshops"),
    "interpreter": _("interpreter"),
    "dpo": _("data protection"),
    "association": _("association"),
    "observer": _("observer"),
}
"""What each role is called."""

_DOCUMENT = (
    _("the file is larger than {most} bytes: a process fits in a few pages"),
    _("not UTF-8: save the file with the encoding UTF-8"),
    _("a letter that can't be shown: remove it"),
    _("not valid YAML here: put words with a colon, ? or # between quotes"),
    _("too deeply nested"),
    _("the file is empty"),
    _("too large: a process fits in a few pages"),
    _("written twice: keep one"),
    _("write a list here, one item a line, each beginning with a dash"),
    _("one of: {names}"),
    _("write named parts here: {names}"),
    _("not a part of a process; did you mean {name}?"),
    _("not a part of a process; known here: {names}"),
    _("missing: write it"),
    _("write it by language, below: `fr: …`"),
    _("not a language: write a code such as fr, en or ar"),
    _("write a code such as fr, en or ar"),
    _("only a to z, digits and single dashes, as in place-du-marche"),
    _("empty: write it, or take the line away"),
    _("write words here"),
    _("{count} letters: at most {most}"),
    _("write true or false"),
    _("at most {most} themes: a moderator gives one with a key from 1 to {last}"),
    _("write a whole number from {least} to {most}"),
    _("write a date as 2027-05-04, year first"),
    _("write a day and an hour as 2027-05-12 18:30"),
    _("French is always there: write `fr: …`"),
    _("missing: write a name for SMS, at most {limit} letters, without ê, ô, ç or other letters that triple the price"),
    _("{letters} would triple the price of each SMS: choose words without it"),
    _("{count} letters: an SMS leaves room for {limit}"),
    _("{count} letters together with cannot_change: an SMS leaves room for {limit}; name things in a word or two"),
    _("must come after {field}, which is {day}"),
    _("{value} is taken by {field}: choose another"),
    _("write a link that begins with https://, or a number to call in remote.phone"),
    _("write a link that begins with https://"),
    _("64 digits from 0 to f: `sha256sum FILE` prints them"),
    _("one word of two letters or more"),
    _("{word} already means {name} everywhere: choose another word"),
    _("{word} answers a question: choose another word"),
)
_LEFT_OUT = re.compile(r"(?<=^not valid YAML here), .*(?=: put)|, as in PLACE$", re.DOTALL)  # what the parser says is for programmers
_MISSING = (
    _("at least one question"),
    _("what can change"),
    _("what cannot change"),
    _("who decides"),
    _("how contributions are used"),
    _("the calendar"),
    _("the promised date of the answer"),
    _("who validated the mandate"),
    _("when the mandate was validated"),
    _("the act that validated the mandate"),
    _("the controller"),
    _("how to reach the data protection officer"),
    _("the legal basis, with the date of the decision"),
)
_PROCESS = (
    _("there is no process {slug}"),
    _("the keyword {word} already leads to {slug}: choose another word"),
    _("{slug} is closed: its document stays as it is"),
    _("mandate.version is {number} already: a version can't go back"),
    _("the mandate of an opened process changes with a new version: write mandate.version: {number}"),
    _("mandate.answer_promised_on: a promised date may move before it passes, never after, and never away"),
    _("questions that people answered can't be left out: {names}"),
    _("workshops that people signed up for can be cancelled, not left out: {names}"),
    _("pilot: this process is no test, or not any more"),
    _("pilot: an opened process is for everybody, it can't become a test again"),
    _("pilot.people: {count} people take part already"),
)
_SHEET = (
    _("the file is larger than {most} bytes: send it in two"),
    _("more than {most} lines: send it in two"),
    _("more than {most} columns: keep those that have a head"),
    _("more than {most} faults: mend these first"),
    _("this is neither CSV nor Excel: save it again from the spreadsheet"),
    _("several sheets hold words: keep one in the file"),
    _("no column for this: name one of them {name}"),
    _("a column that is not known: use {names}"),
    _("this column is there twice: keep one"),
    _("words in a column without a head ({place}): name the column, or take them away"),
    _("these lines are not whole: choose the file again"),
    _("no line holds a point"),
    _("missing: write the number of the point, or: non repris"),
    _("missing: write the reason in few words"),
    _("{count} letters: at most {most}, as in 7 or 7 bis"),
    _("point {number} is on line {line} already: give it another number"),
    _("{word} is no number of a contribution: eight digits that belong together, as in 4821 0736; look at each again"),
    _("{ref} is not published: take it out, or publish it first"),
    _("{ref} belongs to another project: take it out"),
    _("point {number} was studied or decided already: it can't be left out"),
    _("missing: write the number of the point"),
    _("the avis has no point {number}: mend the number, or take the line away"),
    _("point {number} is on line {line} already: keep one of them"),
    _("point {number} has another title: take the sheet out again, the line may be another's"),
    _("{word} is no decision: write {names}"),
    _("{word} is no day: write it as 12/05/2027"),
    _("{name} is no sentence of this project: take the table out again"),
    _("the French changed meanwhile: take the table out again"),
)
_ANSWERS = (
    _("these points have no answer yet: {names}"),
    _("it can't be closed: these points have no answer: {names}"),
    _("it can't be closed: accepted contributions that have no place in the record yet: {count}"),
    _("give the point to a service first"),
    _("what is not kept promises nothing: leave the date and what will be done empty"),
    _("choose another day, after today"),
    _("choose a day at most {years} years from today: look at the year again"),
    _("choose today or a day before: this one is to come"),
    _("say in a sentence what was done"),
    _("this commitment is settled already, or not public yet"),
    _("there is no such commitment"),
    _("a project is named {slug} already: choose another name"),
    _("answer each question: {names}"),
    _("who, when and by which act: {names}"),
    _("missing: {names}"),
    _("too long: {names}"),
)
_NOT_NOW = _("In the state “{before}” that can't be done.")
_LOST = _("An opened project can't lose what it promised.")
_STATE = _("In the state “{before}” a project can't become “{after}”.")
_ACCOUNT = (
    _("at least {least} letters, not the same ones over and over: a sentence is easy to keep in mind"),
    _("at most {most} letters"),
    _("this link was used already, or is too old: ask an administrator for a new one"),
    _("write the name of the association, at most {most} letters"),
    _("this code does not fit: check the hour of your phone, then write the newest one"),
    _("write an e-mail address such as prenom.nom@ville.fr"),
    _("choose at least one role"),
    _("the role {role} is for the whole city"),
    _("nobody would administer any more: give another account the role admin first"),
    _("write codes of languages such as ar or tr"),
    _("write at most {most} letters here"),
    _("one letter for each action, or one of {signs}"),
    _("two actions have the key {key}: give each its own"),
)


@cache
def _patterns() -> list[tuple[re.Pattern[str], Text]]:
    """The sentences as what recognises them; the longest first, so that "at most" does not swallow what says more."""
    every = sorted((*_DOCUMENT, *_MISSING, *_PROCESS, *_ACCOUNT, *_SHEET, *_ANSWERS), key=lambda text: -len(text.msgid))
    return [(re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(text.msgid)), re.DOTALL), text) for text in every]


def known(message: str) -> Text | None:
    """The sentence that the office said, with its values, ready for any language."""
    message = _LEFT_OUT.sub("", message)
    for pattern, text in _patterns():
        if found := pattern.fullmatch(message):
            return Text(text.msgid, found.groupdict())
    return None


def told(request: web.Request, message: str) -> str:
    """A sentence of the office in the reader's language; one that nobody knows stays as it is."""
    house = request.app[HOUSE]
    text = known(message)
    return render(text, house.catalogues[language_of(request)]) if text else message


def money_words(request: web.Request, euros: Decimal) -> str:
    """So many euros: "12,40"."""
    shown = f"{euros:.2f}"
    return shown.replace(".", ",") if language_of(request) == "fr" else shown


def missing(request: web.Request, lacking: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What is missing: the field and its name in words, from "mandate.use: how contributions are used"."""
    for one in lacking:
        field, _colon, sentence = one.partition(": ")
        yield field, told(request, sentence)


def why(request: web.Request, refused: Refused | answers.Refused) -> str:
    """Why a project can't be changed so, in the reader's language."""
    catalogue = request.app[HOUSE].catalogues[language_of(request)]
    if isinstance(refused, answers.Refused):
        state = re.search(r"process that is (\w+)", str(refused))
        if refused.code == "state" and state and state[1] in PROCESS:
            return render(Text(_NOT_NOW.msgid, {"before": PROCESS[state[1]]}), catalogue)
        return told(request, str(refused))
    if refused.code == "missing" and all(": " in one for one in refused.missing):
        lost = " ".join(f"{field}: {sentence}." for field, sentence in missing(request, refused.missing))
        return f"{render(_LOST, catalogue)} {lost}"
    if refused.code == "state" and (found := re.fullmatch(r"a process that is (\w+) can't become (\w+)", str(refused))):
        values = {"before": PROCESS[found[1]], "after": PROCESS[found[2]]}
        return render(Text(_STATE.msgid, values), catalogue)
    return told(request, str(refused))
