"""A decision as at most 4 kB of bytes: everything that the decision depended on, to replay it anywhere, bit for bit.

The record holds what changes (loads, duty, accounts, rates); what stays comes from the policy and roster versions that
it names. Where all of it would not fit, it holds less, and says so by its `Detail`.

Layout: a byte of format, a byte that says whether the rest is compressed, two of header length; the header (JSON); the
columns.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from hashlib import blake2b

import numpy as np

from routing.breaker import Phase
from routing.decide import Question
from routing.decision import LAST_STATIC, Decision, Ints, Outcome, Positions, Why
from routing.fairness import evenly
from routing.policy import Chooser, Policy
from routing.record_columns import Column, PackedColumns, pack_columns, pack_flags, unpack_columns
from routing.recorded_inputs import credits_to_keep, facts_to_keep, may_keep_all_credits, needed, points_to_keep
from routing.reps_table import RepsTable
from routing.shares import turn_weights
from routing.standing import Standing

MOST_BYTES = 4096
"""A record is never longer."""

_FORMAT = 1
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_READ = json.JSONDecoder().decode
_HEAD = 4
_ONE = np.uint8(1)
_WHOLE = np.dtype("<i8")
# Columns much longer than a record are not worth compressing to see whether they fit: they hold little to compress.
_WORTH_TRYING = 3 * MOST_BYTES // 2
# Reps of a company in which everybody's columns are kept, those of another team included: some ten bytes a rep.
_SMALL = 64


class Detail(IntEnum):
    """How much a record holds."""

    ALL = 0
    """The columns of everybody who passed rule, fence and demands; in a small company, of everybody."""
    ELIGIBLE = 1
    """The columns of the eligible; of the others who passed, only the reason."""
    NARROW = 2
    """Reasons, turn weights, who was a candidate and who among the best; not the deficits and points behind that."""
    OUTLINE = 3
    """The same without turn weights: shares can't be worked out again."""
    CHOSEN = 4
    """Only whom it was; for rosters of tens of thousands."""


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """A record, read.

    Attributes:
        detail: how much it holds.
        policy_version: that decided.
        roster_version: whose reps were asked.
        question: what was asked; its facts are those that the policy reads, without personal ones and free text.
        facts_complete: no fact that the policy reads was left out, so that a replay can match the rule anew.
        rule_no: number of the rule that matched, -1 if none.
        outcome: offer, pool or review.
        why: the reason of the outcome.
        chosen: position of the rep, -1 if nobody.
        credit: id of the credit used up, 0 if none.
        turn_before: the chosen's `last_turn` before.
        credits: (position, id of the oldest credit) of those who had any, oldest first; at most 20.
        race: positions of everybody who was offered the lead at once, the chosen first; empty without a race.
        columns: name -> values; of which reps depends on `detail`.
        excess: what the lead counts in the accounts of value.
        of_everybody: the columns of an `ALL` record are of the whole table, so that whoever did not pass may ask, too.
        digest: of the decision; a replay must give the same.
    """

    detail: Detail
    policy_version: int
    roster_version: int
    question: Question
    facts_complete: bool
    rule_no: int
    outcome: Outcome
    why: Why
    chosen: int
    credit: int
    turn_before: int
    credits: tuple[tuple[int, int], ...]
    race: tuple[int, ...]
    columns: PackedColumns
    digest: bytes
    of_everybody: bool = False
    excess: int = 0


def pack(decision: Decision, question: Question, standing: Standing, policy: Policy, table: RepsTable) -> bytes:
    """Give the record of a decision, at most `MOST_BYTES` long.

    Args:
        decision: as `decide` gave it.
        question: that it answers.
        standing: as it was when deciding, before `apply`.
        policy: that decided.
        table: that it was decided with.
    """
    facts, complete = facts_to_keep(question.facts, table)
    # One comparison for two: eligible is 0, and 0 - 1 is the largest byte.
    passed = (decision.reasons - _ONE >= LAST_STATIC).nonzero()[0]
    everybody = decision.rule_no >= 0 and len(table) <= _SMALL and may_keep_all_credits(standing)
    known = np.arange(len(table)) if everybody else passed
    header: dict[str, object] = {
        "p": policy.version,
        "r": table.roster_version,
        "l": question.lead_id,
        "n": question.decision_no,
        "d": question.on.toordinal(),
        "x": list(question.excluded),
        "o": question.only,
        "a": int(question.even_if_away),
        "f": facts,
        "c": int(complete),
        "u": decision.rule_no,
        "y": decision.why.value,
        "z": decision.outcome.value,
        "h": decision.chosen,
        "i": decision.credit,
        "t": decision.turn_before,
        "k": credits_to_keep(standing, known, decision),
        "b": int(everybody),
    }
    if question.breaker is not Phase.CLOSED:
        header |= {"s": question.breaker.value, "m": decision.race.tolist()}
    if question.planned is not None:
        header["v"] = question.planned
    if decision.excess:
        header["j"] = decision.excess
    points = points_to_keep(policy, table, standing, question.facts, facts)
    surges = question.breaker is not Phase.CLOSED
    packing = _Packing(decision, standing, policy, table, passed, known, points, surges)
    record = b""
    for detail in packing.worth_trying():
        if detail is Detail.CHOSEN:
            header.update({"x": [], "k": [], "f": needed(facts), "c": 0})
        header["e"] = detail.value
        header["g"] = digest(decision, detail).hex()
        record = _fold(header, packing.columns(detail), few=detail >= Detail.NARROW)
        if len(record) <= MOST_BYTES:
            break
    return record


def unpack(blob: bytes) -> Recorded:
    """Read a record.

    Raises:
        ValueError: it is none, or of a format that this version does not know.
    """
    if len(blob) < _HEAD or blob[0] != _FORMAT:
        raise ValueError("not a decision record of a known format")
    body = zlib.decompress(blob[_HEAD:]) if blob[1] else blob[_HEAD:]
    length = int.from_bytes(blob[2:_HEAD], "big")
    header = _READ(str(body[:length], "utf-8"))
    question = Question(
        facts=header["f"],
        lead_id=header["l"],
        decision_no=header["n"],
        on=date.fromordinal(header["d"]),
        excluded=tuple(header["x"]),
        only=header["o"],
        even_if_away=bool(header["a"]),
        breaker=Phase(header.get("s", Phase.CLOSED)),
        planned=header.get("v"),
    )
    return Recorded(
        detail=Detail(header["e"]),
        policy_version=header["p"],
        roster_version=header["r"],
        question=question,
        facts_complete=bool(header["c"]),
        rule_no=header["u"],
        outcome=Outcome(header["z"]),
        why=Why(header["y"]),
        chosen=header["h"],
        credit=header["i"],
        turn_before=header["t"],
        credits=tuple((position, credit) for position, credit in header["k"]),
        race=tuple(header.get("m", ())),
        columns=unpack_columns(header["w"], body[length:]),
        digest=bytes.fromhex(header["g"]),
        of_everybody=bool(header.get("b")),
        excess=header.get("j", 0),
    )


def digest(decision: Decision, detail: Detail) -> bytes:
    """Give a fingerprint of what a record of this detail can bring back; the fits stand for the products they sum."""
    chosen = (decision.outcome.value, decision.why.value, decision.rule_no, decision.chosen, decision.credit,
              decision.turn_before, decision.grade_class)  # fmt: skip
    found = blake2b(repr((*chosen, decision.excess) if decision.excess else chosen).encode(), digest_size=8)
    if detail <= Detail.OUTLINE:
        found.update(bytes((decision.explored,)))
        found.update(decision.reasons.data)
    columns: list[Positions | Ints] = [decision.candidates] if detail <= Detail.OUTLINE else []
    if detail <= Detail.NARROW:
        columns += [decision.propensity, decision.shares]
    if detail <= Detail.ELIGIBLE:
        columns.append(decision.fit)
    if len(decision.race):
        columns.append(decision.race)
    for column in columns:
        found.update(np.ascontiguousarray(column, dtype=_WHOLE).data)
    return found.digest()


@dataclass(frozen=True, slots=True, eq=False)
class _Packing:
    """Gives the columns that a record of some detail holds."""

    decision: Decision
    standing: Standing
    policy: Policy
    table: RepsTable
    passed: Positions
    known: Positions
    points: Mapping[int, Ints]
    surges: bool

    def worth_trying(self) -> Iterator[Detail]:
        """Give the details that may fit, fullest first; a rep takes eight bytes or more, and two for each factor."""
        each = 8 + 2 * len(self.points) + 4 * (self.standing.value_deficit is not None)
        if len(self.known) * each <= _WORTH_TRYING:
            yield Detail.ALL
        if len(self.decision.eligible) * each <= _WORTH_TRYING:
            yield Detail.ELIGIBLE
        if len(self.decision.eligible) <= MOST_BYTES:
            yield Detail.NARROW
        yield from (Detail.OUTLINE, Detail.CHOSEN)

    def columns(self, detail: Detail) -> dict[str, Column]:
        """Give name -> values."""
        if detail is Detail.ALL:
            standing, at = self.standing, self.known
            return {
                "away": standing.away.take(at),
                "today": standing.today.take(at),
                "resting": standing.resting.take(at),
                **self._deciding(at),
            }
        if detail is Detail.CHOSEN:
            return {}
        reasons: dict[str, Column] = {"reason": self.decision.reasons.take(self.passed)}
        if detail is Detail.ELIGIBLE:
            return reasons | self._deciding(self.decision.eligible)
        if self.decision.in_account:
            reasons["candidate"] = self._among_eligible(self.decision.candidates)
            reasons["best"] = self._among_eligible(self._best())
            if detail is Detail.NARROW:
                reasons["weight"] = self._weights(self.decision.eligible)
        return reasons

    def _deciding(self, at: Positions) -> dict[str, Column]:
        standing = self.standing
        columns: dict[str, Column] = {
            "open": standing.open.take(at),
            "weight": self._weights(at),
            "deficit": standing.deficit.take(at),
            "class": standing.class_deficit[self.decision.grade_class].take(at),
        }
        if self.policy.choose.by is Chooser.ROUND_ROBIN:
            columns["turn"] = standing.last_turn.take(at)
        if standing.value_deficit is not None:
            columns["value"] = standing.value_deficit.take(at)
        if self.surges:
            columns["quick"] = standing.quick.take(at)
        for number, points in self.points.items():
            columns[f"p{number}"] = points.take(at)
        return columns

    def _weights(self, at: Positions) -> Ints:
        return turn_weights(self.policy, self.table, self.standing).take(at)

    def _best(self) -> Positions:
        """Give those with more than the chance that exploring gives everybody."""
        decision, choose = self.decision, self.policy.choose
        explored = choose.explore if choose.by is Chooser.FAIR_FIT else 0
        return decision.candidates[decision.propensity > evenly(explored, len(decision.candidates))]

    def _among_eligible(self, at: Positions) -> Ints:
        return pack_flags(np.isin(self.decision.eligible, at))


def _fold(header: Mapping[str, object], columns: Mapping[str, Column], *, few: bool) -> bytes:
    shapes, data = pack_columns(columns)
    text = _JSON.encode({**header, "w": shapes}).encode()
    body = text + data
    most = MOST_BYTES - _HEAD
    squeezed = len(body) > most
    if squeezed and (few or len(body) <= _WORTH_TRYING):
        quick = zlib.compress(body, 1)
        body = quick if len(quick) <= most else zlib.compress(body, 6)
    return bytes((_FORMAT, squeezed)) + len(text).to_bytes(_HEAD - 2, "big") + body
