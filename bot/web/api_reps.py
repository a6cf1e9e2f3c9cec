"""`/api/v1/reps`: where everybody who takes leads stands now."""

from __future__ import annotations

from datetime import tzinfo

from aiohttp import web

from bot.services.assign import board_of
from bot.services.board import Board
from bot.services.desk import Desk
from bot.web.api_access import only_parameters
from bot.web.api_leads import zone_of
from bot.web.api_models import Rep, RepList
from bot.web.app_keys import SERVICES
from bot.web.problem_details import json_response, locale_of
from routing import roster
from routing.eligibility import AWAY_FOR
from routing.escalation import response_rate
from routing.policy import MILLION
from routing.reason_texts import reason_text
from routing.reps_table import NO_LIMIT
from routing.standing import Away
from store.rows import StandingRow

_REASONS = {away: reason for reason, away in AWAY_FOR.items()}


async def all_reps(request: web.Request) -> web.Response:
    """Give everybody who takes leads, by id."""
    only_parameters(request, ())
    locale = locale_of(request)
    answer = await request.app[SERVICES].runner.look(lambda desk: _reps(desk, locale))
    return json_response(answer.model_dump(mode="json"), headers={"Cache-Control": "no-store"})


def _reps(desk: Desk, locale: str) -> RepList:
    if desk.office is None:
        return RepList(items=[])
    board, zone = board_of(desk), zone_of(desk)
    stored = desk.tx.standings()
    over = desk.office.policy.acknowledge.response_over
    return RepList(
        items=[
            _rep(board, at, stored.get(rep.id) or StandingRow(rep.id), zone, over=over, locale=locale)
            for at, rep in enumerate(board.table.reps)
        ]
    )


def _rep(board: Board, at: int, row: StandingRow, zone: tzinfo, *, over: int, locale: str) -> Rep:
    table, standing, rep = board.table, board.standing, board.table.reps[at]
    away = Away(int(standing.away[at]))
    rate = response_rate(row.answered_bits, row.answered_count, over=over)
    paused = away in {Away.PAUSED, Away.SILENT}
    return Rep(
        id=rep.id,
        name=rep.name,
        team=rep.team,
        level=rep.level,
        on_duty=away is Away.NO,
        away=None if away is Away.NO else away.name.lower(),
        away_text=None if away is Away.NO else _why_away(away, rep, locale),
        paused=paused,
        paused_until=row.paused_until.astimezone(zone) if paused and row.paused_until is not None else None,
        pause_reason=row.pause_reason if paused else None,
        open=int(standing.open[at]),
        open_cap=_limit(int(table.open_cap[at])),
        resting=bool(standing.resting[at]),
        today=int(standing.today[at]),
        day_cap=_limit(int(table.day_cap[at])),
        deficit=int(standing.deficit[at]) / MILLION,
        deficit_best_grade=int(standing.class_deficit[0, at]) / MILLION,
        deficit_other_grades=int(standing.class_deficit[1, at]) / MILLION,
        make_up_turns=int(standing.credits[at]),
        response_rate=None if rate is None else rate / MILLION,
        wins=row.wins,
        closed=row.closed,
    )


def _why_away(away: Away, rep: roster.Rep, locale: str) -> str:
    return reason_text(_REASONS[away], rep, None, None, locale=locale)


def _limit(cap: int) -> int | None:
    return None if cap >= NO_LIMIT else cap
