"""Reading fields of a request's JSON the way WeCom does: absent is empty, a wrong type is 40058."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.errors import WeComError

_URL_BYTES = 2048

Json = Mapping[str, object]


def text(source: Json, key: str) -> str:
    """Return a string field, empty when absent.

    Raises:
        WeComError: 40058 when it is there and not a string.
    """
    value = source.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise WeComError(40058, f"{key} must be a string")
    return value


def number(source: Json, key: str, default: int = 0) -> int:
    """Return an integer field.

    Raises:
        WeComError: 40058 when it is there and not an integer.
    """
    value = source.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise WeComError(40058, f"{key} must be an integer")
    return value


def flag(source: Json, key: str) -> bool:
    """Return a 0/1 field.

    Raises:
        WeComError: 40058 for any other value.
    """
    value = number(source, key)
    if value not in (0, 1):
        raise WeComError(40058, f"{key} must be 0 or 1")
    return value == 1


def record(source: Json, key: str) -> Json | None:
    """Return an object field, or None when absent.

    Raises:
        WeComError: 40058 when it is there and not an object.
    """
    value = source.get(key)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise WeComError(40058, f"{key} must be an object")
    return value


def records(source: Json, key: str) -> list[Json]:
    """Return a list of objects, empty when absent.

    Raises:
        WeComError: 40058 when it is there and not a list of objects.
    """
    value = source.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise WeComError(40058, f"{key} must be an array of objects")
    return value


def texts(source: Json, key: str) -> list[str]:
    """Return a list of strings, empty when absent.

    Raises:
        WeComError: 40058 when it is there and not a list of strings.
    """
    value = source.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise WeComError(40058, f"{key} must be an array of strings")
    return value


def numbers(source: Json, key: str) -> list[int]:
    """Return a list of integers, empty when absent.

    Raises:
        WeComError: 40058 when it is there and not a list of integers.
    """
    value = source.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, int) and not isinstance(item, bool) for item in value):
        raise WeComError(40058, f"{key} must be an array of integers")
    return value


def size(value: str) -> int:
    """Return the length of a text in bytes of UTF-8, as WeCom's hard limits count it."""
    return len(value.encode())


def check_url(url: str) -> None:
    """Check an address a member will be sent to.

    Raises:
        WeComError: 40094 without an http(s) scheme, 40039 beyond 2048 bytes.
    """
    if not url.startswith(("http://", "https://")):
        raise WeComError(40094)
    if size(url) > _URL_BYTES:
        raise WeComError(40039)
