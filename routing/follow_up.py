"""What an owned lead needs after 接单, and when: reminders, the ladder, warnings, recycling. Pure: `now` is an argument.

Two clocks run. Reminders and the ladder count from 接单 and stop at the first contact. The recycle rules count from
whatever was heard last, or from 接单 where they wait for a close; the time for which a lead was parked is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from routing.durations import format_duration
from routing.lead import Facts
from routing.policy import Duration, FollowUp, RecycleRule
from routing.working_time import Schedule, after


class Need(StrEnum):
    """What to do with an owned lead."""

    BACK = "back"  # the day has come until which it was parked
    REMIND = "remind"
    TELL_REP = "tell_rep"
    TELL_MANAGER = "tell_manager"
    WARN = "warn"
    RECYCLE = "recycle"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do, and when.

    Attributes:
        need: what.
        at: from when on; aware.
        code: why, as it is stored: `cold_45d`, `overdue_7d`, `open_180d`.
        to: where a recycled lead goes, `pool` or `review`.
        ends_at: of a warning, when the lead will be recycled.
    """

    need: Need
    at: datetime
    code: str = ""
    to: str | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedLead:
    """An owned lead as far as its clocks go. Moments are aware.

    Attributes:
        owned_at: when this owner accepted it.
        quiet_since: since when nothing has been heard: 接单, the last follow-up, or the end of parking.
        contacted: this owner has noted a follow-up.
        remind_again_at: the owner wants to be reminded then, and not before.
        parked_until: the customer wants to be left alone until then.
        parked_for: how long this owner has had it parked so far, in all.
    """

    owned_at: datetime
    quiet_since: datetime
    contacted: bool
    remind_again_at: datetime | None = None
    parked_until: datetime | None = None
    parked_for: timedelta = timedelta(0)


def rules_for(follow_up: FollowUp, facts: Facts) -> FollowUp:
    """Leave out the recycle rules that are not this lead's: of one clock the first whose condition is true counts."""
    if all(rule.when is None for rule in follow_up.recycle):
        return follow_up
    holding = [rule for rule in follow_up.recycle if rule.when is None or rule.when.holds(facts) is True]
    return replace(follow_up, recycle=tuple(holding))


def plan(lead: OwnedLead, follow_up: FollowUp, schedule: Schedule) -> tuple[Due, ...]:
    """Give everything that time alone will bring, in order; a parked lead only comes back.

    Args:
        lead: where it stands.
        follow_up: what the policy says, narrowed by `rules_for` to this lead.
        schedule: of the owner, for times that count only on duty.
    """
    if lead.parked_until is not None:
        return (Due(Need.BACK, lead.parked_until),)
    found = [*_reminders(lead, follow_up, schedule), *_recycling(lead, follow_up.recycle, schedule)]
    if not lead.contacted:
        found += _ladder(lead, follow_up, schedule)
    return tuple(sorted(found, key=lambda due: due.at))


def due_now(plan: Iterable[Due], *, done_until: datetime, now: datetime) -> tuple[list[Due], datetime | None]:
    """Give what is to be done at `now`, and when to look again if nothing happens before (None: never).

    What came due by `done_until` has been done, but for recycling: a lead that is due for it goes, and nothing else is
    said about it. After a pause of ours several of one kind are one.
    """
    ordered = sorted(plan, key=lambda due: due.at)
    gone = next((due for due in ordered if due.need is Need.RECYCLE and due.at <= now), None)
    if gone is not None:
        return [gone], None
    last = {due.need: due for due in ordered if done_until < due.at <= now or (due.need is Need.BACK and due.at <= now)}
    return list(last.values()), next((due.at for due in ordered if due.at > now), None)


def _reminders(lead: OwnedLead, follow_up: FollowUp, schedule: Schedule) -> list[Due]:
    """Give the reminders of the first contact; 稍后 drops those before its moment and adds one of its own."""
    wanted = () if lead.contacted else follow_up.remind
    moments = [moment for length in wanted if (moment := after(schedule, lead.owned_at, length)) is not None]
    if lead.remind_again_at is not None:
        moments = [lead.remind_again_at, *(moment for moment in moments if moment > lead.remind_again_at)]
    return [Due(Need.REMIND, moment) for moment in moments]


def _ladder(lead: OwnedLead, follow_up: FollowUp, schedule: Schedule) -> list[Due]:
    found = []
    for step in follow_up.ladder:
        moment = after(schedule, lead.owned_at, step.after)
        if moment is None:
            continue
        need = Need.RECYCLE if step.to else Need.TELL_REP if step.tell == "rep" else Need.TELL_MANAGER
        found.append(Due(need, moment, _code("overdue", step.after), step.to))
    return found


def _recycling(lead: OwnedLead, rules: Sequence[RecycleRule], schedule: Schedule) -> list[Due]:
    found: list[Due] = []
    for until_closed in (False, True):
        rule = next((rule for rule in rules if rule.until_closed == until_closed), None)
        since = lead.owned_at + lead.parked_for if until_closed else lead.quiet_since
        ends_at = after(schedule, since, rule.after) if rule is not None else None
        if rule is None or ends_at is None:
            continue
        code = _code("open" if until_closed else "cold", rule.after)
        found.append(Due(Need.RECYCLE, ends_at, code, rule.to))
        warnings = (after(schedule, since, length) for length in rule.warn)
        found += [Due(Need.WARN, moment, code, ends_at=ends_at) for moment in warnings if moment is not None]
    return found


def _code(why: str, length: Duration) -> str:
    return f"{why}_{format_duration(length)}".replace(" ", "_")
