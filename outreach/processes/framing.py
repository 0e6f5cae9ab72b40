"""Before anything opens: a department asks, the team frames, somebody validates the mandate."""

import re
import secrets
import unicodedata
from datetime import date, datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from conversations import segments
from outreach.documents import Mandate, ProcessDocument, Validated, decode
from outreach.documents.rules import SMS_NAME
from outreach.processes.life import Put, Refused, ask_for, put
from outreach.tables import process, project_request

QUESTIONS: Final = ("need", "publics", "unheard", "reach", "can_change", "cannot_change", "decided_by", "use")
"""What a department answers (journeys 1, rows 2 and 16): the need before the tool, whom to reach and how, the draft mandate."""
LONGEST = 2000
_LINE = 200


class Request(msgspec.Struct, frozen=True):
    """What a department asks for: a name, itself, its eight answers by name, and the day by which it wants to answer."""

    title: str
    department: str
    answers: dict[str, str]
    answer_on: date | None = None
    asked_at: datetime | None = None


def request(session: Session, now: datetime, asked: Request, actor: str) -> Put:
    """Take a department's request in: the project stands in the team's list as `requested`, its draft mandate begun.

    Raises Refused("missing") naming each question without an answer, and what is too long.
    """
    given = {"title": asked.title, "department": asked.department, **{name: asked.answers.get(name, "") for name in QUESTIONS}}
    lacking = [name for name, words in given.items() if not words.strip()]
    lacking += [
        name for name, words in given.items() if len(words) > (LONGEST if name in {"need", "publics", "unheard", "reach"} else _LINE)
    ]
    slug = _slug(asked.title)
    if lacking:
        raise Refused("missing", f"answer each question: {', '.join(lacking)}", lacking)
    made = ask_for(session, now, _draft(slug, asked), actor)
    id_ = session.scalar(sa.select(process.c.id).where(process.c.slug == slug))
    session.execute(
        sa.insert(project_request).values(
            process_id=id_,
            department=asked.department,
            answers=msgspec.json.encode(asked, order="deterministic").decode(),
            asked_by=actor,
            asked_at=now,
        )
    )
    return made


def requested(session: Session, slug: str) -> Request | None:
    """What the department wrote; None for a process that began otherwise."""
    if not slug.isprintable():
        return None
    query = sa.select(project_request.c.answers, project_request.c.asked_at).join(process).where(process.c.slug == slug)
    row: Any = session.execute(query).one_or_none()
    return msgspec.structs.replace(msgspec.json.decode(row.answers, type=Request), asked_at=row.asked_at) if row else None


def validate(session: Session, now: datetime, slug: str, validated: Validated, actor: str) -> Put:
    """The mandate is agreed: by whom, when, by which act. Raises Refused("missing") for what is not told, "unknown", "state"."""
    row = session.execute(sa.select(process.c.document, process.c.opened_at).where(process.c.slug == slug)).one_or_none()
    if row is None:
        raise Refused("unknown", f"there is no process {slug}")
    lacking = [name for name, value in (("by", validated.by), ("on", validated.on), ("act", validated.act)) if not value]
    if lacking:
        raise Refused("missing", f"who, when and by which act: {', '.join(lacking)}", lacking)
    if row.opened_at is not None:
        raise Refused("state", "a process that is open can't become mandate_validated")
    document = decode(row.document)
    return put(
        session, now, msgspec.structs.replace(document, mandate=msgspec.structs.replace(document.mandate, validated=validated)), actor
    )


def _draft(slug: str, asked: Request) -> ProcessDocument:
    short = segments.soften(asked.title)
    answers = asked.answers
    return ProcessDocument(
        slug=slug,
        title={"fr": asked.title.strip()},
        sms_name=short if segments.is_gsm7(short) and len(short) <= SMS_NAME else "",
        summary={"fr": answers["need"].strip()},
        lead=asked.department.strip(),
        mandate=Mandate(
            diagnosis=answers["need"].strip(),
            can_change=_listed(answers["can_change"]),
            cannot_change=_listed(answers["cannot_change"]),
            decided_by=answers["decided_by"].strip(),
            use=answers["use"].strip(),
            answer_promised_on=asked.answer_on,
        ),
    )


def _listed(words: str) -> tuple[str, ...]:
    """One thing a line, or between commas."""
    return tuple(one.strip() for one in re.split(r"[\n,;]", words) if one.strip())


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")
    return slug or f"projet-{secrets.token_hex(3)}"
