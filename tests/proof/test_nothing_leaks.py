"""A long day over both peers, then a search: no number, chat id, name or unpublished word lies anywhere unsealed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.connected import Connected, connected
from tests.inhabitants import Inhabitant, OnTelegram, told
from tests.needles import phone, search, search_database
from tests.unsealed import kept

pytestmark = [pytest.mark.proof, pytest.mark.peer]

SLUG = "place-du-marche"
NETWORKS = ("telegram", "sms")
NUMBER = "+33639981234"
STRANGER = {"phone_number": NUMBER, "first_name": "Albertine", "last_name": "Desvoisins", "user_id": 998_877_661}
TYPED = "06 39 98 45 67"  # a number within somebody's words
QUESTION = "ublier sans votre nom"
DAY = 86_400


class Day:
    """What was said, and which of it may be found in the open."""

    def __init__(self, place: Connected) -> None:
        self.place, self.people = place, list[Inhabitant]()
        self.private: list[str] = []  # words that nobody but their author, a moderator and the key may see
        self.public: list[str] = []
        self.refs: list[str] = []

    def somebody(self, network: str) -> Inhabitant:
        self.people.append(self.place.somebody(network))
        return self.people[-1]

    def word(self, name: str, somebody: Inhabitant, *, public: bool = False) -> str:
        """A word that stands nowhere else."""
        made = f"{name}{somebody.address[-4:]}{somebody.network[0]}"
        (self.public if public else self.private).append(made)
        return made

    async def writes(self, somebody: Inhabitant, *texts: str) -> None:
        """A text, up to the question."""
        if isinstance(somebody, OnTelegram):
            await self.place.writes(somebody, f"/start {self.place.entry_token(SLUG)}", *texts)
        else:
            await self.place.writes(somebody, f"PLACE {texts[0]}", *texts[1:])
        await self.place.silence()
        await told(somebody, QUESTION)

    async def contributes(self, somebody: Inhabitant, *texts: str, answer: str = "publish") -> str:
        """A text and a yes; its reference."""
        await self.writes(somebody, *texts)
        await somebody.answer(answer)
        told_as = r"[Aa]vis no (\d{4} \d{4})"
        self.refs.append((await self.place.shown(somebody, told_as)).replace(" ", ""))
        return self.refs[-1]

    async def decides(self, ref: str, decision: str, **more: str) -> None:
        """A moderator."""
        await self.place.city.api(self.place.http, "POST", f"/contributions/{ref}/claim")
        await self.place.city.api(self.place.http, "GET", f"/contributions/{ref}")
        await self.place.city.api(self.place.http, "POST", f"/contributions/{ref}/decision", {"decision": decision, **more})

    def needles(self) -> list[str]:
        """All that must be found nowhere: private words, and every form of every address and name."""
        found = [*self.private, *phone(NUMBER), "Albertine", "Desvoisins", str(STRANGER["user_id"]), *phone(_e164(TYPED))]
        for somebody in self.people:
            if isinstance(somebody, OnTelegram):
                found += [somebody.address, *(str(somebody.citizen.person[name]) for name in ("first_name", "last_name", "username"))]
            else:
                found += phone(somebody.address)
        return found


def _e164(number: str) -> str:
    return "+33" + number.replace(" ", "")[1:]


async def live_through(day: Day, network: str) -> None:
    """Everything that can become of words, once on this network."""
    place = day.place
    published = day.somebody(network)
    ref = await day.contributes(published, f"des bancs {day.word('tilleul', published, public=True)} à l'ombre")
    await day.decides(ref, "accept")
    await told(published, "est publié")
    await place.asks(published, "follow")

    redacted = day.somebody(network)
    hidden, shown = day.word("voisin", redacted), day.word("platane", redacted, public=True)
    ref = await day.contributes(redacted, f"Monsieur {hidden} gare son camion", f"plantez un {shown}, appelez-moi au {TYPED}")
    whole = (await place.city.api(place.http, "GET", f"/contributions/{ref}"))["text"]
    text = whole.replace(hidden, "[…]").replace(TYPED, "[…]")
    await day.decides(ref, "redact", reason="R4", text=text, note=f"{hidden} est connu")
    await told(redacted, "est publié")

    refused = day.somebody(network)
    ref = await day.contributes(refused, f"le maire est un {day.word('guignol', refused)}")
    await day.decides(ref, "refuse", reason="R2", fact="une insulte")
    await told(refused, "n'est pas publié")
    await place.asks(refused, "appeal")

    read_only = day.somebody(network)
    await day.contributes(read_only, f"ma santé {day.word('arthrose', read_only)} m'empêche de marcher", answer="read_only")

    withdrawn = day.somebody(network)
    ref = await day.contributes(withdrawn, f"un {day.word('kiosque', withdrawn)} à musique")
    await day.decides(ref, "accept")
    await told(withdrawn, "est publié")
    await place.writes(withdrawn, f"{'/effacer' if network == 'telegram' else 'OUBLI'} {ref}")
    await told(withdrawn, "C'est effacé")

    forgotten = day.somebody(network)
    await day.contributes(forgotten, f"une {day.word('fontaine', forgotten)} à boire")
    await place.asks(forgotten, "forget")
    await told(forgotten, "Effacer (quoi|tout)")
    await forgotten.answer("forget")
    if network == "sms":
        await told(forgotten, "à quelle question")
        await place.writes(forgotten, "A")
    await told(forgotten, "C'est effacé")

    await the_unfinished(day, network)


async def the_unfinished(day: Day, network: str) -> None:
    """A draft that nobody answers, a child, a question to the city, STOP, words that make no sense."""
    place = day.place
    draft = day.somebody(network)
    await day.writes(draft, f"je cherche encore {day.word('brouillon', draft)}")

    child = day.somebody(network)
    await place.writes(child, f"{'' if network == 'telegram' else 'PLACE '}j'ai 13 ans et je veux un {day.word('skatepark', child)}")
    await place.silence()

    asking = day.somebody(network)
    await place.writes(asking, f"Quand commencent les travaux {day.word('boulanger', asking)} ?")
    await place.silence()
    await place.writes(asking, "CONTACT" if network == "sms" else "/contact")

    stopped = day.somebody(network)
    await place.writes(stopped, day.word("quelquechose", stopped))
    await place.asks(stopped, "stop")
    await told(stopped, "c'est fait")


async def what_only_telegram_brings(day: Day) -> None:
    """Captions, an edit, somebody else's card, a group, a press, a block."""
    place, somebody = day.place, day.somebody("telegram")
    assert isinstance(somebody, OnTelegram)
    citizen = somebody.citizen
    await place.writes(somebody, f"/start {place.entry_token(SLUG)}")
    citizen.send(photo=[{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}], caption=f"ici {day.word('legende', somebody)}")
    citizen.send(contact=STRANGER)
    citizen.send(location={"latitude": 47.213, "longitude": -1.553})
    citizen.send(text=f"pas cela {day.word('premier', somebody)}")
    citizen.edit(f"mais ceci {day.word('second', somebody)}")
    group = {"id": -1_009_988_776_655, "type": "supergroup", "title": day.word("Commerçants", somebody)}
    said = {"message_id": 1, "date": 1, "chat": group, "from": citizen.person, "text": day.word("engroupe", somebody)}
    place.telegram.update({"message": said})
    await place.telegram.all_confirmed()
    await place.silence()
    await told(somebody, QUESTION)
    citizen.block()
    await place.telegram.all_confirmed()
    day.private.append(str(group["id"]))


async def seen_by_everybody(day: Day) -> dict[str, str]:
    """Every public page and file, and what a monitor reads."""
    pages = ["/", f"/demarches/{SLUG}", f"/demarches/{SLUG}/contributions", f"/demarches/{SLUG}/ateliers", f"/demarches/{SLUG}.json"]
    pages += [f"/demarches/{SLUG}/{name}" for name in ("contributions.csv", "contributions.json", "suivi.atom", "ateliers.ics")]
    pages += ["/registre", "/registre/registre.json", "/registre/checkpoint", "/transparence", "/open-data/transparence.csv"]
    pages += [
        f"{path}/{ref}{ending}"
        for ref in day.refs
        for path, ending in ((f"/demarches/{SLUG}/contributions", ""), ("/registre/preuve", ".json"))
    ]
    pages += ["/open-data/datapackage.json", "/metrics", "/health", "/ready", *(f"/suivi/{ref}" for ref in day.refs)]
    found = {}
    for path in pages:
        async with day.place.http.get(f"{day.place.city.base}{path}") as answer:
            assert answer.status in {200, 404, 410}, (path, answer.status)
            found[path] = await answer.text()
    return found


@pytest.mark.timeout(300)
async def test_after_a_long_day_nothing_lies_about(tmp_path: Path) -> None:
    async with connected(tmp_path, "webhook", LOG="debug") as place:
        city = place.city
        city.start()
        await city.ready(place.http)
        day = Day(place)
        for network in NETWORKS:
            await live_through(day, network)
        await what_only_telegram_brings(day)
        for wrong in ({"secret": "x"}, {}):  # a call that is refused, and one that can't be read
            await _knock(place, wrong)
        await city.drained()
        await city.advance(place.http, DAY)  # nudges
        await city.drained()
        await place.gateway_is_empty()
        pages = await seen_by_everybody(day)
        exported = tmp_path / "export"
        city.command("export", str(exported), "--site")
        city.command("verify-record", str(exported))
        city.command("backup", str(tmp_path / "copy.db"))
        city.stop()

        needles = day.needles()
        print(f"\n{len(day.people)} people, {len(needles)} needles, {len(pages)} pages")
        with city.database() as database:
            assert search_database(database, needles) == []
            sealed = kept(database, needles)
        assert search([city.log, place.gateway.work, exported, tmp_path / "copy.db", city.folder / "city.db"], needles) == []
        assert list(_on_pages(pages, needles)) == []
        check_that_it_was_there(day, sealed, pages, exported)


async def _knock(place: Connected, query: dict[str, str]) -> None:
    text = {"from": NUMBER, "id": "k", "text": "Albertine"}
    async with place.http.get(f"{place.city.base}/channels/kannel/mo", params=text | query) as answer:
        assert answer.status == 403
    headers = {"X-Telegram-Bot-Api-Secret-Token": place.city.settings["ALLERVERS_TELEGRAM_SECRET"]}
    body = b'{"update_id": 1, "message": {"chat": {"id": "Albertine"}, "text": "Desvoisins"}}'
    async with place.http.post(f"{place.city.base}/channels/telegram", data=body, headers=headers) as answer:
        assert answer.status == 200


def _on_pages(pages: dict[str, Any], needles: list[str]) -> Iterator[tuple[str, str]]:
    for path, text in pages.items():
        yield from ((path, needle) for needle in needles if needle in text)


def check_that_it_was_there(day: Day, sealed: dict[str, set[str]], pages: dict[str, str], exported: Path) -> None:
    """A search that could find nothing proves nothing: what is public is found, what is kept is there for the key, logs have lines."""
    assert "an update can't be read" in day.place.city.log.read_text()
    assert '"level": "debug"' in day.place.city.log.read_text()
    page = pages[f"/demarches/{SLUG}/contributions"]
    csv = (exported / "demarches" / SLUG / "contributions.csv").read_text()
    for word in day.public:
        assert word in page, word
        assert word in csv, word
        assert search([day.place.city.folder / "city.db"], [word])
    gone = re.compile("kiosque|fontaine|skatepark|Commerçants|engroupe")
    kept_words = [word for word in day.private if not gone.match(word) and not word.startswith("-100")]
    assert [word for word in kept_words if word not in sealed] == []
    assert [word for word in sealed if re.match("fontaine|skatepark", word)] == [], "who was forgotten, and a child"
    assert [name for name in ("Albertine", "Desvoisins", "Prénom", "pseudo_") if any(name in word for word in sealed)] == []
