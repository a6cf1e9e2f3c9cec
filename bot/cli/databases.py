"""`paidan db upgrade`: brings the schema up to date."""

from __future__ import annotations

import typer

from bot.cli.console import fail, read_settings, say
from store import schema
from store.errors import AnotherWriter, StoreError

app = typer.Typer(help="数据库。", no_args_is_help=True)


@app.callback()
def db() -> None:
    """The database."""


@app.command()
def upgrade() -> None:
    """Bring the schema up to date; an empty database gets its first tables."""
    try:
        schema.upgrade(read_settings().database_url)
    except AnotherWriter:
        fail("a running service holds the database: stop it first")
    except StoreError as error:
        fail(str(error))
    except Exception as error:  # noqa: BLE001  drivers raise their own; the operator needs a sentence, not our frames
        fail(f"the database can't be reached or upgraded: {type(error).__name__}: {error}")
    say(f"schema {schema.NEWEST}")
