"""What has been kept long enough goes; what is still needed stays."""

from sqlalchemy import event, func, select

from bot.services.deadlines import run_due
from bot.services.desk import Desk
from bot.services.retention import forget_old
from store import kept_rows
from store.prepared import driver
from store.tables import outbox
from tests.support.office import Company


def _messages(desk: Desk) -> tuple[int, int]:
    statement = select(func.count(), func.count(outbox.c.done_at))
    counted = desk.tx.connection.execute(statement).one()
    return counted[0], counted[1]


async def test_messages_are_forgotten_a_month_after_they_were_done_and_never_before(floor: Company) -> None:
    """Five rows a lead would outgrow the leads themselves; what still waits is kept however old it is."""
    await floor.owned("lisi")
    assert (await floor.do(_messages))[0] == (await floor.do(_messages))[1] > 0
    await floor.do(lambda desk: desk.tell_text("lisi", "还没有发出"))

    kept = []
    for days in (29, 2):
        floor.later(days=days)
        while await floor.do(forget_old):
            pass
        kept.append(await floor.do(_messages))

    assert kept[0][1] > 0
    assert await floor.do(_messages) == (1, 0)


async def test_timers_lock_standings_before_any_lead(floor: Company) -> None:
    """Everybody takes locks in one order; a manager's timer before a rep's deadline must not turn it round."""
    lead_id = await floor.offered("lisi")
    await floor.says("root.admin", f"撤回 L{lead_id}")
    await floor.says("root.admin", "确认")
    await floor.goes(minutes=11)
    floor.later(minutes=3, seconds=30)
    await floor.offered("lisi")
    floor.later(minutes=6)
    asked: list[str] = []

    def use_case(desk: Desk) -> None:
        connection = desk.tx.connection

        def remember(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        kept_rows.forget_all(connection)
        raw = driver(connection)
        if raw is not None:
            raw.set_trace_callback(asked.append)
        event.listen(connection, "before_cursor_execute", remember)
        run_due(desk, limit=100)
        event.remove(connection, "before_cursor_execute", remember)
        if raw is not None:
            raw.set_trace_callback(None)

    await floor.do(use_case)
    first = {
        name: next(at for at, text in enumerate(asked) if f"FROM {name} " in text.replace("\n", " "))
        for name in ("rep_standing", "lead")
    }

    assert first["rep_standing"] < first["lead"]
