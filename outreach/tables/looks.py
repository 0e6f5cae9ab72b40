"""likeness, second look, sample, dossier, report: what is alike, what another person looks at again, what justice must know."""

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

sample = sa.Table(
    "sample",
    metadata,
    key(),
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("decision_id", sa.ForeignKey("decision.id", ondelete="CASCADE"), nullable=False, unique=True),  # drawn among twenty (MOD-33)
    sa.Column("first_actor", sa.String(40), nullable=False),  # may not read it again
    sa.Column("due_at", Instant, nullable=False),  # read until then, or not at all
    sa.Column("kind", sa.String(12), nullable=False, default=""),  # what the second person decided without knowing: accept, redact, refuse
    sa.Column("reason", sa.String(4), nullable=False, default=""),
    sa.Column("agreed", sa.Boolean),  # the same decision
    sa.Column("actor", sa.String(40)),
    sa.Column("at", Instant),
    sa.Index("ix_sample_open", "kind", "due_at"),
    sa.Index("ix_sample_at", "at", "agreed"),
    info=keep(396, "due_at", "how far two people agreed, month by month: thirteen months"),
)

dossier = sa.Table(
    "dossier",
    metadata,
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("asked_by", sa.String(40), nullable=False),  # the first of two people
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("made_by", sa.String(40)),  # the second: nobody alone makes one
    sa.Column("made_at", Instant),
    sa.Column("sealed", sa.LargeBinary),  # the archive
    sa.Column("digest", sa.String(64), nullable=False, default=""),  # its SHA-256, as the audit line tells it
    info=keep(366, "asked_at", "what is handed to justice (art. 40 CPP): one year, the time to prosecute words of hatred"),
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
