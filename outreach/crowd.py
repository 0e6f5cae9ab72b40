"""A crowd of published contributions, written set-wise: for measuring pages against a record that a large city has after years."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice, pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import invented, record
from outreach.record import Publication, programme
from outreach.references import new_id, new_ref, new_token
from outreach.tables import contribution, move

APART = timedelta(seconds=45)
"""What lies between one and the next."""
TOGETHER = 20
_CONSENT = "1 oui, j'ai 15 ans ou plus"
_STATES = ("draft", "received", "accepted", "published")


def references(count: int) -> list[str]:
    """So many different ones."""
    found: dict[str, None] = {}
    while len(found) < count:
        found.setdefault(new_ref())
    return list(found)


def publish(session: Session, now: datetime, slug: str, refs: list[str]) -> None:
    """Publish an invented text under each reference, a handful at a time, the last ones at `now`; the record itself takes them in."""
    about = programme.by_slug(session, (slug,))[slug]
    question, themes = about.document.questions[0].id, cycle(["", *(theme.id for theme in about.document.themes)])
    texts = list(_texts(len(refs)))
    for start in range(0, len(refs), TOGETHER):
        at = now - APART * (len(refs) - start - TOGETHER)
        part = list(zip(refs[start : start + TOGETHER], texts[start:], themes, strict=False))
        ones = [Publication(ref, new_token(), about.id, question, text, "fr", at.date(), theme=theme) for ref, text, theme in part]
        rows = [_row(one, at) for one in ones]
        session.connection().execute(sa.insert(contribution), rows)
        session.connection().execute(sa.insert(move), [step for row in rows for step in _way(row["id"], at)])
        record.publish(session, ones, at)


def _row(one: Publication, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(at), "ref": one.ref, "subject": one.subject, "process_id": one.process_id, "question": one.question,
        "network": "sms", "language": one.language, "state": "published", "public_text": one.text, "messages": 1, "publish": True,
        "consent": _CONSENT, "theme": one.theme, "received_at": at, "read_by": at, "changed_at": at, "published_at": at,
    }  # fmt: skip


def _way(number: int, at: datetime) -> Iterator[dict[str, Any]]:
    for before, after in pairwise(_STATES):
        yield {"id": new_id(at), "contribution_id": number, "before": before, "after": after, "at": at}


def _texts(count: int) -> Iterator[str]:
    said = ["\n".join(voice.messages) for voice in invented.voices()]
    return (f"{text} ({number})" for number, text in enumerate(islice(cycle(said), count)))
