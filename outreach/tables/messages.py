"""inbound, conversation, wakeup, outbox, lease: what comes in, where each talk stands, what goes out."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep, keep_by_hand, key, metadata

inbound = sa.Table(
    "inbound",
    metadata,
    key(),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("provider_key", sa.String(128), nullable=False),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="SET NULL"), index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the Arrival, as JSON
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("failed", sa.Boolean, nullable=False, default=False),  # the turn raised: kept for a person to read
    sa.UniqueConstraint("channel", "account", "provider_key"),
    info=keep(30, "received_at", "texts that came in: 30 days (journeys 5)"),
)

conversation = sa.Table(
    "conversation",
    metadata,
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("flow", sa.String(24), nullable=False),
    sa.Column("step", sa.String(24), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # the State, as JSON
    sa.Column("heard_at", Instant, nullable=False),
    info=keep_by_hand("goes with its address; drafts inside are erased on day 7 by their own wake-up"),
)

wakeup = sa.Table(
    "wakeup",
    metadata,
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(24), primary_key=True),
    sa.Column("due_at", Instant, nullable=False, index=True),
    info=keep_by_hand("one row a silence that is waited for; gone when it came"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    key(),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="SET NULL"), index=True),
    sa.Column("network", sa.String(16), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("urgency", sa.String(8), nullable=False),  # reply, notice, campaign
    sa.Column("state", sa.String(10), nullable=False),  # queued, sending, wired, delivered, failed, unknown, dropped
    sa.Column("why", sa.String(40), nullable=False, default=""),  # of dropped, failed, unknown
    sa.Column("sealed", sa.LargeBinary),  # outbox.Body as JSON; None once erased
    sa.Column("asks", sa.String(80), nullable=False, default=""),  # "publish", "opt-in…": the kind of question it holds
    sa.Column("card", sa.String(40), nullable=False, default=""),
    sa.Column("sequence", sa.Integer, nullable=False, default=0),  # order among those of one turn
    sa.Column("after_stop", sa.Boolean, nullable=False, default=False),  # an answer to what was written: STOP does not hold it
    sa.Column("once", sa.Boolean, nullable=False, default=False, server_default=sa.false()),  # better lost than said twice
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("not_before", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("holder", sa.String(40), nullable=False, default=""),  # who leased it
    sa.Column("epoch", sa.Integer, nullable=False, default=0),  # of the lease under which it was claimed
    sa.Column("leased_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("marked_at", Instant),
    sa.Column("settled_at", Instant),
    sa.Column("external", sa.String(128), nullable=False, default=""),  # the provider's id
    sa.Column("campaign_id", sa.BigInteger),  # no foreign key: the figures of a campaign outlive its messages
    sa.Index("ix_outbox_due", "network", "state", "urgency", "not_before"),
    sa.Index("ix_outbox_order", "address_id", "state"),
    sa.Index("ix_outbox_card", "address_id", "card"),
    sa.Index(
        "ix_outbox_campaign",
        "campaign_id",
        "state",
        sqlite_where=sa.text("campaign_id IS NOT NULL"),
        postgresql_where=sa.text("campaign_id IS NOT NULL"),
    ),
    # of the millions that went out, only the few that still wait, or whose fate nobody knew, are looked for by time
    sa.Index("ix_outbox_expiry", "expires_at", sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'")),
    sa.Index("ix_outbox_unclear", "created_at", sqlite_where=sa.text("why = 'unclear'"), postgresql_where=sa.text("why = 'unclear'")),
    info=keep(30, "created_at", "texts that went out: 30 days; receipts 90 as counts (requirements 2.4)"),
)

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),  # "network:sms", "clock", "notary"
    sa.Column("holder", sa.String(40), nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("until", Instant, nullable=False),  # by the database's clock
    info=keep_by_hand("holds nobody's data"),
)
