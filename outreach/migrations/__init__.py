"""The history of the tables: alembic, configured in code; `python -m outreach.migrations "a sentence"` drafts the next step."""

import sqlalchemy as sa

INSTANT = sa.TIMESTAMP(timezone=True).with_variant(sa.BigInteger(), "sqlite")
"""An aware instant, as `tables.base.Instant` keeps it on each database."""
