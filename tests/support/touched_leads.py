"""Which leads a commit has touched, told by the database itself: triggers on every table that holds rows of leads.

Whoever checks only what was touched must not ask the code that is being checked.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_TABLES = (
    "lead",
    "offer",
    "decision",
    "fact",
    "timer",
    "outbox",
    "disclosure",
    "notice",
    "review_item",
    "manager_card",
)
_SINCE = text("SELECT seq, lead_id FROM touched WHERE seq > :behind")


def watch(connection: Connection) -> None:
    """Begin to note down; once for a database."""
    run = connection.exec_driver_sql
    if connection.dialect.name == "sqlite":
        run("CREATE TABLE touched (seq INTEGER PRIMARY KEY AUTOINCREMENT, lead_id BIGINT)")
        for table in _TABLES:
            for verb, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                run(
                    f"CREATE TRIGGER touched_{table}_{verb} AFTER {verb} ON {table} "
                    f"BEGIN INSERT INTO touched (lead_id) VALUES ({row}.lead_id); END"
                )
        return
    run("CREATE TABLE touched (seq BIGSERIAL PRIMARY KEY, lead_id BIGINT)")
    run(
        "CREATE FUNCTION note_touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO touched (lead_id) VALUES (CASE WHEN TG_OP = 'DELETE' THEN OLD.lead_id ELSE NEW.lead_id END); "
        "RETURN NULL; END $$"
    )
    for table in _TABLES:
        run(
            f"CREATE TRIGGER touched_{table} AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION note_touched()"
        )


def since(connection: Connection, behind: int) -> tuple[int, set[int]]:
    """Give the leads touched behind a place, and the place up to which this has read; rows without a lead count for none."""
    rows = connection.execute(_SINCE, {"behind": behind}).all()
    return max((row.seq for row in rows), default=behind), {row.lead_id for row in rows if row.lead_id is not None}
