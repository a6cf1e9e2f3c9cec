"""Who is asked about a lead that a manager decides, in which order, until somebody acts; and nobody is asked twice for nothing."""

from bot.messaging import ReviewCard, TextMessage
from bot.services import manage, review
from routing.lead import Lead
from tests.bot.services.given import MICROSECOND, SHIFTS, at_work, policy, post, shanghai, states
from tests.support.office import Company
from tests.support.recording_messenger import Shown

LEAD = Lead(source="web", phone="+8613800138000")


def asked(shown: list[Shown]) -> list[str]:
    """Give who is shown a review card."""
    return [item.to for item in shown if isinstance(item.message, ReviewCard)]


def reminded(shown: list[Shown]) -> list[str]:
    """Give who is told that leads still wait."""
    return [item.to for item in shown if isinstance(item.message, TextMessage) and "等待指派" in item.message.text]


async def _recalled(floor: Company) -> int:
    lead_id = await floor.lead()
    await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="root.admin"))
    return lead_id


async def test_the_ladder_climbs_every_fifteen_minutes_while_somebody_is_on_duty(database_url: str) -> None:
    """Semantics 24: managers of the team, then of the rule's other teams, then admins, then again every 15 minutes."""
    rules = policy(rules="[{name: 其余, teams: [east, west]}]")
    async with at_work(database_url, at=shanghai(15, 10), rules=rules) as floor:
        await floor.do(lambda desk: desk.tx.standings()["w1"].__setattr__("offline", True))
        await _recalled(floor)
        assert asked(await floor.deliver()) == ["lijing"]
        assert asked(await floor.goes(minutes=15, microseconds=-1)) == []
        assert asked(await floor.goes(microseconds=1)) == ["chenmin"]
        assert asked(await floor.goes(minutes=15)) == ["root.admin"]
        again = await floor.goes(minutes=15)
        assert (asked(again), reminded(again)) == ([], ["root.admin"])
        assert reminded(await floor.goes(minutes=14)) == []


async def test_many_waiting_leads_are_one_line_a_quarter_of_an_hour(database_url: str) -> None:
    """Semantics 24, 26: an admin hears again every 15 minutes, and never once for each lead."""
    async with at_work(database_url, at=shanghai(15, 10)) as floor:
        for _ in range(3):
            await _recalled(floor)
        assert sorted(set(asked(await floor.deliver()))) == ["lijing"]
        assert asked(await floor.goes(minutes=15)).count("root.admin") == 3
        again = await floor.goes(minutes=15)
        assert (asked(again), reminded(again)) == ([], ["root.admin"])
        assert "还有 3 条" in [item.message.text for item in again if isinstance(item.message, TextMessage)][-1]


async def test_a_rung_of_which_nobody_is_on_duty_is_passed_at_once(database_url: str) -> None:
    """Semantics 24: nobody on duty: the next at once, up to the admins; the repeats wait for somebody's duty."""
    rules = policy(rules="[{name: 其余, teams: [east, west]}]")
    team = SHIFTS.replace("role: admin, shift: all", "role: admin")
    async with at_work(database_url, at=shanghai(22), team=team, rules=rules) as floor:
        await post(floor, LEAD)
        lead_id = 1001
        await floor.do(lambda desk: manage.recall(desk, desk.tx.lead(lead_id), by="root.admin"))
        assert asked(await floor.deliver()) == ["lijing", "chenmin", "root.admin"]
        assert asked(await floor.goes(hours=10, minutes=30)) == []
        floor.clock.moment = shanghai(9, day=3)
        assert reminded(await floor.ticks()) == ["root.admin"]


async def test_the_rung_ends_when_the_last_asked_goes_off_duty(database_url: str) -> None:
    """Semantics 24: 15 work-minutes: a manager who leaves at 18:00 does not hold the lead over night."""
    async with at_work(database_url, at=shanghai(17, 50)) as floor:
        await _recalled(floor)
        assert asked(await floor.deliver()) == ["lijing"]
        floor.clock.moment = shanghai(18) - MICROSECOND
        assert asked(await floor.ticks()) == []
        floor.clock.moment = shanghai(18)
        assert asked(await floor.ticks()) == ["root.admin"]


async def test_nobody_who_let_the_lead_time_out_is_asked(database_url: str) -> None:
    """Semantics 24: a manager who takes leads himself and stayed silent is left out."""
    team = SHIFTS.replace("role: manager}\n  - {id: chenmin", "role: manager, takes_leads: true}\n  - {id: chenmin")
    rules = policy(rules="[{name: 其余, teams: [east]}]", acknowledge="{within: 10m, rounds: 3, clock: always}")
    async with at_work(database_url, at=shanghai(14), team=team, rules=rules) as floor:
        lead_id = await floor.lead()
        shown = []
        for _ in range(3):
            shown = await floor.goes(minutes=10)
        assert "lijing" in [rep for rep, state, _ in await states(floor, lead_id) if state == "expired"]
        assert asked(shown) == ["root.admin"]


async def test_a_lead_that_moved_on_leaves_no_ladder_behind_even_if_it_comes_back(database_url: str) -> None:
    """Semantics 24, A3: a second review has one ladder of its own; the old one's timer does nothing."""
    async with at_work(database_url, at=shanghai(14)) as floor:
        lead_id = await _recalled(floor)
        await floor.goes(minutes=10)
        await floor.do(lambda desk: review.to_review(desk, desk.tx.lead(lead_id), "recalled"))
        assert asked(await floor.deliver()) == ["lijing"]
        assert asked(await floor.goes(minutes=5)) == []
        assert asked(await floor.goes(minutes=10)) == ["root.admin"]


async def test_a_card_of_a_lead_that_a_manager_has_given_away_is_not_sent(database_url: str) -> None:
    """Semantics 24: the first to act wins; a waiting card of a review that is over is dropped."""
    async with at_work(database_url, at=shanghai(14)) as floor:
        lead_id = await _recalled(floor)
        await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "e1", by="root.admin"))
        assert asked(await floor.deliver()) == []


async def test_without_any_manager_or_admin_the_operator_is_told_and_nothing_spins(database_url: str) -> None:
    """Nothing is lost in silence: an alarm says that nobody can be asked; it is looked at again every 15 minutes."""
    team = """
teams: [{id: east, name: 华东}]
reps: [{id: e1, name: 东一, team: east}]
"""
    rules = policy(rules="[{name: 其余, teams: [east]}]")
    async with at_work(database_url, at=shanghai(14), team=team, rules=rules) as floor:
        lead_id = await _recalled(floor)
        count = "SELECT count(*) FROM outbox WHERE kind = 'alert'"
        for _ in range(5):
            await floor.goes(minutes=1)
        alerts = await floor.runner.look(lambda desk: desk.tx.connection.exec_driver_sql(count).scalar())
        assert alerts == 1
        assert (await floor.row(lead_id)).state == "review"


async def test_a_manager_acts_on_leads_of_the_own_teams_and_the_one_who_gave_it_always(database_url: str) -> None:
    """Semantics 24: managers act on leads of the teams they manage, admins on all."""
    async with at_work(database_url, at=shanghai(14)) as floor:
        lead_id = await _recalled(floor)
        may = await floor.do(
            lambda desk: [
                review.may_act(desk, who, desk.tx.lead(lead_id)) for who in ("lijing", "chenmin", "root.admin", "e1")
            ]
        )
        assert may == [True, False, True, False]
        await floor.do(
            lambda desk: review.to_review(desk, desk.tx.lead(lead_id), "managers_offer_failed", responsible="chenmin")
        )
        assert await floor.do(lambda desk: review.may_act(desk, "chenmin", desk.tx.lead(lead_id)))


async def test_a_manager_s_offer_that_runs_out_comes_back_to_that_manager_first(database_url: str) -> None:
    """Semantics 23: its decline or time-out returns it to that manager's review."""
    rules = policy(rules="[{name: 其余, teams: [east]}]")
    async with at_work(database_url, at=shanghai(15, 10), rules=rules) as floor:
        lead_id = await floor.lead()
        await floor.do(lambda desk: manage.give(desk, desk.tx.lead(lead_id), "e1", by="chenmin"))
        await floor.deliver()
        assert asked(await floor.goes(minutes=10)) == ["chenmin"]
        assert (await floor.row(lead_id)).review_reason == "managers_offer_failed"
        assert asked(await floor.goes(minutes=15)) == ["lijing"]
