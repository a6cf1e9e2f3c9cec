"""`follow_up`, `recycle` and `pool`: from their checked shape to what the policy means."""

from __future__ import annotations

from collections.abc import Mapping

from routing.findings import Path
from routing.policy import Condition, FollowUp, LadderStep, PoolRules, RecycleRule
from routing.policy_file.later import RecycleModel, RecycleStepModel, TellStepModel
from routing.policy_file.models import PolicyModel


def follow_up_of(model: PolicyModel, conditions: Mapping[Path, Condition]) -> FollowUp:
    """Give what an owner is held to after 接单."""
    rules = (_recycle(entry, conditions.get(("recycle", place, "when"))) for place, entry in enumerate(model.recycle))
    return FollowUp(
        remind=tuple(model.follow_up.remind),
        ladder=tuple(_step(step) for step in model.follow_up.overdue),
        recycle=tuple(rule for rule in rules if rule is not None),
    )


def pool_rules_of(model: PolicyModel) -> PoolRules:
    """Give what reps may claim, and how long recycled leads wait for it."""
    plain, pool = PoolRules(), model.pool
    if pool is None:
        return plain
    return PoolRules(
        claims_per_day=pool.claims.per_day,
        claims_open=pool.claims.open,
        views_per_day=pool.claims.views_per_day,
        previous_owner_waits=pool.previous_owner_waits or plain.previous_owner_waits,
        claim_window=pool.claim_window or plain.claim_window,
    )


def _step(model: TellStepModel | RecycleStepModel) -> LadderStep:
    if isinstance(model, TellStepModel):
        return LadderStep(model.after, tell=model.tell)
    return LadderStep(model.after, to=model.recycle)


def _recycle(model: RecycleModel, when: Condition | None) -> RecycleRule | None:
    after = model.without_follow_up or model.without_close
    # An entry without a clock, or with a condition that can't be read, is a mistake that `check` names; a policy of an
    # older release that has one must not take leads away from their owners by it.
    if after is None or (model.when is not None and when is None):
        return None
    return RecycleRule(model.name, when, after, model.without_follow_up is None, tuple(model.warn), model.to)
