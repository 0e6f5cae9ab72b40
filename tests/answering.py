"""Projects whose avis is with the services, or answered: for the pages that show them."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import msgspec
from aiohttp import FormData
from sqlalchemy.orm import Session

from conversations.outcomes import Submitted
from outreach import answers, documents, invented, loop, processes
from outreach.answers import Assigned, Handed, Note
from outreach.contributions import decisions, intake, publication
from outreach.contributions.decisions import Decision
from outreach.processes import QUESTIONS, Request
from tests.avising import LEFT_OUT, position, seen, sheet
from tests.contributing import AT_ONCE, person, phone, submission
from tests.town import Town

ANSWERED, STUDIED, ASKED_FOR = "cour-pergaud", "quais-de-loire", "cantine-des-tilleuls"
ACTOR = "token:1"


def square(slug: str, name: str, word: str, today: date) -> documents.ProcessDocument:
    """Another market square, with its own name and words."""
    text = (
        invented.market_square(today).replace("slug: place-du-marche", f"slug: {slug}").replace("sms_name: place du Marché", "sms_name: ")
    )
    text = text.replace("{fr: Place du Marché, en: Market square}", f"{{fr: {name}, en: {name}}}").replace("PLACE", word)
    whole = documents.parse(text.replace("SAHA", f"{word}AR").replace("SQUARE", f"{word}EN").encode(), yaml=True)
    return msgspec.structs.replace(whole, entry_points=whole.entry_points[:1])


def opened(session: Session, now: Any, slug: str, name: str, word: str) -> list[str]:
    """Open it, and let eight people say something that is published: their references."""
    processes.put(session, now, square(slug, name, word, now.date()), ACTOR)
    processes.open(session, now, slug, ACTOR)
    refs = []
    for text in ("Des arbres", "De l'ombre l'été", "Des bancs", "Une fontaine", "Un préau", "Moins de bruit", "Un jardin", "Un parking"):
        one = submission(person(session, now, phone()), text, slug=slug, question="besoin")
        (outcome,) = intake.submit(session, [one], now)
        assert isinstance(outcome, Submitted)
        decisions.decide(session, now, outcome.ref, ACTOR, Decision("accept"), AT_ONCE)
        refs.append(outcome.ref)
    publication.publish_accepted(session, now)
    return refs


def handed_over(session: Session, now: Any, slug: str, refs: list[str]) -> None:
    """An avis of four points, an aside, a synthesis."""
    lines = [
        ("1", "Planter des arbres", "Planter des arbres le long du tram,\nau sud d'abord.", "Trois habitants préfèrent des auvents.",
         ", ".join(refs[:2])),
        ("2", "S'asseoir", "Poser des bancs avec dossier, à l'ombre.", "", refs[2]),
        ("3", "De l'eau", "Remettre la fontaine en eau.", "", refs[3]),
        ("4 bis", "Un préau", "Construire un préau ouvert à tous le soir.", "", refs[4]),
        ("non repris", "le parking est hors du projet", "Le groupe a lu cet avis. Le parking dépend d'un autre projet.", "", refs[7]),
    ]  # fmt: skip
    handed = Handed("40 habitants tirés au sort", "à la maire", now.date(), LEFT_OUT)
    answers.hand_over(session, now, slug, sheet(lines), handed, ACTOR)
    themes = sheet([("Ombre", "L'ombre manque partout.", ", ".join(refs[:3]))], heads=("Thème", "Texte", "Avis cités"))
    answers.synthesise(session, now, slug, themes, ACTOR)


def studied(session: Session, now: Any) -> None:
    """With the services: one point overdue, one noted, one decided, one that nobody has."""
    handed_over(session, now, STUDIED, opened(session, now, STUDIED, "Quais de Loire", "QUAIS"))
    late = now.date() - timedelta(days=9)
    answers.assign(session, now, STUDIED, 1, Assigned("Espaces verts", "Mme Roux", late), ACTOR)
    answers.assign(session, now, STUDIED, 2, Assigned("Voirie", "", now.date() + timedelta(days=9)), ACTOR)
    answers.study(session, now, STUDIED, 2, Note("conditions", "180 000 euros", "hiver 2027", "Les réseaux passent dessous."), ACTOR)
    answers.decide(session, now, STUDIED, 3, position(), ACTOR)


def answered(session: Session, now: Any) -> list[str]:
    """Published: kept, in part, not; one commitment carried out. The references of what people said."""
    refs = opened(session, now, ANSWERED, "Cour Pergaud", "COUR")
    handed_over(session, now, ANSWERED, refs)
    for place, decision in enumerate(("partly", "kept", "not_kept", "kept"), 1):
        answers.assign(session, now, ANSWERED, place, Assigned("Espaces verts", "Mme Roux", now.date() + timedelta(days=9)), ACTOR)
        answers.study(session, now, ANSWERED, place, Note("yes", "12 000 euros", "", "Rien ne s'y oppose."), ACTOR)
        answers.decide(session, now, ANSWERED, place, position(decision), ACTOR)
    answers.note(session, now, ANSWERED, "Trente habitants ont visité la cour avec l'architecte.", ACTOR)
    loop.publish(session, now, ANSWERED, ACTOR)
    while loop.tell(session, now):
        pass
    book = answers.book(session, ANSWERED)
    assert book is not None
    (one,) = book.points[1].commitments
    loop.settle(session, now, ANSWERED, one.id, ACTOR, evidence="Douze bancs sont posés.")
    return refs


def asked_for(session: Session, now: Any) -> None:
    """What a department asks for."""
    said = dict.fromkeys(QUESTIONS, "Les familles du quartier, surtout celles qui travaillent tard.")
    said |= {"can_change": "menus\nhoraires", "cannot_change": "les prix", "decided_by": "le conseil municipal"}
    processes.request(session, now, Request("Cantine des Tilleuls", "Direction de l'éducation", said, None), ACTOR)


async def everything(city: Town) -> list[str]:
    """All three, in a town: the public pages of what was said in the answered one."""
    now = city.now
    await city.ledger.write(lambda session: studied(session, now))
    await city.ledger.write(lambda session: asked_for(session, now))
    refs = await city.ledger.write(lambda session: answered(session, now))
    return [f"/suivi/{ref}" for ref in (refs[0], refs[6], refs[7])]


async def sent(city: Town, path: str, page: str, file: bytes, **fields: str) -> tuple[int, str]:
    """A form with a file: status, and the page or the address that follows."""
    text = await city.text(page)
    token = re.search(r'name="csrf" value="([^"]+)"', text)
    assert token
    form = FormData()
    for name, value in {"csrf": token[1], **fields}.items():
        form.add_field(name, value)
    form.add_field("file", file, filename="avis.csv", content_type="text/csv")
    async with city.http.post(path, data=form, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "") or unescape(await answer.text())


async def brought(city: Town, board: str, file: bytes, **fields: str) -> tuple[int, str]:
    """An avis that is looked at, then comes in: what the last step answered."""
    status, page = await sent(city, f"{board}/avis", board, file, **fields)
    if status != 200:
        return status, page
    async with await city.post(f"{board}/avis/importer", form_on=board, **seen(page)) as answer:
        return answer.status, answer.headers.get("Location", "") or unescape(await answer.text())
