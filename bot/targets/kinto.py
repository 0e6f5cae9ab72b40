"""Kinto: an open record store; each copy has a name made from our number, so that the same write twice is one."""

from collections.abc import Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import aiohttp

from bot.targets import Broken, NotUs, Receipt, Refused, Situation, Unclear, need
from bot.targets.http import Answer, Client, check, short
from outreach.mirrors import TheirProcess, TheirWorkshop
from outreach.relays import Job, Opened

_OK, _CREATED, _MISSING, _CLASH, _THERE = 200, 201, 404, 409, 412


class Kinto:
    """Options: `user`, `password`, `bucket`, `collection`; `who` if the identity must be that one."""

    def __init__(self, opened: Opened, situation: Situation) -> None:
        self._client = Client(opened.url, situation)
        options = opened.options
        pair = aiohttp.encode_basic_auth(need(options, "user"), need(options, "password"))
        self._headers = {"Authorization": pair, "Accept": "application/json"}
        self._home = f"/buckets/{need(options, 'bucket')}/collections/{need(options, 'collection')}"
        self._expected = options.get("who", "")

    async def open(self) -> None:
        """Get ready."""
        await self._client.open()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def whoami(self) -> str:
        """The user that Kinto names at its root, who must be able to see the collection; nobody is named for a wrong password."""
        root = check(await self._get("/"), _OK).json()
        who = str(root.get("user", {}).get("id", "")) if isinstance(root, dict) else ""
        if not who:
            raise NotUs("Kinto takes us for nobody: is the password right?")
        if self._expected and who != self._expected:
            raise NotUs(f"Kinto takes us for {short(who)}")
        there = await self._get(self._home)
        if there.status != _OK:
            raise NotUs(f"the collection answers {there.status}: does it exist, and may {short(who)} write in it?")
        return who

    async def list_processes(self) -> Sequence[TheirProcess]:
        """None: a store of records knows no process."""
        return ()

    async def list_workshops(self, process: TheirProcess) -> Sequence[TheirWorkshop]:
        """None."""
        del process
        return ()

    async def find(self, job: Job) -> Receipt | None:
        """By the name that our number gives."""
        name = _name(job)
        answer = await self._get(self._path(name))
        if answer.status == _MISSING:
            return None
        check(answer, _OK, told=_told(answer))
        return self._receipt(name)

    async def create(self, job: Job) -> Receipt:
        """PUT unless there is one: a first write that nobody heard of is found by the second (412), not repeated."""
        name = _name(job)
        data = {
            "ref": job.ref,
            "process": job.process,
            "question": job.question,
            "language": job.language,
            "text": job.text,
            "redacted": job.redacted,
            "grouped_with": job.grouped_with,
            "received_on": job.received_on.isoformat(),
            "published_at": job.published_at.isoformat(),
        }
        headers = self._headers | {"If-None-Match": "*"}
        answer = await self._client.call("PUT", self._path(name), json={"data": data}, headers=headers)
        _prove_no_clash(answer)
        check(answer, _OK, _CREATED, _THERE, told=_told(answer))
        return self._receipt(name)

    async def read(self, job: Job, receipt: Receipt) -> str | None:
        """The text of the record, which must bear our number."""
        answer = await self._get(self._path(receipt.external))
        if answer.status == _MISSING:
            return None
        found: Any = check(answer, _OK, told=_told(answer)).json()
        data = found.get("data", {}) if isinstance(found, dict) else {}
        if data.get("ref") != job.ref:
            raise Refused("another record stands there")
        return str(data.get("text", ""))

    async def withdraw(self, job: Job, receipt: Receipt) -> None:
        """Delete it; one that is gone already is gone."""
        del job
        answer = await self._client.call("DELETE", self._path(receipt.external), headers=self._headers)
        _prove_no_clash(answer)
        check(answer, _OK, _MISSING, told=_told(answer))

    async def _get(self, path: str) -> Answer:
        return await self._client.call("GET", path, headers=self._headers)

    def _path(self, name: str) -> str:
        return f"{self._home}/records/{name}"

    def _receipt(self, name: str) -> Receipt:
        return Receipt(name, self._client.base + self._path(name))


def _name(job: Job) -> str:
    return str(uuid5(NAMESPACE_URL, f"urn:aller-vers:{job.ref}"))


def _prove_no_clash(answer: Answer) -> None:
    """Writes that meet in Kinto's database are told 409, "please retry": it may be there or not."""
    if answer.status == _CLASH:
        raise Unclear("answered 409")


def _told(answer: Answer) -> str:
    try:
        body = answer.json()
    except Broken:
        return ""
    return str(body.get("message", "")) if isinstance(body, dict) else ""
