"""Messages that did not get through, by the family of the failure: they wait, move the lead on, or stop everything."""

from __future__ import annotations

from datetime import timedelta

from bot.messaging import AppBroken, MemberUnreachable, MessageRefused, MessagingError, TryLater, retry_delay
from bot.services import circuit, review, rounds, texts_alarms, texts_notices
from bot.services.assign import board_of
from bot.services.desk import Desk
from bot.services.parcels import OFFERS, Result
from routing.standing import Away
from store import outbox
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow, MessageRow, OfferRow


def failed(desk: Desk, result: Result, error: MessagingError) -> None:
    """Do what the family of the failure asks for."""
    row, connection = result.parcel.row, desk.tx.connection
    match error:
        case AppBroken():
            circuit.open_(desk, error)
            outbox.retry(connection, row.message_id, desk.now, error.reason)
        case TryLater():
            delay = max(retry_delay(row.attempts + 1, _jitter(row)), error.retry_after)
            outbox.retry(connection, row.message_id, desk.now + timedelta(seconds=delay), error.reason)
        case MemberUnreachable():
            circuit.close(desk)
            outbox.finish(connection, row.message_id, "unreachable", desk.now)
            _member_lost(desk, row, error)
        case MessageRefused():
            circuit.close(desk)
            outbox.finish(connection, row.message_id, "refused", desk.now)
            _refused(desk, row, error)
        case _:
            outbox.retry(connection, row.message_id, desk.now + timedelta(seconds=60), error.reason)


def _jitter(row: MessageRow) -> float:
    """Spread retries: a fraction that differs from message to message and from try to try, without any dice."""
    return (row.message_id * 2654435761 + row.attempts * 40503) % 1000 / 1000


def _member_lost(desk: Desk, row: MessageRow, error: MessagingError) -> None:
    """Take somebody whom WeCom does not know (any more) off duty, and move the lead on without using up a round."""
    standing = desk.tx.standings().get(row.to_member)
    if standing is not None and standing.unreachable_since is None:
        standing.unreachable_since = desk.now
        _go_off_duty(desk, row, error)
    if row.kind not in OFFERS or row.lead_id is None or row.offer_no is None:
        return
    lead, offer = desk.tx.lead(row.lead_id), desk.tx.offer(row.lead_id, row.offer_no)
    if offer is not None and offer.state == "open":
        give_up_delivery(desk, lead, offer, "unreachable")


def _go_off_duty(desk: Desk, row: MessageRow, error: MessagingError) -> None:
    """Tell managers and admins of somebody who can't be reached; until 上线 or 恢复 nothing is offered there."""
    desk.alarm("member_unreachable", texts_alarms.MEMBER_UNREACHABLE, code=error.code)
    if desk.office is not None:
        board_of(desk).mark_away(row.to_member, Away.OFFLINE)
        name = desk.office.name_of(row.to_member)
        for manager in review.managers_of_rep(desk.office, row.to_member):
            if manager != row.to_member:
                desk.tell(manager, texts_notices.REP_UNREACHABLE, name=name, code=error.code)


def give_up_delivery(desk: Desk, lead: LeadRow, offer: OfferRow, reason: str) -> None:
    """Withdraw an offer that could not be delivered, and offer the lead to somebody else in the same round.

    This rep's cards don't get through at present, so the lead goes to others, and only where there are none waits in
    the pool for this one again. What a manager had given goes back to that manager.
    """
    rounds.withdraw(desk, lead, offer, reason)
    board = board_of(desk)
    if not board.is_away(offer.rep_id):
        board.mark_away(offer.rep_id, Away.NO_SEND_SLOT)
    if offer.offered_by != "system":
        review.to_review(desk, lead, "undelivered", responsible=offer.offered_by)
    else:
        rounds.offer_again(desk, lead, offer)


def _refused(desk: Desk, row: MessageRow, error: MessagingError) -> None:
    """Say it in plain words where a card was refused for ever, and raise an alarm: that is our own fault."""
    desk.alarm("message_refused", texts_alarms.MESSAGE_REFUSED, kind=row.kind, code=error.code)
    if row.kind not in OFFERS or row.lead_id is None or row.offer_no is None:
        return
    lead, offer = desk.tx.lead(row.lead_id), desk.tx.offer(row.lead_id, row.offer_no)
    if offer is None or offer.state != "open":
        return
    if row.kind == "offer_card":
        # The rep's time begins when the words arrive, as it would have with the card.
        desk.tx.message(NewMessage(row.to_member, "offer_text", Urgency.CARD, row.lead_id, row.offer_no))
    else:
        give_up_delivery(desk, lead, offer, "refused")


def no_slot_in_time(desk: Desk, row: MessageRow) -> None:
    """Give the lead to somebody whose card can go out in time, or back to the pool; no round is used up."""
    outbox.drop(desk.tx.connection, [row.message_id], "send_limit", desk.now)
    lead, offer = desk.tx.lead(row.lead_id or 0), desk.tx.offer(row.lead_id or 0, row.offer_no or 0)
    if offer is not None and offer.state == "open" and offer.delivered_at is None:
        give_up_delivery(desk, lead, offer, "send_limit")
