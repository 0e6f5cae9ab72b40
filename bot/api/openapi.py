"""openapi.json, made from the same message types that the calls read and write."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from bot.api.doors import Door
from bot.web.errors import ProblemDocument

_PROBLEM = "application/problem+json"
_QUERY = {
    "cursor": "`next` of the page before, unchanged",
    "limit": "items of a page, 1 to 200, 50 if not given",
}
_SENTENCES = {
    200: "Done.",
    201: "Made.",
    400: "Not readable.",
    401: "No token, or not ours.",
    403: "The token's role may not.",
    404: "No such thing.",
}
_FAILURES = frozenset({400, 401, 403, 404, 409, 422, 503})
_MORE = {
    409: "Not as things stand: `errors` names what is in the way.",
    422: "Readable, and wrong: `errors` names each field.",
    503: "Too busy: try again after Retry-After.",
}


def document(doors: Iterable[Door], version: str) -> bytes:
    """The whole description, OpenAPI 3.1, as JSON."""
    return _document(tuple(doors), version)


@cache
def _document(doors: tuple[Door, ...], version: str) -> bytes:
    kinds = [kind for door in doors for kind in (door.takes, door.gives) if kind is not None]
    refs, components = msgspec.json.schema_components([*kinds, ProblemDocument], ref_template="#/components/schemas/{name}")
    schemas = dict(zip([*kinds, ProblemDocument], refs, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for door in doors:
        paths.setdefault(door.path, {})[door.method.lower()] = _operation(door, schemas)
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": "Aller-vers",
            "version": version,
            "description": "The same work as the desk, for programs. Errors are RFC 9457 problems. "
            "`Idempotency-Key` is honoured on POST for 24 hours.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
    return msgspec.json.encode(whole)


def _operation(door: Door, schemas: dict[Any, Any]) -> dict[str, Any]:
    names = [part[1:-1] for part in door.path.split("/") if part.startswith("{")]
    parameters: list[dict[str, Any]] = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
    parameters += [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": _QUERY.get(name, ""),
            "schema": {"type": "integer" if name == "limit" else "string"},
        }
        for name in door.query
    ]
    if door.method == "POST":
        key = {"type": "string", "minLength": 1, "maxLength": 128}
        parameters.append(
            {"name": "Idempotency-Key", "in": "header", "required": False, "description": "the same call twice is one", "schema": key}
        )
    problem = {_PROBLEM: {"schema": schemas[ProblemDocument]}}
    answers: dict[str, Any] = {
        str(status): {"description": _SENTENCES[status], "content": {"application/json": {"schema": schemas[door.gives]}}}
        for status in door.statuses
    }
    answers |= {
        str(status): {"description": sentence, "content": problem}
        for status, sentence in (_SENTENCES | _MORE).items()
        if status in _FAILURES
    }
    operation: dict[str, Any] = {
        "operationId": f"{door.handler.__module__.rsplit('.', 1)[-1]}_{door.handler.__name__.strip('_')}",
        "summary": door.sentence,
        "description": f"Asks for the right `{door.right}`.",
        "parameters": parameters,
        "responses": answers,
    }
    if door.takes is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schemas[door.takes]}}}
    return operation
