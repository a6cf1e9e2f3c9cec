"""Timers come due: reminders, deadlines, undelivered cards, managers' ladders, the pool. Fenced by `offer_no`; late is fine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.services import (
    circuit,
    drain,
    follow_up_clocks,
    hot_leads,
    openings,
    rates,
    receive,
    review,
    review_gate,
    review_items,
    rounds,
    scheduled_policies,
    texts_alarms,
    texts_notices,
)
from bot.services.assign import Ask, acknowledge_of, board_of, exclude_asked, question_of
from bot.services.desk import Desk
from bot.services.failed_sends import give_up_delivery
from routing.decide import decide
from routing.escalation import OfferNow, StepKind, next_step
from routing.working_time import on_duty
from store import timers
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow, OfferRow, TimerRow

#: How long a card may be on its way before the lead goes to somebody else, while WeCom as such can be reached.
GIVE_UP_AFTER = timedelta(minutes=5)
_MINUTES = GIVE_UP_AFTER // timedelta(minutes=1)
WAITING_AT_ONCE = 200
_LOOK_AGAIN = timedelta(seconds=30)


def run_due(desk: Desk, *, limit: int) -> int:
    """Handle every timer that is due, the longest overdue first; gives how many there were."""
    due = timers.due(desk.tx.connection, desk.now, limit=limit)
    if due and desk.office is not None:
        desk.tx.standings()  # locks before any lead's, whichever kind of timer comes first
    for timer in due:
        handle(desk, timer)
    timers.remove(desk.tx.connection, [timer.timer_id for timer in due])
    return len(due)


def handle(desk: Desk, timer: TimerRow) -> None:
    """Do what one timer is for; a kind that this version does not know is left out of account and reported."""
    if timer.kind == scheduled_policies.TIMER:
        scheduled_policies.come_into_force(desk, timer)
        return
    if desk.office is None:
        return
    if timer.kind in _OF_OFFERS:
        found = _offer_of(desk, timer)
        if found is not None:
            _OF_OFFERS[timer.kind](desk, *found)
    elif timer.kind in _OTHERS:
        _OTHERS[timer.kind](desk, timer)
    else:
        desk.alarm("unknown_timer", texts_alarms.UNKNOWN_TIMER, kind=timer.kind)


def _offer_of(desk: Desk, timer: TimerRow) -> tuple[LeadRow, OfferRow] | None:
    """Give the lead and its running offer, or None where the lead has moved on: the timer is stale."""
    if timer.lead_id is None or timer.offer_no is None:
        return None
    desk.tx.standings()
    found = desk.tx.leads([timer.lead_id])
    running = desk.tx.running_offers(found[0]) if found else []
    return next(((found[0], offer) for offer in running if offer.offer_no == timer.offer_no), None)


def step(desk: Desk, row: LeadRow, offer: OfferRow) -> None:
    """Do what the running offer needs now: remind, take it away, take it back at shift end, or wait."""
    policy, schedule = desk.policy_of(offer.policy_version), desk.schedule_of(offer.rep_id)
    now = OfferNow(
        is_open=offer.state == "open",
        offered_at=offer.offered_at,
        delivered_at=offer.delivered_at,
        deadline_at=offer.deadline_at,
        remind_at=tuple(datetime.fromisoformat(moment) for moment in offer.remind_at),
        reminders_sent=offer.reminders_sent,
        round=offer.round,
        rounds=acknowledge_of(policy, row).rounds,
        on_duty_clock=offer.on_duty_clock,
        schedule=schedule,
        # Asked only where it matters, since it takes a decision.
        others_on_duty=offer.on_duty_clock and not on_duty(schedule, desk.now) and _somebody_else(desk, row, offer),
        by_manager=offer.offered_by != "system",
        snoozed=offer.snoozed,
    )
    result = next_step(now, now=desk.now)
    if result.reminders_sent != offer.reminders_sent:
        offer.reminders_sent, offer.snoozed = result.reminders_sent, False
        desk.tx.touch_offer(offer)
    match result.kind:
        case StepKind.REMIND:
            desk.tx.message(NewMessage(offer.rep_id, "reminder", Urgency.REMINDER, row.lead_id, offer.offer_no))
            desk.tx.fact(row.lead_id, "reminded", offer_no=offer.offer_no, reminder=offer.reminders_sent)
        case StepKind.NEXT_ROUND | StepKind.TO_MANAGER:
            rounds.expire(desk, row, offer)
            return
        case StepKind.WITHDRAW_AT_SHIFT_END:
            rounds.withdraw(desk, row, offer, "shift_ended")
            rounds.offer_again(desk, row, offer)
            return
        case _:
            pass
    if offer.delivered_at is None:
        # The timer `undelivered` looks again every half minute.
        return
    if result.at is not None and not _has_timer(offer, result.at):
        desk.tx.timer("look", result.at, lead_id=row.lead_id, offer_no=offer.offer_no)


def _has_timer(offer: OfferRow, at: datetime) -> bool:
    """Say whether reminder and deadline timers cover this moment already."""
    return at == offer.deadline_at or at.isoformat() in offer.remind_at


def _somebody_else(desk: Desk, row: LeadRow, offer: OfferRow) -> bool:
    """Say whether somebody else could take the lead now, or races for it already."""
    if len(desk.tx.running_offers(row)) > 1:
        return True
    office, board = desk.open_office, board_of(desk)
    asked = (*exclude_asked(desk, row), offer.rep_id)
    return decide(office.policy, board.table, board.standing, question_of(desk, Ask(row, excluded=asked))).chosen >= 0


def _undelivered(desk: Desk, row: LeadRow, offer: OfferRow) -> None:
    """Look after a card that has not arrived: wait while WeCom is out of reach, else give it to somebody else."""
    if offer.delivered_at is not None:
        return
    step(desk, row, offer)
    if offer.state != "open":
        return
    # Time during which nobody could be reached does not count: whatever waited then is on its way now, in its order.
    since = max(offer.offered_at, circuit.closed_at(desk) or offer.offered_at)
    if circuit.is_open(desk) or desk.now - since < GIVE_UP_AFTER:
        desk.tx.timer("undelivered", desk.now + _LOOK_AGAIN, lead_id=row.lead_id, offer_no=offer.offer_no)
        return
    desk.alarm("undelivered", texts_alarms.UNDELIVERED, lead=row.name, minutes=_MINUTES)
    give_up_delivery(desk, row, offer, "undelivered")


def _review(desk: Desk, timer: TimerRow) -> None:
    found = desk.tx.leads([timer.lead_id]) if timer.lead_id is not None else []
    if found:
        review.ask_again(desk, found[0], timer)


def _drain(desk: Desk, timer: TimerRow) -> None:
    """Look at the next page of the pool, or see to it that somebody does: time may have let somebody come free."""
    if timer.subject is None or timer.subject == openings.AT_ONCE:
        drain.opening(desk, at_once=timer.subject is not None)
    else:
        drain.next_page(desk, timer.subject)


def _pause_reminder(desk: Desk, timer: TimerRow) -> None:
    """Tell rep and managers at the start of a shift that the rep is still paused."""
    rep_id = timer.subject or ""
    standing = desk.tx.standings().get(rep_id)
    if standing is None or standing.pause_reason != "silent" or standing.paused_until is None:
        return
    if standing.paused_until <= desk.now:
        return
    name = desk.open_office.name_of(rep_id)
    desk.tell(rep_id, texts_notices.STILL_PAUSED)
    for manager in review.managers_of_rep(desk.open_office, rep_id):
        desk.tell(manager, texts_notices.REP_STILL_PAUSED, name=name)


def _look_again(desk: Desk, timer: TimerRow) -> None:
    """Other rules are in force: let the next page of owned leads be looked at."""
    follow_up_clocks.look_again(desk, int(timer.subject or 0))


def _decide_waiting(desk: Desk, timer: TimerRow) -> None:
    """Go on deciding what came in before anything was in force, so much at a time that intake gets its turn."""
    del timer
    if receive.decide_waiting(desk, limit=WAITING_AT_ONCE) == WAITING_AT_ONCE:
        desk.tx.timer("decide_waiting", desk.now)


def _recount_rates(desk: Desk, timer: TimerRow) -> None:
    """Count the next page of closed leads in segments that nobody asked for before."""
    del timer
    rates.go_on(desk)


def _breaker(desk: Desk, timer: TimerRow) -> None:
    del timer
    hot_leads.look(desk)


def _withdraw_for_leave(desk: Desk, timer: TimerRow) -> None:
    """A leave begins: the rep's open offers go to others at once."""
    rep_id = timer.subject or ""
    if any(leave.starts_at <= desk.now < leave.ends_at for leave in desk.leaves.get(rep_id, ())):
        rounds.withdraw_all(desk, rep_id, "leave")


_OF_OFFERS: dict[str, Callable[[Desk, LeadRow, OfferRow], None]] = {
    "remind": step,
    "deadline": step,
    "look": step,
    "undelivered": _undelivered,
}
_OTHERS: dict[str, Callable[[Desk, TimerRow], None]] = {
    "review": _review,
    "drain": _drain,
    "pause_reminder": _pause_reminder,
    "look_again": _look_again,
    "leave_begins": _withdraw_for_leave,
    "decide_waiting": _decide_waiting,
    "breaker": _breaker,
    rates.TIMER: _recount_rates,
    review_gate.OVER: review_gate.fall_back,
    review_items.ITEM_OVER: review_items.lapse,
}
