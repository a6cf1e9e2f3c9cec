"""`paidan decide`: who would get a lead, and why."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from bot.cli.console import fail, say
from bot.cli.moments import in_zone, moment_of
from bot.cli.operating import look
from bot.lead_sources.bodies import read_body
from bot.lead_sources.generic import read_generic
from bot.lead_sources.problems import FieldProblem, Refused, Unfit
from bot.services.desk import Desk
from bot.services.explain import Candidate, Explained, Preview, preview
from bot.web.api_decisions import USUAL_SOURCE, generic_source, preview_answer
from routing.decision import Reason
from routing.lead import Lead
from routing.policy import MILLION

_OUTCOMES = {
    "offer": "offer to {rep}",
    "pool": "nobody may take it now: the pool",
    "review": "a manager decides: review",
    "merged": "the customer is known: it would be merged into {lead}",
    "update": "an update of {lead}, which stays where it is",
    "invalid": "a test lead: invalid",
}
#: By whether a responsible manager is on duty.
_GATES = {
    True: "it waits for its manager first: {reasons}",
    False: "it would wait for its manager ({reasons}), of whom none is on duty",
}


def decide(
    file: Annotated[Path, typer.Argument(help="a lead in the JSON of the generic source; - reads standard input")],
    source: str = typer.Option(USUAL_SOURCE, help="the source it would come from, for rules that ask"),
    as_json: bool = typer.Option(False, "--json", help="the answer of POST /api/v1/decide"),
    trace: bool = typer.Option(False, help="also the facts, and what each factor brought"),
    at: str | None = typer.Option(None, help="as if it came in then, as 2026-11-23T10:00; now if left out"),
    times: bool = typer.Option(
        False, help="also when this was asked; the answer is no longer the same bytes each time"
    ),
) -> None:
    """Say who would get this lead, and why. Writes nothing; the same bytes for the same lead, policy and roster."""
    lead, notes = _lead(file, source)
    moment = moment_of(at, "--at")
    asked_at: list[datetime] = []

    def question(desk: Desk) -> Preview | None:
        if desk.office is None:
            return None
        if moment is not None:
            desk.now = desk.tx.now = in_zone(moment, desk).astimezone(UTC)
        asked_at.append(desk.now.astimezone(desk.office.zone))
        return preview(desk, lead, locale="zh")

    told = look(question)
    if told is None:
        fail("no team and policy are in force yet: paidan team import FILE, then paidan policy publish FILE")
    if as_json:
        answer = preview_answer(told, notes, "zh", trace=trace)
        say(orjson.dumps(answer.model_dump(mode="json"), option=orjson.OPT_INDENT_2).decode())
    else:
        for note in notes:
            say(f"note: {note.field}: {note.message.en}; {note.mend.en}")
        for line in _lines(told, trace=trace):
            say(line)
    if times:
        say(f"asked at {asked_at[-1].isoformat(timespec='seconds')}")


def _lead(file: Path, source: str) -> tuple[Lead, tuple[FieldProblem, ...]]:
    try:
        body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    try:
        return read_generic(generic_source(source), read_body(body, "application/json"))
    except Unfit as unfit:
        for problem in unfit.problems:
            typer.echo(f"{file}: {problem.field}: {problem.message.en}; {problem.mend.en}", err=True)
        fail("refused: that is no lead")
    except Refused as refused:
        fail(f"{file}: {refused.message.en}; {refused.mend.en}")


def _lines(told: Preview, *, trace: bool) -> Iterator[str]:
    explained = told.explained
    chosen = explained.chosen if explained is not None else None
    rep = f"{chosen.name} ({chosen.id}), team {chosen.team}" if chosen is not None else ""
    lead = told.lead.name if told.lead is not None else ""
    yield _OUTCOMES[told.outcome].format(rep=rep, lead=lead)
    if told.gate is not None:
        yield _GATES[told.gate.waits].format(reasons=", ".join(told.gate.reasons))
        if told.gate.waits and explained is not None:
            yield f"else: {_OUTCOMES[explained.decision.outcome.value].format(rep=rep, lead=lead)}"
    points = ", ".join(f"{name} {points:+d}" for name, points in told.reasons)
    yield f"score {told.score}, grade {told.grade}" + (f": {points}" if points else "")
    if explained is None:
        return
    decision = explained.decision
    yield f"rule: {decision.rule or 'none'}; why: {decision.why.value}{', exploring' if decision.explored else ''}"
    for candidate in explained.candidates:
        yield _candidate_line(candidate, trace=trace)
    if trace:
        yield from (f"fact {name}: {value}" for name, value in sorted(explained.facts.items()))
    yield _versions(explained)


def _versions(explained: Explained) -> str:
    return f"policy version {explained.policy_version}, roster version {explained.roster_version}"


def _candidate_line(candidate: Candidate, *, trace: bool) -> str:
    numbers = candidate.numbers
    mark = "✔" if candidate.chosen else "·" if candidate.reason is Reason.ELIGIBLE else "✘"
    parts = [f"{mark} {candidate.rep.id} {candidate.rep.name} ({candidate.rep.team}): {candidate.text}"]
    if numbers.fit is not None:
        parts.append(f"fit {numbers.fit / MILLION:.1f}")
    if numbers.deficit is not None:
        parts.append(f"deficit {numbers.deficit / MILLION:+.3f}")
    if numbers.propensity is not None:
        parts.append(f"chance {numbers.propensity / MILLION:.1%}")
    if trace and numbers.products:
        parts += [f"{name} {value / MILLION:.1f}" for name, value in numbers.products.items()]
    return ", ".join(parts)
