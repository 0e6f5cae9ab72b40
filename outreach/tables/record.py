"""entry, leaf: the built-in record of each process, and the chain that proves it."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep_by_hand, key, metadata

entry = sa.Table(
    "entry",
    metadata,
    sa.Column("ref", sa.String(8), primary_key=True),
    sa.Column("process_id", sa.ForeignKey("process.id"), nullable=False),
    sa.Column("question", sa.String(40), nullable=False),
    sa.Column("text", sa.Text),  # None once withdrawn: the mark stays
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("salt", sa.LargeBinary(16)),  # goes with the text
    sa.Column("redacted", sa.Boolean, nullable=False),
    sa.Column("answer", sa.Text, nullable=False, default=""),
    sa.Column("grouped_with", sa.String(8), nullable=False, default=""),  # the reference under which the same text is listed
    sa.Column("copies", sa.Integer, nullable=False, default=0),  # how many others are listed under this one
    sa.Column("repeats", sa.Integer, nullable=False, default=0),  # of them, by people who are counted already
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("withdrawn_at", Instant),
    sa.Column("hidden_at", Instant),  # reported: not shown until a person has looked
    sa.Index("ix_entry_process", "process_id", "published_at", "ref"),
    info=keep_by_hand("published, without any link to a person"),
)

leaf = sa.Table(
    "leaf",
    metadata,
    key(),
    sa.Column("kind", sa.String(16), nullable=False),  # published, withdrawn, mandate
    sa.Column("subject", sa.String(22), nullable=False),
    sa.Column("commitment", sa.LargeBinary(32), nullable=False),  # SHA-256(salt ‖ text)
    sa.Column("at", Instant, nullable=False),
    sa.Column("place", sa.BigInteger, unique=True),  # given by the notary
    sa.Column("chained", sa.LargeBinary(32)),
    info=keep_by_hand("hashes with a salt that goes with the text"),
)
