"""Keys of what came in: the same again has no second effect."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from store import deliveries
from store.database import Database
from store.deliveries import FORGET_AT_ONCE, SeenDelivery
from tests.store.given import KEYS, MINUTE, NOW


def _row(source: str, key: bytes, age: float = 0) -> dict[str, object]:
    return {
        "source": source, "delivery_key": key, "body_hash": b"hash" + key, "lead_id": 1001,
        "answer": {"lead_id": "L1001"}, "seen_at": NOW - age * MINUTE,
    }  # fmt: skip


async def test_the_answer_given_to_a_key_is_found_for_its_own_source_only(database: Database) -> None:
    """Two sources may use the same key; a mixture of both must not be taken for either."""
    await database.write(lambda c: deliveries.keep(c, [_row("a", b"1"), _row("b", b"2"), _row("a", b"2")]))

    found = await database.read(lambda c: deliveries.seen(c, [("a", b"1"), ("b", b"1"), ("b", b"2"), ("a", b"9")]))

    answer = {"lead_id": "L1001"}
    assert found == {
        ("a", b"1"): SeenDelivery(b"hash1", 1001, answer),
        ("b", b"2"): SeenDelivery(b"hash2", 1001, answer),
    }
    assert await database.read(lambda c: deliveries.seen(c, [])) == {}


async def test_a_key_is_kept_once(database: Database) -> None:
    """Two replicas that take in the same delivery at once: one of them must fail, and then find the other's answer."""
    await database.write(lambda c: deliveries.keep(c, [_row("a", b"1")]))

    with pytest.raises(IntegrityError):
        await database.write(lambda c: deliveries.keep(c, [_row("a", b"2"), _row("a", b"1")]))

    assert await database.read(lambda c: deliveries.seen(c, [("a", b"2")])) == {}


async def test_callbacks_are_known_again(database: Database) -> None:
    """WeCom repeats a callback that was answered late."""
    await database.write(lambda c: deliveries.keep_callbacks(c, [b"1", b"2"], NOW))
    await database.write(lambda c: deliveries.keep_callbacks(c, [], NOW))

    assert await database.read(lambda c: deliveries.callbacks_seen(c, [b"2", b"3"])) == {b"2"}
    assert await database.read(lambda c: deliveries.callbacks_seen(c, [])) == set()


async def test_what_is_old_is_forgotten_in_portions(database: Database) -> None:
    """Removing a day's keys at once would hold up the leads of several seconds."""
    count = FORGET_AT_ONCE + 200

    def store(connection: Connection) -> None:
        deliveries.keep(connection, [_row("a", number.to_bytes(4), age=10 + number / 1000) for number in range(count)])
        deliveries.keep(connection, [_row("b", b"new", age=9)])
        deliveries.keep_callbacks(connection, [b"old"], NOW - timedelta(days=2))
        deliveries.keep_callbacks(connection, [b"new"], NOW)
        deliveries.refuse(connection, "a", {"title": "x"}, b"body", KEYS, NOW - timedelta(days=40))
        deliveries.refuse(connection, "a", {"title": "x"}, b"body", KEYS, NOW)

    await database.write(store)
    portions: list[int] = []
    while not portions or portions[-1]:
        portions.append(
            await database.write(
                lambda c: deliveries.forget_before(
                    c, deliveries=NOW - 9 * MINUTE, callbacks=NOW - timedelta(days=1), refused=NOW - timedelta(days=30)
                )
            )
        )

    assert sum(portions) == count + 2
    assert len(portions) == 3
    tables = ("delivery", "callback", "refused_delivery")
    left = await database.read(
        lambda c: [c.execute(text(f"SELECT count(*) FROM {table}")).scalar() for table in tables]
    )
    assert left == [1, 1, 1]
