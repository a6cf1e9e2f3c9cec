"""Column types that mean the same on both engines.

Each hands SQLAlchemy one plain function a way, since these run for every value of every row.
"""

from __future__ import annotations

from collections.abc import Callable
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


def _write_moment(value: datetime | None) -> int | None:
    return None if value is None else microseconds(value)


def _read_moment(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


def _write_json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _read_json(value: str | None) -> Any:
    return None if value is None else orjson.loads(value)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as whole microseconds since 1970 UTC: exact, sortable, and the same on both engines."""

    impl = BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:  # noqa: ARG002  a fixed signature
        """Give what writes a moment; it raises ValueError for a naive time."""
        return _write_moment

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:  # noqa: ARG002
        """Give what reads a moment: aware, in UTC."""
        return _read_moment


class Json(TypeDecorator[Any]):
    """A JSON document as text: orjson is several times faster than the engines' own JSON types and the same on both."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str | None]:  # noqa: ARG002  a fixed signature
        """Give what writes a document; keys keep their order."""
        return _write_json

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], Any]:  # noqa: ARG002
        """Give what reads a document."""
        return _read_json


class Bytes(TypeDecorator[bytes]):
    """Bytes, as both drivers take and give them: SQLAlchemy's own type would wrap every value in a memoryview."""

    impl = LargeBinary
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> None:
        """Change nothing."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Change nothing."""
