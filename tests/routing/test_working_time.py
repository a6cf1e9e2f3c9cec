from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest

from routing.policy import Duration
from routing.roster import Shift, Span
from routing.working_time import (
    Schedule,
    add_work,
    after,
    local_day,
    next_change,
    next_on,
    on_duty,
    work_between,
)

OFFICE = (Span(9 * 60, 12 * 60), Span(13 * 60, 18 * 60))
STANDARD = Shift("standard", (*(OFFICE,) * 5, (), ()), OFFICE)
LATE = Shift(
    "late",
    (*((Span(600, 780), Span(840, 1200)),) * 5, (Span(600, 960),), ()),
    (Span(600, 780), Span(840, 1200)),
)
ALWAYS = Shift("round_the_clock", ((Span(0, 1440),),) * 7, (Span(0, 1440),), works_holidays=True)
NIGHT = Shift("night", ((Span(0, 360), Span(1320, 1440)),) * 7, (Span(0, 360), Span(1320, 1440)))

HOLIDAYS = MappingProxyType({
    date(2026, 10, 1): False,
    date(2026, 10, 2): False,
    date(2026, 10, 10): True,  # a Saturday
})  # fmt: skip


def on(zone: str, text: str) -> datetime:
    """Read a local time of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def beijing(text: str) -> datetime:
    """Read a local time of Beijing."""
    return on("Asia/Shanghai", text)


def test_b20_a_rep_in_urumqi_is_not_on_duty_at_nine_in_beijing() -> None:
    """B-20: a lead of 09:00 Beijing waits for such a rep until 09:30 Urumqi, which is 11:30 Beijing."""
    half_past_nine = Shift("northwest", (*((Span(570, 1140),),) * 5, (), ()), (Span(570, 1140),))
    rep = Schedule(half_past_nine, "Asia/Urumqi")
    assert not on_duty(rep, beijing("2026-06-01 09:00"))
    assert next_on(rep, beijing("2026-06-01 09:00")) == on("Asia/Urumqi", "2026-06-01 09:30")
    assert next_on(rep, beijing("2026-06-01 09:00")) == beijing("2026-06-01 11:30")
    assert on_duty(rep, beijing("2026-06-01 11:30"))


def test_b20_beijing_clocks_with_northwestern_hours_do_the_same() -> None:
    """B-20: the other way to write it, Beijing clock and hours 10:00-14:00, 15:30-19:30."""
    hours = (Span(600, 840), Span(930, 1170))
    rep = Schedule(Shift("northwest", (*(hours,) * 5, (), ()), hours), "Asia/Shanghai")
    assert not on_duty(rep, beijing("2026-06-01 09:00"))
    assert next_on(rep, beijing("2026-06-01 09:00")) == beijing("2026-06-01 10:00")
    assert work_between(rep, beijing("2026-06-01 00:00"), beijing("2026-06-02 00:00")) == timedelta(hours=8)


@pytest.mark.parametrize(
    ("shift", "day", "hours"),
    [
        (STANDARD, "2026-09-30", 8),  # an ordinary Wednesday
        (STANDARD, "2026-10-01", 0),  # National Day, a Thursday
        (STANDARD, "2026-10-03", 0),  # an ordinary Saturday
        (STANDARD, "2026-10-10", 8),  # 调休: a Saturday that is worked
        (LATE, "2026-09-26", 6),  # its own Saturday hours
        (LATE, "2026-10-10", 9),  # on a make-up day it works as on a workday, not as on a Saturday
        (ALWAYS, "2026-10-01", 24),
        (ALWAYS, "2026-10-10", 24),
    ],
)
def test_b20_holidays_rest_and_make_up_days_work(shift: Shift, day: str, hours: int) -> None:
    """B-20, 法定节假日 and 调休: only an everyday shift goes on through a holiday."""
    midnight = beijing(f"{day} 00:00")
    schedule = Schedule(shift, "Asia/Shanghai", HOLIDAYS)
    assert work_between(schedule, midnight, midnight + timedelta(days=1)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("spans", "day", "minutes"),
    [
        ([(60, 240)], "2026-03-08", 120),  # 01:00-04:00 when 02:00-03:00 is missing
        ([(60, 240)], "2026-11-01", 240),  # and when 01:00-02:00 comes twice
        ([(0, 1440)], "2026-03-08", 23 * 60),
        ([(0, 1440)], "2026-11-01", 25 * 60),
        ([(150, 300)], "2026-03-08", 120),  # begins inside the missing hour: at the change
        ([(0, 150)], "2026-03-08", 120),  # ends inside the missing hour: at the change
        ([(135, 165)], "2026-03-08", 0),  # no clock showed 02:15
        ([(75, 105)], "2026-11-01", 30),  # 01:15-01:45 is worked once
        ([(0, 90), (90, 300)], "2026-11-01", 6 * 60),  # spans that meet leave nothing between them
        ([(0, 150), (150, 300)], "2026-03-08", 4 * 60),
        ([(540, 1080)], "2026-03-08", 540),
        ([(540, 1080)], "2026-11-01", 540),
    ],
)
def test_b20_a_change_of_the_clocks_neither_skips_nor_doubles_a_shift(
    spans: list[tuple[int, int]], day: str, minutes: int
) -> None:
    """B-20, America/New_York: a shift lasts the real time between its bounds."""
    both = tuple(Span(*span) for span in spans)
    schedule = Schedule(Shift("spans", (both,) * 7, both), "America/New_York")
    midnight = on("America/New_York", f"{day} 00:00").astimezone(UTC)
    next_midnight = on("America/New_York", f"{day} 00:00") + timedelta(days=1)
    assert work_between(schedule, midnight, next_midnight.astimezone(UTC)) == timedelta(minutes=minutes)


def test_a_shift_across_midnight_is_one_stretch() -> None:
    """24:00 is the next day's 00:00: nothing changes at midnight."""
    schedule = Schedule(NIGHT, "Asia/Shanghai")
    assert on_duty(schedule, beijing("2026-06-01 23:59:59"))
    assert on_duty(schedule, beijing("2026-06-02 00:00"))
    assert next_change(schedule, beijing("2026-06-01 22:00")) == beijing("2026-06-02 06:00")
    assert next_change(schedule, beijing("2026-06-01 06:00")) == beijing("2026-06-01 22:00")


def test_the_first_moment_of_a_span_is_on_duty_and_its_last_is_not() -> None:
    """Spans are half-open, so that two that meet never count a moment twice."""
    schedule = Schedule(STANDARD, "Asia/Shanghai")
    assert on_duty(schedule, beijing("2026-06-01 09:00"))
    assert not on_duty(schedule, beijing("2026-06-01 08:59:59.999999"))
    assert on_duty(schedule, beijing("2026-06-01 11:59:59.999999"))
    assert not on_duty(schedule, beijing("2026-06-01 12:00"))


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ("2026-06-01 10:00", timedelta(minutes=10), "2026-06-01 10:10"),
        ("2026-06-01 11:55", timedelta(minutes=10), "2026-06-01 13:05"),  # lunch does not count
        ("2026-06-01 11:50", timedelta(minutes=10), "2026-06-01 12:00"),  # up at the end, not after lunch
        ("2026-06-01 20:00", timedelta(minutes=10), "2026-06-02 09:10"),
        ("2026-06-05 17:55", timedelta(minutes=10), "2026-06-08 09:05"),  # over the weekend
        ("2026-09-30 17:55", timedelta(minutes=10), "2026-10-05 09:05"),  # over holidays and the weekend
        ("2026-10-09 17:55", timedelta(hours=8), "2026-10-10 17:55"),  # the make-up Saturday counts
        ("2026-06-01 03:00", timedelta(0), "2026-06-01 03:00"),
        ("2026-06-01 09:00", timedelta(hours=24), "2026-06-03 18:00"),
        ("2026-06-01 09:00:00.250000", timedelta(seconds=1), "2026-06-01 09:00:01.250000"),
    ],
)
def test_work_is_added_in_hours_on_duty(start: str, length: timedelta, end: str) -> None:
    """`work 24h` counts only the hours that the person is on duty."""
    schedule = Schedule(STANDARD, "Asia/Shanghai", HOLIDAYS)
    assert add_work(schedule, beijing(start), length) == beijing(end)


def test_leave_counts_neither_as_duty_nor_as_work() -> None:
    """Leave may come unsorted, overlapping, empty or outside the shift."""
    leave = (
        (beijing("2026-06-02 13:00"), beijing("2026-06-02 15:00")),
        (beijing("2026-06-01 17:00"), beijing("2026-06-02 12:00")),
        (beijing("2026-06-02 10:00"), beijing("2026-06-02 14:00")),
        (beijing("2026-06-03 10:00"), beijing("2026-06-03 10:00")),
    )
    schedule = Schedule(STANDARD, "Asia/Shanghai", leave=leave)
    assert next_change(schedule, beijing("2026-06-01 14:00")) == beijing("2026-06-01 17:00")
    assert next_on(schedule, beijing("2026-06-01 17:00")) == beijing("2026-06-02 15:00")
    assert add_work(schedule, beijing("2026-06-01 16:59"), timedelta(minutes=2)) == beijing("2026-06-02 15:01")
    assert add_work(schedule, beijing("2026-06-02 11:00"), timedelta(minutes=2)) == beijing("2026-06-02 15:02")
    assert work_between(schedule, beijing("2026-06-01 16:00"), beijing("2026-06-02 16:00")) == timedelta(hours=2)


def test_without_a_shift_only_leave_ends_duty() -> None:
    """Somebody without a shift is always on duty, holidays included."""
    away = (beijing("2026-10-01 10:00"), beijing("2026-10-01 12:00"))
    schedule = Schedule(None, "Asia/Shanghai", HOLIDAYS, (away,))
    assert on_duty(schedule, beijing("2026-10-01 03:00"))
    assert next_change(schedule, beijing("2026-10-01 03:00")) == away[0]
    assert next_on(schedule, beijing("2026-10-01 11:00")) == away[1]
    assert next_change(schedule, away[1]) is None
    assert add_work(schedule, beijing("2026-10-01 09:50"), timedelta(minutes=20)) == beijing("2026-10-01 12:10")


def test_round_the_clock_never_changes() -> None:
    """An everyday shift of 00:00-24:00 has no boundary, over DST and half-years alike."""
    schedule = Schedule(ALWAYS, "America/New_York", HOLIDAYS)
    start = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
    assert next_change(schedule, start) is None
    assert add_work(schedule, start, timedelta(days=700)) == start + timedelta(days=700)


def test_who_never_works_is_never_on() -> None:
    """Nothing loops for ever: past the horizon the answer is None."""
    schedule = Schedule(Shift("none", ((),) * 7, ()), "Asia/Shanghai")
    start = beijing("2026-06-01 09:00")
    assert not on_duty(schedule, start)
    assert next_change(schedule, start) is None
    assert next_on(schedule, start) is None
    assert add_work(schedule, start, timedelta(seconds=1)) is None
    assert work_between(schedule, start, start + timedelta(days=1000)) == timedelta(0)


def test_leave_beyond_the_horizon_is_none() -> None:
    """`next_on` looks 400 days ahead, `add_work` further, and neither for ever."""
    start = beijing("2026-06-01 09:00")
    schedule = Schedule(STANDARD, "Asia/Shanghai", leave=((start, start + timedelta(days=401)),))
    assert next_on(schedule, start) is None
    assert next_on(schedule, start + timedelta(days=2)) is not None
    for days in (4001, 400_000):
        gone = Schedule(None, "Asia/Shanghai", leave=((start, start + timedelta(days=days)),))
        assert add_work(gone, start, timedelta(minutes=1)) is None
    assert add_work(Schedule(STANDARD, "Asia/Shanghai"), start, timedelta(days=5000)) is None
    assert add_work(Schedule(None, "Asia/Shanghai"), start, timedelta(days=5000)) is None


def test_a_long_distance_is_summed_over_half_years() -> None:
    """Sums go on from one laid-out half-year to the next: five years of weekdays, counted one by one."""
    schedule = Schedule(STANDARD, "Asia/Shanghai")
    first, last = date(2024, 1, 1), date(2029, 1, 1)
    weekdays = sum((first + timedelta(days=n)).weekday() < 5 for n in range((last - first).days))
    begin, end = beijing(f"{first} 00:00"), beijing(f"{last} 00:00")
    assert work_between(schedule, begin, end) == timedelta(hours=8 * weekdays)
    assert add_work(schedule, begin, timedelta(hours=8 * weekdays)) == beijing("2028-12-29 18:00")


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Apia", "Asia/Kolkata"])
def test_nothing_is_lost_where_two_half_years_meet(zone: str) -> None:
    """2026-08-02 begins a laid-out half-year; which one a moment belongs to goes by local time, not by UTC."""
    schedule = Schedule(NIGHT, zone)
    hours = [datetime(2026, 7, 31, tzinfo=UTC) + timedelta(hours=n) for n in range(5 * 24)]
    expected = [at.astimezone(ZoneInfo(zone)).hour in {22, 23, 0, 1, 2, 3, 4, 5} for at in hours]
    half_past = [at.astimezone(ZoneInfo(zone)).replace(minute=0) for at in hours]  # Kolkata is half an hour off
    assert [on_duty(schedule, at) for at in half_past] == expected
    assert work_between(schedule, half_past[0], half_past[0] + timedelta(days=5)) == timedelta(hours=8 * 5)


def test_time_that_runs_backwards_is_no_work() -> None:
    """A clock that was set back must not give negative working time."""
    schedule = Schedule(STANDARD, "Asia/Shanghai", leave=((beijing("2026-06-01 10:00"), beijing("2026-06-01 11:00")),))
    assert work_between(schedule, beijing("2026-06-01 12:00"), beijing("2026-06-01 09:00")) == timedelta(0)


def test_wrong_questions_are_refused() -> None:
    """Naive moments, negative lengths and unknown zones are mistakes of the caller."""
    schedule = Schedule(STANDARD, "Asia/Shanghai")
    with pytest.raises(TypeError):
        on_duty(schedule, datetime(2026, 6, 1))  # noqa: DTZ001 - naive on purpose
    with pytest.raises(ValueError, match="backwards"):
        add_work(schedule, beijing("2026-06-01 09:00"), timedelta(seconds=-1))
    with pytest.raises(ZoneInfoNotFoundError):
        on_duty(Schedule(STANDARD, "Asia/Peking"), beijing("2026-06-01 09:00"))


def test_a_day_belongs_to_the_zone_of_the_person() -> None:
    """The local day is what `per_day` counts by."""
    late_evening = datetime(2026, 5, 31, 17, 30, tzinfo=UTC)
    assert local_day("Asia/Shanghai", late_evening) == date(2026, 6, 1)
    assert local_day("Asia/Urumqi", late_evening) == date(2026, 5, 31)
    assert local_day("America/New_York", late_evening) == date(2026, 5, 31)


def test_a_duration_runs_by_the_clock_or_in_hours_on_duty() -> None:
    """`2h` is by the clock, `work 2h` is not; both answers are in UTC."""
    schedule = Schedule(STANDARD, "Asia/Shanghai")
    evening = beijing("2026-06-01 17:30")
    by_clock = after(schedule, evening, Duration(timedelta(hours=2)))
    at_work = after(schedule, evening, Duration(timedelta(hours=2), at_work=True))
    assert (by_clock, at_work) == (beijing("2026-06-01 19:30"), beijing("2026-06-02 10:30"))
    assert by_clock is not None
    assert by_clock.tzinfo is UTC
