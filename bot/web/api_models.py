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
    round: int = Field(description="an offer that never counted (not delivered, withdrawn) does not move it")
    race: bool = Field(description="several reps have an offer at once, the first to accept wins")
    rep: str
    state: OfferState = Field(description="a time-out is `expired`")
    offered_at: datetime
    delivered_at: datetime | None = Field(description="the card reached the rep; the clock starts here")
    deadline_at: datetime | None = Field(description="null until delivered, and while the rep's clock is stopped")
    answered_at: datetime | None = Field(description="of an accepted offer the beginning of the ownership")
    ended_at: datetime | None = Field(description="when the ownership ended without a close, `ended_because` says why")
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
    parked_until: datetime | None = Field(description="the customer is to be called again then; no load until then")
    recycles: int = Field(description="how often an owner lost it, or gave it back, without a close")
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


class Rep(_Answer):
    """Where one rep stands. Deficits are in leads: fair share to date minus leads received."""

    id: str
    name: str
    team: str
    level: str | None
    on_duty: bool
    away: str | None = Field(description="off_shift, leave, paused, offline, silent, no_send_slot; null on duty")
    away_text: str | None
    paused: bool
    paused_until: datetime | None
    pause_reason: str | None
    open: int = Field(description="owned leads and open offers")
    open_cap: int | None = Field(description="null where there is no limit")
    resting: bool = Field(description="was full, and not yet down to the resume mark")
    today: int = Field(description="offers in the rep's local day")
    day_cap: int | None
    deficit: float
    deficit_best_grade: float
    deficit_other_grades: float
    make_up_turns: int = Field(description="补单 not used yet")
    response_rate: float | None = Field(description="0-1; null with too few offers to tell")
    wins: int
    closed: int


class RepList(_Answer):
    """Everybody who takes leads, by id."""

    items: list[Rep]
    next: None = None


class Candidate(_Answer):
    """One rep in a decision. Null where the stored record is too narrow to bring a number back."""

    rep: str
    name: str
    team: str
    chosen: bool
    eligible: bool
    candidate: bool = Field(description="the chooser could have taken this one")
    reason: str = Field(description="eligible, or the first objection: team, fence, skill, off_shift, full, …")
    text: str = Field(description="the reason in words")
    layer: str | None = Field(description="which check objects: rule, duty, capacity, rounds")
    open: int | None = Field(description="leads in hand")
    cap: int | None = Field(description="how many the rep might hold; null also where there is no limit")
    today: int | None = Field(description="offers of the rep's day, before this one")
    day_cap: int | None = Field(description="how many there might be in a day; null also where there is no limit")
    fit: float | None = Field(description="0-100; this and what follows of the eligible")
    factors: dict[str, float] | None = Field(description="what each factor brought to the fit; with trace=true")
    share: float | None = Field(description="what the decision adds to the account, in leads")
    deficit: float | None = Field(description="before the decision, in leads")
    class_deficit: float | None = Field(description="the same among leads of this grade class")
    propensity: float | None = Field(description="chance of being chosen, 0-1; of candidates only")


class Decided(_Answer):
    """What was decided, and why."""

    outcome: Literal["offer", "pool", "review"]
    why: str
    rule: str | None
    chosen: str | None
    explored: bool
    credit: bool = Field(description="a make-up turn took the lead")
    policy_version: int
    roster_version: int
    facts: dict[str, Scalar] | None = Field(description="what the decision was told; with trace=true")
    candidates: list[Candidate]


class Decision(Decided):
    """A stored decision, replayed from its record."""

    id: str
    lead_id: str
    decision_no: int = Field(description="counts the lead's decisions from 1")
    decided_at: datetime
    reversed_at: datetime | None = Field(description="taken out of the fairness accounts since")
    reproduced: bool = Field(description="the replay gave what was decided then")
    detail: Literal["all", "eligible", "narrow", "outline", "chosen"] = Field(description="how much the record holds")


class ScoreReason(_Answer):
    """A line of the policy's scoring that held."""

    name: str
    points: int


class FieldNote(_Answer):
    """One field that does not fit."""

    field: str
    message: str
    mend: str


class ReviewGate(_Answer):
    """Managers look at the lead before it is decided."""

    reasons: list[str] = Field(description="`best_share`, or `always:` and the name of a trigger of the policy")
    waits: bool = Field(description="false where no responsible manager is on duty: it is decided at once")


class DecidePreview(_Answer):
    """What would become of a lead; nothing was written."""

    outcome: Literal["offer", "pool", "review", "merged", "update", "invalid"]
    chosen: str | None
    lead_id: str | None = Field(description="the lead it would be merged into, or is an update of")
    score: int
    grade: str
    score_reasons: list[ScoreReason]
    review: ReviewGate | None = Field(description="null where no manager would look at it before it is decided")
    decision: Decided | None = Field(description="with `review.waits`: what follows if no manager acts in time")
    notes: list[FieldNote] = Field(description="fields that were kept as they came, since they could not be read")


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str
    title: str
    status: int
    detail: str
    mend: str = Field(description="what to do about it")
    errors: list[FieldNote] = Field(default=[], description="the fields that are wrong, if any are")


class LeadAccepted(_Answer):
    """The answer to a lead, once it is committed."""

    lead_id: str
    state: LeadState
    owner: str | None
    duplicate: bool = Field(description="merged into, or an update of, a lead that was there")


class Health(_Answer):
    """Whether the process answers."""

    status: Literal["ok"]


class Readiness(_Answer):
    """Whether leads can be taken and decided, and if not, why."""

    status: Literal["ready", "not ready"]
    why: list[str]


class LeadPost(BaseModel):
    """A lead in our own words; usual names of others are understood too. Phone, WeChat id or e-mail is needed."""

    model_config = ConfigDict(frozen=True, extra="allow")

    external_id: str | None = Field(None, description="your own key: the same one again is an update of the same lead")
    name: str | None = None
    phone: str | None = Field(None, description="in any spelling, stored as E.164")
    wechat: str | None = None
    email: str | None = None
    title: str | None = None
    company: str | None = None
    company_size: int | None = None
    company_listed: bool | None = None
    industry: str | None = None
    province: str | None = Field(None, description="official or short name: 江苏省, 江苏")
    city: str | None = None
    product: str | None = None
    quantity: float | None = None
    budget: float | None = None
    demand: str | None = None
    channel: str | None = None
    campaign: str | None = None
    language: str | None = None
    submitted_at: datetime | None = None
    behaviour: dict[str, Scalar] = {}
    attributes: dict[str, Scalar] = {}
