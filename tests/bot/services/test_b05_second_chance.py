"""B-05: a lead without contact in 24 working hours, or without a close in 30 days, comes back; every lead has a second chance."""

from datetime import datetime

import pytest

from bot.services import follow_up
from tests.bot.services.given import ON_DUTY, accept, at_work, running, shanghai, states
from tests.bot.services.test_after_acceptance import DAY, SECOND, at, noted, owned

RULES = (
    ON_DUTY
    + """
follow_up: {first_contact: work 24h, overdue: [{after: work 24h, recycle: pool}]}
recycle: [{name: 久未成交, without_close: 30d, to: pool}]
pool: {claim_window: work 2h}
"""
)
#: 09:00-12:00 and 13:00-18:00 on workdays: Monday 10:00 and 24 hours of them is Thursday 10:00.
THURSDAY = shanghai(10, day=5)


@pytest.mark.parametrize(("contacted", "due", "reason"), [
    (False, THURSDAY, "overdue_work_1d"), (True, shanghai(10) + 30 * DAY, "open_30d"),
])  # fmt: skip
async def test_b05_what_is_not_followed_up_or_not_closed_comes_back_with_a_reason(
    database_url: str, contacted: bool, due: datetime, reason: str
) -> None:
    """B-05: to the second, with a code; it is offered to somebody who has not owned it."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id, rep = await owned(floor)
        other = {"e1": "e2", "e2": "e1"}[rep]
        if contacted:
            await noted(floor, lead_id, rep)
        await at(floor, due - SECOND)
        assert (await floor.row(lead_id)).state == "owned"
        await at(floor, due)
        row = await floor.row(lead_id)
        assert (row.state, row.owner, row.pool_reason, row.recycles) == ("pooled", None, "recycled", 1)
        (fact,) = [fact for fact in await floor.facts(lead_id) if fact.event == "recycled"]
        assert fact.detail["reason"] == reason
        assert fact.detail["owner"] == rep
        await at(floor, due + DAY)
        assert await states(floor, lead_id) == [(rep, "accepted", 1), (other, "open", 1)]


async def test_b05_a_lead_that_was_followed_up_and_closed_in_time_stays_where_it_is(database_url: str) -> None:
    """B-05: the clocks are there for those whom nobody calls."""
    async with at_work(database_url, at=shanghai(10), rules=RULES) as floor:
        lead_id = await floor.lead()
        rep = (await running(floor, lead_id)).rep_id
        await accept(floor, rep, lead_id)
        await noted(floor, lead_id, rep)
        await at(floor, THURSDAY + DAY)
        await floor.do(lambda desk: follow_up.close_won(desk, desk.tx.lead(lead_id), 1, by=rep))
        await at(floor, shanghai(10) + 90 * DAY)
        row = await floor.row(lead_id)
        assert (row.state, row.owner, row.recycles) == ("won", rep, 0)
