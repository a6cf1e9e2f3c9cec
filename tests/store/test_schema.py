"""The migrations make exactly the tables that the code names."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Callable
from typing import TypeVar

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from store import schema, versions
from store.database import Database, open_database
from store.errors import AnotherWriter, SchemaTooNew, SchemaTooOld
from store.ids import FIRST_ID, KINDS, peek
from store.migrations.runner import config_for
from store.sqlite_database import writer_lock
from store.tables import metadata

T = TypeVar("T")

_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE name <> 'alembic_version' AND sql IS NOT NULL",
    "postgresql": """
        SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        UNION ALL
        SELECT table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'
        """,
}


def _definitions(connection: Connection) -> dict[str, str]:
    """Give what the engine itself says about every table and index, white space and order of columns apart."""
    found = {}
    for name, sql in connection.execute(text(_INDEXES[connection.dialect.name])):
        parts = re.sub(r"\s+", " ", sql).replace('"', "").replace("(false)", "false").strip()
        found[name] = ",".join(sorted(part.strip() for part in parts.split(","))) if "CREATE TABLE" in parts else parts
    return found


async def _on(url: str, work: Callable[[Connection], T]) -> T:
    database = open_database(url)
    try:
        return await database.write(work)
    finally:
        await database.close()


async def test_migrations_make_the_tables_that_the_code_names(database: Database) -> None:
    """A column, constraint or index in one place only would be missing in production or in tests."""

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert await database.write(differences) == []


async def test_migrated_and_created_databases_read_the_same(database: Database) -> None:
    """The engine's own words are compared too: Alembic does not look at the conditions of partial indexes."""
    migrated = await database.read(_definitions)

    await database.write(metadata.drop_all)
    await database.write(metadata.create_all)

    assert migrated == await database.read(_definitions)
    assert len(migrated) > 40


async def test_an_upgrade_of_an_upgraded_database_changes_nothing(empty_database_url: str) -> None:
    """Every start may upgrade; it must not reset counters or rename the installation."""
    schema.upgrade(empty_database_url)
    before = await _on(empty_database_url, lambda connection: versions.state(connection, versions.INSTALLATION))

    schema.upgrade(empty_database_url)

    assert await _on(empty_database_url, lambda connection: versions.state(connection, versions.INSTALLATION)) == before
    assert re.fullmatch("[0-9a-f]{8}", before)


async def test_ids_start_where_the_code_says(database: Database) -> None:
    """The migration names kinds and first id by itself, so that it never changes; it must agree with the code."""
    starts = await database.read(lambda connection: {kind: peek(connection, kind) for kind in KINDS})

    assert starts == dict.fromkeys(KINDS, FIRST_ID)


async def test_an_empty_or_older_database_is_refused_with_the_mend(empty_database_url: str) -> None:
    """The service must not run on tables it does not know, and its operator must be told the command."""
    with pytest.raises(SchemaTooOld, match="paidan db upgrade"):
        await _on(empty_database_url, schema.check)
    assert await _on(empty_database_url, schema.is_current) is False

    schema.upgrade(empty_database_url)

    await _on(empty_database_url, schema.check)
    assert await _on(empty_database_url, schema.is_current) is True


async def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    """Going back to an older program must not write into tables it does not know."""
    await database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))

    with pytest.raises(SchemaTooNew, match="newer program"):
        await database.read(schema.check)


def test_the_newest_migration_is_the_one_the_code_needs() -> None:
    """`schema.NEWEST` stands in for Alembic at every start; it must not lag behind the migrations."""
    assert ScriptDirectory.from_config(config_for()).get_heads() == [schema.NEWEST]


def test_a_served_sqlite_database_is_not_upgraded_by_a_second_process(sqlite_url: str) -> None:
    """Two processes that write at once can corrupt the file."""
    with writer_lock(sqlite_url), pytest.raises(AnotherWriter, match="another process"):
        schema.upgrade(sqlite_url)


@pytest.mark.postgres
async def test_replicas_may_upgrade_at_the_same_moment(empty_postgres_url: str) -> None:
    """Replicas start together; one migrates, the others wait and find it done."""
    program = "import sys; from store.schema import upgrade; upgrade(sys.argv[1])"
    replicas = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, empty_postgres_url) for _ in range(3)
    ]

    assert [await replica.wait() for replica in replicas] == [0, 0, 0]
    assert await _on(empty_postgres_url, schema.is_current) is True


def test_starting_does_not_load_alembic() -> None:
    """Alembic takes a second to load, which every start and every command would pay."""
    program = "import sys, store.schema, store.database, store.transaction; print('alembic' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
