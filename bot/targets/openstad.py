"""OpenStad: takes a wrong token for a stranger and says 200, strips accents, escapes HTML: who wrote is checked in each answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.targets import NO_WITHDRAWAL, Broken, NotUs, Receipt, Refused, Situation, need
from bot.targets.http import Answer, Client, an_object, check, short
from outreach.mirrors import TheirProcess, TheirWorkshop
from outreach.references import show_ref
from outreach.relays import Job, Opened

_OK, _CREATED, _MISSING, _INVALID = 200, 201, 404, 422
_PAGE = 100
_PAGES = 200


class OpenStad:
    """Options: `token` (fixed), `project`; `page`: the address of a resource, with {id}."""

    def __init__(self, opened: Opened, situation: Situation) -> None:
        self._client, self._situation = Client(opened.url, situation), situation
        self._headers = {"Authorization": need(opened.options, "token")}
        self._project = need(opened.options, "project")
        self._page = opened.options.get("page", "")
        self._me = ""

    async def open(self) -> None:
        """Get ready."""
        await self._client.open()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def whoami(self) -> str:
        """Who we are there: `{}` with 200 is nobody."""
        answer = check(await self._get(f"/auth/project/{self._project}/me"), _OK)
        told = answer.json()
        me = str(told.get("id") or "") if isinstance(told, dict) else ""
        if not me:
            raise NotUs("OpenStad takes us for nobody: is the token right?")
        self._me = me
        return f"{told.get('name') or told.get('displayName') or 'user'} {me}".strip()

    async def list_processes(self) -> Sequence[TheirProcess]:
        """None: its projects are not read here."""
        return ()

    async def list_workshops(self, process: TheirProcess) -> Sequence[TheirWorkshop]:
        """None."""
        del process
        return ()

    async def find(self, job: Job) -> Receipt | None:
        """Read the resources page by page and look for our number: digits are the letters that it leaves alone."""
        for page in range(_PAGES):
            answer = check(await self._get(f"/api/project/{self._project}/resource?page={page}&pageSize={_PAGE}"), _OK)
            told = answer.json()
            records = told.get("records", []) if isinstance(told, dict) else told
            for one in records:
                if show_ref(job.ref) in f"{one.get('title', '')} {one.get('description', '')}":
                    return self._receipt(one)
            metadata = told.get("metadata", {}) if isinstance(told, dict) else {}
            if page + 1 >= int(metadata.get("pageCount", 1)):
                return None
        raise Broken("too many pages to search")

    async def create(self, job: Job) -> Receipt:
        """One resource. Raises NotUs, with where it stands, when it was written as a stranger's."""
        title = f"Contribution {show_ref(job.ref)}"
        body = {
            "title": title,
            "summary": short(job.question or title),
            "description": job.text,
            "publishDate": job.published_at.isoformat(),
            "extraData": {"ref": job.ref},
        }
        answer = await self._client.call("POST", f"/api/project/{self._project}/resource?nomail=1", json=body, headers=self._headers)
        if answer.status == _INVALID:
            raise Refused(short(answer.body.decode(errors="replace")))
        made = an_object(check(answer, _OK, _CREATED), changes=True)
        if made.get("userId") is None or str(made["userId"]) != self._me:
            raise NotUs("it was written as a stranger's, not as ours: take it down there, then mend the token", self._receipt(made))
        return self._receipt(made)

    async def read(self, job: Job, receipt: Receipt) -> str | None:
        """The description as it stands there: accents and emoji gone, & as &amp;."""
        del job
        answer = await self._get(f"/api/project/{self._project}/resource/{receipt.external}")
        if answer.status == _MISSING:
            return None
        return str(an_object(check(answer, _OK)).get("description", ""))

    async def withdraw(self, job: Job, receipt: Receipt) -> None:
        """Nothing that its documentation tells of: a person's, until it is gone."""
        if await self.read(job, receipt) is not None:
            raise Refused(NO_WITHDRAWAL, receipt)

    async def _get(self, path: str) -> Answer:
        return await self._client.call("GET", path, headers=self._headers)

    def _receipt(self, one: Mapping[str, Any]) -> Receipt:
        return Receipt(str(one.get("id", "")), self._page.replace("{id}", str(one.get("id", ""))))
