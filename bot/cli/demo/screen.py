"""What the terminal shows: the addresses, a live table or plain lines, and the figures at the end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.cli.demo.board import Picture, Story
from bot.cli.demo.figures import Figures, Spread, seconds_of
from store.rows import LeadRow

_STATES: Final = {
    "received": ("刚收到", "white"), "offered": ("等待接单", "yellow"), "owned": ("跟进中", "green"),
    "pooled": ("公海", "blue"), "review": ("主管复核", "magenta"), "won": ("成交", "bold green"), "lost": ("输单", "dim"),
    "invalid": ("无效", "dim"), "merged": ("已合并", "dim"),
}  # fmt: skip
_GRADES: Final = {"A": "bold red", "B": "yellow", "C": "white", "D": "dim"}
_DUTY: Final = {"在岗": "green", "未上班": "blue", "请假": "dim", "暂停": "red", "下线": "dim"}
_LEAST_ROWS, _STORY_LINES = 6, 6
#: Lines of the screen that the lead table can't have: its head, the story, the totals.
_OTHER_LINES: Final = 8 + _STORY_LINES
#: From here on there is room for the reps beside the leads.
_WIDE: Final = 126


@dataclass
class Screen:
    """The terminal; on anything else plain lines."""

    console: Console
    _story: Story = field(default_factory=Story)
    _recent: deque[str] = field(default_factory=lambda: deque(maxlen=_STORY_LINES))
    _live: Live | None = None

    def say(self, text: str = "", style: str = "") -> None:
        """Print a line, above the table while there is one."""
        self.console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def table(self) -> Iterator[None]:
        """Keep a live table on a terminal for the length of the block."""
        if not self.console.is_terminal:
            yield
            return
        with Live(
            Text("…"), console=self.console, auto_refresh=False, vertical_overflow="crop", transient=True
        ) as live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    def note(self, line: str, seconds: float) -> None:
        """Tell one thing that has happened."""
        told = f"{seconds:5.1f}s  {line}"
        self._recent.append(told)
        if self._live is None:
            self.say(told)

    def show(self, picture: Picture, seconds: float) -> None:
        """Show the leads as they are now."""
        for line in self._story.lines(picture):
            self.note(line, seconds)
        if self._live is not None:
            self._live.update(self._picture(picture), refresh=True)

    def _picture(self, picture: Picture) -> RenderableType:
        room = max(self.console.height - _OTHER_LINES, _LEAST_ROWS)
        leads = _leads(picture, room)
        body: RenderableType = leads
        if self.console.width >= _WIDE:
            both = Table.grid(padding=(0, 3))
            both.add_row(leads, _reps(picture))
            body = both
        story = Text("\n".join(self._recent), style="dim", no_wrap=True, overflow="ellipsis")
        return Group(body, Padding(story, (0, 1)), Padding(_totals(picture), (1, 1, 0, 1)))


def _leads(picture: Picture, room: int) -> Table:
    """Draw the leads that still move first, then the newest of the others; oldest at the top."""
    moving = [row for row in picture.leads if row.state in {"received", "offered", "pooled", "review"}]
    resting = [row for row in picture.leads if row not in moving]
    kept = moving[:room]
    kept += resting[max(0, len(resting) - (room - len(kept))) :] if len(kept) < room else []
    table = Table(box=SIMPLE_HEAD, pad_edge=True, header_style="bold cyan", padding=(0, 1))
    for name, justify in (("线索", "left"), ("客户", "left"), ("地区", "left"), ("来源", "left"), ("分", "right"),
                          ("状态", "left"), ("销售", "left"), ("轮", "right"), ("秒", "right")):  # fmt: skip
        table.add_column(name, justify=justify, no_wrap=True, overflow="ellipsis")  # type: ignore[arg-type]
    table.columns[1].max_width = 28
    for row in sorted(kept, key=lambda row: row.lead_id):
        table.add_row(*_cells(row, picture))
    return table


def _cells(row: LeadRow, picture: Picture) -> list[Text]:
    lead = row.lead
    words, style = _STATES.get(row.state, (row.state, ""))
    holder = picture.holder(row)
    region = (
        (lead.province or ("海外" if lead.language not in {None, "zh"} else "")).removesuffix("省").removesuffix("市")
    )
    return [
        Text(row.name, "bold"),
        Text(lead.company or lead.name or ""),
        Text(region.removesuffix("维吾尔自治区")),
        Text(lead.channel or row.source, "dim"),
        Text(f"{row.score} {row.grade}", _GRADES.get(row.grade, "")),
        Text(words, style),
        Text(picture.name_of(holder) if holder else "", "bold" if row.owner else ""),
        Text(str(row.round) if row.round else ""),
        Text(f"{seconds_of(row, picture, picture.at):.1f}", "dim" if row.owner else ""),
    ]


def _reps(picture: Picture) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold cyan", padding=(0, 1))
    for name, justify in (("销售", "left"), ("", "left"), ("待接", "right"), ("跟进", "right")):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for rep, duty in picture.duty.items():
        load = picture.loads.get(rep)
        running, total = (load.running, load.open) if load is not None else (0, 0)
        table.add_row(
            picture.name_of(rep), Text(duty, _DUTY.get(duty, "")), str(running or ""), str(total - running or "")
        )
    return table


def _totals(picture: Picture) -> Text:
    text = Text()
    for state, (words, style) in _STATES.items():
        count = sum(row.state == state for row in picture.leads)
        if count:
            text.append(f"{words} ", "dim").append(f"{count}   ", style)
    return text


def summary(figures: Figures) -> Table:
    """Draw the figures of the morning."""
    table = Table(
        box=SIMPLE_HEAD,
        show_header=False,
        title="这个上午  ·  the morning in figures",
        title_justify="left",
        title_style="bold",
    )
    table.add_column(justify="left")
    table.add_column(justify="right", style="bold")
    for name, value in _summary_rows(figures):
        table.add_row(name, value)
    table.add_section()
    count = len(figures.lost)
    table.add_row(
        Text(f"leads lost: {count}（丢失）", "bold green" if not count else "bold red"), Text("✓" if not count else "✗")
    )
    return table


def _summary_rows(figures: Figures) -> Sequence[tuple[str, str]]:
    return (
        ("webhooks posted  收到推送", str(figures.webhooks)),
        ("leads  线索", str(figures.leads)),
        ("accepted  接单", str(figures.accepted)),
        ("merged with a known customer  并入老客户", str(figures.merged)),
        ("reminded  提醒过", str(figures.reminded)),
        ("moved on to somebody else  超时或转出后改派", str(figures.moved_on)),
        ("waited in the pool for a shift  公海等上班", str(figures.waited_in_pool)),
        ("to manager  交主管复核", str(figures.to_manager)),
        ("given by a manager  主管指派", str(figures.by_manager)),
        ("webhook → card, median / p95  推送到卡片", _seconds(figures.to_card)),
        ("card → 接单, median / p95  卡片到接单", _seconds(figures.to_accept)),
    )


def _seconds(spread: Spread | None) -> str:
    return "—" if spread is None else f"{spread.median:.2f} s / {spread.p95:.2f} s"
