"""New leads that lack what a rule asks for: how many, field by field, and which rules took them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, time

from bot.services.desk import Desk
from bot.services.lead_facts import facts_kept, unscored_facts
from bot.services.leads_of_late import leads_of_late
from routing.eligibility import matching_rule
from routing.errors import FileRefused
from routing.lead import Facts
from routing.policy import Policy
from routing.policy_file import load_policy
from routing.score import score_of, with_score
from routing.unknown_fields import fields_asked, unknown_fields
from store import lead_queries
from store.lead_queries import LeadFilter
from store.rows import LeadRow

#: 状态 looks at so many of the day's leads: it opens each of them while the writer waits.
LOOKS_AT = 200

#: Field -> rule -> how many leads without that field came to that rule.
ByField = Mapping[str, Mapping[str, int]]


def note(desk: Desk, row: LeadRow) -> None:
    """Note what a new lead lacks, for the figures; they are counted once the transaction is committed."""
    if desk.office is None or row.lead.is_test:
        return
    missing = unknown_fields(desk.office.fields_asked, desk.office.policy, facts_kept(desk, row))
    if missing:
        desk.unknown_fields.update(missing)


def of_today(desk: Desk) -> ByField:
    """Give what the newest leads of the day lack, by the rules that took them; at most `LOOKS_AT` are looked at."""
    office = desk.open_office
    begins = datetime.combine(office.local_day(desk.now), time(), tzinfo=office.zone)
    page = lead_queries.search(desk.tx.connection, LeadFilter(), desk.tx.keys, limit=LOOKS_AT, cursor=None)
    found: dict[str, Counter[str]] = {}
    for row in page.items:
        if row.received_at >= begins and row.rule is not None and not row.lead.is_test:
            for name in unknown_fields(office.fields_asked, office.policy, unscored_facts(office, row)):
                found.setdefault(name, Counter())[row.rule] += 1
    return found


def notes_on_leads_of_late(desk: Desk, text: str) -> tuple[str, ...]:
    """Say of a policy what the newest leads lack of what it asks for, and which of its rules would take those."""
    try:
        policy = load_policy(text).policy
    except FileRefused:
        return ()
    late = leads_of_late(desk, {}).facts
    found = _by_field(policy, late)
    return tuple(
        f"of the last {len(late):,} leads {rules.total():,} had no {name}: "
        + ", ".join(f"{count:,} to «{rule}»" for rule, count in _most_first(rules))
        for name, rules in sorted(found.items())
    )


def _by_field(policy: Policy, leads: Sequence[Facts]) -> dict[str, Counter[str]]:
    asked, found = fields_asked(policy), dict[str, Counter[str]]()
    for facts in leads:
        missing = unknown_fields(asked, policy, facts)
        if missing:
            number = matching_rule(policy, with_score(facts, score_of(policy.scoring, facts)))
            for name in missing:
                found.setdefault(name, Counter())[policy.rules[number].name if number >= 0 else "—"] += 1
    return found


def _most_first(rules: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(rules.items(), key=lambda item: (-item[1], item[0]))
