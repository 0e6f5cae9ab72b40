"""The drafts that a jurist of the city completes: to the public prosecutor (art. 40 CPP), and for the form of PHAROS. In French."""

from datetime import datetime

from babel.dates import format_date

from conversations.reasons import REASONS
from conversations.text import Catalogue, render
from outreach.dossiers.evidence import Evidence
from outreach.references import show_ref

_BY = {
    "sms": ("par SMS", "le numéro de téléphone d'où ce texte est parti"),
    "telegram": ("sur Telegram", "l'identifiant du compte Telegram d'où ce texte est parti"),
    "paper": ("sur papier, au nom de son auteur", ""),
}
_LAWS = {
    "R3": (
        "[À VÉRIFIER PAR LE JURISTE : la qualification. Pour un propos public, provocation à la discrimination, à la haine ou à la\n"
        "violence, injure ou diffamation à raison de l'origine, de la religion, du sexe, de l'orientation sexuelle, de l'identité de\n"
        "genre ou du handicap, contestation de crimes contre l'humanité : articles 24, 24 bis, 32 et 33 de la loi du 29 juillet 1881.\n"
        "Le même propos resté non public est une contravention (articles R. 625-7 et suivants du code pénal), non visée par l'article 40.]"
    ),
    "R8": (
        "[À VÉRIFIER PAR LE JURISTE : la qualification, par exemple menaces de commettre un crime ou un délit contre les personnes\n"
        "(articles 222-17 et suivants du code pénal), menaces envers un élu ou un agent public (article 433-3 du code pénal).]"
    ),
}
_BLANK = "[À COMPLÉTER : {}]"


def _date(at: datetime) -> str:
    """French counts the first of a month only."""
    return f"{'1er' if at.day == 1 else at.day} {format_date(at, 'MMMM y', locale='fr')}"


def day(at: datetime) -> str:
    """Such as "15 mars 2027 à 10 h 12", in the city's time."""
    return f"{_date(at)} à {at:%-H} h {at:%M}"


def blank(what: str) -> str:
    """What is left to who signs."""
    return _BLANK.format(what)


def prosecutor(found: Evidence, city: str, catalogue: Catalogue) -> str:
    """The letter of article 40, second paragraph, of the code of criminal procedure."""
    by, known = _BY[found.network]
    refusal = found.refusal
    return f"""PROJET DE LETTRE, à relire, compléter et signer par une personne habilitée.
Ce qui est entre crochets reste à compléter ou à vérifier. Rien n'a été envoyé.

{blank("service, nom et qualité du signataire")}
{city}
{blank("adresse, téléphone et courriel pour vous répondre")}

À Madame ou Monsieur le procureur de la République
près le tribunal judiciaire de {blank("ressort")}

{blank("lieu")}, le {blank("date")}

Objet : signalement au titre de l'article 40, alinéa 2, du code de procédure pénale

Madame, Monsieur le procureur de la République,

L'article 40, alinéa 2, du code de procédure pénale fait obligation à toute autorité constituée, tout officier public ou
fonctionnaire qui, dans l'exercice de ses fonctions, acquiert la connaissance d'un crime ou d'un délit d'en donner avis sans délai
au procureur de la République et de lui transmettre tous les renseignements, procès-verbaux et actes qui y sont relatifs.

Le {day(found.received_at)}, mes services ont reçu {by}, dans la démarche de dialogue citoyen « {found.process} », le
message suivant, enregistré sous le numéro {show_ref(found.ref)} :

    « {_quoted(found.text)} »

{_asked(found)}Le {day(refusal.effective_at)}, il a été refusé pour le motif « {_title(refusal.reason, catalogue)} »
(règle {refusal.reason[1:]} de la charte de modération). {_public(found)}

{_LAWS.get(refusal.reason, _LAWS["R8"])}

{_who(found, known)}

Les pièces jointes donnent le texte tel qu'il a été reçu, ses étapes et ses décisions avec leurs dates, et les lignes du journal
d'audit de la Ville. Leurs empreintes SHA-256 sont dans le fichier EMPREINTES.sha256.

{blank("ce que la Ville sait de plus : personne visée, suites données, dépôt de plainte")}

Je vous prie d'agréer, Madame, Monsieur le procureur de la République, l'expression de ma haute considération.

{blank("signature")}
"""


def pharos(found: Evidence, city: str, catalogue: Catalogue) -> str:
    """What goes into the form of PHAROS, for a text that was public on the internet."""
    where = (
        f"Le texte a été public sur le site de la Ville {_span(found)}\n{blank('adresse de la page')}"
        if found.published_at
        else "Le texte n'a pas été public sur internet : PHAROS n'est alors pas la bonne voie, voir la lettre au procureur."
    )
    return f"""PROJET DE SIGNALEMENT À PHAROS, à relire et compléter. Rien n'a été envoyé.
Formulaire : https://www.internet-signalement.gouv.fr
PHAROS reçoit les contenus et comportements illicites publics sur internet. En cas de danger immédiat : 17 ou 112, avant tout.

Nature du contenu : {_title(found.refusal.reason, catalogue)}
{where}
Reçu le {day(found.received_at)}, {_BY[found.network][0]}. Numéro {show_ref(found.ref)}, démarche « {found.process} », {city}.

Texte :

    « {_quoted(found.text)} »

{_who(found, _BY[found.network][1])}

Signalé par : {blank("nom, qualité, courriel professionnel")}
Signalement fait aussi au procureur (article 40, alinéa 2, du code de procédure pénale) : {blank("oui, le … / non")}
"""


def _quoted(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\n    ")


def _title(reason: str, catalogue: Catalogue) -> str:
    return render(REASONS[reason].title, catalogue)


def _asked(found: Evidence) -> str:
    return f"Il répondait à la question : « {found.asked} »\n\n" if found.asked else ""


def _public(found: Evidence) -> str:
    return f"Il a été public sur le site de la Ville {_span(found)}" if found.published_at else "Il n'a pas été publié."


def _span(found: Evidence) -> str:
    since = f"à partir du {day(found.published_at)}" if found.published_at else ""
    return f"{since}, jusqu'au {day(found.public_until)}." if found.public_until else f"{since}."


def _who(found: Evidence, known: str) -> str:
    if not known:
        return "Ce texte a été recueilli sur papier : la Ville ne connaît pas l'adresse de son auteur."
    if found.known_until is None:
        return "Son auteur a fait effacer ses données, ou le délai de conservation est passé : la Ville ne peut plus dire qui il est."
    return f"""La Ville ne connaît de son auteur que {known}. Cette adresse n'est pas jointe : elle est
conservée chiffrée, et la Ville la communiquera sur réquisition (articles 60-1, 77-1-1 ou 99-3 du code de procédure pénale). Elle
est conservée jusqu'au {_date(found.known_until)} au plus tard, et disparaît plus tôt si son auteur demande l'effacement de ses
données : une réquisition rapide est utile."""
