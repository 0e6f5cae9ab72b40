"""Model answers: sentences that the city keeps for what is often asked, one a language, edited before they are sent."""

from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit
from outreach.characters import can_be_shown
from outreach.references import new_id, read_id
from outreach.tables import model_answer

LONGEST_NAME, LONGEST = 80, 1500


class Model(msgspec.Struct, frozen=True):
    """One answer in one language; `name` is what the team calls it."""

    id: str
    name: str
    language: str
    text: str


class ModelTrouble(ValueError):
    """A name or a text that can't be kept; `field` names which."""

    def __init__(self, field: str) -> None:
        """Keep the field."""
        self.field = field
        super().__init__(f"write a {field} that fits")


def listing(session: Session, language: str = "") -> tuple[Model, ...]:
    """Every answer by name, or those of a language."""
    query = sa.select(model_answer).order_by(model_answer.c.name, model_answer.c.language)
    if language:
        query = query.where(model_answer.c.language == language)
    return tuple(Model(str(row.id), row.name, row.language, row.text) for row in session.execute(query))


def keep(session: Session, now: datetime, model: Model, actor: str) -> None:
    """Write an answer down, in the place of the one of this name and language. Raises ModelTrouble."""
    name, text = " ".join(model.name.split()), model.text.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise ModelTrouble("name")
    if not 0 < len(text) <= LONGEST or not can_be_shown(text):
        raise ModelTrouble("text")
    mine = (model_answer.c.name == name, model_answer.c.language == model.language)
    changed = session.connection().execute(sa.update(model_answer).where(*mine).values(text=text, changed_at=now)).rowcount
    if not changed:
        values = {"id": new_id(now), "name": name, "language": model.language, "text": text, "changed_at": now}
        session.execute(sa.insert(model_answer).values(values))
    audit.write(session, [audit.line(actor, "model.kept", "", language=model.language, kind="changed" if changed else "new")], now)


def remove(session: Session, now: datetime, model_id: str, actor: str) -> None:
    """Take an answer off the list."""
    gone = session.connection().execute(sa.delete(model_answer).where(model_answer.c.id == read_id(model_id))).rowcount
    if gone:
        audit.write(session, [audit.line(actor, "model.removed", "")], now)
