"""What the API answers, as pydantic models: handlers fill them, and `/openapi.json` is made from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Scalar = bool | int | float | str
LeadState = Literal["received", "offered", "owned", "pooled", "review", "won", "lost", "invalid", "merged"]
OfferState = Literal["open", "accepted", "declined", "expired", "withdrawn"]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Offer(_Answer):
    """One offer of a lead to one rep."""

    offer_no: int = Field(description="counts the lead's offers from 1")
    round: int = Field(
        description="an offer that never counted (not delivered, withdrawn) does not move it"
    )
    race: bool = Field(description="several reps have an offer at once, the first to accept wins")
    rep: str
    state: OfferState = Field(description="a time-out is `expired`")
    offered_at: datetime
    delivered_at: datetime | None = Field(description="the card reached the rep; the clock starts here")
    deadline_at: datetime | None = Field(description="null until delivered, and while the rep's clock is stopped")
    answered_at: datetime | None
    by: str = Field(description="`system`, or the manager who picked the rep")
    why: str = Field(description="chosen, credit, or only (a known customer's owner, a manager's pick)")
    fit: float | None = Field(description="0-100, as it was when the rep was chosen")
    ended_because: str | None


class TimelineEvent(_Answer):
    """One thing that happened to a lead."""

    at: datetime
    event: str
    actor: str = Field(description="`system`, a source, or a person's id")
    offer_no: int | None
    detail: dict[str, Any] = Field(description="codes and ids")
    said: dict[str, Any] | None = Field(description="what a person wrote; only with reveal=true")


class Disclosure(_Answer):
    """Somebody was shown the whole number."""

    at: datetime
    to: str
    how: str


class LeadSummary(_Answer):
    """A lead with all its fields; personal ones are masked unless revealed."""

    id: str
    external_id: str | None
    state: LeadState
    owner: str | None = Field(description="null until somebody accepted")
    score: int
    grade: str
    phone: str | None = Field(description="138****8000; E.164 with reveal=true")
    name: str | None
    wechat: str | None
    email: str | None
    unionid: str | None
    title: str | None
    company: str | None
    company_size: int | None
    company_listed: bool | None
    industry: str | None
    province: str | None
    city: str | None
    district: str | None
    product: str | None
    quantity: float | None
    budget: float | None
    demand: str | None = Field(description="numbers and addresses in it are masked unless revealed")
    source: str
    channel: str | None
    campaign: str | None
    language: str | None
    submitted_at: datetime | None
    behaviour: dict[str, Scalar]
    attributes: dict[str, Scalar]
    extra: dict[str, Any] = Field(description="what the source sent and nobody mapped; only its names unless revealed")
    is_test: bool
    received_at: datetime
    owned_at: datetime | None
    first_contact_at: datetime | None
    last_follow_up_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    amount: int | None = Field(description="of a won lead")
    rule: str | None
    round: int
    pool_reason: str | None
    review_reason: str | None
    merged_into: str | None
    decision_id: str | None = Field(description="the latest decision")
    offers: list[Offer]


class Lead(LeadSummary):
    """A lead with everything that happened to it."""

    decision_ids: list[str]
    timeline: list[TimelineEvent]
    disclosures: list[Disclosure]


class LeadPage(_Answer):
    """A page of leads, newest first."""

    items: list[LeadSummary]
    next: str | None = Field(description="give it as `cursor` to get the following page; null after the last one")
