"""What the demo shows of the database: every lead with its offers, and what has changed since the last look, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.phrases import phrase
from bot.services.desk import Desk
from bot.services.runner import Runner
from routing.working_time import on_duty
from store import lead_queries, offers, outbox
from store.lead_queries import LeadFilter, RepLoad
from store.rows import LeadRow, OfferRow

MOST_LEADS = 2000
#: States in which a lead has reached somebody, or its end.
AT_REST = frozenset({"owned", "won", "lost", "invalid", "merged"})
REVIEW_WORDS = {
    "nobody_ever": "没有销售会这种语言或有资质",
    "nobody_left": "能接的人都转出了",
    "rounds_used_up": "几轮都没人接",
    "managers_offer_failed": "指派的人没有接",
    "recalled": "主管撤回",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything at one moment: leads oldest first, their offers, what each rep has in hand and whether each is there.

    `unsent` says that messages are waiting to be sent.
    """

    at: datetime
    leads: Sequence[LeadRow]
    offers: Mapping[int, Sequence[OfferRow]]
    loads: Mapping[str, RepLoad]
    duty: Mapping[str, str]
    names: Mapping[str, str]
    unsent: bool

    def name_of(self, person: str | None) -> str:
        """Give a person's name."""
        return self.names.get(person or "", person or "")

    def lead(self, number: str) -> LeadRow | None:
        """Give a lead by its number, as `L1001`."""
        return next((row for row in self.leads if row.name == number), None)

    def offers_of(self, row: LeadRow) -> Sequence[OfferRow]:
        """Give a lead's offers, oldest first."""
        return self.offers.get(row.lead_id, ())

    def holder(self, row: LeadRow) -> str | None:
        """Give who owns a lead, or who is offered it now."""
        return row.owner or next((offer.rep_id for offer in self.offers_of(row) if offer.state == "open"), None)


async def look(runner: Runner) -> Picture:
    """Read everything in one transaction."""
    return await runner.look(_read)


def _read(desk: Desk) -> Picture:
    connection, keys = desk.tx.connection, desk.tx.keys
    page = lead_queries.search(connection, LeadFilter(), keys, limit=MOST_LEADS)
    rows = sorted(page.items, key=lambda row: row.lead_id)
    roster = desk.open_office.roster
    return Picture(
        desk.now,
        rows,
        offers.of_lead(connection, [row.lead_id for row in rows]),
        lead_queries.loads(connection, desk.now),
        {rep.id: _duty(desk, rep.id) for rep in roster.reps if rep.takes_leads},
        {rep.id: rep.name for rep in roster.reps},
        outbox.next_due_at(connection) is not None,
    )


def _duty(desk: Desk, rep_id: str) -> str:
    """Say in a word whether a rep is there."""
    standing = desk.tx.standings().get(rep_id)
    if not on_duty(desk.open_office.schedules[rep_id], desk.now):
        return "未上班"
    if not on_duty(desk.schedule_of(rep_id), desk.now):
        return "请假"
    if standing is not None and standing.paused_until is not None and standing.paused_until > desk.now:
        return "暂停"
    return "下线" if standing is not None and standing.offline else "在岗"


@dataclass
class Story:
    """Tells what has happened between two looks, one line each."""

    _states: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    _offers: dict[tuple[int, int], tuple[str, int]] = field(default_factory=dict)

    def lines(self, picture: Picture) -> Iterator[str]:
        """Give the lines of what is new in a picture."""
        for row in picture.leads:
            if row.lead_id not in self._states:
                yield _arrival(row)
            for offer in picture.offers_of(row):
                yield from self._of_offer(picture, row, offer)
            yield from self._of_lead(picture, row)

    def _of_offer(self, picture: Picture, row: LeadRow, offer: OfferRow) -> Iterator[str]:
        key, now = (offer.lead_id, offer.offer_no), (offer.state, offer.reminders_sent)
        before = self._offers.get(key)
        self._offers[key] = now
        rep = picture.name_of(offer.rep_id)
        if before is None:
            by = "" if offer.offered_by == "system" else phrase("{name}指派 ", name=picture.name_of(offer.offered_by))
            yield f"{row.name} → {by}{rep}（第 {offer.round} 轮）"
        if offer.state == "open" and before is not None and offer.reminders_sent > before[1]:
            yield f"{row.name} 提醒 {rep}"
        if offer.state != "open" and (before is None or before[0] == "open"):
            yield f"{row.name} {_ended(offer, rep)}"

    def _of_lead(self, picture: Picture, row: LeadRow) -> Iterator[str]:
        before = self._states.get(row.lead_id)
        self._states[row.lead_id] = (row.state, row.owner)
        if before is not None and before[0] == row.state:
            return
        match row.state:
            case "pooled":
                yield f"{row.name} 进公海：现在没有人能接，有人上班或空出来就派"
            case "review":
                yield f"{row.name} 交主管复核：{REVIEW_WORDS.get(row.review_reason or '', row.review_reason or '')}"
            case "merged":
                yield f"{row.name} 是老客户再次来访，并入 L{row.merged_into}"
            case "won":
                yield f"{row.name} 成交 ¥{row.amount or 0:,}（{picture.name_of(row.owner)}）"
            case "lost" | "invalid":
                yield f"{row.name} {'输单' if row.state == 'lost' else '无效'}（{picture.name_of(row.owner)}）"
            case _:
                return


def _arrival(row: LeadRow) -> str:
    lead = row.lead
    who = " · ".join(part for part in (lead.company or lead.name, lead.province, lead.product) if part)
    return f"{row.name} 收到：{who} [{lead.channel or row.source}，{row.score} 分 {row.grade}]"


def _ended(offer: OfferRow, rep: str) -> str:
    taken = (
        (offer.answered_at - offer.delivered_at).total_seconds() if offer.answered_at and offer.delivered_at else None
    )
    match offer.state:
        case "accepted":
            return phrase("{rep}接单", rep=rep) + (f"，用时 {taken:.1f} 秒" if taken is not None else "")
        case "declined":
            return phrase("{rep}转出", rep=rep)
        case "expired":
            return phrase("{rep}超时未接", rep=rep)
        case _:
            return phrase("从{rep}收回", rep=rep)
