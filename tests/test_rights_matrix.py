"""Each role before each door, of the desk and of the API, for the city and for one project: written down, so that a change is seen."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from aiohttp import ClientResponse

from bot.api import DOORS as API_DOORS
from bot.desk import DOORS as DESK_DOORS
from conversations.effects import AskPerson
from conversations.outcomes import Submitted
from outreach import audit, campaigns, documents, invented, processes, staff, tickets
from outreach.db import Database
from outreach.staff import Grant
from outreach.tables import contribution, decision, sample, second_look, ticket, workshop
from tests.conftest import Clock
from tests.contributing import person, submission
from tests.meeting import meeting
from tests.town import EMAIL, PASSWORD, SLUG, Town, town

LETTERS = {
    "admin": "A", "staff": "S", "moderator": "M", "lead": "L", "host": "H", "interpreter": "I", "dpo": "D", "observer": "O",
    "association": "P",
}  # fmt: skip
OF_THE_CITY = ("admin", "dpo")
OTHER = "velo-gare"

# who may go through; * for the whole city alone, whatever projects a role is for
DESK = {
    "GET /desk": "ASMLHIDOP",
    "GET /desk/contributions": "ASML",
    "POST /desk/contributions/suivante": "AML",
    "GET /desk/contributions/{ref}": "ASML",
    "GET /desk/contributions/page": "AML",
    "POST /desk/contributions/page": "AML",
    "GET /desk/contributions/relecture": "AML",
    "POST /desk/contributions/relecture/{id}": "AML",
    "GET /desk/contributions/relecture/aveugle": "AML",
    "POST /desk/contributions/relecture/aveugle/{id}": "AML",
    "GET /desk/contributions/{ref}/dossier": "AML",
    "POST /desk/contributions/{ref}/dossier": "AML",
    "POST /desk/contributions/{ref}/dossier.zip": "AML",
    "GET /desk/accord": "ASMLHDO*",
    "GET /desk/accord.csv": "ASMLHDO*",
    "POST /desk/contributions/{ref}/signalement": "AML",
    "POST /desk/contributions/{ref}/decision": "AML",
    "POST /desk/contributions/{ref}/theme": "AML",
    "POST /desk/contributions/{ref}/annuler": "AML",
    "GET /desk/papier": "ASMLHP",
    "POST /desk/papier": "ASMLHP",
    "GET /desk/papier/relecture": "ASML",
    "POST /desk/papier/{ref}/relecture": "ASML",
    "GET /desk/papier/{ref}/talon": "ASMLHP",
    "POST /desk/papier/{ref}/talon": "ASMLHP",
    "GET /desk/suivi": "ASMLH",
    "POST /desk/suivi": "ASMLH",
    "GET /desk/messages": "ASML",
    "GET /desk/messages/modeles": "ASML",
    "POST /desk/messages/modeles": "ASML*",
    "POST /desk/messages/modeles/{link}/retirer": "ASML*",
    "GET /desk/messages/{id}": "ASML",
    "POST /desk/messages/{id}/attribuer": "ASML",
    "POST /desk/messages/{id}/avis": "ASML",
    "POST /desk/messages/{id}/fait": "ASML",
    "POST /desk/messages/{id}/numero": "ASML",
    "POST /desk/messages/{id}/repondre": "ASML",
    "GET /desk/demarches": "ASMLHIDOP",
    "POST /desk/demarches": "ASL",
    "GET /desk/demarches/demande": "ASL",
    "POST /desk/demarches/demande": "ASL",
    "GET /desk/calendrier": "ASMLHIDOP",
    "GET /desk/semaine": "ASMLHDO",
    "GET /desk/semaine.csv": "ASMLHDO",
    "GET /desk/boucle": "ASMLHIDOP",
    "GET /desk/dettes": "ASMLHIDOP*",
    "GET /desk/dettes.csv": "ASMLHIDOP*",
    "POST /desk/demarches/{slug}/mandat": "ASL",
    "GET /desk/demarches/{slug}/reponse": "ASMLHIDOP",
    "GET /desk/demarches/{slug}/reponse/modele.csv": "ASMLHIDOP",
    "POST /desk/demarches/{slug}/reponse/avis": "ASL",
    "POST /desk/demarches/{slug}/reponse/avis/importer": "ASL",
    "GET /desk/demarches/{slug}/reponse/positions.csv": "ASMLHIDOP",
    "POST /desk/demarches/{slug}/reponse/positions": "ASL",
    "POST /desk/demarches/{slug}/reponse/synthese": "ASL",
    "POST /desk/demarches/{slug}/reponse/date": "ASL",
    "POST /desk/demarches/{slug}/reponse/journal": "ASL",
    "POST /desk/demarches/{slug}/reponse/publier": "ASL",
    "GET /desk/demarches/{slug}/apercu": "ASMLHIDOP",
    "GET /desk/demarches/{slug}/apercu/page": "ASMLHIDOP",
    "GET /desk/demarches/{slug}/points/{number}": "ASMLHIDOP",
    "POST /desk/demarches/{slug}/points/{number}/service": "ASL",
    "POST /desk/demarches/{slug}/points/{number}/instruction": "ASL",
    "POST /desk/demarches/{slug}/points/{number}/position": "ASL",
    "POST /desk/demarches/{slug}/points/{number}/engagement": "ASL",
    "GET /desk/demarches/{slug}/traductions": "ASMLHIDOP",
    "GET /desk/demarches/{slug}/traductions.csv": "ASMLHIDOP",
    "POST /desk/demarches/{slug}/traductions": "ASL",
    "POST /desk/demarches/ameliorer": "ASL*",
    "POST /desk/demarches/{slug}/fin-du-test": "ASL",
    "GET /desk/demarches/{slug}/fiche-de-test": "ASMLHIDOP",
    "GET /desk/demarches/{slug}": "ASMLHIDOP",
    "POST /desk/demarches/{slug}/ouvrir": "ASL",
    "POST /desk/demarches/{slug}/fermer": "ASL",
    "GET /desk/demarches/{slug}/relecture": "ASL",
    "POST /desk/demarches/{slug}/relecture": "ASL",
    "POST /desk/demarches/{slug}/relecture/{link}/retirer": "ASL",
    "GET /desk/interprete": "AI",
    "GET /desk/interprete/{ref}": "AI",
    "POST /desk/interprete/{ref}": "AI",
    "GET /desk/demarches/{slug}/entrees": "ASMLHDO",
    "GET /desk/demarches/{slug}/entrees.csv": "ASMLHDO",
    "GET /desk/demarches/{slug}/affiches": "ASMLHIDOP",
    "GET /desk/demarches/{slug}/affiches/{place}.pdf": "ASMLHIDOP",
    "GET /desk/demarches/{slug}/cahier.pdf": "ASMLHDO",
    "GET /desk/demarches/{slug}/cahier-gros-caracteres.pdf": "ASMLHDO",
    "GET /desk/demarches/{slug}/cahier.xlsx": "ASMLHDO",
    "GET /desk/campagnes": "ASL",
    "GET /desk/campagnes/nouvelle": "ASL",
    "POST /desk/campagnes/nouvelle": "ASL",
    "POST /desk/campagnes/tout-arreter": "ASL*",
    "GET /desk/campagnes/{campaign}": "ASL",
    "GET /desk/campagnes/{campaign}/modifier": "ASL",
    "POST /desk/campagnes/{campaign}/modifier": "ASL",
    "POST /desk/campagnes/{campaign}/telephone": "ASL",
    "POST /desk/campagnes/{campaign}/essai": "ASL",
    "POST /desk/campagnes/{campaign}/soumettre": "ASL",
    "POST /desk/campagnes/{campaign}/seul": "ASL",
    "POST /desk/campagnes/{campaign}/approuver": "AL",
    "POST /desk/campagnes/{campaign}/pause": "ASL",
    "POST /desk/campagnes/{campaign}/reprendre": "ASL",
    "POST /desk/campagnes/{campaign}/annuler": "ASL",
    "GET /desk/campagnes/{campaign}/resultats.csv": "ASL",
    "GET /desk/ateliers": "ASLH",
    "GET /desk/ateliers/hors-ligne.js": "ASLH",
    "GET /desk/ateliers/{id}": "ASLH",
    "POST /desk/ateliers/{id}/clore": "ASLH",
    "POST /desk/ateliers/{id}/compte-rendu": "ASL",
    "GET /desk/ateliers/{id}/accueil": "ASLH",
    "POST /desk/ateliers/{id}/accueil/pointages": "ASLH",
    "GET /desk/droits": "AD*",
    "GET /desk/droits.csv": "AD*",
    "POST /desk/droits/{id}": "AD*",
    "GET /desk/droits/copie": "AD*",
    "POST /desk/droits/copie": "AD*",
    "GET /desk/droits/copie/{id}": "AD*",
    "GET /desk/droits/copie/{id}.json": "AD*",
    "GET /desk/droits/copie/{id}/code": "AD*",
    "POST /desk/droits/copie/{id}/code": "AD*",
    "GET /desk/recours": "ASML",
    "GET /desk/envois": "ASMLHDO*",
    "GET /desk/versements": "ASLD*",
    "GET /desk/versements/{id}": "ASLD*",
    "POST /desk/versements/{id}/reprendre": "ASL*",
    "POST /desk/versements/{id}/marquer": "ASL*",
    "POST /desk/versements/{id}/expliquer": "ASL*",
    "POST /desk/versements/plateformes/{name}": "A*",
    "GET /desk/versements/fichier/{name}": "ASL*",
    "POST /desk/versements/fichier/{name}": "ASL*",
    "GET /desk/versements/fichier/{name}.csv": "ASL*",
    "POST /desk/versements/fichier/{name}/retour": "ASL*",
    "GET /desk/journal": "AD*",
    "POST /desk/journal/verifier": "AD*",
    "GET /desk/contacts": "AD*",
    "GET /desk/contacts/{contact}": "AD*",
    "GET /desk/reglages": "A*",
    "GET /desk/equipe": "A*",
    "POST /desk/equipe": "A*",
    "GET /desk/equipe/{id}": "A*",
    "POST /desk/equipe/{id}/roles": "A*",
    "POST /desk/equipe/{id}/profil": "A*",
    "POST /desk/equipe/{id}/lien": "A*",
    "POST /desk/equipe/{id}/sessions": "A*",
    "POST /desk/equipe/{id}/facteur": "A*",
    "POST /desk/equipe/{id}/fermer": "A*",
    "GET /desk/formation": "ASMLHIDOP",
    "POST /desk/formation/{name}": "ASMLHIDOP",
    "GET /desk/compte": "ASMLHIDOP",
    "POST /desk/compte": "ASMLHIDOP",
    "POST /desk/compte/codes": "ASMLHIDOP",
    "POST /desk/compte/sessions": "ASMLHIDOP",
    "POST /desk/compte/touches": "ASMLHIDOP",
    "POST /desk/deconnexion": "ASMLHIDOP",
}
CALLS = {
    "PUT /api/v1/processes/{slug}": "ASL",
    "GET /api/v1/processes/{slug}": "ASMLHIDOP",
    "POST /api/v1/processes/{slug}/open": "ASL",
    "POST /api/v1/processes/{slug}/close": "ASL",
    "GET /api/v1/processes/{slug}/avis": "ASMLHIDOP",
    "PUT /api/v1/processes/{slug}/avis": "ASL",
    "PUT /api/v1/processes/{slug}/synthesis": "ASL",
    "POST /api/v1/processes/{slug}/promise": "ASL",
    "POST /api/v1/processes/{slug}/journal": "ASL",
    "POST /api/v1/processes/{slug}/commitments/{id}": "ASL",
    "POST /api/v1/processes/{slug}/points/{place}": "ASL",
    "POST /api/v1/processes/{slug}/response": "ASL",
    "GET /api/v1/processes/{slug}/workshops/{workshop}/minutes": "ASLH",
    "PUT /api/v1/processes/{slug}/workshops/{workshop}/minutes": "ASL",
    "GET /api/v1/contributions": "ASML",
    "GET /api/v1/contributions/{ref}": "ASML",
    "POST /api/v1/contributions/{ref}/claim": "AML",
    "POST /api/v1/contributions/{ref}/decision": "AML",
    "GET /api/v1/campaigns": "ASL",
    "POST /api/v1/campaigns": "ASL",
    "GET /api/v1/campaigns/{campaign}": "ASL",
    "PUT /api/v1/campaigns/{campaign}": "ASL",
    "POST /api/v1/campaigns/{campaign}/preview": "ASL",
    "POST /api/v1/campaigns/{campaign}/test": "ASL",
    "POST /api/v1/campaigns/{campaign}/submit": "ASL",
    "POST /api/v1/campaigns/{campaign}/approve": "AL",
    "POST /api/v1/campaigns/{campaign}/pause": "ASL",
    "POST /api/v1/campaigns/{campaign}/resume": "ASL",
    "POST /api/v1/campaigns/{campaign}/cancel": "ASL",
    "POST /api/v1/stop-everything": "ASL*",
    "GET /api/v1/audit": "AD*",
    "GET /api/v1/statistics/{slug}": "ASMLHDO",
    "GET /api/v1/relays": "ASLD*",
}


def plain(path: str) -> str:
    return re.sub(r"\{(\w+):.*?(?:\}(?=[/.]|$))", r"{\1}", path)


NUMBERED = {"/messages/": "ticket", "/ateliers/": "workshop", "/relecture/aveugle/": "sample", "/contributions/relecture/": "look"}


class Thing(dict[str, str]):
    """What the addresses of one project name: `slug`, `ref`, and the numbers of its workshop, its ticket and what is read again."""

    def fill(self, path: str) -> str:
        where = next((name for part, name in NUMBERED.items() if part in path), "id")
        return path.format_map(
            self | {"id": self.get(where, "1"), "place": "nulle-part", "contact": "A" * 22, "link": "1", "name": "kinto", "number": "1"}
        )


@pytest.fixture
async def city(database: Database, clock: Clock) -> AsyncIterator[Town]:
    async with town(database, clock) as made:
        await made.opened()
        yield made


async def furnish(city: Town) -> tuple[Thing, Thing]:
    """The market square and another project: in each a contribution, a workshop and a ticket."""

    def put(session: Any) -> None:
        document = documents.parse(invented.bicycle_plan(city.now.date()).encode(), yaml=True)
        from msgspec.structs import replace

        processes.put(session, city.now, replace(document, workshops=(meeting("atelier-9", "2027-05-12 18:30", 4),)), "command")
        processes.open(session, city.now, OTHER, "command")

    await city.ledger.write(put)
    return await _thing(city, SLUG, "besoin"), await _thing(city, OTHER, "")


async def _thing(city: Town, slug: str, question: str) -> Thing:
    def make(session: Any) -> Thing:
        from outreach.contributions import intake

        who = person(session, city.now, f"+33639980{len(slug):03}")
        view = processes.get(session, slug)
        assert view is not None
        wanted = submission(who, "Des bancs", slug=slug, question=question or view.document.questions[0].id)
        (made,) = intake.submit(session, [wanted], city.now)
        assert isinstance(made, Submitted)
        tickets.open_(session, who, AskPerson("call_back", "", slug), city.now)
        number = session.scalar(sa.select(sa.func.max(ticket.c.id)))
        room = session.scalar(sa.select(workshop.c.id).where(workshop.c.process_id == int(view.id)).limit(1))
        draft = campaigns.Draft(process=slug, kind="news", texts={"fr": "bonjour"}, audience=campaigns.Audience(process=slug))
        written = campaigns.create(session, city.now, draft, "staff:0").id
        read = session.scalar(sa.select(contribution.c.id).where(contribution.c.ref == made.ref))
        made_ = {"actor": "token:9", "kind": "accept", "made_at": city.now, "effective_at": city.now, "state": "applied"}
        session.execute(sa.insert(decision).values(id=read, contribution_id=read, **made_))
        both = {"id": read, "contribution_id": read, "decision_id": read, "first_actor": "token:9", "due_at": city.now}
        session.execute(sa.insert(second_look).values(why="new", **both))
        session.execute(sa.insert(sample).values(**both))
        return Thing(slug=slug, campaign=written, ref=made.ref, ticket=str(number), workshop=str(room), look=str(read), sample=str(read))

    return await city.ledger.write(make)


async def refused(answer: ClientResponse) -> bool:
    """Whether it was the right that was missing: a form without its token is refused for another reason, by who may send it."""
    return answer.status == 403 and "Ce formulaire est trop ancien" not in await answer.text()


def test_every_door_stands_in_the_matrix() -> None:
    assert {f"{door.method} {plain(door.path)}" for door in DESK_DOORS} == set(DESK)
    assert {f"{door.method} {plain(door.path)}" for door in API_DOORS} == set(CALLS)
    assert {letter for letters in (*DESK.values(), *CALLS.values()) for letter in letters} <= {*LETTERS.values(), "*"}
    assert set(LETTERS) == set(staff.ROLES)


async def sign_in(city: Town, role: str, *slugs: str) -> None:
    given = [Grant(role, slugs)]
    token = await city.ledger.write(staff.add, city.now, EMAIL, given)
    await city.ledger.write(staff.set_password, city.now, token, PASSWORD)
    async with await city.post("/desk/connexion", email=EMAIL, password=PASSWORD) as answer:
        assert answer.status == 303


@pytest.mark.one_engine
@pytest.mark.parametrize("role", LETTERS)
async def test_a_role_for_the_whole_city_opens_its_own_doors_and_no_other(city: Town, role: str) -> None:
    here, _elsewhere = await furnish(city)
    await sign_in(city, role)
    headers = await city.token(role)
    for door, letters in DESK.items():
        if door == "POST /desk/deconnexion":
            continue
        method, path = door.split(" ")
        async with city.http.request(method, here.fill(path), allow_redirects=False) as answer:
            assert await refused(answer) == (LETTERS[role] not in letters), (door, answer.status)
    for call, letters in CALLS.items():
        method, path = call.split(" ")
        async with city.http.request(method, here.fill(path), headers=headers) as answer:
            assert (answer.status == 403) == (LETTERS[role] not in letters), (call, answer.status)
            assert answer.status < 500


@pytest.mark.one_engine
@pytest.mark.parametrize("role", [role for role in LETTERS if role not in OF_THE_CITY])
async def test_a_role_for_one_project_opens_nothing_of_another(city: Town, role: str) -> None:
    here, elsewhere = await furnish(city)
    await sign_in(city, role, SLUG)
    secret = await city.ledger.write(staff.make_token, city.now, role, role, processes=(SLUG,))
    headers = {"Authorization": f"Bearer {secret}"}
    for matrix, more in ((DESK, {}), (CALLS, headers)):
        for door, letters in matrix.items():
            if door == "POST /desk/deconnexion":
                continue
            method, path = door.split(" ")
            named = any(
                part in path
                for part in ("{slug}", "{ref}", "{campaign}", "/messages/{id}", "/ateliers/{id}", "/relecture/{id}", "/aveugle/{id}")
            )
            may = LETTERS[role] in letters and "*" not in letters
            for thing, opens in ((here, may), (elsewhere, may and not named)):
                async with city.http.request(method, thing.fill(path), headers=more, allow_redirects=False) as answer:
                    assert await refused(answer) == (not opens), (door, thing["slug"], answer.status)
    lines = (await city.ledger.read(audit.search, action="access.refused", limit=200)).items
    assert lines, "each refusal is written down (SEC-08)"


async def test_lists_leave_out_what_is_elsewhere(city: Town) -> None:
    here, elsewhere = await furnish(city)
    await sign_in(city, "lead", SLUG)
    headers = {"Authorization": f"Bearer {await city.ledger.write(staff.make_token, city.now, 'x', 'lead', processes=(SLUG,))}"}
    lists = ("/desk/contributions", "/desk", "/desk/demarches", "/desk/messages", "/desk/ateliers", "/desk/papier")
    for path in (*lists, "/desk/contributions/relecture", "/desk/contributions/relecture/aveugle"):
        page = await city.text(path)
        for name in ("slug", "ref", "ticket", "workshop", "look"):
            assert elsewhere[name] not in page, (path, name)
    assert f"relecture/{here['look']}" in await city.text("/desk/contributions/relecture")
    assert here["ref"][:4] in await city.text("/desk/contributions")
    assert here["ticket"] in await city.text("/desk/messages")
    async with city.http.get("/api/v1/contributions", headers=headers) as answer:
        assert [item["ref"] for item in (await answer.json())["items"]] == [here["ref"]]
    async with city.http.get("/api/v1/contributions", params={"process": OTHER}, headers=headers) as answer:
        assert (await answer.json())["items"] == []
    async with await city.post("/desk/contributions/suivante", form_on="/desk") as answer:
        assert answer.headers["Location"] == f"/desk/contributions/{here['ref']}"
    async with await city.post("/desk/contributions/suivante", form_on="/desk", skip=here["ref"]) as answer:
        assert answer.headers["Location"] == f"/desk/contributions?avant={here['ref']}"
    async with await city.post("/desk/demarches", document=invented.bicycle_plan(city.now.date())) as answer:
        assert answer.status == 403


async def test_a_paper_sheet_goes_to_a_project_of_the_role_alone(city: Town) -> None:
    await furnish(city)
    await sign_in(city, "host", OTHER)
    page = await city.text("/desk/papier")
    assert f"{OTHER}/" in page
    assert f"{SLUG}/" not in page
    form = {"form": "A" * 22, "question": f"{SLUG}/besoin", "texte": "Des bancs", "lieu": "Marché", "le": "2027-03-15", "par": "Le Relais"}
    async with await city.post("/desk/papier", coche="publish", langue="fr", **form) as answer:
        assert answer.status == 422
        assert "Choisissez une démarche ouverte" in await answer.text()


def test_what_a_role_reaches_is_named_in_the_command(database: Database, clock: Clock) -> None:
    with database.write() as session:
        with pytest.raises(staff.StaffTrouble, match="there is no process nulle-part"):
            staff.add(session, clock.now(), EMAIL, [Grant("moderator", ("nulle-part",))])
        with pytest.raises(staff.StaffTrouble, match="whole city"):
            staff.add(session, clock.now(), EMAIL, [Grant("admin", (SLUG,))])
