"""A city at a typical and at the longest fill: the caps of journeys 6, all of them full at once."""

import msgspec

from bot.languages import catalogues
from conversations import play
from conversations.facts import Process, Question
from conversations.play import Stage

LANGUAGES = catalogues(("fr", "en"))
TYPICAL_CITY = msgspec.structs.replace(play.CITY, sms_name="Ville de Nantes")
LONG_CITY = msgspec.structs.replace(
    play.CITY, name="Saint-Herblain!", sms_name="Saint-Herblain!", controller="Saint-Herblain!", legal_basis="mission d'intérêt public"
)  # 15 letters; a basis with a letter that GSM-7 lacks
LONG_TEXT = "Il manque beaucoup d'ombre et des bancs devant la pharmacie, et des arbres"
MOST = {"city": 15, "process": 22, "question": 43, "place": 27, "reason": 42, "done": 34, "change": 90}


def letters(many: int) -> str:
    """So many letters of a name, none of them dear."""
    return ("Plan vélo de Bellevue et du Sillon de Bretagne, de la gare au fleuve, avec les quais et le parc" * 2)[:many].replace(" ", "-")


def longest() -> Process:
    """A process whose every name is as long as it may be."""
    typical = play.PROCESSES[0]
    workshop = msgspec.structs.replace(typical.workshops[0], sms_name=letters(MOST["process"]), place_sms=letters(MOST["place"]))
    question = Question("q1", {"fr": letters(MOST["question"] - 2) + " ?"}, {"fr": letters(MOST["question"] - 2) + " ?"})
    return msgspec.structs.replace(
        typical,
        sms_name=letters(MOST["process"]),
        question=question,
        can_change=(letters(MOST["change"] // 2),),
        cannot_change=(letters(MOST["change"] // 2),),
        workshops=(workshop,),
    )


def stage(*, long: bool, processes: int = 1) -> Stage:
    """A phone, and so many open processes."""
    every = (
        tuple(msgspec.structs.replace(longest(), slug=f"p{number}") for number in range(processes)) if long else play.PROCESSES[:processes]
    )
    return Stage("sms", "fr", LANGUAGES, processes=every, city=LONG_CITY if long else TYPICAL_CITY)
