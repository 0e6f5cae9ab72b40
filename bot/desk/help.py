"""Three lines of help at most for each page of the desk, by its address."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from conversations.text import Text, _

MOST: Final = 3
LONGEST: Final = 110
"""Letters of a line: it is read at a glance."""

_CONTRIBUTION = (
    _("Read the question as it was sent, then the words: nobody sees the number."),
    _("Publish, hide some words, refuse with a reason, group, answer, move or cut in two."),
    _("You may undo until the decision takes effect; its author then gets it by phone."),
)
_CAMPAIGN_FORM = (
    _("What, whom, which words, when: only those who agreed are written to."),
    _("Write short and plain; each language you leave out is told so below."),
    _("Nothing leaves before it was tried on your phone and read by a second person."),
)
_FILE = (
    _("A file for a platform that takes no copies by itself."),
    _("Take it along, bring it in there, then hand back the addresses it gave."),
)
_COPY = (
    _("A copy of all that is held about one person, at the counter."),
    _("It opens with the code that their own phone shows; nobody else reads it."),
)

HELP: Final[Mapping[str, tuple[Text, ...]]] = {
    "/desk/connexion": (
        _("Your e-mail address and your password, then the code of your second factor if you have one."),
        _("Forgotten? An administrator gives you a new link."),
    ),
    "/desk/invitation/{token}": (_("Choose a sentence as password: it is long and easy to keep in mind."), _("The link is good once.")),
    "/desk": (
        _("What waits for you, the urgent first; each number leads to its page."),
        _("Read the next one: the oldest that nobody has taken."),
    ),
    "/desk/contributions": (
        _("All texts, the urgent above, then the oldest; filter by project or by state."),
        _("Open one to read it: it is yours until you decide or leave it."),
        _("Hard texts are shared out: after one of them you read others first, unless somebody is in distress."),
    ),
    "/desk/contributions/{ref}": _CONTRIBUTION,
    "/desk/contributions/page": (
        _("Ten short texts without a flag, read on one screen."),
        _("Untick what you want to read more closely, then accept the rest with one key."),
        _("You may take it back for some seconds."),
    ),
    "/desk/contributions/relecture": (
        _("Decisions of colleagues that a second person reads, and what readers reported."),
        _("Say whether you would have decided the same; nobody is blamed."),
    ),
    "/desk/papier": (
        _("Type a sheet as it was written, faults included."),
        _("What the sheets of a pile share is kept for the next one."),
        _("A second person compares it with the paper before it counts."),
    ),
    "/desk/papier/relecture": (
        _("Compare with the paper what a colleague typed."),
        _("Right: it counts from now on. Wrong: mend it, or send it back."),
    ),
    "/desk/papier/{ref}/talon": (
        _("Cut the slip off and give it: with number and code one follows or erases the words."),
        _("The code is shown once; lost, it is made anew."),
    ),
    "/desk/suivi": (
        _("For somebody who brings a slip: number and code tell what became of the words."),
        _("You see no more than they do."),
    ),
    "/desk/messages": (
        _("What no robot can answer: questions, people to call back."),
        _("Take one, answer in plain words, or call; two working days are promised."),
    ),
    "/desk/messages/modeles": (
        _("Answers that serve often, in each language; you change them before they leave."),
        _("Sign nothing: the city speaks."),
    ),
    "/desk/messages/{id}": (
        _("Above what was said before, below your answer: it goes where the question came from."),
        _("An opinion may become a contribution, read and never published."),
        _("A number is shown for a call alone, and that is written down."),
    ),
    "/desk/interprete": (
        _("Texts of your languages alone, without their authors."),
        _("Yours stands beside the original, signed and labelled."),
    ),
    "/desk/interprete/{ref}": (
        _("Translate what is said, faults of tone included; add nothing."),
        _("The original stays public beside it."),
    ),
    "/desk/demarches": (
        _("A project is one text: what is asked, what can change, who decides, when the answer comes."),
        _("Start from an example, or ask for a project in eight questions."),
    ),
    "/desk/demarches/demande": (
        _("Eight questions, the need before the tool."),
        _("The team frames it with you; nothing opens by itself."),
    ),
    "/desk/demarches/{slug}": (
        _("Where the project stands, and what is still missing before it opens."),
        _("A mandate that is open changes only with a new version."),
        _("In test: so many people may write; end the test to open it to everybody."),
    ),
    "/desk/demarches/{slug}/fiche-de-test": (
        _("Print it: ten minutes with five people in a waiting room."),
        _("Watch and help with nothing: it is the service that is tested."),
    ),
    "/desk/demarches/{slug}/reponse": (
        _("Bring the avis in from a spreadsheet, give each point to a service, then publish the answers."),
        _("Each author learns what became of their own point."),
        _("A promised day may move before it passes, with a public reason."),
    ),
    "/desk/demarches/{slug}/points/{number}": (
        _("One point: its service, its study, its decision, its commitment."),
        _("A refusal needs a reason that fits in one SMS."),
    ),
    "/desk/demarches/{slug}/traductions": (
        _("Every sentence of the project that citizens read, by language."),
        _("Take the table out, have it translated, bring it back: faults name their line."),
    ),
    "/desk/demarches/{slug}/relecture": (
        _("A link to read the draft and remark on it, without an account."),
        _("It ends by itself; you may end it before."),
    ),
    "/desk/demarches/{slug}/entrees": (
        _("What each poster brought, without following anybody."),
        _("Small figures are hidden, and the table is made once a week."),
    ),
    "/desk/demarches/{slug}/affiches": (
        _("A poster and a flyer for each place, ready to print."),
        _("Each place has its own code: you see where outreach works."),
    ),
    "/desk/boucle": (
        _("Which step of each project waits on whom, since when and until when."),
        _("The link leads to where it is done, if you may do it."),
    ),
    "/desk/demarches/{slug}/apercu": (
        _("The public page as it will be, and each message letter by letter: nothing leaves from here."),
        _("Look at the numbers: how many people, in which language, at what price."),
    ),
    "/desk/calendrier": (
        _("The month: workshops, campaigns, promises, holidays and the election reserve."),
        _("Two campaigns to the same people within a week are marked."),
    ),
    "/desk/semaine": (
        _("One page for who answers for the service: how many, who, how long, at what cost, what is owed."),
        _("Small figures are hidden; print it, or take the spreadsheet."),
    ),
    "/desk/contacts": (
        _("Everybody by pseudonym: no number is shown, none leaves."),
        _("Each look is written down in the journal."),
    ),
    "/desk/contacts/{contact}": (
        _("What this person agreed to, in the words they answered; how much they wrote, never what."),
        _("This look is written down in the journal."),
    ),
    "/desk/reglages": (
        _("Each setting, what it is for and what it is now; secrets stay hidden."),
        _("They are changed where the service is started, then it is started again."),
    ),
    "/desk/accord": (
        _("How often two people decide alike, month by month, on texts read again blind."),
        _("Below a few texts no rate is shown: it would tell who decided."),
    ),
    "/desk/contributions/relecture/aveugle": (
        _("Decide as if you were the first: the other decision is told afterwards."),
        _("Where you differ, a third person looks."),
    ),
    "/desk/contributions/{ref}/dossier": (
        _("For a threat or a danger: two people ask, then a sealed file stands ready for the authorities."),
        _("It holds no address; each download is written down."),
    ),
    "/desk/dettes": (
        _("What the city owes: answers, studies, commitments, by day and by service."),
        _("What is late is late in public too."),
    ),
    "/desk/campagnes": (
        _("Campaigns that run, wait, or are done."),
        _("The red button pauses everything at once; who was told is not told twice."),
    ),
    "/desk/campagnes/nouvelle": _CAMPAIGN_FORM,
    "/desk/campagnes/{campaign}/modifier": _CAMPAIGN_FORM,
    "/desk/campagnes/{campaign}": (
        _("Exactly what each phone gets, how many people, how many SMS, what it costs."),
        _("Try it on your phone, then ask a second person."),
        _("A change after the approval voids it."),
    ),
    "/desk/ateliers": (_("The workshops, the next first, with who comes and who waits."), _("Open one to see its people by pseudonym.")),
    "/desk/ateliers/{id}": (
        _("Who comes, who waits, what they need; nobody's number."),
        _("After the evening: close it, then write the minutes."),
    ),
    "/desk/ateliers/{id}/accueil": (
        _("At the door: the code of four digits, or tap the name."),
        _("It works without network and sends what you did later."),
    ),
    "/desk/droits": (
        _("The register of rights: each request with its day and its answer."),
        _("An objection is decided within a month."),
    ),
    "/desk/droits/copie": _COPY,
    "/desk/droits/copie/{id}": _COPY,
    "/desk/droits/copie/{id}/code": _COPY,
    "/desk/recours": (
        _("Refusals that their authors contest: another person reads them."),
        _("You can't decide what you decided the first time."),
    ),
    "/desk/envois": (
        _("What went out, what did not and why, by network."),
        _("A campaign message that nobody is sure about is never sent twice."),
    ),
    "/desk/versements": (
        _("Copies of the record on other platforms: ours is the original."),
        _("Late withdrawals come first: their authors took them back."),
    ),
    "/desk/versements/{id}": (
        _("What was sent, what came back, what differs."),
        _("Send it again, mark it as seen to, or write what you did."),
    ),
    "/desk/versements/fichier/{name}": _FILE,
    "/desk/journal": (
        _("Who did what and when: never a text, never a number."),
        _("Search by account, by action or by subject; nothing can be taken out."),
    ),
    "/desk/equipe": (
        _("Who may do what: each account with its roles, for the city or for some projects."),
        _("An invitation is a link that is good once."),
    ),
    "/desk/equipe/{id}": (
        _("Roles, languages, sessions and second factor of a colleague."),
        _("Who leaves: close the account, their decisions stay."),
    ),
    "/desk/formation": (
        _("Six exercises on invented people, only in the demonstration."),
        _("Prepare, go there, come back: the page sees what you did."),
    ),
    "/desk/compte": (
        _("Your second factor, your recovery codes, where you are signed in."),
        _("End a session that you do not know."),
    ),
}
"""By the address of a page, with its blanks by name. What is no page, a file or a script, has none."""


def lines_of(request: web.Request) -> tuple[Text, ...]:
    """The help of the page that a request is for; a form that is shown again has that of its page."""
    resource = request.match_info.route.resource
    path = resource.canonical if resource else ""
    while path and path not in HELP:
        path = path.rpartition("/")[0]
    return HELP.get(path, ())
