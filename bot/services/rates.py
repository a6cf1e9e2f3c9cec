"""Win rates by segment: which segments are counted, and counting those anew that a policy asks for the first time.

A lead that is closed is counted in the segments of the policy in force. When a policy asks for another segment, what was
closed before is counted page by page, in the order of the leads' ids, each page in a transaction of its own; until it
is through, nobody's rate in that segment counts, as if nothing had been closed in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.services.desk import Desk
from bot.services.lead_facts import facts_to_decide
from bot.services.office import Office
from routing.fit import segment_value
from routing.policy import FactorKind, Policy
from store import Connection, leads, rate_counts, versions
from store.rows import LeadRow

TIMER = "recount_rates"
#: Opening a lead takes some fifty microseconds of the only writer.
PAGE = 200
_STATE = "rate_segments"
_CLOSED = frozenset({"won", "lost"})


@dataclass(frozen=True, slots=True)
class Recount:
    """How far counting anew has come: leads up to the id `after` have been looked at, of all up to `last`."""

    segments: tuple[str, ...]
    after: int
    last: int


def segments_of(office: Office, row: LeadRow) -> dict[str, str]:
    """Give the lead's value of each segment that a rate of the policy asks for; segments that it lacks are left out."""
    facts, found = facts_to_decide(office, row), dict[str, str]()
    for factor in office.policy.factors:
        if factor.kind is FactorKind.RATE and factor.segment:
            value = segment_value(office.policy, factor, facts)
            if value is not None:
                found[factor.segment] = str(value)
    return found


def segments_to_count(desk: Desk, row: LeadRow) -> dict[str, str]:
    """Give the segments in which a lead that is closed now is to be counted: not those in which the recount will find it."""
    segments, state = segments_of(desk.open_office, row), _read(desk.tx.connection)
    if row.lead_id <= state["after"]:
        return segments
    return {segment: value for segment, value in segments.items() if segment not in state["pending"]}


def pending(connection: Connection) -> frozenset[str]:
    """Name the segments that are being counted anew."""
    return frozenset(_read(connection)["pending"])


def recount_of(connection: Connection) -> Recount | None:
    """Say how far counting anew has come, None where nothing is to be counted."""
    state = _read(connection)
    if not state["pending"]:
        return None
    return Recount(tuple(sorted(state["pending"])), state["after"], rate_counts.last_lead(connection))


def follow_policy(desk: Desk, *, most: int = PAGE) -> None:
    """Begin to count what the policy in force asks for and nobody has counted; histories of one page are through at once."""
    desk.tx.lock_standings()
    state, wanted = _read(desk.tx.connection), _wanted(desk.open_office.policy)
    kept = {segment: mark for segment, mark in state["kept"].items() if wanted.get(segment) == mark}
    asked = {segment: mark for segment, mark in wanted.items() if segment not in kept}
    if state["pending"] == asked and state["kept"] == kept:
        return
    rate_counts.drop(desk.tx.connection, asked)
    _keep(desk, kept, asked, 0)
    if asked:
        go_on(desk, most=most)


def go_on(desk: Desk, *, most: int = PAGE) -> None:
    """Count the next page, of `most` leads; a timer follows until all have been looked at."""
    desk.tx.lock_standings()
    connection, state = desk.tx.connection, _read(desk.tx.connection)
    if not state["pending"]:
        return
    found = rate_counts.page(connection, state["after"], most)
    closed = [lead_id for lead_id, lead_state in found if lead_state in _CLOSED]
    rate_counts.add(connection, _counted(desk, closed, frozenset(state["pending"])))
    if len(found) < most:
        _keep(desk, {**state["kept"], **state["pending"]}, {}, 0)
        return
    _keep(desk, state["kept"], state["pending"], found[-1][0])
    desk.tx.timer(TIMER, desk.now)


def _counted(desk: Desk, lead_ids: list[int], segments: frozenset[str]) -> rate_counts.Counts:
    counts: dict[tuple[str, str, str], tuple[int, int]] = {}
    for row in leads.load(desk.tx.connection, lead_ids, desk.tx.keys, lock=False).values():
        for segment, value in segments_of(desk.open_office, row).items():
            if segment in segments and row.owner is not None:
                wins, closed = counts.get((row.owner, segment, value), (0, 0))
                counts[row.owner, segment, value] = wins + (row.state == "won"), closed + 1
    return counts


def _wanted(policy: Policy) -> dict[str, str]:
    """Give segment -> what its values depend on beside the lead: other bounds or another zone make other values."""
    marks = {"price_band": ",".join(map(str, policy.price_bands))}
    return {
        factor.segment: marks.get(factor.segment, policy.timezone if factor.segment.startswith("trait.") else "")
        for factor in policy.factors
        if factor.kind is FactorKind.RATE and factor.segment
    }


def _read(connection: Connection) -> Mapping[str, Any]:
    return versions.state(connection, _STATE) or {"kept": {}, "pending": {}, "after": 0}


def _keep(desk: Desk, kept: Mapping[str, str], pending_: Mapping[str, str], after: int) -> None:
    state = {"kept": dict(kept), "pending": dict(pending_), "after": after}
    versions.set_state(desk.tx.connection, _STATE, state, desk.now)
