"""Routes of the desk and the right that each asks for."""

from aiohttp import web

from bot.desk import (
    account,
    cahier,
    campaigns,
    checkin,
    counter,
    drafts,
    elsewhere,
    handover,
    home,
    interpreter,
    messages,
    paper,
    posters,
    processes,
    queue,
    reach,
    relays,
    rights,
    sends,
    signin,
    slips,
    team,
    workshops,
)
from bot.desk.doors import Door, guard
from bot.desk.tries import TRIES, Tries
from bot.web.scope import CITY
from outreach import campaigns as office

SLUG = "{slug:[a-z0-9]+(?:-[a-z0-9]+)*}"
PLACE = "{place:[a-z0-9]+(?:-[a-z0-9]+)*}"
NAME = "{name:[a-z0-9]+(?:-[a-z0-9]+)*}"
REF = "{ref:[0-9]{8}}"
ID = "{id:[0-9]{1,19}}"
CAMPAIGN = "/desk/campagnes/{campaign:[A-Za-z0-9_-]{22}}"

DOORS: tuple[Door, ...] = (
    Door("GET", "/desk", home.home, ""),
    Door("GET", "/desk/contributions", queue.listing, "contributions.read"),
    Door("POST", "/desk/contributions/suivante", queue.following, "contributions.decide"),
    Door("GET", f"/desk/contributions/{REF}", queue.show, "contributions.read"),
    Door("POST", f"/desk/contributions/{REF}/decision", queue.decide, "contributions.decide"),
    Door("POST", f"/desk/contributions/{REF}/theme", queue.theme, "contributions.decide"),
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
    Door("GET", "/desk/messages/modeles", messages.models, "tickets.answer"),
    Door("POST", "/desk/messages/modeles", messages.keep_model, "tickets.answer", CITY),
    Door("POST", "/desk/messages/modeles/{link:[0-9]+}/retirer", messages.drop_model, "tickets.answer", CITY),
    Door("GET", "/desk/messages/{id:[0-9]+}", messages.show, "tickets.answer", "ticket"),
    Door("POST", "/desk/messages/{id:[0-9]+}/attribuer", messages.assign, "tickets.answer", "ticket"),
    Door("POST", "/desk/messages/{id:[0-9]+}/avis", messages.refile, "tickets.answer", "ticket"),
    Door("POST", "/desk/messages/{id:[0-9]+}/fait", messages.done, "tickets.answer", "ticket"),
    Door("POST", "/desk/messages/{id:[0-9]+}/numero", messages.number, "tickets.answer", "ticket"),
    Door("POST", "/desk/messages/{id:[0-9]+}/repondre", messages.reply, "tickets.answer", "ticket"),
    Door("GET", "/desk/demarches", processes.listing, "processes.read"),
    Door("POST", "/desk/demarches", processes.bring_in, "processes.write"),
    Door("GET", f"/desk/demarches/{SLUG}", processes.show, "processes.read"),
    Door("POST", f"/desk/demarches/{SLUG}/ouvrir", processes.open_, "processes.write"),
    Door("POST", f"/desk/demarches/{SLUG}/fermer", processes.close, "processes.write"),
    Door("GET", f"/desk/demarches/{SLUG}/relecture", drafts.show, "processes.write"),
    Door("POST", f"/desk/demarches/{SLUG}/relecture", drafts.invite, "processes.write"),
    Door("POST", f"/desk/demarches/{SLUG}/relecture/{{link:[0-9]+}}/retirer", drafts.revoke, "processes.write"),
    Door("GET", "/desk/interprete", interpreter.listing, "texts.translate"),
    Door("GET", f"/desk/interprete/{REF}", interpreter.show, "texts.translate"),
    Door("POST", f"/desk/interprete/{REF}", interpreter.keep, "texts.translate"),
    Door("GET", f"/desk/demarches/{SLUG}/entrees", reach.show, "statistics.read"),
    Door("GET", f"/desk/demarches/{SLUG}/entrees.csv", reach.csv, "statistics.read"),
    Door("GET", f"/desk/demarches/{SLUG}/affiches", posters.listing, "processes.read"),
    Door("GET", f"/desk/demarches/{SLUG}/affiches/{PLACE}.pdf", posters.sheet, "processes.read"),
    Door("GET", f"/desk/demarches/{SLUG}/cahier.pdf", cahier.book, "statistics.read"),
    Door("GET", f"/desk/demarches/{SLUG}/cahier-gros-caracteres.pdf", cahier.large, "statistics.read"),
    Door("GET", f"/desk/demarches/{SLUG}/cahier.xlsx", cahier.sheet, "statistics.read"),
    Door("GET", "/desk/campagnes", campaigns.listing, "campaigns.write"),
    Door("GET", "/desk/campagnes/nouvelle", campaigns.new, "campaigns.write"),
    Door("POST", "/desk/campagnes/nouvelle", campaigns.create, "campaigns.write"),
    Door("POST", "/desk/campagnes/tout-arreter", campaigns.stop, "campaigns.write", CITY),
    Door("GET", CAMPAIGN, campaigns.show, "campaigns.write"),
    Door("GET", f"{CAMPAIGN}/modifier", campaigns.edit, "campaigns.write"),
    Door("POST", f"{CAMPAIGN}/modifier", campaigns.change, "campaigns.write"),
    Door("POST", f"{CAMPAIGN}/telephone", campaigns.phone, "campaigns.write"),
    Door("POST", f"{CAMPAIGN}/essai", campaigns.test, "campaigns.write"),
    Door("POST", f"{CAMPAIGN}/soumettre", campaigns.moves(office.submit, "soumise"), "campaigns.write"),
    Door("POST", f"{CAMPAIGN}/seul", campaigns.moves(office.submit, "approuvee", alone=True), "campaigns.write"),
    Door("POST", f"{CAMPAIGN}/approuver", campaigns.moves(office.approve, "approuvee"), "campaigns.approve"),
    Door("POST", f"{CAMPAIGN}/pause", campaigns.moves(office.pause, "pause"), "campaigns.write"),
    Door("POST", f"{CAMPAIGN}/reprendre", campaigns.moves(office.resume, "reprise"), "campaigns.write"),
    Door("POST", f"{CAMPAIGN}/annuler", campaigns.moves(office.cancel, "annulee"), "campaigns.write"),
    Door("GET", f"{CAMPAIGN}/resultats.csv", campaigns.figures, "campaigns.write"),
    Door("GET", "/desk/ateliers", workshops.listing, "workshops.host"),
    Door("GET", "/desk/ateliers/hors-ligne.js", checkin.worker, "workshops.host"),
    Door("GET", f"/desk/ateliers/{ID}", workshops.show, "workshops.host", "workshop"),
    Door("POST", f"/desk/ateliers/{ID}/clore", workshops.close, "workshops.host", "workshop"),
    Door("POST", f"/desk/ateliers/{ID}/compte-rendu", workshops.publish, "processes.write", "workshop"),
    Door("GET", f"/desk/ateliers/{ID}/accueil", checkin.show, "workshops.host", "workshop"),
    Door("POST", f"/desk/ateliers/{ID}/accueil/pointages", checkin.marks, "workshops.host", "workshop"),
    Door("GET", "/desk/droits", rights.listing, "rights.answer", CITY),
    Door("GET", "/desk/droits.csv", rights.csv, "rights.answer", CITY),
    Door("POST", "/desk/droits/{id:[0-9]+}", rights.decide, "rights.answer", CITY),
    Door("GET", "/desk/droits/copie", counter.show, "rights.answer", CITY),
    Door("POST", "/desk/droits/copie", counter.ask, "rights.answer", CITY),
    Door("GET", f"/desk/droits/copie/{ID}/code", counter.code, "rights.answer", CITY),
    Door("POST", f"/desk/droits/copie/{ID}/code", counter.open_, "rights.answer", CITY),
    Door("GET", f"/desk/droits/copie/{ID}", counter.copy, "rights.answer", CITY),
    Door("GET", f"/desk/droits/copie/{ID}.json", counter.file, "rights.answer", CITY),
    Door("GET", "/desk/recours", queue.appeals, "contributions.read"),
    Door("GET", "/desk/envois", sends.show, "statistics.read", CITY),
    Door("GET", "/desk/versements", relays.board, "relays.read", CITY),
    Door("GET", f"/desk/versements/{ID}", relays.one, "relays.read", CITY),
    Door("POST", f"/desk/versements/{ID}/reprendre", relays.retry, "relays.mend", CITY),
    Door("POST", f"/desk/versements/{ID}/marquer", relays.mark, "relays.mend", CITY),
    Door("POST", f"/desk/versements/{ID}/expliquer", relays.explain, "relays.mend", CITY),
    Door("POST", f"/desk/versements/plateformes/{NAME}", relays.change, "targets.manage", CITY),
    Door("GET", f"/desk/versements/fichier/{NAME}", handover.show, "relays.mend", CITY),
    Door("POST", f"/desk/versements/fichier/{NAME}", handover.take_along, "relays.mend", CITY),
    Door("GET", f"/desk/versements/fichier/{NAME}.csv", handover.file, "relays.mend", CITY),
    Door("POST", f"/desk/versements/fichier/{NAME}/retour", handover.bring_back, "relays.mend", CITY),
    Door("GET", "/desk/journal", home.journal, "audit.read", CITY),
    Door("GET", "/desk/equipe", team.listing, "staff.manage", CITY),
    Door("POST", "/desk/equipe", team.invite, "staff.manage", CITY),
    Door("GET", f"/desk/equipe/{ID}", team.show, "staff.manage", CITY),
    Door("POST", f"/desk/equipe/{ID}/roles", team.change, "staff.manage", CITY),
    Door("POST", f"/desk/equipe/{ID}/profil", team.describe, "staff.manage", CITY),
    Door("POST", f"/desk/equipe/{ID}/lien", team.link, "staff.manage", CITY),
    Door("POST", f"/desk/equipe/{ID}/sessions", team.sessions, "staff.manage", CITY),
    Door("POST", f"/desk/equipe/{ID}/facteur", team.factor, "staff.manage", CITY),
    Door("POST", f"/desk/equipe/{ID}/fermer", team.close, "staff.manage", CITY),
    Door("GET", "/desk/compte", account.account, ""),
    Door("POST", "/desk/compte", account.enrol, ""),
    Door("POST", "/desk/compte/codes", account.codes, ""),
    Door("POST", "/desk/compte/sessions", account.end, ""),
    Door("POST", "/desk/deconnexion", signin.leave, ""),
)


def mount(app: web.Application) -> None:
    """Put the desk on an application."""
    app[TRIES] = Tries()
    app.router.add_get("/desk/connexion", signin.show)
    app.router.add_post("/desk/connexion", signin.enter)
    app.router.add_get("/desk/invitation/{token:[A-Za-z0-9_-]+}", signin.invitation)
    app.router.add_post("/desk/invitation/{token:[A-Za-z0-9_-]+}", signin.accept)
    elsewhere.mount(app)
    for door in DOORS:
        app.router.add_route(door.method, door.path, guard(door))
