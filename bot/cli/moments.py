"""Days and times as they are typed after options."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.cli.console import fail
from bot.services.desk import Desk


def moment_of(text: str | None, option: str, *, end: bool = False) -> datetime | None:
    """Read a day or a time; without an offset it is one of the policy's zone, which is not known yet.

    A day is its first moment, or, as the `end` of something, the first of the day after.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment + timedelta(days=1) if end and _is_day(text) else moment
    except ValueError:
        fail(f"{option} {text}: write a day as 2026-11-20, a time as 2026-11-20T10:00", status=2)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def written(moment: datetime, desk: Desk) -> str:
    """Write a time on the clock of the policy in force, with its zone: 2026-11-20 10:00 Asia/Shanghai."""
    zone = desk.office.zone if desk.office is not None else UTC
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} {zone}"


def in_zone(moment: datetime, desk: Desk) -> datetime:
    """Read a time without an offset in the policy's zone."""
    if moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=desk.office.zone if desk.office is not None else UTC)
