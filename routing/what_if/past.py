"""What the record holds of one decision and of what followed it, ready to be decided again. Light, since it comes by the million."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from routing.decide import Question
from routing.lead import Facts


class PastOffer(NamedTuple):
    """The offer that a decision made, as it went on in the record. Moments are microseconds since 1970 UTC.

    Attributes:
        round: of the lead, from 1.
        state: as stored; `open` where it still runs.
        by_manager: a manager gave it by hand.
        ended_at: when it was answered, expired or withdrawn; None while it runs.
        within: seconds to answer.
        on_duty_clock: the clock stood still off duty.
        rounds: how many rounds the lead had under the policy of that time.
    """

    round: int
    state: str
    by_manager: bool
    ended_at: int | None
    within: int
    on_duty_clock: bool
    rounds: int


class Past(NamedTuple):
    """One recorded decision. Moments are microseconds since 1970 UTC.

    Attributes:
        decision_id: its id; ids grow with time.
        at: when it was made.
        next_at: when the lead was decided again, None if it was not.
        versions: of policy and roster then.
        lead_id: the lead.
        decision_no: number of the decision.
        on: day on which certificates had to be valid.
        facts: what the other half of deciding reads of the lead under the new policy (`Matching.facts_read`).
        excluded: reps who were not asked any more.
        only: the one rep who was asked.
        insist: with `only`: even off duty.
        rule_no: the rule that matches under the new policy, also where only one rep is asked.
        rule_then: the rule that matched.
        outcome: offer, pool or review.
        rep: who got it, None if nobody.
        offer: what became of it, None if nobody got it.
        received_at: when the lead came in.
        owned_at: when it got its last owner.
        closed_at: when it was closed.
        whole: its record holds the figures of all eligible.
        credits: (position, id of the oldest credit) of those who had any.
        names: what the rows of `columns` after the first are.
        columns: (1 + names, m) whole numbers, as bytes, which travel fastest; see `columns_of`.
        small: they are of 4 bytes, else of 8.
        turn_before: number of the chosen rep's latest turn before.
        digest: of the decision, at the detail of its record.
        detail: of the record.
        planned: whom it was dealt out to together with others.
        light: of what it holds, only what is new is here, see `routing.what_if.matching.Sent`.
        surge: the breaker was not closed: with how many at once and under which capacities, the record alone says.
    """

    decision_id: int
    at: int
    next_at: int | None
    versions: tuple[int, int]
    lead_id: int
    decision_no: int
    on: date
    facts: Facts
    excluded: tuple[str, ...]
    only: str | None
    insist: bool
    rule_no: int
    rule_then: int
    outcome: str
    rep: str | None
    offer: PastOffer | None
    received_at: int
    owned_at: int | None
    closed_at: int | None
    whole: bool
    credits: tuple[tuple[int, int], ...]
    names: tuple[str, ...]
    columns: bytes
    small: bool
    turn_before: int
    digest: bytes
    detail: int
    planned: str | None = None
    surge: bool = False
    light: bool = False


class LaterPart(NamedTuple):
    """What is known of a recorded decision beside its record: of the lead, the offer and the next decision."""

    decision_id: int
    at: int
    next_at: int | None
    rep: str | None
    offer: PastOffer | None
    received_at: int
    owned_at: int | None
    closed_at: int | None


def columns_of(past: Past) -> npt.NDArray[Any]:
    """Give (1 + names, m) whole numbers; the first row are positions in the table of the new policy."""
    flat = np.frombuffer(past.columns, dtype=np.int32 if past.small else np.int64)
    return flat.reshape(len(past.names) + 1, -1)


def question_of(past: Past) -> Question:
    """Ask what was asked then."""
    return Question(past.facts, past.lead_id, past.decision_no, past.on, past.excluded, past.only, past.insist,
                    planned=past.planned)  # fmt: skip
