"""Messages on their way: taking what is due within everybody's send budget, and what each result means for the lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.messaging import BudgetState, Lane, Locale, Messenger, Sent, TextMessage
from bot.services import circuit, manager_cards, races, scenario, texts_alarms
from bot.services.desk import ALERT_ADDRESS, Desk
from bot.services.failed_sends import failed, no_slot_in_time
from bot.services.message_content import Outgoing, outgoing
from bot.services.parcels import OFFERS, Parcel, Result
from bot.services.send_slots import SLOT_WITHIN
from routing.escalation import OfferClock, deadline_at, remind_at
from routing.working_time import next_change
from store import outbox
from store.outbox import NewMessage, Urgency
from store.rows import MessageRow, OfferRow

__all__ = ["Parcel", "Result", "Taken", "settle", "start_clock", "take"]

log = structlog.get_logger()

#: Longer than the slowest call with its retries; a message whose sender died is taken again after this.
LEASE = outbox.LONGEST_LEASE / 2
#: A message that can't be made is tried again after this; it must not hold up the others.
_BROKEN_WAITS = timedelta(minutes=5)
#: Messages whose code, or whose arrival, is the offer's.
_WITH_OFFER = OFFERS | {"claimed_card"}
#: An alert that did not get through for so long says nothing new, and a message that could not be made neither.
_LIVES = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken: parcels ready to go, and whether anything was looked at, so that there may be more at once."""

    parcels: list[Parcel]
    looked: bool


def take(desk: Desk, messenger: Messenger, *, limit: int, busy: Sequence[str] = ()) -> Taken:
    """Claim due messages within the budgets; what has lost its meaning is dropped, what has no slot waits for one.

    While the circuit is open nothing is taken but alerts, which go another way, and now and then one message as a probe.
    Messages that have lost their meaning do not use up a probe; a transaction looks at so many that webhooks need not wait.
    """
    looked = 0
    while looked < limit:
        rows = _claim(desk, limit=limit, busy=busy)
        looked += len(rows)
        parcels = _made(desk, messenger, rows) if rows else []
        if parcels or not rows:
            return Taken(parcels, looked > 0)
    return Taken([], looked=True)


def _made(desk: Desk, messenger: Messenger, rows: Sequence[MessageRow]) -> list[Parcel]:
    """Make what was claimed ready to go, and count each as begun."""
    if any(row.to_member != ALERT_ADDRESS for row in rows):
        desk.tx.lock_standings()  # a card that has no slot moves counters, and these locks come before any lead's
    desk.tx.leads(sorted({row.lead_id for row in rows if row.lead_id is not None}))
    desk.tx.offers((row.lead_id, row.offer_no) for row in rows if row.lead_id is not None and row.offer_no)
    slots = _Slots(desk, messenger, rows)
    parcels = []
    for row in rows:
        try:
            parcel = _pack(desk, messenger, row, slots)
        except Exception:
            # One message that can't be made must not keep everybody else's from going out.
            log.exception("message_not_made", message_id=row.message_id, kind=row.kind)
            desk.alarm("message_not_made", texts_alarms.MESSAGE_NOT_MADE, message=row.message_id, kind=row.kind)
            _not_made(desk, row)
            parcel = None
        if parcel is not None:
            parcels.append(parcel)
    slots.save()
    if any(parcel.row.to_member != ALERT_ADDRESS for parcel in parcels):
        circuit.probed(desk)
    rendered = {parcel.row.message_id: None if parcel.row.body else parcel.body for parcel in parcels}
    outbox.begin(desk.tx.connection, rendered, desk.tx.keys)
    return parcels


def _not_made(desk: Desk, row: MessageRow) -> None:
    """Try again later; what can't be made for an hour says nothing new, and would alarm somebody for ever."""
    if desk.now - row.queued_at > _LIVES:
        outbox.drop(desk.tx.connection, [row.message_id], "not_made", desk.now)
    else:
        outbox.retry(desk.tx.connection, row.message_id, desk.now + _BROKEN_WAITS, "not_made")


def _claim(desk: Desk, *, limit: int, busy: Sequence[str]) -> list[MessageRow]:
    """Claim what may go now; alerts to the operator go out also, and above all, while WeCom can't be reached."""
    connection, now, keys, lease_until = desk.tx.connection, desk.now, desk.tx.keys, desk.now + LEASE
    if not circuit.is_open(desk):
        return outbox.claim(connection, now, keys, lease_until=lease_until, limit=limit, busy=busy)
    rows = []
    if ALERT_ADDRESS not in busy:
        rows = outbox.claim(connection, now, keys, lease_until=lease_until, limit=limit, only=ALERT_ADDRESS)
    probes = circuit.allowed(desk, limit - len(rows))
    if probes > 0:
        but = (*busy, ALERT_ADDRESS)
        rows += outbox.claim(connection, now, keys, lease_until=lease_until, limit=probes, busy=but)
    return rows


def _pack(desk: Desk, messenger: Messenger, row: MessageRow, slots: _Slots) -> Parcel | None:
    connection = desk.tx.connection
    if row.to_member == ALERT_ADDRESS:
        if desk.now - row.queued_at > _LIVES:
            outbox.drop(connection, [row.message_id], "too_old", desk.now)
            return None
        return Parcel(row, again=row.attempts > 0)
    content = _content(desk, row)
    if content is None:
        outbox.drop(connection, [row.message_id], "obsolete", desk.now)
        return None
    if not slots.spend(row):
        free_at = slots.free_at(row)
        if row.kind in OFFERS and free_at - row.queued_at > SLOT_WITHIN:
            no_slot_in_time(desk, row)
        else:
            outbox.retry(connection, row.message_id, free_at, "no_slot")
        return None
    locale: Locale = "en" if desk.locale_of(row.to_member) == "en" else "zh-CN"
    if content.code is not None and not isinstance(content.message, TextMessage):
        rewrite = (content.code, content.message)
        return Parcel(row, rewrite=rewrite, instead=content.instead, locale=locale, again=row.attempts > 0)
    body = row.body
    if body is None:
        body = messenger.render(content.message, to=row.to_member, locale=locale)
    return Parcel(row, body=body, locale=locale, again=row.attempts > 0)


def _content(desk: Desk, row: MessageRow) -> Outgoing | None:
    """Build what a message says; before anything is in force only plain texts can be said."""
    if desk.office is None and row.kind != "text":
        return None
    content = outgoing(desk, row)
    if content is None or content.code is not None or content.instead is None:
        return content
    return Outgoing(TextMessage(content.instead, key=str(row.message_id)))


class _Slots:
    """The send budgets of the members of one claim, spent in order and saved once."""

    def __init__(self, desk: Desk, messenger: Messenger, rows: Sequence[MessageRow]) -> None:
        self._desk = desk
        self._budget = messenger.budget
        members = {row.to_member for row in rows if row.to_member != ALERT_ADDRESS}
        stored = outbox.budgets(desk.tx.connection, sorted(members))
        self._new = members - stored.keys()
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
        outbox.save_budgets(self._desk.tx.connection, states, new=self._new)


def _lane(row: MessageRow) -> Lane:
    return "answer" if row.urgency == Urgency.ANSWER else "push"


def settle(desk: Desk, results: Sequence[Result]) -> None:
    """Write down what came of a batch of parcels: deliveries start clocks, failures wait, move on, or open the circuit."""
    desk.tx.lock_standings()
    wanted = {result.parcel.row.lead_id for result in results if result.parcel.row.lead_id is not None}
    desk.tx.leads(sorted(wanted))
    for result in results:
        if result.error is None:
            _arrived(desk, result)
        else:
            failed(desk, result, result.error)


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
            desk.tell_text(
                row.to_member, result.parcel.instead, urgency=Urgency.ANSWER, lead_id=row.lead_id, offer_no=row.offer_no
            )
        return
    if not outbox.finish(desk.tx.connection, row.message_id, "sent", desk.now):
        return
    if result.rewritten is not None:
        _forget_code(desk, result.parcel)
    elif row.kind in manager_cards.KINDS:
        manager_cards.arrived(desk, row, result.sent.response_code if result.sent is not None else None)
    elif row.kind in _WITH_OFFER and row.lead_id is not None and row.offer_no is not None:
        _offer_arrived(desk, row.kind, desk.tx.offer(row.lead_id, row.offer_no), result.sent)


def _offer_arrived(desk: Desk, kind: str, offer: OfferRow | None, sent: Sent | None) -> None:
    if offer is not None and kind in OFFERS:
        start_clock(desk, offer, sent)
    elif offer is not None and kind == "claimed_card":
        _keep_code(desk, offer, sent)


def _forget_code(desk: Desk, parcel: Parcel) -> None:
    """A code works once: forget the one of the offer's own card when it has been used."""
    row = parcel.row
    if row.lead_id is None or row.offer_no is None or row.private.get("code"):
        return
    offer = desk.tx.offer(row.lead_id, row.offer_no)
    if offer is not None and offer.send_code is not None:
        offer.send_code = offer.send_code_at = None
        desk.tx.touch_offer(offer)


def _keep_code(desk: Desk, offer: OfferRow, sent: Sent | None) -> None:
    """Keep the code with which the offer's own card may be rewritten once."""
    if sent is not None and sent.response_code is not None:
        where = f"offer.send_code.{offer.lead_id}.{offer.offer_no}"
        offer.send_code = desk.tx.keys.seal(sent.response_code.encode(), where)
        offer.send_code_at = desk.now
        desk.tx.touch_offer(offer)


def start_clock(desk: Desk, offer: OfferRow, sent: Sent | None) -> None:
    """Mark the card as delivered: from now on the rep's time runs, and reminders and the deadline are kept as timers."""
    _keep_code(desk, offer, sent)
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
    scenario.follow_card(desk, offer)
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
        text = races.LOST if offer.end_reason == races.LOST else text
        told: dict[str, object] = {"text": text}
        desk.tx.message(NewMessage(offer.rep_id, "close_card", Urgency.REWRITE, offer.lead_id, offer.offer_no, told))
