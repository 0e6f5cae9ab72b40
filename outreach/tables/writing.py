"""mail, model answer, translation, draft link, remark: what the people of the desk write, and what is written to them."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep, keep_by_hand, key, metadata

mail = sa.Table(
    "mail",
    metadata,
    key(),
    sa.Column("matter", sa.String(160), nullable=False, unique=True),  # the same matter twice is one e-mail
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # address, subject and text
    sa.Column("state", sa.String(8), nullable=False),  # mail.MOVES
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index("ix_mail_due", "state", "due_at"),
    info=keep(30, "created_at", "30 days: what was said to whom of the team, and that it is not said again"),
)

model_answer = sa.Table(
    "model_answer",
    metadata,
    key(),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.UniqueConstraint("name", "language"),
    info=keep_by_hand("the city's own sentences: they name nobody"),
)

translation = sa.Table(
    "translation",
    metadata,
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("of", sa.LargeBinary(32), nullable=False),  # keyed hash of the words that were translated: other words need another one
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("by", sa.String(40), nullable=False),
    sa.Column("signed", sa.String(80), nullable=False),  # the name that is public
    sa.Column("made_at", Instant, nullable=False),
    info=keep_by_hand("goes with the contribution, or as soon as its author takes it back"),
)

draft_link = sa.Table(
    "draft_link",
    metadata,
    key(),
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("fingerprint", sa.LargeBinary(32), nullable=False, unique=True),  # SHA-256 of the link's token
    sa.Column("label", sa.String(80), nullable=False),  # whom it was given to
    sa.Column("made_by", sa.String(40), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    info=keep(90, "until", "three months after a link stopped working, what was written by it goes too"),
)

remark = sa.Table(
    "remark",
    metadata,
    key(),
    sa.Column("link_id", sa.ForeignKey("draft_link.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),  # of the process's document that was read
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", Instant, nullable=False),
    info=keep_by_hand("goes with its link"),
)
