"""How an offer ends without an owner, and what comes next: the next best other rep, or a manager."""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.services import hot_leads, races, review, texts_alarms, texts_notices
from bot.services.assign import Ask, acknowledge_of, assign, board_of, exclude_asked
from bot.services.desk import Desk
from routing.decision_record import unpack
from routing.escalation import is_silent, push, timeouts_in_row
from routing.fairness import reverse
from routing.lifecycle import OfferState, move_offer
from routing.replay import replay
from routing.standing import Away
from routing.working_time import next_change, next_on, on_duty
from store import offers
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow, OfferRow

log = structlog.get_logger()

#: How long a pause lasts that only 上线 or a manager lifts.
UNTIL_LIFTED_YEARS = 100


def decline(desk: Desk, row: LeadRow, offer: OfferRow, *, actor: str) -> None:
    """Take a 转出: it counts as an answer, and the lead goes on at once."""
    _end(desk, offer, OfferState.DECLINED)
    count_answer(desk, offer)
    desk.tx.fact(row.lead_id, "declined", actor, offer_no=offer.offer_no)
    _go_on(desk, row, offer)


def expire(desk: Desk, row: LeadRow, offer: OfferRow) -> None:
    """Take the lead away from a rep who stayed silent, and move it on."""
    _end(desk, offer, OfferState.EXPIRED)
    desk.tx.fact(row.lead_id, "ack_timeout", offer_no=offer.offer_no, rep=offer.rep_id)
    close_card(desk, offer, "timed_out")
    _count_silence(desk, offer)
    _go_on(desk, row, offer)


def _go_on(desk: Desk, row: LeadRow, offer: OfferRow) -> None:
    """Move the lead on, unless others still race for it; a race that is over used up one round, however many raced."""
    if desk.tx.running_offers(row):
        return
    if offer.race is not None:
        races.settle(desk, offer)
    next_round(desk, row, offer)


def withdraw(desk: Desk, row: LeadRow, offer: OfferRow, reason: str, *, actor: str = "system") -> None:
    """Take an offer back before an answer: the round, the day's turn and the fairness account are as if it had never been.

    The round of a race counts all the same where somebody has let it pass. The lead is left where it is; the caller says
    what comes next. Fairness must never keep a lead: where the decision
    can't be taken back, an alarm says so and the lead moves on.
    """
    offer.state = move_offer(offer.state, OfferState.WITHDRAWN)
    offer.end_reason = reason
    offer.answered_at = desk.now
    desk.tx.touch_offer(offer)
    board = board_of(desk)
    board.release(offer.rep_id, turn_of=offer.offered_on)
    if offer.race is None:
        _take_back_turn(desk, offer)
    elif not desk.tx.running_offers(row):
        races.settle(desk, offer)
    if not desk.tx.running_offers(row) and not races.uses_up_round(desk, offer):
        row.round = max(offer.round - 1, 0)
    desk.tx.touch(row)
    desk.tx.fact(row.lead_id, "withdrawn", actor, offer_no=offer.offer_no, rep=offer.rep_id, reason=reason)
    close_card(desk, offer, "withdrawn")


def _take_back_turn(desk: Desk, offer: OfferRow) -> None:
    try:
        _reverse_decision(desk, offer)
    except Exception:
        log.exception("reversal_failed", decision_id=offer.decision_id)
        desk.alarm("reversal_failed", texts_alarms.REVERSAL_FAILED, decision=f"D{offer.decision_id}")


def offer_again(desk: Desk, row: LeadRow, offer: OfferRow) -> None:
    """Offer a lead whose offer was withdrawn to somebody else, in the same round, unless others still race for it."""
    if desk.tx.running_offers(row):
        return
    if races.uses_up_round(desk, offer):
        next_round(desk, row, offer)
    else:
        assign(desk, [Ask(row, excluded=exclude_asked(desk, row))])


def withdraw_all(desk: Desk, rep_id: str, reason: str, *, actor: str = "system") -> int:
    """Take back every running offer of a rep who goes off duty; gives how many there were.

    The leads are offered to others, or wait in the pool, where this rep may have them again later; what a manager had
    given to the rep goes back to that manager.
    """
    desk.tx.standings()
    running = offers.running_of(desk.tx.connection, rep_id)
    rows = desk.tx.leads([offer.lead_id for offer in running])
    count = 0
    for row in rows:
        offer = desk.tx.asks(row, rep_id)
        if offer is not None:
            withdraw(desk, row, offer, reason, actor=actor)
            if offer.offered_by != "system":
                review.to_review(desk, row, "manager_pick_away", responsible=offer.offered_by)
            else:
                offer_again(desk, row, offer)
            count += 1
    return count


def next_round(desk: Desk, row: LeadRow, offer: OfferRow) -> None:
    """Give the lead to the next best other rep; after the last round, or a manager's own offer, to a manager."""
    if offer.offered_by != "system":
        review.to_review(desk, row, "managers_offer_failed", responsible=offer.offered_by)
    elif offer.round >= acknowledge_of(desk.policy_of(offer.policy_version), row).rounds:
        hot_leads.answered(desk, row)
        review.to_review(desk, row, "rounds_used_up")
    else:
        assign(desk, [Ask(row, excluded=exclude_asked(desk, row))])


def _end(desk: Desk, offer: OfferRow, state: OfferState) -> None:
    offer.state = move_offer(offer.state, state)
    offer.answered_at = desk.now if state is not OfferState.EXPIRED else None
    desk.tx.touch_offer(offer)
    board_of(desk).release(offer.rep_id)


def count_answer(desk: Desk, offer: OfferRow) -> None:
    """Count an acceptance or a decline: in time it raises the response rate; in time or not, it ends a run of silence."""
    standing = desk.tx.standings().get(offer.rep_id)
    if standing is not None:
        in_time = offer.deadline_at is None or desk.now < offer.deadline_at
        standing.answered_bits, standing.answered_count = push(
            standing.answered_bits, standing.answered_count, answered=in_time
        )
        standing.timeouts_in_row = timeouts_in_row(standing.timeouts_in_row, answered=True)


def _count_silence(desk: Desk, offer: OfferRow) -> None:
    """Count a time-out; a rep silent too often in a row is taken off duty."""
    standing = desk.tx.standings().get(offer.rep_id)
    if standing is None:
        return
    standing.answered_bits, standing.answered_count = push(
        standing.answered_bits, standing.answered_count, answered=False
    )
    standing.timeouts_in_row = timeouts_in_row(standing.timeouts_in_row, answered=False)
    policy = desk.policy_of(offer.policy_version)
    paused = standing.paused_until is not None and standing.paused_until > desk.now
    silent = is_silent(standing.timeouts_in_row, policy.acknowledge.silent_times)
    if silent and policy.silent_pauses and not paused:
        pause_silent(desk, offer.rep_id)


def pause_silent(desk: Desk, rep_id: str) -> None:
    """Take a silent rep off duty until 上线, and say so to the rep and the rep's managers."""
    standing = desk.tx.standings()[rep_id]
    standing.paused_until = for_ever(desk.now)
    standing.pause_reason = "silent"
    standing.paused_by = "system"
    times = standing.timeouts_in_row
    board_of(desk).mark_away(rep_id, Away.SILENT)
    desk.tell(rep_id, texts_notices.PAUSED_SILENT, urgency=Urgency.CARD, times=times)
    name = desk.open_office.name_of(rep_id)
    for manager in review.managers_of_rep(desk.open_office, rep_id):
        desk.tell(manager, texts_notices.REP_PAUSED_SILENT, name=name, times=times)
    next_shift = next_shift_start(desk, rep_id)
    if next_shift is not None:
        desk.tx.timer("pause_reminder", next_shift, subject=rep_id)


def next_shift_start(desk: Desk, rep_id: str) -> datetime | None:
    """Say when the rep next comes on duty, after going off if on duty now; None for somebody who is always on duty."""
    schedule = desk.schedule_of(rep_id)
    off = desk.now if not on_duty(schedule, desk.now) else next_change(schedule, desk.now)
    return None if off is None else next_on(schedule, off)


def for_ever(now: datetime) -> datetime:
    """Give the end of a pause that only somebody's word lifts."""
    return now.replace(year=now.year + UNTIL_LIFTED_YEARS, month=1, day=1)


def _reverse_decision(desk: Desk, offer: OfferRow) -> None:
    """Take the decision behind a withdrawn offer out of everybody's account, and give a used credit back."""
    stored = desk.tx.decision(offer.decision_id) if offer.decision_id is not None else None
    if stored is None or stored.reversed_at is not None:
        return
    connection, offices = desk.tx.connection, desk.offices
    office = offices.of(connection, stored.policy_version, stored.roster_version, desk.now.year)
    decision = replay(unpack(stored.record), office.policy, office.table)
    board_of(desk).reverse(stored.decision_id, reverse(decision, office.table))
    if decision.by_credit:
        board_of(desk).return_credit(decision.credit)
    desk.tx.mark_reversed(stored.decision_id)


def close_card(desk: Desk, offer: OfferRow, text: str) -> None:
    """Grey out the rep's card where it can be done without a tap; else a tap on it is answered."""
    if offer.delivered_at is None:
        return
    desk.tx.message(
        NewMessage(offer.rep_id, "close_card", Urgency.REWRITE, offer.lead_id, offer.offer_no, {"text": text})
    )
