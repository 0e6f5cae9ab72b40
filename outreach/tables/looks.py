"""likeness, second look, report: what is like what, decisions that another person looks at again, what the public reports."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep, keep_by_hand, key, metadata

likeness = sa.Table(
    "likeness",
    metadata,
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("mark", sa.BigInteger, primary_key=True, autoincrement=False),  # keyed: tells nothing of the words without the key
    sa.Column("process_id", sa.BigInteger, nullable=False),
    sa.Index("ix_likeness_mark", "process_id", "mark"),
    info=keep_by_hand("goes when its contribution was decided, or erased"),
)

second_look = sa.Table(
    "second_look",
    metadata,
    key(),
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("decision_id", sa.ForeignKey("decision.id", ondelete="CASCADE"), nullable=False, unique=True),
    sa.Column("why", sa.String(12), nullable=False),  # four_eyes (MOD-32), new: one of somebody's first twenty
    sa.Column("first_actor", sa.String(40), nullable=False),  # may not look at it
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("outcome", sa.String(8), nullable=False, default=""),  # "", agreed, other
    sa.Column("actor", sa.String(40)),
    sa.Column("sealed", sa.LargeBinary),  # what the second person wrote to the first
    sa.Column("at", Instant),
    sa.Index("ix_second_look_open", "outcome", "due_at"),
    sa.Index("ix_second_look_first", "first_actor", "why"),
    info=keep_by_hand("goes with its contribution"),
)

report = sa.Table(
    "report",
    metadata,
    key(),
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("reason", sa.String(4), nullable=False),  # of the charter
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the explanation and the address that an answer was asked to
    sa.Column("at", Instant, nullable=False),
    sa.Column("outcome", sa.String(8), nullable=False, default=""),  # "", kept, hidden
    sa.Column("actor", sa.String(40)),
    sa.Column("decided_at", Instant),
    sa.Index("ix_report_open", "outcome", "at"),
    info=keep(183, "at", "what was reported on a public page: six months"),
)
