"""A city with something on every page, and the list of its pages."""

from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from bot.targets import NO_WITHDRAWAL
from conversations.effects import AddProfile, AskPerson, AskServices, SignUp
from conversations.outcomes import Submitted
from outreach import (
    attendance,
    campaigns,
    consents,
    contacts,
    documents,
    dossiers,
    drafts,
    improvement,
    invented,
    leases,
    model_answers,
    notary,
    paper,
    processes,
    relays,
    rights,
    staff,
    tickets,
    transparency,
    workshops,
)
from outreach.attendance import Mark, minutes
from outreach.contributions import appeals, decisions, intake
from outreach.record import log
from outreach.references import new_token
from outreach.relays import Settled
from outreach.tables import address, contact, contribution, decision, entry_point, figure, registration, relay, sample, workshop
from outreach.workshops import Wish
from tests import answering
from tests.answering import ANSWERED, ASKED_FOR, STUDIED
from tests.contributing import person, submission
from tests.meeting import meeting
from tests.town import EMAIL, SLUG, Town

TEST = "ameliorer-ce-service"
PUBLIC = (
    "/", f"/demarches/{SLUG}", f"/demarches/{SLUG}/contributions", f"/demarches/{SLUG}/ateliers", "/suivi", "/suivi/12345678",
    "/charte", "/vos-donnees", "/accessibilite", "/open-data", "/nowhere", "/registre", "/transparence",
    f"/demarches/{SLUG}/contributions?theme=ombre", "/registre?ref=12345678", f"/demarches/{ANSWERED}", f"/demarches/{STUDIED}",
    f"/demarches/{TEST}",
)  # fmt: skip
STRANGER = ("/desk/connexion", "/desk/invitation/used")
AHEAD = "/apercu/page"
"""How the address of a public page ends that is not public yet: what it leads to may open with it."""
DESK = (
    "/desk", "/desk/contributions", "/desk/contributions?etat=refused", "/desk/contributions/page", "/desk/contributions/relecture",
    "/desk/contributions/relecture/aveugle", "/desk/accord",
    "/desk/messages", "/desk/ateliers", "/desk/demarches",
    f"/desk/demarches/{SLUG}", f"/desk/demarches/{SLUG}/entrees", f"/desk/demarches/{SLUG}/affiches",
    "/desk/demarches/velo-gare", "/desk/journal", "/desk/compte", "/desk/papier", "/desk/papier/relecture", "/desk/suivi",
    "/desk/envois", "/desk/droits", "/desk/droits/copie", "/desk/equipe", "/desk/messages/modeles", "/desk/interprete",
    "/desk/campagnes", "/desk/campagnes/nouvelle?modele=workshop", "/desk/campagnes/nouvelle?modele=news",
    f"/desk/demarches/{SLUG}/relecture", "/desk/versements", "/desk/versements?etat=altered", "/desk/versements?etat=late",
    "/desk/versements/fichier/participer",
    "/desk/envois", "/desk/droits", "/desk/boucle", "/desk/dettes", "/desk/dettes?service=Espaces+verts", "/desk/demarches/demande",
    f"/desk/demarches/{ASKED_FOR}", f"/desk/demarches/{SLUG}/reponse", f"/desk/demarches/{STUDIED}/reponse",
    f"/desk/demarches/{ANSWERED}/reponse", f"/desk/demarches/{STUDIED}/points/1", f"/desk/demarches/{STUDIED}/points/2",
    f"/desk/demarches/{STUDIED}/points/3", f"/desk/demarches/{STUDIED}/points/5", f"/desk/demarches/{ANSWERED}/points/1",
    f"/desk/demarches/{STUDIED}/traductions", "/desk/calendrier", "/desk/semaine", "/desk/contacts", "/desk/contacts?etat=stopped",
    "/desk/reglages", f"/desk/demarches/{STUDIED}/apercu", f"/desk/demarches/{STUDIED}/apercu/page",
    f"/desk/demarches/{ASKED_FOR}/apercu", f"/desk/demarches/{ASKED_FOR}{AHEAD}",
    "/desk/formation", f"/desk/demarches/{TEST}", f"/desk/demarches/{TEST}/fiche-de-test",
)  # fmt: skip
ROLES = ("admin", "dpo", "interpreter", "lead", "moderator", "staff")


async def furnish(city: Town) -> tuple[str, ...]:
    """Fill a new town: contributions in every state that a page shows. The pages of single contributions, public and desk."""
    await city.opened()
    document = invented.bicycle_plan(city.now.date()).replace("  decided_by: le conseil municipal\n", "")
    await city.ledger.write(processes.put, city.now, documents.parse(document.encode(), yaml=True), "command")
    await city.ledger.write(_test, city)
    texts = {
        "waiting": "Il manque des bancs et de l'ombre\nl'été on ne peut pas attendre le tram debout",
        "phone": "Appelez-moi au 06 12 34 56 78, ou camille@ville.example",
        "arabic": "نحتاج الى مقاعد و ظل للاطفال",
        "published": "Une fontaine, comme avant",
        "redacted": "Dites à M. Martin de planter des arbres",
        "refused": "Votez pour moi",
        "appealed": "Achetez mes bancs",
        "answered": "Pourquoi le parking est gratuit ?",
    }
    await city.ledger.write(_platforms, city)
    refs = {}
    for place, (name, text) in enumerate(texts.items()):
        refs[name] = await city.say(text, phone=f"+336399800{place:02}")
        city.clock.advance(minutes=3)
    refs["read_only"] = await city.say("Ne publiez pas ceci", phone="+33639980090", publish=False)
    await city.publish(refs["published"])
    await city.publish(refs["redacted"], "redact", text="Dites à […] de planter des arbres", reason="R4")
    await city.publish(refs["refused"], "refuse", reason="R11")
    await city.publish(refs["appealed"], "refuse", reason="R5", fact="vend des bancs")
    await city.publish(refs["answered"], "answer", text="Le conseil en décide en juin.")
    people = city._people
    await city.ledger.write(lambda session: appeals.open_(session, city.now, people["+33639980006"], refs["appealed"]))
    await city.ledger.write(lambda session: tickets.open_(session, people["+33639980000"], AskPerson("call_back", "après 18 h"), city.now))
    await city.ledger.write(lambda session: tickets.open_(session, people["+33639980001"], AskPerson("question", "C'est où ?"), city.now))
    for kind, network, outcome in (
        ("erasure", "sms", "erased_one"),
        ("correction", "telegram", "corrected"),
        ("erasure", "paper", "erased"),
    ):
        await city.ledger.write(rights.note, kind, network, city.now, outcome)  # type: ignore[arg-type]
    objector = await city.ledger.write(person, city.now, "+33639980092")
    await city.ledger.write(rights.objects, objector, "sms", city.now)
    slips = []
    for place, text in enumerate(("Des bancs à l'ombre", "Une fontaine, comme avant", "Une fontaine comme avant !")):
        blank = paper.Typed(new_token(), SLUG, "besoin", text, "Marché", city.now.date(), "Le Relais", "oui", anyway=True)
        entered = await city.ledger.write(paper.enter, city.now, f"staff:{place}", blank)
        assert isinstance(entered, paper.Entered)
        slips.append(f"/desk/papier/{entered.ref}/talon")
    pending = await city.say("Décidé il y a un instant", phone="+33639980091")
    await city.ledger.write(decisions.decide, city.now, pending, "token:1", decisions.Decision("accept"), delay=timedelta(seconds=10))
    held = await city.ledger.write(_last_evening, city)
    token = await city.ledger.read(lambda session: session.scalars(sa.select(entry_point.c.token).order_by(entry_point.c.id)).first())
    copies = await city.ledger.write(_copies, city)
    room = f"/desk/ateliers/{held}"
    await city.ledger.write(_monthly, city)
    await city.ledger.write(notary.chain, city.now)
    await city.ledger.write(log.grow, city.now)
    record = [f"/demarches/{SLUG}/contributions/{refs[name]}" for name in ("published", "redacted")]
    record.append(f"/registre?ref={refs['published']}")
    single = await _written(city, refs["arabic"])
    grave = await _looked_twice(city)
    told = await answering.everything(city)
    return (
        *told,
        *await city.ledger.write(_announced, city),
        *copies,
        *single,
        *grave,
        room,
        f"{room}?besoins=1",
        f"{room}/accueil",
        *_pages(refs, pending),
        *slips,
        f"/inscription/{token}",
        *record,
    )


async def _written(city: Town, arabic: str) -> tuple[str, ...]:
    """A question with a model answer, a colleague, a draft with a remark, a text to translate: their pages."""
    write = city.ledger.write
    await write(model_answers.keep, city.now, model_answers.Model("", "Toilettes", "fr", "Elles ouvrent en mars, de 8h à 20h."), "command")
    await write(lambda session: session.execute(sa.update(contribution).where(contribution.c.ref == arabic).values(language="ar")))
    await write(staff.add, city.now, "nina@ville.example", [staff.Grant("moderator", (SLUG,)), "interpreter"])
    await write(staff.add, city.now, EMAIL, ["observer"])  # who looks at the pages, and reads Arabic
    (visitor, nina) = await city.ledger.read(staff.listing)
    await write(staff.describe, city.now, visitor.id, staff.Profile(name="Amina K.", reads=("ar",)), "command")
    token = await write(drafts.invite, city.now, SLUG, "Voirie", "command")
    await write(drafts.write, city.now, token, "La deuxième question est trop longue.")
    asked = (await city.ledger.read(tickets.listing)).items
    return (f"/desk/equipe/{nina.id}", *(f"/desk/messages/{one.id}" for one in asked), f"/relecture/{token}", f"/desk/interprete/{arabic}")


def _announced(session: Any, city: Town) -> tuple[str, ...]:
    """Two campaigns to the same people within a week, and somebody who agreed, left and came back: their pages, and the month's."""
    who = list(city._people.values())
    gift = [consents.Given(one, "workshops", "un SMS quand il y a un atelier ? 1 oui", "fr", "receipt") for one in who]
    consents.give(session, gift, city.now)
    consents.withdraw(session, who[:1], city.now)
    consents.give(session, gift[:1], city.now)
    made = []
    for days in (2, 5):
        draft = campaigns.Draft(process=SLUG, kind="panel", texts={"fr": "venez"}, in_french=True, at=city.now + timedelta(days=days))
        made.append(campaigns.create(session, city.now, draft, "staff:98").id)
        campaigns.tried(session, city.now, made[-1], "staff:98")
        campaigns.submit(session, city.now, made[-1], "staff:98")
    subject = session.scalar(sa.select(contact.c.subject).join(address, address.c.contact_id == contact.c.id).where(address.c.id == who[0]))
    return (*(f"/desk/campagnes/{one}" for one in made), f"/desk/contacts/{subject}", f"/desk/calendrier?mois={city.now:%Y-%m}")


async def _looked_twice(city: Town) -> tuple[str, ...]:
    """Threats whose dossiers stand at each step, an insult that is folded, texts to read again and read, months of readings."""
    (visitor, *_others) = await city.ledger.read(staff.listing)
    me, pages = f"staff:{visitor.id}", []
    for place, askers in enumerate(((), ("staff:8",), (me,), (me, "staff:9"))):
        ref = await city.say(f"Attention à toi, je sais où tu habites {place}", phone=f"+3363998007{place}")
        await city.publish(ref, "refuse", reason="R8")
        for actor in askers:
            await city.ledger.write(dossiers.ask, city.now, ref, actor)
        pages.append(f"/desk/contributions/{ref}/dossier")
    pages.append(f"/desk/contributions/{await city.say('Le maire est un gros connard', phone='+33639980079')}")
    return (*pages, f"/desk/contributions/relecture/aveugle?lu={await city.ledger.write(_readings, city, me)}")


def _readings(session: Any, city: Town, me: str) -> int:
    """Months with a rate, with a range, and with too few; one reading by who looks at the pages; one text that waits for them."""
    made = session.execute(sa.select(decision.c.id, decision.c.contribution_id).where(decision.c.state == "applied")).all()
    first, last = made[0], made[-1]
    base = {"first_actor": "token:1", "due_at": city.now + timedelta(days=20), "kind": "refuse", "reason": "R5", "actor": "staff:8"}
    rows: list[dict[str, Any]] = []
    number = last.id
    for back, alike, otherwise in ((120, 15, 6), (90, 18, 2), (60, 2, 1), (30, 14, 5)):
        for place in range(alike + otherwise):
            number += 1
            copy = sa.select(decision).where(decision.c.id == first.id)
            row = dict(session.execute(copy).one()._mapping) | {"id": number, "state": "undone"}
            session.execute(sa.insert(decision).values(row))
            at = city.now - timedelta(days=back)
            rows.append(
                base | {"id": number, "contribution_id": first.contribution_id, "decision_id": number, "agreed": place < alike, "at": at}
            )
    rows.append(
        base
        | {"id": last.id, "contribution_id": last.contribution_id, "decision_id": last.id, "agreed": False, "at": city.now, "actor": me}
    )
    waits = {"kind": "", "reason": "", "actor": None, "agreed": None, "at": None}
    rows.append(base | {"id": first.id, "contribution_id": first.contribution_id, "decision_id": first.id} | waits)
    session.connection().execute(sa.insert(sample), rows)
    return int(last.id)


def _pages(refs: dict[str, str], pending: str) -> tuple[str, ...]:
    return tuple(f"/suivi/{ref}" for ref in refs.values()) + tuple(f"/desk/contributions/{ref}" for ref in (*refs.values(), pending))


def _monthly(session: Any, city: Town) -> None:
    """Figures of the month before, of each kind that a cell may be."""
    month = f"{city.now - timedelta(days=28):%Y-%m}"
    cells: list[tuple[str, str, int | None, str]] = [(name, "", 11, "exact") for name in transparency.NAMES[:-1]]
    cells += [("delay", "", None, "hidden"), ("refused", "R1", 12, "exact"), ("refused", "R5", None, "small")]
    rows = [{"month": month, "name": name, "detail": detail, "value": value, "shown": shown} for name, detail, value, shown in cells]
    session.connection().execute(sa.insert(figure), rows)


def _test(session: Any, city: Town) -> None:
    """The project about this service, open as a test with two people, who said whether it was easy."""
    document = documents.parse(improvement.document(city.now.date()).encode(), yaml=True)
    agreed = documents.Validated(by="Mme la maire", on=city.now.date(), act="arrêté 2027-4")
    mandate = msgspec.structs.replace(document.mandate, validated=agreed)
    processes.put(session, city.now, msgspec.structs.replace(document, mandate=mandate, pilot=documents.Pilot(people=2)), "command")
    processes.open(session, city.now, TEST, "command")
    for place in range(2):
        who = person(session, city.now, f"+336399809{place}5")
        wanted = submission(who, "Trop de SMS", slug=TEST, question="facile")
        (made,) = intake.submit(session, [msgspec.structs.replace(wanted, pseudonym=f"Loire-{place}")], city.now)
        assert isinstance(made, Submitted)
        intake.add_profile(session, who, AddProfile(made.ref, "easy", "no"), city.now)


def _platforms(session: Any, city: Town) -> None:
    """A store, a Decidim that does not know us, and one that takes files."""
    add, url = relays.add, "https://participer.ville.example"
    add(session, city.now, "donnees", "kinto", url=url, options={}, actor="command")
    decidim = add(session, city.now, "decidim", "decidim", url=url, options={}, slug=SLUG, actor="command")
    relays.troubled(session, decidim, "Decidim takes us for nobody")
    add(session, city.now, "participer", "file-decidim", url="", options={}, actor="command")


def _copies(session: Any, city: Town) -> tuple[str, ...]:
    """One copy altered, one refused; one withdrawal that is late; one text in a file, one that a platform would refuse."""
    found = {one.name: one.id for one in relays.known(session)}
    epoch = leases.hold(session, relays.LEASE, "tour", 60) or 0
    one, two = relays.claim(session, found["donnees"], "tour", epoch, city.now)
    altered = Settled(one.id, 1, "there", text=one.text.replace("comme", "pareille, comme"), external="1", address="https://p.example/1")
    relays.settle(session, epoch, [altered, Settled(two.id, 1, "refused", why="title: is too short (minimum is 15 characters)")], city.now)
    relays.explain(session, two.id, "Écrit à la plateforme lundi", city.now, "staff:1")
    relays.hand_over(session, found["participer"], [relays.to_hand_over(session, found["participer"])[0].id], city.now, "staff:1")
    entries = session.execute(sa.select(relay.c.id).where(relay.c.target_id == found["decidim"]).order_by(relay.c.id)).scalars().all()
    long_ago = {"wants": "withdraw", "state": "with_a_human", "since": city.now - timedelta(days=4), "external": "12", "attempts": 3}
    session.execute(sa.update(relay).where(relay.c.id == entries[0]).values(**long_ago, why=NO_WITHDRAWAL))
    return f"/desk/versements/{one.id}", f"/desk/versements/{two.id}"


def _last_evening(session: Any, city: Town) -> int:
    """A workshop of yesterday with people in every state, needs, somebody without news, and minutes: its number."""
    before, now = city.now - timedelta(days=5), city.now
    starts = now - timedelta(days=1)
    document = documents.parse(invented.market_square(now.date()).encode(), yaml=True)
    held = meeting("atelier-0", f"{starts:%Y-%m-%d} 18:30", 4)
    processes.put(session, now, msgspec.structs.replace(document, workshops=(held, *document.workshops)), "command")
    number = session.scalar(sa.select(workshop.c.id).where(workshop.c.name == "atelier-0"))
    key, people = f"{SLUG}/atelier-0", list(city._people.values())
    for place, guest in enumerate(people[:6]):
        workshops.act(session, [Wish(guest, SignUp(key, 2 if place == 1 else 1))], before)
    workshops.ask_services(session, people[0], AskServices(key, ("ramp", "childcare"), "oui"), "fr", before)
    contacts.block(session, people[2], before)
    codes = list(session.scalars(sa.select(registration.c.code).where(registration.c.workshop_id == number).order_by(registration.c.id)))
    attendance.check_in(
        session, now, number, [Mark("phone-a-0001", code=codes[0]), Mark("phone-a-0002", code=codes[1], people=3)], "staff:1"
    )
    attendance.check_in(session, now, number, [Mark("phone-a-0003"), Mark("phone-a-0004", code=codes[5])], "staff:1")
    minutes.load(session, now, number, "staff:1", text="Tous veulent des bancs.\nLa fontaine partage la salle.", short="des bancs")
    return int(number)
