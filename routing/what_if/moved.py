"""Leads that have moved: offers, answers, rounds and owners of the other world alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from routing.decide import Question
from routing.decision import Decision, Outcome
from routing.draws import Draws
from routing.escalation import OfferClock, OfferNow, StepKind, deadline_at, next_step
from routing.policy import Acknowledge
from routing.shift_pattern import to_micros, to_moment
from routing.what_if.answers import Answers, GivenAnswer
from routing.what_if.effects import OFFERED, POOL, REVIEW, Tally
from routing.what_if.leads import LOOSE, OWNED, Agenda, Lead
from routing.what_if.past import Past, question_of
from routing.what_if.waiting import Waiting
from routing.what_if.world import REST_MICROS, World
from routing.working_time import next_change, on_duty

MICROSECOND = timedelta(microseconds=1)
SECONDS = 1e-6


@dataclass(slots=True, eq=False)
class MovedLeads:
    """Leads them on. `waiting` is where leads wait that nobody may take now, `forget` is told the id of a closed one."""

    world: World
    agenda: Agenda
    tally: Tally
    answers: Answers
    waiting: Waiting
    forget: Callable[[int], None]

    def question(self, lead: Lead) -> Question:
        """Ask for the next decision of a lead."""
        past, zone = lead.past, ZoneInfo(self.world.floor.policy.timezone)
        on = to_moment(self.world.now).astimezone(zone).date()
        return Question(past.facts, past.lead_id, lead.decision_no + 1, on, lead.asked)

    def decide(self, lead: Lead) -> None:
        """Decide a lead anew and carry it out."""
        self.world.forget_moment()
        decision = self.world.decide(self.question(lead), lead.rule_no)
        lead.decision_no += 1
        self.carry_out(lead, decision)

    def carry_out(self, lead: Lead, decision: Decision, answer: GivenAnswer | None = None) -> None:
        """Make the offer, let the lead wait, or put it before a manager.

        Args:
            lead: a lead that has moved.
            decision: its latest.
            answer: the rep's, where the record tells; else it is drawn.
        """
        self.apply(decision)
        if decision.outcome is Outcome.OFFER:
            self._offer(lead, decision, answer)
        elif decision.outcome is Outcome.POOL:
            lead.state = POOL
            self.tally.after(lead.number, POOL)
            self.waiting.add(lead)
        else:
            self._review(lead)

    def apply(self, decision: Decision) -> None:
        """Take a decision; a rest that begins ends by itself."""
        if self.world.apply(decision):
            at = decision.chosen
            self.agenda.at(self.world.now + REST_MICROS, partial(self._rested, self.world.table.ids[at]))

    def _rested(self, rep: str, _now: int) -> None:
        at = self.world.table.index.get(rep)
        if at is not None:
            self.world.end_rest(at)
            self.waiting.wake()

    def command(self, lead: Lead, past: Past) -> None:
        """Follow a manager's 派单 of the record, unless somebody owns the lead here."""
        offer = past.offer
        if lead.state == OWNED or offer is None:
            return
        if lead.state == OFFERED:
            self.withdraw(lead)
        decision = self.world.decide(question_of(past), -1)
        lead.past = past
        after = (offer.ended_at or past.at) - past.at
        self.carry_out(lead, decision, GivenAnswer("expired" if offer.ended_at is None else offer.state, after))
        lead.by_manager = True

    def acknowledge(self, lead: Lead) -> Acknowledge:
        """Give the limits of the lead's rule under the new policy."""
        policy = self.world.floor.policy
        return policy.rules[lead.rule_no].acknowledge if lead.rule_no >= 0 else policy.acknowledge

    def deadline(self, rep_at: int, limits: Acknowledge) -> int:
        """Give the deadline of an offer that is made now."""
        world = self.world
        plain = world.now + limits.within // MICROSECOND
        if world.next_change() > plain and world.is_on_duty(rep_at):
            return plain
        clock = OfferClock(to_moment(world.now), limits.within, (), limits.on_duty_clock)
        return to_micros(deadline_at(clock, world.floor.schedules[rep_at]))

    def _offer(self, lead: Lead, decision: Decision, answer: GivenAnswer | None) -> None:
        world, limits, past = self.world, self.acknowledge(lead), lead.past
        lead.state, lead.rep = OFFERED, world.table.ids[decision.chosen]
        lead.token += 1
        lead.round += 1
        lead.by_manager = False
        lead.decision, lead.table = decision, world.table
        lead.offered_at, lead.offered_on = world.now, world.day_of(decision.chosen)
        lead.deadline_at = self.deadline(decision.chosen, limits)
        draws = Draws(world.floor.policy.secret, past.lead_id, lead.decision_no)
        given = answer or self.answers.draw(draws, lead.rep)
        silent = given.state not in {"accepted", "declined"} or world.now + given.after >= lead.deadline_at
        lead.answer, lead.answers_at = given.state, None if silent else world.now + given.after
        self.tally.after(lead.number, OFFERED)
        self._come_back(lead, limits)

    def _come_back(self, lead: Lead, limits: Acknowledge) -> None:
        """Look at an offer again when it is answered, runs out, or the rep's shift ends."""
        world = self.world
        moment = lead.deadline_at if lead.answers_at is None else lead.answers_at
        if limits.on_duty_clock and world.next_change() < moment:
            at = world.table.index.get(lead.rep)
            change = None if at is None else next_change(world.floor.schedules[at], to_moment(world.now))
            moment = moment if change is None else min(moment, to_micros(change))
        self.agenda.at(moment, partial(self._step, lead, lead.token))

    def _step(self, lead: Lead, token: int, now: int) -> None:
        if lead.token != token or lead.state != OFFERED:
            return
        if lead.answers_at is not None and now >= lead.answers_at:
            if lead.answer == "accepted":
                self._own(lead)
            else:
                self.let_go(lead)
            return
        limits = self.acknowledge(lead)
        kind = next_step(self._offer_now(lead, limits), now=to_moment(now)).kind
        if kind in {StepKind.NEXT_ROUND, StepKind.TO_MANAGER}:
            self.let_go(lead)
        elif kind is StepKind.WITHDRAW_AT_SHIFT_END:
            self.withdraw(lead)
            self.decide(lead)
        else:
            self._come_back(lead, limits)

    def _offer_now(self, lead: Lead, limits: Acknowledge) -> OfferNow:
        world = self.world
        moment, offered_at = to_moment(world.now), to_moment(lead.offered_at)
        at = world.table.index.get(lead.rep)
        schedule = world.floor.schedules[at if at is not None else 0]
        off = limits.on_duty_clock and not on_duty(schedule, moment)
        return OfferNow(
            is_open=True, offered_at=offered_at, delivered_at=offered_at, deadline_at=to_moment(lead.deadline_at),
            remind_at=(), reminders_sent=0, round=lead.round, rounds=limits.rounds, on_duty_clock=limits.on_duty_clock,
            schedule=schedule, others_on_duty=off and self._somebody_else(lead), by_manager=lead.by_manager,
            snoozed=False,
        )  # fmt: skip

    def _somebody_else(self, lead: Lead) -> bool:
        question = self.question(lead)
        asked = replace(question, excluded=(*lead.asked, lead.rep))
        return self.world.decide(asked, lead.rule_no).chosen >= 0

    def _own(self, lead: Lead) -> None:
        world, past = self.world, lead.past
        lead.state, lead.decision, lead.table = OWNED, None, None
        self.tally.after(lead.number, OWNED, lead.rep, (world.now - past.received_at) * SECONDS)
        if past.owned_at is None:
            kept_for = self.answers.draw_kept(Draws(world.floor.policy.secret, past.lead_id, lead.decision_no))
        else:
            kept_for = None if past.closed_at is None else max(past.closed_at - past.owned_at, 0)
        if kept_for is not None:
            self.agenda.at(world.now + kept_for, partial(self._close, lead, lead.token))

    def _close(self, lead: Lead, token: int, _now: int) -> None:
        if lead.token == token and lead.state == OWNED:
            lead.state = LOOSE
            self.world.release(lead.rep)
            self.waiting.wake()
            self.forget(lead.past.lead_id)

    def let_go(self, lead: Lead) -> None:
        """The rep declined or stayed silent: the next round, or a manager."""
        lead.decision = None
        self.world.release(lead.rep)
        lead.asked = tuple(dict.fromkeys((*lead.asked, lead.rep)))
        lead.state = LOOSE
        self.waiting.wake()
        self.next_round(lead)

    def next_round(self, lead: Lead) -> None:
        """Give the lead to the next best, or to a manager after the last round and after a manager's own offer."""
        if lead.by_manager or lead.round >= self.acknowledge(lead).rounds:
            self._review(lead)
        else:
            self.decide(lead)

    def withdraw(self, lead: Lead) -> None:
        """Take a running offer back: round, the day's turn and the accounts are as if it had never been."""
        self.world.release(lead.rep, lead.offered_on)
        if lead.decision is not None and lead.table is not None:
            self.world.take_back(lead.decision, lead.table)
        lead.decision = None
        lead.state, lead.round = LOOSE, max(lead.round - 1, 0)
        lead.token += 1
        self.waiting.wake()

    def _review(self, lead: Lead) -> None:
        lead.state = REVIEW
        lead.token += 1
        self.tally.after(lead.number, REVIEW)
