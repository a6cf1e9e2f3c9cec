"""What a reader of a policy should know though nothing is wrong."""

from __future__ import annotations

from routing.policy import Policy


def notes_on(policy: Policy) -> tuple[str, ...]:
    """Give the notes, for `check` and `doctor`."""
    if policy.model is None:
        return ()
    kept = f"its {policy.model.weight} % are kept for it"
    return (f"fit.model: nothing has been learned yet, so the other factors have the whole fit; {kept}",)
