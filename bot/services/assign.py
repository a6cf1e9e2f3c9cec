"""Deciding and offering: the one place where offers are made, whatever asks for one (a new lead, the next round, the pool)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.services import manager_cards, openings, review
from bot.services.board import Board
from bot.services.desk import Desk
from bot.services.lead_facts import facts_kept, note_rule, put_in_class
from routing.breaker import Phase
from routing.decide import Question, decide
from routing.decision import Decision, Outcome, Why
from routing.decision_record import pack
from routing.lifecycle import LeadState, move_lead
from routing.policy import MILLION, Acknowledge, Policy
from routing.score import Scored, with_score
from routing.surge import acknowledge_in_surge
from store.outbox import NewMessage, Urgency
from store.rows import DecisionRow, LeadRow, OfferRow

#: A card that has not gone out after this time is looked into; see `undelivered`.
LOOK_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Ask:
    """One lead that needs somebody.

    Attributes:
        row: the lead.
        excluded: reps who may not have it (they were offered it in this go-round).
        only: the one rep it goes to first: a known customer's owner, who counts only while on duty, or a manager's pick.
        by: who offers it: `system`, or a manager's id.
        insist: with `only`: offer it even if that rep is off duty.
        mark: what made this decision necessary, where it is to stand in the lead's history.
        planned: whom it goes with where many are dealt out together; see `together`.
        keep_quiet: leave the lead where it is, without a record, if the decision would leave it there (the pool, a review).
    """

    row: LeadRow
    excluded: tuple[str, ...] = ()
    only: str | None = None
    by: str = "system"
    insist: bool = False
    keep_quiet: bool = False
    mark: str | None = None
    planned: str | None = None


def assign(desk: Desk, asks: Iterable[Ask]) -> list[Decision]:
    """Decide each lead in order and carry the decision out: an offer, the pool, or a manager's review.

    Before a policy and a roster are in force, leads stay `received`.
    """
    wanted = list(asks)
    if desk.office is None or not wanted:
        return []
    board, ids = board_of(desk), _DecisionIds(desk, len(wanted))
    decisions = [_decide_one(desk, board, ask, ids) for ask in wanted]
    desk.tx.give_back("decision", ids.left)
    return decisions


class _DecisionIds:
    """Ids for so many decisions, reserved at the first that is kept: most looks at the pool leave every lead there."""

    def __init__(self, desk: Desk, most: int) -> None:
        self._desk = desk
        self._most = most
        #: Reserved and not used.
        self.left = range(0)

    def take(self) -> int:
        """Take the next one."""
        if not self.left:
            self.left = self._desk.tx.reserve("decision", self._most)
        taken, self.left = self.left[0], self.left[1:]
        return taken


def board_of(desk: Desk) -> Board:
    """Give this transaction's board, made at the first use."""
    board = desk.notes.get("board")
    if not isinstance(board, Board):
        board = Board(desk)
        desk.notes["board"] = board
    return board


def question_of(desk: Desk, ask: Ask) -> Question:
    """Give what is asked about a lead: the lead's next decision."""
    office, row = desk.open_office, ask.row
    return Question(
        facts=with_score(facts_kept(desk, row), Scored(row.score, row.grade, ())),
        lead_id=row.lead_id,
        decision_no=row.decision_no + 1,
        on=office.local_day(desk.now),
        excluded=ask.excluded,
        only=ask.only,
        even_if_away=ask.insist,
        breaker=board_of(desk).phase,
        planned=ask.planned,
    )


def _decide_one(desk: Desk, board: Board, ask: Ask, ids: _DecisionIds) -> Decision:
    office, row, only = desk.open_office, ask.row, ask.only
    question = question_of(desk, ask)
    number = question.decision_no
    decision = decide(office.policy, board.table, board.standing, question)
    if decision.outcome is not Outcome.OFFER and only is not None and ask.by == "system":
        # The known customer's owner can't be reached now: then it is a lead like any other.
        only, question = None, replace(question, only=None)
        decision = decide(office.policy, board.table, board.standing, question)
    if ask.keep_quiet and _stays(row, decision):
        return decision
    row.decision_no = number
    row.decision_id = decision_id = ids.take()
    if decision.rule:
        row.rule = decision.rule
    elif only is not None:
        note_rule(desk, row)
    record = pack(decision, question, board.standing, office.policy, board.table)
    chosen = office.table.ids[decision.chosen] if decision.chosen >= 0 else None
    desk.tx.add_decision(
        DecisionRow(decision_id, row.lead_id, number, desk.now, decision.outcome.value, decision.rule or None, chosen,
                    office.policy.version, office.roster.version, record)
    )  # fmt: skip
    if ask.mark is not None:
        desk.tx.fact(row.lead_id, ask.mark, decision=f"D{decision_id}", reason=row.review_reason)
    board.apply(decision, decision_id)
    if chosen is not None:
        _offer(desk, board, ask, decision)
    elif decision.outcome is Outcome.POOL and only is None:
        _pool(desk, board, row, decision)
    else:
        reason = "manager_pick_away" if only else decision.why.value
        review.to_review(desk, row, reason, responsible=ask.by if only else None)
    desk.tx.touch(row)
    return decision


def _stays(row: LeadRow, decision: Decision) -> bool:
    """Say whether the decision leaves the lead where it is."""
    if row.state == "review":
        return decision.outcome is not Outcome.OFFER
    return row.state == "pooled" and decision.outcome is Outcome.POOL


def _offer(desk: Desk, board: Board, ask: Ask, decision: Decision) -> None:
    """Offer the lead to whom it was decided for: one rep, or several at once, who have an offer each in the same round."""
    row, policy = ask.row, desk.open_office.policy
    asked = decision.rule_no >= 0
    acknowledge = policy.rules[decision.rule_no].acknowledge if asked else acknowledge_of(policy, row)
    if board.phase is not Phase.CLOSED and policy.hot is not None and row.score >= policy.hot.score:
        acknowledge = acknowledge_in_surge(acknowledge, policy.hot)
    if row.state == "review":
        manager_cards.left_review(desk, row)
    row.state = move_lead(row.state, LeadState.OFFERED)
    row.owner = row.pool_reason = row.review_reason = row.responsible = None
    row.round += 1
    race = row.offer_no + 1 if len(decision.race) else None
    for at in decision.race.tolist() or [decision.chosen]:
        row.offer_no += 1
        _offer_to(desk, board, ask, decision, _Terms(acknowledge, at, race))


@dataclass(frozen=True, slots=True)
class _Terms:
    """One offer: with how much time, to the rep at which position, and as part of which race."""

    acknowledge: Acknowledge
    at: int
    race: int | None


def _offer_to(desk: Desk, board: Board, ask: Ask, decision: Decision, terms: _Terms) -> None:
    row, acknowledge, rep_id = ask.row, terms.acknowledge, board.table.ids[terms.at]
    desk.tx.add_offer(
        OfferRow(
            lead_id=row.lead_id,
            offer_no=row.offer_no,
            round=row.round,
            rep_id=rep_id,
            policy_version=desk.open_office.policy.version,
            within_seconds=int(acknowledge.within.total_seconds()),
            remind_seconds=[int(offset.total_seconds()) for offset in acknowledge.remind],
            on_duty_clock=acknowledge.on_duty_clock,
            offered_at=desk.now,
            offered_on=board.day_of(terms.at),
            offered_by=ask.by,
            why=decision.why.value,
            fit=_fit_of(decision, terms.at),
            decision_id=row.decision_id,
            race=terms.race,
        )
    )
    raced: dict[str, Any] = {"race": len(decision.race)} if terms.race is not None else {}
    desk.tx.fact(row.lead_id, "offered", ask.by, offer_no=row.offer_no, rep=rep_id, round=row.round, why=decision.why.value,
                 decision=f"D{row.decision_id}", **raced)  # fmt: skip
    desk.tx.message(NewMessage(rep_id, "offer_card", Urgency.CARD, row.lead_id, row.offer_no))
    desk.tx.timer("undelivered", desk.now + LOOK_AFTER, lead_id=row.lead_id, offer_no=row.offer_no)


def _fit_of(decision: Decision, position: int) -> int | None:
    """Give a rep's fit in tenths of a point, for the card."""
    at = int(decision.eligible.searchsorted(position))
    return int(decision.fit[at]) * 10 // MILLION if at < len(decision.fit) else None


def acknowledge_of(policy: Policy, row: LeadRow) -> Acknowledge:
    """Give the limits of the rule that matched, else the policy's own; for a running offer ask with its own policy."""
    return acknowledge_named(policy, row.rule)


def acknowledge_named(policy: Policy, rule_name: str | None) -> Acknowledge:
    """Give the limits of the rule of this name, else the policy's own."""
    return next((rule.acknowledge for rule in policy.rules if rule.name == rule_name), policy.acknowledge)


def _pool(desk: Desk, board: Board, row: LeadRow, decision: Decision) -> None:
    if row.state != "pooled":
        desk.tx.fact(row.lead_id, "pooled", decision=f"D{row.decision_id}", why=decision.why.value)
    if row.state == "review":
        manager_cards.left_review(desk, row)
    row.state = move_lead(row.state, LeadState.POOLED)
    row.owner = row.review_reason = row.responsible = None
    row.pool_reason = row.pool_reason or "waiting"
    put_in_class(desk, row)
    openings.look_again(desk, board)
    if decision.why is Why.ALL_FULL:
        review.tell_all_full(desk, row)


def exclude_asked(desk: Desk, row: LeadRow) -> tuple[str, ...]:
    """Give the reps who owned this lead once, or let it go by in this go-round; withdrawn and undelivered ones come again."""
    return exclude_asked_of(desk, [row])[row.lead_id]


def exclude_asked_of(desk: Desk, rows: Iterable[LeadRow]) -> dict[int, tuple[str, ...]]:
    """Do so for many leads with one query."""
    found = desk.tx.offers_of([row.lead_id for row in rows])
    return {lead_id: _asked(offers) for lead_id, offers in found.items()}


def _asked(offers: Sequence[OfferRow]) -> tuple[str, ...]:
    """A go-round begins anew when somebody who owned the lead has lost it."""
    owners = [offer.rep_id for offer in offers if offer.state == "accepted"]
    last = max((offer.offer_no for offer in offers if offer.state == "accepted"), default=0)
    asked = [offer.rep_id for offer in offers if offer.offer_no > last and offer.state in {"expired", "declined"}]
    return tuple(dict.fromkeys((*owners, *asked)))
