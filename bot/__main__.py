"""The `paidan` command; also `python -m bot`."""

from __future__ import annotations

import typer

from bot.cli import databases, deciding, doctoring, policies, replaying, sandbox_server, serving, teams
from bot.cli.demo.command import demo

app = typer.Typer(
    help="派单：把每条销售线索在几秒内交给合适的人，并确认有人接手。", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False,
)  # fmt: skip
app.command("serve")(serving.serve)
app.command("demo")(demo)
app.command("sandbox")(sandbox_server.sandbox)
app.command("decide")(deciding.decide)
app.command("replay")(replaying.replay)
app.command("doctor")(doctoring.doctor)
app.add_typer(databases.app, name="db")
app.add_typer(teams.app, name="team")
app.add_typer(policies.app, name="policy")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
