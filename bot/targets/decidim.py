"""Decidim, by GraphQL with machine credentials: a proposal or a comment for each text; its rules met, the words untouched."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.targets import NO_WITHDRAWAL, Broken, NotUs, Receipt, Refused, Situation, TargetError, Unclear, need, number
from bot.targets import decidim_queries as queries
from bot.targets.decidim_rules import compose, plain, prove, title_of, words_of
from bot.targets.http import Client, an_object, check, short
from outreach.mirrors import TheirPhase, TheirProcess, TheirWorkshop
from outreach.relays import Job, Opened

_OK = 200
_DAY = timedelta(days=1)
_PAGES = 200  # of fifty: beyond that a search by reading is no search
_NOT_ALLOWED = frozenset({
    "MUTATION_NOT_AUTHORIZED_ERROR", "UNAUTHORIZED_OBJECT_ERROR", "UNAUTHORIZED_FIELD_ERROR", "PERMISSION_NOT_SET_ERROR",
})  # fmt: skip
_NOT_SO = frozenset({
    "ATTRIBUTE_VALIDATION_ERROR", "VALIDATION_ERROR", "NOT_FOUND_ERROR", "INVALID_LOCALE_ERROR", "LOCALE_ERROR", "TOO_MANY_ALIASES",
    "RECURSION_LIMIT_EXCEEDED",
})  # fmt: skip


class Decidim:
    """Options: `key` and `secret` (made in /system), `component` (of the proposals); more that have a usual value.

    With `proposal`, the number of a proposal that asks the question, texts go below it as comments: Decidim lets no program read
    comments again, so the answer to the write is what is compared, and a doubt is a person's.

    `locale` (fr), `longest` (500, as the component's proposal_length), `soften` (no: "!!" is a person's matter), `follow` (yes:
    processes and meetings become ours), `page` (the address of a proposal, with {id}).
    """

    def __init__(self, opened: Opened, situation: Situation) -> None:
        self._client, self._situation = Client(opened.url, situation), situation
        options = opened.options
        self._key, self._secret = need(options, "key"), need(options, "secret")
        self._component = options.get("component", "")
        self._proposal, self._commented = options.get("proposal", ""), dict[str, str]()
        self._locale = options.get("locale", "fr")
        self._longest = number(options, "longest", 500)
        self._softens = options.get("soften", "no") == "yes"
        self._page = options.get("page", "")
        self._follows = options.get("follow", "yes") == "yes"
        self._token = ""
        self._meetings: dict[str, list[str]] = {}  # process: its components that hold meetings

    async def open(self) -> None:
        """Get ready."""
        await self._client.open()

    async def close(self) -> None:
        """Sign out, which ends the token, and close the connections."""
        try:
            if self._token:
                await self._client.call("DELETE", "/api/sign_out", safe=True, headers={"Authorization": self._token})
        except TargetError:
            pass  # it runs out by itself
        finally:
            self._token = ""
            await self._client.close()

    async def whoami(self) -> str:
        """Sign in, see that the session is somebody's, and that this installation can do what we ask of it."""
        fields = {"api_user[key]": self._key, "api_user[secret]": self._secret}
        answer = check(await self._client.call("POST", "/api/sign_in", safe=True, data=fields), _OK, told="to our key and secret")
        self._token = answer.headers.get("Authorization", "")
        if not self._token:
            raise NotUs("no token: is DECIDIM_API_JWT_SECRET set there?")
        user = ((await self._ask(queries.SESSION)).get("session") or {}).get("user") or {}
        if not user.get("id"):
            raise NotUs("Decidim takes us for nobody")
        await self._compare()
        return f"{user.get('name', '')} ({user.get('nickname', '')})"

    async def _compare(self) -> None:
        """Its schema with ours; an installation that hides its own is taken at its word."""
        try:
            schema = (await self._ask(queries.SCHEMA)).get("__schema")
        except Refused:
            return
        if schema and (missing := list(queries.lacking(schema, comments=bool(self._proposal)))):
            raise NotUs(f"this Decidim lacks {', '.join(missing[:4])}: is it 0.32 or later?")

    async def list_processes(self) -> Sequence[TheirProcess]:
        """Every process that we may read."""
        if not self._follows:
            return ()
        found = (await self._ask(queries.PROCESSES, locale=self._locale)).get("participatoryProcesses") or []
        self._meetings = {
            one["id"]: [part["id"] for part in one.get("components") or () if part["__typename"] == "Meetings"] for one in found
        }
        return [
            TheirProcess(
                one["id"], one["slug"], self._said(one["title"]), self._said(one.get("shortDescription")), _phases(one["steps"], self)
            )
            for one in found
        ]

    async def list_workshops(self, process: TheirProcess) -> Sequence[TheirWorkshop]:
        """The meetings of a process, whatever the component."""
        found = []
        for component in self._meetings.get(process.id, ()):
            async for one in self._pages(queries.MEETINGS, "meetings", component=component):
                place = ", ".join(filter(None, (self.one(one.get("location")), one.get("address") or "")))
                hints = self.one(one.get("locationHints"))
                found.append(
                    TheirWorkshop(
                        one["id"],
                        self._said(one["title"]),
                        datetime.fromisoformat(one["startTime"]),
                        datetime.fromisoformat(one["endTime"]),
                        place,
                        (hints,) if hints else (),
                        cancelled=bool(one.get("isWithdrawn")),
                    )
                )
        return found

    async def find(self, job: Job) -> Receipt | None:
        """Read the component's proposals since the publication, and look for our number in them. Raises Refused for comments."""
        if self._proposal:
            raise Refused(f"no program can read comments there: look for {title_of(job.ref)}, then mark it here")
        since = (job.published_at - _DAY).date().isoformat()
        async for one in self._pages(queries.PROPOSALS, "proposals", component=self._home(), since=since):
            if title_of(job.ref) in self.one(one["title"]) or title_of(job.ref) in self.one(one["body"]):
                return self._receipt(one["id"])
        return None

    async def create(self, job: Job) -> Receipt:
        """`createProposal`, published at once. Raises Refused before anything is sent when the citizen's words break a rule."""
        title, body = compose(job, self._situation.public_url, softens=self._softens)
        if self._proposal:
            return await self._comment(job, body)
        prove(title, body, self._longest)
        wanted = {"attributes": {"title": title, "body": body}, "locale": self._locale, "clientMutationId": job.key}
        data = await self._ask(queries.CREATE, changes=True, component=self._home(), input=wanted)
        made = (data.get("component") or {}).get("createProposal")
        if not made:
            raise Unclear("no answer to createProposal")
        return self._receipt(made["id"])

    async def _comment(self, job: Job, body: str) -> Receipt:
        """`addComment`, whose answer tells what stands there."""
        data = await self._ask(queries.COMMENT, changes=True, id=self._proposal, locale=self._locale, body=body)
        made = (data.get("commentable") or {}).get("addComment")
        if not made:
            raise Unclear("no answer to addComment")
        receipt = self._receipt(self._proposal)
        self._commented[job.key] = str(made.get("body", ""))
        return Receipt(f"comment-{made['id']}", receipt.address)

    async def read(self, job: Job, receipt: Receipt) -> str | None:
        """The citizen's words out of the body; the whole body when what we wrote around them was touched."""
        if self._proposal:
            if (written := self._commented.pop(job.key, None)) is None:
                raise Refused(f"no program can read comments there: look for {title_of(job.ref)}, then mark it here", receipt)
            return words_of(plain(written), job.ref)
        data = await self._ask(queries.PROPOSAL, component=self._home(), id=receipt.external, locale=self._locale)
        found = (data.get("component") or {}).get("proposal")
        return words_of(self.one(found["body"]), job.ref) if found else None

    async def withdraw(self, job: Job, receipt: Receipt) -> None:
        """Decidim keeps the words of what its author withdraws: only an administrator can hide them."""
        if self._proposal or await self.read(job, receipt) is not None:
            raise Refused(NO_WITHDRAWAL, receipt)

    def _home(self) -> str:
        if not self._component:
            raise Refused("the option component is missing: the number of the proposals' component")
        return self._component

    def _receipt(self, id_: str) -> Receipt:
        return Receipt(str(id_), self._page.replace("{id}", str(id_)))

    def one(self, field: Mapping[str, Any] | None) -> str:
        """A translated field as plain text."""
        return plain((field or {}).get("translation") or "")

    def _said(self, field: Mapping[str, Any] | None) -> dict[str, str]:
        words = self.one(field)
        return {self._locale: words} if words else {}

    async def _pages(self, query: str, name: str, **values: Any) -> AsyncIterator[dict[str, Any]]:  # noqa: ANN401 - variables of a query
        after: str | None = None
        for _ in range(_PAGES):
            data = await self._ask(query, after=after, locale=self._locale, **values)
            found = (data.get("component") or {}).get(name) or {}
            for one in found.get("nodes") or ():
                if one:
                    yield one
            page = found.get("pageInfo") or {}
            if not page.get("hasNextPage"):
                return
            after = page.get("endCursor")
        raise Broken("too many pages to search")

    async def _ask(self, query: str, *, changes: bool = False, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - variables of a query
        """The data of an answer. A 200 may hold a refusal: each code of error has its meaning."""
        headers = {"Authorization": self._token} if self._token else {}
        body = {"query": query, "variables": values}
        answer = check(await self._client.call("POST", "/api", safe=not changes, json=body, headers=headers), _OK)
        told = an_object(answer, changes=changes)
        if errors := told.get("errors"):
            raise _meaning(errors[0], changes=changes)
        data: dict[str, Any] | None = told.get("data")
        if data is None:
            raise (Unclear if changes else Broken)("an answer without data")
        return data


def _meaning(error: Mapping[str, Any], *, changes: bool) -> TargetError:
    code = str((error.get("extensions") or {}).get("code", ""))
    message = error.get("message", "")
    if isinstance(message, list):  # ATTRIBUTE_VALIDATION_ERROR tells field by field
        message = "; ".join(f"{_path(one)}: {one.get('message', '')}" for one in message if isinstance(one, dict))
    if code in _NOT_ALLOWED:
        return NotUs(f"{code}: {short(message)}")
    if code in _NOT_SO or "introspection" in str(message).lower():
        return Refused(short(message) or code)
    return Unclear(short(message) or code) if changes else Broken(short(message) or code)


def _path(one: Mapping[str, Any]) -> str:
    path = one.get("path", "")
    return ".".join(map(str, path)) if isinstance(path, list) else str(path)


def _phases(steps: Sequence[Mapping[str, Any]], target: Decidim) -> tuple[TheirPhase, ...]:
    """Steps with both dates, in their order."""
    return tuple(
        TheirPhase(f"etape-{one['id']}", target.one(one["title"]), _day(one["startDate"]), _day(one["endDate"]))
        for one in sorted(steps, key=lambda step: step.get("position") or 0)
        if one.get("startDate") and one.get("endDate")
    )


def _day(words: str) -> date:
    return datetime.fromisoformat(words).date()
