"""The record of commands, on both engines."""

from dataclasses import replace
from datetime import datetime, timedelta

from store import Connection, commands
from store.commands import AWAITING, CANCELLED, DONE, CommandRow
from store.database import Database
from store.sealed_fields import KeyRing


def _row(command_id: int, now: datetime, **changes: object) -> CommandRow:
    row = CommandRow(
        command_id, "lijing", "credit", now, DONE, {"rep": "zhangsan"}, {"kind": "credit"}, {"words": "空号"}
    )
    return replace(row, **changes)  # type: ignore[arg-type]


async def test_a_command_comes_back_as_it_was_written(database: Database, keys: KeyRing, now: datetime) -> None:
    """What was said in own words is sealed; the rest is ids and codes."""
    row = _row(1001, now)
    await database.write(lambda connection: commands.add(connection, row, keys))
    assert await database.write(lambda connection: commands.load(connection, 1001, keys)) == row
    assert await database.read(lambda connection: commands.load(connection, 1001, keys)) == row
    assert await database.read(lambda connection: commands.load(connection, 1002, keys)) is None

    def sealed(connection: Connection) -> bytes:
        return bytes(connection.exec_driver_sql("SELECT sealed FROM command").scalar_one())

    assert "空号".encode() not in await database.read(sealed)


async def test_the_latest_of_somebody_in_a_state_is_found(database: Database, keys: KeyRing, now: datetime) -> None:
    """Other people's, and those in other states, do not count."""

    def write(connection: Connection) -> None:
        later = now + timedelta(minutes=1)
        for row in (
            _row(1001, now),
            _row(1002, later),
            _row(1003, later, state=AWAITING, undo=None, private={}),
            _row(1004, later, actor="chenmin"),
        ):
            commands.add(connection, row, keys)

    await database.write(write)
    done = await database.read(lambda connection: commands.latest(connection, "lijing", (DONE,), keys))
    assert done is not None
    assert done.command_id == 1002
    await database.write(lambda connection: commands.finish(connection, 1002, CANCELLED))
    done = await database.read(lambda connection: commands.latest(connection, "lijing", (DONE,), keys))
    assert done is not None
    assert done.command_id == 1001
    waiting = await database.read(lambda connection: commands.latest(connection, "lijing", (AWAITING,), keys))
    assert waiting is not None
    assert (waiting.command_id, waiting.undo, waiting.private) == (1003, None, {})
    assert await database.read(lambda connection: commands.latest(connection, "root", (DONE,), keys)) is None
