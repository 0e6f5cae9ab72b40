"""A stand-in for Decidim: graphql-core on the hand-written schema beside it. Every reply is taken from records.md, not from Decidim."""

import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from graphql import GraphQLError, build_schema, graphql_sync

SDL = Path(__file__).with_suffix(".graphql").read_text()
KEY, SECRET, TOKEN = "cle-de-la-ville", "secret-de-la-ville", "jwt.of.the.session"
_NOBODY = {"id": None, "name": None, "nickname": None, "jwt_token": None, "avatar": None}
PAGE = 50


class _Words:
    """A translated field."""

    def __init__(self, words: str) -> None:
        self.words = words

    def translation(self, _info: Any, locale: str | None = None) -> str | None:
        return self.words if locale in {None, "fr"} else None


class Decidim:
    """One process, a component of proposals (9) and one of meetings (7); what it holds, and what it is told to do wrong."""

    def __init__(self) -> None:
        self.schema = build_schema(SDL)
        self.proposals: dict[str, dict[str, Any]] = {}
        self.comments: list[tuple[str, str]] = []  # (the proposal, the words): no query of the documented schema reads them
        self.meetings: list[dict[str, Any]] = []
        self.processes: list[dict[str, Any]] = []
        self.longest = 500
        self.creation_enabled = True
        self.knows_us = True
        self.shows_its_schema = True
        self.lost_answers = 0  # so many creations are carried out and answered 500
        self.signed_out = 0
        self.url = ""
        self._numbers = itertools.count(1)

    async def sign_in(self, request: web.Request) -> web.Response:
        form = await request.post()
        if (form.get("api_user[key]"), form.get("api_user[secret]")) != (KEY, SECRET):
            return web.json_response(_NOBODY, status=401)
        body = {"id": 3, "name": "Aller-vers", "nickname": "aller_vers", "jwt_token": TOKEN, "avatar": None}
        return web.json_response(body, headers={"Authorization": f"Bearer {TOKEN}"})

    async def sign_out(self, _request: web.Request) -> web.Response:
        self.signed_out += 1
        return web.Response()

    async def api(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if "__schema" in asked["query"] and not self.shows_its_schema:
            return web.json_response({"errors": [{"message": "GraphQL introspection is disabled"}]})
        is_us = request.headers.get("Authorization") == f"Bearer {TOKEN}" and self.knows_us
        before = len(self.proposals) + len(self.comments)
        found = graphql_sync(self.schema, asked["query"], root_value=_Root(self, is_us), variable_values=asked.get("variables"))
        if len(self.proposals) + len(self.comments) > before and self.lost_answers:
            self.lost_answers -= 1
            return web.json_response({"errors": [{"message": "Internal Server error"}], "data": {}}, status=500)
        told: dict[str, Any] = {"data": found.data}
        if found.errors:
            told = {"errors": [_error(error) for error in found.errors], "data": None}
        return web.json_response(told)  # 200, errors or not

    def create(self, title: str, body: str) -> dict[str, Any]:
        wrong = [*self._wrong("title", title, 15, 150), *self._wrong("body", body, 15, self.longest)]
        if wrong:
            raise GraphQLError("", extensions={"code": "ATTRIBUTE_VALIDATION_ERROR", "list": wrong})
        number = str(next(self._numbers))
        made = {"__typename": "Proposal", "id": number, "title": _Words(title), "body": _Words(body), "reference": f"V-PROP-{number}"}
        self.proposals[number] = made | {"publishedAt": "2027-03-15T10:00:00Z", "withdrawn": False}
        return self.proposals[number]

    @staticmethod
    def _wrong(path: str, words: str, least: int, most: int) -> list[dict[str, Any]]:
        found = []
        if len(words) < least:
            found.append(f"is too short (minimum is {least} characters)")
        if len(words) > most:
            found.append(f"is too long (maximum is {most} characters)")
        if re.match(r"[a-z]", words):
            found.append("must start with a capital letter")
        if re.search(r"[!?]{2,}", words):
            found.append("is using too many punctuation marks")
        if sum(letter.isupper() for letter in words) * 2 >= len(words):
            found.append("is using too many capital letters")
        return [{"path": ["attributes", path], "message": one} for one in found]


def _error(error: GraphQLError) -> dict[str, Any]:
    extensions = dict(error.extensions or {})
    message: Any = extensions.pop("list", None) or error.message  # a string or a list
    return {"message": message, "extensions": extensions}


class _Root:
    """Query and Mutation: their names overlap, so one object answers for both."""

    def __init__(self, decidim: Decidim, is_us: bool) -> None:  # noqa: FBT001 - two facts
        self._decidim, self._is_us = decidim, is_us

    def session(self, _info: Any) -> dict[str, Any] | None:
        return {"user": {"id": "3", "name": "Aller-vers", "nickname": "aller_vers"}} if self._is_us else {"user": None}

    def participatoryProcesses(self, _info: Any, filter: Any = None) -> list[dict[str, Any]]:  # noqa: A002, N802 - Decidim's names
        del filter
        return self._decidim.processes

    def component(self, info: Any, id: str) -> Any:  # noqa: A002 - Decidim's name
        if info.operation.operation.value == "mutation":
            if not self._is_us:
                raise GraphQLError("You are not authorized", extensions={"code": "MUTATION_NOT_AUTHORIZED_ERROR"})
            return _Proposing(self._decidim) if id == "9" else None
        return {"9": _Proposals(self._decidim), "7": _Meetings(self._decidim)}.get(id)

    def commentable(self, _info: Any, **asked: Any) -> Any:
        if not self._is_us:
            raise GraphQLError("You are not authorized", extensions={"code": "MUTATION_NOT_AUTHORIZED_ERROR"})
        return _Commenting(self._decidim, asked["id"])


class _Commenting:
    def __init__(self, decidim: Decidim, id_: str) -> None:
        self._decidim, self.id = decidim, id_

    def addComment(self, _info: Any, body: str, alignment: int) -> dict[str, Any]:  # noqa: N802 - Decidim's name
        del alignment
        self._decidim.comments.append((self.id, body))
        return {"id": str(100 + len(self._decidim.comments)), "body": body}


class _Proposing:
    def __init__(self, decidim: Decidim) -> None:
        self._decidim = decidim

    def createProposal(self, _info: Any, input: dict[str, Any]) -> Any:  # noqa: A002, N802 - Decidim's names
        if not self._decidim.creation_enabled:
            raise GraphQLError("Creation is not enabled", extensions={"code": "VALIDATION_ERROR"})
        return self._decidim.create(input["attributes"]["title"], input["attributes"]["body"])


def _connection(found: list[dict[str, Any]], first: int | None, after: str | None) -> dict[str, Any]:
    start, size = int(after or 0), min(first or PAGE, PAGE)
    part = found[start : start + size]
    end = start + len(part)
    info = {"hasNextPage": end < len(found), "hasPreviousPage": start > 0, "endCursor": str(end), "startCursor": str(start)}
    return {"nodes": part, "pageInfo": info}


class _Proposals:
    def __init__(self, decidim: Decidim) -> None:
        self._decidim = decidim
        self.id, self.weight, self.name = "9", 0, _Words("Propositions")

    def proposals(self, _info: Any, first: int | None = None, after: str | None = None, filter: Any = None) -> Any:  # noqa: A002 - Decidim's name
        del filter
        return _connection(list(self._decidim.proposals.values()), first, after)

    def proposal(self, _info: Any, id: str) -> Any:  # noqa: A002 - Decidim's name
        return self._decidim.proposals.get(id)


class _Meetings:
    def __init__(self, decidim: Decidim) -> None:
        self._decidim = decidim
        self.id, self.weight, self.name = "7", 0, _Words("Rencontres")

    def meetings(self, _info: Any, first: int | None = None, after: str | None = None) -> Any:
        return _connection(self._decidim.meetings, first, after)


def _kind(value: Any, _info: Any, _type: Any) -> str:
    return {_Proposals: "Proposals", _Meetings: "Meetings", _Proposing: "ProposalsMutation"}[type(value)]


def process(slug: str, title: str, steps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A process as Decidim gives it; text fields may contain HTML."""
    decidim = Decidim()
    return {
        "id": "5",
        "slug": slug,
        "title": _Words(title),
        "shortDescription": _Words("<p>La place change, <strong>dites</strong> comment.</p>"),
        "steps": [step | {"title": _Words(step["title"])} for step in steps],
        "components": [_Proposals(decidim), _Meetings(decidim)],
        **more,
    }


def meeting(id_: str, title: str, starts: str, ends: str, **more: Any) -> dict[str, Any]:
    """A meeting as Decidim gives it."""
    told = {"address": "2 rue de la Loire", "location": _Words("Maison de quartier"), "locationHints": _Words("<p>Rampe à gauche</p>")}
    return {
        "id": id_,
        "title": _Words(title),
        "startTime": starts,
        "endTime": ends,
        "isWithdrawn": False,
        "closed": False,
        "remainingSlots": 12,
        **told,
        **more,
    }


@asynccontextmanager
async def decidim_stand_in() -> AsyncIterator[Decidim]:
    made = Decidim()
    for name in ("ComponentInterface", "ComponentMutation"):
        made.schema.type_map[name].resolve_type = _kind  # type: ignore[attr-defined]
    app = web.Application()
    app.router.add_post("/api/sign_in", made.sign_in)
    app.router.add_delete("/api/sign_out", made.sign_out)
    app.router.add_post("/api", made.api)
    async with TestServer(app) as server:
        made.url = str(server.make_url("")).rstrip("/")
        yield made
