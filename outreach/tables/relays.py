"""target, relay, attempt, callback: other platforms that hold copies of the record, and how each copy fares."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep, keep_by_hand, key, metadata

altered = sa.text("fidelity = 'altered'")
not_gone = sa.text("wants = 'withdraw' AND state <> 'confirmed'")
"""Copies that stand there otherwise than we sent them, and withdrawals that are owed: few of very many, each by an index of their own."""

target = sa.Table(
    "target",
    metadata,
    key(),
    sa.Column("name", sa.String(32), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),  # relays.KINDS
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE")),  # None: every process
    sa.Column("url", sa.String(300), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # its options, secrets among them: JSON
    sa.Column("state", sa.String(8), nullable=False),  # active, paused
    sa.Column("who", sa.String(120), nullable=False, default=""),  # whom the platform takes us for
    sa.Column("trouble", sa.String(200), nullable=False, default=""),  # why nothing is written there
    sa.Column("mirror", sa.String(200), nullable=False, default=""),  # what of its processes could not become ours
    sa.Column("seen_at", Instant),  # the last time that it told whom it takes us for
    sa.Column("well_at", Instant),  # the last time that it did what it was asked
    sa.Column("created_at", Instant, nullable=False),
    info=keep_by_hand("names platforms, never citizens"),
)

relay = sa.Table(
    "relay",
    metadata,
    key(),
    sa.Column("target_id", sa.ForeignKey("target.id", ondelete="CASCADE"), nullable=False),
    sa.Column("ref", sa.String(8), nullable=False, index=True),
    sa.Column("subject", sa.String(22), nullable=False),  # what audit lines call the contribution
    sa.Column("state", sa.String(12), nullable=False),  # relays.MOVES
    sa.Column("wants", sa.String(8), nullable=False),  # publish, withdraw
    sa.Column("version", sa.Integer, nullable=False),  # rises when the record changes: news of an older one settles nothing
    sa.Column("fidelity", sa.String(8), nullable=False, default=""),  # exact, altered; "" as long as nobody read it back
    sa.Column("seen", sa.Text),  # what stands there, when it is not what we sent; published words, gone with a withdrawal
    sa.Column("external", sa.String(200), nullable=False, default=""),  # the platform's own number
    sa.Column("address", sa.String(300), nullable=False, default=""),  # its page there
    sa.Column("why", sa.String(200), nullable=False, default=""),  # what the platform answered, when it was no yes
    sa.Column("note", sa.String(500), nullable=False, default=""),  # what a person of the team wrote about it
    sa.Column("doubt", sa.Boolean, nullable=False),  # a copy may stand there that we know nothing of: look before writing
    sa.Column("stale", sa.Boolean, nullable=False),  # what stands there is an earlier text
    sa.Column("failures", sa.Integer, nullable=False),  # the same one in a row, while others got through
    sa.Column("failed_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),  # of the lease under which it was taken
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("since", Instant, nullable=False),  # when it was asked for: 72 hours count from here (GDPR-44)
    sa.Column("settled_at", Instant),
    sa.UniqueConstraint("target_id", "ref"),
    sa.Index("ix_relay_due", "target_id", "state", "wants", "not_before", "fidelity"),
    sa.Index("ix_relay_board", "state", "target_id", "id"),
    sa.Index("ix_relay_altered", "target_id", "id", sqlite_where=altered, postgresql_where=altered),
    sa.Index("ix_relay_late", "since", sqlite_where=not_gone, postgresql_where=not_gone),
    info=keep_by_hand("public numbers and where their copies stand; goes with its target"),
)

attempt = sa.Table(
    "attempt",
    metadata,
    key(),
    sa.Column("relay_id", sa.ForeignKey("relay.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("outcome", sa.String(8), nullable=False),
    sa.Column("why", sa.String(200), nullable=False, default=""),
    info=keep(90, "at", "how each try went: 90 days"),
)

callback = sa.Table(
    "callback",
    metadata,
    sa.Column("target_id", sa.ForeignKey("target.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(80), primary_key=True),  # webhook-id
    sa.Column("stamp", sa.BigInteger, nullable=False),  # webhook-timestamp
    sa.Column("at", Instant, nullable=False),
    info=keep(1, "at", "a signed event is taken once"),
)
