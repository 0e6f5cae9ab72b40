"""entry, leaf, node, checkpoint, figure: the built-in record of each process, what proves it, and its monthly figures."""

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
    sa.Column("theme", sa.String(40), nullable=False, default=""),  # as its reader sorted it; may be given again later
    sa.Column("grouped_with", sa.String(8), nullable=False, default=""),  # the reference under which the same text is listed
    sa.Column("copies", sa.Integer, nullable=False, default=0),  # how many others are listed under this one
    sa.Column("repeats", sa.Integer, nullable=False, default=0),  # of them, by people who are counted already
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("published_at", Instant, nullable=False),
    sa.Column("withdrawn_at", Instant),
    sa.Column("hidden_at", Instant),  # reported: not shown until a person has looked
    sa.Index("ix_entry_process", "process_id", "published_at", "ref", "grouped_with", "withdrawn_at"),
    sa.Index("ix_entry_theme", "process_id", "theme", "published_at", "ref"),
    sa.Index("ix_entry_head", "process_id", "grouped_with"),
    info=keep_by_hand("published, without any link to a person"),
)

leaf = sa.Table(
    "leaf",
    metadata,
    key(),
    sa.Column("kind", sa.String(16), nullable=False),  # published, withdrawn, hidden, mandate; answers.KINDS
    sa.Column("subject", sa.String(22), nullable=False, index=True),
    sa.Column("part", sa.String(16)),  # of its subject: "point-7", as the public page calls it; None for the whole
    sa.Column("commitment", sa.LargeBinary(32), nullable=False),  # SHA-256(salt ‖ text)
    sa.Column("at", Instant, nullable=False),
    sa.Column("place", sa.BigInteger, unique=True),  # given by the notary
    sa.Column("chained", sa.LargeBinary(32)),
    sa.Column("named", sa.String(100)),  # what the public calls its subject, told with its hash: a reference, a slug, a slug#part
    sa.Column("words", sa.Text),  # of answers.KINDS: the JSON that was hashed, public by nature, kept in every version
    sa.Index("ix_leaf_named", "named"),
    info=keep_by_hand("hashes with a salt that goes with the text"),
)

node = sa.Table(
    "node",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),  # merkle.number: leaves are even
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    info=keep_by_hand("hashes of hashes: complete subtrees of the record's tree, so that a proof is a few rows"),
)

checkpoint = sa.Table(
    "checkpoint",
    metadata,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),  # leaves of the tree
    sa.Column("root", sa.LargeBinary(32), nullable=False),
    sa.Column("note", sa.Text, nullable=False),  # signed
    sa.Column("at", Instant, nullable=False),
    info=keep_by_hand("what the city signed in public: whoever kept one may compare it with any later one"),
)

figure = sa.Table(
    "figure",
    metadata,
    sa.Column("month", sa.String(7), primary_key=True),  # "2027-03"
    sa.Column("name", sa.String(24), primary_key=True),
    sa.Column("detail", sa.String(8), primary_key=True, default=""),  # the reason of a refusal
    sa.Column("value", sa.Integer),  # None: hidden
    sa.Column("shown", sa.String(8), nullable=False),  # exact, small, hidden
    info=keep_by_hand("monthly figures, small cells hidden before they are kept"),
)
