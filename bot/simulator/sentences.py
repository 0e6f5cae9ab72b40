"""What the demonstration tells while a scene plays; the page's script picks them by name."""

from bot.languages import read
from conversations.text import Text, _

_ALL: dict[str, Text] = {
    "parts": _("{parts} SMS, {encoding}"),
    "down": _("The power is cut: the service was killed with messages in its hands. It comes back…"),
    "up": _("The service is back."),
    "failed": _("The scene was interrupted. Play it again, or write by hand."),
    "scene1_day": _(
        "The day has come for which an answer was promised. The elected officials have decided each point; it only has to be published."
    ),
    "scene1_rings": _("A keypad phone rings: it is the city’s answer to an SMS of fifteen weeks ago."),
    "scene1_again": _("This answer is published already: the phone rang."),
    "scene1_point": _("The public page: point 7 of the citizens’ opinion cites that SMS, word for word."),
    "scene1_end": _("How did it come to this? Back to the first day: two SMS, a number, a date. The next scenes show each step."),
    "scene2_poster": _("A poster at the pharmacy says: send {keyword}. Somebody types, without an account, without a data plan."),
    "scene2_silence": _("The robot lets a minute pass, in case the sentence goes on. The clock moves."),
    "scene2_question": _("One question only, with its answers in digits: 1 is always yes, 2 always no."),
    "scene2_end": _("A number, a date, and it waits at the desk. Two SMS sent by the citizen."),
    "scene3_start": _("A QR code on a tram stop opens Telegram. Three messages, then a photo with a caption."),
    "scene3_card": _("Four messages are one contribution: one card, one tap."),
    "scene3_arabic": _(
        "An SMS in Arabic: kept whole, and ١ understood. The answer is in simple French until a reader has signed the Arabic."
    ),
    "scene3_stop_opinion": _("“Stop aux voitures” is an opinion, not a farewell."),
    "scene3_stop": _("STOP alone stops everything that was not asked for."),
    "scene4_ten": _("A Monday, half past eight: {waiting} texts to read. Ten short ones on one screen; one key publishes them."),
    "scene4_hide": _("A telephone number in somebody’s words: it is found, hidden with one press, and the words are published."),
    "scene4_copies": _(
        "The same petition many times: one decision for all of them. The public page shows it once, and says how many sent it."
    ),
    "scene4_question": _("This is a question. It is answered, not refused."),
    "scene4_refuse": _("An insult is refused, with the rule and the very word."),
    "scene4_undo": _("A second thought: taken back in time, and nobody was told."),
    "scene4_told": _("Refused after all. Its author is told why, on Telegram."),
    "scene4_appeal": _("RECOURS: one word is enough to contest it."),
    "scene4_again": _("This was refused already. Whether its author contests it stands here."),
    "scene4_end": _("The desk keeps the appeal for another person: who refused may not judge it."),
    "scene5_yes": _("Somebody asks to be told of the workshops. Without that yes nobody is invited."),
    "scene5_dear": _("At the desk: how many people it reaches, who is left out and why. Some letters make each SMS dearer."),
    "scene5_cheap": _("Other words, without these letters: one part instead of several."),
    "scene5_test": _("It goes to the phone of who wrote it first."),
    "scene5_second": _("A second person reads it and approves these very words."),
    "scene5_leaves": _("The clock moves to a decent hour."),
    "scene5_end": _("Phones ring: 1 takes a seat, STOP ends it. The desk counts who was told and who comes."),
    "scene6_start": _("A keypad phone asks for the workshops, and answers in words: “on vient à 2” is two seats."),
    "scene6_full": _("The room is full. On Telegram somebody hears the rank, and keeps it."),
    "scene6_reminder": _("Five days before, everybody who has a seat is asked once more. 2 frees it at once."),
    "scene6_offer": _("The same second, who waits is offered what became free: a tap, and it is taken."),
    "scene6_door": _("Nobody telephoned anybody. At the desk stand the people of the workshop with their codes, the line with its ranks."),
    "scene6_end": _("And the book of contributions, for the tables: one click, and it is printed."),
    "scene7_owed": _("What the city owes, to whom, by when: point 7 of a school yard has waited {days} days at its service."),
    "scene7_point": _("The service writes its note: feasible, on conditions."),
    "scene7_decide": _("The elected official decides, gives the reasons, and a short wording for an SMS."),
    "scene7_publish": _("Every point has its answer: the response goes out to thirty people, to each their own."),
    "scene7_end": _("The keypad phone rings: the city’s answer to what its owner wrote. The public page cites these words in point 7."),
    "scene7_again": _("This answer is published already: here is what became of the words."),
    "scene8_crowd": _("{people} people write at once; their answers queue up."),
    "scene8_leaving": _("The service is back. {queued} answers still wait, they leave one after the other."),
    "scene8_end": _(
        "{taken} messages were acknowledged, {kept} are in the records, {lost} lost. "
        "{sent} answers left; {unknown} may have gone twice, and are listed."
    ),
    "scene8_search": _(
        "The number of this phone, searched for in every byte of the base: {stored} times. In all that is published: {published}."
    ),
    "scene8_forget": _("OUBLI: one word, one digit, and everything that came from this phone is erased."),
    "scene8_last": _("Tomorrow, with your own Telegram token: the same service."),
}


def sentences(language: str) -> dict[str, str]:
    """All of them in one language, their {values} still open."""
    catalogue = read(language)
    return {name: catalogue.gettext(text.msgid) for name, text in _ALL.items()}
