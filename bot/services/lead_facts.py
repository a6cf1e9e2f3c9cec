"""What deciding is told about a stored lead: its own facts, its traits, its score."""

from __future__ import annotations

from bot.services.desk import Desk
from bot.services.office import Office
from routing.eligibility import matching_rule
from routing.lead import Lead, Scalar, facts_of
from routing.queue_order import queue_class
from routing.score import Scored, score_of, with_score
from routing.traits import traits_of
from store.rows import LeadRow


def unscored_facts(office: Office, row: LeadRow, *, wanted: frozenset[str] | None = None) -> dict[str, Scalar]:
    """Give the facts and traits of a lead, without the score; with `wanted`, only the traits among these need be there."""
    lead = row.lead
    submitted_on = office.local_day(lead.submitted_at or row.received_at)
    workday = office.days.get(submitted_on, submitted_on.weekday() < 5)  # noqa: PLR2004  Monday to Friday
    traits = traits_of(
        lead, received_at=row.received_at, zone=office.zone, is_workday=workday, prior_orders=prior_orders(lead),
        wanted=wanted,
    )  # fmt: skip
    return {**facts_of(lead), **traits}


def facts_kept(desk: Desk, row: LeadRow) -> dict[str, Scalar]:
    """Give of `unscored_facts` what the policy in force reads, worked out once for the scoring and the decision.

    Kept with the desk, so for one transaction; an office or a lead that has been replaced meanwhile is looked at anew.
    """
    known, office = desk.known_facts.get(row.lead_id), desk.open_office
    if known is None or known[0] is not office or known[1] is not row.lead:
        known = (office, row.lead, unscored_facts(office, row, wanted=office.facts_wanted))
        desk.known_facts[row.lead_id] = known
    return known[2]


def scored(office: Office, row: LeadRow) -> Scored:
    """Score a lead by the policy in force."""
    return score_of(office.policy.scoring, unscored_facts(office, row))


def facts_to_decide(office: Office, row: LeadRow) -> dict[str, Scalar]:
    """Give everything that rules and fit may read; the score is the stored one."""
    facts = unscored_facts(office, row)
    return with_score(facts, Scored(row.score, row.grade, ()))


def put_in_class(desk: Desk, row: LeadRow) -> None:
    """Note the class in which a lead waits in the pool, by what is known of it now."""
    facts = with_score(facts_kept(desk, row), Scored(row.score, row.grade, ()))
    row.queue_class = queue_class(desk.open_office.policy, facts)


def note_rule(desk: Desk, row: LeadRow) -> None:
    """Note the rule that matches a lead which no rule decides: its managers and its limits are the rule's all the same."""
    office = desk.open_office
    number = matching_rule(office.policy, with_score(facts_kept(desk, row), Scored(row.score, row.grade, ())))
    if number >= 0:
        row.rule = office.policy.rules[number].name


def prior_orders(lead: Lead) -> int | None:
    """Give the number of earlier orders as far as the source tells (`attributes.prior_orders`), else None."""
    told = lead.attributes.get("prior_orders")
    return int(told) if isinstance(told, (int, float)) and told >= 0 else None
