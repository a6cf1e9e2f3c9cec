"""What holds between one commit and the next: remembered beside the database, compared after every event.

Per event everything is looked at that the event touched, by the word of triggers (tests/support/touched_leads.py): all
rows of those leads (tests/support/invariants.py), their facts, the decisions made and the messages shown since. Counters,
accounts and passes are counted in full each time. A full look at every lead, touched or not, shows now and then that
nothing slips through.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from bot.messaging import OfferCard
from bot.services.desk import Desk
from bot.services.receive import Incoming, KeyReused
from routing.decision_record import MOST_BYTES, unpack
from routing.replay import replay, same
from store.rows import DecisionRow
from store.tables import decision, disclosure, fact, lead, offer
from tests.support.invariants import broken
from tests.support.recording_messenger import Shown
from tests.support.touched_leads import since

#: What of an offer is settled when it is made.
_SETTLED = (
    "round", "rep_id", "race", "offered_by", "decision_id", "policy_version", "why", "fit", "within_seconds",
    "remind_seconds", "on_duty_clock", "offered_at", "offered_on",
)  # fmt: skip
#: The fact that tells of an offer's end, by its state.
_TOLD_BY = {"accepted": "accepted", "declined": "declined", "expired": "ack_timeout", "withdrawn": "withdrawn"}
_WHOLE_NUMBER = re.compile(r"1\d{2}[ -]?\d{4}[ -]?\d{4}")
_NOT_DIGITS = re.compile(r"\D")


@dataclass
class FloorMemory:
    """Remembers what must not change, and where the last look ended.

    Attributes:
        office: managers and admins, who may see whole numbers.
        touched: up to where the notes of the triggers have been read.
        shown: how many of the messages shown have been looked at.
    """

    office: Collection[str]
    touched: int = 0
    shown: int = 0
    _decided: int = 0
    _told: int = 0
    _offers: dict[tuple[int, int], tuple[Any, ...]] = field(default_factory=dict)
    _clocks: dict[tuple[int, int], Any] = field(default_factory=dict)
    _answers: dict[tuple[str, str], tuple[bytes, Mapping[str, object]]] = field(default_factory=dict)
    _promised: set[int] = field(default_factory=set)
    _taken: set[tuple[int, int]] = field(default_factory=set)

    def look(self, desk: Desk, shown: Sequence[Shown], *, whole: bool) -> list[str]:
        """Give what does not hold now, looking at what was touched since the last look, or at everything."""
        connection = desk.tx.connection
        self.touched, only = since(connection, self.touched)
        found = broken(connection, desk.now, None if whole else only)
        found += self._settled(desk, only)
        found += self._facts(desk, only)
        found += self._decisions(desk)
        found += self._numbers(desk, shown[self.shown :])
        found += self._takers(desk, only)
        found += self._answered(desk, only if not whole else None)
        self.shown = len(shown)
        return found

    def answered(self, batch: Sequence[Incoming], answers: Sequence[Mapping[str, object] | KeyReused]) -> list[str]:
        """3, 4: take what sources were told; the same delivery is answered in the same words, another body is refused."""
        found = []
        for incoming, answer in zip(batch, answers, strict=True):
            if not isinstance(answer, KeyReused):
                self._promised.add(int(str(answer["lead_id"]).removeprefix("L")))
            if incoming.delivery_key is None:
                continue
            place = (incoming.lead.source, incoming.delivery_key)
            if place not in self._answers and not isinstance(answer, KeyReused):
                self._answers[place] = (incoming.body_hash, answer)
            elif place in self._answers:
                body, first = self._answers[place]
                reused = isinstance(answer, KeyReused)
                if reused == (body == incoming.body_hash) or not (reused or answer == first):
                    found.append(f"delivery {place} was answered {first}, and now {answer}")
        return found

    def _settled(self, desk: Desk, only: Collection[int]) -> Iterator[str]:
        """6: nothing that was settled when an offer was made is another thing afterwards; a wall clock stays as it is."""
        for row in desk.tx.connection.execute(select(offer).where(offer.c.lead_id.in_(sorted(only)))):
            key, now = (row.lead_id, row.offer_no), tuple(row._mapping[name] for name in _SETTLED)  # noqa: SLF001
            if self._offers.setdefault(key, now) != now:
                yield f"L{row.lead_id} offer {row.offer_no}: was {self._offers[key]}, is {now}"
            if row.deadline_at is not None and not row.on_duty_clock:
                if self._clocks.setdefault(key, row.deadline_at) != row.deadline_at:
                    yield f"L{row.lead_id} offer {row.offer_no}: the deadline moved from {self._clocks[key]}"
                if (row.deadline_at - row.delivered_at).total_seconds() < row.within_seconds and row.state == "open":
                    yield f"L{row.lead_id} offer {row.offer_no}: less time than was promised"

    def _facts(self, desk: Desk, only: Collection[int]) -> Iterator[str]:
        """2, 7: each change has its fact, exactly one, and the facts of an event are of its moment."""
        connection = desk.tx.connection
        last = connection.execute(select(func.max(fact.c.fact_id))).scalar() or 0
        new = select(fact.c.event, fact.c.lead_id).where(fact.c.fact_id > self._told, fact.c.happened_at != desk.now)
        for row in connection.execute(new):
            yield f"L{row.lead_id}: {row.event} happened at another moment than this one"
        self._told = last
        events: dict[int, Counter[tuple[str, int | None]]] = {}
        these = select(fact.c.lead_id, fact.c.event, fact.c.offer_no).where(fact.c.lead_id.in_(sorted(only)))
        for lead_id, event, number in connection.execute(these):
            events.setdefault(lead_id, Counter())[(event, number)] += 1
        for row in connection.execute(select(offer).where(offer.c.lead_id.in_(sorted(only)))):
            yield from _told(row, events.get(row.lead_id, Counter()))
        for row in connection.execute(select(lead).where(lead.c.lead_id.in_(sorted(only)))):
            told: Counter[str] = Counter()
            for (event, _), count in events.get(row.lead_id, Counter()).items():
                told[event] += count
            taken = told["accepted"] + told["claimed"] + told["ownership_restored"] - told["ownership_ended"]
            if taken != int(row.owner is not None):
                yield f"L{row.lead_id} ({row.state}): owner {row.owner}, by its facts {taken}"
            if row.state in {"won", "lost", "merged"} and told[row.state] != 1:
                yield f"L{row.lead_id} is {row.state}, which was told {told[row.state]} times"

    def _decisions(self, desk: Desk) -> Iterator[str]:
        """5: what has been decided since the last look comes out of its record again."""
        connection = desk.tx.connection
        for record in connection.execute(select(decision).where(decision.c.decision_id > self._decided)):
            row = DecisionRow(**record._mapping)  # noqa: SLF001
            self._decided = max(self._decided, row.decision_id)
            office = desk.offices.of(connection, row.policy_version, row.roster_version, row.decided_at.year)
            recorded = unpack(row.record)
            if not same(recorded, replay(recorded, office.policy, office.table)):
                yield f"decision {row.decision_id} comes out otherwise"
            if len(row.record) > MOST_BYTES:
                yield f"the record of decision {row.decision_id} has {len(row.record)} bytes"

    def _numbers(self, desk: Desk, shown: Sequence[Shown]) -> Iterator[str]:
        """3, 8: no card of an offer that is not there; whole numbers only to those who had the lead, and recorded."""
        connection = desk.tx.connection
        for item in shown:
            message = item.message
            if isinstance(message, OfferCard):
                key = (int(message.lead_id.removeprefix("L")), message.offer_no)
                made = select(offer.c.rep_id).where(offer.c.lead_id == key[0], offer.c.offer_no == key[1])
                if connection.execute(made).scalar() != item.to:
                    yield f"{item.to} sees a card of L{key[0]} offer {key[1]}, which is not there"
            for found in _WHOLE_NUMBER.findall(repr(message)):
                if item.to in self.office:
                    continue
                index = desk.tx.keys.index("phone", f"+86{_NOT_DIGITS.sub('', found)}")
                told = (
                    select(disclosure.c.disclosure_id)
                    .join(lead, lead.c.lead_id == disclosure.c.lead_id)
                    .where(lead.c.phone_index == index, disclosure.c.shown_to == item.to)
                )
                if connection.execute(told.limit(1)).first() is None:
                    yield f"{item.to} sees a whole number, which nothing tells of"

    def _takers(self, desk: Desk, only: Collection[int]) -> Iterator[str]:
        """8: whoever takes a lead with a number is recorded as having been shown it; a number may come later, too."""
        taken = select(offer.c.lead_id, offer.c.offer_no, offer.c.rep_id, lead.c.phone_index).where(
            offer.c.lead_id == lead.c.lead_id, offer.c.state == "accepted", offer.c.lead_id.in_(sorted(only))
        )
        shown = select(disclosure.c.lead_id, disclosure.c.shown_to).where(disclosure.c.lead_id.in_(sorted(only)))
        known = {tuple(row) for row in desk.tx.connection.execute(shown)}
        for lead_id, number, rep, phone in desk.tx.connection.execute(taken):
            if (lead_id, number) not in self._taken and phone is not None and (lead_id, rep) not in known:
                yield f"L{lead_id} was shown to {rep}, and nothing tells so"
            self._taken.add((lead_id, number))

    def _answered(self, desk: Desk, only: Collection[int] | None) -> Iterator[str]:
        """3: what a source was told is there."""
        wanted = self._promised if only is None else self._promised & set(only)
        there = select(lead.c.lead_id).where(lead.c.lead_id.in_(sorted(wanted)))
        for lead_id in wanted - set(desk.tx.connection.execute(there).scalars()):
            yield f"L{lead_id} was answered, and is not there"


def _told(row: Any, events: Counter[tuple[str, int | None]]) -> Iterator[str]:
    """One fact of an offer's beginning, one of its end, and none of another end."""
    name, claimed = f"L{row.lead_id} offer {row.offer_no} ({row.state})", events[("claimed", row.offer_no)]
    if events[("offered", row.offer_no)] + claimed != 1:
        yield f"{name}: begun {events[('offered', row.offer_no)]} + {claimed} times by its facts"
    if claimed:
        return
    for state, event in _TOLD_BY.items():
        if events[(event, row.offer_no)] != int(row.state == state):
            yield f"{name}: {event} told {events[(event, row.offer_no)]} times"
