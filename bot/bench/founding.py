"""How the large city comes about: its projects, its team, two years of voices, two avis, and everything that a page of the desk shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from outreach.crowd import Plan
    from outreach.db import Database
    from outreach.documents import ProcessDocument

EMAIL, PASSWORD = "camille@ville.example", "une phrase facile à garder"
LARGE, STUDIED, ANSWERED = "place-du-marche", "quais-de-loire", "cour-pergaud"
SMALL = tuple(f"projet-{number}" for number in range(37))
"""The projects besides the three that have a name."""
PLATFORM, FILES = "participer", "fichier"
SLICE = 10_000
_CITED, _POINTS = 10_000, 20
"""Contributions that an avis cites, and its points."""
_MODERATORS, _SHEETS, _MONTH = 12, 40, 30
_BEFORE = timedelta(days=2)


class Key(msgspec.Struct, frozen=True):
    """How somebody signs in who may do everything."""

    email: str
    password: str
    secret: str  # of the second factor


class Founder:
    """Writes the city in the order of time; `tell` hears how far it came."""

    def __init__(self, database: "Database", plan: "Plan", tell: Callable[[str, int], None]) -> None:
        self.plan = plan
        self.refs: list[str] = []
        self.team: list[str] = []
        self.actor = self.sheet = self.campaign = self.draft = self.link = ""
        self.cited: dict[str, str] = {}
        self._database, self._tell = database, tell
        self._begun = plan.at(0) - _BEFORE

    def _do(self, verb: Callable[..., Any], *args: Any, **more: Any) -> Any:  # noqa: ANN401 - what the office's verbs take
        with self._database.write() as session:
            return verb(session, *args, **more)

    def open_projects(self) -> None:
        """Before anybody speaks: the numbers of rows rise with time."""
        from outreach import phonebook, processes, relays

        self._do(phonebook.settle, self.plan.people, self._begun, "kannel")
        self._tell("people", self.plan.people)
        for number, slug in enumerate((LARGE, STUDIED, ANSWERED, *SMALL)):
            self._do(processes.put, self._begun, _project(slug, number, self.plan), "command")
            self._do(processes.open, self._begun, slug, "command")
        url = "https://participer.ville.example"
        self._platform = self._do(relays.add, self._begun, PLATFORM, "kinto", url=url, options={}, actor="command")
        self._do(relays.add, self._begun, FILES, "file-decidim", url="", options={}, slug=SMALL[-1], actor="command")

    def hire(self) -> Key:
        """A team of moderators, and one who may do everything, with a phone as second factor."""
        import pyotp

        from outreach import staff

        for number in range(_MODERATORS):
            self._do(staff.add, self._begun, f"moderateur-{number}@ville.example", ["moderator"])
        token = self._do(staff.add, self._begun, EMAIL, ["admin"])
        self._do(staff.set_password, self._begun, token, PASSWORD)
        accounts = {one.email: one.id for one in self._do(staff.listing)}
        mine = accounts.pop(EMAIL)
        self.team, self.actor = [f"staff:{one}" for one in accounts.values()], f"staff:{mine}"
        self._do(staff.describe, self._begun, mine, staff.Profile(name="Camille", reads=("ar",)), "command")
        secret = pyotp.random_base32()
        self._do(staff.enrol, self._begun, mine, secret, pyotp.TOTP(secret).at(self._begun))
        return Key(EMAIL, PASSWORD, secret)

    def speak(self) -> None:
        """What came in in two years, what was said both ways in the last month, and the copies of what was published."""
        from outreach import crowd

        plan = self.plan
        crowd.unindex(self._database)
        speakers = self._do(crowd.Speakers, plan, [LARGE, STUDIED, ANSWERED, *SMALL], self.team)
        for first in range(0, plan.contributions, SLICE):
            last = min(first + SLICE, plan.contributions)
            self.refs += self._do(speakers.speak, first, last)
            self._tell("contributions", last)
        for first in range(plan.since(_MONTH), plan.contributions, SLICE):
            self._do(crowd.messages, plan, first, min(first + SLICE, plan.contributions))
        self._tell("messages of a month", 5 * (plan.contributions - plan.since(_MONTH)))
        crowd.index(self._database)
        self._tell("rows have their indexes", 1)
        after, copied = self._do(crowd.board, plan, self._platform, "", SLICE)
        while after:
            after, more = self._do(crowd.board, plan, self._platform, after, SLICE)
            copied += more
        self._tell("copies on another platform", copied)

    def answer(self) -> None:
        """Two avis: one is with the services, one is answered."""
        from outreach import answers, loop
        from outreach.answers import Assigned, Handed, Note, Position

        now = self.plan.now
        handed = Handed("40 habitants tirés au sort", "à la maire", now.date(), "le groupe a choisi l'ombre")
        said = Position("kept", "l'adjointe", now.date(), "Le sol le permet.", "24 arbres en mars", "le sol le permet", now.date())
        for slug in (STUDIED, ANSWERED):
            self._do(answers.take_over, now, slug, self._points(slug), handed, "token:1")
            for place in range(1, _POINTS + 1):
                self._do(answers.assign, now, slug, place, Assigned("Espaces verts", "Mme Roux", now.date()), "token:1")
                if slug == ANSWERED or place % 2:
                    self._do(answers.study, now, slug, place, Note("yes", "12 000 euros", "", "Rien ne s'y oppose."), "token:1")
                    self._do(answers.decide, now, slug, place, said, "token:1")
        self._do(loop.publish, now, ANSWERED, "token:1")
        self._tell("avis", 2)

    def _points(self, slug: str) -> list[dict[str, str]]:
        from outreach import record

        refs: list[str] = []
        cursor: str | None = None
        while len(refs) < _CITED:
            page = self._do(record.entries, slug, cursor, record.MOST)
            refs += [one.ref for one in page.items]
            cursor = page.next
            if cursor is None:
                break
        self.cited[slug] = refs[0]
        return [
            {"number": str(place + 1), "title": "Des arbres", "text": "Planter des arbres.", "refs": ", ".join(refs[place::_POINTS])}
            for place in range(_POINTS)
        ]

    def work(self) -> None:
        """Everything else that a page of the desk shows."""
        from outreach import campaigns, crowd, drafts, model_answers, transparency

        now = self.plan.now
        self._do(crowd.asides, self.plan)
        words = campaigns.Draft(process=LARGE, kind="news", texts={"fr": "les bancs sont là.", "en": "the benches are there."})
        self.campaign = self._do(campaigns.create, now, words, "staff:1").id
        self._do(crowd.campaign_went, self.plan, self.campaign)
        self.draft = self._do(campaigns.create, now, words, "staff:1").id
        self.link = self._do(drafts.invite, now, LARGE, "Voirie", "command")
        self._do(model_answers.keep, now, model_answers.Model("", "Toilettes", "fr", "Elles ouvrent en mars."), "command")
        self._type_sheets()
        while self._do(transparency.close_month, now):
            pass
        self._tell("sheets of paper", _SHEETS)

    def count(self) -> None:
        """What the clock counts beside the writer every few minutes."""
        from outreach import bulletin, campaigns, counting, tallies

        for name, verb in counting.COUNTS.items():
            value = self._do(verb, self.plan.now)
            if value is not None:
                self._do(tallies.keep, name, value)
        for slug in self._do(bulletin.to_count, self.plan.now):
            self._do(bulletin.keep, self.plan.now, self._do(bulletin.count, [slug]))
        for subject in self._do(campaigns.to_recount, self.plan.now):
            counted = self._do(campaigns.results, subject, self.plan.now)
            self._do(campaigns.recount, self.plan.now, subject, counted)

    def _type_sheets(self) -> None:
        from outreach import paper
        from outreach.references import new_token

        today = self.plan.now.date()
        for number in range(_SHEETS):
            who = self.team[number % len(self.team)] if number else self.actor
            text = f"Des bancs à l'ombre, feuille {number}"
            typed = paper.Typed(new_token(), LARGE, "besoin", text, "Marché", today, "Le Relais", "oui", anyway=True)
            entered = self._do(paper.enter, self.plan.now, who, typed)
            self.sheet = self.sheet or entered.ref


def _project(slug: str, number: int, plan: "Plan") -> "ProcessDocument":
    """The market square under another name; its posters have words of their own."""
    from outreach import documents, invented

    whole = documents.parse(invented.market_square(plan.now.date()).encode(), yaml=True)
    if slug == LARGE:
        return whole
    word = f"P{number}"
    entries = tuple(
        msgspec.structs.replace(one, keyword=f"{word}{chr(ord('A') + place)}" if one.keyword else "")
        for place, one in enumerate(whole.entry_points)
    )
    title = {"fr": f"Projet {number}", "en": f"Project {number}"}
    return msgspec.structs.replace(whole, slug=slug, title=title, sms_name=f"projet {number}", entry_points=entries)
