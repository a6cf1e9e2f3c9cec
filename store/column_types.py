"""Column types that mean the same on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, LargeBinary, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Give an aware moment as whole microseconds since 1970 UTC; raises ValueError for a naive one, a silent lie."""
    if moment.tzinfo is None:
        msg = "a naive time can't be stored: it needs its zone"
        raise ValueError(msg)
    return (moment - _EPOCH) // _MICROSECOND


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as whole microseconds since 1970 UTC: exact, sortable, and the same on both engines."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  a fixed signature
        """Give the number to be stored; raises ValueError for a naive time."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  a fixed signature
        """Give the moment back, aware, in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Json(TypeDecorator[Any]):
    """A JSON document as text: orjson is several times faster than the engines' own JSON types and the same on both."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002  a fixed signature
        """Write the document; keys keep their order."""
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002  a fixed signature
        """Read the document."""
        return None if value is None else orjson.loads(value)


class Bytes(TypeDecorator[bytes]):
    """Bytes, always as `bytes` whatever the driver hands over."""

    impl = LargeBinary
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002  a fixed signature
        """Give plain bytes."""
        return None if value is None else bytes(value)
