"""Public holidays and make-up workdays (调休) for shifts, from the `chinesecalendar` package. Its only importer.

The State Council publishes each year's days in the November before; the package follows with a release. Years that it
does not know yet are reported, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from chinese_calendar import holidays, workdays

from routing.working_time import DayKinds

BUILT_IN = frozenset({"CN"})
"""Names that `calendar.base` of a policy may have."""


def day_kinds(
    base: str | None, overrides: Mapping[date, bool], *, years: Iterable[int]
) -> tuple[DayKinds, frozenset[int]]:
    """Give the exceptions to ordinary weeks in these years.

    Args:
        base: `CN`, or None for no public holidays at all.
        overrides: days that the policy file sets itself, whatever their year; they go before the built-in ones.
        years: the years wanted.

    Returns:
        local date -> True for a make-up workday, False for a public holiday, read-only; and the years that the built-in
        calendar does not know, in which only the overrides differ from ordinary weeks.

    Raises:
        ValueError: no calendar of that name is built in.
    """
    if base is None:
        return MappingProxyType(dict(overrides)), frozenset()
    if base not in BUILT_IN:
        raise ValueError(f"no built-in calendar {base!r}; there is {', '.join(sorted(BUILT_IN))}")
    wanted = frozenset(years)
    kinds = {day: False for day in holidays if day.year in wanted}
    kinds |= {day: True for day in workdays if day.year in wanted}
    kinds |= overrides
    return MappingProxyType(kinds), wanted - {day.year for day in holidays}
