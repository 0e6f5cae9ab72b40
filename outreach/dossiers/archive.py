"""The archive that is sealed: drafts of letters, the text, its steps, its audit lines, and the SHA-256 of each; same facts, same bytes."""

import hashlib
import io
import zipfile
from datetime import datetime

from conversations.text import Catalogue
from outreach.dossiers import letters
from outreach.dossiers.evidence import Evidence
from outreach.references import show_ref
from outreach.spreadsheets import for_programs

SUMS = "EMPREINTES.sha256"
_MODE = 0o600 << 16
_DOS = 1980  # a zip tells no year before it


def pack(found: Evidence, city: str, catalogue: Catalogue, now: datetime) -> bytes:
    """The zip, as of `now` in the city's time."""
    files = {
        "LISEZ-MOI.txt": _read_me(found, city, now).encode(),
        "lettre-au-procureur.txt": letters.prosecutor(found, city, catalogue).encode(),
        "signalement-pharos.txt": letters.pharos(found, city, catalogue).encode(),
        "piece-1-texte.txt": found.text.encode(),
        "piece-2-fiche.txt": _sheet(found).encode(),
        "piece-3-journal.csv": _journal(found),
    }
    files[SUMS] = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            about = zipfile.ZipInfo(name, date_time=(max(now.year, _DOS), now.month, now.day, now.hour, now.minute, now.second))
            about.external_attr = _MODE
            about.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(about, content)
    return out.getvalue()


def _read_me(found: Evidence, city: str, now: datetime) -> str:
    return f"""Dossier {show_ref(found.ref)}, {city}, constitué le {letters.day(now)} par deux personnes.

lettre-au-procureur.txt   projet de lettre (article 40, alinéa 2, du code de procédure pénale), à compléter
signalement-pharos.txt    projet pour le formulaire de PHAROS, si le texte a été public
piece-1-texte.txt         le texte tel qu'il a été reçu, octet pour octet
piece-2-fiche.txt         d'où il vient, ses étapes, ses décisions
piece-3-journal.csv       les lignes du journal d'audit qui le concernent, avec leur place dans la chaîne et leur empreinte
{SUMS}         l'empreinte SHA-256 de chaque fichier ; pour vérifier : sha256sum -c {SUMS}

L'empreinte de l'archive elle-même est dans le journal d'audit de la Ville (action dossier.made).
L'adresse de l'auteur (numéro, compte) n'y est pas : elle se donne sur réquisition. Les agents y portent un numéro de compte.
Ce dossier contient des données relatives à des infractions : le garder sous clé, l'effacer quand il a été remis.
"""


def _sheet(found: Evidence) -> str:
    rows = [
        ("Numéro", show_ref(found.ref)),
        ("Démarche", f"{found.process} ({found.slug})"),
        ("Question posée", found.asked or "-"),
        ("Reçu le", found.received_at.isoformat()),
        ("Canal", found.network),
        ("Langue de la conversation", found.language),
        ("Nombre de messages", found.messages),
        ("Publication demandée par l'auteur", "oui" if found.publish else "non"),
        ("Public depuis", found.published_at.isoformat() if found.published_at else "jamais"),
        ("État", found.state),
        *(("Étape", f"{one.at.isoformat()}  {one.state}") for one in found.steps),
        *(
            (
                "Décision",
                f"{one.effective_at.isoformat()}  {one.kind} {one.reason} (prise le {one.made_at.isoformat()} par {one.by}) {one.fact}",
            )
            for one in found.rulings
        ),
    ]
    return "".join(f"{name} : {value}\n" for name, value in rows)


def _journal(found: Evidence) -> bytes:
    heads = ("place", "at", "actor", "action", "detail", "chained")
    rows = ((one.place, one.at.isoformat(), one.actor, one.action, one.detail, one.chained) for one in found.lines)
    return for_programs([heads, *rows])
