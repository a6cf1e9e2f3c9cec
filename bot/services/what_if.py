"""The past as it is needed to try a policy on it: read from the database a piece at a time, by as many processes as there are.

Reads only. The simulation itself is `routing/what_if`; docs/what-if.md says what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.public_holidays import day_kinds
from bot.services.assign import acknowledge_named
from bot.services.desk import Desk
from bot.services.lead_facts import unscored_facts
from bot.services.office import Office, Offices
from bot.services.standing_rows import segment_rates, stored_of
from routing.duty import DutyBoard
from routing.lead import Facts
from routing.policy import Policy
from routing.policy_file import Surroundings, load_policy
from routing.reps_table import RepsTable, reps_table
from routing.roster import Roster
from routing.shift_pattern import to_micros
from routing.standing import Standing
from routing.team_file import load_team
from routing.what_if.answers import Answers, GivenAnswer
from routing.what_if.floor import Floor
from routing.what_if.matching import Matching, Versions
from routing.what_if.past import LaterPart, Past, PastOffer
from routing.what_if.simulation import VersionPair
from store import histories, leads, versions
from store.histories import Mark, PastRow
from store.rows import LeadRow

#: Answers of the period that are looked at, and of one rep.
_ANSWERS, _OF_ONE_REP = 60_000, 200
_KEPT = 20_000
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: the text of a policy file, and of a team file where other people are to be tried too."""

    policy_text: str
    team_text: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """What a simulation needs before its first piece.

    Attributes:
        first: id of the first decision, `behind` one more than the last.
        total: how many decisions there are about.
        since: the beginning of the period, `until` its end.
        floors: by policy and roster version.
        thens: what decided then.
        answers: of the period.
        exact: the policy is the very one that decided, with the same people.
        teams: rep id -> team id, for the sums.
        names: rep id or team id -> name.
    """

    first: int
    behind: int
    total: int
    since: datetime
    until: datetime
    floors: Mapping[VersionPair, Floor]
    thens: Mapping[VersionPair, Versions]
    answers: Answers
    exact: bool
    teams: Mapping[str, str]
    names: Mapping[str, str]


@dataclass(slots=True, eq=False)
class PastReader:
    """Reads pieces of the past for a trial; compiles each version once. Every process has its own."""

    trial: Trial
    _offices: Offices = field(default_factory=Offices)
    _policy: Policy | None = None
    _roster: Roster | None = None
    _tried: dict[tuple[int, int], Office] = field(default_factory=dict)
    _rounds: dict[tuple[int, str | None], int] = field(default_factory=dict)
    _matchings: dict[VersionPair, Matching] = field(default_factory=dict)

    def policy(self, desk: Desk) -> Policy:
        """Give the policy that is tried.

        Raises:
            FileRefused: it has errors.
        """
        if self._policy is None:
            if self.trial.team_text is not None:
                self._roster = load_team(self.trial.team_text).roster
            roster = self._roster or self._offices.roster_in_force(desk.tx.connection)
            self._policy = load_policy(self.trial.policy_text, surroundings=Surroundings(roster)).policy
        return self._policy

    def office(self, desk: Desk, roster_version: int, year: int) -> Office:
        """Give the policy that is tried with the people of then, or with those who are tried."""
        key = (0 if self._roster is not None else roster_version, year)
        if key not in self._tried:
            policy = self.policy(desk)
            roster = self._roster or self._offices.roster(desk.tx.connection, roster_version)
            calendar = policy.calendar
            days, _ = day_kinds(calendar.base, calendar.days, years=range(year - 1, year + 3))
            table = next((item.table for item in self._tried.values() if item.roster is roster), None)
            self._tried[key] = Office(policy, roster, table or reps_table(policy, roster), days)
        return self._tried[key]

    def then(self, desk: Desk, pair: VersionPair, year: int) -> Versions:
        """Give what decided then."""
        office = self._offices.of(desk.tx.connection, *pair, year)
        return Versions(office.policy, office.table)

    def read(self, desk: Desk, first: int, behind: int, *, light: bool = False) -> list[Past]:
        """Read the decisions with ids from `first` until just before `behind`, rule matched, ready to be decided.

        Args:
            desk: where they are.
            first: id.
            behind: id.
            light: the worlds have parted: of loads, duty and rates only what is news within the piece is wanted.
        """
        self.policy(desk)
        rows = histories.piece(desk.tx.connection, first, behind)
        # News is told against the record before, so that a piece in which versions change is read whole.
        light = light and len({(row.policy_version, row.roster_version) for row in rows}) == 1
        recorded = [(row, self._matching(desk, row)) for row in rows]
        for matching in self._matchings.values():
            matching.begin_piece(light=light)
        read = [(row, matching, matching.read(row.record)) for row, matching in recorded]
        wanted = sorted({row.lead_id for row, matching, record in read if matching.needs_lead(record)})
        found = leads.load(desk.tx.connection, wanted, desk.tx.keys, lock=False) if wanted else {}
        return [
            matching.match(record, self._later(row, matching.then.policy), self._facts(desk, row, found))
            for row, matching, record in read
        ]

    def _matching(self, desk: Desk, row: PastRow) -> Matching:
        pair = (row.policy_version, row.roster_version)
        if pair not in self._matchings:
            office = self.office(desk, row.roster_version, desk.now.year)
            self._matchings[pair] = Matching(
                self.then(desk, pair, desk.now.year), Versions(office.policy, office.table)
            )
        return self._matchings[pair]

    def _later(self, row: PastRow, policy: Policy) -> LaterPart:
        offer = None
        if row.state is not None:
            key = (row.policy_version, row.rule)
            if key not in self._rounds:
                self._rounds[key] = acknowledge_named(policy, row.rule).rounds
            offer = _offer(row, row.state, self._rounds[key])
        return LaterPart(
            row.decision_id,
            row.decided_at,
            row.next_at,
            row.rep_id,
            offer,
            row.received_at,
            row.owned_at,
            row.closed_at,
        )

    def _facts(self, desk: Desk, row: PastRow, found: Mapping[int, LeadRow]) -> Facts | None:
        lead = found.get(row.lead_id) if found else None
        return None if lead is None else unscored_facts(self.office(desk, row.roster_version, desk.now.year), lead)


def decisions_in(desk: Desk, days: int) -> int:
    """Count the decisions of the last days."""
    first = histories.first_since(desk.tx.connection, desk.now - days * DAY)
    return 0 if first is None else histories.count(desk.tx.connection, first.decision_id)


def begin(desk: Desk, reader: PastReader, days: int, *, most: int | None = None) -> Beginning | None:
    """Gather what a simulation of the last days needs; None where nothing was decided in them.

    Args:
        desk: the transaction.
        reader: reads the past for what is tried.
        days: how far back to begin.
        most: of these days the newest decisions, no more than so many.

    Raises:
        FileRefused: the policy or the team file has errors.
    """
    connection = desk.tx.connection
    reader.policy(desk)
    since = desk.now - days * DAY
    first = histories.first_since(connection, since)
    if first is None:
        return None
    last = histories.mark_from(connection, histories.last_id(connection)) or first
    if most is not None and last.decision_id - first.decision_id >= most:
        first = histories.mark_from(connection, last.decision_id - most + 1) or last
        since = first.decided_at
    pairs = histories.versions_between(connection, first, last)
    year = desk.now.year
    leaves = histories.leaves_between(connection, since, desk.now)
    thens = {pair: reader.then(desk, pair, year) for pair in pairs}
    floors = {
        pair: _floor(desk, reader.office(desk, pair[1], year), thens[pair].policy.secret, leaves) for pair in pairs
    }
    roster = reader.office(desk, last.roster_version, year).roster
    return Beginning(
        first=first.decision_id,
        behind=last.decision_id + 1,
        total=histories.count(connection, first.decision_id),
        since=since,
        until=desk.now,
        floors=floors,
        thens=thens,
        answers=_answers(desk, first),
        exact=reader.trial.team_text is None and _is_unchanged(desk, reader.trial, {pair[0] for pair in pairs}),
        teams={rep.id: rep.team for rep in roster.reps},
        names={rep.id: rep.name for rep in roster.reps} | {team.id: team.name for team in roster.teams.values()},
    )


def _is_unchanged(desk: Desk, trial: Trial, decided: set[int]) -> bool:
    """Say whether every policy that decided is the one that is tried, comments and order of keys aside."""
    tried = load_policy(trial.policy_text).document
    texts = {versions.policy(desk.tx.connection, version).source_text for version in decided}
    return all(text == trial.policy_text or load_policy(text).document == tried for text in texts)


def _floor(desk: Desk, office: Office, secret: bytes, leaves: list[tuple[str, datetime, datetime]]) -> Floor:
    away: dict[str, tuple[tuple[datetime, datetime], ...]] = {}
    for rep, begins, ends in leaves:
        away[rep] = (*away.get(rep, ()), (begins, ends))
    schedules = [replace(office.schedules[rep], leave=away.get(rep, ())) for rep in office.table.ids]
    policy = replace(office.policy, secret=secret)
    return Floor(policy, office.table, schedules, DutyBoard(schedules), _known(desk, office.table), office.days)


def _known(desk: Desk, table: RepsTable) -> Standing:
    """Give rates as they are today."""
    known, stored = Standing.empty(table), stored_of(desk, table.ids)
    places = stored.positions(table.ids)
    known.wins[:], known.closed[:] = stored.column("wins", places), stored.column("closed", places)
    known.segments = segment_rates(desk.tx.connection, table)
    return known


def _answers(desk: Desk, first: Mark) -> Answers:
    connection = desk.tx.connection
    first_lead = min(
        (row.lead_id for row in histories.piece(connection, first.decision_id, first.decision_id + 1)), default=0
    )
    of_rep: dict[str, list[GivenAnswer]] = {}
    for row in histories.answered(connection, first_lead, limit=_ANSWERS):
        own = of_rep.setdefault(row.rep_id, [])
        if len(own) < _OF_ONE_REP:
            own.append(GivenAnswer(row.state, max((row.answered_at or row.offered_at) - row.offered_at, 0)))
    of_all = tuple(answer for rep in sorted(of_rep) for answer in of_rep[rep])
    kept = tuple(histories.kept_for(connection, first_lead, limit=_KEPT))
    return Answers({rep: tuple(own) for rep, own in of_rep.items()}, of_all, kept)


def _offer(row: PastRow, state: str, rounds: int) -> PastOffer:
    ended_at = row.answered_at
    if state == "expired":
        # Nothing says when a time-out was found out but the decision that followed.
        due = row.deadline_at or row.decided_at
        ended_at = row.next_at if row.next_at is not None and row.next_at >= due else due
    return PastOffer(
        round=row.round or 1,
        state=state,
        by_manager=row.offered_by != "system",
        ended_at=None if state == "open" else ended_at,
        within=row.within_seconds or 0,
        on_duty_clock=bool(row.on_duty_clock),
        rounds=rounds,
    )


def moment_of(beginning: Beginning) -> int:
    """Give the end of the period in microseconds since 1970 UTC."""
    return to_micros(beginning.until)
