"""What a transaction is given comes back whole, from either engine."""

from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, text

from routing.lead import Lead
from store import facts, leads, offers, people, standings, timers, versions
from store.database import Database
from store.errors import NotFound
from store.people import LeaveRow
from store.rows import LeadRow, OfferRow
from store.transaction import Transaction
from tests.store import given
from tests.store.given import KEYS, MINUTE, NOW


def _transaction(connection: Connection) -> Transaction:
    return Transaction(connection, KEYS, NOW)


#: A value for every column of a lead that a use case may set.
_FULL_LEAD: dict[str, Any] = {
    "state": "won", "owner": "rep001", "offer_no": 3, "round": 2, "decision_no": 4, "decision_id": 2001, "rule": "医疗",
    "score": 87, "grade": "A", "pool_reason": "recycled", "review_reason": "best_share", "responsible": "boss",
    "close_reason": "price", "amount": 2**40, "merged_into": 1002, "owned_at": NOW, "first_contact_at": NOW + MINUTE,
    "last_follow_up_at": NOW + 2 * MINUTE, "remind_again_at": NOW + 3 * MINUTE, "closed_at": NOW + 4 * MINUTE,
    "quiet_since": NOW + 5 * MINUTE, "parked_until": NOW + 6 * MINUTE, "parked_seconds": 77, "look_at": NOW + 7 * MINUTE,
    "looked_at": NOW + 8 * MINUTE, "recycles": 2,
    "waiting_since": NOW - MINUTE, "queue_class": 2,
}  # fmt: skip
_FULL_OFFER: dict[str, Any] = {
    "state": "accepted", "decision_id": 2001, "delivered_at": NOW, "deadline_at": NOW + 10 * MINUTE,
    "remind_at": ["2026-03-02T01:05:00+00:00"], "reminders_sent": 1, "answered_at": NOW + MINUTE,
    "ended_at": NOW + 2 * MINUTE,
    "end_reason": "accepted", "why": "同行业客户",
    "snoozed": True, "send_code": b"\x00\xff", "send_code_at": NOW, "offered_by": "boss", "fit": 875, "race": 1,
}  # fmt: skip


def _at_their_defaults(row: LeadRow | OfferRow) -> set[str]:
    """Name the fields that still have their default: a test that leaves one so does not test it."""
    return {item.name for item in fields(row) if getattr(row, item.name) == item.default}


async def test_a_new_lead_comes_back_whole(database: Database) -> None:
    """Every column and every word of the lead survives, in the database's own types."""
    row = given.a_lead(1001, **_FULL_LEAD)
    assert _at_their_defaults(row) <= {"wechat_index"}

    await database.write(lambda connection: _add(_transaction(connection), [row]))

    assert await database.read(lambda connection: _transaction(connection).lead(1001)) == row


def _add(tx: Transaction, rows: list[LeadRow], offers_made: list[OfferRow] | None = None) -> None:
    for row in rows:
        tx.add_lead(row)
    for offer in offers_made or []:
        tx.add_offer(offer)
    tx.flush()


@pytest.mark.parametrize(
    "content",
    [
        {"company_listed": False, "company_size": 0, "quantity": 0.0, "budget": 0.0},
        {"company_listed": True, "is_test": True},
        {"attributes": {"beds": 0, "public": False, "note": ""}, "extra": {"深": {"层": [1, None, "值"]}}},
        {"submitted_at": datetime(2026, 3, 2, 9, 0, 0, 123456, timezone(timedelta(hours=8)))},
        {"name": '𠮷田 O\'Brien "x" \N{ZERO WIDTH JOINER}é', "demand": "\n\t第一行\n第二行 %s :x"},
    ],
    ids=["zero and false", "test", "mappings", "zone", "letters"],
)
def test_a_packed_lead_unpacks_to_the_same(content: dict[str, object]) -> None:
    """No and nothing are answers too: a lead's `False` and 0 must not turn into "not said"."""
    lead = Lead("website", **content)  # type: ignore[arg-type]

    assert leads.unpack_lead(leads.pack_lead(lead)) == lead


async def test_a_changed_lead_and_offer_come_back_changed(database: Database) -> None:
    """Saving writes every column that may change, and the sealed content."""
    before, untouched = given.a_lead(1001), given.a_lead(1002)
    made = given.an_offer(1001)
    await database.write(lambda connection: _add(_transaction(connection), [before, untouched], [made]))
    changed = replace(before, **_FULL_LEAD, lead=replace(before.lead, name="另一个名字"))
    answered = replace(made, **{key: value for key, value in _FULL_OFFER.items() if key not in _FIXED})

    def change(connection: Connection) -> None:
        tx = _transaction(connection)
        row = tx.lead(1001)
        for name in (*_FULL_LEAD, "lead"):
            setattr(row, name, getattr(changed, name))
        tx.touch(row)
        offer = tx.offer(1001, 1)
        assert offer is not None
        for name in _FULL_OFFER:
            setattr(offer, name, getattr(answered, name))
        tx.touch_offer(offer)
        tx.flush()

    await database.write(change)

    assert await database.read(lambda connection: _transaction(connection).leads([1002, 1001])) == [untouched, changed]
    assert await database.read(lambda connection: _transaction(connection).offer(1001, 1)) == answered


#: What an offer says when it is made and never changes afterwards.
_FIXED = {"race", "why", "fit", "offered_by", "decision_id"}


async def test_a_new_offer_comes_back_whole(database: Database) -> None:
    """Every column of an offer survives."""
    offer = given.an_offer(1001, **_FULL_OFFER)
    assert _at_their_defaults(offer) == set()

    await database.write(lambda connection: _add(_transaction(connection), [given.a_lead(1001)], [offer]))

    assert await database.read(lambda connection: offers.of_lead(connection, [1001, 7])) == {1001: [offer]}


async def test_decisions_facts_timers_and_messages_come_back_whole(database: Database) -> None:
    """One transaction writes them all; the history is in the order in which it happened."""
    made = given.a_decision(2001, 1001)

    def store(connection: Connection) -> None:
        tx = _transaction(connection)
        tx.add_lead(given.a_lead(1001))
        tx.add_decision(made)
        tx.mark_reversed(2001)
        assert tx.decision(2001) == replace(made, reversed_at=NOW)
        tx.fact(1001, "received", "website", codes=["a", 1, None, True])
        tx.fact(1001, "follow_up", "rep001", offer_no=1, private={"text": "客户在开会"})
        tx.timer("look", NOW + MINUTE, lead_id=1001, offer_no=1, subject="x")
        tx.timer("drain", NOW - MINUTE)
        tx.message(given.a_message(lead_id=1001, offer_no=1, private={"text": "您好"}))
        tx.message(given.a_message("rep002"))
        assert (tx.queued_for, tx.has_messages) == ({"rep001": 1, "rep002": 1}, True)
        assert tx.first_timer_at == NOW - MINUTE
        tx.flush()

    await database.write(store)

    assert await database.read(lambda connection: _transaction(connection).decision(2001)) == replace(
        made, reversed_at=NOW
    )
    history = await database.read(lambda connection: facts.of_lead(connection, 1001, KEYS))
    assert [(row.event, row.actor, row.offer_no, row.detail, row.private) for row in history] == [
        ("received", "website", None, {"codes": ["a", 1, None, True]}, None),
        ("follow_up", "rep001", 1, {}, {"text": "客户在开会"}),
    ]
    due = await database.write(lambda connection: timers.due(connection, NOW + MINUTE, limit=9))
    assert [(row.kind, row.due_at, row.lead_id, row.offer_no, row.subject, row.attempts) for row in due] == [
        ("drain", NOW - MINUTE, None, None, None, 0),
        ("look", NOW + MINUTE, 1001, 1, "x", 0),
    ]


async def test_only_standings_that_changed_are_written(database: Database) -> None:
    """Counters of reps who had no part in a decision keep what others wrote meanwhile."""
    await database.write(lambda connection: standings.ensure(connection, ["b", "a", "c"]))

    def move(connection: Connection) -> None:
        tx = _transaction(connection)
        loaded = tx.standings()
        connection.execute(text("UPDATE rep_standing SET wins = 9 WHERE rep_id = 'c'"))
        full = given.a_standing("a")
        for item in fields(full):
            setattr(loaded["a"], item.name, getattr(full, item.name))
        tx.flush()

    await database.write(move)

    after = await database.read(standings.load)
    assert list(after) == ["a", "b", "c"]
    assert after["a"] == given.a_standing("a")
    assert after["b"] == replace(after["b"], open=0, resting=False)
    assert after["c"].wins == 9


async def test_a_standing_that_is_changed_back_after_a_flush_is_written_again(database: Database) -> None:
    """A batch flushes between its items; what the first did and the second undid must not stay."""
    await database.write(lambda connection: standings.ensure(connection, ["a"]))

    def change_and_undo(connection: Connection) -> None:
        tx = _transaction(connection)
        for change in (1, -1):
            tx.standings()["a"].open += change
            tx.flush()

    await database.write(change_and_undo)

    assert (await database.read(standings.load))["a"].open == 0


async def test_what_was_flushed_is_not_written_twice(database: Database) -> None:
    """A second flush writes only what has happened since the first."""

    def flush_often(connection: Connection) -> tuple[bool, datetime | None]:
        tx = _transaction(connection)
        tx.add_lead(given.a_lead(1001))
        tx.fact(1001, "received")
        tx.timer("look", NOW, lead_id=1001, offer_no=1)
        tx.message(given.a_message())
        tx.flush()
        tx.flush()
        return tx.has_messages, tx.first_timer_at

    assert await database.write(flush_often) == (True, NOW)
    counts = await database.read(
        lambda connection: [
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() for table in ("fact", "timer", "outbox")
        ]
    )
    assert counts == [1, 1, 1]


async def test_newcomers_get_a_standing_and_nobody_elses_changes(database: Database) -> None:
    """Importing a roster again must not reset anybody's account."""
    await database.write(lambda connection: standings.ensure(connection, ["a"]))
    await database.write(lambda connection: standings.save(connection, [given.a_standing("a")]))

    await database.write(lambda connection: standings.ensure(connection, ["a", "b"]))

    after = await database.read(standings.load)
    assert after["a"] == given.a_standing("a")
    assert set(after) == {"a", "b"}


async def test_an_unknown_lead_is_said_to_be_unknown(database: Database) -> None:
    """A number that somebody mistyped is an answer, not a crash."""
    with pytest.raises(NotFound):
        await database.read(lambda connection: _transaction(connection).lead(999))
    assert await database.read(lambda connection: _transaction(connection).leads([999, 998])) == []
    assert await database.read(lambda connection: _transaction(connection).offers([(9, 9)])) == []
    assert await database.read(lambda connection: _transaction(connection).decision(9)) is None


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    """Facts, counters and messages of one use case are all there, or none is."""

    def fail(connection: Connection) -> None:
        _add(_transaction(connection), [given.a_lead(1001)])
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)

    assert await database.read(lambda connection: _transaction(connection).leads([1001])) == []


async def test_a_naive_time_is_refused(database: Database) -> None:
    """A time without its zone would be read as another moment on another machine."""
    naive = given.a_lead(1001, received_at=NOW.replace(tzinfo=None))

    with pytest.raises(Exception, match="needs its zone"):
        await database.write(lambda connection: _add(_transaction(connection), [naive]))


async def test_versions_are_numbered_and_the_newest_is_in_force(database: Database) -> None:
    """Publishing never changes an earlier version; decisions name the one they were made under."""

    def publish(connection: Connection) -> tuple[int, int, int]:
        first = versions.publish_policy(connection, "规则: 1", author="boss", reason="", now=NOW)
        second = versions.publish_policy(connection, "规则: 2", author="boss", reason="更快", now=NOW + MINUTE)
        return first, second, versions.import_roster(connection, {"人": [1]}, author="boss", changes=["+张三"], now=NOW)

    assert await database.write(publish) == (1, 2, 1)
    read = await database.read(
        lambda connection: (
            versions.states(connection, versions.POLICY_IN_FORCE, versions.ROSTER_IN_FORCE, "absent"),
            versions.policy(connection, 1),
            [stored.version for stored in versions.policies(connection)],
            versions.roster(connection, 1),
        )
    )
    assert read[0] == {versions.POLICY_IN_FORCE: 2, versions.ROSTER_IN_FORCE: 1}
    assert (read[1].source_text, read[1].published_at, len(read[1].secret)) == ("规则: 1", NOW, 16)
    assert read[2] == [2, 1]
    assert (read[3].document, read[3].changes) == ({"人": [1]}, ["+张三"])
    with pytest.raises(NotFound, match="policy version 9"):
        await database.read(lambda connection: versions.policy(connection, 9))


async def test_leave_and_credits_are_counted_once(database: Database) -> None:
    """A leave that is over can't be cancelled, a credit that is used can't be taken back."""

    def story(connection: Connection) -> dict[str, object]:
        leave = LeaveRow(0, "rep001", NOW, NOW + MINUTE)
        leave_id = people.add_leave(connection, leave, entered_by="rep001", now=NOW)
        found = people.leaves_from(connection, NOW)
        credits_given = people.add_credits(connection, "rep001", 3, reason="误派", given_by="boss", now=NOW)
        people.use_credits(connection, {credits_given[0]: 2001})
        return {
            "found": [(row.leave_id == leave_id, row.rep_id, row.starts_at, row.ends_at) for row in found],
            "over": people.leaves_from(connection, NOW + MINUTE),
            "late": people.cancel_leave(connection, leave_id, NOW + MINUTE),
            "cancelled": people.cancel_leave(connection, leave_id, NOW),
            "again": people.cancel_leave(connection, leave_id, NOW),
            "used by": people.credit_used_by(connection, 2001) == credits_given[0],
            "removed": people.remove_credits(connection, credits_given[:2]),
            "left": people.unused_credits(connection) == [("rep001", credits_given[2])],
            "since": people.credits_since(connection, "rep001", NOW),
        }

    assert await database.write(story) == {
        "found": [(True, "rep001", NOW, NOW + MINUTE)], "over": [], "late": False, "cancelled": True, "again": False,
        "used by": True, "removed": 1, "left": True, "since": 2,
    }  # fmt: skip


async def test_closed_leads_are_counted_in_each_segment(database: Database) -> None:
    """Win rates rest on these counts: the first and every later close of a segment counts."""

    def close(connection: Connection) -> list[tuple[str, str, str, int, int]]:
        standings.count_close(connection, "rep001", {"channel": "官网", "industry": "医疗"}, won=True)
        standings.count_close(connection, "rep001", {"channel": "官网"}, won=False)
        return sorted(standings.rates(connection))

    assert await database.write(close) == [("rep001", "channel", "官网", 1, 2), ("rep001", "industry", "医疗", 1, 1)]
