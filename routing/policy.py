"""One immutable, compiled policy version: what the policy file means, with conditions turned into functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from routing.areas import Area
from routing.condition_tree import ConditionNode
from routing.documents import Document
from routing.fair_options import Balance, Ramp
from routing.lead import Facts
from routing.review import Review
from routing.rule_index import RuleIndex

MILLION = 1_000_000
"""Numbers that decide are integers in millionths of a lead, a point or a share."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled `when`.

    Attributes:
        holds: facts -> True, False, or None for *unknown* (a comparison with an absent field; three-valued logic).
            A rule matches only on True.
        fields: every fact that the condition reads, as `behaviour.dwell_seconds`.
        source: the condition as written, for explanations.
        tree: the same as a checked tree; what `routing.conditions.explain` and the checks of the policy read.
    """

    holds: Callable[[Facts], bool | None]
    fields: frozenset[str]
    source: object = None
    tree: ConditionNode | None = None


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; `at_work` counts only the hours that the person concerned is on duty (`work 24h`)."""

    length: timedelta
    at_work: bool = False


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """Points (whole, may be negative) for leads that the condition holds for."""

    name: str
    when: Condition
    points: int


@dataclass(frozen=True, slots=True)
class Scoring:
    """Score 0-100 and grades: `grades` is ordered from the best, (letter, least score)."""

    base: int = 0
    items: tuple[ScoreItem, ...] = ()
    grades: tuple[tuple[str, int], ...] = (("A", 80), ("B", 60), ("C", 40), ("D", 0))


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """How long a rep has to answer, and what happens meanwhile.

    Attributes:
        within: time to answer, from delivery.
        remind: moments of reminders, from delivery, ascending, all before `within`.
        rounds: offers of one lead before a manager has it.
        silent_times: time-outs in a row that take a rep off duty until 上线; 0 switches it off.
        response_over: how many delivered offers the response rate looks at.
        response_below: rate in millionths under which it counts as low.
        low_share_times: factor in millionths on a low responder's share.
        on_duty_clock: the clock stops while the rep is off shift.
    """

    within: timedelta = timedelta(minutes=10)
    remind: tuple[timedelta, ...] = ()
    rounds: int = 3
    silent_times: int = 0
    response_over: int = 20
    response_below: int = 0
    low_share_times: int = MILLION
    on_duty_clock: bool = True


@dataclass(frozen=True, slots=True)
class Require:
    """Hard demands on the rep beyond the team."""

    certificates: tuple[str, ...] = ()
    skills: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    language: bool = False
    level: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may take a lead at all; the first rule that matches counts. `teams` None means all teams.

    `acknowledge` is already merged key by key over the policy's own (semantics: `within` the smallest).
    """

    name: str
    when: Condition | None
    teams: tuple[str, ...] | None
    require: Require = field(default_factory=Require)
    acknowledge: Acknowledge = field(default_factory=Acknowledge)
    documents: tuple[str, ...] = ()
    script: str | None = None


@dataclass(frozen=True, slots=True)
class Fence:
    """Only `teams` may take leads of these provinces; it intersects with the rule."""

    provinces: tuple[str, ...]
    teams: tuple[str, ...]


class FactorKind(StrEnum):
    """How a fit factor gets its 0-100."""

    MATCH_TABLE = "match_table"  # the rep's figure for the lead's value
    MATCH_LIST = "match_list"  # 100 when the lead's value is in the rep's list, else 0
    RATE = "rate"  # min(100, 50 x the rep's shrunk rate / the company's rate of that segment)
    REP = "rep"  # a figure of the rep's own, with a direction


@dataclass(frozen=True, slots=True)
class Factor:
    """One line of `fit.factors`. `weight` is in hundredths of a percent; those of a policy sum to 10,000.

    `lead_field` is the fact compared (`attributes.hospital_level`, `language`); `rep_field` the rep's table, list or figure
    (`tiers`, `languages`, `attainment`); `segment` the segment of a rate (`price_band`, `channel`).
    """

    name: str
    weight: int
    kind: FactorKind
    lead_field: str | None = None
    rep_field: str | None = None
    segment: str | None = None
    help_behind: bool = True


@dataclass(frozen=True, slots=True)
class LearnedFit:
    """The part of the fit that a learned figure takes, whole percent, once `starts_at` leads have closed."""

    weight: int
    starts_at: int = 300


class Chooser(StrEnum):
    """How one of the eligible is chosen."""

    FAIR_FIT = "fair_fit"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"
    BEST_FIT = "best_fit"
    ROULETTE = "roulette"


class ShareFrom(StrEnum):
    """Where fair shares come from."""

    EQUAL = "equal"
    WEIGHTS = "weights"
    WIN_RATE = "win_rate"


@dataclass(frozen=True, slots=True)
class Choose:
    """How the owner is chosen among the eligible. Slacks, shares and rates are in millionths.

    `ramp` and `balance` None switch them off; only `fair_fit` balances.
    """

    by: Chooser = Chooser.FAIR_FIT
    fairness_slack: int = MILLION
    class_slack: int = 2 * MILLION
    explore: int = MILLION // 10
    share_from: ShareFrom = ShareFrom.EQUAL
    share_least: int = MILLION // 2
    share_most: int = 2 * MILLION
    ramp: Ramp | None = None
    balance: Balance | None = None


@dataclass(frozen=True, slots=True)
class TeamCapacity:
    """Limits that stand between the rep's own and the policy's."""

    open: int | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much a rep may hold. A rep's own figure goes before the team's, the team's before these; None is no limit."""

    open: int | None = None
    resume_at: int | None = None
    per_day: int | None = None
    teams: Mapping[str, TeamCapacity] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays and make-up workdays: `base` names a built-in calendar (CN) or None; `days` overrides it.

    `days[d]` is True where d is a workday (调休), False where it is a holiday.
    """

    base: str | None = None
    days: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """What happens to a lead of somebody already known: closed leads no older than `within` go to their owner."""

    within: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class MakeUp:
    """Which reasons give a turn back, how soon they must be claimed, and how many a rep may have in a month."""

    reasons: tuple[str, ...] = ()
    within: timedelta = timedelta(minutes=30)
    per_month: int = 10


@dataclass(frozen=True, slots=True)
class Hot:
    """The breaker for surges of valuable leads. Times and shares are in millionths.

    Attributes:
        score: from here on a lead is hot.
        count: this many hot leads within `within` open it,
        within: the window of the count,
        times_usual: if they are also more than this many times the usual number.
        slow_acknowledge: so does a p90 time to 接单 above this; None switches that off,
        slow_over: over so many hot leads.
        capacity_times: what the capacities of quick reps are multiplied by while it is open.
        response_from: reps with this response rate or a better one are quick; so is whoever has too few answers for a rate.
        acknowledge: the time to answer a hot lead has at most, unless the rule gives less; None leaves it.
        race: how many reps are offered a hot lead at once.
        calm_for: it closes after this long below both limits,
        at_most: and after this long in any case.
    """

    score: int = 80
    count: int = 10
    within: timedelta = timedelta(minutes=10)
    times_usual: int = MILLION
    slow_acknowledge: timedelta | None = None
    slow_over: int = 10
    capacity_times: int = MILLION
    response_from: int = 0
    acknowledge: timedelta | None = None
    race: int = 1
    calm_for: timedelta = timedelta(minutes=30)
    at_most: timedelta = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step for an owned lead that nobody has followed up: `tell` the `rep` or the `manager`, or else where it goes `to`."""

    after: Duration
    tell: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class RecycleRule:
    """When an owned lead loses its owner.

    Attributes:
        name: as the owner is told.
        when: for which leads; None for all. Of two entries of one clock the first that holds counts.
        after: without a follow-up, or with `until_closed` without a close, for so long.
        until_closed: the clock runs from 接单 and not from the last follow-up.
        warn: when the owner is warned, on the same clock.
        to: `pool` or `review`.
    """

    name: str
    when: Condition | None
    after: Duration
    until_closed: bool
    warn: tuple[Duration, ...]
    to: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What an owner is held to after 接单: reminders and the ladder until the first contact, then the recycle rules."""

    remind: tuple[Duration, ...] = ()
    ladder: tuple[LadderStep, ...] = ()
    recycle: tuple[RecycleRule, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolRules:
    """What reps may claim, and for whom a recycled lead waits. None is no limit.

    Attributes:
        claims_per_day: claims in the rep's local day.
        claims_open: nobody claims who holds so many leads, open offers included.
        views_per_day: entries of the pool shown in the rep's local day.
        previous_owner_waits: before a previous owner may claim the lead.
        claim_window: a recycled lead waits so long for a claim, then it is offered.
    """

    claims_per_day: int | None = None
    claims_open: int | None = None
    views_per_day: int | None = None
    previous_owner_waits: Duration = Duration(timedelta(days=7))
    claim_window: Duration = Duration(timedelta(hours=2), at_work=True)


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy version, ready to decide with. `version` 0 is not published yet; `secret` keys every draw."""

    version: int
    secret: bytes
    timezone: str
    calendar: Calendar
    scoring: Scoring
    rules: tuple[Rule, ...]
    fences: tuple[Fence, ...]
    price_bands: tuple[int, ...]
    factors: tuple[Factor, ...]
    choose: Choose
    capacity: Capacity
    acknowledge: Acknowledge
    first_contact: Duration
    known_customer: KnownCustomer
    make_up: MakeUp
    documents: tuple[Document, ...] = ()
    goes_first: tuple[Condition, ...] = ()
    review: Review | None = None
    follow_up: FollowUp = field(default_factory=FollowUp)
    pool: PoolRules = field(default_factory=PoolRules)
    silent_pauses: bool = True
    hot: Hot | None = None
    not_yet_in_force: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()
    model: LearnedFit | None = None
    rule_index: RuleIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Lay the rules out once, so that a lead need not be asked all of them."""
        whens = [(None, None) if rule.when is None else (rule.when.holds, rule.when.tree) for rule in self.rules]
        object.__setattr__(self, "rule_index", RuleIndex(whens))

    @property
    def lead_fields(self) -> frozenset[str]:
        """Give every fact that this policy reads, so that a decision stores those and no others."""
        names: set[str] = set()
        for item in self.scoring.items:
            names |= item.when.fields
        for rule in self.rules:
            if rule.when is not None:
                names |= rule.when.fields
            if rule.require.language:
                names.add("language")
        if self.fences or self.areas:
            names.add("province")
        if self.choose.balance is not None:
            names.add(self.choose.balance.value)
        for factor in self.factors:
            names |= {factor.lead_field} if factor.lead_field else set()
            if factor.segment == "price_band":
                names |= {"attributes.unit_price", "budget", "quantity"}
            elif factor.segment:
                names.add(factor.segment)
        return frozenset(names)

    @property
    def facts_wanted(self) -> frozenset[str]:
        """Give every fact that is read until a lead is decided: those of `lead_fields`, of reviews and of the pool's order."""
        triggers = self.review.always if self.review is not None else ()
        conditions = (*self.goes_first, *(trigger.when for trigger in triggers))
        return self.lead_fields.union(*(condition.fields for condition in conditions))
