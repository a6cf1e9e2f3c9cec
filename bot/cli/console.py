"""What the command line prints: plain sentences on standard output, refusals on standard error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import typer
from pydantic import ValidationError

from bot.settings import Settings


def read_settings() -> Settings:
    """Read the settings; ends the program naming each that can't be used, without repeating its value."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"PAIDAN_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors(include_input=False)]
        fail("\n".join(lines), status=2)


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    typer.echo(text)


def counted(count: int, thing: str) -> str:
    """Give `1 error` or `2 errors`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def fail(text: str, *, status: int = 1) -> NoReturn:
    """Print a refusal on standard error and end with a status other than 0."""
    typer.echo(text, err=True)
    raise typer.Exit(status)


def tell_problems(name: str, problems: Iterable[Mapping[str, Any]], *, error: bool) -> None:
    """Print problems of a file, one a line, as `policy.yaml:5: rules[0].teams: …`."""
    for item in problems:
        where = f"{name}:{item['line']}" if item["line"] else name
        kind = "error" if item["severity"] == "error" else "warning"
        typer.echo(f"{where}: {kind}: {item['path']}: {item['message']}; {item['mend']}", err=error)
