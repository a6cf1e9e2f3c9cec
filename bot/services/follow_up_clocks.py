"""The clocks of an owned lead: started at 接单, set back by every follow-up, stopped with the ownership.

Whatever changes what time will bring ends in `wind`, which says when to look at the lead next.
"""

from __future__ import annotations

from datetime import timedelta

from bot.services.desk import Desk
from bot.services.lead_facts import facts_to_decide
from bot.services.office import Office
from routing.follow_up import Due, OwnedLead, due_now, plan, rules_for
from store import follow_ups
from store.rows import LeadRow

#: How many owned leads one transaction lets be looked at again after a change of the rules: of a million, most are not in
#: memory, and a webhook that comes in meanwhile waits for them.
PAGE = 200


def begin(desk: Desk, row: LeadRow) -> None:
    """A rep owns the lead from now on; what an earlier owner did or wanted counts no more."""
    row.owned_at = row.quiet_since = row.looked_at = desk.now
    row.first_contact_at = row.last_follow_up_at = row.remind_again_at = row.parked_until = None
    row.parked_seconds = 0
    wind(desk, row)


def heard(desk: Desk, row: LeadRow) -> None:
    """The owner has followed up: everything counts from now on; a parked lead stays parked."""
    row.last_follow_up_at = desk.now
    row.first_contact_at = row.first_contact_at or desk.now
    if row.parked_until is None:
        row.quiet_since = row.looked_at = desk.now
    wind(desk, row)


def stop(row: LeadRow) -> None:
    """Nobody owns the lead any more, or it is closed."""
    row.look_at = row.parked_until = row.remind_again_at = None


def wind(desk: Desk, row: LeadRow) -> None:
    """Say when time will do something with an owned lead next."""
    done_until = row.looked_at or row.owned_at or desk.now
    todo, next_at = due_now(plan_of(desk, row), done_until=done_until, now=desk.now)
    row.look_at = desk.now if todo else next_at
    desk.tx.touch(row)


def plan_of(desk: Desk, row: LeadRow) -> tuple[Due, ...]:
    """Give everything that time alone will bring to an owned lead, under the policy in force."""
    office = desk.open_office
    rules = office.policy.follow_up
    if any(rule.when is not None for rule in rules.recycle):
        rules = rules_for(rules, facts_to_decide(office, row))
    owned_at = row.owned_at or row.received_at
    lead = OwnedLead(
        owned_at=owned_at,
        quiet_since=row.quiet_since or owned_at,
        contacted=row.last_follow_up_at is not None and row.last_follow_up_at >= owned_at,
        remind_again_at=row.remind_again_at,
        parked_until=row.parked_until,
        parked_for=timedelta(seconds=row.parked_seconds),
    )
    return plan(lead, rules, desk.schedule_of(row.owner or ""))


def in_force_anew(desk: Desk, before: Office | None) -> None:
    """Where other rules or shifts are in force than before, let every owned lead be looked at again, page by page."""
    after = desk.open_office
    same = before is not None and (before.policy.follow_up, before.schedules) == (
        after.policy.follow_up,
        after.schedules,
    )
    if not same and follow_ups.owned_from(desk.tx.connection, 0, limit=1):
        desk.tx.timer("look_again", desk.now, subject="0")


def look_again(desk: Desk, behind: int) -> None:
    """Let the next page of owned leads be looked at now, and say that another follows."""
    found = follow_ups.owned_from(desk.tx.connection, behind, limit=PAGE)
    follow_ups.look_at(desk.tx.connection, found, desk.now)
    if len(found) == PAGE:
        desk.tx.timer("look_again", desk.now, subject=str(found[-1]))
