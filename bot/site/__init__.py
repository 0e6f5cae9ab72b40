"""The public pages and the open data: no script, no cookie, no name."""

from aiohttp import web

from bot.site import feeds, opendata, pages, report, signup, texts

SLUG = "{slug:[a-z0-9]+(?:-[a-z0-9]+)*}"


def mount(app: web.Application) -> None:
    """Put the public routes on an application."""
    app.router.add_routes(
        [
            web.get("/", pages.home),
            web.get(f"/demarches/{SLUG}", pages.process),
            web.get(f"/demarches/{SLUG}/contributions", pages.contributions),
            web.get(f"/demarches/{SLUG}/ateliers", pages.workshops),
            web.get("/suivi", pages.search),
            web.get("/suivi/{ref}", pages.follow),
            web.get(report.ADDRESS, report.show),
            web.post(report.ADDRESS, report.send),
            web.get(signup.ADDRESS, signup.show),
            web.post(signup.ADDRESS, signup.ask),
            web.get("/charte", texts.charter),
            web.get("/vos-donnees", texts.notice),
            web.get("/mes-donnees.schema.json", opendata.my_data),
            web.get("/accessibilite", texts.accessibility),
            web.get("/robots.txt", texts.robots),
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
