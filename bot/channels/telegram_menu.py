"""What Telegram shows of us before anybody writes: the menu of commands and the words on an empty chat."""

from collections.abc import Mapping

from telegram import Bot, BotCommand

from bot.languages import catalogues
from bot.settings import Settings
from conversations.text import Catalogue, Text, _, render

DESCRIPTION_LETTERS = 512
SHORT_LETTERS = 120
"""Limits of the Bot API."""

NAMES: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "follow": "suivi",
        "workshops": "ateliers",
        "language": "langue",
        "data": "donnees",
        "forget": "effacer",
        "settings": "reglages",
        "stop": "stop",
        "help": "aide",
        "privacy": "privacy",
    },
    "en": {
        "follow": "follow",
        "workshops": "workshops",
        "language": "language",
        "data": "mydata",
        "forget": "forget",
        "settings": "settings",
        "stop": "stop",
        "help": "help",
        "privacy": "privacy",
    },
}
"""What a command is called, by language; one that is not here has the English names. /privacy is Telegram's own condition."""


def commands(language: str, catalogue: Catalogue) -> list[tuple[str, str]]:
    """The menu in a language: command and what it does."""
    names = NAMES.get(language, NAMES["en"])
    says: dict[str, Text] = {
        "follow": _("What became of my views"),
        "workshops": _("The workshops"),
        "language": _("Change the language"),
        "data": _("What is kept about me"),
        "forget": _("Erase what I sent"),
        "settings": _("What is sent to me, or a pause"),
        "stop": _("No more messages"),
        "help": _("Help, and people to talk to"),
        "privacy": _("Your rights and our rules"),
    }
    return [(names[key], render(text, catalogue)) for key, text in says.items()]


def description(city: str, catalogue: Catalogue) -> str:
    """What stands in an empty chat, above the button that starts it."""
    text = _(
        "{city} asks for your views here, and tells you here what became of them. A robot answers, people read. "
        "Nothing is compulsory; your name is neither kept nor published.",
        city=city,
    )
    return render(text, catalogue)[:DESCRIPTION_LETTERS]


def short_description(city: str, catalogue: Catalogue) -> str:
    """What stands on the bot's profile."""
    return render(_("{city}: your views, and what becomes of them.", city=city), catalogue)[:SHORT_LETTERS]


async def introduce(bot: Bot, settings: Settings) -> None:
    """Hand menu and descriptions over, for each language and, in the first one, for all others. Raises TelegramError.

    A city without a name, in a trial, has no descriptions.
    """
    known = catalogues(settings.languages)
    for place, language in enumerate((settings.languages[0], *settings.languages)):
        code, catalogue = (language if place else None), known[language]
        await bot.set_my_commands([BotCommand(name, says) for name, says in commands(language, catalogue)], language_code=code)
        if not settings.city:
            continue
        await bot.set_my_description(description(settings.city, catalogue), language_code=code)
        await bot.set_my_short_description(short_description(settings.city, catalogue), language_code=code)
