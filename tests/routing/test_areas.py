from __future__ import annotations

import random

import pytest

from routing.areas import INSIDE, Area, area_of, holds
from routing.decide import decide
from routing.decision import Reason
from routing.decision_record import pack, unpack
from routing.errors import FileRefused
from routing.lead import Facts
from routing.policy_file import load_policy
from routing.replay import replay, same
from routing.reps_table import reps_table
from routing.roster import Rep
from routing.standing import Standing
from tests.routing.given import question, roster

SQUARE = ((104.0, 30.0), (105.0, 30.0), (105.0, 31.0), (104.0, 31.0))
BESIDE = ((105.0, 30.0), (106.0, 30.0), (106.0, 31.0), (105.0, 31.0))
#: A U whose opening is to the north: its inside lies outside.
HOLLOW = ((0, 0), (4, 0), (4, 4), (3, 4), (3, 1), (1, 1), (1, 4), (0, 4))
AREAS = (
    Area(("west",), SQUARE),
    Area(("east",), BESIDE),
    Area(("north",), phone_prefixes=("0991", "139")),
    Area(("south",), phone_prefixes=("1391", "010")),
)


@pytest.mark.parametrize(
    ("x", "y", "inside"),
    [
        (104.5, 30.5, 1),
        (105.5, 30.5, 2),
        (105.0, 30.5, 1),  # on the border that both share
        (105.0, 30.0, 1),  # on the corner that both share
        (105.0, 31.0, 1),
        (106.0, 30.5, 2),
        (104.0, 30.0, 1),
        (103.999999, 30.5, 0),
        (104.000001, 30.000001, 1),
        (106.000001, 30.5, 0),
        (104.5, 31.000001, 0),
        (104.5, 29.999999, 0),
        (200.0, 30.5, 0),  # no place on this earth
    ],
)
def test_b20_a_point_belongs_to_exactly_one_fence_borders_included(x: float, y: float, inside: int) -> None:
    """A border is inside, and where two polygons share it, inside the first of the file alone."""
    assert area_of(AREAS, {"attributes.longitude": x, "attributes.latitude": y}) == inside


@pytest.mark.parametrize(
    ("x", "y", "inside"),
    [
        (0.5, 3, True),
        (2, 3, False),
        (2, 0.5, True),
        (2, 1, True),
        (3.5, 4, True),
        (2, 4, False),
        (3, 2, True),
        (5, 2, False),
    ],
)
def test_a_polygon_may_be_hollow(x: float, y: float, inside: bool) -> None:
    """Crossings are counted, so that a bay is outside; its shore belongs to the land."""
    assert holds(HOLLOW, round(x * 1_000_000), round(y * 1_000_000)) is inside


def test_turning_or_mirroring_the_order_of_corners_changes_nothing() -> None:
    """People draw either way round, and begin anywhere."""
    rng = random.Random(20)
    ways = [HOLLOW[start:] + HOLLOW[:start] for start in range(len(HOLLOW))]
    ways += [way[::-1] for way in ways]
    for _ in range(200):
        x, y = rng.randint(-1, 5) * 500_000, rng.randint(-1, 9) * 500_000
        assert len({holds(way, x, y) for way in ways}) == 1


@pytest.mark.parametrize(
    ("facts", "inside"),
    [
        ({"trait.phone_prefix": "9912345"}, 3),
        ({"trait.phone_prefix": "1390000"}, 3),
        ({"trait.phone_prefix": "1391000"}, 4),  # the longer beginning
        ({"trait.phone_prefix": "1012345"}, 4),
        ({"trait.phone_prefix": "1380000"}, 0),
        ({"trait.phone_prefix": "9912345", "province": "上海市"}, 0),  # a known province goes before
        ({}, 0),
        ({"attributes.longitude": 104.5}, 0),
        ({"attributes.longitude": "104.5", "attributes.latitude": "30.5"}, 0),
        ({"attributes.longitude": True, "attributes.latitude": True}, 0),
        ({"attributes.longitude": 104.5, "attributes.latitude": 30.5, "province": "上海市"}, 1),
        ({"attributes.longitude": 1, "attributes.latitude": 1, "trait.phone_prefix": "9912345"}, 3),
    ],
)
def test_b20_coordinates_go_before_the_province_and_that_before_the_number(facts: Facts, inside: int) -> None:
    """What says most exactly where a lead is decides; what is missing decides nothing."""
    assert area_of(AREAS, facts) == inside


POLICY = """\
version: 1
rules: [{name: 其余}]
geofence:
  - {polygon: [[104, 30], [105, 30], [105, 31], [104, 31]], teams: [west]}
  - {phone_prefixes: ["0991"], teams: [north]}
  - {provinces: [四川], teams: [east]}
"""


def test_b20_a_fence_of_any_kind_keeps_other_teams_out_and_its_record_keeps_no_coordinates() -> None:
    """The record says which fence it was, which is all that a replay needs."""
    policy = load_policy(POLICY).policy
    assert policy.not_yet_in_force == ()
    table = reps_table(policy, roster(*(Rep(team, "销售", team) for team in ("east", "north", "west"))))
    standing = Standing.empty(table)
    for facts, taker in (
        ({"attributes.longitude": 104.25, "attributes.latitude": 30.5, "province": "四川省"}, "west"),
        ({"trait.phone_prefix": "9910000"}, "north"),
        ({"province": "四川省", "trait.phone_prefix": "9910000"}, "east"),
    ):
        asked = question(1, facts)  # type: ignore[arg-type]
        decision = decide(policy, table, standing, asked)
        assert [table.ids[at] for at in decision.eligible] == [taker]
        assert sorted(decision.reasons.tolist()) == [Reason.ELIGIBLE, Reason.FENCE, Reason.FENCE]
        record = pack(decision, asked, standing, policy, table)
        recorded = unpack(record)
        assert INSIDE in recorded.question.facts
        assert b"104.25" not in record
        assert same(recorded, replay(recorded, policy, table))
    everybody = decide(policy, table, standing, question(1, {"province": "上海市"}))
    assert len(everybody.eligible) == 3


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("[104, 30]", "[204, 30]"),
        ("[104, 30]", "[104, 91]"),
        ("[104, 30]", "[104]"),
        ('"0991"', '"+86991"'),
        ('"0991"', '"新疆"'),
    ],
)
def test_what_is_no_place_is_refused_with_its_line(written: str, instead: str) -> None:
    """Degrees that are none, numbers that never begin so."""
    with pytest.raises(FileRefused) as refused:
        load_policy(POLICY.replace(written, instead))
    assert refused.value.problems[0].line in {4, 5}
