"""`paidan replay`: whether stored decisions come out the same again."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from bot.cli.console import say
from bot.cli.moments import in_zone, moment_of
from bot.cli.operating import look
from bot.services.desk import Desk
from bot.services.explain import is_reproduced
from bot.services.office import Offices
from store import decision_queries
from store.decision_queries import Stretch

#: Decisions of one piece: between pieces nothing is held open, so that a running service can tidy up behind itself.
_PIECE = 1000
#: A process takes two seconds to come up; with fewer decisions for each of them, one alone is done sooner.
_WORTH_A_PROCESS = 10_000
#: Policies and rosters, compiled once in each process.
_OFFICES = Offices()


def replay(
    start: str | None = typer.Option(None, "--from", "--since", help="only those made since a day, as 2026-11-20"),
    end: str | None = typer.Option(
        None, "--to", help="only those made up to a day, that day included, or before a time as 2026-11-20T10:00"
    ),
    limit: int | None = typer.Option(None, min=1, help="no more than so many, the oldest first"),
    last: int | None = typer.Option(None, min=1, help="only the newest so many"),
    jobs: int | None = typer.Option(None, min=1, help="processes side by side; as many as pay if left out"),
) -> None:
    """Decide stored decisions again and compare; ends with status 1 where one came out differently."""
    since, until = moment_of(start, "--from"), moment_of(end, "--to", end=True)
    stretch = look(lambda desk: _stretch(desk, since, until, limit=last or limit, newest=last is not None))
    side_by_side = jobs or max(1, min(len(os.sched_getaffinity(0)), stretch.count // _WORTH_A_PROCESS))
    differences = 0
    with _progress() as progress, _replayed(list(_pieces(stretch)), side_by_side) as pieces:
        task = progress.add_task("replay", total=stretch.count)
        for count, different in pieces:
            progress.advance(task, count)
            differences += len(different)
            for decision_id in different:
                say(f"D{decision_id}: came out differently")
    say(f"decisions: {stretch.count}")
    say(f"differences: {differences}")
    if differences:
        raise typer.Exit(1)


def _stretch(desk: Desk, since: datetime | None, until: datetime | None, *, limit: int | None, newest: bool) -> Stretch:
    return decision_queries.stretch_of(
        desk.tx.connection,
        since=in_zone(since, desk) if since is not None else None,
        until=in_zone(until, desk) if until is not None else None,
        limit=limit,
        newest=newest,
    )


def _pieces(stretch: Stretch) -> Iterator[Stretch]:
    for first in range(stretch.first, stretch.last + 1, _PIECE):
        yield replace(stretch, first=first, last=min(first + _PIECE - 1, stretch.last))


@contextmanager
def _replayed(pieces: list[Stretch], side_by_side: int) -> Iterator[Iterator[tuple[int, list[int]]]]:
    """Give for each piece, in order, how many decisions it had and which came out differently."""
    if side_by_side == 1:
        yield map(_replay_piece, pieces)
        return
    # Fresh processes: a forked one would share the parent's threads and connections.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(side_by_side, mp_context=fresh) as pool:
        yield pool.map(_replay_piece, pieces)


def _replay_piece(piece: Stretch) -> tuple[int, list[int]]:
    def question(desk: Desk) -> tuple[int, list[int]]:
        connection = desk.tx.connection
        rows = decision_queries.within(connection, piece)
        return len(rows), [row.decision_id for row in rows if not is_reproduced(connection, _OFFICES, row)]

    return look(question)


def _progress() -> Progress:
    """Give a bar on standard error, seen only on a terminal; standard output stays for the result."""
    console = Console(stderr=True)
    columns = ("[progress.description]{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
