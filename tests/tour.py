"""A city with something on every page, and the list of its pages."""

from datetime import timedelta

from conversations.effects import AskPerson
from outreach import invented, processes, tickets
from outreach.contributions import appeals, decisions
from tests.town import SLUG, Town

PUBLIC = (
    "/", f"/demarches/{SLUG}", f"/demarches/{SLUG}/contributions", f"/demarches/{SLUG}/ateliers", "/suivi", "/suivi/12345678",
    "/charte", "/vos-donnees", "/accessibilite", "/open-data", "/nowhere",
)  # fmt: skip
STRANGER = ("/desk/connexion", "/desk/invitation/used")
DESK = (
    "/desk", "/desk/contributions", "/desk/contributions?etat=refused", "/desk/messages", "/desk/demarches", f"/desk/demarches/{SLUG}",
    "/desk/demarches/velo-gare", "/desk/journal", "/desk/compte",
)  # fmt: skip
ROLES = ("admin", "dpo", "lead", "moderator", "staff")


async def furnish(city: Town) -> tuple[str, ...]:
    """Fill a new town: contributions in every state that a page shows. The pages of single contributions, public and desk."""
    await city.opened()
    document = invented.bicycle_plan(city.now.date()).replace("  decided_by: le conseil municipal\n", "")
    from outreach import documents

    await city.ledger.write(processes.put, city.now, documents.parse(document.encode(), yaml=True), "command")
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
    pending = await city.say("Décidé il y a un instant", phone="+33639980091")
    await city.ledger.write(decisions.decide, city.now, pending, "token:1", decisions.Decision("accept"), delay=timedelta(seconds=10))
    return tuple(f"/suivi/{ref}" for ref in refs.values()) + tuple(f"/desk/contributions/{ref}" for ref in (*refs.values(), pending))
