"""A small floor with a breaker that opens at the third hot lead, for the tests of races and of the breaker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.services import answer
from bot.services.answer import Answer, Answered
from bot.services.desk import Desk
from routing.decision_record import MOST_BYTES, unpack
from routing.replay import replay, same
from store import breaker_switches
from store.breaker_switches import SwitchRow
from store.rows import DecisionRow, OfferRow
from store.tables import decision as decision_table
from tests.support.office import Company, company

TEAM = """
teams:
  - {id: east, name: 华东, managers: [lijing], timezone: Asia/Shanghai}
admins: [root.admin]
reps:
  - {id: r1, name: 东一, team: east}
  - {id: r2, name: 东二, team: east}
  - {id: r3, name: 东三, team: east}
  - {id: r4, name: 东四, team: east}
  - {id: r5, name: 东五, team: east}
  - {id: lijing, name: 李静, team: east, role: manager}
"""
POLICY = """
version: 1
timezone: Asia/Shanghai
scoring: {base: 50, add: [{name: 大客户, when: {company_size: {gte: 500}}, points: 40}]}
rules: [{name: 其余, teams: [east]}]
choose: {by: fair_fit, explore: 0}
capacity: {open: 4, resume_at: 3}
acknowledge: {within: 10m, remind: [5m, 8m], rounds: 2, clock: always, silent: {times: 9, then: pause}}
hot:
  score: 80
  opens: {count: 3, within: 10m, times_usual: 3}
  or_slow: {p90_acknowledge: 5m, over: 3}
  while_open: {capacity_times: 1.5, only_response_rate_from: 80%, acknowledge: 3m, race: 3}
  closes: {calm_for: 30m, at_most: 4h}
"""


@asynccontextmanager
async def surging_floor(database_url: str) -> AsyncIterator[Company]:
    """Open the floor; every invariant must hold in the end, and every replay."""
    async with company(database_url, team=TEAM, policy=POLICY) as opened:
        yield opened
        await opened.sound()
        await replays(opened)


async def replays(floor: Company) -> None:
    """Check that each stored decision comes out of its record again, within four kilobytes."""

    def check(desk: Desk) -> None:
        rows = [DecisionRow(**row._mapping) for row in desk.tx.connection.execute(decision_table.select())]  # noqa: SLF001
        for row in rows:
            office = desk.offices.of(desk.tx.connection, row.policy_version, row.roster_version, desk.now.year)
            recorded = unpack(row.record)
            assert same(recorded, replay(recorded, office.policy, office.table)), row.decision_id
            assert len(row.record) <= MOST_BYTES

    await floor.runner.look(check)


async def hot(floor: Company, **known: object) -> int:
    """Post a hot lead."""
    return await floor.lead(company_size=900, **known)


async def opened(floor: Company) -> int:
    """Open the breaker by hand, without any lead, and post a hot one that is raced for."""
    await by_hand(floor, "开")
    return await hot(floor)


async def by_hand(floor: Company, word: str) -> list[str]:
    """Let a manager say 熔断, and confirm it."""
    await floor.says("lijing", f"熔断 {word}")
    return await floor.says("lijing", "确认")


async def running(floor: Company, lead_id: int) -> list[OfferRow]:
    """Give the offers that run."""
    return [offer for offer in await floor.offers(lead_id) if offer.state == "open"]


async def accepts(floor: Company, offer: OfferRow) -> Answered:
    """Let a rep accept."""
    said = Answer(offer.rep_id, offer.lead_id, offer.offer_no)
    outcome = await floor.do(lambda desk: answer.accept(desk, said).answered)
    await floor.deliver()
    return outcome


async def declines(floor: Company, offer: OfferRow) -> None:
    """Let a rep pass it on."""
    await floor.do(lambda desk: answer.decline(desk, Answer(offer.rep_id, offer.lead_id, offer.offer_no)))
    await floor.deliver()


async def switches(floor: Company) -> list[SwitchRow]:
    """Give what the breaker has done, oldest first."""
    return await floor.runner.look(lambda desk: breaker_switches.latest(desk.tx.connection)[::-1])


async def deficits(floor: Company) -> dict[str, int]:
    """Give everybody's account."""

    def ask(desk: Desk) -> dict[str, int]:
        accounts = desk.tx.accounts()
        return {rep: int(accounts.columns[0, at]) for at, rep in enumerate(accounts.rep_ids)}

    return await floor.runner.look(ask)
