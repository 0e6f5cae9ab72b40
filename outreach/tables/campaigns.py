"""campaign, solicitation, pressure, spending, tester: what staff announce, to whom, how often, at what price, and who tries it first."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep, keep_by_hand, key, metadata

campaign = sa.Table(
    "campaign",
    metadata,
    key(),
    sa.Column("subject", sa.String(22), nullable=False, unique=True),  # what addresses, audit lines and answers call it
    sa.Column("process_id", sa.ForeignKey("process.id"), nullable=False, index=True),
    sa.Column("state", sa.String(10), nullable=False),  # campaigns.MOVES
    sa.Column("document", sa.Text, nullable=False),  # campaigns.Draft as JSON: words of the city, nobody's data
    sa.Column("author", sa.String(40), nullable=False),  # who changed it last: may not approve it
    sa.Column("tested", sa.LargeBinary(32)),  # the hash of what went to its author's own phone
    sa.Column("approved", sa.LargeBinary(32)),  # the hash of what a second person approved
    sa.Column("approvers", sa.Text, nullable=False, default=""),  # actors, by spaces
    sa.Column("why", sa.String(24), nullable=False, default=""),  # of paused: who or what stopped it
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("starts_at", Instant),  # not before; set when it is scheduled
    sa.Column("started_at", Instant),
    sa.Column("ends_at", Instant),  # what has not left by then is no news any more
    sa.Column("ended_at", Instant),
    sa.Column("cursor", sa.BigInteger, nullable=False, default=0),  # the last address that the fan-out looked at
    sa.Column("filled_at", Instant),  # the fan-out is done
    sa.Column("people", sa.Integer, nullable=False, default=0),  # whom it is for, as far as the fan-out came
    sa.Column("said", sa.Integer, nullable=False, default=0),  # how many messages it put into the outbox
    sa.Column("stops_seen", sa.Integer, nullable=False, default=0, server_default="0"),  # what a person looked at when it went on
    sa.Column("failures_seen", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("figures", sa.Text, nullable=False, default=""),  # campaigns.Results as JSON, once the messages are purged
    sa.Index("ix_campaign_state", "state", "starts_at"),
    info=keep_by_hand("words and figures of the city, kept with the process"),
)

solicitation = sa.Table(
    "solicitation",
    metadata,
    sa.Column("contact_id", sa.ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("campaign_id", sa.ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="CASCADE"), nullable=False),
    sa.Column("network", sa.String(16), nullable=False),
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # planned, queued, skipped
    sa.Column("why", sa.String(16), nullable=False, default=""),  # of skipped
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("parts", sa.Integer, nullable=False, default=0),  # what its SMS costs
    sa.Column("said_at", Instant),
    sa.Column("answer", sa.String(3), nullable=False, default=""),  # yes, no
    sa.Index("ix_solicitation_due", "campaign_id", "network", "state", "due_at"),
    sa.Index("ix_solicitation_address", "address_id"),
    info=keep(90, "due_at", "who was written to: 90 days, then counts (requirements 2.4)"),
)

pressure = sa.Table(
    "pressure",
    metadata,
    sa.Column("contact_id", sa.ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("campaign_id", sa.ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_pressure_at", "at"),
    info=keep(31, "at", "four campaigns a person and thirty days (SMS-13): older ones count for nothing"),
)

spending = sa.Table(
    "spending",
    metadata,
    sa.Column("month", sa.String(7), primary_key=True),  # "2027-03", in the city's own time
    sa.Column("parts", sa.Integer, nullable=False),
    info=keep_by_hand("counts of SMS, nobody's data"),
)

tester = sa.Table(
    "tester",
    metadata,
    sa.Column("actor", sa.String(40), primary_key=True),  # "staff:<id>" or "token:<id>"
    sa.Column("code", sa.String(6), nullable=False, index=True),  # what the phone sends; "" once it did
    sa.Column("until", Instant, nullable=False),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="CASCADE"), index=True),
    info=keep(365, "until", "a colleague's own phone: a year after it was shown"),
)
