"""paper, wrong_code, optin, right_request, handover: sheets and their slips, numbers that others typed, the register of rights."""

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
    sa.Column("phone", sa.LargeBinary),  # a number left on the sheet, sealed, until the second look has it asked
    sa.Column("secret", sa.LargeBinary(32)),  # HMAC of the slip's code; None until the slip was shown
    sa.Column("tries", sa.Integer, nullable=False, default=0),  # wrong codes in a row
    sa.Column("locked_until", Instant),
    sa.Index("ix_paper_entered", "entered_by", "contribution_id"),
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
    sa.Column("entry_point_id", sa.ForeignKey("entry_point.id", ondelete="CASCADE")),  # the page it was typed into
    sa.Column("contribution_id", sa.ForeignKey("contribution.id", ondelete="CASCADE")),  # or the sheet of paper it was left on
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

handover = sa.Table(
    "handover",
    metadata,
    key(),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("code", sa.LargeBinary(32), nullable=False),  # HMAC of the six digits
    sa.Column("made_by", sa.String(40), nullable=False),  # "staff:<id>": the agent at the counter
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, default=0),
    sa.Column("opened_at", Instant),  # the right code was said
    info=keep(1, "made_at", "a code that was said at a counter, to hand over a copy: a day"),
)
