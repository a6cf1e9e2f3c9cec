"""Messages: claimed by one, sent at least once with the same bytes, finished once."""

import asyncio

import pytest
from sqlalchemy import Connection, text

from store import outbox
from store.database import Database, PostgresDatabase
from store.outbox import NewMessage, Urgency
from store.rows import MessageRow
from store.transaction import Transaction
from store.work import Work
from tests.store import given
from tests.store.given import KEYS, MINUTE, NOW


def _queue(*messages: NewMessage) -> Work[None]:
    def work(connection: Connection) -> None:
        tx = Transaction(connection, KEYS, NOW)
        for message in messages:
            tx.message(message)
        tx.flush()

    return work


def _claim(limit: int = 100, *, at: float = 0, lease: float = 1, busy: tuple[str, ...] = ()) -> Work[list[MessageRow]]:
    """Claim `at` minutes later, for `lease` minutes."""
    now = NOW + at * MINUTE
    return lambda connection: outbox.claim(
        connection, now, KEYS, lease_until=now + lease * MINUTE, limit=limit, busy=busy
    )


async def test_the_most_urgent_come_first_then_the_oldest(database: Database) -> None:
    """Answers and cards must not wait behind digests."""
    await database.write(
        _queue(
            given.a_message("a", urgency=Urgency.DIGEST),
            given.a_message("b", urgency=Urgency.CARD),
            given.a_message("c", urgency=Urgency.ANSWER),
            given.a_message("d", urgency=Urgency.CARD),
            given.a_message("later", urgency=Urgency.ANSWER, due_at=NOW + MINUTE),
            given.a_message("busy", urgency=Urgency.ANSWER),
        )
    )

    claimed = await database.write(_claim(3, busy=("busy",)))
    rest = await database.write(_claim())

    assert [row.to_member for row in claimed] == ["c", "b", "d"]
    assert [row.to_member for row in rest] == ["busy", "a"]
    assert await database.read(outbox.next_due_at) == NOW


async def test_a_message_comes_back_whole(database: Database) -> None:
    """What is private is sealed in between; the body is kept as it was first rendered."""
    message = given.a_message(
        "rep001", lead_id=1001, offer_no=2, payload={"rung": 1}, private={"text": "您好"}, due_at=NOW - MINUTE
    )
    await database.write(_queue(message))

    [row] = await database.write(_claim())
    for body in (None, b"first", b"second"):
        await database.write(lambda connection, body=body: outbox.begin(connection, {row.message_id: body}, KEYS))  # type: ignore[misc]
    [again] = await database.write(_claim(at=2))

    assert (row.kind, row.lead_id, row.offer_no, row.payload) == ("offer_card", 1001, 2, {"rung": 1})
    assert (row.private, row.queued_at, row.due_at, row.body) == ({"text": "您好"}, NOW, NOW - MINUTE, None)
    assert (again.body, again.attempts) == (b"first", 3)


async def test_two_claimers_never_get_the_same_message(database: Database) -> None:
    """A rep who got his card twice would ask which one counts."""
    await database.write(_queue(*(given.a_message(f"rep{number:03}") for number in range(200))))

    claims = await asyncio.gather(*(database.write(_claim(15)) for _ in range(20)))

    ids = [row.message_id for claim in claims for row in claim]
    assert len(ids) == len(set(ids))
    rest = [row.message_id for row in await database.write(_claim(500))]
    assert len(set(ids) | set(rest)) == 200
    assert not set(ids) & set(rest)


@pytest.mark.postgres
async def test_claimers_on_postgresql_do_not_wait_for_each_other(postgres_url: str) -> None:
    """A replica in the middle of its claim must not hold up the others' messages."""
    database = PostgresDatabase(postgres_url)
    await database.write(_queue(*(given.a_message(f"rep{number:03}") for number in range(10))))

    def slowly(connection: Connection) -> list[MessageRow]:
        rows = _claim(5)(connection)
        connection.execute(text("SELECT pg_sleep(0.6)"))
        return rows

    slow = asyncio.ensure_future(database.write(slowly))
    await asyncio.sleep(0.2)
    fast = await asyncio.wait_for(database.write(_claim(10)), 0.3)

    assert len(fast) == 5
    assert not {row.message_id for row in fast} & {row.message_id for row in await slow}
    await database.close()


async def test_a_lease_that_ran_out_is_taken_again_and_finished_once(database: Database) -> None:
    """A sender that died is followed by another; when the first turns out to be alive, only one end is recorded."""
    await database.write(_queue(given.a_message()))
    [first] = await database.write(_claim(lease=1))

    assert await database.write(_claim(at=1)) == []
    [second] = await database.write(_claim(at=1.01))
    ended = [
        await database.write(lambda connection: outbox.finish(connection, first.message_id, "sent", NOW))
        for _ in range(2)
    ]

    assert second.message_id == first.message_id
    assert ended == [True, False]
    assert await database.write(_claim(at=9)) == []
    stored = await database.read(
        lambda connection: connection.execute(text("SELECT sealed_body, sealed_payload, outcome FROM outbox")).one()
    )
    assert tuple(stored) == (None, None, "sent")


async def test_a_message_given_back_waits_and_one_dropped_is_gone(database: Database) -> None:
    """Retries count their attempts; what has lost its meaning is not sent, and what is done stays done."""
    await database.write(_queue(given.a_message("a"), given.a_message("b"), given.a_message("c")))
    a, b, c = await database.write(_claim())

    def story(connection: Connection) -> None:
        outbox.begin(connection, {a.message_id: None}, KEYS)
        outbox.retry(connection, a.message_id, NOW + 5 * MINUTE, "busy")
        outbox.finish(connection, b.message_id, "sent", NOW)
        outbox.drop(connection, [b.message_id, c.message_id], "obsolete", NOW)
        outbox.retry(connection, c.message_id, NOW, "late")
        outbox.drop(connection, [], "obsolete", NOW)

    await database.write(story)

    assert await database.write(_claim(at=4)) == []
    [again] = await database.write(_claim(at=5))
    assert (again.to_member, again.attempts) == ("a", 1)
    outcomes = await database.read(
        lambda connection: list(connection.execute(text("SELECT outcome FROM outbox ORDER BY message_id")).scalars())
    )
    assert outcomes == [None, "sent", "obsolete"]


async def test_what_waits_for_each_member_is_counted_without_answers(database: Database) -> None:
    """The send budget is spent by what we push; answers have their own part of it."""
    await database.write(
        _queue(*(given.a_message(name, urgency=urgency) for name, urgency in (
            ("a", Urgency.CARD), ("a", Urgency.DIGEST), ("a", Urgency.ANSWER), ("b", Urgency.REWRITE),
        )))
    )  # fmt: skip

    assert await database.read(outbox.waiting_pushes) == {"a": 2, "b": 1}


async def test_send_budgets_are_kept_and_say_who_has_no_slot(database: Database) -> None:
    """A rep without a free slot gets no lead that he would not hear of in time."""
    await database.write(lambda connection: outbox.save_budgets(connection, {"b": ({"n": 1}, NOW + MINUTE)}, new={"b"}))
    await database.write(
        lambda connection: outbox.save_budgets(
            connection, {"b": ({"n": 2}, NOW + 2 * MINUTE), "a": ({}, NOW)}, new={"a"}
        )
    )

    assert await database.write(lambda connection: outbox.budgets(connection, ["b", "a", "x", "b"])) == {
        "a": {},
        "b": {"n": 2},
    }
    assert await database.read(lambda connection: outbox.budgets(connection, ["b"])) == {"b": {"n": 2}}
    assert await database.read(lambda connection: outbox.members_without_slot(connection, NOW + MINUTE)) == {"b"}
