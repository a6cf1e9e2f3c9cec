"""`/api/v1/leads`: one lead with its history, and pages of leads by filters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any, get_args

from aiohttp import web

from bot.lead_sources.phones import read_phone
from bot.lead_sources.problems import Wording
from bot.services.desk import Desk
from bot.web.api_access import (
    WrongParameter,
    flag_parameter,
    id_in_path,
    number_parameter,
    only_parameters,
    text_parameter,
)
from bot.web.api_models import Disclosure, Lead, LeadPage, LeadState, LeadSummary, Offer, TimelineEvent
from bot.web.app_keys import SERVICES
from bot.web.masked_leads import content_of
from bot.web.problem_details import json_response, not_found
from store import lead_queries, offers, people
from store.errors import NotFound
from store.lead_queries import LeadFilter, LeadHistory
from store.rows import FactRow, LeadRow, OfferRow

MOST_LEADS = 200
USUAL_LEADS = 50
#: Stands in the record of disclosures for whoever holds the API's token.
API = "api"
_PARAMETERS = frozenset({"source", "external_id", "phone", "state", "owner", "limit", "cursor", "reveal"})
_NEWEST_ID = 10**18


async def one_lead(request: web.Request) -> web.Response:
    """Give one lead with its offers, decisions and timeline."""
    only_parameters(request, {"reveal"})
    lead_id, reveal = id_in_path(request, "L"), flag_parameter(request, "reveal")
    if lead_id is None:
        return not_found(request)
    runner = request.app[SERVICES].runner

    def ask(desk: Desk) -> Lead:
        history = lead_queries.history(desk.tx.connection, lead_id, desk.tx.keys)
        if reveal:
            _record(desk, [history.lead])
        return _lead(desk, history, reveal=reveal)

    try:
        answer = await (runner.run(ask) if reveal else runner.look(ask))
    except NotFound:
        return not_found(request)
    return json_response(answer.model_dump(mode="json"), headers={"Cache-Control": "no-store"})


async def many_leads(request: web.Request) -> web.Response:
    """Give leads by filters, newest first."""
    only_parameters(request, _PARAMETERS)
    wanted, reveal = _filter(request), flag_parameter(request, "reveal")
    limit = number_parameter(request, "limit", otherwise=USUAL_LEADS, least=1, most=MOST_LEADS) or USUAL_LEADS
    cursor = number_parameter(request, "cursor", otherwise=None, least=1, most=_NEWEST_ID)
    services = request.app[SERVICES]

    def ask(desk: Desk) -> LeadPage:
        rows = _search(desk, wanted, list(services.sources), limit + 1, cursor)
        if reveal:
            _record(desk, rows[:limit])
        return _page(desk, rows, limit, reveal=reveal)

    answer = await (services.runner.run(ask) if reveal else services.runner.look(ask))
    return json_response(answer.model_dump(mode="json"), headers={"Cache-Control": "no-store"})


def _filter(request: web.Request) -> LeadFilter:
    state, spelled = text_parameter(request, "state"), text_parameter(request, "phone")
    if state is not None and state not in get_args(LeadState):
        known = ", ".join(get_args(LeadState))
        raise WrongParameter(
            "state", Wording("没有这个状态", "is no state"), Wording(f"可用：{known}", f"one of {known}")
        )
    # A `+` that was not escaped arrives as a blank.
    phone = read_phone(f"+{spelled[1:]}" if spelled.startswith(" ") else spelled).number if spelled else None
    if spelled and phone is None:
        raise WrongParameter(
            "phone",
            Wording("不是可识别的电话号码", "is no phone number that can be read"),
            Wording("请写完整号码，如 13800138000", "write the whole number, as %2B8613800138000"),
        )
    return LeadFilter(
        text_parameter(request, "source"), text_parameter(request, "external_id"), phone, state,
        text_parameter(request, "owner"),
    )  # fmt: skip


def _search(desk: Desk, wanted: LeadFilter, sources: list[str], limit: int, cursor: int | None) -> list[LeadRow]:
    """Give the newest leads that fit. Every source has its own external ids: without one, all are asked."""
    rep = desk.office.roster.rep(wanted.owner) if desk.office is not None and wanted.owner is not None else None
    wanted = wanted if rep is None else replace(wanted, owner=rep.id)
    asked = [wanted]
    if wanted.external_id is not None and wanted.source is None:
        asked = [replace(wanted, source=name) for name in sources]
    found = [
        row
        for one in asked
        for row in lead_queries.search(desk.tx.connection, one, desk.tx.keys, limit=limit, cursor=cursor).items
    ]
    return sorted(found, key=lambda row: -row.lead_id)[:limit]


def _record(desk: Desk, rows: list[LeadRow]) -> None:
    for row in rows:
        people.record_disclosure(desk.tx.connection, row.lead_id, API, "api", desk.now)


def _page(desk: Desk, rows: list[LeadRow], limit: int, *, reveal: bool) -> LeadPage:
    shown = rows[:limit]
    offered = offers.of_lead(desk.tx.connection, [row.lead_id for row in shown])
    zone = zone_of(desk)
    items = [LeadSummary(**_summary(row, offered.get(row.lead_id, []), zone, reveal=reveal)) for row in shown]
    return LeadPage(items=items, next=str(shown[-1].lead_id) if len(rows) > limit else None)


def _lead(desk: Desk, history: LeadHistory, *, reveal: bool) -> Lead:
    zone = zone_of(desk)
    seen = people.disclosures_of(desk.tx.connection, history.lead.lead_id)
    return Lead(
        **_summary(history.lead, history.offers, zone, reveal=reveal),
        decision_ids=[f"D{number}" for number in history.decision_ids],
        timeline=[_event(fact, zone, reveal=reveal) for fact in history.facts],
        disclosures=[Disclosure(at=row.shown_at.astimezone(zone), to=row.shown_to, how=row.how) for row in seen],
    )


def _summary(row: LeadRow, made: list[OfferRow], zone: tzinfo, *, reveal: bool) -> dict[str, Any]:
    moments = {name: _local(getattr(row, name), zone) for name in _MOMENTS}
    plain = {name: getattr(row, name) for name in _PLAIN}
    return {
        **content_of(row.lead, reveal=reveal),
        **moments,
        **plain,
        "id": row.name,
        "submitted_at": _local(row.lead.submitted_at, zone),
        "merged_into": f"L{row.merged_into}" if row.merged_into is not None else None,
        "decision_id": f"D{row.decision_id}" if row.decision_id is not None else None,
        "offers": [_offer(item, zone) for item in made],
    }


_MOMENTS = ("received_at", "owned_at", "first_contact_at", "last_follow_up_at", "parked_until", "closed_at")
_PLAIN = (
    "state", "owner", "score", "grade", "close_reason", "amount", "rule", "round", "recycles", "pool_reason",
    "review_reason",
)  # fmt: skip


def _offer(row: OfferRow, zone: tzinfo) -> Offer:
    return Offer(
        offer_no=row.offer_no,
        round=row.round,
        race=row.race is not None,
        rep=row.rep_id,
        state=row.state,  # type: ignore[arg-type]  # the table holds these words only
        offered_at=row.offered_at.astimezone(zone),
        delivered_at=_local(row.delivered_at, zone),
        deadline_at=_local(row.deadline_at, zone),
        answered_at=_local(row.answered_at, zone),
        ended_at=_local(row.ended_at, zone),
        by=row.offered_by,
        why=row.why,
        fit=None if row.fit is None else row.fit / 10,
        ended_because=row.end_reason,
    )


def _event(fact: FactRow, zone: tzinfo, *, reveal: bool) -> TimelineEvent:
    return TimelineEvent(
        at=fact.happened_at.astimezone(zone), event=fact.event, actor=fact.actor, offer_no=fact.offer_no,
        detail=dict(fact.detail), said=fact.private if reveal else None,
    )  # fmt: skip


def zone_of(desk: Desk) -> tzinfo:
    """Give the policy's zone, in which the API writes times; UTC before there is a policy."""
    return desk.office.zone if desk.office is not None else UTC


def _local(at: datetime | None, zone: tzinfo) -> datetime | None:
    return at.astimezone(zone) if at is not None else None
