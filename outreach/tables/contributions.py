"""contribution, move, decision, appeal, notice: what citizens said and what was done with it."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep, keep_by_hand, key, metadata

unread = sa.text("flags IS NULL AND state IN ('received', 'read_only')")
"""Texts that wait and that nobody has looked at: written out, so that both databases find them by their own small index."""

pooled = sa.text("pooled")
"""Decisions in effect that wait for the draw of one in twenty: written out, for the same reason."""
unanswered = sa.text("state = 'received'")
flagged = sa.text("flags <> ''")
"""Texts whose delay runs, and those of which a look found something: written out for the same reason."""

contribution = sa.Table(
    "contribution",
    metadata,
    key(),
    sa.Column("ref", sa.String(8), nullable=False, unique=True),
    sa.Column("subject", sa.String(22), nullable=False, unique=True),  # what audit lines and leaves call it
    sa.Column("process_id", sa.ForeignKey("process.id"), nullable=False),
    sa.Column("question", sa.String(40), nullable=False),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="SET NULL"), index=True),  # the link that forgetting cuts
    sa.Column("pseudonym", sa.String(24), nullable=False, default=""),
    sa.Column("network", sa.String(16), nullable=False),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),  # contributions.MOVES
    sa.Column("sealed", sa.LargeBinary),  # the original, whole; None once erased
    sa.Column("public_text", sa.Text),  # what may be published: after acceptance or redaction
    sa.Column("asked_text", sa.Text, nullable=False, default=""),  # the bot's question as it was sent
    sa.Column("messages", sa.Integer, nullable=False),
    sa.Column("publish", sa.Boolean, nullable=False),  # False: read_only
    sa.Column("consent", sa.Text, nullable=False),  # the exact sentence the yes answered
    sa.Column("age", sa.String(8), nullable=False, default=""),
    sa.Column("easy", sa.String(3), nullable=False, default=""),  # "yes", "no": whether taking part was easy
    sa.Column("theme", sa.String(40), nullable=False, default=""),
    sa.Column("entry", sa.String(80), nullable=False, default=""),
    sa.Column("card", sa.String(40), nullable=False, default=""),
    sa.Column("sources", sa.Text, nullable=False, default="[]"),  # provider's message ids, JSON, for edits
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("read_by", Instant, nullable=False),  # the delay that was promised
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("opened_at", Instant),  # a moderator saw it: edits come too late
    sa.Column("published_at", Instant),
    sa.Column("claimed_by", sa.String(40)),
    sa.Column("claimed_until", Instant),
    sa.Column("urgent", sa.Integer, nullable=False, default=0),  # order in the queue, the highest first; -1: read, nothing more to do
    sa.Column("grouped_with", sa.String(8), nullable=False, default=""),  # the reference whose text speaks for this one
    sa.Column("flags", sa.String(80)),  # triage.FLAGS with blanks; None: nobody has looked
    sa.Column("written_in", sa.String(3), nullable=False, default=""),  # the language it seems to be, "" unknown
    sa.Column("copy_of", sa.String(8), nullable=False, default="", index=True),  # the first that says nearly the same
    sa.Index("ix_contribution_queue", "state", "urgent", "received_at"),
    sa.Index("ix_contribution_process", "process_id", "state", "urgent", "received_at"),
    sa.Index("ix_contribution_arrival", "process_id", "received_at", "entry"),
    sa.Index("ix_contribution_language", "language", "received_at", "id"),
    sa.Index("ix_contribution_late", "read_by", sqlite_where=unanswered, postgresql_where=unanswered),
    sa.Index("ix_contribution_flagged", "flags", "state", "urgent", "received_at", sqlite_where=flagged, postgresql_where=flagged),
    sa.Index("ix_contribution_unread", "id", sqlite_where=unread, postgresql_where=unread),
    info=keep_by_hand("link cut six months after the answer; a refused text 6 months (privacy.purge)"),
)

counted = contribution.c.state != "draft"
"""A sheet of paper that nobody looked at twice is in no figure, no list and no file."""

move = sa.Table(
    "move",
    metadata,
    key(),
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("before", sa.String(12), nullable=False),
    sa.Column("after", sa.String(12), nullable=False),
    sa.Column("at", Instant, nullable=False),
    info=keep_by_hand("states and dates, public, with their contribution"),
)

decision = sa.Table(
    "decision",
    metadata,
    key(),
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("actor", sa.String(40), nullable=False),  # "staff:<id>" or "token:<id>"
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("reason", sa.String(4), nullable=False, default=""),
    sa.Column("fact", sa.String(80), nullable=False, default=""),
    sa.Column("sealed", sa.LargeBinary),  # redacted text, message to the author, note: JSON
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("effective_at", Instant, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # waiting, applied, undone
    sa.Column("bundle", sa.BigInteger),  # the first decision of those that were taken with one key, and are taken back with one
    sa.Column("pooled", sa.Boolean),  # in effect, and one of twenty is to be drawn with it (contributions.blind); None: no, or no more
    sa.Index("ix_decision_due", "state", "effective_at"),
    sa.Index("ix_decision_pooled", "id", sqlite_where=pooled, postgresql_where=pooled),
    info=keep_by_hand("goes with its contribution"),
)

appeal = sa.Table(
    "appeal",
    metadata,
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("answer_by", Instant, nullable=False),
    sa.Column("first_actor", sa.String(40), nullable=False),  # may not decide it again
    sa.Column("outcome", sa.String(8), nullable=False, default=""),  # "", upheld, reversed
    sa.Index("ix_appeal_open", "outcome", "opened_at"),
    info=keep_by_hand("goes with its contribution"),
)

notice = sa.Table(
    "notice",
    metadata,
    key(),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), index=True),
    sa.Column("registration_id", sa.ForeignKey("registration.id", ondelete="CASCADE"), index=True),
    sa.Column("occasion", sa.String(24), nullable=False, default=""),  # "j5.0": once a registration and change of its workshop
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # conversations.notices.Notice as JSON
    sa.Column("state", sa.String(8), nullable=False),  # waiting, said, dropped
    sa.Column("since", Instant, nullable=False),  # when it might first have gone: its patience counts from there
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("deadline", Instant, nullable=False),
    sa.Index("ix_notice_due", "state", "due_at"),
    sa.UniqueConstraint("contribution_id", "kind", "deadline"),
    sa.UniqueConstraint("registration_id", "occasion"),
    info=keep(90, "deadline", "what was told and when: 90 days"),
)
