"""Routes of the desk and the right that each asks for."""

from aiohttp import web

from bot.desk import (
    cahier,
    checkin,
    home,
    looks,
    messages,
    paper,
    posters,
    processes,
    queue,
    reach,
    rights,
    sends,
    signin,
    slips,
    ten,
    workshops,
)
from bot.desk.doors import Door, guard

SLUG = "{slug:[a-z0-9]+(?:-[a-z0-9]+)*}"
PLACE = "{place:[a-z0-9]+(?:-[a-z0-9]+)*}"
REF = "{ref:[0-9]{8}}"
ID = "{id:[0-9]{1,19}}"

DOORS: tuple[Door, ...] = (
    Door("GET", "/desk", home.home, ""),
    Door("GET", "/desk/contributions", queue.listing, "contributions.read"),
    Door("POST", "/desk/contributions/suivante", queue.following, "contributions.decide"),
    Door("GET", "/desk/contributions/page", ten.show, "contributions.decide"),
    Door("POST", "/desk/contributions/page", ten.accept, "contributions.decide"),
    Door("GET", f"/desk/contributions/{REF}", queue.show, "contributions.read"),
    Door("POST", f"/desk/contributions/{REF}/decision", queue.decide, "contributions.decide"),
    Door("POST", f"/desk/contributions/{REF}/theme", queue.theme, "contributions.decide"),
    Door("GET", "/desk/contributions/relecture", looks.listing, "contributions.decide"),
    Door("POST", f"/desk/contributions/relecture/{ID}", looks.look, "contributions.decide"),
    Door("POST", f"/desk/contributions/{REF}/signalement", looks.judge, "contributions.decide"),
    Door("POST", f"/desk/contributions/{REF}/annuler", queue.undo, "contributions.decide"),
    Door("GET", "/desk/papier", paper.blank, "papers.enter"),
    Door("POST", "/desk/papier", paper.enter, "papers.enter"),
    Door("GET", "/desk/papier/relecture", paper.second_look, "papers.check"),
    Door("POST", f"/desk/papier/{REF}/relecture", paper.looked, "papers.check"),
    Door("GET", f"/desk/papier/{REF}/talon", paper.slip, "papers.enter"),
    Door("POST", f"/desk/papier/{REF}/talon", paper.slip_anew, "papers.enter"),
    Door("GET", "/desk/suivi", slips.ask, "papers.follow"),
    Door("POST", "/desk/suivi", slips.answer, "papers.follow"),
    Door("GET", "/desk/messages", messages.listing, "tickets.answer"),
    Door("POST", "/desk/messages/{id:[0-9]+}/fait", messages.done, "tickets.answer"),
    Door("POST", "/desk/messages/{id:[0-9]+}/numero", messages.number, "tickets.answer"),
    Door("POST", "/desk/messages/{id:[0-9]+}/repondre", messages.reply, "tickets.answer"),
    Door("GET", "/desk/demarches", processes.listing, "processes.read"),
    Door("POST", "/desk/demarches", processes.bring_in, "processes.write"),
    Door("GET", f"/desk/demarches/{SLUG}", processes.show, "processes.read"),
    Door("POST", f"/desk/demarches/{SLUG}/ouvrir", processes.open_, "processes.write"),
    Door("POST", f"/desk/demarches/{SLUG}/fermer", processes.close, "processes.write"),
    Door("GET", f"/desk/demarches/{SLUG}/entrees", reach.show, "statistics.read"),
    Door("GET", f"/desk/demarches/{SLUG}/entrees.csv", reach.csv, "statistics.read"),
    Door("GET", f"/desk/demarches/{SLUG}/affiches", posters.listing, "processes.read"),
    Door("GET", f"/desk/demarches/{SLUG}/affiches/{PLACE}.pdf", posters.sheet, "processes.read"),
    Door("GET", f"/desk/demarches/{SLUG}/cahier.pdf", cahier.book, "statistics.read"),
    Door("GET", f"/desk/demarches/{SLUG}/cahier-gros-caracteres.pdf", cahier.large, "statistics.read"),
    Door("GET", f"/desk/demarches/{SLUG}/cahier.xlsx", cahier.sheet, "statistics.read"),
    Door("GET", "/desk/ateliers", workshops.listing, "workshops.host"),
    Door("GET", "/desk/ateliers/hors-ligne.js", checkin.worker, "workshops.host"),
    Door("GET", f"/desk/ateliers/{ID}", workshops.show, "workshops.host"),
    Door("POST", f"/desk/ateliers/{ID}/clore", workshops.close, "workshops.host"),
    Door("POST", f"/desk/ateliers/{ID}/compte-rendu", workshops.publish, "processes.write"),
    Door("GET", f"/desk/ateliers/{ID}/accueil", checkin.show, "workshops.host"),
    Door("POST", f"/desk/ateliers/{ID}/accueil/pointages", checkin.marks, "workshops.host"),
    Door("GET", "/desk/droits", rights.listing, "rights.answer"),
    Door("GET", "/desk/droits.csv", rights.csv, "rights.answer"),
    Door("POST", "/desk/droits/{id:[0-9]+}", rights.decide, "rights.answer"),
    Door("GET", "/desk/recours", queue.appeals, "contributions.read"),
    Door("GET", "/desk/envois", sends.show, "statistics.read"),
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
