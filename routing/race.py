"""A claim race: a hot lead goes to the best few at once, and the first to accept has it.

The decision counts 1/k for each of the k who are offered the lead; once the race is over, `settlement` says what has to
move, so that whoever won has had one lead, and those who neither won nor let it pass have had none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from routing.choose import CHOOSERS, fair_fit
from routing.decision import Choice, Decision, Flags, Ints, Positions, Turn
from routing.draws import Draws
from routing.fairness import GUARD, Reversal, best_of, candidates, evenly, largest_deficit
from routing.lead import Facts
from routing.policy import MILLION, Choose, Chooser, Policy
from routing.reps_table import RepsTable
from routing.shares import split


def is_hot(policy: Policy, facts: Facts) -> bool:
    """Say whether a lead is one that the breaker is there for."""
    score = facts.get("trait.score")
    return policy.hot is not None and isinstance(score, (int, float)) and score >= policy.hot.score


def seats(policy: Policy, facts: Facts, *, breaker_open: bool) -> int:
    """Give to how many a lead may be offered at once."""
    return policy.hot.race if breaker_open and policy.hot is not None and is_hot(policy, facts) else 1


def choose_several(
    turn: Turn, settings: Choose, draws: Draws, quick: Flags, count: int
) -> tuple[Choice, Positions] | None:
    """Choose who races: the first as always but among the quick, then the best fits of those left.

    Under `fair_fit` the seats that C does not fill go to those to whom most is owed of the others who can bear to win, in
    all and in the lead's class. From two leads on the one to whom most is owed comes first, alone: a race that somebody
    else may win would leave the debt to grow.

    Args:
        turn: of all the eligible.
        settings: the policy's.
        draws: of this decision.
        quick: over the eligible, who may race at all.
        count: how many are wanted.

    Returns:
        The choice of the first, and everybody who races, the first in front; None where there is no race, because fewer
        than two could be in it.
    """
    fair = settings.by is Chooser.FAIR_FIT
    if fair and int(turn.deficit.max()) >= GUARD:
        return None
    may = turn.everybody[quick]
    if fair:
        may = may[np.minimum(turn.deficit, turn.class_deficit)[may] >= MILLION - GUARD]
    if len(may) < 2:  # noqa: PLR2004  one alone is no race
        return None
    first = _first(turn, settings, draws, may)
    members, rest = [first.chosen], may[may != first.chosen]
    preferred = candidates(turn, settings) if fair else turn.everybody
    while len(members) < count and len(rest):
        nearer = rest[np.isin(rest, preferred)]
        best = best_of(turn, nearer) if len(nearer) else largest_deficit(turn, rest)
        members.append(int(best[draws.below(len(best), f"race {len(members)}")]))
        rest = rest[rest != members[-1]]
    return first, np.array(members, dtype=np.intp)


def _first(turn: Turn, settings: Choose, draws: Draws, may: Positions) -> Choice:
    """Choose the first seat as the policy's chooser would, if only these could be chosen."""
    if settings.by is Chooser.FAIR_FIT:
        among = candidates(turn, settings)
        quick = among[np.isin(among, may)]
        among = quick if len(quick) else largest_deficit(turn, may)
        return fair_fit.pick(among, best_of(turn, among), settings, draws)
    found = CHOOSERS[settings.by](_only(turn, may), settings, draws)
    return replace(found, chosen=int(may[found.chosen]), candidates=may[found.candidates])


def _only(turn: Turn, at: Positions) -> Turn:
    """Give the turn as if these were all the eligible."""
    return Turn(
        deficit=turn.deficit[at],
        class_deficit=turn.class_deficit[at],
        shares=split(turn.shares[at]),
        fit=turn.fit[at],
        open=turn.open[at],
        cap=turn.cap[at],
        last_turn=turn.last_turn[at],
        value_deficit=None if turn.value_deficit is None else turn.value_deficit[at],
        excess=turn.excess,
    )


def settlement(decision: Decision, table: RepsTable, *, winner: str | None, counted: Collection[str] = ()) -> Reversal:
    """Say what a race that is over still moves.

    With a winner: the parts of everybody who neither declined nor timed out go to the winner, who has the lead.
    Without: the parts of those whose offer was withdrawn or never arrived are taken back, each with its part of the
    shares that it gave to all the eligible.

    Args:
        decision: the race's.
        table: the reps that it was made with.
        winner: who accepted, if anybody.
        counted: who declined or let the time pass: their parts stay.
    """
    if winner is None and not len(decision.eligible):
        # A record of tens of thousands keeps no shares that could be taken back.
        return Reversal(decision.grade_class, {})
    parts = evenly(MILLION, len(decision.race))
    deltas: dict[str, int] = {}
    for number, position in enumerate(decision.race.tolist()):
        rep = table.ids[position]
        if rep == winner or rep in counted:
            continue
        deltas[rep] = deltas.get(rep, 0) + int(parts[number])
        if winner is not None:
            deltas[winner] = deltas.get(winner, 0) - int(parts[number])
            continue
        given = part_of_shares(decision.shares, parts, number)
        for at, share in zip(decision.eligible.tolist(), given.tolist(), strict=True):
            deltas[table.ids[at]] = deltas.get(table.ids[at], 0) - share
    return Reversal(decision.grade_class, {rep: delta for rep, delta in deltas.items() if delta}, decision.excess)


def part_of_shares(shares: Ints, parts: Ints, number: int) -> Ints:
    """Give what one part of a race gave to the eligible: sums to that part, and all parts together to the shares."""
    before = int(parts[:number].sum())
    return _up_to(shares, before + int(parts[number])) - _up_to(shares, before)


def _up_to(shares: Ints, part: int) -> Ints:
    """Give the shares of the first so many millionths of a turn, the remainder to the lowest rep ids."""
    given = shares * part // MILLION
    given[: part - int(given.sum())] += 1
    return given
