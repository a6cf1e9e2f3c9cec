"""The pass over owned leads: page by page, each page by an index, leads that come in go first; the soak has the million."""

import re

from bot.services.desk import Desk
from bot.services.looks import PAGE, look
from routing.lead import Lead
from tests.bot.services.given import post, shanghai
from tests.support.many_owned import COLD, fill
from tests.support.office import KEYS, Company, company

REPS = 8
RULES = """
version: 1
timezone: Asia/Shanghai
rules: [{name: 其余, teams: [east]}]
choose: {by: round_robin}
acknowledge: {within: 10m, rounds: 3, clock: always}
recycle: [{name: 冷线索, without_follow_up: 45d, warn: [38d, 44d], to: pool}]
"""
TEAM = "teams: [{id: east, name: 华东}]\nreps:\n" + "".join(
    f"  - {{id: rep{number:04d}, name: 销售{number}, team: east}}\n" for number in range(REPS)
)


async def _states(floor: Company) -> dict[str, int]:
    query = "SELECT coalesce(pool_reason, state), count(*) FROM lead GROUP BY 1"
    return await floor.runner.look(
        lambda desk: {row[0]: row[1] for row in desk.tx.connection.exec_driver_sql(query).all()}
    )


async def test_b06_a_pass_takes_what_is_due_page_by_page_and_a_second_one_changes_nothing(database_url: str) -> None:
    """B-06 in short: 70 of 1,500 are due; no page looks at more than PAGE, and leads come in between two of them."""
    async with company(database_url, team=TEAM, policy=RULES) as floor:
        floor.clock.moment = shanghai(10)
        now = floor.clock.now()
        await floor.do(lambda desk: fill(desk.tx.connection, KEYS, now, reps=REPS, leads=1_500, due=70))
        pages = [await floor.do(look)]
        await post(floor, Lead(source="web", phone="+8613800000001"))
        while pages[-1]:
            pages.append(await floor.do(look))
        assert pages == [PAGE] * 7 + [REPS, 0]
        assert await _states(floor) == {"recycled": 70, "owned": 1_430, "offered": 1}
        assert await floor.do(look) == 0
        shown = await floor.deliver()
        told = [item.to for item in shown if "已收回" in "".join(floor.texts([item], item.to))]
        assert sorted(told) == [f"rep{number:04d}" for number in range(REPS)]
        await floor.sound()

        floor.clock.moment = now + COLD
        assert await floor.do(look) == PAGE


def _plans(desk: Desk) -> dict[str, list[str]]:
    """Look at a page and tell how SQLite goes about each statement of it."""
    raw = desk.tx.connection.connection.driver_connection
    assert raw is not None
    asked: list[str] = []
    raw.set_trace_callback(asked.append)
    look(desk)
    desk.tx.flush()
    raw.set_trace_callback(None)
    reads = {words for words in asked if re.match(r"\s*(SELECT|UPDATE|DELETE)", words)}
    return {words: [row[-1] for row in raw.execute(f"EXPLAIN QUERY PLAN {words}")] for words in reads}


async def test_b06_every_statement_of_a_page_finds_its_leads_by_an_index(sqlite_url: str) -> None:
    """Must show: each batch uses an index; neither leads nor offers, notices, messages or facts are read from end to end."""
    async with company(sqlite_url, team=TEAM, policy=RULES) as floor:
        now = floor.clock.now()
        await floor.do(lambda desk: fill(desk.tx.connection, KEYS, now, reps=REPS, leads=300, due=70))
        pages = [await floor.do(_plans) for _ in range(10)]
    plans = {words: plan for page in pages for words, plan in page.items()}
    due = [line for words, plan in plans.items() if "look_at <=" in words for line in plan]
    assert all(line.startswith("SEARCH lead USING COVERING INDEX ix_lead_look (look_at") for line in due)
    assert due
    large = re.compile(
        r"SCAN (lead|offer|notice|outbox|fact|decision|timer)\b(?! USING (COVERING )?INDEX ix_lead_queue)"
    )
    assert [words for words, plan in plans.items() if any(large.match(line) for line in plan)] == []
    assert len(plans) > 10
