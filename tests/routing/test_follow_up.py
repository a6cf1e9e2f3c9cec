"""What time brings to an owned lead: two clocks, to the second, and nothing twice."""

from datetime import UTC, datetime, timedelta

import pytest

from routing.follow_up import Due, Need, OwnedLead, due_now, plan, rules_for
from routing.policy import Duration, FollowUp, LadderStep, RecycleRule
from routing.roster import Shift, Span
from routing.working_time import Schedule
from tests.routing.given import when

ALWAYS = Schedule(None, "Asia/Shanghai")
#: Nine to twelve and one to six, Monday to Friday.
HOURS = (Span(540, 720), Span(780, 1080))
OFFICE = Schedule(Shift("day", (*(HOURS,) * 5, (), ()), HOURS), "Asia/Shanghai")
#: A Monday, 10:00 in Shanghai.
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SECOND = timedelta(seconds=1)
COLD = RecycleRule("冷线索", None, Duration(45 * DAY), False, (Duration(38 * DAY), Duration(44 * DAY)), "pool")
OPEN = RecycleRule("久未成交", None, Duration(180 * DAY), True, (), "review")
RULES = FollowUp(
    remind=(Duration(2 * HOUR), Duration(8 * HOUR, at_work=True)),
    ladder=(
        LadderStep(Duration(3 * DAY), tell="rep"),
        LadderStep(Duration(5 * DAY), tell="manager"),
        LadderStep(Duration(7 * DAY), to="pool"),
    ),
    recycle=(COLD, OPEN),
)


def owned(**more: object) -> OwnedLead:
    """Give a lead accepted now."""
    given: dict[str, object] = {"owned_at": NOW, "quiet_since": NOW, "contacted": False}
    return OwnedLead(**(given | more))  # type: ignore[arg-type]


def told(found: tuple[Due, ...]) -> list[tuple[str, timedelta, str]]:
    """Give need, time since 接单 and code."""
    return [(due.need.value, due.at - NOW, due.code) for due in found]


def test_until_the_first_contact_the_owner_is_reminded_and_the_ladder_climbs() -> None:
    """B-30, the 3/5/7-day ladder: both count from 接单, `work 8h` in the owner's hours."""
    found = told(plan(owned(), RULES, OFFICE))
    # Monday ten to twelve and one to six are seven hours; the eighth ends on Tuesday at ten.
    assert found[:5] == [
        ("remind", 2 * HOUR, ""), ("remind", DAY, ""), ("tell_rep", 3 * DAY, "overdue_3d"),
        ("tell_manager", 5 * DAY, "overdue_5d"), ("recycle", 7 * DAY, "overdue_7d"),
    ]  # fmt: skip


def test_b06_after_the_first_contact_only_the_recycle_rules_count() -> None:
    """B-06: 45 days from the last follow-up with warnings at 38 and 44; 180 days from 接单 whatever was followed up."""
    lead = owned(contacted=True, quiet_since=NOW + 10 * DAY)
    assert told(plan(lead, RULES, OFFICE)) == [
        ("warn", 48 * DAY, "cold_45d"), ("warn", 54 * DAY, "cold_45d"), ("recycle", 55 * DAY, "cold_45d"),
        ("recycle", 180 * DAY, "open_180d"),
    ]  # fmt: skip


def test_b06_a_lead_is_recycled_at_its_second_and_not_a_second_before() -> None:
    """B-06: last follow-up on 10 January at 10:00:00; on 24 February at 09:59:59 it is still owned."""
    heard = datetime(2026, 1, 10, 2, tzinfo=UTC)
    found = plan(owned(owned_at=heard - DAY, quiet_since=heard, contacted=True), RULES, OFFICE)
    end = datetime(2026, 2, 24, 2, tzinfo=UTC)
    before = due_now(found, done_until=end - DAY, now=end - SECOND)
    assert before == ([], end)
    todo, again = due_now(found, done_until=end - SECOND, now=end)
    assert ([(due.need, due.to) for due in todo], again) == ([(Need.RECYCLE, "pool")], None)


def test_what_has_been_done_is_not_done_again_and_what_piled_up_is_one() -> None:
    """A second pass changes nothing; after a stop of ours two reminders are one."""
    found = plan(owned(), RULES, OFFICE)
    todo, again = due_now(found, done_until=NOW, now=NOW + 2 * DAY)
    assert ([due.need for due in todo], again) == ([Need.REMIND], NOW + 3 * DAY)
    assert due_now(found, done_until=NOW + 2 * DAY, now=NOW + 2 * DAY) == ([], NOW + 3 * DAY)
    # A clock that is set back only waits.
    assert due_now(found, done_until=NOW + 2 * DAY, now=NOW + DAY)[0] == []


def test_a_lead_that_goes_is_not_reminded_of_as_well() -> None:
    """Whoever loses a lead needs no reminder of it, nor a warning."""
    todo, again = due_now(plan(owned(), RULES, OFFICE), done_until=NOW, now=NOW + 60 * DAY)
    assert ([due.need for due in todo], again) == ([Need.RECYCLE], None)


def test_a_shorter_rule_takes_effect_though_its_moment_has_been_passed() -> None:
    """A policy that recycles after 7 days finds the lead that was looked at on its ninth."""
    todo, _ = due_now(plan(owned(), RULES, OFFICE), done_until=NOW + 9 * DAY, now=NOW + 9 * DAY)
    assert [due.code for due in todo] == ["overdue_7d"]


def test_later_drops_the_reminders_before_it_and_moves_nothing_else() -> None:
    """Semantics 19: 稍后 on an owned lead moves the next reminder, never the ladder or recycling."""
    plain, later = told(plan(owned(), RULES, OFFICE)), told(plan(owned(remind_again_at=NOW + 5 * HOUR), RULES, OFFICE))
    assert [item for item in later if item[0] == "remind"] == [("remind", 5 * HOUR, ""), ("remind", DAY, "")]
    assert [item for item in later if item[0] != "remind"] == [item for item in plain if item[0] != "remind"]


def test_a_parked_lead_only_comes_back() -> None:
    """«客户约 3 月再谈»: no reminder, no ladder, no recycling until that day; afterwards the parked time is left out."""
    until = NOW + 300 * DAY
    found = plan(owned(parked_until=until), RULES, OFFICE)
    assert [(due.need, due.at) for due in found] == [(Need.BACK, until)]
    assert due_now(found, done_until=NOW, now=until - SECOND) == ([], until)
    back = plan(owned(contacted=True, quiet_since=until, parked_for=300 * DAY), RULES, OFFICE)
    assert told(back)[-1] == ("recycle", 480 * DAY, "open_180d")


@pytest.mark.parametrize(
    ("facts", "days"),
    [({"product": "CT"}, 90), ({"product": "软件"}, 45), ({}, 45)],
    ids=["its own", "another", "unknown"],
)
def test_b06_a_recycle_rule_may_be_of_some_leads_only(facts: dict[str, str], days: int) -> None:
    """B-06: 45 days is per lead class; the first entry of a clock whose condition is true counts, unknown is not true."""
    slow = RecycleRule("大设备", when(product="CT"), Duration(90 * DAY), False, (), "pool")
    rules = rules_for(FollowUp(recycle=(slow, COLD, OPEN)), facts)
    assert told(plan(owned(contacted=True), rules, ALWAYS))[-2:] == [
        ("recycle", days * DAY, f"cold_{days}d"), ("recycle", 180 * DAY, "open_180d"),
    ]  # fmt: skip


def test_a_time_on_duty_that_never_comes_is_no_time() -> None:
    """Somebody without any duty is not recycled by working hours; the other clocks go on."""
    nobody = Schedule(Shift("never", ((),) * 7, ()), "Asia/Shanghai")
    needs = [
        due.need for due in plan(owned(), FollowUp(remind=(Duration(HOUR, at_work=True),), recycle=(OPEN,)), nobody)
    ]
    assert needs == [Need.RECYCLE]
