"""From the checked shape of a policy file to the policy that decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from routing.areas import Area
from routing.documents import Document
from routing.fair_options import Balance, Ramp
from routing.findings import Path
from routing.policy import (
    Acknowledge,
    Calendar,
    Capacity,
    Choose,
    Chooser,
    Condition,
    Duration,
    Factor,
    FactorKind,
    Fence,
    KnownCustomer,
    LearnedFit,
    MakeUp,
    Policy,
    Require,
    Rule,
    ScoreItem,
    Scoring,
    ShareFrom,
    TeamCapacity,
)
from routing.policy_file.after_acceptance import follow_up_of, pool_rules_of
from routing.policy_file.hot_section import hot_of
from routing.policy_file.models import (
    AcknowledgeModel,
    MatchFactorModel,
    PolicyModel,
    RateFactorModel,
    RepFactorModel,
    RuleAcknowledgeModel,
    RuleModel,
)
from routing.policy_file.review_section import review_of
from routing.reminders import reminders_within

#: What a rep has besides tables of points: a lead's value that is among them gives 100, any other 0.
REP_LISTS = frozenset({"languages", "skills", "certificates"})

_FIRST_CONTACT = Duration(timedelta(hours=24), at_work=True)


@dataclass(frozen=True, slots=True)
class Built:
    """A policy, and what its reader should know: the reminders that had to be moved, by path."""

    policy: Policy
    moved_reminders: Mapping[Path, tuple[timedelta, ...]]


def build_policy(
    model: PolicyModel,
    conditions: Mapping[Path, Condition],
    days: Mapping[date, bool],
    *,
    version: int,
    secret: bytes,
    not_yet_in_force: tuple[str, ...],
) -> Built:
    """Put the policy together.

    Args:
        model: the file's shape.
        conditions: every compiled `when`, by its path.
        days: exceptions of the calendar, those of its file included.
        version: 0 while it is not published.
        secret: keys every draw.
        not_yet_in_force: keys without effect so far.
    """
    moved: dict[Path, tuple[timedelta, ...]] = {}
    own = _acknowledge(model.acknowledge, moved)
    rules = tuple(_rule(rule, place, conditions, own, moved) for place, rule in enumerate(model.rules))
    silent = model.acknowledge.silent
    policy = Policy(
        version=version,
        secret=secret,
        timezone=model.timezone,
        calendar=Calendar(model.calendar.base if model.calendar.base == "CN" else None, MappingProxyType(dict(days))),
        scoring=_scoring(model, conditions),
        rules=rules,
        fences=_fences(model),
        areas=_areas(model),
        model=None if model.fit.model is None else LearnedFit(model.fit.model.weight, model.fit.model.starts_at),
        price_bands=tuple(model.price_bands),
        factors=tuple(_factor(factor) for factor in model.fit.factors),
        choose=_choose(model),
        capacity=_capacity(model),
        acknowledge=own,
        first_contact=model.follow_up.first_contact or _FIRST_CONTACT,
        known_customer=_known_customer(model),
        make_up=_make_up(model),
        documents=tuple(Document(entry.name, entry.file, entry.version, *entry.in_force) for entry in model.documents),
        review=review_of(model, conditions),
        goes_first=tuple(
            conditions["pool", "first", place, "when"] for place in range(len(model.pool.first) if model.pool else 0)
        ),
        follow_up=follow_up_of(model, conditions),
        pool=pool_rules_of(model),
        silent_pauses=silent is None or silent.then == "pause",
        hot=hot_of(model),
        not_yet_in_force=not_yet_in_force,
    )
    return Built(policy, moved)


def _fences(model: PolicyModel) -> tuple[Fence, ...]:
    return tuple(
        Fence(tuple(dict.fromkeys(fence.provinces)), tuple(fence.teams)) for fence in model.geofence if fence.provinces
    )


def _areas(model: PolicyModel) -> tuple[Area, ...]:
    return tuple(
        Area(
            tuple(fence.teams),
            tuple((point[0], point[1]) for point in fence.polygon or ()),
            tuple(fence.phone_prefixes or ()),
        )
        for fence in model.geofence
        if fence.polygon or fence.phone_prefixes
    )


def _scoring(model: PolicyModel, conditions: Mapping[Path, Condition]) -> Scoring:
    items = [
        ScoreItem(item.name, conditions["scoring", "add", place, "when"], item.points)
        for place, item in enumerate(model.scoring.add)
    ]
    return Scoring(model.scoring.base, tuple(items), tuple(model.scoring.grades.items()))


def _acknowledge(model: AcknowledgeModel, moved: dict[Path, tuple[timedelta, ...]]) -> Acknowledge:
    plain = Acknowledge()
    within = model.within or plain.within
    remind = reminders_within(tuple(model.remind), within, within)
    if remind != tuple(sorted(model.remind)):
        moved["acknowledge", "remind"] = remind
    rate = model.response_rate
    return Acknowledge(
        within=within,
        remind=remind,
        rounds=model.rounds,
        silent_times=model.silent.times if model.silent else plain.silent_times,
        response_over=rate.over if rate else plain.response_over,
        response_below=rate.below if rate else plain.response_below,
        low_share_times=rate.share_times if rate else plain.low_share_times,
        on_duty_clock=model.clock == "on_duty",
    )


def _rule(
    rule: RuleModel,
    place: int,
    conditions: Mapping[Path, Condition],
    base: Acknowledge,
    moved: dict[Path, tuple[timedelta, ...]],
) -> Rule:
    path: Path = ("rules", place, "acknowledge")
    acknowledge = merged_acknowledge(base, rule.acknowledge)
    wanted = tuple(sorted(rule.acknowledge.remind)) if rule.acknowledge.remind is not None else base.remind
    if acknowledge.remind != wanted:
        moved[(*path, "remind") if rule.acknowledge.remind is not None else path] = acknowledge.remind
    return Rule(
        name=rule.name,
        when=conditions.get(("rules", place, "when")),
        teams=None if rule.teams is None else tuple(dict.fromkeys(rule.teams)),
        require=Require(
            certificates=tuple(rule.require.certificates or ()),
            skills=MappingProxyType(dict(rule.require.skills)),
            language=rule.require.language,
            level=tuple(rule.require.level or ()),
        ),
        acknowledge=acknowledge,
        documents=tuple(rule.documents or ()),
        script=rule.script,
    )


def merged_acknowledge(base: Acknowledge, own: RuleAcknowledgeModel) -> Acknowledge:
    """Lay a rule's `acknowledge` over the policy's, key by key; of two `within` the smaller counts."""
    within = base.within if own.within is None else min(own.within, base.within)
    if own.remind is not None:
        written, under = tuple(own.remind), own.within or base.within
    else:
        written, under = base.remind, base.within
    return replace(
        base,
        within=within,
        remind=reminders_within(written, under, within),
        rounds=base.rounds if own.rounds is None else own.rounds,
        on_duty_clock=base.on_duty_clock if own.clock is None else own.clock == "on_duty",
    )


def _factor(model: MatchFactorModel | RateFactorModel | RepFactorModel) -> Factor:
    if isinstance(model, MatchFactorModel):
        kind = FactorKind.MATCH_LIST if model.with_ in REP_LISTS else FactorKind.MATCH_TABLE
        return Factor(model.name, model.weight, kind, lead_field=model.match, rep_field=model.with_)
    if isinstance(model, RateFactorModel):
        return Factor(model.name, model.weight, FactorKind.RATE, segment=model.by)
    behind = model.direction == "help_behind"
    return Factor(model.name, model.weight, FactorKind.REP, rep_field=model.rep, help_behind=behind)


def _choose(model: PolicyModel) -> Choose:
    choose, balance = model.choose, model.choose.balance
    return Choose(
        by=Chooser(choose.by),
        fairness_slack=choose.fairness_slack,
        class_slack=choose.class_slack,
        explore=choose.explore,
        share_from=ShareFrom(choose.share.from_),
        share_least=choose.share.least,
        share_most=choose.share.most,
        balance=None if balance is None else Balance(balance.value, balance.usual, balance.full, balance.slack),
        ramp=None if choose.ramp is None else Ramp(choose.ramp.work_days, choose.ramp.from_),
    )


def _capacity(model: PolicyModel) -> Capacity:
    capacity = model.capacity
    teams = {team: TeamCapacity(limits.open, limits.per_day) for team, limits in capacity.teams.items()}
    return Capacity(capacity.open, capacity.resume_at, capacity.per_day, MappingProxyType(teams))


def _known_customer(model: PolicyModel) -> KnownCustomer:
    within = model.known_customer.within
    return KnownCustomer() if within is None else KnownCustomer(within)


def _make_up(model: PolicyModel) -> MakeUp:
    make_up = model.make_up
    return MakeUp(tuple(make_up.reasons), make_up.within or MakeUp().within, make_up.per_month)


#: None at present: whatever may be written has its effect.
_LATER_KEYS: tuple[tuple[str, ...], ...] = ()


def keys_not_yet_in_force(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the keys of this file that are understood and checked, but have no effect so far."""
    named = [".".join(keys) for keys in _LATER_KEYS if _holds(data, keys)]
    return tuple(sorted(named))


def _holds(data: Any, keys: tuple[str, ...]) -> bool:
    for key in keys:
        if not isinstance(data, Mapping) or data.get(key) in (None, [], {}):
            return False
        data = data[key]
    return True
