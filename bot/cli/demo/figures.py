"""The figures of the morning, and the verdict: what was answered for is in the database, and nothing stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles

from bot.cli.demo.board import AT_REST, Picture
from bot.cli.demo.posting import Posted
from bot.services.desk import Desk
from bot.services.runner import Runner
from sandbox.state import Sandbox
from store import facts
from store.lost_leads import lost_leads
from store.rows import FactRow, LeadRow

#: A tick on a busy machine may be this late before a lead counts as lost.
GRACE = timedelta(seconds=10)
_FINAL = frozenset({"won", "lost", "invalid", "merged"})
_MOVING = frozenset({"received", "offered", "pooled", "review", "owned"})
_FEW = 2


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 95th percentile in seconds; None where nothing was measured."""

    median: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread | None:
        """Give the spread of some measurements."""
        if not seconds:
            return None
        high = quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) >= _FEW else seconds[0]
        return cls(median(seconds), high)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the morning came to.

    Attributes:
        webhooks: deliveries posted, replays and refused ones included.
        leads: leads in the database.
        merged: leads that turned out to be a customer who is being served.
        moved_on: leads that left at least one rep by time-out or 转出.
        to_manager: leads that a manager had to decide.
        to_card: from the webhook to the card on a phone, of leads that somebody was on duty for.
        to_accept: from the card on the phone to 接单.
        lost: leads that nothing will move, and webhooks answered 202 whose lead is not in the database.
        unsettled: leads of the morning that have not come to rest.
        unexpected: deliveries that were not answered as they should have been.
        unsent: messages are still waiting to be sent.
    """

    webhooks: int
    leads: int
    merged: int
    accepted: int
    reminded: int
    moved_on: int
    waited_in_pool: int
    to_manager: int
    by_manager: int
    to_card: Spread | None
    to_accept: Spread | None
    lost: Sequence[str]
    unsettled: Sequence[str]
    unexpected: Sequence[str]
    unsent: bool

    @property
    def sound(self) -> bool:
        """Say whether everything came out as it must."""
        return not (self.lost or self.unsettled or self.unexpected or self.unsent)


async def count(runner: Runner, picture: Picture, posted: Sequence[Posted], sandbox: Sandbox) -> Figures:
    """Count everything from the database; only the two times are measured where customer and rep see them."""
    events, lost = await runner.look(lambda desk: _from_database(desk, [row.lead_id for row in picture.leads]))
    shown = _cards_shown(sandbox, picture)
    answers = [posting for posting in posted if posting.taken]
    offered = {offer.lead_id: [*picture.offers_of(row)] for row in picture.leads for offer in picture.offers_of(row)}
    return Figures(
        webhooks=len(posted),
        leads=len(picture.leads),
        merged=sum(row.state == "merged" for row in picture.leads),
        accepted=sum(any(offer.state == "accepted" for offer in items) for items in offered.values()),
        reminded=_with(events, "reminded"),
        moved_on=sum(any(offer.state in {"expired", "declined"} for offer in items) for items in offered.values()),
        waited_in_pool=_with(events, "pooled"),
        to_manager=_with(events, "review"),
        by_manager=sum(any(offer.offered_by != "system" for offer in items) for items in offered.values()),
        to_card=Spread.of(_seconds_to_card(answers, shown)),
        to_accept=Spread.of(_seconds_to_accept(picture, shown)),
        lost=[*lost, *missing(answers, picture)],
        unsettled=unsettled(answers, picture),
        unexpected=[f"{posting.delivery.key}: {posting.status}" for posting in posted if not posting.as_expected],
        unsent=picture.unsent,
    )


def missing(answers: Sequence[Posted], picture: Picture) -> list[str]:
    """Give webhooks that were answered 202 and whose lead is not in a state that is final or that somebody will move."""
    known = {row.name: row for row in picture.leads}
    found = []
    for posting in answers:
        row = known.get(posting.lead_id or "")
        if row is None or row.state not in _FINAL | _MOVING:
            found.append(f"{posting.lead_id} ({posting.delivery.key})")
    return found


def unsettled(answers: Sequence[Posted], picture: Picture) -> list[str]:
    """Give the leads of the morning that nobody owns yet and that are not over."""
    mine = {posting.lead_id for posting in answers}
    return [f"{row.name} {row.state}" for row in picture.leads if row.name in mine and row.state not in AT_REST]


def _from_database(desk: Desk, lead_ids: Sequence[int]) -> tuple[dict[int, list[FactRow]], list[str]]:
    connection, keys = desk.tx.connection, desk.tx.keys
    events = {lead_id: facts.of_lead(connection, lead_id, keys) for lead_id in lead_ids}
    lost = [
        f"L{item.lead_id} {item.state}: no {item.missing}" for item in lost_leads(connection, desk.now, grace=GRACE)
    ]
    return events, lost


def _with(events: Mapping[int, Sequence[FactRow]], event: str) -> int:
    """Count the leads that something has happened to."""
    return sum(any(fact.event == event for fact in happened) for happened in events.values())


def _cards_shown(sandbox: Sandbox, picture: Picture) -> dict[tuple[str, int], float]:
    """Give when each offer's card was on its rep's phone, by lead and number of the offer, in seconds since the epoch."""
    shown: dict[tuple[str, int], float] = {}
    for rep in picture.duty:
        for entry in sandbox.cards(rep):
            kind, _, rest = entry.task_id.partition("-")
            lead, _, rest = rest.partition("-")
            if kind == "offer":
                shown[lead, int(rest.partition("-")[0])] = entry.at
    return shown


def _seconds_to_card(answers: Sequence[Posted], shown: Mapping[tuple[str, int], float]) -> list[float]:
    first = [
        posting
        for posting in answers
        if not posting.duplicate and posting.state == "offered" and posting.delivery.kind != "replay"
    ]
    return [
        shown[posting.lead_id or "", 1] - posting.sent_at for posting in first if (posting.lead_id or "", 1) in shown
    ]


def _seconds_to_accept(picture: Picture, shown: Mapping[tuple[str, int], float]) -> list[float]:
    seconds = []
    for row in picture.leads:
        for offer in picture.offers_of(row):
            at = shown.get((row.name, offer.offer_no))
            if offer.state == "accepted" and at is not None and offer.answered_at is not None:
                seconds.append(max(offer.answered_at.timestamp() - at, 0.0))
    return seconds


def seconds_of(row: LeadRow, picture: Picture, now: datetime) -> float:
    """Give how long a lead has taken to its owner, or has been waiting."""
    accepted = [
        offer.answered_at for offer in picture.offers_of(row) if offer.state == "accepted" and offer.answered_at
    ]
    end = min(accepted) if accepted else row.closed_at or now
    return (end - row.received_at).total_seconds()
