"""Fit 0-100: how well a lead and a rep suit each other, factor by factor, in millionths of a point."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from routing.decision import Ints, Positions
from routing.lead import Facts, Scalar
from routing.policy import MILLION, Factor, FactorKind, Policy
from routing.reps_table import NEUTRAL, RepsTable
from routing.standing import KeptFits, Standing

PRIOR = 10
"""Closed leads at the company's rate that every rep starts from in every segment (empirical Bayes, as in shares)."""

STEP = 1_000
"""Points of rates and figures are kept to a thousandth, so that records of hundreds of them stay small."""

_FULL = 100 * MILLION
_PERCENT = 100
_MOST_KEPT = 2000


def fit(policy: Policy, table: RepsTable, standing: Standing, facts: Facts, among: Positions) -> Ints:
    """Give what each factor brings to each rep's fit.

    A factor whose value the lead lacks is dropped for all, and the other weights are scaled up; a rep of whom a factor
    knows nothing gets 50 points under it.

    Args:
        policy: its factors.
        table: the reps.
        standing: their rates and figures.
        facts: about the lead.
        among: positions of the reps wanted.

    Returns:
        (factors, len(among)) millionths of a point; the rows sum to the fit. Rows of dropped factors are zero; where no
        factor applies at all there are no rows. Where something has been learned, that is one more row.
    """
    products: Ints = np.zeros((len(policy.factors), len(among)), dtype=np.int64)
    weights = 0
    for number, factor in enumerate(policy.factors):
        points = points_of(policy, table, standing, facts, number)
        if points is not None and factor.weight > 0:
            np.multiply(points.take(among), factor.weight, out=products[number])
            weights += factor.weight
    learned = learned_points(policy, standing)
    if learned is not None and policy.model is not None:
        return _with_learned(products, weights, learned.take(among), policy.model.weight)
    if weights == 0:
        return products[:0]
    products //= weights
    return products


def fits_of(policy: Policy, table: RepsTable, standing: Standing, facts: Facts, among: Positions) -> tuple[Ints, Ints]:
    """Give what `fit` gives, and its `total`; worked out for everybody once where the standing keeps fits.

    A rep's fit does not depend on who else is asked. Points are told apart by identity: whoever keeps fits puts new
    points in the place of old ones and does not write into them.
    """
    kept = standing.fits
    if kept is None:
        products = fit(policy, table, standing, facts, among)
        return products, total(products)
    points = tuple(points_of(policy, table, standing, facts, number) for number in range(len(policy.factors)))
    points = (*points, learned_points(policy, standing))
    key = tuple(map(id, points))
    found = kept.get(key)
    if found is None:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        products = fit(policy, table, standing, facts, np.arange(len(table)))
        # The points go with them: an identity is taken again as soon as its array is gone.
        found = kept[key] = KeptFits(points, products, total(products))
    return found.products.take(among, axis=1), found.fits.take(among)


def learned_points(policy: Policy, standing: Standing) -> Ints | None:
    """Give every rep's points (n,) under `fit.model`; None as long as nothing has been learned, or the policy wants none.

    They come with the standing, as the points of the factor after the last: what a model says is an input of a decision,
    kept in its record, never worked out in it.
    """
    return None if policy.model is None else standing.points.get(len(policy.factors))


def _with_learned(products: Ints, weights: int, learned: Ints, share: int) -> Ints:
    """Give the learned figure its share of the fit, as one more row, and the other factors the rest in proportion."""
    if weights == 0:
        return np.vstack([products, learned])
    others: Ints = products * (_PERCENT - share) // (weights * _PERCENT)
    return np.vstack([others, learned * share // _PERCENT])


def total(products: Ints) -> Ints:
    """Sum the products to fits; 50 points for all where no factor applies, or where there is none."""
    if not len(products):
        return np.full(products.shape[1], NEUTRAL, dtype=np.int64)
    fits: Ints = np.add.reduce(products, axis=0)
    return fits


def segment_value(policy: Policy, factor: Factor, facts: Facts) -> Scalar | None:
    """Give the lead's value of a rate's segment, None if the lead lacks it.

    `price_band` is the number of the first of the policy's `price_bands` that the unit price does not exceed; the price
    is `attributes.unit_price`, else budget / quantity.
    """
    if factor.segment != "price_band":
        return facts.get(factor.segment or "")
    price = facts.get("attributes.unit_price")
    if price is None:
        budget, quantity = facts.get("budget"), facts.get("quantity")
        if not isinstance(budget, int | float) or not isinstance(quantity, int | float) or quantity <= 0:
            return None
        price = budget / quantity
    return bisect_left(policy.price_bands, price) if isinstance(price, int | float) else None


def segment_key(segment: str, value: Scalar) -> str:
    """Give the key of a segment in `Standing.segments`, as `channel=官网表单` or `price_band=2`."""
    return f"{segment}={value}"


def wanted_segments(policy: Policy, facts: Facts) -> frozenset[str]:
    """Name the segments that a lead's decision will ask for, so that only these need be loaded."""
    values = ((factor.segment, segment_value(policy, factor, facts)) for factor in policy.factors if factor.segment)
    return frozenset(segment_key(segment, value) for segment, value in values if segment and value is not None)


def points_of(policy: Policy, table: RepsTable, standing: Standing, facts: Facts, number: int) -> Ints | None:
    """Give every rep's points (n,) under one factor, None where the lead lacks its value."""
    given = standing.points.get(number)
    if given is not None:
        return given
    factor = policy.factors[number]
    if factor.kind is FactorKind.RATE:
        value = segment_value(policy, factor, facts)
        if value is None:
            return None
        key = segment_key(factor.segment or "", value)
        return standing.kept(key, lambda: _rate_points(standing, key))
    if factor.kind is FactorKind.REP:
        return standing.kept(f"{number}", lambda: _figure_points(standing, factor))
    value = facts.get(factor.lead_field or "")
    return None if value is None else table.points(number, value)


def _rate_points(standing: Standing, key: str) -> Ints:
    """Give min(100, 50 x shrunk rate / company rate) of a segment; 50 for all where the company never won in it."""
    rates = standing.segments.get(key)
    if rates is None or rates.company_wins <= 0:
        return np.full(len(standing.away), NEUTRAL, dtype=np.int64)
    company = rates.company_wins * MILLION // max(rates.company_closed, 1)
    if company <= 0:
        return np.full(len(standing.away), NEUTRAL, dtype=np.int64)
    shrunk = (rates.wins * MILLION + PRIOR * company) // (rates.closed + PRIOR)
    points: Ints = np.minimum(NEUTRAL * shrunk // company, _FULL) // STEP * STEP
    return points


def _figure_points(standing: Standing, factor: Factor) -> Ints:
    """Give the points of a rep's own figure; the one figure kept is `attainment`, the share of the quota reached."""
    if factor.rep_field != "attainment":
        return np.full(len(standing.away), NEUTRAL, dtype=np.int64)
    reached = standing.attainment
    if factor.help_behind:
        points = (MILLION - np.clip(reached, 0, MILLION)) * 100
    else:
        points = np.clip(reached, 0, 3 * MILLION // 2) * 200 // 3
    return np.where(reached < 0, NEUTRAL, points // STEP * STEP)
