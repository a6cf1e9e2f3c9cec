"""What the command line prints: plain sentences on standard output, refusals on standard error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import typer
from pydantic import ValidationError

from bot.services.problem_language import in_language
from bot.settings import Settings, language
from routing.errors import Problem


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


def tell_problems(name: str, problems: Iterable[Mapping[str, Any]], *, error: bool, locale: str | None = None) -> None:
    """Print problems of a file, one a line, as `policy.yaml:5: error: rules[0].teams: …`.

    Args:
        name: of the file.
        problems: as data.
        error: whether they go to standard error.
        locale: `zh` or `en`; the language of the shell if None.
    """
    spoken = locale or language()
    for item in problems:
        where = f"{name}:{item['line']}" if item["line"] else name
        kind = "error" if item["severity"] == "error" else "warning"
        message, mend = in_language(item["message"], spoken), in_language(item["mend"], spoken)
        between = "；" if spoken == "zh" else "; "
        typer.echo(f"{where}: {kind}: {item['path']}: {message}{between}{mend}", err=error)


def as_data(problems: Iterable[Problem]) -> list[dict[str, object]]:
    """Give problems as they go over the local socket."""
    return [
        {"line": item.line, "path": item.path, "message": item.message, "mend": item.mend, "severity": item.severity}
        for item in problems
    ]
