"""What the check of a policy asks of the leads that came in lately: which rules they come to, which words they had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from bot.services.desk import Desk
from bot.services.lead_facts import unscored_facts
from routing.errors import FileRefused, Problem
from routing.lead import Facts, facts_of
from routing.policy_check_history import ENOUGH_LEADS, LeadsOfLate, words_to_look_for
from routing.policy_file import Surroundings, load_policy
from store import lead_queries
from store.lead_queries import LeadFilter
from store.rows import LeadRow

#: How far back a word may have been seen, and how many leads are opened for it at most.
WORDS_SEEN_WITHIN = timedelta(days=90)
_MOST_LEADS = 20_000
_PAGE = 500
#: With fewer leads than this, a word that none of them had says nothing.
_ENOUGH_FOR_WORDS = 100


def doubts_of_history(desk: Desk, text: str) -> tuple[Problem, ...]:
    """Give what the leads of late make doubtful in a policy; nothing for a file that is refused anyway. Only reads."""
    try:
        before = load_policy(text)
    except FileRefused:
        return ()
    late = leads_of_late(desk, words_to_look_for(before.policy, before.document))
    after = load_policy(text, surroundings=Surroundings(of_late=late))
    return tuple(problem for problem in after.warnings if problem not in before.warnings)


def leads_of_late(desk: Desk, words: Mapping[str, frozenset[str]]) -> LeadsOfLate:
    """Look back over the newest leads until each word was seen, 90 days are over, or 20,000 leads were opened.

    Args:
        desk: the transaction; before anything is in force there is nothing to look back on.
        words: what to look for, by field.
    """
    if desk.office is None:
        return LeadsOfLate()
    facts: list[Facts] = []
    seen: dict[str, set[str]] = {name: set() for name in words}
    for row in _newest(desk):
        if row.lead.is_test:
            continue
        if len(facts) < ENOUGH_LEADS:
            facts.append(unscored_facts(desk.office, row))
        had = facts_of(row.lead)
        for name, values in seen.items():
            value = had.get(name)
            if isinstance(value, str):
                values.add(value)
        if len(facts) == ENOUGH_LEADS and all(words[name] <= values for name, values in seen.items()):
            break
    known = seen if len(facts) >= _ENOUGH_FOR_WORDS else {}
    return LeadsOfLate(facts, {name: frozenset(values) for name, values in known.items()})


def _newest(desk: Desk) -> Iterator[LeadRow]:
    cursor: int | None = None
    for _ in range(_MOST_LEADS // _PAGE):
        page = lead_queries.search(desk.tx.connection, LeadFilter(), desk.tx.keys, limit=_PAGE, cursor=cursor)
        for row in page.items:
            if row.received_at < desk.now - WORDS_SEEN_WITHIN:
                return
            yield row
        cursor = page.next
        if cursor is None:
            return
