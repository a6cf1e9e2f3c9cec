"""The same operations on SQLite and PostgreSQL leave the same rows and give the same answers."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, select

from store import deliveries, ids, leads, offers, outbox, people, standings, timers, versions
from store.database import Database, open_database
from store.lead_queries import LeadFilter, count_waiting, loads, search, waiting
from store.lost_leads import lost_leads
from store.people import LeaveRow
from store.tables import metadata
from store.transaction import Transaction
from tests.store import given
from tests.store.given import KEYS, MINUTE, NOW

_STATES = ("received", "offered", "owned", "pooled", "review", "won", "lost", "merged")
_REPS = [f"rep{number}" for number in range(6)]
#: Sealed with a fresh nonce each time, or drawn when the database was made.
_RANDOM_COLUMNS = {"sealed", "sealed_payload", "sealed_body", "secret"}


def _receive(draw: random.Random) -> Callable[[Connection], object]:
    """Take in a batch of leads with all that hangs on them, and move whatever was there before."""
    count = draw.randint(1, 5)
    seed = draw.random()
    now = NOW + draw.randint(0, 600) * MINUTE / 10

    def work(connection: Connection) -> object:
        chance = random.Random(seed)
        tx = Transaction(connection, KEYS, now)
        for standing in chance.sample(list(tx.standings().values()), 3):
            standing.open += 1
            standing.paused_until = chance.choice([None, now])
        for lead_id in tx.reserve("lead", count):
            state = chance.choice(_STATES)
            tx.add_lead(
                given.a_lead(
                    lead_id, state=state, owner=chance.choice([None, *_REPS]), offer_no=1, waiting_since=now,
                    pool_reason=chance.choice([None, "waiting", "recycled"]),
                    content={"phone": f"+861380000{chance.randint(0, 9):04}", "source": chance.choice(["a", "b"])},
                )
            )  # fmt: skip
            tx.add_offer(
                given.an_offer(
                    lead_id, rep_id=chance.choice(_REPS), state=chance.choice(["open", "expired"]), offered_at=now,
                    deadline_at=chance.choice([None, now, now + MINUTE]),
                )
            )  # fmt: skip
            tx.fact(lead_id, "received", "a", n=chance.randint(0, 9))
            tx.timer("look", now + chance.randint(-5, 5) * MINUTE, lead_id=lead_id, offer_no=1)
            tx.message(given.a_message(chance.choice(_REPS), urgency=outbox.Urgency(chance.randint(0, 4))))
            tx.keep_delivery(
                source="a", delivery_key=str(lead_id).encode(), body_hash=b"h", lead_id=lead_id, answer={}, seen_at=now
            )
        tx.add_decision(given.a_decision(tx.reserve("decision", 1)[0], lead_id))
        for row in tx.leads([chance.randint(1001, 1100) for _ in range(3)]):
            row.state = chance.choice(_STATES)
            row.score += 1
            tx.touch(row)
            for offer in tx.running_offers(row):
                offer.state, offer.answered_at = "accepted", now
                tx.touch_offer(offer)
        tx.flush()
        return sorted(tx.queued_for.items()), tx.first_timer_at

    return work


def _run_timers(draw: random.Random) -> Callable[[Connection], object]:
    now = NOW + draw.randint(0, 60) * MINUTE
    limit = draw.randint(1, 9)

    def work(connection: Connection) -> object:
        due = timers.due(connection, now, limit=limit)
        timers.remove(connection, [row.timer_id for row in due[::2]])
        for row in due[1::2]:
            timers.postpone(connection, row.timer_id, now + MINUTE)
        return due, timers.next_due_at(connection)

    return work


def _send(draw: random.Random) -> Callable[[Connection], object]:
    now = NOW + draw.randint(0, 60) * MINUTE
    limit, busy = draw.randint(1, 9), tuple(draw.sample(_REPS, 2))

    def work(connection: Connection) -> object:
        rows = outbox.claim(connection, now, KEYS, lease_until=now + 5 * MINUTE, limit=limit, busy=busy)
        for row, how in zip(rows, "abcd" * 9, strict=False):
            if how == "a":
                outbox.begin(connection, {row.message_id: b"body"}, KEYS)
                outbox.finish(connection, row.message_id, "sent", now)
            elif how == "b":
                outbox.retry(connection, row.message_id, now + MINUTE, "busy")
            elif how == "c":
                outbox.drop(connection, [row.message_id], "obsolete", now)
        new = {busy[0]} - outbox.budgets(connection, busy).keys()
        outbox.save_budgets(connection, {busy[0]: ({"n": limit}, now)}, new=new)
        waits = sorted(outbox.waiting_pushes(connection).items())
        return rows, waits, outbox.next_due_at(connection), outbox.members_without_slot(connection, now)

    return work


def _people(draw: random.Random) -> Callable[[Connection], object]:
    rep, hours = draw.choice(_REPS), draw.randint(1, 50)

    def work(connection: Connection) -> object:
        leave = LeaveRow(0, rep, NOW, NOW + hours * 60 * MINUTE)
        leave_id = people.add_leave(connection, leave, entered_by="boss", now=NOW)
        cancelled = people.cancel_leave(connection, leave_id - 1, NOW)
        given_ids = people.add_credits(connection, rep, 2, reason="x", given_by="boss", now=NOW)
        people.use_credits(connection, {given_ids[0]: hours})
        standings.count_close(connection, rep, {"channel": str(hours % 3)}, won=hours % 2 == 0)
        versions.set_state(connection, f"s{hours % 5}", {"n": hours}, NOW)
        gone = deliveries.forget_before(
            connection, deliveries=NOW + hours * MINUTE, callbacks=NOW, refused=NOW + hours * MINUTE
        )
        return cancelled, people.unused_credits(connection), people.leaves_from(connection, NOW), gone

    return work


def _ask(draw: random.Random) -> Callable[[Connection], object]:
    now = NOW + draw.randint(0, 60) * MINUTE
    state, rep, phone = draw.choice(_STATES), draw.choice(_REPS), f"+861380000{draw.randint(0, 9):04}"

    def work(connection: Connection) -> object:
        return (
            search(connection, LeadFilter(state=state), KEYS, limit=5),
            search(connection, LeadFilter(owner=rep, phone=phone), KEYS, limit=5, cursor=1050),
            waiting(connection, "pooled", KEYS, limit=5, pool_reason="waiting"),
            count_waiting(connection),
            loads(connection, now),
            lost_leads(connection, now),
            leads.owned_by(connection, rep, ["owned", "won"], limit=9),
            leads.find_by_identity(connection, "phone_index", [KEYS.index("phone", phone) or b""]),
            offers.running_of(connection, rep),
            sorted(offers.overdue(connection, now, limit=99), key=lambda row: row.lead_id),
            sorted(offers.undelivered(connection, now, limit=99), key=lambda row: row.lead_id),
            sorted(standings.rates(connection)),
            ids.peek(connection, "lead"),
        )

    return work


_KINDS = (_receive, _receive, _run_timers, _send, _people, _ask)


def _everything(connection: Connection) -> dict[str, list[Any]]:
    """Give every row of every table, what is random left out."""
    found = {}
    for table in metadata.sorted_tables:
        columns = [column for column in table.columns if column.name not in _RANDOM_COLUMNS]
        rows = connection.execute(select(*columns).order_by(*table.primary_key.columns))
        found[table.name] = [tuple(row) for row in rows if row[0] != versions.INSTALLATION]
    return found


async def _play(database: Database, seed: int, steps: int) -> tuple[list[object], dict[str, list[Any]]]:
    draw = random.Random(seed)
    await database.write(lambda connection: standings.ensure(connection, _REPS))
    answers = [await database.write(draw.choice(_KINDS)(draw)) for _ in range(steps)]
    return answers, await database.read(_everything)


@pytest.mark.postgres
@pytest.mark.parametrize("seed", [1, 2])
async def test_both_engines_do_the_same(sqlite_url: str, postgres_url: str, seed: int) -> None:
    """What is tried out on SQLite holds on PostgreSQL: every answer and every row is equal after random operations."""
    played = []
    for url in (sqlite_url, postgres_url):
        database = open_database(url)
        played.append(await _play(database, seed, steps=60))
        await database.close()

    on_sqlite, on_postgres = played
    for step, (first, second) in enumerate(zip(on_sqlite[0], on_postgres[0], strict=True)):
        assert first == second, f"step {step} of seed {seed}"
    assert on_sqlite[1] == on_postgres[1]
    assert all(
        on_sqlite[1][name] for name in ("lead", "offer", "fact", "timer", "outbox", "delivery", "credit", "leave")
    )
