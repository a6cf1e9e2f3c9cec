"""Goes through the record and leads the other world along: decisions in order, and between them whatever comes due."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from routing.decision import Decision, Outcome
from routing.decision_record import Detail, digest
from routing.what_if.answers import Answers
from routing.what_if.effects import OFFERED, POOL, REVIEW, Effects, Tally
from routing.what_if.floor import Floor
from routing.what_if.leads import LOOSE, OWNED, Agenda, Lead
from routing.what_if.matching import Versions
from routing.what_if.moved import MICROSECOND, SECONDS, MovedLeads
from routing.what_if.past import Past, PastOffer, question_of
from routing.what_if.waiting import GRACE, Waiting
from routing.what_if.world import World

_ENDED = frozenset({"declined", "expired"})
_WITHDRAWN = "withdrawn"
_OUTCOMES = {Outcome.POOL.value: POOL, Outcome.REVIEW.value: REVIEW}

VersionPair = tuple[int, int]


@dataclass(slots=True, eq=False)
class Simulation:
    """Both worlds.

    Attributes:
        floor_of: (policy version, roster version) -> the floor of the new policy with that version's secret and people.
        then_of: (policy version, roster version) -> what decided then.
        answers: how reps answered in the period.
        exact: the new policy is the one that decided: every decision must come out the same to the last figure.
    """

    floor_of: Callable[[VersionPair], Floor]
    then_of: Callable[[VersionPair], Versions]
    answers: Answers
    exact: bool = False
    _tally: Tally = field(default_factory=Tally)
    _agenda: Agenda = field(default_factory=Agenda)
    _leads: dict[int, Lead] = field(default_factory=dict)
    _moved: set[int] = field(default_factory=set)
    _versions: VersionPair = (0, 0)
    _world: World | None = None
    _waiting: Waiting = field(init=False)
    _others: MovedLeads = field(init=False)

    def feed(self, past: Past) -> None:
        """Take the next recorded decision; they come in the order of their ids."""
        world = self._world_at(past)
        self._pass_time(world, past.at)
        self._tally.decisions += 1
        number = self._tally.number(past.lead_id)
        lead = self._leads.get(past.lead_id)
        if lead is not None and lead.before_next is not None:
            ends, lead.before_next = lead.before_next, None
            ends(past.at)
        world.follow(past)
        # What is kept until the lead is closed is kept without everybody's figures.
        if past.columns or past.credits:
            past = past._replace(columns=b"", credits=())
        self._note(self._tally.before, number, past)
        if lead is None:
            lead = Lead(past, number, state=LOOSE if past.lead_id in self._moved else OFFERED)
            self._leads[past.lead_id] = lead
        if past.lead_id in self._moved:
            if past.offer is not None and past.offer.by_manager:
                self._others.command(lead, past)
        else:
            self._decide_again(world, lead, past)
        self._book(world, lead, past)

    def finish(self, until: int) -> Effects:
        """Let time pass to the end of the period, and draw the sum."""
        world = self._world
        if world is None:
            return self._tally.effects({}, {})
        self._pass_time(world, until)
        ids = world.table.ids
        world.part()
        before = dict(zip(ids, world.actual_open.tolist(), strict=True))
        return self._tally.effects(before, dict(zip(ids, world.standing.open.tolist(), strict=True)))

    @property
    def parted(self) -> bool:
        """Say whether the other world keeps its own books."""
        return self._world is not None and self._world.parted

    def part(self) -> None:
        """Let the other world keep its own books from here on, also where nothing has come out differently yet."""
        if self._world is not None:
            self._world.part()
            self._waiting.idle = False

    def _forget(self, lead_id: int) -> None:
        self._leads.pop(lead_id, None)

    def _world_at(self, past: Past) -> World:
        world = self._world
        if world is None:
            world = self._world = World(self.floor_of(past.versions))
            self._waiting = Waiting(world, self._agenda, self._try_one, idle=self.exact)
            self._others = MovedLeads(world, self._agenda, self._tally, self.answers, self._waiting, self._forget)
            world.advance(past.at)
            self._agenda.at(world.next_change(), self._clock_strikes)
        elif past.versions != self._versions:
            self._pass_time(world, past.at)
            world.move_to(self.floor_of(past.versions))
        self._versions = past.versions
        return world

    def _pass_time(self, world: World, until: int) -> None:
        while (found := self._agenda.next(until)) is not None:
            moment, what = found
            world.advance(moment)
            what(moment)
        world.advance(until)

    def _clock_strikes(self, _now: int) -> None:
        """Shifts or days begin or end."""
        if self._world is not None:
            self._agenda.at(self._world.next_change(), self._clock_strikes)
            self._waiting.wake()

    # The record.

    def _note(self, note: Callable[..., None], number: int, past: Past) -> None:
        """Write down what became of a lead by its latest recorded decision."""
        offer = past.offer
        if offer is None:
            note(number, _OUTCOMES.get(past.outcome, REVIEW))
        elif offer.state == "accepted":
            note(number, OWNED, past.rep, ((offer.ended_at or past.at) - past.received_at) * SECONDS)
        else:
            note(number, OFFERED if offer.state == "open" else REVIEW)

    def _book(self, world: World, lead: Lead, past: Past) -> None:
        """Keep the record's own books, and let what followed there come when it came."""
        if past.rep is None or past.offer is None:
            return
        world.actually_offer(past.rep)
        at = world.table.index.get(past.rep)
        if past.offer.ended_at is not None:
            day = world.day_of(at) if at is not None else date.min
            ends = partial(self._ended, lead, past, past.offer, day)
            if past.next_at == past.offer.ended_at:
                # Of many that end at one moment each makes room for its own next decision, and not yet for the others'.
                lead.before_next = ends
            else:
                self._agenda.at(past.offer.ended_at, ends)

    def _ended(self, lead: Lead, past: Past, offer: PastOffer, day: date, _now: int) -> None:
        """A recorded offer ends, and so does the same one in the other world."""
        world, rep = self._world, past.rep
        if world is None or rep is None:
            return
        together = lead.same and lead.past is past and lead.state == OFFERED
        if offer.state == "accepted":
            if together:
                lead.state, lead.decision, lead.table = OWNED, None, None
            over = past.closed_at if past.next_at is None else past.next_at
            if over is not None:
                self._agenda.at(over, partial(self._closed, lead, past))
            return
        withdrawn = offer.state == _WITHDRAWN
        if together and offer.state == "expired" and lead.deadline_at > world.now:
            # Silent until the old deadline, and taken to stay so until the new one.
            self._part(lead, past)
            lead.answers_at, together = None, False
        world.actually_release(rep, day if withdrawn else None)
        if together and withdrawn:
            self._others.withdraw(lead)
        elif together:
            world.release(rep)
            lead.decision, lead.state = None, LOOSE
            self._waiting.wake()
            self._rounds(lead, past, offer)

    def _rounds(self, lead: Lead, past: Past, offer: PastOffer) -> None:
        """Let a lead part where it has more rounds under the new policy, or fewer."""
        rounds = self._others.acknowledge(lead).rounds
        if offer.by_manager or rounds == offer.rounds or (rounds > offer.round) == (past.next_at is not None):
            return
        lead.asked = tuple(dict.fromkeys((*past.excluded, lead.rep)))
        self._part(lead, past)
        self._others.next_round(lead)

    def _closed(self, lead: Lead, past: Past, _now: int) -> None:
        """A recorded owner closes the lead, or it is taken away from him."""
        world, rep = self._world, past.rep
        if world is None or rep is None:
            return
        world.actually_release(rep)
        if not (lead.same and lead.past is past and lead.state == OWNED):
            return
        world.release(rep)
        lead.state = LOOSE
        self._waiting.wake()
        if past.next_at is None:
            self._forget(past.lead_id)

    # Decisions.

    def _decide_again(self, world: World, lead: Lead, past: Past) -> None:
        if lead.state == OFFERED and lead.past is not past:
            self._others.withdraw(lead)
        lead.past, lead.rule_no, lead.decision_no = past, past.rule_no, past.decision_no
        lead.asked, lead.round = past.excluded, past.offer.round - 1 if past.offer is not None else lead.round
        rule_no = -1 if past.only is not None else past.rule_no
        decision = world.decide(question_of(past), rule_no)
        agreed = self._agreed(world, decision, past)
        if agreed is None:
            self._part(lead, past)
            self._others.carry_out(lead, decision)
            return
        self._note(self._tally.after, lead.number, past)
        self._others.apply(agreed)
        if agreed.outcome is Outcome.OFFER:
            self._offered_as_then(world, lead, past, agreed)
        else:
            lead.state = _OUTCOMES[agreed.outcome.value]
            if lead.state == POOL:
                self._waiting.add(lead)
                if past.next_at is None and past.owned_at is not None and past.owned_at >= past.at:
                    self._agenda.at(past.owned_at, partial(self._claimed, lead, past))

    def _claimed(self, lead: Lead, past: Past, _now: int) -> None:
        """Somebody claimed a waiting lead (领取), or a manager gave it away: it waits no longer here either."""
        if lead.same and lead.past is past and lead.state == POOL:
            lead.state = LOOSE
            self._forget(past.lead_id)

    def _agreed(self, world: World, decision: Decision, past: Past) -> Decision | None:
        """Give the decision in which both worlds agree, None where they do not."""
        if past.surge:
            return _as_recorded(decision, past, world.table.index)
        chosen = world.table.ids[decision.chosen] if decision.chosen >= 0 else None
        if chosen == past.rep and decision.outcome.value == past.outcome:
            differs = self.exact and past.whole and digest(decision, Detail(past.detail)) != past.digest
            return None if differs else decision
        if world.parted or past.whole:
            return None
        # The record does not hold all figures: what counts is whether the two policies differ on the same ones.
        then = self.then_of(past.versions)
        if then.table.ids != world.table.ids:
            return None
        rule_no = -1 if past.only is not None else past.rule_then
        other = world.decide_as_then(then.policy, then.table, question_of(past), rule_no)
        if (other.chosen, other.outcome) != (decision.chosen, decision.outcome):
            return None
        at = world.table.index.get(past.rep) if past.rep is not None else None
        if at is None or at not in decision.eligible:
            return None
        return replace(decision, chosen=at)

    def _part(self, lead: Lead, past: Past) -> None:
        """From here on the lead goes its own way, and the other world keeps its own books."""
        lead.same = False
        self._moved.add(past.lead_id)
        self.part()
        if self._world is not None:
            self._tally.differs(past.lead_id, self._world.now)

    def _offered_as_then(self, world: World, lead: Lead, past: Past, decision: Decision) -> None:
        """The same rep is asked; where the new limits would have cut off the answer, the lead parts at the deadline."""
        offer = past.offer
        lead.state, lead.rep = OFFERED, past.rep or ""
        lead.token += 1
        lead.decision, lead.table = decision, world.table
        lead.offered_at, lead.offered_on = world.now, world.day_of(decision.chosen)
        if offer is None:
            return
        lead.by_manager, lead.round, lead.deadline_at = offer.by_manager, offer.round, 0
        limits = self._others.acknowledge(lead)
        if offer.by_manager or (limits.within // MICROSECOND == offer.within * 10**6
                                and limits.on_duty_clock == offer.on_duty_clock):  # fmt: skip
            return
        lead.deadline_at = self._others.deadline(decision.chosen, limits)
        ends = offer.ended_at
        if offer.state == "expired" or ends is None or ends >= lead.deadline_at:
            self._agenda.at(lead.deadline_at, partial(self._cut_off, lead, lead.token))

    def _cut_off(self, lead: Lead, token: int, _now: int) -> None:
        if lead.token != token or lead.state != OFFERED:
            return
        if lead.same:
            self._part(lead, lead.past)
        self._others.let_go(lead)

    # The pool.

    def _try_one(self, lead: Lead) -> bool | None:
        """Offer a waiting lead to whoever may take it here; what the record did at the same moment goes first."""
        world, past = self._world, lead.past
        if world is None:
            return False
        if lead.same and past.next_at is not None and past.next_at <= world.now + GRACE:
            return None
        world.forget_moment()
        question = self._others.question(lead)
        decision = world.decide(question, lead.rule_no)
        if decision.outcome is Outcome.POOL:
            return False
        if lead.same:
            if not world.parted:
                then = self.then_of(past.versions)
                same_people = then.table.ids == world.table.ids
                if same_people and world.decide_as_then(then.policy, then.table, question, past.rule_then).chosen >= 0:
                    return False
            self._part(lead, past)
        lead.decision_no += 1
        self._others.carry_out(lead, decision)
        return decision.chosen >= 0


def _as_recorded(decision: Decision, past: Past, index: Mapping[str, int]) -> Decision | None:
    """Give what was decided while the breaker was open, None where the rep is not on the new roster."""
    at = index.get(past.rep) if past.rep is not None else -1
    return None if at is None else replace(decision, outcome=Outcome(past.outcome), chosen=at)
