"""One transaction: loads rows once, collects every change, and writes each table with one statement.

Order of locks, the same everywhere so that replicas on PostgreSQL never deadlock: standings (by rep id), the accounts,
then leads (by id). A use case calls `standings()` first if it may move a counter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, insert, select, update

from store import accounts, deliveries, facts, leads, offers, outbox, standings, timers
from store.accounts import Accounts
from store.errors import NotFound
from store.ids import give_back, reserve
from store.outbox import NewMessage
from store.row_writer import RowWriter
from store.rows import DecisionRow, FactRow, LeadRow, OfferRow, column_names
from store.sealed_fields import KeyRing
from store.standings import Standings
from store.tables import decision as decision_table

_DECISION_COLUMNS = column_names(DecisionRow)
_DECISIONS = RowWriter(insert(decision_table), _DECISION_COLUMNS)
_decision_values = attrgetter(*_DECISION_COLUMNS)


class Transaction:
    """What one use case sees and changes. Call `flush` at the end, at the latest; the commit is the caller's.

    Attributes:
        connection: for reads that have no method here.
        now: the moment of this transaction, aware UTC.
        keys: the data keys.
    """

    def __init__(self, connection: Connection, keys: KeyRing, now: datetime) -> None:
        """Start with nothing loaded and nothing changed."""
        self.connection = connection
        self.keys = keys
        self.now = now
        self._leads: dict[int, LeadRow] = {}
        self._new_leads: set[int] = set()
        self._touched_leads: set[int] = set()
        self._offers: dict[tuple[int, int], OfferRow] = {}
        self._new_offers: set[tuple[int, int]] = set()
        self._touched_offers: set[tuple[int, int]] = set()
        self._standings: Standings | None = None
        self._accounts: Accounts | None = None
        self._accounts_moved = False
        self._decisions: list[DecisionRow] = []
        self._reversed: list[int] = []
        self._facts: list[FactRow] = []
        self._timers: list[dict[str, Any]] = []
        self._messages: list[NewMessage] = []
        self._deliveries: list[dict[str, Any]] = []
        self._wrote_messages = False
        self._first_written_timer: datetime | None = None

    # Loading

    def standings(self) -> Standings:
        """Give everybody's standing by rep id, locked; changed rows are written by `flush`."""
        if self._standings is None:
            self._standings = standings.load(self.connection)
        return self._standings

    def accounts(self) -> Accounts:
        """Give the fairness accounts, locked; `touch_accounts` says that they have moved."""
        if self._accounts is None:
            self.standings()
            self._accounts = accounts.load(self.connection)
        return self._accounts

    def lock_standings(self) -> None:
        """Take the locks of the standings before any lead's, where rows are locked at all; on SQLite nothing is read."""
        if self.connection.dialect.name != "sqlite":
            self.standings()

    def leads(self, lead_ids: Iterable[int]) -> list[LeadRow]:
        """Give leads by id, locked, unknown ones left out; rows changed earlier in this transaction come as changed."""
        wanted = list(dict.fromkeys(lead_ids))
        missing = [lead_id for lead_id in wanted if lead_id not in self._leads]
        if missing:
            self._leads |= leads.load(self.connection, missing, self.keys)
        return [self._leads[lead_id] for lead_id in wanted if lead_id in self._leads]

    def lead(self, lead_id: int) -> LeadRow:
        """Give one lead, locked; raises NotFound."""
        found = self.leads([lead_id])
        if not found:
            raise NotFound(lead_id)
        return found[0]

    def offers(self, keys: Iterable[tuple[int, int]]) -> list[OfferRow]:
        """Give offers by (lead_id, offer_no); unknown ones are left out."""
        wanted = list(dict.fromkeys(keys))
        missing = [key for key in wanted if key not in self._offers]
        if missing:
            self._offers |= offers.load(self.connection, missing)
        return [self._offers[key] for key in wanted if key in self._offers]

    def offer(self, lead_id: int, offer_no: int) -> OfferRow | None:
        """Give one offer, or None."""
        found = self.offers([(lead_id, offer_no)])
        return found[0] if found else None

    def running_offers(self, row: LeadRow) -> list[OfferRow]:
        """Give the lead's running offers in their order: the last one made, or those of the last race that still run."""
        last = self.offer(row.lead_id, row.offer_no) if row.offer_no else None
        if last is None:
            return []
        first = row.offer_no if last.race is None else last.race
        made = self.offers((row.lead_id, number) for number in range(first, row.offer_no + 1))
        return [offer for offer in made if offer.state == "open"]

    def asks(self, row: LeadRow, rep_id: str) -> OfferRow | None:
        """Give the running offer of the lead to this rep, or None."""
        running = self.running_offers(row)
        return next((offer for offer in running if offer.rep_id.casefold() == rep_id.casefold()), None)

    def accepted_offer(self, row: LeadRow) -> OfferRow | None:
        """Give the offer by which the owner has the lead, or None where there is no owner, or who has it otherwise."""
        if row.owner is None:
            return None
        made = reversed(self.offers_of([row.lead_id])[row.lead_id])
        return next((offer for offer in made if offer.rep_id == row.owner and offer.state == "accepted"), None)

    def offers_of(self, lead_ids: Iterable[int]) -> dict[int, list[OfferRow]]:
        """Give every offer of these leads in their order, as changed in this transaction."""
        stored = offers.of_lead(self.connection, lead_ids)
        for rows in stored.values():
            for row in rows:
                self._offers.setdefault((row.lead_id, row.offer_no), row)
        wanted = set(lead_ids)
        found: dict[int, list[OfferRow]] = {lead_id: [] for lead_id in wanted}
        for key in sorted(self._offers):
            if key[0] in wanted:
                found[key[0]].append(self._offers[key])
        return found

    def decision(self, decision_id: int) -> DecisionRow | None:
        """Give a stored decision, or one made in this transaction."""
        for row in self._decisions:
            if row.decision_id == decision_id:
                return row
        columns = [decision_table.c[name] for name in _DECISION_COLUMNS]
        record = self.connection.execute(select(*columns).where(decision_table.c.decision_id == decision_id)).first()
        return None if record is None else DecisionRow(*record)

    # Changing

    def reserve(self, kind: str, count: int) -> range:
        """Take ids of a kind."""
        return reserve(self.connection, kind, count)

    def give_back(self, kind: str, unused: range) -> None:
        """Give back ids that `reserve` gave and nobody needs."""
        if unused:
            give_back(self.connection, kind, unused)

    def add_lead(self, row: LeadRow) -> None:
        """Add a new lead."""
        self._leads[row.lead_id] = row
        self._new_leads.add(row.lead_id)

    def touch(self, row: LeadRow) -> None:
        """Say that a loaded lead has changed."""
        if row.lead_id not in self._new_leads:
            self._touched_leads.add(row.lead_id)

    def touch_accounts(self) -> None:
        """Say that the fairness accounts have moved."""
        self._accounts_moved = True

    def add_offer(self, row: OfferRow) -> None:
        """Add a new offer."""
        key = (row.lead_id, row.offer_no)
        self._offers[key] = row
        self._new_offers.add(key)

    def touch_offer(self, row: OfferRow) -> None:
        """Say that a loaded offer has changed."""
        key = (row.lead_id, row.offer_no)
        if key not in self._new_offers:
            self._touched_offers.add(key)

    def add_decision(self, row: DecisionRow) -> None:
        """Add a decision."""
        self._decisions.append(row)

    def mark_reversed(self, decision_id: int) -> None:
        """Say that a decision's effect on the fairness accounts has been taken back."""
        self._decisions = [
            replace(row, reversed_at=self.now) if row.decision_id == decision_id else row for row in self._decisions
        ]
        self._reversed.append(decision_id)

    def fact(
        self,
        lead_id: int,
        event: str,
        actor: str = "system",
        *,
        offer_no: int | None = None,
        private: dict[str, object] | None = None,
        **detail: object,
    ) -> None:
        """Add a line to a lead's history; `detail` is codes and ids, what people wrote goes into `private`, sealed."""
        self._facts.append(FactRow(lead_id, self.now, event, actor, offer_no, detail, private))

    def timer(
        self,
        kind: str,
        due_at: datetime,
        *,
        lead_id: int | None = None,
        offer_no: int | None = None,
        subject: str | None = None,
    ) -> None:
        """Add a deadline."""
        self._timers.append(
            {"kind": kind, "due_at": due_at, "lead_id": lead_id, "offer_no": offer_no, "subject": subject}
        )

    def message(self, message: NewMessage) -> None:
        """Queue a message."""
        self._messages.append(message)

    def keep_delivery(self, **row: object) -> None:
        """Keep the answer given to a delivery key."""
        self._deliveries.append(row)

    @property
    def queued_for(self) -> dict[str, int]:
        """Count the messages queued in this transaction by member."""
        counts: dict[str, int] = {}
        for message in self._messages:
            counts[message.to_member] = counts.get(message.to_member, 0) + 1
        return counts

    @property
    def has_messages(self) -> bool:
        """Say whether something has been queued, so that the sender is woken after the commit."""
        return self._wrote_messages or bool(self._messages)

    @property
    def first_timer_at(self) -> datetime | None:
        """Say when the earliest of the new timers is due."""
        written = [] if self._first_written_timer is None else [self._first_written_timer]
        return min([*written, *(row["due_at"] for row in self._timers)], default=None)

    # Writing

    def flush(self) -> None:
        """Write every change since the last flush, one statement a table, parents before children.

        A batch whose later items must find in the database what earlier ones did flushes between them.
        """
        self._flush_leads()
        self._flush_offers()
        _DECISIONS.write(self.connection, map(_decision_values, self._decisions))
        if self._reversed:
            self.connection.execute(
                update(decision_table)
                .where(decision_table.c.decision_id.in_(self._reversed))
                .values(reversed_at=self.now)
            )
        facts.add(self.connection, self._facts, self.keys)
        timers.add(self.connection, self._timers)
        outbox.add(self.connection, self._messages, self.keys, self.now)
        deliveries.keep(self.connection, self._deliveries)
        if self._standings is not None:
            standings.save(self.connection, self._standings.changed())
        if self._accounts is not None and self._accounts_moved:
            accounts.save(self.connection, self._accounts, self.now)
            self._accounts_moved = False
        self._forget_written()

    def _forget_written(self) -> None:
        """Start anew: what is written must not be written twice."""
        self._first_written_timer = self.first_timer_at
        self._wrote_messages = self.has_messages
        for pending in (self._new_leads, self._touched_leads, self._new_offers, self._touched_offers):
            pending.clear()
        self._decisions, self._reversed, self._facts = [], [], []
        self._timers, self._messages, self._deliveries = [], [], []

    def _flush_leads(self) -> None:
        if self._new_leads:
            leads.add(self.connection, [self._leads[key] for key in sorted(self._new_leads)], self.keys)
        if self._touched_leads:
            leads.save(self.connection, [self._leads[key] for key in sorted(self._touched_leads)], self.keys)

    def _flush_offers(self) -> None:
        if self._new_offers:
            offers.add(self.connection, [self._offers[key] for key in sorted(self._new_offers)])
        if self._touched_offers:
            offers.save(self.connection, [self._offers[key] for key in sorted(self._touched_offers)])
