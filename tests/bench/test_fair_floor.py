"""The short sister of tests/soak/test_fair_floor_long.py: the same floor, fewer leads."""

from __future__ import annotations

import pytest

from bench.fair_floor import fair_fit, history, pointer
from bench.line_chart import Axis, line_chart


@pytest.mark.parametrize("availability", [0.6, 0.3])
def test_fair_fit_stays_within_three_leads_where_a_pointer_drifts_away(availability: float) -> None:
    """Weights 1 to 10, caps, leave, make-up turns, withdrawals; grade A within the class limit; one and the same history."""
    for seed in range(2):
        told = history(seed, availability, leads=800)
        fair = fair_fit(told)
        assert fair.most < 3
        assert fair.most_of_class < 4
        assert pointer(told).most > 10 * fair.most


def test_a_pointer_is_fair_while_nobody_is_ever_away() -> None:
    """What breaks it is the list that changes, not how it is written here: with everybody there it is off by a lead."""
    told = history(1, 1.0, leads=400)
    everybody = history(1, 1.1, leads=400)
    everybody.there[:] = True
    assert pointer(everybody).most < 1
    assert pointer(told).most > pointer(everybody).most


def test_a_chart_shows_each_line_between_its_marks() -> None:
    """Values are drawn where the axes say, logarithms too; what lies outside is drawn at the edge, and text is escaped."""
    across, upward = Axis("leads", (0, 10)), Axis("far & wide", (1, 10, 100), log=True)
    drawn = line_chart("A < B", across, upward, {"one": [(0, 1), (5, 10), (10, 1000)]}, limit=10)
    assert '<polyline points="70.0,368.0 315.0,207.0 560.0,46.0"' in drawn
    assert "A &lt; B" in drawn
    assert "far &amp; wide" in drawn
    assert 'y1="207.0" x2="560.0" y2="207.0" stroke="#222"' in drawn
