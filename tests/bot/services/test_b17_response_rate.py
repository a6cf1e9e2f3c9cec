"""B-17: a response rate under 60 % lowers a rep's weight by 20 % until it recovers; the rep reads it; what is ours costs nobody."""

from bot.chat import texts_leads
from bot.messaging import TryLater
from bot.services.assign import board_of
from bot.services.desk import Desk
from routing.policy import MILLION
from routing.shares import turn_weights
from tests.bot.services.given import policy, running, states
from tests.support.office import TEAM, Company, company

RULES = policy(
    rules="[{name: 其余, teams: [east]}]",
    choose="{by: fair_fit, explore: 0%, fairness_slack: 0}",
    capacity="{open: 900}",
    acknowledge="{within: 10m, rounds: 3, clock: always, response_rate: {over: 5, below: 60%, share_times: 0.8}}",
)
TWO = TEAM.replace("  - {id: lisiguang, name: 李思广, team: east}\n", "").replace(
    "  - {id: smith, name: Anna Smith, team: east, locale: en}\n", ""
)


async def _weight(floor: Company, rep: str) -> int:
    def weight(desk: Desk) -> int:
        board, policy = board_of(desk), desk.open_office.policy
        return int(turn_weights(policy, board.table, board.standing)[board.table.index[rep]])

    return await floor.runner.look(weight)


async def _picked(floor: Company, rep: str, *, answers: bool) -> None:
    """Give a lead to a rep by the manager's word: counted as an offer, and in no account."""
    lead_id = await floor.offered(rep)
    if answers:
        await floor.says(rep, f"接单 L{lead_id}")
    else:
        await floor.goes(minutes=10)


async def _turns(floor: Company, leads: int) -> dict[str, int]:
    """Decide so many leads whose cards do not arrive, so that they count in the accounts and not in the rates."""
    async with floor.undelivered():
        reps = [(await running(floor, await floor.lead())).rep_id for _ in range(leads)]
    return {rep: reps.count(rep) for rep in ("zhangsan", "lisi")}


async def _deficits(floor: Company) -> dict[str, int]:
    def deficits(desk: Desk) -> dict[str, int]:
        board = board_of(desk)
        return {rep: int(board.standing.deficit[board.table.index[rep]]) for rep in ("zhangsan", "lisi")}

    return await floor.runner.look(deficits)


async def test_b17_a_low_response_rate_costs_a_fifth_until_it_recovers(database_url: str) -> None:
    """B-17: 2 of 5 answered is under 60 %: four turns for five of the other's; 3 of 5 is not, and all is as before."""
    async with company(database_url, team=TWO, policy=RULES) as floor:
        for answers in (False, False, True, True):
            await _picked(floor, "zhangsan", answers=answers)
        assert await _weight(floor, "zhangsan") == MILLION
        assert "应答率" not in (await floor.says("zhangsan", "我的线索"))[0]
        await _picked(floor, "zhangsan", answers=False)
        assert await _weight(floor, "zhangsan") == 800_000
        low = texts_leads.RESPONSE_RATE_LOW.zh.format(rate=40, over=5, below=60, share=80)
        assert (await floor.says("zhangsan", "我的线索"))[0].splitlines()[0] == low
        assert await _weight(floor, "lisi") == MILLION
        # Of nine turns four are owed to this rep and five to the other, whatever was owed before.
        before, turns, after = await _deficits(floor), await _turns(floor, 9), await _deficits(floor)
        owed = {rep: after[rep] - before[rep] + turns[rep] * MILLION for rep in turns}
        assert {rep: round(owed[rep] / MILLION, 4) for rep in owed} == {"zhangsan": 4.0, "lisi": 5.0}
        # The oldest silence falls out of the window.
        await _picked(floor, "zhangsan", answers=True)
        assert await _weight(floor, "zhangsan") == MILLION
        shown = (await floor.says("zhangsan", "我的线索"))[0].splitlines()[0]
        assert shown == texts_leads.RESPONSE_RATE.zh.format(rate=60, over=5)


async def test_b17_a_missed_turn_is_not_made_up_and_one_that_our_failure_cost_is(database_url: str) -> None:
    """B-17, semantics 4: a time-out stays counted; a card that never arrived is taken back from everybody's account."""
    async with company(database_url, team=TWO, policy=RULES) as floor:
        lead_id = await floor.lead()
        silent = (await running(floor, lead_id)).rep_id
        other = "lisi" if silent == "zhangsan" else "zhangsan"
        assert await _deficits(floor) == {silent: -MILLION // 2, other: MILLION // 2}
        await floor.goes(minutes=10)
        assert await states(floor, lead_id) == [(silent, "expired", 1), (other, "open", 2)]
        # Who was silent is still the one who has had a turn: the next lead is the other's.
        assert await _deficits(floor) == {silent: -MILLION // 2, other: MILLION // 2}
        await floor.says(other, f"接单 L{lead_id}")
        floor.messenger.failures[:] = [TryLater("busy", retry_after=1000)]
        failed = await floor.lead()
        assert (await running(floor, failed)).rep_id == other
        assert await _deficits(floor) == {silent: 0, other: 0}
        for _ in range(12):
            await floor.goes(seconds=30)
        assert await states(floor, failed) == [(other, "withdrawn", 1), (silent, "open", 1)]
        assert await _deficits(floor) == {silent: -MILLION // 2, other: MILLION // 2}
