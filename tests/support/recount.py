"""An independent count over the rows themselves: was anything lost, doubled, owned twice, left unsaid?

Plain SQL on purpose: the counting must not share a mistake with what it counts.
"""

import asyncio
import json
import struct
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from sandbox.card_view import card_text
from sandbox.chats import Entry
from sandbox.server import Sandbox
from store.database import open_readers

_HELD = ("owned", "won", "lost", "invalid")


@dataclass
class Rows:
    """The tables that are counted, as dictionaries."""

    lead: list[dict[str, Any]]
    offer: list[dict[str, Any]]
    fact: list[dict[str, Any]]
    outbox: list[dict[str, Any]]
    timer: list[dict[str, Any]]
    rep_standing: list[dict[str, Any]]
    fairness_accounts: list[dict[str, Any]]

    def of(self, lead_id: int, state: str | None = None) -> list[dict[str, Any]]:
        """Give the offers of a lead, those in one state if asked."""
        return [row for row in self.offers_by_lead.get(lead_id, []) if state in (None, row["state"])]

    def __post_init__(self) -> None:
        """Sort the offers by lead, once."""
        self.offers_by_lead: dict[int, list[dict[str, Any]]] = {}
        for row in self.offer:
            self.offers_by_lead.setdefault(row["lead_id"], []).append(row)


_WANTED = {
    "lead": "lead_id, state, owner, offer_no, phone_index, external_key, pool_reason, merged_into",
    "offer": "lead_id, offer_no, race, rep_id, state, offered_at, delivered_at, deadline_at, within_seconds, offered_on",
    "fact": "lead_id, event, offer_no",
    "outbox": "message_id, to_member, kind, lead_id, offer_no, done_at, outcome",
    "timer": "kind, lead_id, offer_no, due_at",
    "rep_standing": "rep_id, open, today, today_on",
    "fairness_accounts": "rep_ids, columns",
}


def _read(connection: Connection) -> Rows:
    found = {
        name: [dict(row) for row in connection.execute(text(f"SELECT {columns} FROM {name}")).mappings()]
        for name, columns in _WANTED.items()
    }
    return Rows(**found)


async def rows_of(database_url: str) -> Rows:
    """Read the tables in one snapshot, beside a running service."""
    readers = open_readers(database_url)
    try:
        return await readers.read(_read)
    finally:
        await readers.close()


async def counts_of(database_url: str, *tables: str) -> dict[str, int]:
    """Count the rows of some tables."""
    readers = open_readers(database_url)

    def count(connection: Connection) -> dict[str, int]:
        return {name: int(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()) for name in tables}

    try:
        return await readers.read(count)
    finally:
        await readers.close()


def wrong_with_leads(rows: Rows) -> list[str]:
    """Name leads that have more or less than one state, one owner, one live offer."""
    found = []
    for lead in rows.lead:
        name, state = f"L{lead['lead_id']}", lead["state"]
        running = rows.of(lead["lead_id"], "open")
        accepted = [row["rep_id"] for row in rows.of(lead["lead_id"], "accepted")]
        if bool(running) != (state == "offered") or len({row["race"] or row["offer_no"] for row in running}) > 1:
            found.append(f"{name} is {state} and has {len(running)} live offers")
        latest = [row for row in rows.of(lead["lead_id"]) if row["offer_no"] == lead["offer_no"]]
        if running and (running[0]["race"] or lead["offer_no"]) != (latest[0]["race"] or running[0]["offer_no"]):
            found.append(f"{name}: the live offer is not the latest")
        if (lead["owner"] is not None) != (state in _HELD and bool(accepted)):
            found.append(f"{name} is {state}, its owner {lead['owner']}, accepted by {accepted}")
        if lead["owner"] is not None and lead["owner"] not in accepted:
            found.append(f"{name} is owned by {lead['owner']}, who never accepted it")
        if state == "pooled" and lead["pool_reason"] is None:
            found.append(f"{name} is pooled and nobody knows why")
        if state == "received":
            found.append(f"{name} was never decided")
    return found


def wrong_with_history(rows: Rows) -> list[str]:
    """Name leads that were owned by two at once: accepted again before the first ownership had ended."""
    accepted: Counter[int] = Counter()
    ended: Counter[int] = Counter()
    ends: Counter[tuple[int, int]] = Counter()
    for fact in rows.fact:
        if fact["event"] == "accepted":
            accepted[fact["lead_id"]] += 1
        if fact["event"] == "ownership_ended":
            ended[fact["lead_id"]] += 1
        if fact["event"] in {"accepted", "declined", "ack_timeout", "withdrawn"}:
            ends[fact["lead_id"], fact["offer_no"]] += 1
    owned = {lead["lead_id"]: lead["owner"] is not None for lead in rows.lead}
    found = [
        f"L{lead_id} was accepted {count} times, given up {ended[lead_id]} times"
        for lead_id, count in accepted.items()
        if count - ended[lead_id] != owned[lead_id]
    ]
    found += [f"offer {offer_no} of L{lead_id} ended {n} times" for (lead_id, offer_no), n in ends.items() if n > 1]
    return found


def wrong_with_counters(rows: Rows) -> list[str]:
    """Name counters that differ from the rows that they count."""
    in_hand: Counter[str] = Counter(lead["owner"] for lead in rows.lead if lead["state"] == "owned")
    in_hand.update(row["rep_id"] for row in rows.offer if row["state"] == "open")
    given = Counter((row["rep_id"], str(row["offered_on"])) for row in rows.offer if row["state"] != "withdrawn")
    found = []
    for standing in rows.rep_standing:
        rep = standing["rep_id"]
        if standing["open"] != in_hand[rep]:
            found.append(f"{rep} has {in_hand[rep]} leads in hand, the counter says {standing['open']}")
        today = given[rep, str(standing["today_on"])]
        if standing["today_on"] is not None and standing["today"] != today:
            found.append(f"{rep} had {today} offers on {standing['today_on']}, the counter says {standing['today']}")
    for accounts in rows.fairness_accounts:
        numbers = struct.unpack(f"<{len(accounts['columns']) // 8}q", accounts["columns"])
        deficits = numbers[: len(json.loads(accounts["rep_ids"]))]
        if sum(deficits):
            found.append(f"the fairness accounts sum to {sum(deficits)} instead of 0")
        if len(numbers) > 4 * len(deficits) and sum(numbers[4 * len(deficits) :]):
            found.append(f"the accounts of value sum to {sum(numbers[4 * len(deficits) :])} instead of 0")
    return found


def wrong_with_timers(rows: Rows) -> list[str]:
    """Name live offers that nothing would ever end."""
    watched = {(row["kind"], row["lead_id"], row["offer_no"]) for row in rows.timer}
    found = []
    for offer in rows.offer:
        kind = "undelivered" if offer["deadline_at"] is None else "deadline"
        if offer["state"] == "open" and (kind, offer["lead_id"], offer["offer_no"]) not in watched:
            found.append(f"offer {offer['offer_no']} of L{offer['lead_id']} has no timer {kind}")
    return found


def offer_cards(sandbox: Sandbox) -> dict[tuple[int, int], list[Entry]]:
    """Give the offer cards that people see, by lead and number of the offer."""
    shown: dict[tuple[int, int], list[Entry]] = {}
    for chat in sandbox.chats.all():
        for entry in chat.entries:
            if entry.task_id.startswith("offer-"):
                _, lead, number, *_ = entry.task_id.split("-")
                shown.setdefault((int(lead[1:]), int(number)), []).append(entry)
    return shown


def wrong_with_messages(rows: Rows, sandbox: Sandbox, *, drained: bool) -> list[str]:
    """Name messages that were lost or seen twice.

    Args:
        rows: of the database.
        sandbox: the stand-in WeCom.
        drained: nothing is under way any more, so that everything has to be there; else a waiting row will do.
    """
    shown = offer_cards(sandbox)
    holders = {(lead["lead_id"], lead["offer_no"]): lead["owner"] for lead in rows.lead}
    waiting = {(row["kind"], row["lead_id"], row["offer_no"]) for row in rows.outbox if row["done_at"] is None}
    found = []
    for offer in rows.offer:
        key = (offer["lead_id"], offer["offer_no"])
        name = f"offer {offer['offer_no']} of L{offer['lead_id']} to {offer['rep_id']} ({offer['state']})"
        entries = shown.pop(key, [])
        if len(entries) > 1 or any(entry.userid != offer["rep_id"] for entry in entries):
            found.append(f"{name}: {len(entries)} cards, with {[entry.userid for entry in entries]}")
        will_come = not drained and ("offer_card", *key) in waiting
        if offer["state"] == "open" and not entries and not will_come:
            found.append(f"{name}: no card, and none on its way")
        # Where a manager has given the lead to somebody else since, the former owner has been told that instead.
        stands = offer["state"] == "accepted" and holders.get(key) == offer["rep_id"]
        comes = not drained and bool({("accepted_card", *key), ("text", *key)} & waiting)
        if stands and not comes and not _sees_acceptance(sandbox, offer, entries):
            found.append(f"{name}: the owner does not see the accepted card")
    return found + [f"a card for L{lead_id}, offer {number}, which does not exist" for lead_id, number in shown]


def _sees_acceptance(sandbox: Sandbox, offer: dict[str, Any], entries: list[Entry]) -> bool:
    """Say whether the owner sees that the lead is his: on the card, or in words where it could not be rewritten."""
    if any(entry.grey_text for entry in entries):
        return True
    name = f"L{offer['lead_id']}"
    return any(
        name in card_text(entry) and "✅" in card_text(entry)
        for entry in sandbox.chats.of(offer["rep_id"]).entries
        if entry.kind == "text"
    )


def wrong_with_intake(rows: Rows, answers: Mapping[str, Mapping[str, Any]], posted: Iterable[str]) -> list[str]:
    """Name deliveries that were answered and are not there, and leads that nobody sent or that came twice.

    Args:
        rows: of the database.
        answers: the 202 of each delivery, by key; each delivery is another person.
        posted: keys of all deliveries that were sent at least once, answered or not.
    """
    ids = {f"L{lead['lead_id']}" for lead in rows.lead}
    told = Counter(str(answer["lead_id"]) for answer in answers.values())
    found = [f"{lead_id} was answered and is not in the database" for lead_id in told if lead_id not in ids]
    found += [f"{lead_id} was the answer to {count} persons" for lead_id, count in told.items() if count > 1]
    for column in ("phone_index", "external_key"):
        seen = Counter(bytes(lead[column]) for lead in rows.lead if lead[column] is not None)
        found += [f"{count} leads have the same {column}" for count in seen.values() if count > 1]
    if len(ids) > len(set(posted)):
        found.append(f"{len(ids)} leads from {len(set(posted))} deliveries")
    return found


def wrong_with_clocks(rows: Rows, sandbox: Sandbox) -> list[str]:
    """Name offers whose time ran before the rep could see the card, or whose deadline is not the promised one."""
    shown, found = offer_cards(sandbox), []
    for offer in rows.offer:
        name = f"offer {offer['offer_no']} of L{offer['lead_id']}"
        entries = shown.get((offer["lead_id"], offer["offer_no"]), [])
        if offer["delivered_at"] is not None:
            if not entries:
                found.append(f"{name} counts as delivered and was never seen")
            # The stand-in keeps float seconds, which are exact to a fraction of a microsecond only.
            elif offer["delivered_at"] + 2 < entries[0].at * 1e6:
                found.append(f"{name}: its clock started {entries[0].at - offer['delivered_at'] / 1e6:.6f} s too early")
        if offer["deadline_at"] is not None:
            # Counted in whole seconds, rounded for the rep: never earlier than promised.
            promised = offer["delivered_at"] + offer["within_seconds"] * 1_000_000
            if not promised <= offer["deadline_at"] <= promised + 1_000_000:
                found.append(f"{name}: the deadline is {(offer['deadline_at'] - promised) / 1e6} s off")
    return found


async def until_drained(database_url: str, *, within: float) -> float:
    """Wait until every message has gone out; gives the seconds it took, raises TimeoutError saying what is left."""
    started = time.monotonic()
    readers = open_readers(database_url)

    def left(connection: Connection) -> list[tuple[Any, ...]]:
        statement = "SELECT kind, last_error, attempts, count(*) FROM outbox WHERE done_at IS NULL GROUP BY 1, 2, 3"
        return [tuple(row) for row in connection.execute(text(statement))]

    try:
        while True:
            waiting = await readers.read(left)
            if not waiting:
                return time.monotonic() - started
            if time.monotonic() - started > within:
                message = f"after {within} s these wait: {waiting}"
                raise TimeoutError(message)
            await asyncio.sleep(0.2)
    finally:
        await readers.close()


def all_wrong(rows: Rows, sandbox: Sandbox, *, drained: bool) -> list[str]:
    """Give everything that is wrong with leads, history, counters, timers and messages; empty on a good day."""
    return [
        *wrong_with_leads(rows),
        *wrong_with_history(rows),
        *wrong_with_counters(rows),
        *wrong_with_timers(rows),
        *wrong_with_messages(rows, sandbox, drained=drained),
    ]
