"""Policies that come into force by themselves at a moment to come: `paidan policy publish FILE --at '2026-12-01 09:00'`.

The moment is a timer row, so that it survives restarts; the state of the scheduled policy, changed in the transaction
that publishes it, makes it happen once, whatever clocks do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.services import publish, texts_policy
from bot.services.desk import Desk
from routing.errors import FileRefused, Problem
from routing.policy_file import Surroundings, load_policy
from store import scheduled_policies, timers
from store.rows import TimerRow
from store.scheduled_policies import ScheduledPolicy

TIMER = "publish_policy"


class NotAMoment(Exception):
    """What should say when a policy comes into force is no moment to come; the text says why."""


class NoLongerWaiting(Exception):
    """A scheduled policy has come into force, was refused or cancelled already."""

    def __init__(self, found: ScheduledPolicy) -> None:
        """Keep what it has become."""
        super().__init__(found.state)
        self.found = found


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A policy that waits for its moment; `zone` is that of the policy, in which the moment was written."""

    number: int
    due_at: datetime
    zone: str
    warnings: tuple[Problem, ...]


def schedule_policy(desk: Desk, text: str, *, at: str, author: str, reason: str | None) -> Scheduled:
    """Check a policy as of its day and keep it until its moment; what is in force stays until then.

    Args:
        desk: the transaction.
        text: YAML.
        at: as `2026-12-01 09:00`, on the clock of the policy's own zone, or ISO 8601 with an offset.
        author: who asks for it.
        reason: why; needed where there are warnings.

    Raises:
        FileRefused: it has errors.
        NeedsReason: it has warnings and no reason was given.
        NotAMoment: `at` can't be read, or is past.
    """
    roster = publish.roster_in_force(desk)
    zone = load_policy(text, roster=roster).policy.timezone
    due_at = _moment(at, ZoneInfo(zone))
    if due_at <= desk.now:
        msg = f"{at} is past; publish without --at"
        raise NotAMoment(msg)
    loaded = load_policy(text, surroundings=Surroundings(roster, at=due_at))
    if loaded.warnings and not reason:
        raise publish.NeedsReason(loaded.warnings)
    number = scheduled_policies.add(
        desk.tx.connection, text, due_at=due_at, author=author, reason=reason or "", now=desk.now
    )
    desk.tx.timer(TIMER, due_at, subject=str(number))
    return Scheduled(number, due_at, zone, loaded.warnings)


def cancel(desk: Desk, number: int, *, by: str) -> None:
    """Call a scheduled policy off; what is in force stays.

    Raises:
        NotFound: there is no such.
        NoLongerWaiting: it is too late.
    """
    found = scheduled_policies.get(desk.tx.connection, number)
    if found.state != scheduled_policies.WAITING:
        raise NoLongerWaiting(found)
    scheduled_policies.cancelled(desk.tx.connection, number, by, desk.now)
    timers.remove_subject(desk.tx.connection, TIMER, str(number))


def come_into_force(desk: Desk, timer: TimerRow) -> None:
    """Publish a scheduled policy whose moment has come, once; refused by the team of today, it stays out of force."""
    connection = desk.tx.connection
    found = scheduled_policies.get(connection, int(timer.subject or 0))
    if found.state != scheduled_policies.WAITING:
        return
    name = f"s{found.number}"
    try:
        # Without a reason of its own it had no warnings when it was checked; new ones are told, not refused.
        done = publish.publish_policy(
            desk, found.source_text, author=found.author, reason=found.reason or f"scheduled as {name}"
        )
    except FileRefused as refused:
        problems = [str(problem) for problem in refused.problems]
        scheduled_policies.refused(connection, found.number, problems, desk.now)
        desk.alarm("scheduled_policy_refused", texts_policy.REFUSED, name=name, problem=problems[0])
        return
    scheduled_policies.published(connection, found.number, done.version, desk.now)
    if desk.office is not None:
        words = texts_policy.IN_FORCE_WITH_WARNINGS if done.warnings else texts_policy.IN_FORCE
        for admin in desk.office.roster.admins:
            desk.tell(admin, words, name=name, version=done.version, count=len(done.warnings))


def _moment(at: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(at.strip())
    except ValueError:
        msg = f"«{at}» is no moment; write it as 2026-12-01 09:00"
        raise NotAMoment(msg) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
