"""Pages of a city with a million contributions: each list has an index that ends where its page begins.

It must work while the code before it still runs: add first, remove one release later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WAITS, _FLAGGED = "state = 'received'", "flags <> ''"
_ALTERED, _NOT_GONE = "fidelity = 'altered'", "wants = 'withdraw' AND state <> 'confirmed'"
_NEW: tuple[tuple[str, str, list[str], str], ...] = (
    ("ix_contribution_process", "contribution", ["process_id", "state", "urgent", "received_at"], ""),
    ("ix_contribution_arrival", "contribution", ["process_id", "received_at", "entry"], ""),
    ("ix_contribution_language", "contribution", ["language", "received_at", "id"], ""),
    ("ix_contribution_late", "contribution", ["read_by"], _WAITS),
    ("ix_contribution_flagged", "contribution", ["flags", "state", "urgent", "received_at"], _FLAGGED),
    ("ix_audit_subject", "audit", ["subject", "id"], ""),
    ("ix_audit_action", "audit", ["action", "id"], ""),
    ("ix_audit_actor", "audit", ["actor", "action", "id"], ""),
    ("ix_relay_due", "relay", ["target_id", "state", "wants", "not_before", "fidelity"], ""),
    ("ix_relay_board", "relay", ["state", "target_id", "id"], ""),
    ("ix_relay_altered", "relay", ["target_id", "id"], _ALTERED),
    ("ix_relay_late", "relay", ["since"], _NOT_GONE),
    ("ix_paper_entered", "paper", ["entered_by", "contribution_id"], ""),
    ("ix_citation_process", "citation", ["process_id", "part_id", "via", "ref"], ""),
)
_OLD: tuple[tuple[str, str, list[str]], ...] = (
    ("ix_contribution_process", "contribution", ["process_id", "state", "received_at"]),
    ("ix_audit_subject", "audit", ["subject"]),
    ("ix_relay_due", "relay", ["target_id", "state", "wants", "not_before"]),
    ("ix_relay_board", "relay", ["state", "wants", "since"]),
    ("ix_citation_process", "citation", ["process_id", "part_id"]),
)


def upgrade() -> None:
    """Put the new ones in the place of those that end too early."""
    for name, table, _columns in _OLD:
        op.drop_index(name, table)
    for name, table, columns, where in _NEW:
        some = sa.text(where) if where else None
        op.create_index(name, table, columns, sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    """Take them away again."""
    for name, table, _columns, _where in _NEW:
        op.drop_index(name, table)
    for name, table, columns in _OLD:
        op.create_index(name, table, columns)
