from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.duty import DutyBoard
from routing.roster import Shift, Span
from routing.working_time import Schedule, next_change, on_duty

NINE_TO_SIX = (Span(540, 720), Span(780, 1080))
DAY = Shift("day", (*(NINE_TO_SIX,) * 5, (), ()), NINE_TO_SIX)
NIGHT = Shift("night", ((Span(0, 360), Span(1320, 1440)),) * 7, (Span(0, 360), Span(1320, 1440)))
START = datetime(2026, 3, 6, tzinfo=UTC)
DAYS = {date(2026, 3, 9): False, date(2026, 3, 7): True}
SCHEDULES = [
    Schedule(shift, zone, DAYS, leave)
    for shift in (DAY, NIGHT, None)
    for zone in ("Asia/Shanghai", "Asia/Urumqi", "America/New_York")
    for leave in ((), ((START + timedelta(hours=5), START + timedelta(hours=30)),))
]


@given(st.lists(st.integers(-86_400, 5 * 86_400), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_the_board_says_what_each_schedule_says(seconds: list[int]) -> None:
    """Whatever was asked before, forwards or backwards, the kept answer is the right one."""
    board = DutyBoard(SCHEDULES)
    for offset in seconds:
        at = START + timedelta(seconds=offset)
        assert board.on_duty(at).tolist() == [on_duty(schedule, at) for schedule in SCHEDULES]
        changes = [change for schedule in SCHEDULES if (change := next_change(schedule, at)) is not None]
        assert board.next_change(at) == min(changes)


def test_between_two_changes_the_same_array_is_given_again() -> None:
    """A batch of leads costs one look; nobody can write into what others read."""
    board = DutyBoard(SCHEDULES)
    at = START + timedelta(hours=2)
    first = board.on_duty(at)
    change = board.next_change(at)
    assert change is not None
    assert board.on_duty(change - timedelta(microseconds=1)) is first
    assert board.on_duty(change) is not first
    assert not np.array_equal(board.on_duty(change), first)
    with pytest.raises(ValueError, match="read-only"):
        first[0] = True


def test_a_board_where_nothing_ever_changes_and_one_without_anybody() -> None:
    """People always on duty give no next change; past the horizon the board looks again."""
    at = START
    for board, flags in ((DutyBoard([Schedule(None, "Asia/Shanghai")] * 2), [True, True]), (DutyBoard([]), [])):
        assert board.next_change(at) is None
        assert board.on_duty(at).tolist() == flags
        assert board.on_duty(at + timedelta(days=800)).tolist() == flags
        assert board.on_duty(at).dtype == np.bool_
