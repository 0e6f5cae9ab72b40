"""adhocracy+: a token for five hours, an idea for each text, lists without pages; the same write twice would stand there twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.targets import NO_WITHDRAWAL, NotUs, Receipt, Refused, Situation, need, number
from bot.targets.http import Answer, Client, an_object, check, short
from outreach.mirrors import TheirProcess, TheirWorkshop
from outreach.references import show_ref
from outreach.relays import Job, Opened

_OK, _CREATED, _INVALID, _UNAUTHORISED, _FORBIDDEN, _MISSING = 200, 201, 400, 401, 403, 404


class Adhocracy:
    """Options: `user`, `password`, `module`; `category` and `labels` (numbers) where the module has them; `page` with {id}."""

    def __init__(self, opened: Opened, situation: Situation) -> None:
        self._client = Client(opened.url, situation)
        options = opened.options
        self._user, self._password = need(options, "user"), need(options, "password")
        self._ideas = f"/api/modules/{need(options, 'module')}/ideas/"
        self._more: dict[str, Any] = {}
        if options.get("category"):
            self._more["category"] = number(options, "category", 0)
        if options.get("labels"):
            self._more["labels"] = [number({"labels": one}, "labels", 0) for one in options["labels"].split(",")]
        self._page = options.get("page", "")
        self._token = ""

    async def open(self) -> None:
        """Get ready."""
        await self._client.open()

    async def close(self) -> None:
        """Close the connections."""
        self._token = ""
        await self._client.close()

    async def whoami(self) -> str:
        """Sign in; a token that opens the module's list is ours."""
        fields = {"username": self._user, "password": self._password}
        answer = await self._client.call("POST", "/api/token/", safe=True, json=fields)
        if answer.status in {_INVALID, _UNAUTHORISED, _FORBIDDEN}:
            raise NotUs(f"answered {answer.status} to our name and password")
        told = an_object(check(answer, _OK))
        self._token = str(told.get("access") or told.get("token") or "")
        if not self._token:
            raise NotUs("no token")
        check(await self._get(self._ideas), _OK, told="to the module's ideas")
        return self._user

    async def list_processes(self) -> Sequence[TheirProcess]:
        """None: its projects are not read here."""
        return ()

    async def list_workshops(self, process: TheirProcess) -> Sequence[TheirWorkshop]:
        """None."""
        del process
        return ()

    async def find(self, job: Job) -> Receipt | None:
        """Read all ideas, which come without pages, and look for our number in their names."""
        found = check(await self._get(self._ideas), _OK).json()
        for one in found if isinstance(found, list) else ():
            if show_ref(job.ref) in str(one.get("name", "")):
                return self._receipt(one)
        return None

    async def create(self, job: Job) -> Receipt:
        """One idea. Raises Refused with each field that is wrong; a closed phase answers 403."""
        body = {"name": f"Contribution {show_ref(job.ref)}", "description": job.text, **self._more}
        answer = await self._client.call("POST", self._ideas, json=body, headers=self._headers())
        if answer.status == _INVALID:
            told = an_object(answer, changes=True)
            raise Refused(short("; ".join(f"{field}: {' '.join(map(str, why))}" for field, why in told.items())))
        if answer.status == _FORBIDDEN:
            raise Refused("answered 403: is the phase open, and may we write in it?")
        return self._receipt(an_object(check(answer, _OK, _CREATED), changes=True))

    async def read(self, job: Job, receipt: Receipt) -> str | None:
        """The description of the idea."""
        del job
        answer = await self._get(f"{self._ideas}{receipt.external}/")
        if answer.status == _MISSING:
            return None
        return str(an_object(check(answer, _OK)).get("description", ""))

    async def withdraw(self, job: Job, receipt: Receipt) -> None:
        """Nothing that was measured: a person's, until it is gone."""
        if await self.read(job, receipt) is not None:
            raise Refused(NO_WITHDRAWAL, receipt)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def _get(self, path: str) -> Answer:
        return await self._client.call("GET", path, headers=self._headers())

    def _receipt(self, one: Mapping[str, Any]) -> Receipt:
        number = str(one.get("pk", ""))
        return Receipt(number, self._page.replace("{id}", number))
