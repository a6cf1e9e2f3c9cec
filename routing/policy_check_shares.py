"""What `choose` says about shares and their balance: whether it can be meant so."""

from __future__ import annotations

from collections.abc import Sequence

from routing.balance import excess_of
from routing.fact_fields import FIELDS, FieldKind, field_named
from routing.fair_options import Balance
from routing.findings import Findings, Path, mend_with
from routing.lead import Facts
from routing.policy import Chooser, Policy
from routing.policy_check_history import ENOUGH_LEADS
from routing.score import score_of, with_score

_PATH: Path = ("choose", "balance")
_NUMBERS = (FieldKind.NUMBER, FieldKind.OPEN)
#: Of ten leads so many must lie on either side of a usual one, or hardly any can make up for another.
_EACH_SIDE = 2


def check_balance(policy: Policy, findings: Findings) -> None:
    """Note what a balance of value can't be: by words, around a value that no lead has, under a chooser that never asks."""
    balance = policy.choose.balance
    if balance is None:
        return
    known = field_named(balance.value)
    if known is None or known.kind not in _NUMBERS:
        numbers = [name for name, field in FIELDS.items() if field.kind is FieldKind.NUMBER]
        findings.error(
            (*_PATH, "value"), f"«{balance.value}» is no number of a lead", mend_with(balance.value, numbers)
        )
    if not 0 < balance.usual < balance.full:
        message = f"usual {balance.usual} is not between 0 and full {balance.full}"
        findings.error((*_PATH, "usual"), message, "write what an ordinary lead has")
    if policy.choose.by is not Chooser.FAIR_FIT:
        message = f"`by: {policy.choose.by.value}` does not balance value"
        findings.warning(_PATH, message, "write by: fair_fit, or take balance out")


def check_balance_history(policy: Policy, facts: Sequence[Facts], findings: Findings) -> None:
    """Note a usual value that the leads of late were nearly all above, or nearly all below."""
    balance = policy.choose.balance
    if balance is None or len(facts) < ENOUGH_LEADS:
        return
    scored = [with_score(each, score_of(policy.scoring, each)) for each in facts]
    excesses = [excess_of(policy, each) for each in scored]
    above, below = sum(excess > 0 for excess in excesses), sum(excess < 0 for excess in excesses)
    if min(above, below) * 10 < _EACH_SIDE * len(facts):
        message = (
            f"of the last {len(facts):,} leads {above:,} were worth more than usual {balance.usual}, {below:,} less"
        )
        findings.warning((*_PATH, "usual"), message, f"write {_middle(balance, scored)} or so")


def _middle(balance: Balance, scored: Sequence[Facts]) -> int:
    """Give the middle of the figures that leads had, inside what may be written."""
    given = (each.get(balance.value) for each in scored)
    figures = sorted(figure for figure in given if isinstance(figure, (int, float)) and not isinstance(figure, bool))
    middle = int(figures[len(figures) // 2]) if figures else balance.usual
    return min(max(middle, 1), max(balance.full - 1, 1))
