"""Draw docs/images/fairness.svg: `python -m bench.fairness`. The figures are exact; they come from seeds, not from clocks."""

from __future__ import annotations

from pathlib import Path

from bench.fair_floor import LEADS, Drift, fair_fit, history, pointer
from bench.line_chart import Axis, line_chart

SEEDS = range(20)
AVAILABILITY = (0.6, 0.3)
PICTURE = Path(__file__).parent.parent / "docs" / "images" / "fairness.svg"
_STEP = 50


def drifts() -> dict[str, list[Drift]]:
    """Run both ways over the same histories: name of the line -> one drift a seed."""
    found: dict[str, list[Drift]] = {}
    for availability in AVAILABILITY:
        told = [history(seed, availability) for seed in SEEDS]
        found[f"pointer, {availability:.0%} there"] = [pointer(one) for one in told]
        found[f"fair_fit, {availability:.0%} there"] = [fair_fit(one) for one in told]
    return found


def picture(found: dict[str, list[Drift]]) -> str:
    """Draw the worst of all seeds after each lead."""
    lines = {
        name: [(at + 1, max(one.seen[at] for one in each)) for at in range(_STEP - 1, LEADS, _STEP)]
        for name, each in found.items()
    }
    across = Axis("leads", tuple(range(0, LEADS + 1, 1_000)))
    upward = Axis("largest distance from the fair share, leads (log)", (1, 3, 10, 30, 100, 300, 1_000), log=True)
    return line_chart(f"Worst of {len(SEEDS)} histories, 12 reps", across, upward, lines, limit=3)


def main() -> None:
    """Run, print, draw."""
    found = drifts()
    for name, each in found.items():
        most, least = max(one.most for one in each), min(one.most for one in each)
        of_class = max(one.most_of_class for one in each)
        print(f"{name}: largest |deficit| {most:.2f} (of the kindest seed {least:.2f}), of a class {of_class:.2f}")
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture(found), encoding="utf-8")
    print(f"drawn: {PICTURE.name}")


if __name__ == "__main__":
    main()
