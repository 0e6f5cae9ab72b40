"""What the city owes for the words it was given: the avis, its points, their study, decisions, commitments, and the journal."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep_by_hand, key, metadata

PUBLIC = "public once answered, kept with the process"

project_request = sa.Table(
    "project_request",
    metadata,
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("department", sa.String(200), nullable=False),
    sa.Column("answers", sa.Text, nullable=False),  # processes.Request as JSON: the eight questions
    sa.Column("asked_by", sa.String(40), nullable=False),  # "staff:<id>" or "token:<id>"
    sa.Column("asked_at", Instant, nullable=False),
    info=keep_by_hand("names a department's need, nobody; kept with the process"),
)

avis = sa.Table(
    "avis",
    metadata,
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("written_by", sa.String(200), nullable=False, default=""),  # the group: "40 habitants tirés au sort"
    sa.Column("handed_to", sa.String(200), nullable=False, default=""),
    sa.Column("handed_on", sa.Date, nullable=False),
    sa.Column("left_out", sa.String(80), nullable=False, default=""),  # why what no point takes up was not: at most 42 letters of an SMS
    sa.Column("imported_at", Instant, nullable=False),
    sa.Column("answered_at", Instant),  # when the response was published: its authors are told from then on
    info=keep_by_hand(PUBLIC),
)

point = sa.Table(
    "point",
    metadata,
    key(),
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("number", sa.String(8), nullable=False),  # "7"; "" for words that the group read and did not take up
    sa.Column("title", sa.String(200), nullable=False),  # of an aside: the short reason, as an SMS says it
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("minority", sa.Text, nullable=False, default=""),
    sa.UniqueConstraint("process_id", "place"),
    info=keep_by_hand(PUBLIC),
)

synthesis = sa.Table(
    "synthesis",
    metadata,
    key(),
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.UniqueConstraint("process_id", "place"),
    info=keep_by_hand(PUBLIC),
)

citation = sa.Table(
    "citation",
    metadata,
    sa.Column("part_id", sa.BigInteger, primary_key=True, autoincrement=False),  # a point, or a theme of the synthesis
    sa.Column("ref", sa.String(8), primary_key=True),
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), nullable=False),
    sa.Column("via", sa.String(8), nullable=False, default=""),  # the cited reference whose text speaks for this one
    sa.Index("ix_citation_ref", "ref"),
    sa.Index("ix_citation_process", "process_id", "part_id", "via", "ref"),
    info=keep_by_hand("public references, without any link to a person"),
)

instruction = sa.Table(
    "instruction",
    metadata,
    sa.Column("point_id", sa.ForeignKey("point.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("service", sa.String(120), nullable=False),
    sa.Column("person", sa.String(120), nullable=False, default=""),  # of the office, never a citizen
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("feasible", sa.String(12), nullable=False, default=""),  # "", yes, conditions, no
    sa.Column("cost", sa.String(200), nullable=False, default=""),
    sa.Column("schedule", sa.String(200), nullable=False, default=""),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Column("noted_at", Instant),
    info=keep_by_hand("the office's own work, never public; kept with the process"),
)

response = sa.Table(
    "response",
    metadata,
    sa.Column("point_id", sa.ForeignKey("point.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("decision", sa.String(12), nullable=False),  # answers.DECISIONS
    sa.Column("decided_by", sa.String(200), nullable=False),  # a role, an elected official in office
    sa.Column("decided_on", sa.Date, nullable=False),
    sa.Column("reasons", sa.Text, nullable=False),
    sa.Column("sms_done", sa.String(80), nullable=False, default=""),
    sa.Column("sms_reason", sa.String(80), nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("published_at", Instant),
    info=keep_by_hand(PUBLIC),
)

commitment = sa.Table(
    "commitment",
    metadata,
    key(),
    sa.Column("point_id", sa.ForeignKey("point.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("text", sa.String(200), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # planned, done
    sa.Column("evidence", sa.Text, nullable=False, default=""),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Index("ix_commitment_due", "state", "due_on"),
    info=keep_by_hand(PUBLIC),
)

journal = sa.Table(
    "journal",
    metadata,
    key(),
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),  # a state of the process, or answers.EVENTS
    sa.Column("about", sa.String(40), nullable=False, default=""),  # a point's number, or two dates
    sa.Column("text", sa.Text, nullable=False, default=""),  # a public reason, or a line that a person wrote
    info=keep_by_hand(PUBLIC),
)

wording = sa.Table(
    "wording",
    metadata,
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(60), primary_key=True),  # "point.7.title"
    sa.Column("language", sa.String(16), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("french", sa.Text, nullable=False),  # what it translates: another French makes it out of date
    sa.Column("read_by", sa.String(120), nullable=False, default=""),  # who read it again; "" for a machine's
    sa.Column("changed_at", Instant, nullable=False),
    info=keep_by_hand(PUBLIC),
)

telling = sa.Table(
    "telling",
    metadata,
    key(),
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),  # loop.KINDS
    sa.Column("point_id", sa.BigInteger),
    sa.Column("notice", sa.Text, nullable=False),  # what is told, without a reference: JSON
    sa.Column("reached", sa.BigInteger, nullable=False, default=0),  # the addresses up to this one were looked at
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("done_at", Instant),
    sa.Index("ix_telling_open", "done_at", "id"),
    info=keep_by_hand("what is still to be told, to nobody by name; public words alone"),
)
