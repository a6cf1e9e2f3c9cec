from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.escalation import (
    WINDOW,
    OfferClock,
    OfferNow,
    Step,
    StepKind,
    StepReason,
    deadline_at,
    is_silent,
    next_rung_at,
    next_step,
    push,
    remind_at,
    response_rate,
    timeouts_in_row,
)
from routing.policy import MILLION
from routing.roster import Shift, Span
from routing.working_time import Schedule, on_duty

NINE_TO_SIX = (Span(9 * 60, 18 * 60),)
DAY_SHIFT = Shift("day", (*(NINE_TO_SIX,) * 5, (), ()), NINE_TO_SIX)
BEIJING = Schedule(DAY_SHIFT, "Asia/Shanghai")
URUMQI = Schedule(Shift("northwest", ((Span(570, 1110),),) * 7, (Span(570, 1110),)), "Asia/Urumqi")
TEN = timedelta(minutes=10)
FIVE_AND_EIGHT = (timedelta(minutes=5), timedelta(minutes=8))


def beijing(text: str) -> datetime:
    """Read a local time of Beijing on a working Monday, 2026-06-01, unless a date is given."""
    text = text if " " in text else f"2026-06-01 {text}"
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def offer(delivered: str | None = "10:00:00", *, schedule: Schedule = BEIJING, **changes: Any) -> OfferNow:
    """Build a running offer: 10 minutes, reminders at 5 and 8, first of 3 rounds."""
    at = beijing(delivered) if delivered else None
    clock = OfferClock(at, TEN, FIVE_AND_EIGHT, on_duty=bool(changes.get("on_duty_clock", True))) if at else None
    built = OfferNow(
        is_open=True,
        offered_at=at or beijing("10:00:00"),
        delivered_at=at,
        deadline_at=deadline_at(clock, schedule) if clock else None,
        remind_at=remind_at(clock, schedule) if clock else (),
        reminders_sent=0,
        round=1,
        rounds=3,
        on_duty_clock=True,
        schedule=schedule,
        others_on_duty=True,
    )
    return replace(built, **changes)


@pytest.mark.parametrize(
    ("delivered", "deadline", "reminders"),
    [
        ("10:00:00", "10:10:00", ("10:05:00", "10:08:00")),
        ("10:00:00.000001", "10:10:01", ("10:05:01", "10:08:01")),  # rounded up, never down
        ("17:54:00", "2026-06-02 09:04:00", ("17:59:00", "2026-06-02 09:02:00")),  # stands still over night
        ("17:50:00", "18:00:00", ("17:55:00", "17:58:00")),
        ("2026-06-05 17:55:00", "2026-06-08 09:05:00", ("2026-06-05 18:00:00", "2026-06-08 09:03:00")),
        ("07:00:00", "09:10:00", ("09:05:00", "09:08:00")),
    ],
)
def test_b17_the_clock_starts_at_delivery_and_counts_shift_time(
    delivered: str, deadline: str, reminders: tuple[str, ...]
) -> None:
    """B-17 with semantics 17 and 18: 10 minutes from delivery, reminders at 5 and 8, stopped outside work hours."""
    clock = OfferClock(beijing(delivered), TEN, FIVE_AND_EIGHT, on_duty=True)
    assert deadline_at(clock, BEIJING) == beijing(deadline)
    assert remind_at(clock, BEIJING) == tuple(map(beijing, reminders))


def test_b17_an_always_clock_ignores_shifts_and_leave() -> None:
    """`clock: always` runs on outside work hours."""
    clock = OfferClock(beijing("17:54:00"), TEN, FIVE_AND_EIGHT, on_duty=False)
    away = replace(BEIJING, leave=((beijing("17:55:00"), beijing("2026-06-03 00:00")),))
    assert deadline_at(clock, away) == beijing("18:04:00")


def test_b20_the_clock_of_a_rep_in_urumqi_starts_at_half_past_nine_there() -> None:
    """B-20: a card that was delivered at 09:00 Beijing is not counted before 11:30 Beijing, 09:30 Urumqi."""
    clock = OfferClock(beijing("09:00:00"), TEN, FIVE_AND_EIGHT, on_duty=True)
    assert deadline_at(clock, URUMQI) == beijing("11:40:00")
    assert remind_at(clock, URUMQI) == (beijing("11:35:00"), beijing("11:38:00"))


def test_leave_does_not_count_towards_the_deadline() -> None:
    """A rep on leave for an hour has that hour more."""
    away = replace(BEIJING, leave=((beijing("10:04:00"), beijing("11:04:00")),))
    clock = OfferClock(beijing("10:00:00"), TEN, FIVE_AND_EIGHT, on_duty=True)
    assert deadline_at(clock, away) == beijing("11:10:00")
    assert remind_at(clock, away) == (beijing("11:05:00"), beijing("11:08:00"))


def test_a_rep_who_never_works_again_does_not_hold_a_lead_for_ever() -> None:
    """Without any duty ahead the limit is wall time."""
    clock = OfferClock(beijing("10:00:00"), TEN, (), on_duty=True)
    assert deadline_at(clock, Schedule(Shift("none", ((),) * 7, ()), "Asia/Shanghai")) == beijing("10:10:00")


def test_reminders_at_or_past_the_deadline_are_dropped() -> None:
    """Nobody is reminded of what is over."""
    clock = OfferClock(beijing("10:00:00.5"), TEN, (TEN - timedelta(milliseconds=1), TEN, TEN + TEN), on_duty=True)
    assert remind_at(clock, BEIJING) == ()


@given(st.integers(0, 7 * 86_400_000), st.integers(0, 3_600_000), st.booleans())
def test_a_printed_deadline_is_never_later_than_the_enforced_one(start: int, later: int, on: bool) -> None:
    """The text is rendered before delivery; whatever it prints, the rep has at least until then (semantics 18)."""
    rendered = beijing("00:00:00") + timedelta(milliseconds=start)
    printed = deadline_at(OfferClock(rendered, TEN, (), on_duty=on), BEIJING)
    enforced = deadline_at(OfferClock(rendered + timedelta(milliseconds=later), TEN, (), on_duty=on), BEIJING)
    assert printed <= enforced
    assert printed.microsecond == 0


def test_b17_silence_is_reminded_twice_and_then_moves_on() -> None:
    """B-17: reminders at 5 and 8 minutes, the next round at 10:00."""
    first = offer()
    assert next_step(first, now=beijing("10:00:00")) == Step(
        StepKind.WAIT, beijing("10:05:00"), StepReason.WITHIN_LIMITS, 0
    )
    assert next_step(first, now=beijing("10:05:00")) == Step(
        StepKind.REMIND, beijing("10:08:00"), StepReason.REMINDER_DUE, 1
    )
    reminded = replace(first, reminders_sent=1)
    assert next_step(reminded, now=beijing("10:05:00")).kind is StepKind.WAIT
    assert next_step(reminded, now=beijing("10:08:00")) == Step(
        StepKind.REMIND, beijing("10:10:00"), StepReason.REMINDER_DUE, 2
    )
    silent = replace(first, reminders_sent=2)
    assert next_step(silent, now=beijing("10:09:59.999")).kind is StepKind.WAIT
    assert next_step(silent, now=beijing("10:10:00")) == Step(StepKind.NEXT_ROUND, None, StepReason.DEADLINE_PASSED, 2)


@pytest.mark.parametrize(
    ("changes", "now", "kind", "reason"),
    [
        ({"is_open": False}, "10:11:00", StepKind.STOP, StepReason.NOT_OPEN),
        ({"round": 2}, "10:10:00", StepKind.NEXT_ROUND, StepReason.DEADLINE_PASSED),
        ({"round": 3}, "10:10:00", StepKind.TO_MANAGER, StepReason.ROUNDS_USED_UP),
        ({"round": 4}, "10:10:00", StepKind.TO_MANAGER, StepReason.ROUNDS_USED_UP),
        ({"by_manager": True}, "10:10:00", StepKind.TO_MANAGER, StepReason.MANAGERS_OFFER),
        ({"by_manager": True, "round": 3}, "10:10:00", StepKind.TO_MANAGER, StepReason.MANAGERS_OFFER),
        ({"snoozed": True}, "10:05:00", StepKind.WAIT, StepReason.SNOOZED),
        ({"snoozed": True, "reminders_sent": 1}, "10:10:00", StepKind.NEXT_ROUND, StepReason.DEADLINE_PASSED),
    ],
)
def test_what_an_offer_needs(changes: dict[str, Any], now: str, kind: StepKind, reason: StepReason) -> None:
    """Rounds used up and managers' own offers go to a manager; 稍后 drops one reminder and never moves the deadline."""
    step = next_step(offer(**changes), now=beijing(now))
    assert (step.kind, step.reason) == (kind, reason)


def test_b17_after_a_pause_of_ours_two_due_reminders_are_one() -> None:
    """A process that slept over both reminders sends one; snoozed takes away one of the two, not both."""
    slept = next_step(offer(), now=beijing("10:09:00"))
    assert (slept.kind, slept.reminders_sent, slept.at) == (StepKind.REMIND, 2, beijing("10:10:00"))
    snoozed = next_step(offer(snoozed=True), now=beijing("10:09:00"))
    assert (snoozed.kind, snoozed.reminders_sent) == (StepKind.REMIND, 2)


def test_an_undelivered_offer_has_no_clock() -> None:
    """No reminder and no time-out before delivery, however long that takes (semantics 18)."""
    step = next_step(offer(None), now=beijing("17:00:00"))
    assert step == Step(StepKind.WAIT, beijing("18:00:00"), StepReason.UNDELIVERED, 0)


@pytest.mark.parametrize(
    ("changes", "kind", "at"),
    [
        ({}, StepKind.WITHDRAW_AT_SHIFT_END, None),
        ({"others_on_duty": False}, StepKind.WAIT, "2026-06-02 09:00:00"),
        ({"by_manager": True}, StepKind.WAIT, "2026-06-02 09:00:00"),
        ({"reminders_sent": 1}, StepKind.WITHDRAW_AT_SHIFT_END, None),
        ({"on_duty_clock": False}, StepKind.REMIND, "18:02:00"),
    ],
)
def test_at_shift_end_an_offer_moves_on_if_somebody_else_is_there(
    changes: dict[str, Any], kind: StepKind, at: str | None
) -> None:
    """Semantics 17: withdrawn if another may take it, else it stays with its clock stopped; `always` runs on."""
    running = offer("17:54:00", **changes)
    assert next_step(running, now=beijing("17:54:00")).at is not None
    step = next_step(running, now=beijing("18:00:00"))
    assert (step.kind, step.at) == (kind, beijing(at) if at else None)


def test_a_running_offer_is_looked_at_when_the_shift_ends() -> None:
    """The end of the shift comes before the next reminder, which is tomorrow's."""
    step = next_step(offer("17:54:00", reminders_sent=1), now=beijing("17:59:30"))
    assert step.at == beijing("18:00:00")


def test_b30_a_reminder_that_fell_due_at_work_is_not_sent_after_work() -> None:
    """A process that slept from 17:58 to 18:30 waits with the reminder until 09:00."""
    late = offer("17:54:00", others_on_duty=False)
    assert next_step(late, now=beijing("18:30:00")) == Step(
        StepKind.WAIT, beijing("2026-06-02 09:00:00"), StepReason.OFF_DUTY, 0
    )
    morning = next_step(late, now=beijing("2026-06-02 09:00:00"))
    assert (morning.kind, morning.reminders_sent) == (StepKind.REMIND, 1)


def test_a_deadline_at_the_very_end_of_the_shift_is_a_time_out() -> None:
    """The rep had all of the time: the round is used up, nothing is withdrawn."""
    step = next_step(offer("17:50:00"), now=beijing("18:00:00"))
    assert step.kind is StepKind.NEXT_ROUND


def test_an_offer_made_off_duty_is_not_withdrawn_before_its_first_shift() -> None:
    """A known customer's owner may get a card before work: no shift has ended yet."""
    assert next_step(offer("07:00:00"), now=beijing("08:00:00")).kind is StepKind.WAIT
    assert next_step(offer("07:00:00"), now=beijing("09:00:00")).kind is StepKind.WAIT


@given(
    st.lists(st.integers(-3 * 86_400, 5 * 86_400), min_size=1, max_size=30),
    st.integers(7 * 3600, 19 * 3600),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_a_clock_that_jumps_repeats_nothing_and_loses_nothing(
    seconds: list[int], delivered: int, on_clock: bool, others: bool, snoozed: bool
) -> None:  # fmt: skip
    """Asked at any moments in any order: no reminder twice, `at` always ahead, and in the end it moves on."""
    midnight = beijing("00:00:00")
    clock = OfferClock(midnight + timedelta(seconds=delivered), TEN, FIVE_AND_EIGHT, on_duty=on_clock)
    running = offer(
        None,
        offered_at=clock.delivered_at,
        delivered_at=clock.delivered_at,
        deadline_at=deadline_at(clock, BEIJING),
        remind_at=remind_at(clock, BEIJING),
        on_duty_clock=on_clock,
        others_on_duty=others,
        snoozed=snoozed,
    )
    reminders = 0
    for offset in [*seconds, 9 * 86_400]:
        now = midnight + timedelta(seconds=offset)
        step = next_step(running, now=now)
        assert step.at is None or step.at > now
        assert step.reminders_sent >= running.reminders_sent
        if step.kind is StepKind.REMIND:
            reminders += 1
            assert step.reminders_sent > running.reminders_sent
            assert not on_clock or on_duty(BEIJING, now)
        if step.kind in {StepKind.NEXT_ROUND, StepKind.WITHDRAW_AT_SHIFT_END}:
            assert now >= running.offered_at
            break
        grown = step.reminders_sent > running.reminders_sent
        running = replace(
            running, reminders_sent=step.reminders_sent, snoozed=running.snoozed and not grown
        )  # fmt: skip
    else:
        pytest.fail("it never moved on")
    assert reminders <= len(running.remind_at)


@given(st.integers(0, 23 * 3600), st.booleans())
def test_who_follows_the_steps_misses_nothing(delivered: int, others: bool) -> None:
    """Asking again only at `Step.at` gives each reminder on time and ends at the deadline or at shift end."""
    clock = OfferClock(beijing("00:00:00") + timedelta(seconds=delivered), TEN, FIVE_AND_EIGHT, on_duty=True)
    running = offer(
        None,
        offered_at=clock.delivered_at,
        delivered_at=clock.delivered_at,
        deadline_at=deadline_at(clock, BEIJING),
        remind_at=remind_at(clock, BEIJING),
        others_on_duty=others,
    )
    now, reminded = clock.delivered_at, []
    while (step := next_step(running, now=now)).at is not None:
        if step.kind is StepKind.REMIND:
            reminded.append(now)
        running, now = replace(running, reminders_sent=step.reminders_sent), step.at
    if step.kind is StepKind.NEXT_ROUND:
        assert now == running.deadline_at
        # 18:00 sharp is off duty: a reminder due then waits for the morning.
        wanted = [m if on_duty(BEIJING, m) else beijing("2026-06-02 09:00:00") for m in running.remind_at]
        assert reminded == wanted
    else:
        assert (step.kind, now) == (StepKind.WITHDRAW_AT_SHIFT_END, beijing("18:00:00"))


@pytest.mark.parametrize(
    ("asked", "since", "expected"),
    [
        ([BEIJING], "10:00:00", "10:15:00"),
        ([BEIJING], "20:00:00", "20:00:00"),  # nobody there: at once
        ([BEIJING], "17:50:00", "18:00:00"),  # nobody there any more
        ([], "10:00:00", "10:00:00"),
        ([BEIJING, URUMQI], "17:50:00", "18:05:00"),  # the other is still there
        ([BEIJING, URUMQI], "20:25:00", "20:30:00"),  # 18:30 in Urumqi
        ([Schedule(None, "Asia/Shanghai")], "03:00:00", "03:15:00"),
    ],
)
def test_a_lead_climbs_after_fifteen_work_minutes_or_when_nobody_is_there(
    asked: list[Schedule], since: str, expected: str
) -> None:
    """Semantics 24: no manager on duty, or 15 work-minutes without an answer."""
    assert next_rung_at(asked, beijing(since)) == beijing(expected)


def window_of(answers: str) -> tuple[int, int]:
    """Read answers, oldest first: + answered, - expired."""
    bits, count = 0, 0
    for answer in answers:
        bits, count = push(bits, count, answered=answer == "+")
    return bits, count


@pytest.mark.parametrize(
    ("answers", "over", "expected"),
    [
        ("", 1, None),
        ("+" * 19, 20, None),  # fewer than 20: not applied
        ("+" * 20, 20, MILLION),
        ("-" * 20, 20, 0),
        ("-" * 20 + "+" * 20, 20, MILLION),  # only the last 20
        ("+" * 12 + "-" * 8, 20, 600_000),
        ("+" * 11 + "-" * 9, 20, 550_000),
        ("++-", 3, 666_666),
        ("-" + "+" * 63, 63, MILLION),
        ("+" * 500 + "-", 63, 62 * MILLION // 63),
    ],
)
def test_b17_the_response_rate_looks_at_the_last_offers_only(answers: str, over: int, expected: int | None) -> None:
    """Semantics 20: answered before the deadline over the last 20 delivered offers, none with fewer."""
    bits, count = window_of(answers)
    assert response_rate(bits, count, over=over) == expected
    assert 0 <= bits < 2**63
    assert count <= WINDOW


@pytest.mark.parametrize("over", [0, -1, WINDOW + 1])
def test_a_window_can_not_tell_about_more_than_it_holds(over: int) -> None:
    """A policy that asks for more is refused when it is read; here it is a mistake."""
    with pytest.raises(ValueError, match="1 to 63"):
        response_rate(0, WINDOW, over=over)


@pytest.mark.parametrize(
    ("answers", "times", "silent"),
    [("-", 2, False), ("--", 2, True), ("-+-", 2, False), ("+--", 2, True), ("---", 0, False), ("", 1, False)],
)
def test_b17_time_outs_in_a_row_make_a_rep_silent(answers: str, times: int, silent: bool) -> None:
    """B-17: two time-outs in a row; any answer between them starts the count again; 0 switches it off."""
    in_row = 0
    for answer in answers:
        in_row = timeouts_in_row(in_row, answered=answer == "+")
    assert is_silent(in_row, times) is silent
