"""workshop, registration, need, attendance, minutes: a room with seats, who holds one, who came, what was said there."""

import sqlalchemy as sa

from outreach.tables.base import Instant, keep, keep_by_hand, key, metadata

workshop = sa.Table(
    "workshop",
    metadata,
    key(),
    sa.Column("process_id", sa.ForeignKey("process.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("name", sa.String(40), nullable=False),  # the id of the document
    sa.Column("subject", sa.String(22), nullable=False, unique=True),  # what audit lines and calendars call it
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("place", sa.String(200), nullable=False),
    sa.Column("capacity", sa.Integer),  # None: as many as come
    sa.Column("remote_capacity", sa.Integer),
    sa.Column(
        "taken", sa.Integer, nullable=False, default=0
    ),  # seats of the room that are confirmed or offered; moves only with a registration
    sa.Column("remote_taken", sa.Integer, nullable=False, default=0),
    sa.Column("status", sa.String(10), nullable=False),  # scheduled, full, cancelled, held
    sa.Column("sequence", sa.Integer, nullable=False, default=0),  # RFC 5545 §3.8.7.4: rises when hour, place or status changes
    sa.Column("told", sa.Integer, nullable=False, default=0),  # the sequence that its people know of
    sa.Column("next_wave_at", Instant),  # when who waits is asked again: more seats, or the second wave of the last day
    sa.Column("changed_at", Instant, nullable=False),
    sa.UniqueConstraint("process_id", "name"),
    sa.Index("ix_workshop_hour", "status", "starts_at"),
    info=keep_by_hand("public by nature, kept with the process"),
)

registration = sa.Table(
    "registration",
    metadata,
    key(),
    sa.Column("workshop_id", sa.ForeignKey("workshop.id", ondelete="CASCADE"), nullable=False),
    sa.Column("address_id", sa.ForeignKey("address.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("subject", sa.String(22), nullable=False, unique=True),  # what audit lines call it
    sa.Column("mode", sa.String(6), nullable=False),  # room, remote
    sa.Column("seats", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),  # workshops.MOVES
    sa.Column("code", sa.String(4), nullable=False),  # what the door asks
    sa.Column("waits_since", Instant),  # the order of the waiting list
    sa.Column("offered_until", Instant, index=True),  # of an offer: when it ends
    sa.Column(
        "holds", sa.Boolean, nullable=False, default=False
    ),  # an offer that keeps its places until then; else the first answer has them
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),  # the end of the workshop: moves with it
    sa.UniqueConstraint("workshop_id", "address_id"),
    sa.UniqueConstraint("workshop_id", "code", name="uq_registration_code"),
    sa.Index("ix_registration_line", "workshop_id", "mode", "state", "waits_since"),
    info=keep(92, "until", "sign-up and attendance lists: three months after the workshop, then counts only (requirements 2.4)"),
)

need = sa.Table(
    "need",
    metadata,
    sa.Column("registration_id", sa.ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),  # codes of services as JSON; never a disability (GDPR-22)
    sa.Column("consent", sa.Text, nullable=False),  # the exact sentence that the yes answered
    sa.Column("language", sa.String(16), nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),  # the end of the workshop: moves with it
    info=keep(7, "until", "access needs: seven days after the workshop (GDPR-22)"),
)

attendance = sa.Table(
    "attendance",
    metadata,
    key(),
    sa.Column("workshop_id", sa.ForeignKey("workshop.id", ondelete="CASCADE"), nullable=False),
    sa.Column("registration_id", sa.ForeignKey("registration.id", ondelete="SET NULL"), index=True),  # None: came without a code
    sa.Column("key", sa.String(64), nullable=False),  # made by the host's phone: the same mark synced twice is one
    sa.Column(
        "people", sa.Integer, nullable=False
    ),  # how many it counts: 0 once a later mark about the same person stands, or it was undone
    sa.Column("was", sa.String(10), nullable=False, default=""),  # the registration's state before the mark: where undoing leads back to
    sa.Column("by", sa.String(40), nullable=False),  # "staff:<id>"
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("workshop_id", "key"),
    info=keep_by_hand("counts, once the registration is gone"),
)

minutes = sa.Table(
    "minutes",
    metadata,
    sa.Column("workshop_id", sa.ForeignKey("workshop.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),  # written by people, in plain words
    sa.Column("short", sa.String(90), nullable=False),  # what an SMS has room for
    sa.Column("by", sa.String(40), nullable=False),
    sa.Column("loaded_at", Instant, nullable=False),
    sa.Column("corrections_until", Instant, nullable=False),
    sa.Column("published_at", Instant),
    info=keep_by_hand("public by nature once published, kept with the process"),
)
