from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from bot.public_holidays import day_kinds
from routing.roster import Shift, Span
from routing.working_time import Schedule, on_duty

OFFICE = (Span(540, 1080),)
STANDARD = Shift("standard", (*(OFFICE,) * 5, (), ()), OFFICE)

MAKE_UP_DAYS_2026 = [
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
]


def at_ten(day: date) -> datetime:
    """Give 10:00 of this day in Beijing."""
    return datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_b20_national_day_2026_is_off_and_the_listed_make_up_days_are_on() -> None:
    """B-20: 法定节假日 and 调休 of 2026, as a shift sees them."""
    kinds, unknown = day_kinds("CN", {}, years=[2026])
    standard = Schedule(STANDARD, "Asia/Shanghai", kinds)
    assert not unknown
    assert not any(on_duty(standard, at_ten(date(2026, 10, 1) + timedelta(days=n))) for n in range(7))
    assert [day for day, worked in sorted(kinds.items()) if worked] == MAKE_UP_DAYS_2026
    assert all(on_duty(standard, at_ten(day)) for day in MAKE_UP_DAYS_2026)
    assert on_duty(standard, at_ten(date(2026, 10, 8)))
    assert not on_duty(standard, at_ten(date(2026, 10, 17)))  # a Saturday like any other


@pytest.mark.parametrize("year", range(2004, 2027))
def test_exceptions_and_ordinary_weeks_together_are_the_calendar(year: int) -> None:
    """Whether a day is worked is what the package's own function says, for every day that it knows."""
    kinds, unknown = day_kinds("CN", {}, years=[year])
    assert not unknown
    day = date(year, 1, 1)
    while day.year == year:
        worked = kinds.get(day, day.weekday() < 5)
        assert worked == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_years_that_are_not_published_are_reported_and_have_weekends() -> None:
    """Nothing is guessed: ordinary weeks, and the caller is told which years."""
    kinds, unknown = day_kinds("CN", {}, years=iter([2026, 2027, 2050, 1999]))
    assert unknown == {2027, 2050, 1999}
    assert {day.year for day in kinds} == {2026}


def test_overrides_go_before_the_built_in_days() -> None:
    """A company may work on a holiday, rest on a workday, and enter next year's days before the package has them."""
    overrides = {date(2026, 10, 1): True, date(2026, 10, 10): False, date(2027, 2, 6): False}
    kinds, unknown = day_kinds("CN", overrides, years=[2026, 2027])
    assert overrides.items() <= kinds.items()
    assert kinds[date(2026, 10, 2)] is False
    assert unknown == {2027}


def test_without_a_base_only_the_overrides_count() -> None:
    """A company abroad has no Chinese holidays, and no year is unknown."""
    overrides = {date(2026, 12, 25): False}
    assert day_kinds(None, overrides, years=[2026, 2050]) == (overrides, frozenset())


def test_what_is_given_can_not_be_changed() -> None:
    """The exceptions are shared by every schedule, and later changes of the overrides do not reach them."""
    overrides = {date(2026, 12, 25): False}
    for base in ("CN", None):
        kinds, _ = day_kinds(base, overrides, years=[2026])
        with pytest.raises(TypeError):
            kinds[date(2026, 12, 24)] = True  # type: ignore[index]
    kinds, _ = day_kinds(None, overrides, years=[])
    overrides.clear()
    assert kinds == {date(2026, 12, 25): False}


def test_an_unknown_calendar_is_refused() -> None:
    """A typing error must not silently mean no holidays."""
    with pytest.raises(ValueError, match="there is CN"):
        day_kinds("China", {}, years=[2026])
