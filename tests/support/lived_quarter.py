"""A quarter on a sales floor of any size, lived through the real decisions and written to a database as production would."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import yaml
from sqlalchemy import Connection, Table, bindparam, insert, update

from bench.scenario import TEAMS, lead_body, policy_file
from bot.lead_sources.bodies import read_body
from bot.lead_sources.generic import read_generic
from bot.lead_sources.source import Bearer, Source
from bot.services.lead_facts import unscored_facts
from bot.services.office import Office
from routing.decide import Question
from routing.decision import Decision
from routing.decision_record import pack
from routing.duty import DutyBoard
from routing.lead import Facts, Lead
from routing.score import score_of, with_score
from routing.shift_pattern import to_micros, to_moment
from routing.standing import Standing
from routing.what_if.answers import Answers, GivenAnswer
from routing.what_if.effects import POOL, REVIEW, Tally
from routing.what_if.floor import Floor
from routing.what_if.leads import OWNED, Agenda
from routing.what_if.leads import Lead as Way
from routing.what_if.moved import MovedLeads
from routing.what_if.past import Past
from routing.what_if.waiting import Waiting
from routing.what_if.world import World
from store import leads
from store.database import sync_engine
from store.rows import DecisionRow, LeadRow, OfferRow, column_names
from store.sealed_fields import KeyRing
from store.tables import decision as decision_table
from store.tables import lead as lead_table
from store.tables import offer as offer_table

ENDS = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
_KINDS = 2000
_DAY = 86_400
_BATCH = 2000
_SECOND = 1_000_000


def team_file(reps: int) -> str:
    """Give a team file with so many reps in eight teams: half of them by day, half until the evening."""
    teams = [f"team{number}" for number in range(TEAMS)]
    document = {
        "shifts": {
            "day": {"workdays": ["09:00-12:00", "13:00-18:00"]},
            "late": {"everyday": ["10:00-14:00", "15:00-22:00"]},
        },
        "teams": [
            {"id": name, "name": f"{number + 1}队", "managers": ["boss"], "timezone": "Asia/Shanghai",
             "shift": "late" if number % 2 else "day"}
            for number, name in enumerate(teams)
        ],
        "admins": ["boss"],
        "reps": [
            {
                "id": f"rep{number:05d}", "name": f"销售{number}", "team": teams[number % TEAMS], "languages": ["zh"],
                "skills": {"工业": 1 + number % 3}, "tiers": {"三甲": number % 101, "二级": 50}, "weight": 1 + number % 10,
            }
            for number in range(reps)
        ] + [{"id": "boss", "name": "主管", "team": teams[0], "role": "manager"}],
    }  # fmt: skip
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def policy_text(rules: int, *, cap: int = 8, per_day: int = 60) -> str:
    """Give a policy with so many rules, with caps that are reached, and a clock that stops off duty."""
    document: dict[str, Any] = yaml.safe_load(policy_file(rules))
    document["capacity"] = {"open": cap, "resume_at": cap - 2, "per_day": per_day}
    document["acknowledge"] = {"within": "10m", "remind": ["5m"], "rounds": 3, "clock": "on_duty"}
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def kinds_of_leads(rules: int) -> list[Lead]:
    """Give leads of all kinds, as the generic source reads them."""
    source = Source("website", "generic", Bearer(()))
    return [
        read_generic(source, read_body(lead_body(number, rules), "application/json"))[0] for number in range(_KINDS)
    ]


class _Remembering(World):
    """A world that keeps the record of each decision that is taken, as it is packed in production."""

    asked: Question
    taken: list[tuple[Decision, Question, bytes]]

    def decide(self, question: Question, rule_no: int) -> Decision:
        self.asked = question
        return super().decide(question, rule_no)

    def apply(self, decision: Decision) -> bool:
        record = pack(decision, self.asked, self.standing, self.floor.policy, self.table)
        self.taken.append((decision, self.asked, record))
        return super().apply(decision)


@dataclass
class Quarter:
    """One history. `rows` lives it; leads come by day, most of them in working hours.

    Attributes:
        office: policy and roster, as they are in force.
        count: of leads.
        days: how many they come over, up to `ENDS`.
        seed: of everything that happens by chance.
        in_hand: about how many open leads a rep has.
    """

    office: Office
    count: int
    days: int = 90
    seed: int = 1
    in_hand: float = 6.0
    rules: int = 50
    rows_of: dict[int, LeadRow] = field(default_factory=dict)
    _decisions: list[DecisionRow] = field(default_factory=list)
    _offers: list[OfferRow] = field(default_factory=list)
    _running: dict[int, OfferRow] = field(default_factory=dict)
    _last_id: int = 2000

    def __post_init__(self) -> None:
        table = self.office.table
        schedules = [self.office.schedules[rep] for rep in table.ids]
        floor = Floor(self.office.policy, table, schedules, DutyBoard(schedules), Standing.empty(table))
        self.world = _Remembering(floor, parted=True)
        self.world.taken = []
        self.agenda = Agenda()
        self.random = random.Random(self.seed)
        self.waiting = Waiting(self.world, self.agenda, self._try_one)
        self.others = _Living(self.world, self.agenda, Tally(), self._habits(), self.waiting, lambda _: None)
        self.others.quarter = self

    def _habits(self) -> Answers:
        """Give everybody's ways of answering: some quick, some slow, some often silent."""
        generator = np.random.default_rng(self.seed)
        of_rep = {}
        for rep in self.office.table.ids:
            middle, silent = float(generator.uniform(30, 400)), float(generator.uniform(0.02, 0.25))
            after = (generator.exponential(middle, 100) * _SECOND).astype(int).tolist()
            said = generator.choice(["accepted", "declined", "expired"], 100, p=[0.95 - silent, 0.05, silent]).tolist()
            of_rep[rep] = tuple(GivenAnswer(state, wait) for state, wait in zip(said, after, strict=True))
        each = self.in_hand * len(self.office.table) * self.days * _DAY / self.count
        kept = (generator.exponential(each, 500) * _SECOND).astype(int).tolist()
        return Answers(of_rep, (), (*kept, None))

    @cached_property
    def kinds(self) -> list[tuple[Lead, Facts, int, str, int]]:
        """Give lead, facts, score, grade and rule of each kind of lead."""
        found: list[tuple[Lead, Facts, int, str, int]] = []
        for lead in kinds_of_leads(self.rules):
            row = LeadRow(0, "website", lead, received_at=ENDS, waiting_since=ENDS)
            facts = unscored_facts(self.office, row)
            scored = score_of(self.office.policy.scoring, facts)
            known = with_score(facts, scored)
            found.append((lead, known, scored.score, scored.grade, self.office.policy.rule_index.first(known)))
        return found

    def live(self) -> Iterator[tuple[list[LeadRow], list[OfferRow], list[DecisionRow]]]:
        """Let the leads come; gives the rows of each stretch, in which leads are as they came."""
        start = to_micros(ENDS - timedelta(days=self.days))
        span = self.days * _DAY * _SECOND
        arrivals = sorted(start + self.random.randrange(span) for _ in range(self.count))
        come: list[LeadRow] = []
        self.world.advance(start)
        self.agenda.at(self.world.next_change(), self._clock_strikes)
        for number, at in enumerate(arrivals):
            self._until(at)
            come.append(self._comes(1001 + number, at))
            if len(come) == _BATCH:
                yield self._taken(come)
                come = []
        self._until(to_micros(ENDS))
        self._offers += self._running.values()
        yield self._taken(come)

    def _taken(self, come: list[LeadRow]) -> tuple[list[LeadRow], list[OfferRow], list[DecisionRow]]:
        offers, self._offers = self._offers, []
        decisions, self._decisions = self._decisions, []
        return come, offers, decisions

    def _until(self, at: int) -> None:
        while (found := self.agenda.next(at)) is not None:
            moment, what = found
            self.world.advance(moment)
            what(moment)
        self.world.advance(at)

    def _clock_strikes(self, _now: int) -> None:
        self.agenda.at(self.world.next_change(), self._clock_strikes)
        self.waiting.wake()

    def _comes(self, lead_id: int, at: int) -> LeadRow:
        lead, facts, score, grade, rule_no = self.kinds[self.random.randrange(len(self.kinds))]
        moment = to_moment(at)
        row = LeadRow(lead_id, "website", lead, received_at=moment, waiting_since=moment, score=score, grade=grade)
        row.rule = self.office.policy.rules[rule_no].name
        self.rows_of[lead_id] = row
        past = Past(0, at, None, (1, 1), lead_id, 0, date.min, facts, (), None, False, rule_no, rule_no, "", None, None,
                    at, None, None, True, (), (), b"", True, 0, b"", 0)  # fmt: skip
        self.others.decide(Way(past, self.others.tally.number(lead_id), same=False, rule_no=rule_no))
        return row

    def _try_one(self, way: Way) -> bool:
        decision = self.world.decide(self.others.question(way), way.rule_no)
        if decision.chosen < 0:
            return False
        way.decision_no += 1
        self.others.carry_out(way, decision)
        return True

    # What `_Living` tells.

    def decided(self, way: Way) -> None:
        """Write a decision down."""
        decision, question, record = self.world.taken.pop()
        row, policy = self.rows_of[way.past.lead_id], self.office.policy
        self._last_id += 1
        number, row.decision_no = self._last_id, question.decision_no
        rep = self.office.table.ids[decision.chosen] if decision.chosen >= 0 else None
        row.decision_id = number
        self._decisions.append(
            DecisionRow(number, row.lead_id, question.decision_no, to_moment(self.world.now), decision.outcome.value,
                        decision.rule or None, rep, policy.version, self.office.roster.version, record)
        )  # fmt: skip

    def offered(self, way: Way) -> None:
        """Write an offer down."""
        row, now = self.rows_of[way.past.lead_id], to_moment(self.world.now)
        limits = self.others.acknowledge(way)
        row.state, row.offer_no, row.round = "offered", row.offer_no + 1, way.round
        self._running[row.lead_id] = OfferRow(
            row.lead_id, row.offer_no, way.round, way.rep, self.office.policy.version,
            int(limits.within.total_seconds()), [], limits.on_duty_clock, now, way.offered_on, why="chosen",
            decision_id=row.decision_id, delivered_at=now, deadline_at=to_moment(way.deadline_at),
        )  # fmt: skip

    def ended(self, way: Way, state: str) -> None:
        """Write down how an offer ended."""
        offer = self._running.pop(way.past.lead_id)
        offer.state = state
        offer.answered_at = None if state == "expired" else to_moment(self.world.now)
        self._offers.append(offer)

    def owned(self, way: Way, *, closed: bool = False) -> None:
        """Write down who owns a lead, and that it is closed."""
        row, now = self.rows_of[way.past.lead_id], to_moment(self.world.now)
        if closed:
            row.state, row.closed_at = "lost", now
        else:
            row.state, row.owner, row.owned_at = "owned", way.rep, now

    def waits(self, way: Way) -> None:
        """Write down that nobody has a lead."""
        row = self.rows_of[way.past.lead_id]
        row.state = {POOL: "pooled", REVIEW: "review"}[way.state]
        row.pool_reason = "waiting" if way.state == POOL else None


class _Living(MovedLeads):
    """Leads on their way, of which every step is written down."""

    quarter: Quarter

    def carry_out(self, lead: Way, decision: Decision, answer: GivenAnswer | None = None) -> None:
        super().carry_out(lead, decision, answer)
        self.quarter.decided(lead)
        if decision.chosen >= 0:
            self.quarter.offered(lead)
        else:
            self.quarter.waits(lead)

    def _own(self, lead: Way) -> None:
        super()._own(lead)
        self.quarter.ended(lead, "accepted")
        self.quarter.owned(lead)

    def let_go(self, lead: Way) -> None:
        self.quarter.ended(lead, "expired" if lead.answers_at is None else "declined")
        super().let_go(lead)

    def withdraw(self, lead: Way) -> None:
        self.quarter.ended(lead, "withdrawn")
        super().withdraw(lead)

    def _close(self, lead: Way, token: int, now: int) -> None:
        was_owned = lead.token == token and lead.state == OWNED
        super()._close(lead, token, now)
        if was_owned:
            self.quarter.owned(lead, closed=True)

    def _review(self, lead: Way) -> None:
        super()._review(lead)
        self.quarter.waits(lead)


_LEAD = column_names(LeadRow)
_FATE = ("state", "owner", "offer_no", "round", "decision_no", "decision_id", "pool_reason", "owned_at", "closed_at")


def write(url: str, quarter: Quarter, keys: KeyRing) -> int:
    """Live the quarter and write it into a SQLite database of the newest schema; gives how many decisions there were."""
    engine, total = sync_engine(url), 0
    for come, offers, decisions in quarter.live():
        with engine.begin() as connection:
            _add(connection, lead_table, [_lead_values(row, keys) for row in come])
            _add(connection, offer_table, [_values(row, OfferRow) for row in offers])
            _add(connection, decision_table, [_values(row, DecisionRow) for row in decisions])
        total += len(decisions)
    statement = (
        update(lead_table)
        .where(lead_table.c.lead_id == bindparam("key"))
        .values({name: bindparam(name) for name in _FATE})
    )
    fates = [{"key": row.lead_id} | {name: getattr(row, name) for name in _FATE} for row in quarter.rows_of.values()]
    for first in range(0, len(fates), _BATCH):
        with engine.begin() as connection:
            connection.execute(statement, fates[first : first + _BATCH])
    engine.dispose()
    return total


def _add(connection: Connection, table: Table, values: list[dict[str, Any]]) -> None:
    if values:
        connection.execute(insert(table), values)


def _lead_values(row: LeadRow, keys: KeyRing) -> dict[str, Any]:
    sealed = keys.seal(leads.pack_lead(row.lead), f"lead.sealed.{row.lead_id}")
    return {name: getattr(row, name) for name in _LEAD if name != "lead"} | {"sealed": sealed}


def _values(row: Any, kind: type) -> dict[str, Any]:
    return {name: getattr(row, name) for name in column_names(kind)}
