"""What the brakes of a campaign had counted when a person looked and let it go on.

It must work while the code before it still runs: add first, remove one release later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_COLUMNS = ("stops_seen", "failures_seen")


def upgrade() -> None:
    """Nothing was looked at."""
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        for name in _COLUMNS:
            batch_op.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Every count is judged again."""
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        for name in _COLUMNS:
            batch_op.drop_column(name)
