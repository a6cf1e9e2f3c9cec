"""Messages on their way: taking what is due within everybody's send budget, and what each result means for the lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.messaging import (
    AppBroken,
    BudgetState,
    CardMessage,
    Lane,
    Locale,
    MemberUnreachable,
    MessageRefused,
    Messenger,
    MessagingError,
    Rewritten,
    Sent,
    TextMessage,
    TryLater,
    retry_delay,
)
from bot.services import circuit, review, rounds
from bot.services.assign import board_of
from bot.services.desk import ALERT_ADDRESS, Desk
from bot.services.message_content import Outgoing, outgoing
from bot.services.send_slots import SLOT_WITHIN
from routing.escalation import OfferClock, deadline_at, remind_at
from routing.standing import Away
from routing.working_time import next_change
from store import outbox
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow, MessageRow, OfferRow

log = structlog.get_logger()

#: Longer than the slowest call with its retries; a message whose sender died is taken again after this.
LEASE = timedelta(seconds=45)
#: Messages whose arrival starts the rep's time.
OFFERS = frozenset({"offer_card", "offer_text"})
#: A message that can't be made is tried again after this; it must not hold up the others.
_BROKEN_WAITS = timedelta(minutes=5)
#: An alert that did not get through for so long says nothing new.
_ALERT_LIVES = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message ready to go: rendered bytes to send, or a card to rewrite, or an alert for the operator."""

    row: MessageRow
    body: bytes | None = None
    rewrite: tuple[str, CardMessage] | None = None
    instead: str | None = None
    locale: Locale = "zh-CN"
    again: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a parcel: what the messenger answered, or how it failed."""

    parcel: Parcel
    sent: Sent | None = None
    rewritten: Rewritten | None = None
    error: MessagingError | None = None


def take(desk: Desk, messenger: Messenger, *, limit: int, busy: Sequence[str] = ()) -> list[Parcel]:
    """Claim due messages within the budgets; what has lost its meaning is dropped, what has no slot waits for one.

    While the circuit is open nothing is taken but alerts, which go another way, and now and then one message as a probe.
    """
    parcels = _take_alerts(desk, limit=limit, busy=busy)
    allowed = circuit.allowed(desk, limit - len(parcels))
    if allowed <= 0:
        return parcels
    lease_until = desk.now + LEASE
    rows = outbox.claim(
        desk.tx.connection, desk.now, desk.tx.keys, lease_until=lease_until, limit=allowed, busy=(*busy, ALERT_ADDRESS)
    )
    desk.tx.leads(sorted({row.lead_id for row in rows if row.lead_id is not None}))
    desk.tx.offers((row.lead_id, row.offer_no) for row in rows if row.lead_id is not None and row.offer_no)
    slots = _Slots(desk, messenger, rows)
    for row in rows:
        try:
            parcel = _pack(desk, messenger, row, slots)
        except Exception:
            # One message that can't be made must not keep everybody else's from going out.
            log.exception("message_not_made", message_id=row.message_id, kind=row.kind)
            desk.alarm("message_not_made", f"消息 {row.message_id}（{row.kind}）生成失败，稍后重试，请查日志。")
            outbox.retry(desk.tx.connection, row.message_id, desk.now + _BROKEN_WAITS, "not_made")
            parcel = None
        if parcel is not None:
            parcels.append(parcel)
    slots.save()
    return parcels


def _take_alerts(desk: Desk, *, limit: int, busy: Sequence[str]) -> list[Parcel]:
    """Take alerts to the operator: they go out also, and above all, while WeCom can't be reached."""
    if ALERT_ADDRESS in busy:
        return []
    connection = desk.tx.connection
    rows = outbox.claim(
        connection, desk.now, desk.tx.keys, lease_until=desk.now + LEASE, limit=limit, only=ALERT_ADDRESS
    )
    old = [row.message_id for row in rows if desk.now - row.queued_at > _ALERT_LIVES]
    outbox.drop(connection, old, "too_old", desk.now)
    parcels = [Parcel(row, again=row.attempts > 0) for row in rows if row.message_id not in old]
    for parcel in parcels:
        outbox.begin(connection, parcel.row.message_id)
    return parcels


def _pack(desk: Desk, messenger: Messenger, row: MessageRow, slots: _Slots) -> Parcel | None:
    connection = desk.tx.connection
    content = _content(desk, row)
    if content is None:
        outbox.drop(connection, [row.message_id], "obsolete", desk.now)
        return None
    if not slots.spend(row):
        free_at = slots.free_at(row)
        if row.kind in OFFERS and free_at - row.queued_at > SLOT_WITHIN:
            _no_slot_in_time(desk, row)
        else:
            outbox.retry(connection, row.message_id, free_at, "no_slot")
        return None
    locale: Locale = "en" if desk.office is not None and desk.office.locale_of(row.to_member) == "en" else "zh-CN"
    outbox.begin(connection, row.message_id)
    if content.code is not None and not isinstance(content.message, TextMessage):
        rewrite = (content.code, content.message)
        return Parcel(row, rewrite=rewrite, instead=content.instead, locale=locale, again=row.attempts > 0)
    body = row.body
    if body is None:
        rendered = messenger.render(content.message, to=row.to_member, locale=locale)
        body = outbox.keep_body(connection, row.message_id, rendered, desk.tx.keys)
    return Parcel(row, body=body, locale=locale, again=row.attempts > 0)


def _content(desk: Desk, row: MessageRow) -> Outgoing | None:
    """Build what a message says; before anything is in force only plain texts can be said."""
    if desk.office is None and row.kind != "text":
        return None
    content = outgoing(desk, row)
    if content is None or content.code is not None or content.instead is None:
        return content
    return Outgoing(TextMessage(content.instead, key=str(row.message_id)))


def _no_slot_in_time(desk: Desk, row: MessageRow) -> None:
    """Give the lead to somebody whose card can go out in time, or back to the pool; no round is used up."""
    outbox.drop(desk.tx.connection, [row.message_id], "send_limit", desk.now)
    lead, offer = desk.tx.lead(row.lead_id or 0), desk.tx.offer(row.lead_id or 0, row.offer_no or 0)
    if offer is not None and offer.state == "open" and offer.delivered_at is None:
        give_up_delivery(desk, lead, offer, "send_limit")


class _Slots:
    """The send budgets of the members of one claim, spent in order and saved once."""

    def __init__(self, desk: Desk, messenger: Messenger, rows: Sequence[MessageRow]) -> None:
        self._desk = desk
        self._budget = messenger.budget
        members = {row.to_member for row in rows if row.to_member != ALERT_ADDRESS}
        stored = outbox.budgets(desk.tx.connection, sorted(members))
        self._states: dict[str, BudgetState] = {member: stored.get(member, {}) for member in members}
        self._changed: set[str] = set()

    def spend(self, row: MessageRow) -> bool:
        """Use a slot of the member, if one is free now."""
        lane = _lane(row)
        state = self._states[row.to_member]
        if self._budget.next_slot(state, lane, self._desk.now) > self._desk.now:
            return False
        self._states[row.to_member] = self._budget.spend(state, lane, self._desk.now)
        self._changed.add(row.to_member)
        return True

    def free_at(self, row: MessageRow) -> datetime:
        """Say when the member's next slot is free."""
        return self._budget.next_slot(self._states[row.to_member], _lane(row), self._desk.now)

    def save(self) -> None:
        """Write the budgets that were spent."""
        if not self._changed:
            return
        states = {
            member: (self._states[member], self._budget.next_slot(self._states[member], "push", self._desk.now))
            for member in self._changed
        }
        outbox.save_budgets(self._desk.tx.connection, states)


def _lane(row: MessageRow) -> Lane:
    return "answer" if row.urgency == Urgency.ANSWER else "push"


def settle(desk: Desk, results: Sequence[Result]) -> None:
    """Write down what came of a batch of parcels: deliveries start clocks, failures wait, move on, or open the circuit."""
    desk.tx.standings()
    wanted = {result.parcel.row.lead_id for result in results if result.parcel.row.lead_id is not None}
    desk.tx.leads(sorted(wanted))
    for result in results:
        if result.error is None:
            _arrived(desk, result)
        else:
            _failed(desk, result, result.error)


def _arrived(desk: Desk, result: Result) -> None:
    row = result.parcel.row
    if row.to_member == ALERT_ADDRESS:
        # It went to the operator's own address, and says nothing about WeCom.
        outbox.finish(desk.tx.connection, row.message_id, "sent", desk.now)
        return
    circuit.close(desk)
    if result.rewritten is not None and not result.rewritten.done:
        outbox.finish(desk.tx.connection, row.message_id, result.rewritten.outcome, desk.now)
        if result.parcel.instead is not None:
            desk.tell(row.to_member, result.parcel.instead, urgency=Urgency.ANSWER, lead_id=row.lead_id, offer_no=row.offer_no)
        return
    if not outbox.finish(desk.tx.connection, row.message_id, "sent", desk.now):
        return
    if result.rewritten is not None:
        _forget_code(desk, result.parcel)
    elif row.kind in OFFERS and row.lead_id is not None and row.offer_no is not None:
        offer = desk.tx.offer(row.lead_id, row.offer_no)
        if offer is not None:
            start_clock(desk, offer, result.sent)


def _forget_code(desk: Desk, parcel: Parcel) -> None:
    """A code works once: forget the one of the offer's own card when it has been used."""
    row = parcel.row
    if row.lead_id is None or row.offer_no is None or row.private.get("code"):
        return
    offer = desk.tx.offer(row.lead_id, row.offer_no)
    if offer is not None and offer.send_code is not None:
        offer.send_code = offer.send_code_at = None
        desk.tx.touch_offer(offer)


def start_clock(desk: Desk, offer: OfferRow, sent: Sent | None) -> None:
    """Mark the card as delivered: from now on the rep's time runs, and reminders and the deadline are kept as timers."""
    if sent is not None and sent.response_code is not None:
        where = f"offer.send_code.{offer.lead_id}.{offer.offer_no}"
        offer.send_code = desk.tx.keys.seal(sent.response_code.encode(), where)
        offer.send_code_at = desk.now
        desk.tx.touch_offer(offer)
    if offer.deadline_at is not None or offer.state != "open":
        _answered_on_the_way(desk, offer)
        return
    offer.delivered_at = offer.delivered_at or desk.now
    clock = OfferClock(
        offer.delivered_at,
        timedelta(seconds=offer.within_seconds),
        tuple(timedelta(seconds=seconds) for seconds in offer.remind_seconds),
        offer.on_duty_clock,
    )
    schedule = desk.schedule_of(offer.rep_id)
    offer.deadline_at = deadline_at(clock, schedule)
    moments = remind_at(clock, schedule)
    offer.remind_at = [moment.isoformat() for moment in moments]
    desk.tx.touch_offer(offer)
    desk.tx.fact(offer.lead_id, "delivered", offer_no=offer.offer_no)
    for moment in moments:
        desk.tx.timer("remind", moment, lead_id=offer.lead_id, offer_no=offer.offer_no)
    desk.tx.timer("deadline", offer.deadline_at, lead_id=offer.lead_id, offer_no=offer.offer_no)
    change = next_change(schedule, desk.now) if offer.on_duty_clock else None
    if change is not None and change < offer.deadline_at:
        # The shift ends before: somebody else may take the lead then.
        desk.tx.timer("look", change, lead_id=offer.lead_id, offer_no=offer.offer_no)


def _answered_on_the_way(desk: Desk, offer: OfferRow) -> None:
    """Say on a card that has just arrived what became of the lead meanwhile."""
    if offer.send_code is None:
        return
    if offer.state == "accepted":
        desk.tx.message(NewMessage(offer.rep_id, "accepted_card", Urgency.REWRITE, offer.lead_id, offer.offer_no))
    elif offer.state != "open":
        text = {"declined": "declined", "expired": "timed_out"}.get(offer.state, "withdrawn")
        told: dict[str, object] = {"text": text}
        desk.tx.message(NewMessage(offer.rep_id, "close_card", Urgency.REWRITE, offer.lead_id, offer.offer_no, told))


def _failed(desk: Desk, result: Result, error: MessagingError) -> None:
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
    if offer is not None and offer.state == "open" and lead.offer_no == offer.offer_no:
        give_up_delivery(desk, lead, offer, "unreachable")


def _go_off_duty(desk: Desk, row: MessageRow, error: MessagingError) -> None:
    """Tell managers and admins of somebody who can't be reached; until 上线 or 恢复 nothing is offered there."""
    desk.alarm("member_unreachable", f"有销售在企业微信里联系不上（错误码 {error.code}），已停止派单，请检查应用可见范围。")
    if desk.office is not None:
        board_of(desk).mark_away(row.to_member, Away.OFFLINE)
        name = desk.office.name_of(row.to_member)
        text = f"企业微信联系不上 {name}（错误码 {error.code}），已停止给他派单。请检查应用可见范围，或把他从团队中移除。"
        for manager in review.managers_of_rep(desk.office, row.to_member):
            if manager != row.to_member:
                desk.tell(manager, text)


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
        rounds.offer_again(desk, lead)


def _refused(desk: Desk, row: MessageRow, error: MessagingError) -> None:
    """Say it in plain words where a card was refused for ever, and raise an alarm: that is our own fault."""
    desk.alarm("message_refused", f"企业微信拒收一条 {row.kind}（错误码 {error.code}），请查日志。")
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
