"""process, mandate, entry point: what the city asks, under which mandate, and the ways in."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep_by_hand, key, metadata

PUBLIC = "public by nature, kept with the process; archived when it closes"

process = sa.Table(
    "process",
    metadata,
    key(),
    sa.Column("slug", sa.String(80), nullable=False, unique=True),
    sa.Column("subject", sa.String(22), nullable=False, unique=True),  # what audit lines call it
    sa.Column("state", sa.String(20), nullable=False),  # processes.MOVES
    sa.Column("document", sa.Text, nullable=False),  # documents.ProcessDocument as JSON
    sa.Column("version", sa.Integer, nullable=False),  # rises with each change: facts are cached by it
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("opened_at", Instant),
    sa.Column("closed_at", Instant),
    sa.Column("promised_on", sa.Date),  # that of the document, where the clock finds it
    sa.Column("late_told", sa.Date),  # the promised day whose passing was told
    info=keep_by_hand(PUBLIC),
)

mandate = sa.Table(
    "mandate",
    metadata,
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    info=keep_by_hand(PUBLIC),
)

entry_point = sa.Table(
    "entry_point",
    metadata,
    key(),
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("name", sa.String(80), nullable=False),  # the id of the document
    sa.Column("token", sa.String(64), nullable=False, unique=True),
    sa.Column("keyword", sa.String(24), nullable=False, default=""),
    sa.Column("language", sa.String(16), nullable=False, default=""),
    sa.Column("place", sa.String(120), nullable=False, default=""),
    sa.Column("starts", sa.Integer, nullable=False, default=0),
    sa.Column("scans", sa.Integer, nullable=False, default=0),  # openings of its sign-up page
    sa.Column("lent", sa.Boolean, nullable=False, default=False),  # a mediator's phone that goes from hand to hand
    sa.UniqueConstraint("process_id", "name"),
    info=keep_by_hand("names places, never people"),
)
