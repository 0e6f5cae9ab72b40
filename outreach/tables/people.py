"""contact, address, consent, suppression: who may be reached, where, and by what agreement."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep, keep_by_hand, key, metadata

contact = sa.Table(
    "contact",
    metadata,
    key(),
    sa.Column("subject", sa.String(22), nullable=False, unique=True),  # random: what audit lines call this person
    sa.Column("pseudonym", sa.String(24), nullable=False),  # "Loire-2F7K": what staff see
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    info=keep(730, "seen_at", "24 months after the person's last action (requirements 2.4)"),
)

PAUSED = "paused_until IS NOT NULL"

address = sa.Table(
    "address",
    metadata,
    key(),
    sa.Column("contact_id", sa.ForeignKey("contact.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("network", sa.String(16), nullable=False),
    sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),  # HMAC with the lookup pepper
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),  # the provider's door that was used last: replies leave by it
    sa.Column("language", sa.String(16), nullable=False, default=""),
    sa.Column("stopped_at", Instant),
    sa.Column("objected_at", Instant),  # GDPR 21: hidden and frozen until a person decides
    sa.Column("paused_until", Instant),  # nothing unasked before; the clock ends it
    sa.Column("unreachable_at", Instant),  # blocked us, or the number is dead; the next word reopens
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("network", "fingerprint"),
    sa.Index(
        "ix_address_stopped",
        "stopped_at",
        sqlite_where=sa.text("stopped_at IS NOT NULL"),
        postgresql_where=sa.text("stopped_at IS NOT NULL"),
    ),
    sa.Index("ix_address_paused", "paused_until", sqlite_where=sa.text(PAUSED), postgresql_where=sa.text(PAUSED)),
    info=keep_by_hand("goes with its contact"),
)

consent = sa.Table(
    "consent",
    metadata,
    key(),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("purpose", sa.String(16), nullable=False),
    sa.Column("wording", sa.Text, nullable=False),  # the exact words shown; never the person's
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("source", sa.String(32), nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.Column("withdrawn_at", Instant),
    info=keep_by_hand("goes with its address: proof of what was agreed (GDPR 7(1))"),
)

suppression = sa.Table(
    "suppression",
    metadata,
    sa.Column("network", sa.String(16), primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary(32), primary_key=True),  # HMAC with the suppression pepper: joins with nothing
    sa.Column("since", Instant, nullable=False),
    sa.Column("why", sa.String(16), nullable=False),  # "stop", "forgotten", "blocked"
    info=keep(1096, "since", "an opposition is kept at least three years, as a fingerprint alone (CNIL)"),
)
