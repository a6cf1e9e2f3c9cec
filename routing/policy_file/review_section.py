"""From the checked shape of `review` to what a manager decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from routing.findings import Path
from routing.policy import Condition, Duration
from routing.policy_file.models import PolicyModel
from routing.review import AlwaysReview, BestBy, Review

_FALLS_BACK: Final = Duration(timedelta(minutes=15), at_work=True)


def review_of(model: PolicyModel, conditions: Mapping[Path, Condition]) -> Review | None:
    """Give what a manager decides, None where the file has no `review`."""
    if model.review is None:
        return None
    return Review(
        best_share=model.review.best_share,
        best_by=BestBy(model.review.best_by),
        always=tuple(
            AlwaysReview(item.name, conditions["review", "always", place, "when"])
            for place, item in enumerate(model.review.always)
        ),
        falls_back_after=model.review.falls_back_after or _FALLS_BACK,
        hot_score=model.hot.score if model.hot is not None else None,
    )
