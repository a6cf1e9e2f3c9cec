"""A policy against the leads of late: rules that none of them came to, words that none of them had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.condition_reading import ConditionReader
from routing.condition_tree import Operator, leaves_of
from routing.eligibility import matching_rule
from routing.fact_fields import field_named
from routing.findings import Findings
from routing.lead import Facts
from routing.policy import Condition, Policy
from routing.score import score_of, with_score

#: So many leads must have come before a rule that took none of them is doubtful.
ENOUGH_LEADS = 1_000
_WORDS = frozenset({Operator.EQ, Operator.NOT, Operator.IN, Operator.NOT_IN})


@dataclass(frozen=True, slots=True)
class LeadsOfLate:
    """What leads were like lately.

    Attributes:
        facts: of the newest leads, at most `ENOUGH_LEADS`, traits included, the score not.
        seen: field -> the words that it had in the last 90 days; fields that are not in it are not judged.
    """

    facts: Sequence[Facts] = ()
    seen: Mapping[str, frozenset[str]] = field(default_factory=dict)


def check_history(policy: Policy, facts: Sequence[Facts], findings: Findings) -> None:
    """Note rules that none of the newest leads would have come to."""
    if len(facts) < ENOUGH_LEADS:
        return
    # Leads that look alike to the policy are asked once.
    read = policy.lead_fields
    kinds = {
        frozenset((name, type(value), value) for name, value in each.items() if name in read): each for each in facts
    }
    met = {matching_rule(policy, with_score(each, score_of(policy.scoring, each))) for each in kinds.values()}
    for place, rule in enumerate(policy.rules):
        if place not in met and rule.when is not None:
            findings.warning(
                ("rules", place),
                f"«{rule.name}» matched none of the last {len(facts):,} leads",
                "widen its `when`, or take it out",
            )


def words_to_look_for(policy: Policy, document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Give the words of open vocabularies that a policy and its document name, by field: those that may be misspelt."""
    found: dict[str, frozenset[str]] = {}
    for condition in _conditions(policy, document):
        for leaf in leaves_of(condition.tree) if condition.tree is not None else ():
            known = field_named(leaf.field)
            if known is not None and known.open_words and leaf.operator in _WORDS:
                listed = leaf.expected if isinstance(leaf.expected, tuple) else (leaf.expected,)
                words = frozenset(word for word in listed if isinstance(word, str))
                found[leaf.field] = found.get(leaf.field, frozenset()) | words
    return found


def _conditions(policy: Policy, document: Mapping[str, Any]) -> Iterator[Condition]:
    yield from (item.when for item in policy.scoring.items)
    yield from (rule.when for rule in policy.rules if rule.when is not None)
    reader = ConditionReader(Findings())
    for entry in (document.get("review") or {}).get("always") or []:
        condition = reader.read(entry["when"], ())
        if condition is not None:
            yield condition
