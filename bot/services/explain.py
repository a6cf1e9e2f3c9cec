"""Why a lead goes to whom, rep by rep: of a stored decision by replay, or of a lead that is not there yet."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from bot.services.assign import Ask, board_of, question_of
from bot.services.desk import Desk
from bot.services.known_customers import KnownCustomers
from bot.services.lead_facts import scored
from bot.services.office import Office, Offices
from bot.services.receive import rate, surviving, update
from bot.services.review_gate import Gate, gate_of
from routing.decide import Question, decide
from routing.decision import Decision, Outcome, Positions, Reason
from routing.decision_record import Detail, Recorded, unpack
from routing.errors import RoutingError
from routing.lead import PERSONAL_FIELDS, Lead, Scalar
from routing.reason_texts import reason_text
from routing.replay import known_of, replay, same, standing_of
from routing.reps_table import NO_LIMIT
from routing.roster import Rep
from routing.standing import Standing
from store import Connection, leads
from store.errors import NotFound
from store.rows import DecisionRow, LeadRow


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a decision knew of one rep in numbers: millionths, None where the record is too narrow to bring them back.

    Attributes:
        open: leads in hand.
        cap: how many the rep might hold; also None where there is no limit.
        today: offers of the rep's day, before this one.
        day_cap: how many there might be; also None where there is no limit.
        fit: 0-100 points; this and what follows only of the eligible.
        products: factor -> what it brought to the fit.
        share: what the decision adds to the rep's account.
        deficit: in leads, before the decision.
        class_deficit: the same among leads of this grade class.
        propensity: the chance of being chosen; only of candidates.
    """

    open: int | None = None
    cap: int | None = None
    today: int | None = None
    day_cap: int | None = None
    fit: int | None = None
    products: Mapping[str, int] | None = None
    share: int | None = None
    deficit: int | None = None
    class_deficit: int | None = None
    propensity: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One rep in a decision: `text` is the reason in words; the chooser could have taken whoever `is_candidate`."""

    rep: Rep
    reason: Reason
    text: str
    chosen: bool
    is_candidate: bool
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision, told; `candidates` begins with the chosen one and ends with those who are furthest from it."""

    decision: Decision
    question: Question
    policy_version: int
    roster_version: int
    candidates: tuple[Candidate, ...]

    @property
    def chosen(self) -> Rep | None:
        """Give who was chosen."""
        return next((candidate.rep for candidate in self.candidates if candidate.chosen), None)

    @property
    def facts(self) -> dict[str, Scalar]:
        """Give what was known of the lead, without what names a person."""
        return {name: value for name, value in self.question.facts.items() if name not in PERSONAL_FIELDS | {"demand"}}


@dataclass(frozen=True, slots=True)
class Replayed:
    """A stored decision, decided again; `reproduced` says whether the same came out, `detail` how much was recorded."""

    row: DecisionRow
    explained: Explained
    reproduced: bool
    detail: Detail


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of a lead.

    Attributes:
        outcome: offer, pool, review; merged (a customer is under way already), update (of a lead that does not move),
            or invalid (a test lead).
        lead: the lead that it would be merged into or is an update of.
        explained: the decision, where one would be made.
        reasons: (name of the scoring line, points).
        gate: why managers look at it first; with them on duty the outcome is review, and `explained` what follows unless
            one of them acts.
    """

    outcome: str
    lead: LeadRow | None
    score: int
    grade: str
    reasons: tuple[tuple[str, int], ...]
    explained: Explained | None
    gate: Gate | None = None


class RecordUnreadable(ValueError):
    """The record of a stored decision can't be read, or fits nothing of its versions: it has been tampered with."""


def stored_decision(desk: Desk, decision_id: int, *, locale: str) -> Replayed:
    """Replay a stored decision and tell it.

    Raises:
        NotFound: there is none of this id.
        RecordUnreadable: see there.
    """
    row = desk.tx.decision(decision_id)
    if row is None:
        msg = f"decision D{decision_id}"
        raise NotFound(msg)
    office, recorded, decision = replayed(desk.tx.connection, desk.offices, row)
    has_columns = recorded.detail <= Detail.ELIGIBLE
    standing = standing_of(recorded, office.policy, office.table, decision.rule_no) if has_columns else None
    known = known_of(recorded, office.table, decision.rule_no)
    seen = Seen(standing, known, with_today=recorded.detail is Detail.ALL) if standing is not None else None
    explained = explain(office, decision, recorded.question, seen, locale=locale)
    return Replayed(row, explained, same(recorded, decision) and _as_stored(office, row, decision), recorded.detail)


def is_reproduced(connection: Connection, offices: Offices, row: DecisionRow) -> bool:
    """Say whether a stored decision comes out the same when decided again; a record that can't be read does not."""
    try:
        office, recorded, decision = replayed(connection, offices, row)
    except RecordUnreadable:
        return False
    return same(recorded, decision) and _as_stored(office, row, decision)


def replayed(connection: Connection, offices: Offices, row: DecisionRow) -> tuple[Office, Recorded, Decision]:
    """Read a stored decision and decide it again.

    Raises:
        RecordUnreadable: see there.
    """
    office = offices.of(connection, row.policy_version, row.roster_version, row.decided_at.year)
    try:
        recorded = unpack(row.record)
        return office, recorded, replay(recorded, office.policy, office.table)
    # A record is bytes: what a changed one makes the steps of a replay stumble over can't be listed.
    except (ArithmeticError, LookupError, TypeError, ValueError, RoutingError, zlib.error) as error:
        msg = f"the record of D{row.decision_id}"
        raise RecordUnreadable(msg) from error


def _as_stored(office: Office, row: DecisionRow, decision: Decision) -> bool:
    """Compare with the columns beside the record."""
    chosen = office.table.ids[decision.chosen] if decision.chosen >= 0 else None
    return (chosen, decision.outcome.value, decision.rule or None) == (row.rep_id, row.outcome, row.rule)


def preview(desk: Desk, lead: Lead, *, locale: str) -> Preview:
    """Say what would become of a lead that came in now, by the steps of its arrival, on a desk that is thrown away."""
    row, about, ask, outcome = _arrived(desk, lead)
    reasons = scored(desk.open_office, row).reasons
    if ask is None:
        return Preview(outcome, about, row.score, row.grade, reasons, None)
    office, standing = desk.open_office, board_of(desk).standing
    question = question_of(desk, ask)
    if not row.lead_id:
        # No two leads share a draw; the same lead asked about again gets the same one.
        question = replace(
            question, lead_id=int.from_bytes(blake2b(leads.pack_lead(lead), digest_size=7).digest(), "big")
        )
    decision = decide(office.policy, office.table, standing, question)
    seen = Seen(standing, np.arange(len(office.table)), with_today=True)
    explained = explain(office, decision, question, seen, locale=locale)
    gate = gate_of(desk, ask)
    outcome = Outcome.REVIEW.value if gate is not None and gate.waits else decision.outcome.value
    return Preview(outcome, about, row.score, row.grade, reasons, explained, gate)


def _arrived(desk: Desk, lead: Lead) -> tuple[LeadRow, LeadRow | None, Ask | None, str]:
    """Take a lead as intake would: its row, the lead it belongs to, what it asks for, its end if it asks nothing."""
    earlier = _row_of_update(desk, lead)
    if earlier is not None:
        return earlier, earlier, update(desk, earlier, lead), "update"
    row = LeadRow(0, lead.source, lead, received_at=desk.now, waiting_since=desk.now)
    rate(desk, row)
    row.state = "invalid" if lead.is_test else row.state
    identity = leads.identity_of(lead, desk.tx.keys)
    known = KnownCustomers(desk, [identity])
    treated = known.treat(row, known.find(identity))
    return row, treated.row if treated.duplicate else None, treated.ask, "merged" if treated.duplicate else "invalid"


def _row_of_update(desk: Desk, lead: Lead) -> LeadRow | None:
    """Give the lead that this one is an update of, by the source's own id."""
    if not lead.external_id:
        return None
    key = desk.tx.keys.index("external", f"{lead.source}\0{lead.external_id}") or b""
    found = leads.find_by_external(desk.tx.connection, lead.source, [key])
    return surviving(desk, found[key]) if key in found else None


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Where everybody stood, of whom that is `known`, and whether the offers of the day are."""

    standing: Standing
    known: Positions
    with_today: bool


def explain(office: Office, decision: Decision, question: Question, seen: Seen | None, *, locale: str) -> Explained:
    """Tell a decision rep by rep."""
    require = office.table.requires[decision.rule_no] if decision.rule_no >= 0 else None
    numbers = _numbers(office, decision, seen)
    candidates = set(decision.candidates.tolist())
    told = []
    for position, rep in enumerate(office.table.reps):
        reason = Reason(int(decision.reasons[position]))
        text = reason_text(reason, rep, require, question.on, locale=locale)
        known = numbers.get(position, Numbers())
        told.append(Candidate(rep, reason, text, position == decision.chosen, position in candidates, known))
    told.sort(
        key=lambda one: (
            not one.chosen,
            not one.is_candidate,
            one.reason is not Reason.ELIGIBLE,
            -one.reason,
            one.rep.id,
        )
    )
    return Explained(decision, question, office.policy.version, office.table.roster_version, tuple(told))


def _numbers(office: Office, decision: Decision, seen: Seen | None) -> dict[int, Numbers]:
    """Give what is known in numbers of each rep: the load of everybody, and of the eligible what they were chosen by."""
    chances = dict(zip(decision.candidates.tolist(), decision.propensity.tolist(), strict=False))
    factors = tuple(enumerate(office.policy.factors)) if len(decision.products) else ()
    found = {} if seen is None else _loads(office, seen)
    for at, position in enumerate(decision.eligible.tolist()):
        share, propensity = int(decision.shares[at]), chances.get(position)
        if seen is None:
            found[position] = Numbers(share=share, propensity=propensity)
            continue
        standing = seen.standing
        found[position] = replace(
            found.get(position, Numbers()),
            fit=int(decision.fit[at]),
            products={factor.name: int(decision.products[number, at]) for number, factor in factors},
            share=share,
            deficit=int(standing.deficit[position]),
            class_deficit=int(standing.class_deficit[decision.grade_class, position]),
            propensity=propensity,
        )
    return found


def _loads(office: Office, seen: Seen) -> dict[int, Numbers]:
    """Give the loads and limits of those of whom they are known."""
    table, standing = office.table, seen.standing
    return {
        position: Numbers(
            open=int(standing.open[position]),
            cap=_limit(int(table.open_cap[position])),
            today=int(standing.today[position]) if seen.with_today else None,
            day_cap=_limit(int(table.day_cap[position])),
        )
        for position in seen.known.tolist()
    }


def _limit(cap: int) -> int | None:
    return None if cap >= NO_LIMIT else cap
