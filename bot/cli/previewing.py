"""`paidan policy preview`: a policy tried on the last days, before it is published. Reads only; see docs/what-if.md."""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from bot.cli import texts_what_if as texts
from bot.cli.console import as_data, counted, fail, say, tell_problems
from bot.cli.operating import look
from bot.cli.policy_files import policy_text_of, text_of
from bot.cli.what_if_figures import Figures, Row, figures_of, share
from bot.cli.what_if_page import page
from bot.services.what_if import Beginning, PastReader, Trial, begin, moment_of
from bot.wording import FIRST
from routing.errors import FileRefused
from routing.what_if.effects import Effects
from routing.what_if.past import Past
from routing.what_if.simulation import Simulation

#: Decisions of the first piece, and of the largest: each is read by one look at the database, and the first is waited for.
_FIRST_PIECE, _PIECE = 500, 4000
#: Fewer decisions are read by this process alone.
_ALONE = 6000
#: Pieces that may wait for the simulation: they are some ten megabytes each.
_AHEAD = 3
_SHOWN_REPS = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def preview(
    file: Path,
    days: Annotated[int, typer.Option(min=1, max=3660, help="how far back to begin")] = 90,
    team: Annotated[Path | None, typer.Option(help="try these people instead of those of then")] = None,
    html: Annotated[Path | None, typer.Option(help="also write a page with plots")] = None,
    locale: Annotated[str, typer.Option(help="zh or en")] = FIRST,
    processes: Annotated[
        int | None, typer.Option(min=0, help="how many read ahead; left out: one for each further core")
    ] = None,
) -> None:
    """Say what this policy would have changed in the last days: who would have got what, and who would have waited."""
    trial = Trial(policy_text_of(file, locale), text_of(team) if team is not None else None)
    reader = PastReader(trial)
    try:
        beginning = look(lambda desk: None if desk.office is None else begin(desk, reader, days))
    except FileRefused as refused:
        tell_problems(str(file if team is None else f"{file}, {team}"), as_data(refused.problems), error=True)
        fail(f"refused: {counted(len(refused.problems), 'error')}")
    if beginning is None:
        say(texts.NOTHING.say(locale, days=days))
        return
    if processes is None:
        # With few decisions other processes would not have started before all is done.
        processes = (os.cpu_count() or 1) - 1 if beginning.total >= _ALONE else 0
    simulation = Simulation(
        beginning.floors.__getitem__, beginning.thens.__getitem__, beginning.answers, exact=beginning.exact
    )
    _spare_the_collector()
    ahead = _Ahead(beginning, simulation)
    pieces = ahead.elsewhere(trial, processes) if processes else ahead.here(reader)
    effects = _gone_through(beginning, simulation, pieces, locale)
    figures = figures_of(effects, beginning.teams, beginning.names, locale=locale)
    title, sentences = texts.TITLE.say(locale, days=days), _sentences(effects, locale)
    _print(figures, title, sentences, locale)
    if html is not None:
        html.write_text(page(effects, figures, title=title, sentences=sentences, locale=locale), encoding="utf-8")
        say(texts.WRITTEN.say(locale, file=html))


def _gone_through(beginning: Beginning, simulation: Simulation, pieces: Iterator[list[Past]], locale: str) -> Effects:
    """Lead the other world through the record, with a bar on standard error where that is a terminal."""
    console = Console(stderr=True)
    columns = ("[progress.description]{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(texts.READING.say(locale), total=beginning.total)
        for piece in pieces:
            for past in piece:
                simulation.feed(past)
            progress.advance(task, len(piece))
    return simulation.finish(moment_of(beginning))


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Gives the past in order, lightly as soon as the worlds have parted."""

    beginning: Beginning
    simulation: Simulation

    def here(self, reader: PastReader) -> Iterator[list[Past]]:
        """Read it in this process."""
        for first, behind in self._marks():
            light = self.simulation.parted
            yield look(lambda desk, at=(first, behind), light=light: reader.read(desk, *at, light=light))  # type: ignore[misc]

    def elsewhere(self, trial: Trial, processes: int) -> Iterator[list[Past]]:
        """Let other processes read and match it ahead."""
        # Spawned, not forked: what a fork copies of this process (threads, connections) can't be used in it.
        with ProcessPoolExecutor(
            processes, mp_context=get_context("spawn"), initializer=_prepare, initargs=(trial,)
        ) as pool:
            ahead: deque[Future[list[Past]]] = deque()
            for first, behind in self._marks():
                ahead.append(pool.submit(_read, first, behind, light=self.simulation.parted))
                if len(ahead) > _AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()

    def _marks(self) -> Iterator[tuple[int, int]]:
        """Give where each piece begins and ends."""
        first, size = self.beginning.first, _FIRST_PIECE
        while first < self.beginning.behind:
            yield first, min(first + size, self.beginning.behind)
            first, size = first + size, min(2 * size, _PIECE)


#: The reader of a process that reads ahead.
_reader: list[PastReader] = []


def _prepare(trial: Trial) -> None:
    _spare_the_collector()
    _reader[:] = [PastReader(trial)]


def _spare_the_collector() -> None:
    """Let no garbage be looked for: of what a preview makes by the million hardly anything refers to itself.

    Looking through it took a sixth of the time; what counting references leaves behind is a few megabytes a million leads.
    """
    gc.freeze()
    gc.disable()


def _read(first: int, behind: int, *, light: bool) -> list[Past]:
    return look(lambda desk: _reader[0].read(desk, first, behind, light=light))


def _sentences(effects: Effects, locale: str) -> tuple[str, ...]:
    if not effects.differences:
        return (texts.UNCHANGED.say(locale, decisions=f"{effects.decisions:,}"),)
    summary = texts.SUMMARY.say(
        locale,
        leads=f"{effects.leads:,}",
        decisions=f"{effects.decisions:,}",
        changed=f"{effects.changed:,}",
        share=share(effects.changed, effects.leads),
        longer=f"{effects.longer:,}",
        shorter=f"{effects.shorter:,}",
    )
    lead, at = effects.first_difference or (0, 0)
    moment = (_EPOCH + timedelta(microseconds=at)).astimezone()
    return (summary, texts.FIRST.say(locale, lead=lead, at=f"{moment:%Y-%m-%d %H:%M}"), texts.HINT.say(locale))


def _print(figures: Figures, title: str, sentences: tuple[str, ...], locale: str) -> None:
    console = Console()
    console.print(title, style="bold")
    for sentence in sentences:
        console.print(sentence)
    table = Table(*(words.say(locale) for words in (texts.FIGURE, texts.BEFORE, texts.AFTER, texts.CHANGE)))
    for column in table.columns[1:]:
        column.justify = "right"
    for figure in figures.figures:
        table.add_row(figure.label, figure.before, figure.after, figure.change)
    console.print(table)
    console.print(_rows(texts.TEAM.say(locale), figures.teams, locale))
    console.print(_rows(texts.REP.say(locale), figures.reps[:_SHOWN_REPS], locale))
    if len(figures.reps) > _SHOWN_REPS:
        console.print(texts.MORE.say(locale, count=len(figures.reps) - _SHOWN_REPS))


def _rows(head: str, rows: tuple[Row, ...], locale: str) -> Table:
    table = Table(head)
    for words in (texts.BEFORE, texts.AFTER, texts.CHANGE, texts.SHARE, texts.OPEN):
        table.add_column(words.say(locale), justify="right")
    for row in rows:
        style = "green" if row.change > 0 else "red" if row.change < 0 else ""
        change = f"[{style}]{row.change:+d}[/]" if style else "0"
        shares, opens = f"{row.share_before} → {row.share_after}", f"{row.open_before} → {row.open_after}"
        table.add_row(row.name, f"{row.before:,}", f"{row.after:,}", change, shares, opens)
    return table
