"""The single keys that somebody gave to the actions of the reading desk.

It must work while the code before it still runs: add first, remove one release later.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody begins with the usual ones."""
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shortcuts", sa.String(length=16), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    """The usual ones again."""
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_column("shortcuts")
