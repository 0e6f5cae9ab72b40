"""Who speaks, what for, what is kept; the way in by a poster, and a stranger's first words."""

from conversations import keywords
from conversations.effects import Began
from conversations.facts import Entry, Process
from conversations.flows.draft import Draft, gather, held, keep
from conversations.flows.posters import blank, current, entry_of
from conversations.keywords import lexicon
from conversations.messages import Choice, Start, Words
from conversations.phrases import asks, besides, city, day, named, own_name, said_in, shown
from conversations.steps import Asked
from conversations.talk import NOTICE_VERSION, Flow, Talk
from conversations.text import Text, _, verbatim

MOST = 3
_THANKS = frozenset(keywords.words(lexicon.THANKS))

flow = Flow("welcome")


@flow.hears("start")
def start(talk: Talk, said: Start) -> None:
    """`/start`, with a poster's token or none; an unknown token leads to the general welcome, never to an error (TG-02)."""
    talk.enter("another:begins")
    found = next(
        ((process, entry) for process in talk.known() for entry in process.entries if said.token and entry.token == said.token),
        None,
    )
    if found:
        _come_by(talk, found[1])
        arrive(talk, found[0], found[1].id)
    else:
        arrive(talk, None)


def _come_by(talk: Talk, entry: Entry) -> None:
    """In the poster's language; who sends its word again while its question waits began once. A lent phone goes from hand to hand."""
    draft = held(talk)
    if entry.lent or draft is None or draft.entry != entry.id:
        talk.do(Began(entry.token))
    if entry.language in talk.facts.languages:
        talk.language = entry.language


@flow.door("keyword")
def keyword(talk: Talk, text: str) -> None:
    """The poster's keyword, if the whole message is one."""
    found = entry_of(talk, text, whole=True)
    if found is None:
        return
    process, entry = found
    talk.enter("another:begins")
    draft = held(talk)
    if draft and draft.texts and process.question is None:
        return  # a word of the text in the making
    if draft is None or not draft.texts:
        _come_by(talk, entry)
        arrive(talk, process, entry.id)
    elif talk.step == "kept":  # it says what the words are for
        talk.do(Began(entry.token))
        talk.close("unsolicited:kept", answered=True)
        filled = blank(process, entry.id)
        draft.process, draft.question, draft.entry = filled.process, filled.question, filled.entry
        keep(talk, draft)
        talk.enter("contribute:again")
    elif draft.process in {"", process.slug} or process.question is None:
        talk.enter("contribute:again")
    else:
        talk.enter("contribute:aside", Words(text))


@flow.hears("words")
def words(talk: Talk, said: Words) -> None:
    """Free text while nothing is awaited: the first word may name the process, the text stays whole."""
    told = keywords.words(said.text)
    if told and set(told) <= _THANKS:
        return  # thanks need no answer: a part saved, a person not pestered
    if found := entry_of(talk, said.text, whole=False):
        process, entry = found
        _come_by(talk, entry)
        if process.question is None:
            talk.enter("closed:said", process)
            gather(talk, Draft(), said)
            return
        keep(talk, blank(process, entry.id))
        talk.enter("contribute:hear", said)
    elif keywords.under_15(said.text):
        talk.enter("contribute:hear", said)
    else:
        gather(talk, Draft(), said)


@flow.door("polite")
def polite(talk: Talk, said: Words) -> None:
    """A greeting is answered by the question, thanks by nothing."""
    if not set(keywords.words(said.text)) <= _THANKS:
        process, draft = current(talk), held(talk)
        arrive(talk, process if process and process.question else None, draft.entry if draft else "")


@flow.door("arrive")
def arrive(talk: Talk, process: Process | None = None, entry: str = "") -> None:
    """Somebody comes in: the question, the six facts of GDPR-10 the first time, the prompt afterwards."""
    draft = held(talk)
    if draft and draft.texts:
        talk.enter("contribute:again")
        return
    writable = talk.writable()
    if process is None and len(either := writable or talk.asking()) == 1:
        process = either[0]
    if process and process.question:
        ask(talk, process, entry)
    elif process and process in talk.closed():
        talk.enter("closed:arrive", process)
    elif writable:
        which(talk, "write", writable)
    else:
        talk.rest()
        _greet(talk, talk.either(_nothing_open(talk), _nothing_open_on_telegram(talk)), None)


def ask(talk: Talk, process: Process, entry: str = "") -> None:
    """Messages 1 and 3; to who comes after the last person of a test, that it has no place left."""
    if talk.shut(process, lent=any(one.lent and one.id == entry for one in process.entries)):
        talk.enter("pilot:full", process)
        return
    keep(talk, blank(process, entry))
    talk.close("welcome:which", answered=True)
    talk.go("contribute", "writing")
    if not talk.notice:
        _greet(talk, _first_sms(talk, process) if talk.sms else _first_telegram(talk, process), process)
    else:
        talk.say(
            talk.either(
                _(
                    "{process}: {question} Write in your own words, in your language, in several SMS if need be. "
                    "No name, no address, please.",
                    process=shown(talk, process, first=True),
                    question=asks(talk, process),
                ),
                _(
                    "{process}: {question}\nWrite in your own words, in your language, in several messages if need be. "
                    "No name, no address, no health matters, please.",
                    process=shown(talk, process, first=True),
                    question=asks(talk, process),
                ),
            ),
            _menu(talk),
        )


@flow.door("ask")
def once_more(talk: Talk) -> None:
    """The same question, in another language."""
    draft, process = held(talk), current(talk)
    if process and process.question:
        ask(talk, process, draft.entry if draft else "")


def _first_sms(talk: Talk, process: Process) -> Text:
    return _(
        "{city}, {process}: {question} Write it here, your view helps to choose. A robot replies, staff read. Nothing is compulsory. "
        "We keep your number to reply. Project: INFO. Your rights: DATA. Erase: ERASE. End: STOP{languages}",
        city=city(talk),
        process=shown(talk, process),
        question=asks(talk, process),
        languages=_other_languages(talk),
    )


def _first_telegram(talk: Talk, process: Process) -> Text:
    return _(
        "{city}, {process}: {question}\nWrite your answer here, in one or several messages. It helps to choose; nothing is compulsory. "
        "No name, no address, no health matters.\nI am a robot, staff read your messages. "
        "We keep your Telegram identifier, without your name, to reply. Erase everything: /forget.{elsewhere}{official}",
        city=city(talk),
        process=shown(talk, process),
        question=asks(talk, process),
        elsewhere=_elsewhere(talk),
        official=_official(talk),
    )


def _elsewhere(talk: Talk) -> Text:
    who = talk.facts.city
    if who.sms_number:
        return besides(True, _("Without Telegram: SMS to {number}.", number=verbatim(who.sms_number)))
    return besides(who.phone, _("Without Telegram: {number}.", number=verbatim(who.phone)))


def _official(talk: Talk) -> Text:
    url = talk.facts.city.url  # without https it is this machine's own, of a city that has none yet
    return besides(url.startswith("https:"), _("Our official numbers: {url}", url=verbatim(url)))


def _nothing_open(talk: Talk) -> Text:
    return _(
        "{city}: no question is open now. Write to us all the same: a robot replies, staff read. Nothing is compulsory. "
        "We keep your number to reply. Your rights: DATA. Erase: ERASE. End: STOP{languages}",
        city=city(talk),
        languages=_other_languages(talk),
    )


def _nothing_open_on_telegram(talk: Talk) -> Text:
    return _(
        "{city}: no question is open now. Write to us all the same: your message helps the City to know what is missing.\n"
        "I am a robot, staff read your messages. Nothing is compulsory. We keep your Telegram identifier, without your name, to reply. "
        "Erase everything: /forget.{elsewhere}{official}",
        city=city(talk),
        elsewhere=_elsewhere(talk),
        official=_official(talk),
    )


def _greet(talk: Talk, text: Text, process: Process | None) -> None:
    talk.notice = talk.notice or NOTICE_VERSION
    talk.say(text, _menu(talk) if process else _menu(talk)[2:])


def _menu(talk: Talk) -> tuple[Choice, ...]:
    """The rest, behind buttons; by SMS the words are in the text."""
    if talk.sms:
        return ()
    names = " · ".join(own_name(talk, code) for code in talk.facts.languages if code != talk.language)
    return (
        Choice("INFO", _("the project in short"), row=0),
        Choice("ATELIER", _("the workshops"), row=0),
        *((Choice("LANGUE", _("languages · {names}", names=names), row=1),) if names else ()),
        Choice("NOTICE", _("your rights"), row=1),
    )


def _other_languages(talk: Talk) -> Text:
    other = [code for code in talk.facts.languages if code != talk.language][:2]
    return verbatim("".join(f". {own_name(talk, code)}: {code.upper()}" for code in other))


def which(talk: Talk, purpose: str, among: list[Process]) -> None:
    """Several processes are open: three at most are proposed."""
    choices = tuple(Choice(f"p{place}", named(talk, process), row=place) for place, process in enumerate(among[:MOST]))
    first = not talk.notice and purpose == "write"
    sms = (
        _(
            "{city}: your view helps to choose. On what? {choices}. A robot replies, staff read. Nothing is compulsory. "
            "We keep your number to reply. Your rights: DATA. Erase: ERASE. End: STOP",
            city=city(talk),
        )
        if first
        else _("{city}: which project? {choices}", city=city(talk))
    )
    telegram = (
        _(
            "{city}: your view helps to choose. On what?\nI am a robot, staff read your messages. Nothing is compulsory. "
            "We keep your Telegram identifier, without your name, to reply. Erase everything: /forget. "
            "Your rights: /privacy.{elsewhere}{official}",
            city=city(talk),
            elsewhere=_elsewhere(talk),
            official=_official(talk),
        )
        if first
        else _("Which project?")
    )
    if first:
        talk.notice = NOTICE_VERSION
    talk.ask("welcome:which", talk.either(sms, telegram), choices, about=f"{purpose} {','.join(process.slug for process in among[:MOST])}")
    talk.rest()


@flow.question("which", lambda talk, asked: _("for the project"))  # noqa: ARG005 - every question has the same shape
def chosen(talk: Talk, asked: Asked, key: str) -> None:
    """One of the processes was named."""
    talk.close("welcome:which", answered=True)
    purpose, slugs = asked.about.split(" ", 1)
    process = talk.process(slugs.split(",")[int(key[1:])])
    if process is None:
        arrive(talk, None)
    elif purpose == "INFO":
        tell(talk, process)
    else:
        arrive(talk, process)


@flow.keyword("INFO")
def info(talk: Talk, _argument: str) -> None:
    """Message 2: the project, not the notice (journeys 5, row 5)."""
    process = current(talk)
    if process:
        tell(talk, process)
    elif talk.facts.processes:
        which(talk, "INFO", list(talk.facts.processes))
    else:
        arrive(talk, None)


def tell(talk: Talk, process: Process) -> None:
    """What can change, what cannot, who reads, when the answer is promised."""
    told = _mandate(talk, process)
    talk.say(
        talk.either(talk.fitting(_in_short(told), [_in_short({**told, "readers": _readers(talk, process)})]), _in_full(told)),
        () if talk.sms else (Choice("ATELIER", _("the workshops")), Choice("PARTAGER", _("share the question"), row=1)),
    )


def _in_short(told: dict[str, Text]) -> Text:
    return _("{process}.{can}{cannot}{readers}{answer} To give your view: write it here. To come: WORKSHOP", **told)


def _in_full(told: dict[str, Text]) -> Text:
    return _("{process}.{can}{cannot}{readers}{answer}\nTo give your view, write it here.", **told)


def _readers(talk: Talk, process: Process) -> Text:
    return besides(process.read_on, _("Citizens read it all on {day}.", day=day(talk, process.read_on) if process.read_on else ""))


def _mandate(talk: Talk, process: Process) -> dict[str, Text]:
    read_on, promised = process.read_on, process.answer_promised_on
    return {
        "process": shown(talk, process, first=True),
        "can": besides(process.can_change, _("Can change: {things}.", things=verbatim(", ".join(process.can_change)))),
        "cannot": besides(process.cannot_change, _("Does not change: {things}.", things=verbatim(", ".join(process.cannot_change)))),
        "readers": besides(
            read_on, _("Citizens read all views on {day} and write to the City.", day=day(talk, read_on) if read_on else "")
        ),
        "answer": besides(
            promised, _("The elected officials answer each point before {day}.", day=day(talk, promised) if promised else "")
        ),
    }


@flow.keyword("PARTAGER")
def share(talk: Talk, _argument: str) -> None:
    """A text to pass on: the bot itself never enters a group."""
    process = current(talk) or next(iter(talk.writable()), None)
    if process is None:
        arrive(talk, None)
        return
    token = next((entry.token for entry in process.entries if entry.id == "partage"), "")
    name = talk.facts.city.telegram
    link = f"https://t.me/{name}" + (f"?start={token}" if token else "") if name else talk.facts.city.url
    talk.say(_("To pass on:"))
    question = said_in(talk, process.question.text) if process.question else said_in(talk, process.summary)
    talk.say(
        _(
            "{city}, {process}: {question} {link}",
            city=city(talk),
            process=named(talk, process),
            question=verbatim(question),
            link=verbatim(link),
        )
    )
