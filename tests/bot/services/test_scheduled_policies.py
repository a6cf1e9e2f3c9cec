"""Policies that come into force by themselves: once, checked again, and never over what they would break (B-14)."""

import pytest

from bot.services.desk import Desk
from bot.services.publish import NeedsReason, import_team, publish_policy
from bot.services.runner import Runner
from bot.services.scheduled_policies import NoLongerWaiting, NotAMoment, Scheduled, cancel, schedule_policy
from routing.errors import FileRefused
from store import scheduled_policies as stored
from store import versions
from store.errors import NotFound
from store.scheduled_policies import ScheduledPolicy
from tests.bot.services.given import policy, running, shanghai
from tests.support.office import TEAM, Company

NEW = policy(capacity="{open: 7}")
#: The floor's clock begins on a Monday at ten in Shanghai.
NOON = "2026-03-02 12:00"
#: One team more, and a policy that needs it.
WITH_SOUTH = TEAM.replace(
    "admins:", "  - {id: south, name: 华南, managers: [lijing], timezone: Asia/Shanghai}\nadmins:"
)
WITH_SOUTH += "  - {id: sun, name: 孙七, team: south}\n"
FOR_SOUTH = policy(rules="[{name: 华南, when: {province: [广东]}, teams: [south]}, {name: 其余, teams: [east, north]}]")


async def _schedule(floor: Company, text: str = NEW, at: str = NOON, reason: str | None = "t") -> Scheduled:
    return await floor.do(lambda desk: schedule_policy(desk, text, at=at, author="cli:boss", reason=reason))


async def _in_force(floor: Company) -> tuple[int, int | None]:
    def look(desk: Desk) -> tuple[int, int | None]:
        return desk.open_office.policy.version, desk.open_office.policy.capacity.open

    return await floor.runner.look(look)


async def _kept(floor: Company, number: int) -> ScheduledPolicy:
    return await floor.runner.look(lambda desk: stored.get(desk.tx.connection, number))


async def test_b14_it_comes_into_force_at_its_moment_and_not_before(floor: Company) -> None:
    """B-14: at the minute that was named, on the clock of the policy's own zone, by who asked for it and why."""
    done = await _schedule(floor, reason="spring")
    floor.clock.moment = shanghai(11, 59, second=59)
    await floor.ticks()
    before = await _in_force(floor)
    floor.clock.moment = shanghai(12)
    await floor.ticks()

    assert (done.number, done.due_at) == (1, shanghai(12))
    assert (before, await _in_force(floor)) == ((1, 20), (2, 7))
    found = await _kept(floor, 1)
    assert (found.state, found.version, found.ended_at) == ("published", 2, shanghai(12))
    version = await floor.runner.look(lambda desk: versions.policy(desk.tx.connection, 2))
    assert (version.author, version.reason, version.source_text) == ("cli:boss", "spring", NEW)
    told = floor.texts(floor.messenger.shown, "root.admin")
    assert [text for text in told if "s1" in text and "第 2 版" in text]


async def test_it_happens_once_across_restarts_and_clocks_that_jump(floor: Company) -> None:
    """A service that was down at the moment publishes at its start; a clock set back, then on again, changes nothing."""
    await _schedule(floor)
    started_later = Company(Runner(floor.runner.database, floor.runner.keys, floor.clock), floor.clock)
    floor.clock.moment = shanghai(15)
    await started_later.ticks()
    assert await _in_force(started_later) == (2, 7)
    for moment in (shanghai(11), shanghai(13), shanghai(9), shanghai(12, day=3)):
        floor.clock.moment = moment
        await floor.ticks()
        again = Company(Runner(floor.runner.database, floor.runner.keys, floor.clock), floor.clock)
        await again.ticks()
        assert await _in_force(again) == (2, 7)


async def test_a_repeated_timer_publishes_nothing_again(floor: Company) -> None:
    """What happened is known by the policy's own state, in the transaction that published it; the timer only wakes."""
    await _schedule(floor)
    floor.clock.moment = shanghai(12)
    await floor.ticks()
    await floor.do(lambda desk: publish_policy(desk, policy(capacity="{open: 9}"), author="t", reason="t"))
    await floor.do(lambda desk: desk.tx.timer("publish_policy", desk.now, subject="1"))
    await floor.ticks()

    assert await _in_force(floor) == (3, 9)


async def test_a_running_offer_keeps_its_version(floor: Company) -> None:
    """Invariant 6: who is being asked when the new one comes into force answers under the old one."""
    longer = policy(acknowledge="{within: 20m, clock: always}")
    await _schedule(floor, longer)
    floor.clock.moment = shanghai(11, 55)
    lead_id = await floor.lead()
    deadline = (await running(floor, lead_id)).deadline_at
    floor.clock.moment = shanghai(12)
    await floor.ticks()
    offer, later = await running(floor, lead_id), await running(floor, await floor.lead())

    assert (offer.policy_version, offer.deadline_at, offer.within_seconds) == (1, deadline, 600)
    assert (later.policy_version, later.within_seconds) == (2, 1200)


async def test_a_policy_that_no_longer_fits_the_team_is_refused_with_an_alarm(floor: Company) -> None:
    """Checked again when it comes into force: the team has changed, so the old one stays, and somebody is told."""
    await floor.do(lambda desk: import_team(desk, WITH_SOUTH, author="t"))
    done = await _schedule(floor, FOR_SOUTH)
    await floor.do(lambda desk: import_team(desk, TEAM, author="t", retire_missing=True))
    floor.clock.moment = shanghai(12)
    await floor.ticks()
    floor.later(minutes=5)
    await floor.ticks()

    found = await _kept(floor, done.number)
    assert (found.state, found.version) == ("refused", None)
    assert any("south" in problem for problem in found.problems)
    assert await _in_force(floor) == (1, 20)
    alarms = [text for text in floor.texts(floor.messenger.shown, "root.admin") if "没有生效" in text]
    assert len(alarms) == 1
    assert "south" in alarms[0]


async def test_it_can_be_called_off_until_its_moment(floor: Company) -> None:
    """Cancelled, it never comes into force; afterwards it is too late, and what never was can't be cancelled."""
    first, second = await _schedule(floor), await _schedule(floor, policy(capacity="{open: 8}"), "2026-03-02 12:30")
    await floor.do(lambda desk: cancel(desk, first.number, by="cli:boss"))
    floor.clock.moment = shanghai(12, 10)
    await floor.ticks()
    between = await _in_force(floor)
    floor.clock.moment = shanghai(12, 30)
    await floor.ticks()

    assert (first.number, second.number) == (1, 2)
    assert (between, await _in_force(floor)) == ((1, 20), (2, 8))
    found = await _kept(floor, 1)
    assert (found.state, found.ended_by, found.version) == ("cancelled", "cli:boss", None)
    for number in (1, 2):
        with pytest.raises(NoLongerWaiting):
            await floor.do(lambda desk, number=number: cancel(desk, number, by="t"))  # type: ignore[misc]
    with pytest.raises(NotFound):
        await floor.do(lambda desk: cancel(desk, 3, by="t"))


@pytest.mark.parametrize("at", ["2026-03-02 10:00", "2026-03-02 09:59", "2026-03-01", "noon", "", "2026-13-01 09:00"])
async def test_a_moment_that_is_past_or_none_is_refused(floor: Company, at: str) -> None:
    """Nothing is kept that could never come, or would come at once by mistake."""
    with pytest.raises(NotAMoment):
        await _schedule(floor, at=at)
    assert await floor.runner.look(lambda desk: stored.waiting(desk.tx.connection)) == []


async def test_a_moment_may_name_its_offset(floor: Company) -> None:
    """Who writes from another zone says so."""
    assert (await _schedule(floor, at="2026-03-02T12:00:00+06:00")).due_at == shanghai(14)


async def test_what_is_scheduled_is_checked_as_of_its_day(floor: Company) -> None:
    """A certificate that is valid today and not then is an error now, not at midnight."""
    team = TEAM.replace(
        "name: 赵六, team: north}", "name: 赵六, team: north, certificates: [{name: 备案, valid: ..2026-03-05}]}"
    )
    rules = policy(
        rules="[{name: 华北, teams: [north], when: {province: 北京}, require: {certificates: [备案]}}, {name: 其余, teams: [east]}]"
    )
    await floor.do(lambda desk: import_team(desk, team, author="t"))

    assert (await _schedule(floor, rules, "2026-03-05 23:59")).number == 1
    with pytest.raises(FileRefused, match="备案"):
        await _schedule(floor, rules, "2026-03-06 00:00")
    floor.later(days=4)
    with pytest.raises(FileRefused, match="备案"):
        await floor.do(lambda desk: publish_policy(desk, rules, author="t", reason="t"))


async def test_warnings_need_a_reason_when_it_is_scheduled(floor: Company) -> None:
    """Semantics 52: nobody is there at its moment to give one."""
    doubtful = policy(acknowledge="{within: 10m, remind: [5m, 10m], clock: always}")
    with pytest.raises(NeedsReason):
        await _schedule(floor, doubtful, reason=None)
    await _schedule(floor, doubtful, reason="known")
    floor.later(hours=3)
    await floor.ticks()
    assert (await _in_force(floor))[0] == 2


async def test_the_first_policy_of_an_installation_may_be_scheduled(empty_floor: Company) -> None:
    """Before anything is in force, leads wait; at the moment they are decided."""
    lead_id = await empty_floor.lead()
    await _schedule(empty_floor)
    empty_floor.clock.moment = shanghai(12)
    await empty_floor.ticks()

    assert (await empty_floor.row(lead_id)).state == "offered"
