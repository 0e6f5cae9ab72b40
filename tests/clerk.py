"""A colleague at the desk of a running city, who sends its forms without a browser."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import aiohttp

from outreach.references import new_token
from tests.city import City
from tests.town import PASSWORD


class Clerk:
    """A form that is not taken fails the test."""

    def __init__(self, city: City, http: aiohttp.ClientSession, email: str) -> None:
        self.city, self._http, self._email = city, http, email

    async def enters(self) -> None:
        """Sign in; a session lasts half a day."""
        await self.sends("/desk/connexion", email=self._email, password=PASSWORD, code="")

    async def page(self, path: str) -> str:
        """What a page of the desk shows."""
        async with self._http.get(f"{self.city.base}{path}") as answer:
            assert answer.status == 200, (path, answer.status, await answer.text())
            return unescape(await answer.text())

    async def sends(self, path: str, on: str = "", file: bytes = b"", **fields: str) -> str:
        """The form of a page, `on` it or at its own address; the page that follows."""
        token = re.search(r'name="csrf" value="([^"]+)"', await self.page(on or path))
        assert token, path
        form = aiohttp.FormData({"csrf": token[1], **fields})
        if file:
            form.add_field("file", file, filename="feuille.csv", content_type="text/csv")
        async with self._http.post(f"{self.city.base}{path}", data=form) as answer:
            text = unescape(await answer.text())
            assert answer.status == 200, (path, answer.status, text)
            return text

    async def types(self, question: str, text: str, language: str) -> tuple[str, str]:
        """A sheet of paper; number and code on the slip of its author."""
        sheet = {"form": new_token(), "question": question, "texte": text, "langue": language, "le": self.city.today.isoformat()}
        sheet |= {"lieu": "Marché de Bellevue", "par": "Maison de quartier", "coche": "publish"}
        slip = await self.sends("/desk/papier", "", b"", **sheet)
        number, code = re.search(r'id="number">([\d ]+)<', slip), re.search(r'id="code">(\d{4})<', slip)
        assert number, slip
        assert code, slip
        return number[1].replace(" ", ""), code[1]

    async def looks_again(self) -> None:
        """Every sheet that somebody else typed, compared with the paper."""
        here = "/desk/papier/relecture"
        while found := re.search(r'action="/desk/papier/(\d{8})/relecture"', page := await self.page(here)):
            text = re.search(r"<textarea[^>]*>([^<]*)</textarea>", page)
            assert text, page
            await self.sends(f"/desk/papier/{found[1]}/relecture", here, texte=text[1], acte="conforme")


@asynccontextmanager
async def clerk(city: City, email: str) -> AsyncIterator[Clerk]:
    """One whose account was made by `account`, signed in while the city runs."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        somebody = Clerk(city, http, email)
        await somebody.enters()
        yield somebody


def account(city: City, email: str, *roles: str) -> None:
    """A new colleague."""
    wanted = [word for role in roles for word in ("--role", role)]
    city.command("staff", "add", email, *wanted, "--password-stdin", said=PASSWORD)
