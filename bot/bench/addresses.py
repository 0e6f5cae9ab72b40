"""Which addresses are opened: every page of the desk, by its table of doors, and the public pages, each with what a city has filled in."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from bot.bench.landmarks import Known

PUBLIC = (
    "/",
    "/demarches/{slug}",
    "/demarches/{slug}/contributions",
    "/demarches/{slug}/contributions?cursor={deep}",
    "/demarches/{slug}/contributions?theme={theme}",
    "/demarches/{slug}/contributions?theme={theme}&cursor={deep}",
    "/demarches/{slug}/contributions/{ref}",
    "/demarches/{slug}/ateliers",
    "/demarches/{slug}/suivi.atom",
    "/demarches/{answered}",
    "/suivi/{ref}",
    "/suivi/{ref}/signaler",
    "/suivi/{told}",
    "/relecture/{token}",
    "/registre",
    "/registre?ref={ref}",
    "/registre/preuve/{ref}.json",
    "/registre/coherence.json?from={half}&to={all}",
    "/transparence",
    "/open-data",
    "/charte",
    "/vos-donnees",
)
"""Pages that everybody reads."""

FILTERS: Mapping[str, tuple[str, ...]] = {
    "/desk/contributions": (
        "suite={waiting}", "etat=published&suite={published}", "demarche={slug}", "demarche={small}", "etat=refused&demarche={small}",
        "drapeau=threat", "drapeau=insult", "drapeau=spam", "demarche={small}&drapeau=spam",
        "etat=published&drapeau=threat", "etat=published&drapeau=spam", "etat=published&demarche={small}",
        "etat=published&demarche={small}&drapeau=spam",
    ),
    "/desk/contributions/page": ("demarche={slug}", "demarche={small}"),
    "/desk/messages": ("a=moi", "suite={ticket}"),
    "/desk/journal": (
        "acteur=citizen", "acteur={reader}", "acteur=staff:1", "acteur=provider", "action=contribution.", "action=contribution.refused",
        "action=staff.", "action=nothing", "acteur={reader}&action=contribution.refused", "acteur={reader}&action=staff.",
        "sujet={subject}", "suite={line}", "acteur={reader}&suite={line}",
    ),
    "/desk/versements": (
        "etat=late", "etat=altered", "etat=confirmed", "etat=pending", "etat=confirmed&suite={copy}", "plateforme=participer",
        "etat=confirmed&plateforme=participer",
    ),
    "/desk/dettes": ("service=Espaces+verts",),
    "/desk/campagnes/nouvelle": ("modele=news",),
    "/desk/ateliers/{id}": ("besoins=1",),
}  # fmt: skip
"""Other things that a page is asked for, by the address of its door."""

OTHERS = ("/desk/campagnes/{draft}", "/desk/demarches/{answered}/reponse")
"""The same door with something else behind it."""


class NotKnown(Exception):
    """A door's address has a placeholder for which the bench has nothing to put in."""


def desk(known: Known) -> Iterator[str]:
    """Every page of the desk, a file to download is none, and then the same pages with their filters."""
    from bot.desk import DOORS

    doors = [form_of(door.path) for door in DOORS if door.method == "GET"]
    pages = [door for door in doors if not PurePosixPath(door).suffix]
    if strange := FILTERS.keys() - set(pages):
        raise NotKnown(f"no door of the desk is called {', '.join(sorted(strange))}: mend FILTERS in {__name__}")
    for door in pages:
        yield fill(door, known)
        for asked in (*FILTERS.get(door, ()), *_states(door)):
            yield fill(f"{door}?{asked}", known)
    for other in OTHERS:
        yield fill(other, known)


def _states(door: str) -> tuple[str, ...]:
    from outreach.contributions import STATES

    return tuple(f"etat={state}" for state in ("appeals", *STATES) if state != "draft") if door == "/desk/contributions" else ()


def public(known: Known) -> Iterator[str]:
    """Every public page."""
    for page in PUBLIC:
        yield fill(page, known)


def form_of(path: str) -> str:
    """A route's address without the patterns of its placeholders: "/desk/ateliers/{id}"."""
    from aiohttp import web

    found: Any = web.Application().router.add_resource(path).get_info()
    return str(found.get("formatter") or found.get("path"))


def fill(address: str, known: Known) -> str:
    """The address with everything put in. Raises NotKnown, naming it and where to tell what stands there."""
    heads = sorted((head for head in known if address.startswith(head)), key=len, reverse=True)

    def value(name: str) -> str:
        for head in heads:
            if name in known[head]:
                return known[head][name]
        raise NotKnown(f"nothing stands for {{{name}}} in {address}: say in bot.bench.landmarks what does")

    return re.sub(r"{(\w+)}", lambda found: value(found[1]), address)
