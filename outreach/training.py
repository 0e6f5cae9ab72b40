"""Six exercises on invented people: what each needs, and whether an account has done it, as its own records tell."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from outreach import audit, contacts, processes
from outreach.house import house
from outreach.invented import Voice
from outreach.tables import address, appeal, contribution, decision

RIGHTS: Final[dict[str, str]] = {
    "page": "contributions.decide",
    "hide": "contributions.decide",
    "refuse": "contributions.decide",
    "group": "contributions.decide",
    "question": "tickets.answer",
    "campaign": "campaigns.write",
}
"""The exercises in their order, each with the right that it is about."""
PAGE = 10
ALIKE = 5
SIMULATOR = "simulator"
_LINES = 200
_LATELY = 500
"""So many of an account's last decisions tell what it has done: an exercise is not done after years of work."""
_FIRST, _LAST = 989_000, 989_999

_SHORT = (
    "Des bancs à l'ombre",
    "Un point d'eau pour les enfants",
    "Plus d'arbres devant la halle",
    "Une table pour manger le midi",
    "Garder le marché au milieu",
    "De la lumière le soir",
    "Un abri contre la pluie",
    "Des toilettes ouvertes le dimanche",
    "Un sol plat pour les fauteuils",
    "Un endroit pour jouer aux boules",
)
_TO_HIDE = "Des bancs devant la pharmacie. Pour en parler appelez-moi au 06 39 98 41 27"
_TO_REFUSE = "le maire est un guignol et ses adjoints aussi"
_TO_GROUP = "Non aux travaux le samedi, les commerces vivent du marché"
_TO_ANSWER = "Est-ce que la place restera ouverte aux livraisons pendant les travaux ?"
_TO_INVITE = "Je viendrai volontiers en parler"


class Progress(msgspec.Struct, frozen=True):
    """How far an account is with an exercise: so many of so many."""

    done: int
    of: int = 1

    @property
    def over(self) -> bool:
        """Whether nothing is left to do."""
        return self.done >= self.of


def voices(session: Session, exercise: str) -> tuple[Voice, ...]:
    """The invented people of an exercise: strangers, with numbers of the range kept for fiction."""
    keyword = _keyword(session)
    texts = {
        "page": _SHORT,
        "hide": (_TO_HIDE,),
        "refuse": (_TO_REFUSE,),
        "group": (_TO_GROUP,) * ALIKE,
        "question": (_TO_ANSWER,),
        "campaign": (_TO_INVITE,) * 3,
    }[exercise]
    people = zip(_strangers(session), texts, strict=False)
    if exercise == "question":
        return tuple(Voice("sms", where, (text,), "", "une question") for where, text in people)
    return tuple(Voice("sms", where, (text,), keyword, opt_in="1" if exercise == "campaign" else "") for where, text in people)


def _strangers(session: Session) -> Iterator[str]:
    every = (f"+33639{number}" for number in range(_FIRST, _LAST + 1))
    return (where for where in every if contacts.find(session, "sms", where) is None)


def progress(session: Session, actor: str) -> dict[str, Progress]:
    """What this account's own decisions, answers and campaigns tell; what was taken back counts for nothing."""
    lately = _lately(session, actor)
    mine = (decision.c.contribution_id.in_(lately), decision.c.actor == actor, decision.c.state != "undone")
    together = sa.select(sa.func.count()).where(*mine, decision.c.kind == "accept").group_by(decision.c.bundle).having(sa.func.count() > 1)
    kinds = sa.select(decision.c.kind, sa.func.count()).where(*mine).group_by(decision.c.kind)
    counts = {kind: many for kind, many in session.execute(kinds)}  # noqa: C416 - rows are no pairs to the checker
    contested = sa.select(sa.func.count()).select_from(appeal).where(appeal.c.contribution_id.in_(lately), appeal.c.first_actor == actor)
    answered = audit.search(session, actor=actor, action="ticket.done", limit=_LINES).items
    moved = audit.search(session, actor=actor, action="campaign.moved", limit=_LINES).items
    return {
        "page": Progress(min(sum(session.scalars(together)), PAGE), PAGE),
        "hide": Progress(min(counts.get("redact", 0), 1)),
        "refuse": Progress(min(counts.get("refuse", 0), 1) + min(session.scalar(contested) or 0, 1), 2),
        "group": Progress(min(counts.get("group", 0), 1)),
        "question": Progress(min(sum(line.detail.get("kind") == "question" for line in answered), 1)),
        "campaign": Progress(min(sum(line.detail.get("after") == "to_approve" for line in moved), 1)),
    }


def _lately(session: Session, actor: str) -> Sequence[int]:
    """The contributions that this account decided about last, as its audit lines tell: its own end of an index, however much others did."""
    lines = audit.search(session, actor=actor, action="contribution.decided", limit=_LATELY).items
    return session.scalars(sa.select(contribution.c.id).where(contribution.c.subject.in_({line.subject for line in lines}))).all()


def to_contest(session: Session, actor: str) -> str:
    """The invented telephone whose words this account refused last and that has not contested it; "" for none."""
    refused = (
        sa.select(
            address.c.id, address.c.sealed, address.c.channel, address.c.network, decision.c.state, contribution.c.state.label("stands")
        )
        .join(contribution, contribution.c.address_id == address.c.id)
        .join(decision, decision.c.contribution_id == contribution.c.id)
        .outerjoin(appeal, appeal.c.contribution_id == contribution.c.id)
        .where(decision.c.contribution_id.in_(_lately(session, actor)))
        .where(decision.c.actor == actor, decision.c.kind == "refuse")
        .where(appeal.c.contribution_id.is_(None))
        .order_by(decision.c.id.desc())
    )
    # what is asked of each is looked at here: by its indexes of states and channels SQLite would read very many rather than these few
    wanted = ("applied", "refused", SIMULATOR, "sms")
    row = next((one for one in session.execute(refused) if (one.state, one.stands, one.channel, one.network) == wanted), None)
    return house(session).keys.open("address", row.id, row.sealed).decode() if row else ""


def _keyword(session: Session) -> str:
    """The keyword of the first process that is open to everybody; "" without one."""
    every = [view for view in reversed(processes.listing(session)) if view.state == "open" and not view.document.pilot]
    return next((entry.keyword for view in every for entry in view.entries if entry.keyword and entry.language in {"", "fr"}), "")
