"""staff, grant, sign-in, recovery code, token, audit line, ticket, idempotency key, setting: the people who work and what they did."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep, keep_by_hand, key, metadata

staff = sa.Table(
    "staff",
    metadata,
    key(),
    sa.Column("email", sa.String(254), nullable=False, unique=True),
    sa.Column("password", sa.String(200), nullable=False, default=""),  # argon2id
    sa.Column("name", sa.String(80), nullable=False, default=""),  # as they sign what is public: an interpreter's translation
    sa.Column("organisation", sa.String(120), nullable=False, default=""),  # an association that collects for others
    sa.Column("department", sa.String(120), nullable=False, default=""),  # a label of the city's own
    sa.Column("language", sa.String(16), nullable=False, default=""),  # of our e-mails to them; "" is the city's own
    sa.Column("reads", sa.String(120), nullable=False, default=""),  # languages that an interpreter translates, with blanks between
    sa.Column(
        "shortcuts", sa.String(16), nullable=False, default="", server_default=sa.text("''")
    ),  # their own keys of the reading desk; "" are the usual ones
    sa.Column("on_call", sa.Boolean, nullable=False, default=False),  # woken by a threat, a person in distress, a channel that is down
    sa.Column("totp", sa.LargeBinary),  # sealed; None until enrolled
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("locked_until", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("disabled_at", Instant),
    info=keep_by_hand("an account lives until an administrator closes it"),
)

grant = sa.Table(
    "grant",
    metadata,
    sa.Column("staff_id", sa.ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("role", sa.String(16), primary_key=True),
    sa.Column("scope", sa.Text, nullable=False, default=""),  # slugs with blanks between; "" is the whole city
    info=keep_by_hand("goes with its account"),
)

recovery = sa.Table(
    "recovery",
    metadata,
    sa.Column("fingerprint", sa.LargeBinary(32), primary_key=True),  # SHA-256 of a code that takes the place of the phone, once
    sa.Column("staff_id", sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("made_at", Instant, nullable=False),
    info=keep_by_hand("goes when it was used, with the second factor or with its account"),
)

signin = sa.Table(
    "signin",
    metadata,
    sa.Column("fingerprint", sa.LargeBinary(32), primary_key=True),  # SHA-256 of the cookie
    sa.Column("staff_id", sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("csrf", sa.String(43), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    info=keep(1, "expires_at", "a session ends after 12 hours"),
)

invitation = sa.Table(
    "invitation",
    metadata,
    sa.Column("fingerprint", sa.LargeBinary(32), primary_key=True),  # SHA-256 of the link's token
    sa.Column("staff_id", sa.ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("expires_at", Instant, nullable=False),
    info=keep(1, "expires_at", "a link works once, for three days"),
)

token = sa.Table(
    "token",
    metadata,
    key(),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("scope", sa.Text, nullable=False, default=""),  # as that of a grant
    sa.Column("fingerprint", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    info=keep_by_hand("lives until revoked"),
)

audit = sa.Table(
    "audit",
    metadata,
    key(),
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("actor", sa.String(40), nullable=False),  # "staff:7", "token:3", "citizen", "clock"
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(22), nullable=False),  # a random token, never an id or an address
    sa.Column("detail", sa.Text, nullable=False, default="{}"),  # JSON of states, codes and counts: no text, no person
    sa.Column("place", sa.BigInteger, unique=True),  # given by the notary
    sa.Column("chained", sa.LargeBinary(32)),
    sa.Index("ix_audit_subject", "subject", "id"),
    sa.Index("ix_audit_action", "action", "id"),
    sa.Index("ix_audit_actor", "actor", "action", "id"),
    info=keep(365, "at", "12 months (CNIL, logs 6 to 12 months)"),
)

ticket = sa.Table(
    "ticket",
    metadata,
    key(),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.String(12), nullable=False),  # call_back, question
    sa.Column("process_id", sa.ForeignKey("process.id")),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # open, done
    sa.Column("assigned_to", sa.ForeignKey("staff.id", ondelete="SET NULL"), index=True),  # the one of the team who takes it
    sa.Column("opened_at", Instant, nullable=False),
    info=keep(183, "opened_at", "the inbox: six months (journeys 5)"),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("token_id", sa.ForeignKey("token.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(128), primary_key=True),
    sa.Column("body", sa.LargeBinary(32), nullable=False),
    sa.Column("status", sa.Integer),  # None while in flight
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("at", Instant, nullable=False),
    info=keep(1, "at", "the same POST twice is one, for 24 hours"),
)

setting = sa.Table(
    "setting",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),  # "key_fingerprint", "telegram_offset"…
    sa.Column("value", sa.Text, nullable=False),
    info=keep_by_hand("holds nobody's data"),
)

issue = sa.Table(
    "issue",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),  # "reach/place-du-marche"
    sa.Column("at", Instant, nullable=False),
    sa.Column("shown", sa.Text, nullable=False),  # the table as it was shown, small cells hidden already
    info=keep_by_hand("figures as they were shown, replaced every week; of nobody"),
)
