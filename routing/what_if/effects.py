"""What a policy would have changed: per lead while the worlds are gone through, then in figures."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

#: What became of a lead by the end of the period, where nobody owns it.
OFFERED, POOL, REVIEW = -1, -2, -3
_UNKNOWN = -9
_MINUTE = 60
_EXAMPLES = 12
PERCENTILES = (50, 90)


@dataclass(frozen=True, slots=True)
class RepEffect:
    """What changes for one rep: leads accepted, and leads in hand at the end of the period."""

    rep: str
    before: int
    after: int
    open_before: int
    open_after: int


@dataclass(frozen=True, slots=True)
class Moved:
    """A lead that goes to somebody else; None where nobody has accepted it."""

    lead_id: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """The other world against the record.

    Attributes:
        leads: decided in the period.
        decisions: recorded decisions that were made again.
        differences: of these, how many came out differently while the lead was still the same in both.
        first_difference: (lead id, microseconds since 1970) where the worlds part; None where they never do.
        changed: leads that somebody else accepted, or that were accepted in one world only.
        outcomes_before: owned, offered, pool, review -> leads at the end of the period; so is `outcomes_after`.
        reps: everybody who had a lead, by id.
        waits_before: seconds from coming in to being accepted, sorted; so is `waits_after`.
        longer: leads accepted in both worlds that wait more than a minute longer; so is `shorter`.
        examples: some of the leads that go to somebody else, the latest first.
        flows: (from, to) -> leads, the largest first.
    """

    leads: int
    decisions: int
    differences: int
    first_difference: tuple[int, int] | None
    changed: int
    outcomes_before: Mapping[str, int]
    outcomes_after: Mapping[str, int]
    reps: tuple[RepEffect, ...]
    waits_before: npt.NDArray[np.float64]
    waits_after: npt.NDArray[np.float64]
    longer: int
    shorter: int
    examples: tuple[Moved, ...]
    flows: tuple[tuple[str | None, str | None, int], ...]


@dataclass(slots=True, eq=False)
class Tally:
    """Counts while the worlds are gone through: a few bytes a lead, so that a million fit."""

    decisions: int = 0
    differences: int = 0
    first_difference: tuple[int, int] | None = None
    _numbers: dict[int, int] = field(default_factory=dict)
    _people: dict[str, int] = field(default_factory=dict)
    _before: array[int] = field(default_factory=lambda: array("i"))
    _after: array[int] = field(default_factory=lambda: array("i"))
    _waited_before: array[float] = field(default_factory=lambda: array("f"))
    _waited_after: array[float] = field(default_factory=lambda: array("f"))

    def number(self, lead_id: int) -> int:
        """Give the place of a lead, which is made for a new one."""
        found = self._numbers.get(lead_id)
        if found is None:
            found = self._numbers[lead_id] = len(self._numbers)
            self._before.append(_UNKNOWN)
            self._after.append(_UNKNOWN)
            self._waited_before.append(0)
            self._waited_after.append(0)
        return found

    def before(self, number: int, state: int, rep: str | None = None, waited: float = 0) -> None:
        """Say what became of a lead in the record, so far; `waited` is in seconds."""
        self._before[number] = state if rep is None else self._person(rep)
        self._waited_before[number] = waited

    def after(self, number: int, state: int, rep: str | None = None, waited: float = 0) -> None:
        """Say what became of it in the other world, so far."""
        self._after[number] = state if rep is None else self._person(rep)
        self._waited_after[number] = waited

    def differs(self, lead_id: int, at: int) -> None:
        """Count a decision that came out differently."""
        self.differences += 1
        if self.first_difference is None:
            self.first_difference = (lead_id, at)

    def _person(self, rep: str) -> int:
        return self._people.setdefault(rep, len(self._people))

    def effects(self, open_before: Mapping[str, int], open_after: Mapping[str, int]) -> Effects:
        """Draw the sum, with what everybody has in hand at the end."""
        before, after = np.array(self._before, dtype=np.int32), np.array(self._after, dtype=np.int32)
        waited_before = np.array(self._waited_before, dtype=np.float64)
        waited_after = np.array(self._waited_after, dtype=np.float64)
        owned_before, owned_after = before >= 0, after >= 0
        changed = np.flatnonzero((before != after) & (owned_before | owned_after))
        both = owned_before & owned_after
        longer = waited_after - waited_before
        people = list(self._people)
        return Effects(
            leads=len(before),
            decisions=self.decisions,
            differences=self.differences,
            first_difference=self.first_difference,
            changed=len(changed),
            outcomes_before=_outcomes(before),
            outcomes_after=_outcomes(after),
            reps=self._reps(before, after, open_before, open_after),
            waits_before=np.sort(waited_before[owned_before]),
            waits_after=np.sort(waited_after[owned_after]),
            longer=int((both & (longer > _MINUTE)).sum()),
            shorter=int((both & (longer < -_MINUTE)).sum()),
            examples=self._examples(changed[-_EXAMPLES:][::-1], before, after, people),
            flows=_flows(before[changed], after[changed], people),
        )

    def _reps(self, before: npt.NDArray[np.int32], after: npt.NDArray[np.int32],
              open_before: Mapping[str, int], open_after: Mapping[str, int]) -> tuple[RepEffect, ...]:  # fmt: skip
        size = len(self._people)
        had = np.bincount(before[before >= 0], minlength=size).tolist()
        has = np.bincount(after[after >= 0], minlength=size).tolist()
        found = []
        for rep in sorted({*self._people, *(rep for rep, count in open_before.items() if count)}):
            at = self._people.get(rep)
            one, other = (had[at], has[at]) if at is not None else (0, 0)
            found.append(RepEffect(rep, one, other, open_before.get(rep, 0), open_after.get(rep, 0)))
        return tuple(found)

    def _examples(self, places: npt.NDArray[np.intp], before: npt.NDArray[np.int32], after: npt.NDArray[np.int32],
                  people: list[str]) -> tuple[Moved, ...]:  # fmt: skip
        wanted = set(places.tolist())
        ids = {number: lead_id for lead_id, number in self._numbers.items() if number in wanted}
        return tuple(
            Moved(ids[at], _name(int(before[at]), people), _name(int(after[at]), people)) for at in places.tolist()
        )


def _name(person: int, people: list[str]) -> str | None:
    return people[person] if person >= 0 else None


def _outcomes(ends: npt.NDArray[np.int32]) -> dict[str, int]:
    return {
        "owned": int((ends >= 0).sum()),
        "offered": int((ends == OFFERED).sum()),
        "pool": int((ends == POOL).sum()),
        "review": int((ends == REVIEW).sum()),
    }


def _flows(before: npt.NDArray[np.int32], after: npt.NDArray[np.int32], people: list[str]
           ) -> tuple[tuple[str | None, str | None, int], ...]:  # fmt: skip
    pairs = Counter(zip(np.maximum(before, -1).tolist(), np.maximum(after, -1).tolist(), strict=True))
    return tuple(
        (_name(one, people), _name(other, people), count) for (one, other), count in pairs.most_common(_EXAMPLES)
    )


def percentile(sorted_seconds: npt.NDArray[np.float64], percent: int) -> float | None:
    """Give the smallest wait that so many percent do not exceed; None of nothing."""
    if not len(sorted_seconds):
        return None
    return float(sorted_seconds[max(-(-len(sorted_seconds) * percent // 100) - 1, 0)])
