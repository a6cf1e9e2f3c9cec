"""The morning backlog is dealt out together; each decision is an ordinary one and replays by itself."""

import pytest

from bot.services.desk import Desk
from bot.services.drain import drain
from routing.decision_record import unpack
from routing.lead import Lead
from routing.replay import replay, same
from store import decision_queries
from tests.bot.services.given import at_work, number, post, shanghai

TEAM = """
shifts:
  day: {workdays: ["09:00-12:00", "13:00-18:00"]}
teams:
  - {id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai, shift: day}
reps:
  - {id: e1, name: 东一, team: east, tiers: {三甲: 90, 二级: 80}}
  - {id: e2, name: 东二, team: east, tiers: {三甲: 80, 二级: 0}}
  - {id: lijing, name: 李静, team: east, role: manager}
"""
RULES = """
version: 1
timezone: Asia/Shanghai
rules:
  - {name: 其余, teams: [east]}
fit:
  factors:
    - {name: 医院等级, weight: 100, match: attributes.hospital_level, with: tiers}
choose: {by: fair_fit, fairness_slack: 1, explore: 0%}
capacity: {open: 1}
"""


@pytest.mark.parametrize("levels", [("三甲", "二级"), ("二级", "三甲")])
async def test_leads_that_waited_go_where_all_of_them_together_fit_best(
    levels: tuple[str, str], database_url: str
) -> None:
    """One by one the first 三甲 would take the only rep who knows 二级; dealt out together, both are where they belong."""
    async with at_work(database_url, at=shanghai(7), team=TEAM, rules=RULES) as floor:
        leads = [
            Lead(source="web", phone=f"+8613800000{last:03d}", attributes={"hospital_level": level})
            for last, level in enumerate(levels)
        ]
        ids = [number(answer) for answer in await post(floor, *leads)]
        floor.clock.moment = shanghai(9)
        assert await floor.do(drain) == 2

        went = {level: (await floor.offers(lead_id))[0].rep_id for level, lead_id in zip(levels, ids, strict=True)}
        assert went == {"三甲": "e2", "二级": "e1"}
        assert await floor.do(_differences) == 0


def _differences(desk: Desk) -> int:
    """Replay what was decided, and count what came out differently."""
    office, found = desk.open_office, 0
    for decision in decision_queries.within(desk.tx.connection, decision_queries.Stretch(99, 1, 99)):
        recorded = unpack(decision.record)
        found += not same(recorded, replay(recorded, office.policy, office.table))
    return found
