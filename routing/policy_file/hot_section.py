"""`hot` of a policy file: from its shape to the breaker that it means."""

from __future__ import annotations

from routing.policy import Hot
from routing.policy_file.models import PolicyModel


def hot_of(model: PolicyModel) -> Hot | None:
    """Give the breaker, None where the file has none."""
    hot = model.hot
    if hot is None:
        return None
    slow, meanwhile, plain = hot.or_slow, hot.while_open, Hot()
    return Hot(
        score=hot.score,
        count=hot.opens.count,
        within=hot.opens.within,
        times_usual=hot.opens.times_usual,
        slow_acknowledge=slow.p90_acknowledge if slow else None,
        slow_over=slow.over if slow else plain.slow_over,
        capacity_times=meanwhile.capacity_times,
        response_from=meanwhile.only_response_rate_from,
        acknowledge=meanwhile.acknowledge,
        race=meanwhile.race,
        calm_for=hot.closes.calm_for,
        at_most=hot.closes.at_most,
    )
