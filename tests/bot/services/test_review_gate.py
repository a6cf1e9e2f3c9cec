"""B-19: what a manager decides first, and that it costs nobody's time when no manager does."""

from datetime import date, timedelta

import pytest

from bot.messaging import OfferCard, ReviewCard, ReviewItemCard
from bot.services import manage, review_gate
from bot.services.audit import audit
from bot.services.best_leads import BestLeads
from bot.services.desk import Desk
from routing.lead import Lead
from routing.review import LEVELS
from store import score_days
from tests.bot.services.given import SHIFTS, at_work, number, policy, post, running, shanghai
from tests.support.office import Company
from tests.support.recording_messenger import Shown

TRIGGER = "always: [{name: 上市公司, when: {company_listed: true}}]"
SCORING = "{base: 40, add: [{name: 大, when: {budget: {gte: 100000}}, points: 56}]}"
RULES = policy(
    rules="[{name: 其余, teams: [east]}]", scoring=SCORING, review=f"{{{TRIGGER}, falls_back_after: work 15m}}"
)
LATE = SHIFTS.replace("role: manager}\n  - {id: chenmin", "role: manager, shift: late}\n  - {id: chenmin").replace(
    "shifts:\n", 'shifts:\n  late: {everyday: ["20:00-21:00"]}\n'
)


async def _posted(floor: Company, last: int = 1, **known: object) -> int:
    given = {"phone": f"+86138000{last:05d}", "company_listed": True} | known
    return number((await post(floor, Lead(source="web", **given)))[0])  # type: ignore[arg-type]


async def _state(floor: Company, lead_id: int) -> tuple[str, str | None]:
    row = await floor.row(lead_id)
    return row.state, row.review_reason


async def _marks(floor: Company, lead_id: int) -> list[str]:
    return [fact.event for fact in await floor.facts(lead_id) if fact.event in {"review_timeout", "review_skipped"}]


def _cards(shown: list[Shown]) -> list[tuple[str, str]]:
    kinds = (ReviewCard, OfferCard)
    return [(item.to, type(item.message).__name__) for item in shown if isinstance(item.message, kinds)]


async def test_b19_a_lead_that_the_policy_names_waits_for_its_manager_and_is_then_decided(database_url: str) -> None:
    """B-19: a manager has it first; 15 minutes of his work later it is decided, marked `review_timeout`."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id = await _posted(floor)
        assert await _state(floor, lead_id) == ("review", "always:上市公司")
        shown = await floor.deliver()
        assert _cards(shown) == [("lijing", "ReviewCard")]
        assert [item.message.why for item in shown if isinstance(item.message, ReviewCard)] == ["上市公司"]
        await floor.goes(minutes=15, microseconds=-1)
        assert (await _state(floor, lead_id))[0] == "review"
        shown = await floor.goes(microseconds=1)
        offer = await running(floor, lead_id)
        # Nobody of the next rung is asked on the way.
        assert _cards(shown) == [(offer.rep_id, "OfferCard")]
        marked = [fact.detail for fact in await floor.facts(lead_id) if fact.event == "review_timeout"]
        assert marked == [{"decision": f"D{offer.decision_id}", "reason": "always:上市公司"}]


async def test_b19_with_no_responsible_manager_on_duty_a_lead_is_decided_at_once(database_url: str) -> None:
    """Semantics 25: review must not cost speed; the decision is marked `review_skipped`."""
    async with at_work(database_url, at=shanghai(10), team=LATE, rules=RULES) as floor:
        lead_id = await _posted(floor)
        assert (await _state(floor, lead_id))[0] == "offered"
        assert await _marks(floor, lead_id) == ["review_skipped"]
        # The same reason does not come up again.
        await _posted(floor, title="采购")
        assert (await _state(floor, lead_id))[0] == "offered"
        assert _cards(await floor.deliver())[0][1] == "OfferCard"


async def test_a_manager_who_goes_off_duty_keeps_nothing_waiting(database_url: str) -> None:
    """Semantics 25: at noon nobody responsible is on duty, and the lead goes on."""
    async with at_work(database_url, at=shanghai(11, 55), rules=RULES) as floor:
        lead_id = await _posted(floor)
        await floor.goes(minutes=5, microseconds=-1)
        assert (await _state(floor, lead_id))[0] == "review"
        await floor.goes(microseconds=1)
        assert (await _state(floor, lead_id))[0] == "pooled"
        assert await _marks(floor, lead_id) == ["review_timeout"]


@pytest.mark.parametrize(("budget", "minutes"), [(100_000, 5), (1, 15)])
async def test_b19_a_hot_lead_waits_five_minutes_at_most(database_url: str, budget: int, minutes: int) -> None:
    """Semantics 25: from `hot.score` on five minutes by the clock on the wall, whatever the policy says."""
    hot = "{score: 80, opens: {count: 10, within: 10m}, closes: {calm_for: 30m, at_most: 4h}}"
    async with at_work(database_url, at=shanghai(10), rules=f"{RULES}\nhot: {hot}") as floor:
        lead_id = await _posted(floor, budget=budget)
        await floor.goes(minutes=minutes, microseconds=-1)
        assert (await _state(floor, lead_id))[0] == "review"
        await floor.goes(microseconds=1)
        assert (await _state(floor, lead_id))[0] == "offered"


async def test_what_a_manager_has_decided_is_not_decided_again(database_url: str) -> None:
    """Semantics 23: the manager picks; the moment at which the lead would have gone on by itself does nothing."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id = await _posted(floor)
        await floor.deliver()
        await floor.taps("lijing", f"1:assign:L{lead_id}:0:e2")
        assert (await running(floor, lead_id)).offered_by == "lijing"
        await floor.says("e2", f"接单 L{lead_id}")
        await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="lijing"))
        await floor.goes(minutes=15)
        assert await _state(floor, lead_id) == ("review", "recalled")
        assert await _marks(floor, lead_id) == []


async def test_news_of_a_lead_that_waits_for_its_manager_leaves_it_there(database_url: str) -> None:
    """Semantics 27: it is in the manager's hand; 15 minutes count from when it came there."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id = await _posted(floor, external_id="x")
        await _posted(floor, external_id="x", title="采购")
        assert await _state(floor, lead_id) == ("review", "always:上市公司")


async def test_b19_news_of_a_pooled_lead_may_be_a_reason(database_url: str) -> None:
    """B-19, semantics 27: a pooled lead is decided anew, and then its manager decides it."""
    rules = f"{RULES}\ncapacity: {{open: 1}}".replace("capacity: {open: 20, per_day: 50}\n", "")
    async with at_work(database_url, at=shanghai(10), rules=rules) as floor:
        for last in (1, 2):
            await _posted(floor, last, company_listed=False)
        lead_id = await _posted(floor, 3, company_listed=False, external_id="x")
        assert (await _state(floor, lead_id))[0] == "pooled"
        await _posted(floor, 3, external_id="x")
        assert (await _state(floor, lead_id))[0] == "review"


@pytest.mark.parametrize("best_by", ["score", "sample"])
async def test_b19_the_best_leads_wait_for_their_manager(database_url: str, best_by: str) -> None:
    """B-19: before 200 leads those from 95 points on; the others are decided at once, and all are counted."""
    rules = RULES.replace(TRIGGER, f"best_share: 5%, best_by: {best_by}")
    async with at_work(database_url, at=shanghai(10), rules=rules) as floor:
        best, plain = await _posted(floor, 1, budget=100_000), await _posted(floor, 2)
        assert await _state(floor, best) == ("review", "best_share")
        assert (await _state(floor, plain))[0] == "offered"
        counted = await floor.do(lambda desk: score_days.of_day(desk.tx.connection, date(2026, 3, 2)))
        assert counted is not None
        assert {score: count for score, count in enumerate(counted.counts) if count} == {40: 1, 96: 1}


async def test_without_a_share_nothing_is_counted(database_url: str) -> None:
    """Semantics 52: `best_share: 0%` switches that off."""
    async with at_work(database_url, at=shanghai(10), rules=RULES.replace(TRIGGER, "best_share: 0%")) as floor:
        lead_id = await _posted(floor, budget=100_000)
        assert (await _state(floor, lead_id))[0] == "offered"
        assert await floor.do(lambda desk: score_days.of_day(desk.tx.connection, date(2026, 3, 2))) is None


def _before(desk: Desk) -> dict[int, int]:
    """Begin counting today, and give what the window holds from the days before."""
    review = desk.open_office.policy.review
    assert review is not None
    BestLeads(desk, review).write_back()
    day = score_days.of_day(desk.tx.connection, desk.open_office.local_day(desk.now))
    assert day is not None
    return {score: count for score, count in enumerate(day.before) if count}


@pytest.mark.parametrize(("days", "before"), [(1, {40: 3}), (88, {40: 3}), (90, {})])
async def test_b19_the_window_begins_with_the_leads_that_are_there(
    database_url: str, days: int, before: dict[int, int]
) -> None:
    """B-19: a company with a history of leads has no warm-up; what is older than the window does not count."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        for last in range(3):
            await _posted(floor, last, company_listed=False)
        floor.clock.moment += timedelta(days=days)
        assert await floor.do(_before) == before


async def test_b19_each_day_the_oldest_day_leaves_the_window(database_url: str) -> None:
    """B-19: today and the 89 days before it."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        today = date(2026, 3, 2)

        def fill(desk: Desk) -> None:
            for score, days in ((10, 1), (20, 89), (30, 90)):
                counts = [0] * LEVELS
                counts[score] = 7
                score_days.add(desk.tx.connection, today - timedelta(days=days), counts, [0] * LEVELS, days)

        await floor.do(fill)
        assert await floor.do(_before) == {10: 7, 20: 7}
        counted = await floor.do(lambda desk: score_days.of_day(desk.tx.connection, today))
        assert counted is not None
        # The balance goes on from the day before.
        assert counted.balance == 1


async def test_a_manager_who_takes_the_pick_back_has_the_whole_time_again(database_url: str) -> None:
    """撤销 gives the lead back into the manager's hand, and still it does not wait for ever."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id = await _posted(floor)
        await floor.deliver()
        floor.later(minutes=10)
        await floor.says("lijing", f"派单 L{lead_id} e2")
        await floor.says("lijing", "撤销")
        assert await _state(floor, lead_id) == ("review", "always:上市公司")
        await floor.goes(minutes=15, microseconds=-1)
        assert (await _state(floor, lead_id))[0] == "review"
        await floor.goes(microseconds=1)
        assert (await _state(floor, lead_id))[0] == "offered"


async def test_a_lead_whose_moment_got_lost_is_decided_by_the_auditor(database_url: str) -> None:
    """Nothing is lost: what waited for a manager is decided, not asked about for ever."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id = await _posted(floor)
        await floor.do(lambda desk: desk.tx.connection.exec_driver_sql("DELETE FROM timer"))
        floor.later(minutes=16)
        await floor.do(audit)
        assert (await _state(floor, lead_id))[0] == "offered"
        assert await _marks(floor, lead_id) == ["review_timeout"]


async def test_b03_a_customer_s_own_rep_waits_for_nobody_and_the_manager_looks_at_it_meanwhile(
    database_url: str,
) -> None:
    """B-03, B-19: a known customer's new lead goes to the owner, and is an item for the manager."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        first = await _posted(floor, company_listed=False)
        await floor.deliver()
        rep = (await running(floor, first)).rep_id
        await floor.says(rep, f"接单 L{first}")
        await floor.says(rep, f"输单 L{first} 贵")
        again = await _posted(floor)
        assert (await running(floor, again)).rep_id == rep
        shown = await floor.deliver()
        assert [item.to for item in shown if isinstance(item.message, ReviewItemCard)] == ["lijing"]


async def test_the_moment_of_an_earlier_stay_with_the_manager_does_nothing(database_url: str) -> None:
    """A lead that came back into the manager's hand has the whole time again, also where nobody was offered it between."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id = await _posted(floor)
        floor.later(minutes=10)
        await floor.do(
            lambda desk: review_gate.put_back(desk, desk.tx.lead(lead_id), "always:上市公司", actor="lijing")
        )
        await floor.goes(minutes=14)
        assert (await _state(floor, lead_id))[0] == "review"
