"""What a turn is worth to each rep, and how a decision's turn is split among the eligible. Whole millionths only."""

from __future__ import annotations

import numpy as np

from routing.decision import Ints
from routing.policy import MILLION, Policy, ShareFrom
from routing.reps_table import RepsTable
from routing.standing import Standing

PRIOR = 10
"""Closed leads at the team's rate that every rep starts from, so that two lucky wins do not make a star."""
STEP = 1_000
"""Win-rate shares are kept to a thousandth, so that a record of a thousand of them stays small."""


def turn_weights(policy: Policy, table: RepsTable, standing: Standing) -> Ints:
    """Give what a turn is worth to every rep, (n,) millionths, and keep it with the standing.

    Equal, the rep's own `weight`, or clamp(shrunk win rate / the team's rate, least, most); times `share_times` for a
    rep who answers too few offers in time; times a joiner's part of a whole share.
    """
    if standing.turn_weight is None:
        weights = _weights(policy, table, standing)
        low = weights * policy.acknowledge.low_share_times // MILLION
        weights = np.where(standing.response_low, low, weights)
        standing.turn_weight = weights if standing.ramp is None else weights * standing.ramp // MILLION
    return standing.turn_weight


def base_weights(policy: Policy, table: RepsTable) -> Ints:
    """Give what a turn is worth as far as policy and roster tell: the reps' weights, or the same for all."""
    by_weight = policy.choose.share_from is ShareFrom.WEIGHTS
    return table.weight if by_weight else np.full(len(table), MILLION, dtype=np.int64)


def split(weights: Ints) -> Ints:
    """Split one turn in proportion to weights: millionths that sum to exactly a million, remainders from the front.

    All alike where no weight is above zero. The order is that of rep ids, so the remainder goes to the lowest.
    """
    count = len(weights)
    total = int(np.add.reduce(weights))
    if total <= 0:
        weights, total = np.ones(count, dtype=np.int64), count
    shares = weights * MILLION // total
    shares[: MILLION - int(np.add.reduce(shares))] += 1
    return shares


def _weights(policy: Policy, table: RepsTable, standing: Standing) -> Ints:
    choose = policy.choose
    if choose.share_from is not ShareFrom.WIN_RATE:
        return base_weights(policy, table)
    ratio = _against_team(table, standing)
    return np.clip(ratio, choose.share_least, choose.share_most) // STEP * STEP


def _against_team(table: RepsTable, standing: Standing) -> Ints:
    """Give (wins + 10 r) / (closed + 10) over r, r being the team's wins / closed; a million for a rep without history.

    Written as (wins * C / W + 10) / (closed + 10) for a team with W wins among C closed leads.
    """
    team_wins, team_closed = np.zeros((2, len(table.team_ids)), dtype=np.int64)
    np.add.at(team_wins, table.team, standing.wins)
    np.add.at(team_closed, table.team, standing.closed)
    won, closed = team_wins[table.team], team_closed[table.team]
    against = standing.wins * closed * MILLION // np.maximum(won, 1)
    ratio = (against + PRIOR * MILLION) // (standing.closed + PRIOR)
    return np.where(won > 0, ratio, MILLION)
