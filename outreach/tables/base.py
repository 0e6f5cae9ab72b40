"""What every table shares: one metadata, instants, identifiers, retention."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """An aware instant as whole microseconds since 1970: what SQLite keeps, and the hot batch writes."""
    return (at - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """The aware instant (UTC) of `micros`."""
    return _EPOCH + timedelta(microseconds=value)


class Instant(TypeDecorator[datetime]):
    """An aware instant: `timestamptz` on PostgreSQL, whole microseconds on SQLite, which has no such type."""

    impl = sa.BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:  # noqa: ANN401 - SQLAlchemy's own
        """Choose the column's type."""
        return dialect.type_descriptor(sa.TIMESTAMP(timezone=True) if dialect.name == "postgresql" else sa.BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:  # noqa: ANN401 - the driver's own
        """Refuse a naive time: nobody would know whose hour it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without a zone can't be stored"
            raise ValueError(message)
        return value if dialect.name == "postgresql" else micros(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:  # noqa: ANN401 - the driver's own
        """Give every instant back in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else instant(value)


def key() -> sa.Column[int]:
    """A row's number, made by the application (`references.new_id`): seals are bound to it before the insert."""
    return sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)


def keep(days: int, after: str, why: str) -> dict[str, Any]:
    """Retention of a table: its rows go `days` after the instant in column `after`. Read by `privacy.purge`."""
    return {"retention": {"days": days, "after": after, "why": why}}


def keep_by_hand(why: str) -> dict[str, Any]:
    """Retention of a table whose rows go with something else, or that holds nobody's data; `why` says which."""
    return {"retention": {"days": None, "after": None, "why": why}}
