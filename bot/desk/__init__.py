"""Routes of the desk and the right that each asks for."""

from aiohttp import web

from bot.desk import home, processes, queue, signin
from bot.desk.doors import Door, guard

SLUG = "{slug:[a-z0-9]+(?:-[a-z0-9]+)*}"
REF = "{ref:[0-9]{8}}"

DOORS: tuple[Door, ...] = (
    Door("GET", "/desk", home.home, ""),
    Door("GET", "/desk/contributions", queue.listing, "contributions.read"),
    Door("POST", "/desk/contributions/suivante", queue.following, "contributions.decide"),
    Door("GET", f"/desk/contributions/{REF}", queue.show, "contributions.read"),
    Door("POST", f"/desk/contributions/{REF}/decision", queue.decide, "contributions.decide"),
    Door("POST", f"/desk/contributions/{REF}/annuler", queue.undo, "contributions.decide"),
    Door("GET", "/desk/messages", home.messages, "tickets.answer"),
    Door("POST", "/desk/messages/{id:[0-9]+}/fait", home.message_done, "tickets.answer"),
    Door("GET", "/desk/demarches", processes.listing, "processes.read"),
    Door("POST", "/desk/demarches", processes.bring_in, "processes.write"),
    Door("GET", f"/desk/demarches/{SLUG}", processes.show, "processes.read"),
    Door("POST", f"/desk/demarches/{SLUG}/ouvrir", processes.open_, "processes.write"),
    Door("POST", f"/desk/demarches/{SLUG}/fermer", processes.close, "processes.write"),
    Door("GET", "/desk/journal", home.journal, "audit.read"),
    Door("GET", "/desk/compte", signin.account, ""),
    Door("POST", "/desk/compte", signin.enrol, ""),
    Door("POST", "/desk/deconnexion", signin.leave, ""),
)


def mount(app: web.Application) -> None:
    """Put the desk on an application."""
    app.router.add_get("/desk/connexion", signin.show)
    app.router.add_post("/desk/connexion", signin.enter)
    app.router.add_get("/desk/invitation/{token:[A-Za-z0-9_-]+}", signin.invitation)
    app.router.add_post("/desk/invitation/{token:[A-Za-z0-9_-]+}", signin.accept)
    for door in DOORS:
        app.router.add_route(door.method, door.path, guard(door))
