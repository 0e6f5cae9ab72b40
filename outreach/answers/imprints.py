"""What the avis, the synthesis and the answers say leaves its imprint in the record: a leaf for each version, none is ever rewritten.

A leaf holds the SHA-256 of the French words as JSON with sorted keys; anybody makes the same JSON from the open data of the process
(`parts`), so that a word changed there, on either side, shows. Translations are not in it: what was decided is what the French says.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach.answers.reading import public_data
from outreach.answers.shape import anchor
from outreach.references import new_id
from outreach.tables import leaf, process

KINDS: Final = ("avis", "point", "aside", "synthesis", "response")
"""The avis as a whole (who, when, which points), each point, each reason why words were not taken up, the synthesis, each answer."""


class Part(NamedTuple):
    """Something said once and for all: `at` is its place on the page of the process, "" for the whole; `words` as they are hashed."""

    kind: str
    at: str
    words: str


def seal(session: Session, now: datetime, slug: str) -> int:
    """Give a leaf to each part that is new, or says something else than its last leaf; how many. What did not change has its leaf.

    Nothing while the process is not public.
    """
    about = session.execute(sa.select(process.c.subject, process.c.opened_at).where(process.c.slug == slug)).one()
    if about.opened_at is None:
        return 0
    data = msgspec.to_builtins(public_data(session, slug))
    mine = sa.select(leaf.c.kind, leaf.c.part, leaf.c.words).where(leaf.c.subject == about.subject, leaf.c.kind.in_(KINDS))
    before = {(row.kind, row.part or ""): row.words for row in session.execute(mine.order_by(leaf.c.id))}
    made = [
        {
            "id": new_id(now),
            "kind": one.kind,
            "subject": about.subject,
            "part": one.at or None,
            "words": one.words,
            "commitment": hashlib.sha256(one.words.encode()).digest(),
            "at": now,
        }
        for one in parts(data)
        if before.get((one.kind, one.at)) != one.words
    ]
    if made:
        session.connection().execute(sa.insert(leaf), made)
    return len(made)


def parts(data: Mapping[str, Any]) -> Iterator[Part]:
    """What the open data of a process says once and for all, each with the words that its leaf commits to.

    Raises KeyError, TypeError or AttributeError for data that are no such thing.
    """
    if avis := data.get("avis"):
        points, asides = avis["points"], avis["not_taken_up"]
        head = {name: avis[name] for name in ("written_by", "handed_to", "handed_on")}
        yield _part(
            "avis", "", head | {"left_out": _fr(avis["left_out"]), "points": [one["number"] for one in points], "asides": len(asides)}
        )
        for one in points:
            at, same = anchor(one["number"]), {name: one[name] for name in ("number", "minority", "contributions")}
            yield _part("point", at, same | {"title": _fr(one["title"]), "text": _fr(one["text"])})
            if one["response"]:
                yield _part("response", at, _answer(one))
        for place, one in enumerate(asides, 1):
            said = {"reason": _fr(one["reason"]), "text": _fr(one["text"]), "contributions": one["contributions"]}
            yield _part("aside", f"aside-{place}", said)
    if themes := data.get("synthesis"):
        told = [{"title": _fr(one["title"]), "text": _fr(one["text"]), "contributions": one["contributions"]} for one in themes]
        yield _part("synthesis", "", {"themes": told})


def _answer(one: Mapping[str, Any]) -> dict[str, Any]:
    answer = one["response"]
    return {
        "number": one["number"],
        **{name: answer[name] for name in ("decision", "decided_by", "decided_on")},
        "reasons": _fr(answer["reasons"]),
        "short": {name: _fr(words) for name, words in answer["short"].items()},
        "commitments": [
            {"text": _fr(each["text"]), **{name: each[name] for name in ("due_on", "state", "evidence")}} for each in one["commitments"]
        ],
    }


def _fr(words: Mapping[str, str]) -> str:
    return words.get("fr", "")


def _part(kind: str, at: str, words: dict[str, Any]) -> Part:
    return Part(kind, at, msgspec.json.encode(words, order="deterministic").decode())
