"""`paidan team import`: who is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.console import counted, fail, say, tell_problems
from bot.cli.operating import write
from bot.operator import operator_name

app = typer.Typer(help="团队与销售。", no_args_is_help=True)


@app.callback()
def team() -> None:
    """Teams and reps."""


@app.command("import")
def import_(
    file: Path,
    *,
    retire_missing: Annotated[
        bool, typer.Option("--retire-missing", help="whoever the file lacks gets no leads any more")
    ] = False,
) -> None:
    """Bring in a team file (YAML or CSV); prints what changed. Refused whole where it has errors."""
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    except UnicodeDecodeError:
        try:
            text = file.read_text("gb18030")
        except UnicodeDecodeError:
            fail(f"{file}: neither UTF-8 nor GB18030")
        say(f"{file}: read as GB18030")
    arguments = {
        "text": text,
        "author": operator_name(),
        "csv": file.suffix.lower() == ".csv",
        "retire_missing": retire_missing,
    }
    result = write("team.import", arguments)
    if "refused" in result:
        tell_problems(str(file), result["refused"], error=True)
        fail(f"refused: {counted(len(result['refused']), 'error')}; what was in force stays")
    tell_problems(str(file), result["warnings"], error=False)
    for line in result["changes"]:
        say(line)
    say(f"roster version {result['version']} in force" if result["changes"] else "nothing changed")
