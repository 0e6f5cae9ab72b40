"""What rests because its author objected: the one place that says which (GDPR 21)."""

import sqlalchemy as sa

from outreach.tables import address, contribution


def set_aside() -> sa.ColumnElement[bool]:
    """Whether a contribution's author objected and nobody has decided yet: it is neither read on, nor published."""
    return sa.exists().where(address.c.id == contribution.c.address_id, address.c.objected_at.is_not(None))
