from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.choose import CHOOSERS
from routing.decide import decide
from routing.decision import LAST_STATIC, Outcome, Reason, Turn
from routing.draws import Draws
from routing.policy import MILLION, Capacity, Choose, Chooser, Factor, FactorKind, Policy, Require, Rule, ShareFrom
from routing.reps_table import RepsTable, reps_table
from routing.roster import Rep
from routing.standing import Standing
from tests.routing.given import policy, question, reps, roster, when

every_chooser = pytest.mark.parametrize("chooser", list(Chooser))


def turn_of(fit: list[float], deficit: list[float] | None = None, shares: list[int] | None = None) -> Turn:
    """Give a turn of these fits and deficits."""
    count = len(fit)
    deficits = np.array([round(value * MILLION) for value in deficit or [0.0] * count], dtype=np.int64)
    zeros = np.zeros(count, dtype=np.int64)
    return Turn(
        deficit=deficits,
        class_deficit=zeros,
        shares=np.array(shares or [MILLION // count] * count, dtype=np.int64),
        fit=np.array([round(value * MILLION) for value in fit], dtype=np.int64),
        open=zeros.astype(np.int32),
        cap=zeros + 20,
        last_turn=zeros,
    )


@every_chooser
def test_every_decision_states_the_chance_of_every_candidate(chooser: Chooser) -> None:
    """Propensities go with the candidates, sum to exactly one, and the chosen had a chance."""
    rules = policy(choose=Choose(by=chooser, share_from=ShareFrom.WEIGHTS), capacity=Capacity(open=50))
    table = reps_table(rules, roster(*(Rep(f"r{no}", "销售", "east", weight=no) for no in range(1, 8))))
    standing = Standing.empty(table)
    for no in range(1, 150):
        standing.away[:] = [(no * position) % 5 == 1 for position in range(7)]
        decision = decide(rules, table, standing, question(no))
        assert int(decision.propensity.sum()) == MILLION
        assert int(decision.shares.sum()) == MILLION
        assert np.isin(decision.candidates, decision.eligible).all()
        assert decision.propensity[np.searchsorted(decision.candidates, decision.chosen)] > 0
        standing.apply(decision)


@every_chooser
def test_stated_chances_are_the_real_ones(chooser: Chooser) -> None:
    """Over 4,000 draws for one and the same turn everybody is taken as often as was stated, within four deviations."""
    turn = turn_of([60, 90, 90.05, 20], [0.5, 0.4, 0.4, 1.0], [100_000, 200_000, 300_000, 400_000])
    took = np.zeros(4)
    choice = None
    for no in range(4000):
        choice = CHOOSERS[chooser](turn, Choose(explore=MILLION // 4), Draws(b"key", no, 1))
        took[choice.chosen] += 1
    assert choice is not None
    stated = np.zeros(4)
    stated[choice.candidates] = choice.propensity / MILLION
    assert (np.abs(took / 4000 - stated) <= 4 * np.sqrt(stated * (1 - stated) / 4000)).all()


def test_fair_fit_takes_the_best_fit_among_those_most_is_owed_to() -> None:
    """The best fit of all is passed over where more is owed to others than the slack allows."""
    turn = turn_of([90, 70, 60], [-0.5, 0.6, 1.0])
    choice = CHOOSERS[Chooser.FAIR_FIT](turn, Choose(explore=0), Draws(b"", 1, 1))
    assert (choice.chosen, choice.candidates.tolist(), choice.propensity.tolist()) == (1, [1, 2], [MILLION, 0])


def test_fits_within_a_tenth_of_a_point_are_decided_by_the_larger_deficit() -> None:
    """A hair's breadth of fit does not beat what is owed; more than that does."""
    for fit, chosen in ((80.1, 0), (80.100001, 1)):
        turn = turn_of([80.0, fit], [0.3, 0.2])
        assert CHOOSERS[Chooser.FAIR_FIT](turn, Choose(explore=0), Draws(b"", 1, 1)).chosen == chosen


def test_exploring_draws_all_candidates_alike_and_is_marked() -> None:
    """With probability `explore` the draw is uniform; the chance is (1 - e) for the best and e / |C| for each."""
    turn = turn_of([90, 70, 60, 50], [0.1, 0.2, 0.3, -3.0])
    choices = [CHOOSERS[Chooser.FAIR_FIT](turn, Choose(explore=300_000), Draws(b"", no, 1)) for no in range(3000)]
    assert choices[0].propensity.tolist() == [800_000, 100_000, 100_000]
    explored = [choice for choice in choices if choice.explored]
    assert 800 < len(explored) < 1000
    assert all(choice.chosen == 0 for choice in choices if not choice.explored)
    assert {choice.chosen for choice in explored} == {0, 1, 2}


class FixedDraw(Draws):
    """Draws the number that is its lead id."""

    def below(self, bound: int, purpose: str) -> int:  # noqa: ARG002  every purpose draws the same
        """Give the number, which must be one that can be drawn."""
        assert self.lead_id < bound
        return self.lead_id


@pytest.mark.parametrize(("drawn", "chosen"), [(0, 0), (199_999, 0), (200_000, 2), (999_999, 2)])
def test_roulette_gives_each_share_exactly_its_stretch(drawn: int, chosen: int) -> None:
    """Of a million numbers each share gets as many as it has millionths; who has none gets none."""
    turn = turn_of([50, 50, 50], shares=[200_000, 0, 800_000])
    assert CHOOSERS[Chooser.ROULETTE](turn, Choose(), FixedDraw(b"", drawn, 1)).chosen == chosen


def test_round_robin_takes_turns_by_who_waited_longest() -> None:
    """Equal availability gives a plain rotation; whoever was away comes next, once, and nobody is skipped."""
    rules = policy(choose=Choose(by=Chooser.ROUND_ROBIN))
    table = reps_table(rules, roster(*reps(4)))
    standing = Standing.empty(table)
    order = []
    for no in range(1, 13):
        standing.away[1] = no in {5, 6, 7}
        decision = decide(rules, table, standing, question(no))
        standing.apply(decision)
        order.append(decision.chosen)
    assert order == [0, 1, 2, 3, 0, 2, 3, 1, 0, 2, 3, 1]


def test_draws_are_the_same_everywhere_and_differ_by_purpose_lead_and_decision() -> None:
    """A draw is a keyed hash: fixed for ever, and of no use without the secret."""
    draws = Draws(b"secret", 1024, 1)
    assert [draws.below(1000, "pick"), draws.below(1000, "tie")] == [344, 573]
    others = [Draws(b"other", 1024, 1), Draws(b"secret", 1025, 1), Draws(b"secret", 1024, 2), Draws(b"s" * 99, 1024, 1)]
    values = [draws.below(2**60, "pick"), *(other.below(2**60, "pick") for other in others)]
    assert len(set(values)) == len(values)
    spread = np.bincount([Draws(b"", no, 1).below(10, "pick") for no in range(10_000)])
    assert spread.min() > 880
    assert spread.max() < 1120


PEOPLE = st.lists(
    st.builds(
        Rep,
        id=st.text("abcdefgh", min_size=1, max_size=6),
        name=st.just("销售"),
        team=st.sampled_from(["east", "north"]),
        skills=st.dictionaries(st.sampled_from(["工业", "医疗"]), st.integers(0, 3)),
        languages=st.sampled_from([(), ("zh",), ("en", "zh")]),
        weight=st.integers(-1, 10),
        open_cap=st.none() | st.integers(0, 5),
        day_cap=st.none() | st.integers(0, 5),
    ),
    max_size=8,
    unique_by=lambda rep: rep.id,
)
RULES = st.lists(
    st.builds(
        Rule,
        name=st.just("规则"),
        when=st.none() | st.builds(when, product=st.sampled_from(["一", "二"])),
        teams=st.none() | st.sampled_from([("east",), ("north",), ("east", "north"), ("nowhere",)]),
        require=st.builds(
            Require,
            skills=st.dictionaries(st.sampled_from(["工业", "医疗"]), st.integers(0, 3)),
            language=st.booleans(),
            certificates=st.sampled_from([(), (), ("备案",)]),
        ),
    ),
    max_size=3,
)


def floor_of(
    rules: list[Rule], people: list[Rep], choose: Choose, data: st.DataObject
) -> tuple[Policy, RepsTable, Standing]:
    """Give any floor: everybody anywhere, with any load, in any debt."""
    factors = (Factor("语言", 100, FactorKind.MATCH_LIST, "language", "languages"),)
    made = policy(*rules, choose=choose, capacity=Capacity(4, 3, 6), factors=factors)
    table = reps_table(made, roster(*people))
    standing = Standing.empty(table)
    for position in range(len(table)):
        standing.away[position] = data.draw(st.integers(0, 6))
        standing.open[position] = data.draw(st.integers(0, 6))
        standing.today[position] = data.draw(st.integers(0, 7))
        standing.resting[position] = data.draw(st.booleans())
        standing.deficit[position] = data.draw(st.integers(-5 * MILLION, 5 * MILLION))
        standing.credits[position] = standing.credit_order[position] = data.draw(
            st.sampled_from([0, 0, 0, position + 1])
        )
    return made, table, standing


@settings(max_examples=60, deadline=None)
@given(data=st.data(), people=PEOPLE, rules=RULES, chooser=st.sampled_from(Chooser), slack=st.integers(0, 3 * MILLION))
def test_b08_no_pool_crashes_a_chooser_and_no_layer_readmits_whom_an_earlier_one_excluded(
    data: st.DataObject, people: list[Rep], rules: list[Rule], chooser: Chooser, slack: int
) -> None:
    """Empty, all paused, all of weight zero: a decision comes out, and whoever is chosen passes every check."""
    choose = Choose(by=chooser, fairness_slack=slack, share_from=data.draw(st.sampled_from(ShareFrom)))
    made, table, standing = floor_of(rules, people, choose, data)
    facts = data.draw(st.fixed_dictionaries({}, optional={"product": st.just("一"), "language": st.just("en")}))
    excluded = tuple(data.draw(st.sets(st.sampled_from(table.ids)))) if table.ids else ()
    decision = decide(made, table, standing, question(1, facts, excluded=excluded))
    free = Standing.empty(table)
    static = decide(made, table, free, question(1, facts))
    for position, code in enumerate(decision.reasons.tolist()):
        barred = 0 < static.reasons[position] <= LAST_STATIC
        assert (0 < code <= LAST_STATIC) == barred
        assert not barred or code == static.reasons[position]
        if code == Reason.ELIGIBLE:
            assert standing.away[position] == 0
            assert standing.open[position] < table.open_cap[position]
            assert standing.today[position] < table.day_cap[position]
            assert table.ids[position] not in excluded
    assert (decision.outcome is Outcome.OFFER) == bool((decision.reasons == Reason.ELIGIBLE).any())
    assert decision.chosen < 0 or decision.reasons[decision.chosen] == Reason.ELIGIBLE
    standing.apply(decision)
    standing.revert(decision)
