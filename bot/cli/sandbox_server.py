"""`paidan sandbox`: the stand-in WeCom alone, with the people of a team file on its phones."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import counted, fail, say, tell_problems
from bot.cli.serving import run_loop
from routing.errors import FileRefused
from routing.roster import Role, Roster
from routing.team_file import load_team
from sandbox.config import Person, SandboxConfig
from sandbox.people_file import DEFAULT_PEOPLE
from sandbox.server import run_sandbox

_BLANK = SandboxConfig()


def sandbox(  # noqa: PLR0913, PLR0917  each option of the command line is one
    team: Annotated[
        Path | None, typer.Option(help="team file whose people have phones; a few people if left out")
    ] = None,
    host: Annotated[str, typer.Option(help="address that the sandbox listens on")] = _BLANK.host,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one")] = 8090,
    corp_id: Annotated[str, typer.Option(help="as in PAIDAN_WECOM_CORP_ID")] = _BLANK.corp_id,
    agent_id: Annotated[int, typer.Option(help="as in PAIDAN_WECOM_AGENT_ID")] = _BLANK.agent_id,
    secret: Annotated[str, typer.Option(help="as in PAIDAN_WECOM_SECRET")] = _BLANK.secret,
    callback_url: Annotated[str, typer.Option(help="where taps and texts go, http://HOST:PORT/wecom/callback")] = "",
    token: Annotated[str, typer.Option(help="as in PAIDAN_WECOM_TOKEN")] = "",
    aes_key: Annotated[str, typer.Option(help="as in PAIDAN_WECOM_AES_KEY")] = "",
) -> None:
    """Run a stand-in WeCom with phones to look at and tap. Prints `sandbox http://HOST:PORT`; Ctrl-C ends it."""
    config = SandboxConfig(
        host=host, port=port, corp_id=corp_id, agent_id=agent_id, secret=secret, callback_url=callback_url,
        callback_token=token, callback_aes_key=aes_key, people=DEFAULT_PEOPLE if team is None else people_of(_roster(team)),
    )  # fmt: skip
    run_loop(_serve(config))


async def _serve(config: SandboxConfig) -> None:
    """Listen until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        async with run_sandbox(config) as running:
            say(f"sandbox {running.base_url}")
            await stopped.wait()
    except OSError as error:
        fail(f"can't listen on {config.host}:{config.port}: {error.strerror}")


def people_of(roster: Roster) -> tuple[Person, ...]:
    """Give everybody of a roster a phone; the team's name stands where WeCom has the position."""
    return tuple(
        Person(
            rep.id,
            rep.name,
            role="rep" if rep.role is Role.REP else "manager",
            locale=rep.locale,
            position=roster.teams[rep.team].name if rep.team in roster.teams else "",
        )
        for rep in roster.reps
    )


def _roster(path: Path) -> Roster:
    try:
        return load_team(path.read_text("utf-8-sig")).roster
    except FileRefused as refused:
        problems = [
            {
                "line": item.line,
                "path": item.path,
                "message": item.message,
                "mend": item.mend,
                "severity": item.severity,
            }
            for item in refused.problems
        ]
        tell_problems(str(path), problems, error=True)
        fail(f"refused: {counted(len(problems), 'error')}")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{path}: {error}")
