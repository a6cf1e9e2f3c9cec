"""Whatever people type or tap: never an exception, always one answer, and nothing that was not asked for."""

import asyncio
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat import inbox
from bot.chat.command_words import NAMES, NOT_BUILT
from bot.messaging import Action
from store import Connection
from tests.support import office
from tests.support.office import Company

PEOPLE = ("zhangsan", "smith", "zhaoliu", "lijing", "chenmin", "root.admin", "audit.zhang")
WORDS = [name for names in NAMES.values() for name in names] + list(NOT_BUILT)
REST = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(
            [
                "L1001",
                "L1002",
                "1003",
                "张三",
                "李",
                "smith",
                "赵六",
                "2小时",
                "明天",
                "14:00-18:00",
                "50万",
                "3",
                "取消",
                "空号",
                "👍",
            ]
        ),
        max_size=4,
    ).map(" ".join),
)
TEXTS = st.one_of(st.text(max_size=80), st.tuples(st.sampled_from(WORDS), REST).map(" ".join))
KEYS = st.one_of(
    st.text(max_size=60),
    st.builds(
        "1:{}:{}:{}{}".format,
        st.sampled_from([action.value for action in Action]),
        st.sampled_from(["L1001", "L1002", "L9", "C1001", "C1002", "x"]),
        st.integers(0, 3),
        st.sampled_from(["", ":zhangsan", ":zhaoliu", ":nobody"]),
    ),
)
ITEMS = st.lists(st.tuples(st.sampled_from(PEOPLE), st.one_of(TEXTS, KEYS), st.booleans()), min_size=10, max_size=30)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(ITEMS)
def test_every_text_and_every_tap_has_one_answer(
    sqlite_template: Path, given_items: list[tuple[str, str, bool]]
) -> None:
    """Exactly one thing that the person reads, whatever was sent; and the books stay straight."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "paidan.db"
        shutil.copyfile(sqlite_template, path)
        asyncio.run(_answers(f"sqlite:///{path}", given_items))


async def _answers(url: str, items: list[tuple[str, str, bool]]) -> None:
    async with office.company(url) as company:
        for _ in range(3):
            await company.lead()
        for user, words, is_tap in items:
            item = company.tap(user, words) if is_tap else company.text(user, words)
            before = len(company.messenger.shown)
            await company.do(lambda desk, item=item: inbox.handle(desk, [item]))  # type: ignore[misc]
            count = await company.runner.look(lambda desk, user=user: _queued(desk.tx.connection, user))  # type: ignore[misc]
            assert 1 <= count <= 2, (user, words)
            await company.deliver()
            assert len(company.messenger.shown) > before
        await _books(company)
        await company.sound()


def _queued(connection: Connection, user: str) -> int:
    """Count the answers that wait for one person: words, or a card that takes their place."""
    found = connection.exec_driver_sql(
        "SELECT count(*) FROM outbox WHERE done_at IS NULL AND urgency = 0 AND to_member = ?", (user,)
    )
    return int(found.scalar_one())


async def _books(company: Company) -> None:
    """What everybody has in hand is what the rows say."""
    for lead_id in (1001, 1002, 1003):
        row = await company.row(lead_id)
        running = await company.running(lead_id)
        assert (running is not None) == (row.state == "offered")
        assert (row.owner is not None) == (row.state in {"owned", "won", "lost", "invalid"})
    for rep in ("zhangsan", "lisi", "lisiguang", "smith", "zhaoliu"):
        rows = [await company.row(lead_id) for lead_id in (1001, 1002, 1003)]
        owned = sum(row.owner == rep and row.state == "owned" for row in rows)
        asked = 0
        for row in rows:
            running = await company.running(row.lead_id)
            asked += running is not None and running.rep_id == rep
        assert (await company.standing(rep)).open == owned + asked
