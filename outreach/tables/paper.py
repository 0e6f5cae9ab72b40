"""paper, wrong_code, optin: what others collected on paper, wrong codes of slips, numbers typed at the sign-up that did not say yes yet."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep, keep_by_hand, key, metadata

paper = sa.Table(
    "paper",
    metadata,
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("collected_by", sa.String(120), nullable=False),  # "recueilli par": an agent, a mediator, an association
    sa.Column("place", sa.String(120), nullable=False),
    sa.Column("collected_on", sa.Date, nullable=False),
    sa.Column("entered_by", sa.String(40), nullable=False),  # "staff:<id>"
    sa.Column("entered_at", Instant, nullable=False),
    sa.Column("checked_by", sa.String(40), nullable=False, default=""),  # the second look: another account
    sa.Column("checked_at", Instant),
    sa.Column("form", sa.String(22), nullable=False, unique=True),  # the blank it was typed into: sent twice, it is one sheet
    sa.Column("secret", sa.LargeBinary(32)),  # HMAC of the slip's code; None until the slip was shown
    sa.Column("tries", sa.Integer, nullable=False, default=0),  # wrong codes in a row
    sa.Column("locked_until", Instant),
    info=keep_by_hand("goes with its contribution: names who collected, never who wrote"),
)

wrong_code = sa.Table(
    "wrong_code",
    metadata,
    key(),
    sa.Column("asker", sa.LargeBinary(32), nullable=False),  # HMAC of who asked: an address, an account
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_wrong_code_asker", "asker", "at"),
    info=keep(1, "at", "guesses at the code of a slip are counted for a day"),
)

optin = sa.Table(
    "optin",
    metadata,
    key(),
    sa.Column("network", sa.String(16), nullable=False),
    sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),  # HMAC with the lookup pepper
    sa.Column("entry_point_id", sa.ForeignKey("entry_point.id", ondelete="CASCADE"), nullable=False),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="SET NULL")),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("answered_at", Instant),
    sa.Index("ix_optin_number", "network", "fingerprint", "asked_at"),
    info=keep(2, "asked_at", "a number that somebody typed and that said nothing: two days"),
)

right_request = sa.Table(
    "right_request",
    metadata,
    key(),
    sa.Column("kind", sa.String(12), nullable=False),  # access, erasure, objection, rectification, withdrawal
    sa.Column("network", sa.String(16), nullable=False),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="SET NULL"), index=True),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),  # one month (GDPR 12(3))
    sa.Column("closed_at", Instant),
    sa.Column("outcome", sa.String(12), nullable=False, default=""),  # given, erased, refused, upheld…
    info=keep(1096, "opened_at", "the register of rights, without any content: three years (GDPR-47)"),
)
