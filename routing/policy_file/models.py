"""The shape of a policy file: the sections that decide."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from routing.policy_file.later import (
    DocumentModel,
    FitModel,
    FollowUpModel,
    HotModel,
    PoolModel,
    RecycleModel,
    ReviewModel,
)
from routing.policy_file.scalars import (
    ClockTime,
    ConditionData,
    Count,
    Millionths,
    Name,
    Names,
    Part,
    Percent,
    PositiveCount,
    Province,
    Score,
    Section,
    Text,
    Weight,
    Zone,
    refuse,
)

_Reminders = Annotated[list[ClockTime], Field(max_length=10)]


class CalendarModel(Section):
    """`calendar`: a built-in calendar, and days that differ from it."""

    base: Literal["CN", "none"] | None = None
    file: Text | None = None
    days: dict[str, Any] = Field(default_factory=dict)


class ScoreItemModel(Section):
    """One line of `scoring.add`."""

    name: Name
    when: ConditionData
    points: Annotated[int, Field(ge=-100, le=100)]


class ScoringModel(Section):
    """`scoring`."""

    base: Score = 0
    add: list[ScoreItemModel] = Field(default_factory=list)
    grades: dict[Name, Score] = Field(default_factory=lambda: {"A": 80, "B": 60, "C": 40, "D": 0})


class RuleAcknowledgeModel(Section):
    """`rules[].acknowledge`: what differs from the policy's own."""

    within: ClockTime | None = None
    remind: _Reminders | None = None
    rounds: Annotated[int, Field(ge=1, le=100)] | None = None
    clock: Literal["on_duty", "always"] | None = None


class RequireModel(Section):
    """`rules[].require`."""

    certificates: Names | None = None
    skills: dict[Name, Annotated[int, Field(ge=1, le=10)]] = Field(default_factory=dict)
    language: bool = False
    level: Names | None = None


class RuleModel(Section):
    """One entry of `rules`."""

    name: Name
    when: ConditionData = None
    teams: Names | None = None
    require: RequireModel = Field(default_factory=RequireModel)
    documents: Names | None = None
    acknowledge: RuleAcknowledgeModel = Field(default_factory=RuleAcknowledgeModel)
    script: Text | None = None


def _on_earth(point: list[float]) -> list[float]:
    longitude, latitude = point
    if abs(longitude) > 180 or abs(latitude) > 90:  # noqa: PLR2004  degrees
        refuse(f"{point} is no place", "write [longitude, latitude] in degrees")
    return point


_Degrees = Annotated[list[float], Field(min_length=2, max_length=2), AfterValidator(_on_earth)]
#: The beginning of a number in China, without +86: an area code as people write it (0991), or of a mobile (139).
_PhonePrefix = Annotated[str, Field(pattern=r"^[0-9]{2,7}$")]


class FenceModel(Section):
    """One entry of `geofence`: a place in one of three forms, and the teams that alone may take leads from there."""

    name: Name | None = None
    provinces: Annotated[list[Province], Field(min_length=1)] | None = None
    polygon: Annotated[list[_Degrees], Field(min_length=3, max_length=10_000)] | None = None
    phone_prefixes: Annotated[list[_PhonePrefix], Field(min_length=1)] | None = None
    teams: Names


class MatchFactorModel(Section):
    """A factor that looks the lead's value up in the rep's table or list."""

    name: Name
    weight: Weight
    match: Name
    with_: Annotated[str, Field(alias="with", min_length=1)]


class RateFactorModel(Section):
    """A factor from closed leads of the same segment."""

    name: Name
    weight: Weight
    rate: Literal["win_rate"]
    by: Name


class RepFactorModel(Section):
    """A factor from a figure of the rep's own."""

    name: Name
    weight: Weight
    rep: Literal["attainment"]
    direction: Literal["help_behind", "reward_ahead"] = "help_behind"


def _factor_kind(data: Any) -> str | None:
    if isinstance(data, dict):
        return next((f"<{kind}>" for kind in ("match", "rate", "rep") if kind in data), None)
    return f"<{type(data).__name__}>"


_FactorModel = Annotated[
    Annotated[MatchFactorModel, Tag("<match>")]
    | Annotated[RateFactorModel, Tag("<rate>")]
    | Annotated[RepFactorModel, Tag("<rep>")],
    Discriminator(
        _factor_kind,
        custom_error_type="factor_kind",
        custom_error_message="a factor needs one of match, rate, rep",
    ),
]


class FitSection(Section):
    """`fit`."""

    factors: list[_FactorModel] = Field(default_factory=list)
    model: FitModel | None = None


class ShareModel(Section):
    """`choose.share`."""

    from_: Annotated[Literal["equal", "weights", "win_rate"], Field(alias="from")]
    least: Millionths = 500_000
    most: Millionths = 2_000_000


class RampModel(Section):
    """`choose.ramp`: a joiner's share grows to the usual one."""

    work_days: Annotated[int, Field(ge=1, le=260)]
    from_: Annotated[Percent, Field(alias="from")] = 250_000


class BalanceModel(Section):
    """`choose.balance`: fairness in expected value beside counts."""

    value: Name = "trait.score"
    usual: Count
    full: PositiveCount = 100
    slack: Millionths = 500_000


def _share(value: Any) -> Any:
    if isinstance(value, (str, dict)):
        return {"from": value} if isinstance(value, str) else value
    return refuse(f"«{value}» is no way to share", "write equal, weights or {from: win_rate, least: 0.5, most: 2.0}")


class ChooseModel(Section):
    """`choose`."""

    by: Literal["fair_fit", "round_robin", "least_loaded", "best_fit", "roulette"] = "fair_fit"
    fairness_slack: Millionths = 1_000_000
    class_slack: Millionths = 2_000_000
    explore: Percent = 100_000
    share: Annotated[ShareModel, BeforeValidator(_share)] = Field(
        default_factory=lambda: ShareModel.model_validate({"from": "equal"})
    )
    ramp: RampModel | None = None
    balance: BalanceModel | None = None


class TeamCapacityModel(Section):
    """`capacity.teams[team]`."""

    open: PositiveCount | None = None
    per_day: PositiveCount | None = None


class CapacityModel(Section):
    """`capacity`."""

    open: PositiveCount | None = None
    resume_at: Count | None = None
    per_day: PositiveCount | None = None
    teams: dict[Name, TeamCapacityModel] = Field(default_factory=dict)
    when_all_full: Literal["pool"] = "pool"


class SilentModel(Section):
    """`acknowledge.silent`: so many time-outs in a row take a rep off duty (`pause`) or are only told (`tell`)."""

    times: Annotated[int, Field(ge=0, le=100)]
    then: Literal["pause", "tell"] = "pause"


class ResponseRateModel(Section):
    """`acknowledge.response_rate`."""

    over: Annotated[int, Field(ge=1, le=1000)] = 20
    below: Percent
    share_times: Part = 1_000_000


class AcknowledgeModel(Section):
    """`acknowledge`."""

    within: ClockTime | None = None
    remind: _Reminders = Field(default_factory=list)
    rounds: Annotated[int, Field(ge=1, le=100)] = 3
    silent: SilentModel | None = None
    response_rate: ResponseRateModel | None = None
    clock: Literal["on_duty", "always"] = "on_duty"


class KnownCustomerModel(Section):
    """`known_customer`."""

    within: ClockTime | None = None
    to: Literal["owner"] = "owner"


class MakeUpModel(Section):
    """`make_up`."""

    reasons: list[Name] = Field(default_factory=list)
    within: ClockTime | None = None
    per_month: Count = 10


class PolicyModel(Section):
    """The whole file. Sections that are left out have the defaults of `routing.policy`."""

    version: Literal[1]
    timezone: Zone = "Asia/Shanghai"
    calendar: CalendarModel = Field(default_factory=CalendarModel)
    scoring: ScoringModel = Field(default_factory=ScoringModel)
    review: ReviewModel | None = None
    rules: list[RuleModel] = Field(default_factory=list)
    geofence: list[FenceModel] = Field(default_factory=list)
    price_bands: list[PositiveCount] = Field(default_factory=list)
    fit: FitSection = Field(default_factory=FitSection)
    choose: ChooseModel = Field(default_factory=ChooseModel)
    capacity: CapacityModel = Field(default_factory=CapacityModel)
    acknowledge: AcknowledgeModel = Field(default_factory=AcknowledgeModel)
    hot: HotModel | None = None
    follow_up: FollowUpModel = Field(default_factory=FollowUpModel)
    recycle: list[RecycleModel] = Field(default_factory=list)
    pool: PoolModel | None = None
    known_customer: KnownCustomerModel = Field(default_factory=KnownCustomerModel)
    make_up: MakeUpModel = Field(default_factory=MakeUpModel)
    documents: list[DocumentModel] = Field(default_factory=list)
