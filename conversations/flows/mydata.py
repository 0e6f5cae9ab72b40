"""What is held about me, and the full notice."""

from typing import Final

from conversations import scripts
from conversations.flows.draft import held
from conversations.messages import Choice
from conversations.phrases import besides, city
from conversations.segments import is_gsm7, soften
from conversations.talk import NOTICE_VERSION, Flow, Talk
from conversations.text import Text, _, ngettext, verbatim

flow = Flow("mydata")


def _counts(talk: Talk) -> Text:
    """With the "and" before it; nothing where there is none."""
    many = len(talk.facts.contributions)
    return besides(many, _("and {views},", views=ngettext("{count} view", "{count} views", many)))


def _seats(talk: Talk) -> Text:
    """What is held at workshops, and what is waited for."""
    taken = len(talk.facts.places)
    waits = len(talk.facts.seats) - taken
    places = besides(taken, ngettext("{count} place at a workshop.", "{count} places at workshops.", taken))
    return Text(
        "{places}{ranks}", {"places": places, "ranks": besides(waits, ngettext("{count} waiting list.", "{count} waiting lists.", waits))}
    )


_BASIS: Final = "RGPD 6(1)(e)"


def _plainly(*wordings: str) -> Text:
    """The first wording of the city's settings whose letters don't make an SMS dearer; "intérêt" is not to become "intéret"."""
    told = [words for words in wordings if words]
    return verbatim(next((soft for words in told if is_gsm7(soft := soften(words))), scripts.fold(told[0])))


@flow.keyword("DONNEES")
def data(talk: Talk, ref: str) -> None:
    """The notice in two parts and the counts; a text on request, one at a time, since a phone may be shared (GDPR-12, GDPR-41)."""
    if ref:
        talk.enter("follow:one", ref)
        return
    who, draft = talk.facts.city, held(talk)
    told = besides("workshops" in talk.facts.consents, _("You asked for the workshops."))
    officer = besides(who.dpo, _("Officer: {dpo}.", dpo=verbatim(who.dpo)))
    site = besides(who.url, _("Notice: {url}", url=verbatim(who.url)))
    waiting = besides(draft and draft.texts, _("One text waits for your yes."))
    seats = _seats(talk)
    if talk.sms:
        talk.say(
            _(
                "{controller} keeps your number, encrypted,{views} to reply to you. Basis: {basis}.{waiting}{seats}{told} "
                "See: FOLLOW. "
                "Erase: ERASE.{dpo} Complaint: cnil.fr{site}",
                controller=_plainly(who.controller, who.sms_name, who.name),
                views=_counts(talk),
                basis=_plainly(who.legal_basis, _BASIS),
                waiting=waiting,
                seats=seats,
                told=told,
                dpo=officer,
                site=site,
            )
        )
        return
    talk.say(
        _(
            "{controller} keeps your Telegram identifier, encrypted, without your name,{views} to reply to you."
            "{waiting}{seats}{told}\n"
            "To read one again: /follow. To erase: /forget. The full notice: /privacy",
            controller=verbatim(who.controller or who.name),
            views=_counts(talk),
            waiting=waiting,
            seats=seats,
            told=told,
        ),
        (
            Choice("SUIVI", _("my views"), row=0),
            Choice("NOTICE", _("your rights"), row=0),
            Choice("FICHIER", _("everything as a file"), row=1),
            Choice("OUBLI", _("erase"), row=1),
        ),
    )


@flow.keyword("NOTICE")
def notice(talk: Talk, _argument: str) -> None:
    """The full notice in three messages (GDPR-11, GDPR-13); by SMS, its two parts."""
    if talk.sms:
        data(talk, "")
        return
    who = talk.facts.city
    elsewhere = besides(who.sms_number, _("Without Telegram: SMS to {number}.", number=verbatim(who.sms_number)))
    talk.notice = NOTICE_VERSION
    talk.say(
        _(
            "Your data, 1/3. Who and why\n"
            "Controller: {controller}. Data protection officer: {dpo}.\n"
            "Purpose 1: to receive your views, answer you and publish them without your name. Basis: public interest task ({basis}). "
            "Purpose 2, only if you asked for it: to tell you when there is a workshop. "
            "Basis: your consent, withdrawn by /settings or /stop.\n"
            "Optional: everything you write, and your age group.",
            controller=verbatim(who.controller or who.name),
            dpo=verbatim(who.dpo or who.phone or who.url),
            basis=verbatim(who.legal_basis or _BASIS),
        )
    )
    talk.say(
        _(
            "Your data, 2/3. Who sees it, and for how long\n"
            "We keep your Telegram identifier, encrypted, never your name, user name, photo or number. "
            "The team of {city} reads your messages under a "
            "pseudonym; its host keeps them encrypted. "
            "Telegram is a separate controller outside our hands and outside the European Economic Area: "
            "chats with a robot are not end-to-end encrypted. By SMS, your operator and ours carry them; nothing else leaves the EEA.\n"
            "Kept: a text without your yes 7 days; messages 30 days; your views until the answer and 6 months, 36 months at most; "
            "your identifier 24 months after your last message. What is published stays, without any link to you.",
            city=city(talk),
        )
    )
    talk.say(
        _(
            "Your data, 3/3. Your rights\n"
            "See: /mydata. As a file: /fichier. Erase: /forget. Correct: edit your message, or write to us. Stop: /stop. "
            "Object: /opposition. Limit: {dpo}. "
            "Complain: cnil.fr. No decision about you is automatic: people read, decide and give their reason; another person decides "
            "on an appeal.{elsewhere}",
            dpo=verbatim(who.dpo or who.phone or who.url),
            elsewhere=elsewhere,
        ),
        (Choice("DONNEES", _("my data"), row=0), Choice("OUBLI", _("erase"), row=0)),
    )


@flow.door("changed")
def changed(talk: Talk) -> None:
    """A person who knows an older notice is told once (GDPR-13)."""
    talk.notice = NOTICE_VERSION
    talk.say(
        talk.either(
            _("{city}: our notice on your data has changed. Read it: DATA. Stop: STOP", city=city(talk)),
            _("Our notice on your data has changed. To read it: /privacy. To stop: /stop"),
        )
    )
