"""Which leads are among the best: the scores of the last 90 days, counted as leads come in."""

from __future__ import annotations

from datetime import date, timedelta

from bot.services.desk import Desk
from routing.draws import Draws
from routing.review import LEVELS, MILLION, WINDOW_DAYS, Review, ScoreWindow
from store import score_days
from store.rows import LeadRow

#: A window that has never counted begins with at most so many leads: it is read once, while others wait for the writer.
_BEGINS_WITH = 10_000


class BestLeads:
    """Counts the scores of one transaction's new leads; `write_back` keeps them."""

    def __init__(self, desk: Desk, review: Review, *, keep: bool = True) -> None:
        """Load today's counts; `keep` writes down those of a day that begins, which only asking may not."""
        self._keep = keep
        self._desk = desk
        self._review = review
        self._day = desk.open_office.local_day(desk.now)
        found = score_days.of_day(desk.tx.connection, self._day)
        self._window = ScoreWindow(found.before, found.counts, found.balance) if found is not None else self._begin()

    def take(self, row: LeadRow) -> bool:
        """Say whether a new lead is among the best, and count it; equal scores at the cut are drawn for."""
        draws = Draws(self._desk.open_office.policy.secret, row.lead_id, row.decision_no + 1)
        draw = draws.below(MILLION, "review")
        return self._window.take(row.score, draw, self._review.best_share, self._review.best_by)

    def write_back(self) -> None:
        """Keep what was counted."""
        score_days.save(self._desk.tx.connection, self._day, self._window.today, self._window.balance)

    def _begin(self) -> ScoreWindow:
        """Begin a day with what the days before it counted; the first day of all with the newest leads there are."""
        connection = self._desk.tx.connection
        days = score_days.latest(connection, before=self._day, days=WINDOW_DAYS)
        today = [0] * LEVELS
        if not days:
            counted = self._newest()
            today = counted.pop(self._day, today)
            if self._keep:
                score_days.add_days(connection, counted)
            days = [(day, counts, 0) for day, counts in counted.items()]
        before = [sum(counts[score] for _, counts, _ in days) for score in range(LEVELS)]
        balance = days[0][2] if days else 0
        if self._keep:
            score_days.add(connection, self._day, today, before, balance)
        return ScoreWindow(before, today, balance)

    def _newest(self) -> dict[date, list[int]]:
        since = self._desk.now - timedelta(days=WINDOW_DAYS - 1)
        counted: dict[date, list[int]] = {}
        for received_at, score in score_days.newest_scores(self._desk.tx.connection, since, most=_BEGINS_WITH):
            counts = counted.setdefault(self._desk.open_office.local_day(received_at), [0] * LEVELS)
            counts[score] += 1
        return counted
