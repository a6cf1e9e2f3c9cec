"""What deciding is told about a stored lead: its own facts, its traits, its score."""

from __future__ import annotations

from bot.services.desk import Desk
from bot.services.office import Office
from routing.lead import Lead, Scalar, facts_of
from routing.score import Scored, score_of, with_score
from routing.traits import traits_of
from store.rows import LeadRow


def unscored_facts(office: Office, row: LeadRow) -> dict[str, Scalar]:
    """Give the facts and traits of a lead, without the score."""
    lead = row.lead
    submitted_on = office.local_day(lead.submitted_at or row.received_at)
    workday = office.days.get(submitted_on, submitted_on.weekday() < 5)  # noqa: PLR2004  Monday to Friday
    traits = traits_of(
        lead, received_at=row.received_at, zone=office.zone, is_workday=workday, prior_orders=prior_orders(lead)
    )
    return {**facts_of(lead), **traits}


def facts_kept(desk: Desk, row: LeadRow) -> dict[str, Scalar]:
    """Give the same as `unscored_facts` under what is in force, worked out once for the scoring and the decision.

    Kept with the desk, so for one transaction; an office or a lead that has been replaced meanwhile is looked at anew.
    """
    known = desk.known_facts.get(row.lead_id)
    if known is None or known[0] is not desk.open_office or known[1] is not row.lead:
        known = (desk.open_office, row.lead, unscored_facts(desk.open_office, row))
        desk.known_facts[row.lead_id] = known
    return known[2]


def scored(office: Office, row: LeadRow) -> Scored:
    """Score a lead by the policy in force."""
    return score_of(office.policy.scoring, unscored_facts(office, row))


def facts_to_decide(office: Office, row: LeadRow) -> dict[str, Scalar]:
    """Give everything that rules and fit may read; the score is the stored one."""
    facts = unscored_facts(office, row)
    return with_score(facts, Scored(row.score, row.grade, ()))


def prior_orders(lead: Lead) -> int | None:
    """Give the number of earlier orders as far as the source tells (`attributes.prior_orders`), else None."""
    told = lead.attributes.get("prior_orders")
    return int(told) if isinstance(told, (int, float)) and told >= 0 else None
