"""What a running offer needs next, when its time is up, and who has answered lately. Pure: `now` is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from routing.policy import MILLION
from routing.working_time import Schedule, add_work, next_change, on_duty, work_between

WINDOW = 63
"""How many answers a window remembers: what fits into a signed 64-bit column."""

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class OfferClock:
    """The limits of one delivered offer.

    Attributes:
        delivered_at: when the card had arrived; aware.
        within: time to answer, counted from delivery.
        remind: moments of reminders, counted from delivery, ascending.
        on_duty: the clock stands still while the rep is off shift or on leave; otherwise it runs on.
    """

    delivered_at: datetime
    within: timedelta
    remind: tuple[timedelta, ...]
    on_duty: bool


def deadline_at(clock: OfferClock, schedule: Schedule) -> datetime:
    """Give the moment (UTC, whole seconds) until which an answer is in time.

    Fractions are rounded up, so that no time printed from this clock, or from one that started earlier, is later than
    the one enforced. A rep whose duty never comes again gets wall time: a lead must move on.
    """
    return _reached(clock, schedule, clock.within)


def remind_at(clock: OfferClock, schedule: Schedule) -> tuple[datetime, ...]:
    """Give the moments of reminders (UTC, whole seconds), ascending; those not before the deadline are dropped."""
    end = deadline_at(clock, schedule)
    moments = (_reached(clock, schedule, offset) for offset in sorted(clock.remind))
    return tuple(moment for moment in moments if moment < end)


def _reached(clock: OfferClock, schedule: Schedule, length: timedelta) -> datetime:
    reached = add_work(schedule, clock.delivered_at, length) if clock.on_duty else None
    reached = (clock.delivered_at + length).astimezone(UTC) if reached is None else reached
    return reached if reached.microsecond == 0 else reached.replace(microsecond=0) + _SECOND


class StepKind(StrEnum):
    """What to do with a running offer."""

    WAIT = "wait"
    REMIND = "remind"
    NEXT_ROUND = "next_round"
    TO_MANAGER = "to_manager"
    WITHDRAW_AT_SHIFT_END = "withdraw_at_shift_end"
    STOP = "stop"


class StepReason(StrEnum):
    """Why."""

    NOT_OPEN = "not_open"
    UNDELIVERED = "undelivered"
    WITHIN_LIMITS = "within_limits"
    OFF_DUTY = "off_duty"
    SNOOZED = "snoozed"
    REMINDER_DUE = "reminder_due"
    SHIFT_ENDED = "shift_ended"
    DEADLINE_PASSED = "deadline_passed"
    ROUNDS_USED_UP = "rounds_used_up"
    MANAGERS_OFFER = "managers_offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferNow:
    """An offer as it stands, and what its next step depends on. Moments are aware.

    Attributes:
        is_open: neither answered, expired nor withdrawn.
        offered_at: when the offer was made.
        delivered_at: when the card had arrived; None while it has not.
        deadline_at: as `deadline_at` gave it at delivery; None while undelivered.
        remind_at: as `remind_at` gave it at delivery.
        reminders_sent: how many of them are behind us, sent or dropped.
        snoozed: the rep said 稍后, so the next reminder is dropped; to be cleared once `reminders_sent` has grown.
        round: which round this offer is, from 1.
        rounds: rounds that the lead has before a manager gets it.
        by_manager: a manager gave it (派单, 改派): not taken back at shift end; unanswered it returns to a manager.
        on_duty_clock: the clock stands still off duty.
        schedule: the rep's.
        others_on_duty: somebody else who may take the lead is on duty at `now`.
    """

    is_open: bool
    offered_at: datetime
    delivered_at: datetime | None
    deadline_at: datetime | None
    remind_at: tuple[datetime, ...]
    reminders_sent: int
    round: int
    rounds: int
    on_duty_clock: bool
    schedule: Schedule
    others_on_duty: bool
    by_manager: bool = False
    snoozed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and when to ask again.

    Attributes:
        kind: what to do now.
        at: when to ask again if nothing happens before, always after `now`; None: time alone will change nothing.
        reason: why.
        reminders_sent: what the offer's count is once the step is done.
    """

    kind: StepKind
    at: datetime | None
    reason: StepReason
    reminders_sent: int


def next_step(offer: OfferNow, *, now: datetime) -> Step:
    """Say what an offer needs at `now`.

    The answer depends on what has been done (`reminders_sent`, `is_open`) and not on when we asked before. A clock set
    back only makes us wait longer, and after a pause of ours reminders that piled up become one.
    """
    sent = offer.reminders_sent
    if not offer.is_open:
        return Step(StepKind.STOP, None, StepReason.NOT_OPEN, sent)
    if offer.deadline_at is not None and now >= offer.deadline_at:
        return _timed_out(offer)
    if _shift_ended(offer, now) and offer.others_on_duty:
        return Step(StepKind.WITHDRAW_AT_SHIFT_END, None, StepReason.SHIFT_ENDED, sent)
    if offer.delivered_at is None:
        return Step(StepKind.WAIT, _next_look(offer, now, sent), StepReason.UNDELIVERED, sent)
    if _stands_still(offer, now):
        return Step(StepKind.WAIT, _next_look(offer, now, sent), StepReason.OFF_DUTY, sent)
    due = sum(moment <= now for moment in offer.remind_at[sent:])
    if due == 0:
        return Step(StepKind.WAIT, _next_look(offer, now, sent), StepReason.WITHIN_LIMITS, sent)
    then = _next_look(offer, now, sent + due)
    if offer.snoozed and due == 1:
        return Step(StepKind.WAIT, then, StepReason.SNOOZED, sent + due)
    return Step(StepKind.REMIND, then, StepReason.REMINDER_DUE, sent + due)


def _timed_out(offer: OfferNow) -> Step:
    if offer.by_manager:
        return Step(StepKind.TO_MANAGER, None, StepReason.MANAGERS_OFFER, offer.reminders_sent)
    if offer.round >= offer.rounds:
        return Step(StepKind.TO_MANAGER, None, StepReason.ROUNDS_USED_UP, offer.reminders_sent)
    return Step(StepKind.NEXT_ROUND, None, StepReason.DEADLINE_PASSED, offer.reminders_sent)


def _stands_still(offer: OfferNow, now: datetime) -> bool:
    return offer.on_duty_clock and not on_duty(offer.schedule, now)


def _shift_ended(offer: OfferNow, now: datetime) -> bool:
    """Say whether the rep was on duty with this offer and is no longer; one made off duty has seen no shift end."""
    if offer.by_manager or not _stands_still(offer, now):
        return False
    return work_between(offer.schedule, offer.offered_at, now) > timedelta(0)


def _next_look(offer: OfferNow, now: datetime, sent: int) -> datetime | None:
    """Give the next moment at which the answer may be another."""
    moments = [*offer.remind_at[sent:], *([offer.deadline_at] if offer.deadline_at else [])]
    if offer.on_duty_clock:
        change = next_change(offer.schedule, now)
        moments += [change] if change else []
    return min((moment for moment in moments if moment > now), default=None)


def next_rung_at(asked: Sequence[Schedule], since: datetime, *, wait: timedelta = timedelta(minutes=15)) -> datetime:
    """Give when a lead that was put to these managers at `since` goes to the next ones if nobody acts.

    That is after `wait` on duty, or as soon as none of them is on duty, which may be at once. Until then somebody is
    on duty, so that `wait` needs no stopping.
    """
    end = since + wait
    moment = since
    while moment < end:
        present = [schedule for schedule in asked if on_duty(schedule, moment)]
        if not present:
            return moment
        moment = max(next_change(schedule, moment) or end for schedule in present)
    return end


def push(window_bits: int, count: int, *, answered: bool) -> tuple[int, int]:
    """Add the newest delivered offer to a rep's window: answered (accepted or declined in time), or expired.

    Withdrawn offers and lost races are not pushed.

    Args:
        window_bits: the last answers, the newest in the lowest bit; 1 is answered.
        count: how many of the bits are filled, at most `WINDOW`.
        answered: what became of the newest.
    """
    return (window_bits << 1 | int(answered)) & ((1 << WINDOW) - 1), min(count + 1, WINDOW)


def response_rate(window_bits: int, count: int, *, over: int) -> int | None:
    """Give the answered share of the last `over` offers in millionths, rounded down; None with fewer.

    Raises:
        ValueError: `over` is not within 1..63.
    """
    if not 1 <= over <= WINDOW:
        raise ValueError(f"a response rate is over 1 to {WINDOW} offers")
    if count < over:
        return None
    return (window_bits & ((1 << over) - 1)).bit_count() * MILLION // over


def timeouts_in_row(before: int, *, answered: bool) -> int:
    """Give how many time-outs a rep has had in a row; any answer starts again at 0, and so should 上线."""
    return 0 if answered else before + 1


def is_silent(in_row: int, silent_times: int) -> bool:
    """Say whether so many time-outs in a row take the rep off duty; `silent_times` 0 switches that off.

    Whoever lifts the pause sets the count back to 0; otherwise one more time-out would be enough for the next pause.
    """
    return silent_times > 0 and in_row >= silent_times
