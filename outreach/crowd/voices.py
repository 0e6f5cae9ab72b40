"""Contributions in every state, with their moves, decisions, audit lines and what of them stands in the record."""

import secrets
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, invented, many, record
from outreach.contributions import copies
from outreach.contributions.items import Details
from outreach.crowd.mix import DECIDED, GROUPED, PUBLIC, WAYS, Plan, steps
from outreach.house import house
from outreach.record import programme
from outreach.references import new_id, new_pseudonym, new_ref, new_token
from outreach.tables import appeal, contribution, decision, entry, leaf, likeness, move
from outreach.tables import audit as audit_table

_CONSENT = "1 oui, j'ai 15 ans ou plus"
_AUDIT_DAYS = 365
_READ_WITHIN, _TOOK = timedelta(days=3), timedelta(days=1)
_ALIKE = 41
"""Every so manieth that waits says what the first of its group says."""
_LANGUAGES = (*("fr",) * 40, *("en",) * 5, *("ar",) * 4, "uk")
_REFUSED = ("R1", "R2", "R3", "R5", "R11")
_TABLES = (contribution, move, decision, audit_table, entry, leaf, appeal, likeness)
_INSERTS = {table.name: sa.insert(table) for table in _TABLES}

Rows = dict[str, list[dict[str, Any]]]


class Speakers:
    """Everybody who says something, slice by slice in the order of time; half of it in the first process."""

    def __init__(self, session: Session, plan: Plan, slugs: list[str], readers: list[str]) -> None:
        """Who speaks to which processes; `readers` are the actors of their moderators."""
        known = programme.by_slug(session, slugs)
        self._plan, self._readers = plan, readers
        self._keys = house(session).keys
        self._about = [known[slug] for slug in slugs]
        self._texts = ["\n".join(voice.messages) for voice in invented.voices()]
        self._taken: set[str] = set()
        self._of_process: Counter[int] = Counter()
        self._heads: dict[int, dict[str, Any]] = {}

    def speak(self, session: Session, first: int, last: int) -> list[str]:
        """Write the contributions of these numbers, `last` not included; their references."""
        rows: Rows = {table.name: [] for table in _TABLES}
        for number in range(first, last):
            self._add(session, rows, number)
        for name, made in rows.items():
            many.write(session, _INSERTS[name], made)
        return [row["ref"] for row in rows["contribution"]]

    def _add(self, session: Session, rows: Rows, number: int) -> None:
        plan, at = self._plan, self._plan.at(number)
        about = self._about[0 if number % 2 == 0 else 1 + number // 2 % (len(self._about) - 1)] if len(self._about) > 1 else self._about[0]
        place = self._of_process[about.id]
        self._of_process[about.id] += 1
        state = plan.state(number, place)
        row = self._contribution(number, place, about, state, at)
        rows["contribution"].append(row)
        rows["move"] += [
            {"id": new_id(at), "contribution_id": row["id"], "before": before, "after": after, "at": at} for before, after in steps(state)
        ]
        reader = self._readers[number % len(self._readers)]
        if state in DECIDED:
            rows["decision"].append(self._decision(row, state, reader, at, number))
        if number >= plan.since(_AUDIT_DAYS):
            rows["audit"] += _lines(row["subject"], state, reader, at)
        if state in PUBLIC:
            self._publish(rows, row, place, at)
        if state == "appealed":
            rows["appeal"].append(
                {"contribution_id": row["id"], "opened_at": at, "answer_by": plan.now + _READ_WITHIN, "first_actor": reader, "outcome": ""}
            )
        if state == "received":
            marks = set(copies.marks_of(session, self._text(number)))
            rows["likeness"] += [{"contribution_id": row["id"], "mark": mark, "process_id": about.id} for mark in marks]

    def _contribution(self, number: int, place: int, about: programme.Known, state: str, at: datetime) -> dict[str, Any]:
        plan, id_ = self._plan, new_id(at)
        waits = plan.contributions - plan.waiting <= number
        text = self._text(number)
        head = self._heads.get(about.id)
        same = (0 < place % 100 < GROUPED and state in PUBLIC) or state == "grouped"
        behind = head if same else None
        public = behind["public_text"] if behind else text
        themes = about.document.themes
        row = {
            "id": id_,
            "ref": self._reference(),
            "subject": new_token(),
            "process_id": about.id,
            "question": about.document.questions[0].id,
            "address_id": number * 7 % plan.people + 1,
            "pseudonym": new_pseudonym(),
            "network": "sms",
            "language": _LANGUAGES[number % len(_LANGUAGES)],
            "state": state,
            "sealed": None if state == "withdrawn" else self._keys.seal("contribution", id_, text.encode()),
            "public_text": public if state in PUBLIC or state in {"accepted", "redacted", "grouped"} else None,
            "asked_text": about.question(about.document.questions[0].id, "fr", short=True),
            "messages": 1,
            "publish": state != "read_only",
            "consent": _CONSENT,
            "age": "30-59" if number % 3 else "",
            "easy": "",
            "theme": themes[number // 2 % len(themes)].id if themes and not waits and number % 5 else "",
            "entry": about.document.entry_points[number // 2 % len(about.document.entry_points)].id if number % 3 else "",
            "card": "",
            "sources": "[]",
            "received_at": at,
            "read_by": at + _READ_WITHIN,
            "changed_at": at if waits else at + _TOOK,
            "opened_at": None if waits else at + _TOOK,
            "published_at": at + _TOOK if state in PUBLIC else None,
            "claimed_by": None,
            "claimed_until": None,
            "urgent": -1 if state == "read_only" and not waits else 1 if waits and number % 97 == 0 else 0,
            "grouped_with": behind["ref"] if behind else "",
            "flags": ("threat" if number % 97 == 0 else "insult" if number % 41 == 0 else "phone" if number % 23 == 0 else ""),
            "written_in": "fr" if number % 3 == 0 else "",
            "copy_of": "",
        }
        if place % 100 == 0 and state in PUBLIC:
            self._heads[about.id] = row
        if waits and state == "received" and number % _ALIKE == 0 and head is not None:
            row["copy_of"] = head["ref"]
        return row

    def _reference(self) -> str:
        ref = new_ref()
        while ref in self._taken:
            ref = new_ref()
        self._taken.add(ref)
        return ref

    def _text(self, number: int) -> str:
        count = len(self._texts)
        return f"{self._texts[number % count]} {self._texts[number // count % count]} ({number})"

    def _decision(self, row: dict[str, Any], state: str, reader: str, at: datetime, number: int) -> dict[str, Any]:
        id_, kind = new_id(at), DECIDED[state]
        details = Details(text=row["public_text"] or ("Le conseil en décide en juin." if kind in {"answer", "ask_again"} else ""))
        return {
            "id": id_,
            "contribution_id": row["id"],
            "actor": reader,
            "kind": kind,
            "reason": _REFUSED[number % len(_REFUSED)] if kind == "refuse" else "R4" if kind == "redact" else "",
            "fact": "",
            "sealed": self._keys.seal("decision", id_, msgspec.json.encode(details)),
            "made_at": at + _TOOK,
            "effective_at": at + _TOOK,
            "state": "applied",
            "bundle": None,
        }

    def _publish(self, rows: Rows, row: dict[str, Any], place: int, at: datetime) -> None:
        salt = secrets.token_bytes(record.SALT_BYTES)
        rows["leaf"].append(
            {
                "id": new_id(at),
                "kind": "published",
                "subject": row["subject"],
                "commitment": record.commitment(salt, row["public_text"]),
                "at": at + _TOOK,
                "place": None,
                "chained": None,
                "named": None,
            }
        )
        rows["entry"].append(
            {
                "ref": row["ref"],
                "process_id": row["process_id"],
                "question": row["question"],
                "text": row["public_text"],
                "language": row["language"],
                "salt": salt,
                "redacted": False,
                "answer": "",
                "theme": row["theme"],
                "grouped_with": row["grouped_with"],
                "copies": GROUPED - 1 if place % 100 == 0 else 0,
                "repeats": 0,
                "received_on": at.date(),
                "published_at": at + _TOOK,
                "withdrawn_at": None,
                "hidden_at": None,
            }
        )


def _lines(subject: str, state: str, reader: str, at: datetime) -> list[dict[str, Any]]:
    told = [("citizen", f"contribution.{WAYS[state][1]}", at)]
    if state in DECIDED:
        told += [(reader, "contribution.opened", at + _TOOK), (reader, f"contribution.{WAYS[state][2]}", at + _TOOK)]
    if state in PUBLIC:
        told.append(("clock", "contribution.published", at + _TOOK))
    lines = [(audit.line(actor, action, subject), when) for actor, action, when in told]
    return [
        {"id": new_id(at), "at": when, "actor": one.actor, "action": one.action, "subject": one.subject, "detail": one.detail}
        for one, when in lines
    ]
