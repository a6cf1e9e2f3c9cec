"""领取: a rep takes a lead out of the pool, inside the policy's limits; of several at once exactly one has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.services import follow_up_clocks
from bot.services.assign import Ask, board_of, question_of
from bot.services.desk import Desk
from bot.services.duty_hours import first_contact_by
from routing.decision import Reason
from routing.eligibility import matching_rule
from routing.lifecycle import LeadState, move_lead
from routing.policy import Require
from routing.reps_table import FINE
from routing.working_time import after
from store import follow_ups, people, pool
from store.follow_ups import PoolUse
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow, OfferRow

#: Why a claimed lead belongs to its owner, as its offer says.
WHY_CLAIMED = "claimed"
#: So many entries are shown at a time, and so many leads looked at to find them.
SHOWN = 10
_LOOKED_AT = 300
_PAGE = 50


class Claimed(StrEnum):
    """What came of a claim."""

    CLAIMED = "claimed"
    ALREADY_YOURS = "already_yours"
    TAKEN = "taken"  # 已被领取: somebody else owns it
    NOT_IN_POOL = "not_in_pool"
    UNKNOWN = "unknown"
    WAITS = "waits"  # a previous owner, for `previous_owner_waits`
    NOT_ADMITTED = "not_admitted"  # by rule, fence, certificate, …
    DAY_USED_UP = "day_used_up"
    HANDS_FULL = "hands_full"


@dataclass(frozen=True, slots=True)
class Objection:
    """What of the hard conditions keeps a rep from a lead: the reason, the demands of the rule, and the day that counts."""

    reason: Reason
    require: Require | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The truth about a claim: how much of which limit is used, until when it waits, what objects."""

    claimed: Claimed
    used: int = 0
    limit: int = 0
    until: datetime | None = None
    objection: Objection | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries of the pool that a rep may claim, the newest first; `used_up` says that the day's views are spent."""

    rows: list[LeadRow] = field(default_factory=list)
    used_up: bool = False
    views: int = 0
    limit: int | None = None


def claim(desk: Desk, rep_id: str, lead_id: int) -> Outcome:
    """Make the rep the owner, if the lead is in the pool and nothing stands against it; no account moves."""
    desk.tx.standings()
    found = desk.tx.leads([lead_id])
    refused = _refused(desk, rep_id, found[0]) if found else Outcome(Claimed.UNKNOWN)
    if refused is not None:
        return refused
    row = found[0]
    day = local_day(desk, rep_id)
    used = follow_ups.pool_use_of(desk.tx.connection, rep_id, day)
    follow_ups.keep_pool_use(desk.tx.connection, rep_id, day, replace(used, claims=used.claims + 1))
    _own(desk, row, rep_id, day)
    return Outcome(Claimed.CLAIMED)


def _refused(desk: Desk, rep_id: str, row: LeadRow) -> Outcome | None:
    """Say what stands against a claim; None where nothing does."""
    if row.state != "pooled":
        if row.owner == rep_id:
            return Outcome(Claimed.ALREADY_YOURS)
        return Outcome(Claimed.TAKEN if row.state == "owned" else Claimed.NOT_IN_POOL)
    rules = desk.open_office.policy.pool
    used = follow_ups.pool_use_of(desk.tx.connection, rep_id, local_day(desk, rep_id)).claims
    if rules.claims_per_day is not None and used >= rules.claims_per_day:
        return Outcome(Claimed.DAY_USED_UP, used, rules.claims_per_day)
    standing = desk.tx.standings().get(rep_id)
    held = standing.open if standing is not None else 0
    if rules.claims_open is not None and held >= rules.claims_open:
        return Outcome(Claimed.HANDS_FULL, held, rules.claims_open)
    until = _waits_until(desk, rep_id, desk.tx.offers_of([row.lead_id])[row.lead_id])
    if until is not None:
        return Outcome(Claimed.WAITS, until=until)
    objection = objection_to(desk, rep_id, row)
    return Outcome(Claimed.NOT_ADMITTED, objection=objection) if objection is not None else None


def objection_to(desk: Desk, rep_id: str, row: LeadRow) -> Objection | None:
    """Say what of the hard conditions (layer 1) keeps a rep from a lead; load and duty are left out of account."""
    office = desk.open_office
    question = question_of(desk, Ask(row))
    at, rule_no = office.table.index.get(rep_id), matching_rule(office.policy, question.facts)
    if at is None or rule_no < 0:
        return Objection(Reason.TEAM)
    code = int(office.table.layer_for(rule_no, question.facts, question.on).codes[at])
    if code == FINE:
        return None
    return Objection(Reason(code), office.policy.rules[rule_no].require, question.on)


def _waits_until(desk: Desk, rep_id: str, offers: Sequence[OfferRow]) -> datetime | None:
    """Say until when a previous owner has to wait; None for anybody else, and afterwards."""
    ended = [each.ended_at for each in offers if each.rep_id == rep_id and each.ended_at is not None]
    if not ended:
        return None
    until = after(desk.schedule_of(rep_id), max(ended), desk.open_office.policy.pool.previous_owner_waits)
    return until if until is not None and until > desk.now else None


def _own(desk: Desk, row: LeadRow, rep_id: str, day: date) -> None:
    """Write the ownership down as an offer that was accepted at once, and show the whole number on a card."""
    row.offer_no, row.round = row.offer_no + 1, row.round + 1
    desk.tx.add_offer(
        OfferRow(
            lead_id=row.lead_id, offer_no=row.offer_no, round=row.round, rep_id=rep_id, state="accepted",
            policy_version=desk.open_office.policy.version, within_seconds=0, remind_seconds=[], on_duty_clock=False,
            offered_at=desk.now, offered_on=day, offered_by=rep_id, why=WHY_CLAIMED, delivered_at=desk.now,
            answered_at=desk.now,
        )
    )  # fmt: skip
    row.state, row.owner = move_lead(row.state, LeadState.OWNED), rep_id
    row.pool_reason = row.review_reason = row.responsible = None
    board_of(desk).take(rep_id)
    follow_up_clocks.begin(desk, row)
    desk.tx.fact(row.lead_id, "claimed", rep_id, offer_no=row.offer_no)
    if row.lead.phone:
        people.record_disclosure(desk.tx.connection, row.lead_id, rep_id, "card", desk.now)
    by = first_contact_by(desk, rep_id, desk.now)
    payload: dict[str, object] = {"follow_up_by": by.isoformat() if by is not None else None}
    desk.tx.message(NewMessage(rep_id, "claimed_card", Urgency.ANSWER, row.lead_id, row.offer_no, payload))


def browse(desk: Desk, rep_id: str) -> Page:
    """Show what a rep may claim, the newest first; each entry shown counts as a view of this day."""
    limit, day = desk.open_office.policy.pool.views_per_day, local_day(desk, rep_id)
    desk.tx.standings()
    used = follow_ups.pool_use_of(desk.tx.connection, rep_id, day)
    room = SHOWN if limit is None else min(SHOWN, limit - used.views)
    if room <= 0:
        return Page(used_up=True, views=used.views, limit=limit)
    rows = _claimable(desk, rep_id, room)
    views = used.views + len(rows)
    if rows:
        follow_ups.keep_pool_use(desk.tx.connection, rep_id, day, PoolUse(used.claims, views))
    return Page(rows, views=views, limit=limit)


def _claimable(desk: Desk, rep_id: str, most: int) -> list[LeadRow]:
    connection, found = desk.tx.connection, list[LeadRow]()
    before: pool.Place | None = None
    for _ in range(_LOOKED_AT // _PAGE):
        ids = pool.newest_pooled(connection, limit=_PAGE, before=before)
        rows = desk.tx.leads(ids)
        offers = desk.tx.offers_of(ids)
        for row in rows:
            if _waits_until(desk, rep_id, offers[row.lead_id]) is None and objection_to(desk, rep_id, row) is None:
                found.append(row)
                if len(found) == most:
                    return found
        if len(ids) < _PAGE:
            break
        before = (rows[-1].waiting_since, rows[-1].lead_id)
    return found


def local_day(desk: Desk, rep_id: str) -> date:
    """Give the day on the rep's own calendar."""
    rep = desk.open_office.roster.rep(rep_id)
    zone = ZoneInfo(rep.timezone) if rep is not None else desk.open_office.zone
    return desk.now.astimezone(zone).date()
