"""Hot leads and their breaker: what moves it, who is told, and which leads go first while it is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from bot.services import breaker_state, drain_passes, texts_breaker
from bot.services.board import Board
from bot.services.desk import Desk
from routing import breaker
from routing.breaker import Cause, Moved, Phase, Switch
from routing.policy import MILLION, Hot
from store import breaker_switches, versions
from store.breaker_switches import SwitchRow
from store.outbox import Urgency
from store.rows import LeadRow

#: Name in `service_state` of the moment for which the breaker's timer is set.
_LOOKS_AT = "breaker_looks_at"
_SYSTEM = "system"


def arrived(desk: Desk, rows: Sequence[LeadRow]) -> None:
    """Count new leads that are hot; the one that makes a surge of them is decided with the breaker open."""
    hot = None if desk.office is None else desk.office.policy.hot
    count = 0 if hot is None else sum(row.state == "received" and row.score >= hot.score for row in rows)
    if hot is not None and count:
        _take(desk, hot, breaker.arrive(breaker_state.load(desk), hot, breaker_state.at(desk), count=count))


def answered(desk: Desk, row: LeadRow) -> None:
    """Count how long a hot lead took from its first offer until somebody had it, or until all its rounds were over."""
    hot = desk.open_office.policy.hot
    if hot is None or hot.slow_acknowledge is None or row.score < hot.score:
        return
    first: datetime | None = None
    for offer in desk.tx.offers_of([row.lead_id])[row.lead_id]:
        # What was offered before an earlier owner had it is another story.
        ended = offer.state == "accepted" and offer.answered_at != desk.now
        first = None if ended else first or offer.offered_at
    seconds = 0 if first is None else (desk.now - first) // timedelta(seconds=1)
    known = breaker_state.load(desk)
    _take(desk, hot, breaker.answer(known, hot, breaker_state.at(desk), seconds=seconds))


def look(desk: Desk) -> None:
    """Let time do what it does: half open, closed; called by the timer, by the auditor, and when the policy has changed."""
    if desk.office is None or not breaker_state.is_known_open(desk):
        return
    desk.tx.standings()
    known, hot = breaker_state.load(desk), desk.office.policy.hot
    if hot is None:
        _take(desk, Hot(), breaker.switched_off(known))
    elif known.phase is not Phase.CLOSED:
        _take(desk, hot, breaker.look(known, hot, breaker_state.at(desk)))


def switch_by_hand(desk: Desk, *, opens: bool, by: str) -> bool:
    """Open or close it by a manager's word; False where it stands so already, or the policy has none."""
    desk.tx.standings()
    hot = desk.open_office.policy.hot
    if hot is None:
        return False
    moved = breaker.by_hand(breaker_state.load(desk), hot, breaker_state.at(desk), opens=opens)
    _take(desk, hot, moved, by=by)
    return any(switch.cause is Cause.MANAGER for switch in moved[1])


def hot_first(desk: Desk, rows: Sequence[LeadRow]) -> tuple[list[LeadRow], list[LeadRow]]:
    """Part leads into those that are decided first and those that wait for them: the cold, while the breaker is open."""
    hot = breaker_state.hot_while_open(desk)
    if hot is None:
        return list(rows), []
    return [row for row in rows if row.score >= hot.score], [row for row in rows if row.score < hot.score]


def _take(desk: Desk, hot: Hot, moved: Moved, *, by: str = _SYSTEM) -> None:
    """Store where the breaker stands now, and carry out each switch on the way there."""
    known, switches = moved
    if known == breaker_state.load(desk):
        return
    breaker_state.keep(desk, known)
    for switch in switches:
        _switched(desk, hot, switch, by if switch.cause is Cause.MANAGER else _SYSTEM)
    if switches:
        board = desk.notes.get("board")
        if isinstance(board, Board):
            board.follow_breaker()
        # Capacities have changed, or the cold need wait no longer.
        drain_passes.wake(desk, at_once=True)
    _set_timer(desk, hot)


def _switched(desk: Desk, hot: Hot, switch: Switch, by: str) -> None:
    """Write a switch down and tell the managers, once."""
    numbers = asdict(switch.numbers)
    version = desk.open_office.policy.version
    row = SwitchRow(desk.now, switch.before.value, switch.after.value, switch.cause.value, by, version, numbers)
    breaker_switches.add(desk.tx.connection, row)
    roster = desk.open_office.roster
    managers = [person for team in roster.teams.values() for person in team.managers]
    for person in dict.fromkeys(managers or roster.admins):
        locale = desk.locale_of(person)
        why = texts_breaker.CAUSES[switch.cause].say(
            locale, minutes=_minutes(hot.within), count=switch.numbers.count, usual=switch.numbers.usual / MILLION,
            over=hot.slow_over, p90=switch.numbers.p90_seconds or 0, calm=_minutes(hot.calm_for),
            hours=hot.at_most / timedelta(hours=1), name=desk.open_office.name_of(by),
        )  # fmt: skip
        desk.tell(person, texts_breaker.SWITCHED[switch.after], urgency=Urgency.CARD, why=why)


def _minutes(length: timedelta) -> float:
    return length / timedelta(minutes=1)


def _set_timer(desk: Desk, hot: Hot) -> None:
    """See to it that somebody looks when time alone may switch it; one timer does for the next such moment."""
    at = breaker.next_look(breaker_state.load(desk), hot, breaker_state.at(desk))
    if at is None:
        return
    moment = max(breaker_state.moment_of(at), desk.now)
    known = versions.state(desk.tx.connection, _LOOKS_AT)
    if known is not None and desk.now < datetime.fromisoformat(known) <= moment:
        return
    versions.set_state(desk.tx.connection, _LOOKS_AT, moment.isoformat(), desk.now)
    desk.tx.timer("breaker", moment)
