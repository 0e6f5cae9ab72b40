"""What stands on a poster and on a flyer, in one language: from the process document and the catalogue, or handed in whole."""

import re
from datetime import date

import msgspec
from babel.dates import format_date

from bot.languages import RIGHT_TO_LEFT, spaced
from conversations.facts import City, Entry
from conversations.text import Catalogue, Text, _, render
from outreach.documents import ProcessDocument, Question

PURPOSE = 20
"""Words (LINK-01)."""
_SENTENCES = re.compile(r"(?<=[.!?؟])\s+")


class Words(msgspec.Struct, frozen=True):
    """Every sentence of a sheet, ready to print. `by_telegram`, `by_sms`, `by_page`: what one does there; "" where that is not open yet."""

    language: str
    title: str
    question: str
    purpose: str  # at most PURPOSE words
    robot: str
    cost: str
    soon: str
    by_telegram: str = ""
    by_sms: str = ""
    by_page: str = ""
    human: str = ""
    until: str = ""
    promised: str = ""
    place: str = ""
    free: str = ""
    call_back: str = ""

    @property
    def rtl(self) -> bool:
        """Whether it is written from right to left."""
        return self.language in RIGHT_TO_LEFT


class Codes(msgspec.Struct, frozen=True):
    """What the QR codes hold, and the same as people may type it; "" where a channel is not open yet."""

    telegram: str = ""
    sms: str = ""
    page: str = ""
    telegram_name: str = ""  # "@VilleDeNantesBot"

    @property
    def telegram_shown(self) -> str:
        """The link without its scheme."""
        return self.telegram.removeprefix("https://")

    @property
    def page_shown(self) -> str:
        """The link without its scheme."""
        return re.sub("^https?://", "", self.page)


def codes(city: City, entry: Entry) -> Codes:
    """The contents of an entry point's QR codes (LINK-01). `SMSTO:` takes a number without spaces."""
    number = re.sub(r"[^0-9+]", "", city.sms_number)
    return Codes(
        telegram=f"https://t.me/{city.telegram}?start={entry.token}" if city.telegram else "",
        sms=f"SMSTO:{number}:{entry.keyword}" if number else "",
        page=f"{city.url.rstrip('/')}/inscription/{entry.token}",
        telegram_name=f"@{city.telegram}" if city.telegram else "",
    )


def words(  # noqa: PLR0917 - what, where, whose, in which language, when
    document: ProcessDocument, entry: Entry, city: City, language: str, catalogue: Catalogue, today: date
) -> Words:
    """The sentences of an entry point's sheets in one language; what staff have not written in it is French."""
    question = _question(document, today)

    def say(text: Text) -> str:
        return spaced(render(text, catalogue))

    def day(on: date) -> str:
        return _day(on, language)

    number, closes = unbroken(city.sms_number), _ends(document, today)
    by_sms = _("Text {keyword} to {number}", keyword=entry.keyword, number=number)
    if not entry.keyword:
        by_sms = _("Text your answer to {number}", number=number)
    promised = document.mandate.answer_promised_on
    return Words(
        language=language,
        title=spaced(_in(document.title, language)),
        question=spaced(_in(question.text, language)) if question else "",
        purpose=spaced(purpose(_in(document.summary, language))),
        robot=say(_("robot, answers read by agents of the City")),
        cost=say(_("SMS at no extra charge")),
        soon=say(_("coming soon")),
        by_telegram=say(_("Scan, then tap Start")) if city.telegram else "",
        by_sms=say(by_sms) if number else "",
        by_page=say(_("Scan to choose: by SMS or on Telegram")),
        human=say(_("To speak to someone: {number}", number=unbroken(city.phone))) if city.phone else "",
        until=say(_("Until {day}", day=day(closes))) if closes else "",
        promised=say(_("The elected officials answer by {day}.", day=day(promised))) if promised else "",
        place=spaced(entry.place),
        call_back=say(_("To be called back: text CALL")) if number else "",
        free=say(_("You need not give your name. Your rights: {address}", address=re.sub("^https?://", "", city.url.rstrip("/")))),
    )


def purpose(summary: str) -> str:
    """The first sentences that together have at most PURPOSE words; of a first one that is longer, its beginning."""
    kept: list[str] = []
    for sentence in _SENTENCES.split(summary.strip()):
        if len(" ".join([*kept, sentence]).split()) > PURPOSE:
            break
        kept.append(sentence)
    return " ".join(kept) or " ".join(summary.split()[: PURPOSE - 1]) + " …"


def unbroken(number: str) -> str:
    """A telephone number that no line breaks, and that a line from right to left does not turn around."""
    return re.sub(r"\s", "\u00a0", number)


def _in(given: dict[str, str], language: str) -> str:
    return given.get(language) or given.get("fr", "")


def _question(document: ProcessDocument, today: date) -> Question | None:
    """The one that is asked now, or next; else the last."""
    still = [one for one in document.questions if one.closes is None or one.closes >= today]
    return next(iter([*still, *reversed(document.questions)]), None)


def _ends(document: ProcessDocument, today: date) -> date | None:
    """The last day to answer: of the last question that has one."""
    return max((one.closes for one in document.questions if one.closes and one.closes >= today), default=None)


def _day(on: date, language: str) -> str:
    shown = format_date(on, "d MMMM yyyy", locale=language)
    return re.sub(r"^1 ", "1er ", shown) if language == "fr" else shown
