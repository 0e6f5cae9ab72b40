"""The public pages and the open data: no script, no cookie, no name."""

import asyncio

from aiohttp import web

from bot.site import drafts, feeds, figures, opendata, pages, proofs, report, signup, texts, voices
from bot.web.keys import PUBLIC_PAGE

SLUG = "{slug:[a-z0-9]+(?:-[a-z0-9]+)*}"


def mount(app: web.Application) -> None:
    """Put the public routes on an application."""
    app[opendata.WHOLE] = asyncio.Lock()
    app[PUBLIC_PAGE] = pages.shows
    routes = app.router.add_routes(
        [
            web.get("/", pages.home),
            web.get(f"/demarches/{SLUG}", pages.process),
            web.get(f"/demarches/{SLUG}/contributions", voices.contributions),
            web.get(f"/demarches/{SLUG}/contributions/{{ref:[0-9]+}}", voices.contribution),
            web.get(f"/demarches/{SLUG}/ateliers", pages.workshops),
            web.get("/suivi", voices.search),
            web.get("/suivi/{ref}", voices.follow),
            web.get(report.ADDRESS, report.show),
            web.post(report.ADDRESS, report.send),
            web.get(signup.ADDRESS, signup.show),
            web.post(signup.ADDRESS, signup.ask),
            web.get("/relecture/{token:[A-Za-z0-9_-]{43}}", drafts.show),
            web.post("/relecture/{token:[A-Za-z0-9_-]{43}}", drafts.write),
            web.get("/charte", texts.charter),
            web.get("/vos-donnees", texts.notice),
            web.get("/mes-donnees.schema.json", opendata.my_data),
            web.get("/accessibilite", texts.accessibility),
            web.get("/robots.txt", texts.robots),
            web.get("/registre", proofs.index),
            web.get("/registre/checkpoint", proofs.checkpoint),
            web.get("/registre/etats/{size:[0-9]+}", proofs.checkpoint),
            web.get("/registre/checkpoint.json", proofs.checkpoint_json),
            web.get("/registre/cle.json", proofs.key),
            web.get("/registre/preuve/{ref:[0-9]+}.json", proofs.inclusion),
            web.get(f"/registre/preuve/{SLUG}/{{part:(?:point|aside)-[A-Za-z0-9.-]+}}.json", proofs.part),
            web.get("/registre/coherence.json", proofs.consistency),
            web.get("/registre/registre.json", proofs.whole),
            web.get("/transparence", figures.index),
            web.get("/open-data/transparence.csv", figures.csv),
            web.get("/open-data", opendata.index),
            web.get("/open-data/datapackage.json", opendata.package),
            web.get(f"/demarches/{SLUG}.json", opendata.process),
            web.get(f"/demarches/{SLUG}/contributions.csv", opendata.csv),
            web.get(f"/demarches/{SLUG}/contributions.json", opendata.json),
            web.get(f"/demarches/{SLUG}/suivi.atom", feeds.news),
            web.get(f"/demarches/{SLUG}/ateliers.ics", feeds.calendar),
            web.get("/ateliers/{id:[a-z0-9]+(?:-[a-z0-9]+)*}.ics", feeds.meeting),
        ]
    )
    app.middlewares.append(proofs.foot({route.resource for route in routes}))
