"""What `paidan doctor` looks for in the database: engine, schema, key, team, policy."""

from __future__ import annotations

from datetime import date

from bot.cli.console import counted
from bot.cli.findings import Finding, doubtful, good, missing
from bot.clock import SystemClock
from bot.settings import Settings
from routing.errors import FileRefused
from routing.policy_file import Surroundings, load_policy
from routing.policy_notes import notes_on
from routing.roster import Roster
from routing.team_file import roster_from_document
from store import Connection, decision_queries, schema, versions
from store.data_key import open_keys, verify
from store.database import Database, open_readers
from store.errors import AnotherWriter, SchemaTooNew, SchemaTooOld, StoreError, WrongDataKey
from store.sqlite_database import sqlite_path, writer_lock

#: In earlier versions two connections that write or checkpoint a WAL database at the same instant can corrupt it.
_SAFE_WAL = (3, 51, 3)


async def check_store(settings: Settings, people: list[str]) -> list[Finding]:
    """Check the database and what is in it; the ids of everybody on the roster are added to `people`."""
    url = settings.database_url
    if url.startswith("sqlite"):
        try:
            path = sqlite_path(url)
        except StoreError as error:
            return [missing(str(error))]
        if not path.exists():
            return [missing(f"database: {path} is not there; run `paidan db upgrade`")]
    try:
        readers = open_readers(url)
    except StoreError as error:
        return [missing(f"database: {error}")]
    try:
        return await _look_inside(settings, readers, people)
    finally:
        await readers.close()


async def _look_inside(settings: Settings, readers: Database, people: list[str]) -> list[Finding]:
    try:
        engine = await readers.read(decision_queries.engine_version)
    except (StoreError, OSError) as error:
        return [missing(f"database can't be reached: {str(error) or type(error).__name__}; check PAIDAN_DATABASE_URL")]
    found = [_engine(settings.database_url, engine)]
    try:
        await readers.read(schema.check)
    except (SchemaTooOld, SchemaTooNew) as error:
        return [*found, missing(f"schema: {error}")]
    found.append(good(f"schema {schema.NEWEST}"))
    if settings.database_url.startswith("sqlite"):
        found.append(_lock(settings.database_url))
    found += await _key(settings, readers)
    today = SystemClock().now().date()
    return found + await readers.read(lambda connection: _in_force(connection, people, today))


def _engine(url: str, version: str) -> Finding:
    if not url.startswith("sqlite"):
        return good(f"database: PostgreSQL {version}")
    if tuple(int(part) for part in version.split(".")[:3]) >= _SAFE_WAL:
        return good(f"database: SQLite {version}")
    return good(
        f"database: SQLite {version}; before 3.51.3 two writers could corrupt a WAL database, so paidan writes over "
        "one connection only: let no other program write to the file"
    )


def _lock(url: str) -> Finding:
    try:
        with writer_lock(url):
            return good("the database is free for `paidan serve`")
    except AnotherWriter:
        return good("the database is held by a running service")
    except OSError as error:
        return missing(f"the database's folder can't be written to: {error.strerror}")


async def _key(settings: Settings, readers: Database) -> list[Finding]:
    given = settings.data_key.get_secret_value() if settings.data_key is not None else ""
    if not given.strip() and settings.database_url.startswith("sqlite"):
        beside = sqlite_path(settings.database_url)
        if not beside.with_name(beside.name + ".key").exists():
            return [
                doubtful(
                    "PAIDAN_DATA_KEY is not set: a key will be made beside the data; set one of your own before that"
                )
            ]
    try:
        keys, warning = open_keys(given, settings.database_url)
        await readers.read(lambda connection: verify(connection, keys))
    except (WrongDataKey, OSError) as error:
        return [missing(f"data key: {error}")]
    return [
        good("PAIDAN_DATA_KEY opens the data") if warning is None else doubtful(f"data key beside the data: {warning}")
    ]


def _in_force(connection: Connection, people: list[str], today: date) -> list[Finding]:
    states = versions.states(connection, versions.POLICY_IN_FORCE, versions.ROSTER_IN_FORCE)
    found, roster = [], None
    version = states.get(versions.ROSTER_IN_FORCE)
    if version is None:
        found.append(missing("no team: paidan team import FILE"))
    else:
        roster = roster_from_document(versions.roster(connection, version).document)
        people += [rep.id for rep in roster.reps]
        count = sum(rep.takes_leads for rep in roster.reps)
        text = f"roster version {version}: {counted(count, 'rep')} in {counted(len(roster.teams), 'team')}"
        found.append(good(text) if count else missing(f"{text}; nobody takes leads"))
    policy = states.get(versions.POLICY_IN_FORCE)
    if policy is None:
        return [*found, missing("no policy in force: paidan policy publish FILE")]
    return found + _policy(versions.policy(connection, policy), roster, today)


def _policy(stored: versions.StoredPolicy, roster: Roster | None, today: date) -> list[Finding]:
    """Read the policy in force anew: what was fine when it was published may have run out since."""
    try:
        loaded = load_policy(stored.source_text, surroundings=Surroundings(roster, at=today))
    except FileRefused as refused:
        return [missing(f"policy version {stored.version}: {problem}") for problem in refused.problems]
    found = [good(f"policy version {stored.version}: {counted(len(loaded.policy.rules), 'rule')}")]
    found += [doubtful(f"policy: {warning}") for warning in loaded.warnings]
    found += [good(f"policy: {note}") for note in notes_on(loaded.policy)]
    if loaded.policy.not_yet_in_force:
        found.append(doubtful(f"policy: not yet in force: {', '.join(loaded.policy.not_yet_in_force)}"))
    return found
