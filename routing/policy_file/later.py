"""The shape of a policy file: sections that are read and checked in full before what they say is in force."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from routing.policy_file.scalars import (
    AnyDuration,
    ClockTime,
    ConditionData,
    Count,
    DayRange,
    Name,
    Percent,
    PositiveCount,
    Score,
    Section,
    Text,
    Times,
)


class AlwaysReviewModel(Section):
    """One entry of `review.always`."""

    name: Name
    when: ConditionData


class ReviewModel(Section):
    """`review`: what a manager decides."""

    best_share: Percent = 0
    best_by: Literal["score", "sample"] = "score"
    always: list[AlwaysReviewModel] = Field(default_factory=list)
    falls_back_after: AnyDuration | None = None


class FitModel(Section):
    """`fit.model`: the learned layer's share of the fit."""

    weight: Score
    starts_at: PositiveCount = 300


class HotOpensModel(Section):
    """`hot.opens`: a surge, by count and against the usual."""

    count: PositiveCount
    within: ClockTime
    times_usual: Times = 1_000_000


class HotSlowModel(Section):
    """`hot.or_slow`: hot leads wait too long for 接单."""

    p90_acknowledge: ClockTime
    over: PositiveCount = 10


class HotOpenModel(Section):
    """`hot.while_open`."""

    capacity_times: Times = 1_000_000
    only_response_rate_from: Percent = 0
    acknowledge: ClockTime | None = None
    race: Annotated[int, Field(ge=1, le=10)] = 1


class HotClosesModel(Section):
    """`hot.closes`."""

    calm_for: ClockTime
    at_most: ClockTime


class HotModel(Section):
    """`hot`: the breaker for surges of valuable leads."""

    score: Score
    opens: HotOpensModel
    or_slow: HotSlowModel | None = None
    while_open: HotOpenModel = Field(default_factory=HotOpenModel)
    closes: HotClosesModel


class TellStepModel(Section):
    """A step of the ladder that tells somebody."""

    after: AnyDuration
    tell: Literal["rep", "manager"]


class RecycleStepModel(Section):
    """A step of the ladder that takes the lead away."""

    after: AnyDuration
    recycle: Literal["pool", "review"]


def _step_kind(data: Any) -> str | None:
    if isinstance(data, dict):
        return next((f"<{kind}>" for kind in ("tell", "recycle") if kind in data), None)
    return f"<{type(data).__name__}>"


_LadderStep = Annotated[
    Annotated[TellStepModel, Tag("<tell>")] | Annotated[RecycleStepModel, Tag("<recycle>")],
    Discriminator(_step_kind, custom_error_type="step_kind", custom_error_message="a step needs tell or recycle"),
]


class FollowUpModel(Section):
    """`follow_up`."""

    first_contact: AnyDuration | None = None
    remind: list[AnyDuration] = Field(default_factory=list)
    overdue: list[_LadderStep] = Field(default_factory=list)


class RecycleModel(Section):
    """One entry of `recycle`: a lead without follow-up, or without a close, for so long."""

    name: Name
    when: ConditionData = None
    without_follow_up: AnyDuration | None = None
    without_close: AnyDuration | None = None
    warn: list[AnyDuration] = Field(default_factory=list)
    to: Literal["pool", "review"]


class PoolClaimsModel(Section):
    """`pool.claims`."""

    per_day: Count | None = None
    open: Count | None = None
    views_per_day: Count | None = None


class FirstModel(Section):
    """One entry of `pool.first`: leads that go before those of the entries behind it."""

    name: Name
    when: ConditionData


class PoolModel(Section):
    """`pool`."""

    first: Annotated[list[FirstModel], Field(max_length=3)] = Field(default_factory=list)
    claims: PoolClaimsModel = Field(default_factory=PoolClaimsModel)
    previous_owner_waits: AnyDuration | None = None
    claim_window: AnyDuration | None = None


class DocumentModel(Section):
    """One entry of `documents`."""

    name: Name
    file: Text
    version: Text
    in_force: DayRange
