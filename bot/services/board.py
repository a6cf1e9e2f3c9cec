"""Where everybody stands now: the stored counters, duty, leave and send slots as the columns that deciding reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from bot.services import breaker_state
from bot.services.desk import Desk
from bot.services.send_slots import SendSlots
from bot.services.standing_rows import reversal_of, segment_rates, stored_of, why_away
from routing.breaker import Phase
from routing.decision import Codes, Decision
from routing.eligibility import REST, resting_after
from routing.escalation import response_rate
from routing.fairness import Reversal, may_settle
from routing.policy import MILLION, Acknowledge, FactorKind
from routing.standing import Away, Standing
from routing.surge import table_in_surge
from store import people
from store.column_types import microseconds
from store.rows import StandingRow


class Board:
    """The standing of one batch. Deciding moves the columns; `write_back` carries them into the rows."""

    def __init__(self, desk: Desk) -> None:
        """Load everybody, locked."""
        self._desk = desk
        self._usual_table = self.table = desk.open_office.table
        self.phase = Phase.CLOSED
        self._stored = stored_of(desk, self.table.ids)
        self._positions = self._stored.positions(self.table.ids)
        self._today = {zone: desk.now.astimezone(ZoneInfo(zone)).date() for zone in set(self.table.timezones)}
        self._accounts = desk.tx.accounts()
        self._at_accounts = self._accounts.positions(self.table.ids)
        self._slots = SendSlots(desk)
        self.standing = self._columns()
        self._in_surge()
        self._given_credits: dict[int, int | None] = {}
        #: Whether somebody's load went down, so that the pool may have somewhere to go.
        self.freed = False
        since = self._numbers("resting_since")
        self._rested = (since >= 0) & (since <= microseconds(desk.now - REST))
        # Before time alone is looked at: a rest that is over is written back like any other change.
        self._before = self._movable()
        self._refresh_resting()

    def follow_breaker(self) -> None:
        """Work with the capacities of the phase in which the breaker is now; it has just switched."""
        self._in_surge()
        self._refresh_resting()

    def _in_surge(self) -> None:
        policy = self._desk.open_office.policy
        self.phase = breaker_state.phase_of(self._desk)
        if policy.hot is not None and self.phase is not Phase.CLOSED:
            self.standing.quick[:] = self._quick(policy.acknowledge, policy.hot.response_from)
        self.table = table_in_surge(policy, self._usual_table, self.standing.quick, self.phase)

    def apply(self, decision: Decision, decision_id: int) -> None:
        """Take a decision that offers the lead to somebody, or to several who race for it."""
        if decision.chosen < 0:
            return
        self.standing.apply(decision)
        if decision.by_credit:
            self._given_credits[decision.credit] = decision_id
        for at in decision.race.tolist() or [decision.chosen]:
            self._refresh_resting(at)
            if not self._slots.queue_one(self.table.ids[at]) and self.standing.away[at] == Away.NO:
                self.standing.away[at] = Away.NO_SEND_SLOT

    def release(self, rep_id: str, *, turn_of: date | None = None) -> None:
        """Take one lead off a rep's load.

        Args:
            rep_id: whose.
            turn_of: of a reversed offer, the rep's local day on which it was made: that day's turn is given back. A turn of
                an earlier day is not given back to this one.
        """
        self.freed = True
        at = self.table.index.get(rep_id)
        if at is None:
            # Somebody who takes leads no longer: only the stored row moves.
            row = self._desk.tx.standings().get(rep_id)
            if row is not None:
                row.open = max(row.open - 1, 0)
                row.today = max(row.today - 1, 0) if turn_of is not None and row.today_on == turn_of else row.today
            return
        self.standing.open[at] = max(int(self.standing.open[at]) - 1, 0)
        if turn_of == self.day_of(at):
            self.standing.today[at] = max(int(self.standing.today[at]) - 1, 0)
        self._refresh_resting(at)

    def take(self, rep_id: str) -> None:
        """Put one lead on a rep's load outside any decision."""
        at = self.table.index.get(rep_id)
        row = self._desk.tx.standings().get(rep_id)
        if at is not None:
            self.standing.open[at] += 1
            self._refresh_resting(at)
        elif row is not None:
            # A leaver may get an old lead back by 撤销; it counts like the others that are still the leaver's.
            row.open += 1

    def reverse(self, decision_id: int, reversal: Reversal) -> None:
        """Take a decision out of the accounts of all who were eligible then; at once, or when it breaks no bound."""
        if reversal.deltas:
            waits = [decision_id, reversal.grade_class, dict(reversal.deltas), reversal.excess]
            self._accounts.waiting.append(waits)
            self._desk.tx.touch_accounts()
            self._settle()

    def _settle(self) -> None:
        """Take the waiting reversals that push nobody too far, oldest first."""
        still: list[list[object]] = []
        for waits in self._accounts.waiting:
            reversal = reversal_of(waits)
            if may_settle(reversal, self._deficits(reversal, 0), self._deficits(reversal, 1 + reversal.grade_class)):
                self._take_out(reversal)
            else:
                still.append(waits)
        if len(still) < len(self._accounts.waiting):
            self._accounts.waiting[:] = still
            self._desk.tx.touch_accounts()

    def _deficits(self, reversal: Reversal, column: int) -> dict[str, int]:
        standing = self.standing
        account = standing.deficit if column == 0 else standing.class_deficit[column - 1]
        found = {}
        for rep_id in reversal.deltas:
            at = self.table.index.get(rep_id)
            if at is not None:
                found[rep_id] = int(account[at])
            else:
                place = self._accounts.positions([rep_id])[0]
                found[rep_id] = int(self._accounts.columns[column, place])
        return found

    def _take_out(self, reversal: Reversal) -> None:
        standing, index = self.standing, self.table.index
        for rep_id, delta in reversal.deltas.items():
            at = index.get(rep_id)
            if at is not None:
                standing.deficit[at] += delta
                standing.class_deficit[reversal.grade_class, at] += delta
                continue
            # Somebody who takes leads no longer keeps an account.
            place = self._accounts.positions([rep_id])[0]
            self._accounts.columns[0, place] += delta
            self._accounts.columns[1 + reversal.grade_class, place] += delta
        for rep_id, delta in reversal.value.items():
            at = index.get(rep_id)
            if at is not None and standing.value_deficit is not None:
                standing.value_deficit[at] += delta
            else:
                self._accounts.columns[4, self._accounts.positions([rep_id])[0]] += delta

    def return_credit(self, credit_id: int) -> None:
        """Give a used credit back: the offer that it bought was never delivered."""
        self._given_credits[credit_id] = None

    def day_of(self, at: int) -> date:
        """Give the local day of the rep at a position."""
        return self._today[self.table.timezones[at]]

    def mark_away(self, rep_id: str, why: Away) -> None:
        """Take a rep off duty, or put back on with `Away.NO`, for the rest of this batch."""
        at = self.table.index.get(rep_id)
        if at is not None:
            self.standing.away[at] = why

    def is_away(self, rep_id: str) -> bool:
        """Say whether a rep is off duty, whatever the reason."""
        at = self.table.index.get(rep_id)
        return at is None or int(self.standing.away[at]) not in {Away.NO, Away.NO_SEND_SLOT}

    def is_absent(self, rep_id: str) -> bool:
        """Say whether a rep is away for longer than a night: on leave, paused, offline, or not on the roster any more."""
        at = self.table.index.get(rep_id)
        return at is None or int(self.standing.away[at]) not in {Away.NO, Away.OFF_SHIFT, Away.NO_SEND_SLOT}

    def could_take(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Say of every rep (n,) whether duty and capacity would allow one more lead, whatever the lead is."""
        standing, table = self.standing, self.table
        within = (standing.open < table.open_cap) & (standing.today < table.day_cap) & ~standing.resting
        free: np.ndarray[tuple[int], np.dtype[np.bool_]] = within & (standing.away == Away.NO)
        return free

    def next_duty_change(self) -> datetime | None:
        """Say when the next rep comes on or goes off duty, leave included."""
        return self._desk.duty.next_change(self._desk.now)

    def next_rest_end(self) -> datetime | None:
        """Say when a resting rep whose load is low enough may be back."""
        resting = self.standing.resting & (self.standing.open <= self.table.resume_at)
        since = [self._row(at).resting_since or self._desk.now for at in np.flatnonzero(resting).tolist()]
        return min((moment + REST for moment in since if moment + REST > self._desk.now), default=None)

    def next_pause_end(self) -> datetime | None:
        """Say when the next pause of a rep ends by itself."""
        ends = self._column("paused_until")
        return min((moment for moment in ends if moment is not None and moment > self._desk.now), default=None)

    def next_day(self) -> datetime | None:
        """Say when the next local day begins for a rep who has had all offers of the present one."""
        spent = np.flatnonzero(self.standing.today >= self.table.day_cap)
        days = {(self.table.timezones[at], self.day_of(at) + timedelta(days=1)) for at in spent.tolist()}
        midnights = (datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC) for zone, day in days)
        return min(midnights, default=None)

    @property
    def lacks_slots(self) -> bool:
        """Say whether somebody can't be sent a card within half a minute."""
        return bool((self.standing.away == Away.NO_SEND_SLOT).any())

    def write_back(self) -> None:
        """Carry what has moved into the rows and the accounts."""
        standing = self.standing
        if self._accounts.waiting:
            self._settle()
        moved = [standing.deficit, standing.class_deficit, standing.last_turn]
        columns = np.vstack(moved if standing.value_deficit is None else [*moved, standing.value_deficit])
        kept = self._accounts.columns[: len(columns)]
        if (columns != kept[:, self._at_accounts]).any():
            kept[:, self._at_accounts] = columns
            self._desk.tx.touch_accounts()
        now = self._movable()
        for at in np.flatnonzero((now != self._before).any(axis=0)).tolist():
            row = self._row(at)
            row.open = int(standing.open[at])
            day = self.day_of(at)
            if int(standing.today[at]) != (row.today if row.today_on == day else 0):
                row.today, row.today_on = int(standing.today[at]), day
            if row.resting != bool(standing.resting[at]):
                row.resting = bool(standing.resting[at])
                row.resting_since = self._desk.now if row.resting else None
        # Later changes of the same transaction are measured from here: back to the first value is a change too.
        self._before = now
        if self._given_credits:
            people.use_credits(self._desk.tx.connection, self._given_credits)
            self._given_credits = {}

    def _movable(self) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        standing = self.standing
        return np.vstack([standing.open, standing.today, standing.resting]).astype(np.int64)

    def _row(self, at: int) -> StandingRow:
        return self._stored[self.table.ids[at]]

    def _column(self, name: str) -> list[Any]:
        return self._stored.column(name, self._positions.tolist())

    def _numbers(self, name: str) -> npt.NDArray[np.int64]:
        return self._stored.numbers(name, self._positions)

    def _refresh_resting(self, at: int | slice = slice(None)) -> None:
        """Say who rests from now on: everybody, or the one whose load has changed."""
        self.standing.resting[at] = resting_after(self.table, self.standing, self._rested, at)

    def _columns(self) -> Standing:
        standing = Standing.empty(self.table)
        if not len(self.table):
            return standing
        standing.open[:] = self._numbers("open")
        standing.today[:] = np.where(self._numbers("today_on") == self._days(), self._numbers("today"), 0)
        columns = self._accounts.columns[:, self._at_accounts]
        standing.deficit[:], standing.class_deficit[:], standing.last_turn[:] = columns[0], columns[1:3], columns[3]
        standing.resting[:] = self._numbers("resting")
        standing.wins[:] = self._numbers("wins")
        standing.closed[:] = self._numbers("closed")
        self._attainment(standing)
        standing.away[:] = self._away()
        policy = self._desk.open_office.policy
        if policy.choose.balance is not None:
            standing.value_deficit = columns[4].copy()
        standing.ramp = self._desk.open_office.ramp_on(self._desk.now)
        if policy.acknowledge.response_below:
            standing.response_low[:] = self._response_low(policy.acknowledge)
        self._credits(standing)
        if any(factor.kind is FactorKind.RATE for factor in policy.factors):
            standing.segments = segment_rates(self._desk.tx.connection, self.table)
        return standing

    def _days(self) -> int | npt.NDArray[np.int64]:
        """Give everybody's local day as an ordinal; one for all where all live in one zone."""
        ordinals = {zone: day.toordinal() for zone, day in self._today.items()}
        if len(ordinals) == 1:
            return next(iter(ordinals.values()))
        return np.array([ordinals[zone] for zone in self.table.timezones], dtype=np.int64)

    def _attainment(self, standing: Standing) -> None:
        quotas = self.table.quotas
        if not quotas:
            return
        this_month = f"{self._desk.open_office.local_day(self._desk.now):%Y-%m}"
        months, amounts = self._column("won_month"), self._column("won_amount")
        for at, quota in quotas:
            standing.attainment[at] = amounts[at] * MILLION // quota if months[at] == this_month else 0

    def _response_low(self, acknowledge: Acknowledge) -> list[bool]:
        answers = zip(self._column("answered_bits"), self._column("answered_count"), strict=True)
        rates = (response_rate(bits, count, over=acknowledge.response_over) for bits, count in answers)
        return [rate is not None and rate < acknowledge.response_below for rate in rates]

    def _quick(self, acknowledge: Acknowledge, response_from: int) -> list[bool]:
        """Say who answers often enough for a surge; too few answers for a rate tell against nobody."""
        answers = zip(self._column("answered_bits"), self._column("answered_count"), strict=True)
        rates = (response_rate(bits, count, over=acknowledge.response_over) for bits, count in answers)
        return [rate is None or rate >= response_from for rate in rates]

    def _away(self) -> Codes:
        """Give everybody's `Away`: the clock's answer, and a closer look at whoever may have another."""
        desk, index = self._desk, self.table.index
        on_shift = desk.duty.on_duty(desk.now)
        lacking = self._slots.lacking()
        away = np.where(on_shift, int(Away.NO), int(Away.OFF_SHIFT)).astype(np.uint8)
        said = (self._numbers("offline") > 0) | (self._numbers("unreachable_since") >= 0)
        said |= self._numbers("paused_until") >= 0
        others = {index[rep_id] for rep_id in (*lacking, *desk.leaves) if rep_id in index}
        for at in others.union(np.flatnonzero(said).tolist()):
            away[at] = why_away(desk, self._row(at), lacking, on_shift=bool(on_shift[at]))
        return away

    def _credits(self, standing: Standing) -> None:
        for rep_id, credit_id in people.unused_credits(self._desk.tx.connection):
            at = self.table.index.get(rep_id)
            if at is None:
                continue
            standing.credits[at] += 1
            if not standing.credit_order[at]:
                standing.credit_order[at] = credit_id
            else:
                standing.later_credits[at] = (*standing.later_credits.get(at, ()), credit_id)
