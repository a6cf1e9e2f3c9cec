"""`/api/v1/decisions/{id}` and `/api/v1/decide`: who got a lead, or would get it, and why nobody else."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from aiohttp import web

from bot.lead_sources.bodies import read_body
from bot.lead_sources.generic import read_generic
from bot.lead_sources.problems import FieldProblem, Refused, TooLarge, Wording
from bot.lead_sources.source import MAX_BODY_BYTES, Bearer, Source
from bot.services.desk import Desk
from bot.services.explain import Candidate as ToldCandidate
from bot.services.explain import Explained, Preview, RecordUnreadable, Replayed, preview, stored_decision
from bot.web.api_access import flag_parameter, id_in_path, nothing_in_force, only_parameters, text_parameter
from bot.web.api_leads import zone_of
from bot.web.api_models import Candidate, Decided, DecidePreview, Decision, FieldNote, ReviewGate, ScoreReason
from bot.web.app_keys import SERVICES
from bot.web.masked_leads import mask_facts
from bot.web.problem_details import json_response, locale_of, not_found, problem, problem_response
from routing.decision import Reason
from routing.policy import MILLION
from store.errors import NotFound

#: What a lead is called whose source nobody named.
USUAL_SOURCE = "api"


async def one_decision(request: web.Request) -> web.Response:
    """Give a stored decision, decided again from its record."""
    only_parameters(request, {"trace"})
    decision_id, trace, locale = id_in_path(request, "D"), flag_parameter(request, "trace"), locale_of(request)
    if decision_id is None:
        return not_found(request)

    def ask(desk: Desk) -> Decision:
        return _stored(stored_decision(desk, decision_id, locale=locale), zone_of(desk), trace=trace)

    try:
        answer = await request.app[SERVICES].runner.look(ask)
    except NotFound:
        return not_found(request)
    except RecordUnreadable:
        return problem(
            request, 500, "record", ("这条决策的记录无法读取", "请运行 paidan replay 检查"),
            ("the record of this decision can't be read", "run paidan replay"),
        )  # fmt: skip
    return json_response(answer.model_dump(mode="json"), headers={"Cache-Control": "no-store"})


async def decide_lead(request: web.Request) -> web.Response:
    """Say who would get the lead in the body, and why; writes nothing."""
    only_parameters(request, {"source", "trace"})
    trace, locale = flag_parameter(request, "trace"), locale_of(request)
    name = text_parameter(request, "source") or USUAL_SOURCE
    services = request.app[SERVICES]
    body = await request.read()
    try:
        lead, notes = read_generic(
            _source(name, services.sources.get(name), body), read_body(body, request.headers.get("Content-Type"))
        )
    except Refused as refused:
        return problem_response(refused.problem_details(locale))

    def ask(desk: Desk) -> DecidePreview | None:
        return (
            None
            if desk.office is None
            else preview_answer(preview(desk, lead, locale=locale), notes, locale, trace=trace)
        )

    answer = await services.runner.look(ask)
    if answer is None:
        return nothing_in_force(request)
    return json_response(answer.model_dump(mode="json"), headers={"Cache-Control": "no-store"})


def _source(name: str, configured: Source | None, body: bytes) -> Source:
    """Give a source that reads the generic JSON under this name, with the configured one's channel."""
    if len(body) > MAX_BODY_BYTES:
        raise TooLarge(
            Wording(f"超过 {MAX_BODY_BYTES} 字节", f"has more than {MAX_BODY_BYTES} bytes"),
            Wording("请只发送线索字段", "send the lead's fields only"),
        )
    return generic_source(name, configured.channel if configured is not None else None)


def generic_source(name: str, channel: str | None = None) -> Source:
    """Give a source of our own JSON that nobody can post to."""
    return Source(name, "generic", Bearer(()), channel)


def preview_answer(told: Preview, notes: tuple[FieldProblem, ...], locale: str, *, trace: bool) -> DecidePreview:
    """Give what would become of a lead, as the API answers it."""
    chosen = told.explained.chosen if told.explained is not None else None
    return DecidePreview(
        outcome=told.outcome,  # type: ignore[arg-type]  # one of the words that Preview lists
        chosen=chosen.id if chosen is not None else None,
        lead_id=told.lead.name if told.lead is not None else None,
        score=told.score,
        grade=told.grade,
        score_reasons=[ScoreReason(name=name, points=points) for name, points in told.reasons],
        review=ReviewGate(reasons=list(told.gate.reasons), waits=told.gate.waits) if told.gate is not None else None,
        decision=Decided(**_decided(told.explained, trace=trace)) if told.explained is not None else None,
        notes=[FieldNote(**note.as_member(locale)) for note in notes],
    )


def _stored(told: Replayed, zone: tzinfo, *, trace: bool) -> Decision:
    row = told.row
    return Decision(
        **_decided(told.explained, trace=trace),
        id=f"D{row.decision_id}",
        lead_id=f"L{row.lead_id}",
        decision_no=row.decision_no,
        decided_at=row.decided_at.astimezone(zone),
        reversed_at=row.reversed_at.astimezone(zone) if row.reversed_at is not None else None,
        reproduced=told.reproduced,
        detail=told.detail.name.lower(),  # type: ignore[arg-type]  # the enumeration's names
    )


def _decided(told: Explained, *, trace: bool) -> dict[str, Any]:
    decision, chosen = told.decision, told.chosen
    return {
        "outcome": decision.outcome.value,
        "why": decision.why.value,
        "rule": decision.rule or None,
        "chosen": chosen.id if chosen is not None else None,
        "explored": decision.explored,
        "credit": decision.by_credit,
        "policy_version": told.policy_version,
        "roster_version": told.roster_version,
        "facts": mask_facts(told.facts) if trace else None,
        "candidates": [_candidate(one, trace=trace) for one in told.candidates],
    }


def _candidate(told: ToldCandidate, *, trace: bool) -> Candidate:
    numbers = told.numbers
    products = numbers.products if trace else None
    return Candidate(
        rep=told.rep.id,
        name=told.rep.name,
        team=told.rep.team,
        chosen=told.chosen,
        eligible=told.reason is Reason.ELIGIBLE,
        candidate=told.is_candidate,
        reason=told.reason.name.lower(),
        text=told.text,
        layer=told.reason.layer or None,
        open=numbers.open,
        cap=numbers.cap,
        today=numbers.today,
        day_cap=numbers.day_cap,
        fit=_units(numbers.fit),
        factors=None if products is None else {name: value / MILLION for name, value in products.items()},
        share=_units(numbers.share),
        deficit=_units(numbers.deficit),
        class_deficit=_units(numbers.class_deficit),
        propensity=_units(numbers.propensity),
    )


def _units(millionths: int | None) -> float | None:
    return None if millionths is None else millionths / MILLION
