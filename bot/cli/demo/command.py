"""`paidan demo`: options, set-up, the end and its exit status."""

from __future__ import annotations

import asyncio
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from bot import logging_setup
from bot.cli.console import fail
from bot.cli.demo.cast import MEMBERS, YOURS
from bot.cli.demo.company import LATE_ZONE, Company, Secrets, next_minute_after
from bot.cli.demo.figures import Figures
from bot.cli.demo.morning import morning, stretch_of
from bot.cli.demo.people import Pace
from bot.cli.demo.play import Play
from bot.cli.demo.screen import Screen, summary
from bot.cli.demo.stage import PortTaken, Stage, free_port, open_stage
from bot.cli.serving import run_loop
from bot.clock import SystemClock
from bot.phrases import phrase

#: The late zone comes on duty at the first whole minute after this: leads must have time to wait for it.
_LATE_BY = timedelta(seconds=16)
_INTERRUPTED = 130
_USUAL_PORT, _USUAL_SANDBOX_PORT = 8080, 8090
_EXAMPLE = (
    '{"name": "王芳", "title": "采购经理", "phone": "138 0013 8000", "company": "北京华医器械有限公司", "company_size": 800, '
    '"industry": "医疗器械", "province": "北京", "city": "北京", "product": "影像设备", "quantity": 50, "budget": 500000, '
    '"demand": "想了解 CT 的报价和交期"}'
)


def demo(
    exit_when_done: Annotated[
        bool, typer.Option("--exit-when-done", help="end after the morning, with its figures")
    ] = False,
    leads: Annotated[int | None, typer.Option(min=0, max=500, help="how many leads come in; 43 if left out")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help=f"port of the service; {_USUAL_PORT} if it is free")
    ] = None,
    sandbox_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help=f"port of the phones; {_USUAL_SANDBOX_PORT} if it is free")
    ] = None,
    speed: Annotated[float, typer.Option(min=0.2, max=3.0, help="2 plays the morning twice as fast")] = 1.0,
    keep: Annotated[Path | None, typer.Option(help="new folder that keeps database, log and files")] = None,
) -> None:
    """A sales team's morning, on SQLite and a stand-in WeCom: real webhooks, real callbacks, people who tap and type."""
    try:
        ports = free_port(port, _USUAL_PORT), free_port(sandbox_port, _USUAL_SANDBOX_PORT)
    except PortTaken as taken:
        fail(str(taken))
    with _folder(keep) as folder, (folder / "paidan.log").open("w", encoding="utf-8", buffering=1) as log:
        logging_setup.configure("info", log)
        show = Show(Screen(Console()), folder, ports, leads=leads, speed=speed, ends=exit_when_done)
        status = run_loop(show.run_until_stopped())
    if keep is not None:
        show.screen.say(f"kept in {keep}  数据库、日志和配置都在这里")
    raise typer.Exit(status)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """Give the folder of this run: a new one that stays, or one that goes."""
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="paidan-demo-", ignore_cleanup_errors=True) as name:
            yield Path(name)
        return
    try:
        keep.mkdir(mode=0o700, parents=True)
    except OSError as error:
        fail(f"{keep}: {error.strerror}; --keep makes a new folder")
    yield keep.absolute()


@dataclass
class Show:
    """One run of the demo."""

    screen: Screen
    folder: Path
    ports: tuple[int, int]
    leads: int | None
    speed: float
    ends: bool

    async def run_until_stopped(self) -> int:
        """Run, and stop at once on Ctrl-C; gives the exit status."""
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stopped.set)
        running, stop = asyncio.create_task(self._run()), asyncio.create_task(stopped.wait())
        await asyncio.wait({running, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if running.done():
            return running.result()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        self.screen.say("\nstopped  已停止")
        return _INTERRUPTED if self.ends else 0

    async def _run(self) -> int:
        self.screen.say("paidan demo  正在准备：数据库、企业微信沙盒、服务……", "dim")
        started_at = SystemClock().now()
        company = Company(self.folder, Secrets(), started_at, next_minute_after(started_at + _LATE_BY), self.speed)
        async with open_stage(company, port=self.ports[0], sandbox_port=self.ports[1]) as stage:
            deliveries = morning(self.leads)
            opens_in = (company.opens_at - SystemClock().now()).total_seconds()
            stretch = stretch_of(deliveries, opens_in, self.speed)
            play = Play(stage, self.screen, deliveries, Pace(1.0 / self.speed), stretch)
            self._introduce(stage)
            async with play.people():
                figures = await play.run()
                self.screen.console.print(summary(figures))
                status = self._verdict(figures)
                if not self.ends:
                    await self._hand_over(stage, play)
        return status

    def _introduce(self, stage: Stage) -> None:
        """Print what to open and what to paste."""
        say, keys = self.screen.say, stage.company.secrets
        zone = stage.company.opens_at.astimezone(ZoneInfo(LATE_ZONE))
        say()
        say(f"  phones   手机    {stage.sandbox.base_url}/", "bold green")
        say(f"  service  服务    {stage.address}", "bold green")
        say(f"  log      日志    {stage.company.log_file}", "dim")
        say()
        say(
            f"九名销售、三个时区、两位主管，一个上午压缩成一分钟。西北组 {zone:%H:%M}（乌鲁木齐时间）上班，之前的线索在公海等。"
        )
        say("您也可以发一条线索。它会出现在张三或孙七的手机上，等您点「接单」，十分钟内有效：", "bold")
        say()
        say(f"curl -sS {stage.address}/webhooks/landing -H 'Authorization: Bearer {keys.landing_token}' "
            f"-H 'Content-Type: application/json' -d '{_EXAMPLE}'")  # fmt: skip
        say()
        say("看一条线索的去向，把 L1001 换成回答里的 lead_id（再发时换个电话，就是另一位客户）：", "bold")
        say()
        say(f"curl -sS {stage.address}/api/v1/leads/L1001 -H 'Authorization: Bearer {keys.api_token}'")
        say()

    def _verdict(self, figures: Figures) -> int:
        """Say what is wrong, if anything; gives the exit status."""
        for what, found in (
            ("lost", figures.lost), ("not settled", figures.unsettled), ("not answered as expected", figures.unexpected),
        ):  # fmt: skip
            if found:
                self.screen.say(f"{what}: {', '.join(found)}", "bold red")
        if figures.unsent:
            self.screen.say("not sent: messages are still waiting", "bold red")
        return 0 if figures.sound else 1

    async def _hand_over(self, stage: Stage, play: Play) -> None:
        """Leave the phones of two reps to the user, with limits that leave time to look, until Ctrl-C."""
        await stage.publish(stage.company.afternoon_policy, reason="演示下午：时限放宽")
        play.hand_over()
        names = "、".join(member.name for member in MEMBERS if member.userid in YOURS)
        self.screen.say(
            phrase(
                "上午结束。{names}的手机现在归您，其他人还会慢慢接单；接单时限放宽到 5 分钟。Ctrl-C 结束。", names=names
            ),
            "bold",
        )
        self.screen.say(f"phones 手机 {stage.sandbox.base_url}/", "green")
        with self.screen.table():
            async with play.looking():
                await asyncio.Event().wait()
