"""What must hold of the database after every commit, as far as the database tells. Numbers are those of the product's page.

Asked about some leads, every check of a lead looks at all rows of those; counters, accounts and passes are always counted
in full.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select, true

from bot.services.claims import WHY_CLAIMED
from bot.services.message_content import _OF_LEADS, _PLAIN
from bot.services.openings import AT_ONCE
from store import accounts, versions
from store.tables import decision, disclosure, lead, offer, outbox, rep_standing, timer

STATES = {"received", "offered", "owned", "pooled", "review", "won", "lost", "invalid", "merged"}
CLOSED = {"won", "lost", "invalid", "merged"}
ALERT = "@alert"
MILLION = 1_000_000
_CLAIMED = offer.c.why == WHY_CLAIMED


def broken(connection: Connection, now: datetime, only: Collection[int] | None = None) -> list[str]:
    """Give what does not hold, in words; nothing is well.

    Args:
        connection: to be asked.
        now: the moment at which it must hold.
        only: leads by number; None asks about all there are.
    """
    return [
        *_leads(connection, now, only), *_offers(connection, only), *_counters(connection, now), *_accounts(connection),
        *_timers(connection, now, only), *_messages(connection, only), *_promises(connection, now, only),
        *_decisions(connection, only),
    ]  # fmt: skip


def _these(table: Table, only: Collection[int] | None) -> ColumnElement[bool]:
    return true() if only is None else table.c.lead_id.in_(sorted(only))


def _leads(connection: Connection, now: datetime, only: Collection[int] | None) -> Iterator[str]:
    """1: one state, an owner exactly where there should be one, a running offer exactly where one is offered."""
    open_ = select(offer.c.lead_id).where(offer.c.state == "open", _these(offer, only))
    running = Counter(connection.execute(open_).scalars())
    accepted = select(offer.c.lead_id).where(offer.c.state == "accepted", offer.c.ended_at.is_(None))
    owned = Counter(connection.execute(accepted.where(_these(offer, only))).scalars())
    for row in connection.execute(select(lead).where(_these(lead, only))):
        name = f"L{row.lead_id} ({row.state})"
        if row.state not in STATES:
            yield f"{name}: no such state"
        if (running[row.lead_id] > 0) != (row.state == "offered"):
            yield f"{name}: {running[row.lead_id]} running offers"
        if row.state in {"owned", "won", "lost"} and row.owner is None:
            yield f"{name}: no owner"
        if row.state in {"received", "offered", "pooled", "review", "merged"} and row.owner is not None:
            yield f"{name}: owned by {row.owner}"
        if (row.closed_at is not None) != (row.state in CLOSED):
            yield f"{name}: closed_at is {row.closed_at}"
        if (row.pool_reason is not None) != (row.state == "pooled"):
            yield f"{name}: pool_reason {row.pool_reason}"
        if (row.state == "review") != (row.review_reason is not None):
            yield f"{name}: review_reason {row.review_reason}"
        if (row.state == "merged") != (row.merged_into is not None):
            yield f"{name}: merged_into {row.merged_into}"
        yield from _clocks(name, row, owned[row.lead_id], now)


def _clocks(name: str, row: Any, ownerships: int, now: datetime) -> Iterator[str]:
    """1, 2: one ownership for each owner, and none else; what time is to do next is known."""
    if ownerships != int(row.owner is not None):
        yield f"{name}: owner {row.owner}, {ownerships} ownerships that have not ended"
    if row.state == "owned" and row.quiet_since is None:
        yield f"{name}: nobody knows since when it has been quiet"
    # After a change of the rules every owned lead is looked at again, by a clock that may have been set back since.
    by = row.parked_until and max(row.parked_until, now + timedelta(hours=1))
    if by is not None and (row.state != "owned" or row.look_at is None or row.look_at > by):
        yield f"{name}: parked until {row.parked_until}, looked at {row.look_at}"
    if row.pool_reason == "recycled" and row.look_at is None:
        yield f"{name}: recycled, and never offered again"
    if row.closed_at is not None and row.look_at is not None:
        yield f"{name}: closed, and looked at {row.look_at}"


def _offers(connection: Connection, only: Collection[int] | None) -> Iterator[str]:
    """1: what runs is the lead's last offer or its last race; rounds go up by one, or stay after one that did not count."""
    last = dict(connection.execute(select(lead.c.lead_id, lead.c.offer_no).where(_these(lead, only))).all())
    sets: dict[int, list[list[Row[Any]]]] = {}
    every = select(offer).where(_these(offer, only)).order_by(offer.c.lead_id, offer.c.offer_no)
    for row in connection.execute(every):
        name = f"L{row.lead_id} offer {row.offer_no} ({row.state})"
        made = sets.setdefault(row.lead_id, [])
        if row.offer_no != sum(map(len, made)) + 1:
            yield f"{name}: a number is left out"
        if made and row.race is not None and made[-1][0].race == row.race:
            made[-1].append(row)
        else:
            made.append([row])
        if (row.deadline_at is None) and row.state == "expired":
            yield f"{name}: expired without a deadline"
        if row.deadline_at is not None and row.delivered_at is None:
            yield f"{name}: the clock runs before delivery"
        if (row.state == "withdrawn" or row.ended_at is not None) and not row.end_reason:
            yield f"{name}: nobody knows why it ended"
    for lead_id, made in sets.items():
        if made[-1][-1].offer_no != last[lead_id]:
            yield f"L{lead_id}: {last[lead_id]} is not the number of its last offer"
        round_, counts, lost = 0, True, False
        for number, one in enumerate(made):
            yield from _one_set(one, is_last=number == len(made) - 1)
            rounds = {row.round for row in one}
            # Rounds begin anew when the lead was taken back or given back.
            if rounds != {round_ + int(counts)} and not (lost and rounds == {1}):
                yield f"L{lead_id} offer {one[0].offer_no}: round {one[0].round} after round {round_}, counted: {counts}"
            round_, counts = one[0].round, any(row.state != "withdrawn" for row in one)
            lost = any(row.ended_at is not None for row in one)


def _one_set(one: list[Row[Any]], *, is_last: bool) -> Iterator[str]:
    """An offer alone, or a race: to different reps at one moment, with one winner, after which nobody races any more."""
    name, states = f"L{one[0].lead_id} offers {[row.offer_no for row in one]}", [row.state for row in one]
    if "open" in states and not is_last:
        yield f"{name}: {states} run, and are not the lead's last"
    if states.count("accepted") > 1 or ("accepted" in states and "open" in states):
        yield f"{name}: {states}"
    if one[0].race is None:
        return
    if one[0].race != one[0].offer_no or len(one) < 2 or len({row.rep_id for row in one}) < len(one):
        yield f"{name}: no race of {one[0].race}"
    if len({(row.decision_id, row.offered_at, row.policy_version, row.offered_by) for row in one}) > 1:
        yield f"{name}: not of one decision"
    if any(row.end_reason == "lost_race" for row in one) and "accepted" not in states:
        yield f"{name}: lost, and nobody has won"


def _counters(connection: Connection, now: datetime) -> Iterator[str]:
    """2: open is what is owned, neither closed nor parked, and what is offered; today is what was offered on this day."""
    # A turn of a day that is over is given back to nobody.
    this_day = (now + timedelta(hours=8)).date()
    count = func.count()
    found: Counter[str] = Counter()
    for of_all in (
        select(offer.c.rep_id, count).where(offer.c.state == "open").group_by(offer.c.rep_id),
        select(lead.c.owner, count)
        .where(lead.c.state == "owned", lead.c.parked_until.is_(None))
        .group_by(lead.c.owner),
    ):
        found.update(dict(connection.execute(of_all).all()))
    day = (offer.c.rep_id, offer.c.offered_on)
    counts = select(*day, count).where(offer.c.offered_on >= this_day, offer.c.state != "withdrawn", ~_CLAIMED)
    today = Counter({(rep, on): number for rep, on, number in connection.execute(counts.group_by(*day))})
    known = set()
    for row in connection.execute(select(rep_standing)):
        known.add(row.rep_id)
        if row.open != found[row.rep_id]:
            yield f"{row.rep_id}: open is {row.open}, counted {found[row.rep_id]}"
        if row.today_on is not None and row.today_on >= this_day and row.today != today[(row.rep_id, row.today_on)]:
            yield f"{row.rep_id}: today is {row.today}, counted {today[(row.rep_id, row.today_on)]}"
    for rep_id in found.keys() - known:
        yield f"{rep_id}: has leads and no standing"


def _accounts(connection: Connection) -> Iterator[str]:
    """Deficits sum to zero in all and in each class, and stay within three leads (semantics 3)."""
    kept = accounts.load(connection, lock=False)
    deficit, best, rest = kept.columns[0], kept.columns[1], kept.columns[2]
    for name, column in (("all", deficit), ("best", best), ("rest", rest), ("value", kept.columns[4])):
        if int(column.sum()) != 0:
            yield f"the deficits of {name} sum to {int(column.sum())}"
    if not (deficit == best + rest).all():
        yield "the classes do not add up to the whole"
    if len(deficit) and int(abs(deficit).max()) >= 3 * MILLION:
        yield f"a deficit of {int(abs(deficit).max())}"


def _timers(connection: Connection, now: datetime, only: Collection[int] | None) -> Iterator[str]:
    """2: whatever waits has something that will move it, and no timer is of a lead that is not there."""
    by_offer: dict[tuple[int, int], set[str]] = {}
    leads = {row.lead_id: row for row in connection.execute(select(lead).where(_these(lead, only)))}
    for row in connection.execute(select(timer).where(_these(timer, only))):
        if row.lead_id is not None:
            by_offer.setdefault((row.lead_id, row.offer_no or 0), set()).add(row.kind)
            if row.lead_id not in leads:
                yield f"a {row.kind} timer of unknown L{row.lead_id}"
    for row in connection.execute(select(offer).where(offer.c.state == "open", _these(offer, only))):
        kinds = by_offer.get((row.lead_id, row.offer_no), set())
        wanted = "undelivered" if row.delivered_at is None else "deadline"
        if wanted not in kinds:
            yield f"L{row.lead_id} offer {row.offer_no}: no {wanted} timer, only {sorted(kinds)}"
    for row in leads.values():
        if row.state == "review" and "review" not in by_offer.get((row.lead_id, row.offer_no), set()):
            yield f"L{row.lead_id}: in review, and nobody will be asked again"
    opens = timer.c.subject.is_(None) | (timer.c.subject == AT_ONCE)
    ahead = select(timer.c.due_at).where(timer.c.kind == "drain", opens, timer.c.due_at > now)
    drains = Counter(connection.execute(ahead).scalars())
    # A clock that was set back may leave a second one.
    if drains and max(drains.values()) > 2:
        yield f"{max(drains.values())} drain timers at one moment"
    yield from _passes(connection)


def _passes(connection: Connection) -> Iterator[str]:
    """A pass through the pool that is to come or under way has one timer, and one that is over has none."""
    subjects = Counter(connection.execute(select(timer.c.subject).where(timer.c.kind == "drain")).scalars())
    for mode in ("free", "everything"):
        known = versions.state(connection, f"drain_{mode}") or {"number": 0, "page_at": None}
        found = subjects[f"{mode} {known['number']}"]
        if found != int(known["page_at"] is not None):
            yield f"{found} timers of {known}"


def _messages(connection: Connection, only: Collection[int] | None) -> Iterator[str]:
    """2: every waiting message is of a kind that can be made, and of a lead and an offer that are there."""
    leads = set(connection.execute(select(lead.c.lead_id).where(_these(lead, only))).scalars())
    offers = set(connection.execute(select(offer.c.lead_id, offer.c.offer_no).where(_these(offer, only))))
    cards = Counter()  # type: Counter[tuple[int, int]]
    for row in connection.execute(select(outbox).where(outbox.c.done_at.is_(None), _these(outbox, only))):
        name = f"message {row.message_id} ({row.kind})"
        if row.kind not in {*_PLAIN, *_OF_LEADS} and row.to_member != ALERT:
            yield f"{name}: nobody can make it"
        if row.lead_id is not None and row.lead_id not in leads:
            yield f"{name}: unknown L{row.lead_id}"
        if row.kind in {"offer_card", "reminder", "accepted_card"}:
            if (row.lead_id, row.offer_no) not in offers:
                yield f"{name}: unknown offer {row.offer_no} of L{row.lead_id}"
            cards[(row.lead_id, row.offer_no)] += int(row.kind == "offer_card")
    for key, count in cards.items():
        if count > 1:
            yield f"{count} cards wait for offer {key}"
    undelivered = select(offer.c.lead_id, offer.c.offer_no).where(
        offer.c.state == "open", offer.c.delivered_at.is_(None), _these(offer, only)
    )
    in_words = select(outbox.c.lead_id, outbox.c.offer_no).where(outbox.c.kind == "offer_text", _these(outbox, only))
    texts = set(connection.execute(in_words))
    for key in connection.execute(undelivered):
        if not cards[key] and key not in texts:
            yield f"offer {key} is not delivered, and no card is on its way"


def _promises(connection: Connection, now: datetime, only: Collection[int] | None) -> Iterator[str]:
    """2: who accepted or claimed got the card with the number, whose card was taken away was told; done rows count."""
    kinds = ("accepted_card", "claimed_card", "close_card")
    queued = select(outbox.c.lead_id, outbox.c.offer_no, outbox.c.kind).where(outbox.c.kind.in_(kinds))
    said = {tuple(row) for row in connection.execute(queued.where(_these(outbox, only)))}
    # What was said long ago may have been forgotten since.
    lately = offer.c.answered_at > now - timedelta(days=20)
    for row in connection.execute(select(offer).where(lately, _these(offer, only))):
        lost = row.end_reason == "lost_race"
        wanted = "claimed_card" if row.why == WHY_CLAIMED else "accepted_card"
        if row.state in {"expired", "withdrawn"} and not lost and row.delivered_at is not None:
            wanted = "close_card"
        elif row.state != "accepted":
            continue
        if (row.lead_id, row.offer_no, wanted) not in said:
            yield f"L{row.lead_id} offer {row.offer_no} ({row.state}, {row.end_reason}): no {wanted} to {row.rep_id}"


def _decisions(connection: Connection, only: Collection[int] | None) -> Iterator[str]:
    """5, 6, 8: every offer has its decision, of the same policy; a whole number was shown to owners only."""
    known = select(decision.c.decision_id, decision.c.policy_version).where(_these(decision, only))
    decided = dict(connection.execute(known).all())
    wanted = (offer.c.lead_id, offer.c.offer_no, offer.c.decision_id, offer.c.policy_version)
    for row in connection.execute(select(*wanted).where(~_CLAIMED, _these(offer, only))):
        if decided.get(row.decision_id) != row.policy_version:
            yield f"L{row.lead_id} offer {row.offer_no}: no decision {row.decision_id} under policy {row.policy_version}"
    takers = select(offer.c.lead_id, offer.c.rep_id).where(offer.c.state == "accepted", _these(offer, only))
    accepted = {tuple(row) for row in connection.execute(takers)}
    for row in connection.execute(select(disclosure).where(_these(disclosure, only))):
        if row.how == "card" and (row.lead_id, row.shown_to) not in accepted:
            yield f"L{row.lead_id} was shown to {row.shown_to}, who never accepted it"
