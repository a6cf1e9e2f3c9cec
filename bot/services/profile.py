"""The customer profile as texts: what a card says about a lead, masked until somebody has accepted it."""

from __future__ import annotations

from dataclasses import replace

from bot.masking import mask_email, mask_numbers, mask_phone, mask_wechat
from bot.messaging import LeadProfile
from bot.services import races
from bot.services import texts_on_cards as texts
from bot.services.desk import Desk
from bot.services.lead_facts import facts_to_decide, prior_orders, unscored_facts
from routing.decision import Why
from routing.lead import Lead
from routing.score import score_of
from routing.trait_texts import trait_phrases
from store.rows import LeadRow, OfferRow


def profile_of(desk: Desk, row: LeadRow, *, locale: str, whole: bool = False) -> LeadProfile:
    """Give the profile of a lead; phone, WeChat id and e-mail are masked, also where customers wrote them into other fields.

    Args:
        desk: the transaction's.
        row: the lead.
        locale: language of whoever reads it.
        whole: for whoever may see the whole number: what the customer wrote stays as it was written.
    """
    lead, office = row.lead, desk.open_office
    reasons = score_of(office.policy.scoring, unscored_facts(office, row)).reasons
    profile = LeadProfile(
        source=lead.channel or lead.source,
        company=lead.company,
        contact=" ".join(part for part in (lead.name, lead.title) if part) or None,
        masked_phone=mask_phone(lead.phone),
        masked_wechat=mask_wechat(lead.wechat),
        masked_email=mask_email(lead.email),
        score=row.score,
        grade=row.grade or None,
        need=lead.demand,
        region=_region(lead),
        industry=lead.industry,
        size=texts.SIZE.say(locale, count=lead.company_size) if lead.company_size else None,
        product=_product(lead),
        prior_orders=_orders(lead, locale),
        traits=trait_phrases(facts_to_decide(office, row), locale=locale),
        score_reasons=tuple(f"{name} {points:+d}" for name, points in reasons[:3]),
    )
    return profile if whole else _without_numbers(profile)


def _without_numbers(profile: LeadProfile) -> LeadProfile:
    """Mask the numbers and addresses in what the customer wrote; money stays readable."""
    written = ("source", "company", "contact", "need", "region", "industry", "product", "prior_orders")
    masked = {name: mask_numbers(getattr(profile, name), but_amounts=True) for name in written}
    traits = tuple(mask_numbers(trait, but_amounts=True) or trait for trait in profile.traits)
    return replace(profile, traits=traits, **masked)  # type: ignore[arg-type]  # masking keeps what is there, and what is not


def why_this_rep(desk: Desk, row: LeadRow, offer: OfferRow, *, locale: str) -> str | None:
    """Say in one sentence why this rep was chosen, from the stored decision."""
    if offer.offered_by != "system":
        return texts.WHY_BY_MANAGER.say(locale, name=desk.open_office.name_of(offer.offered_by))
    if offer.why == Why.CREDIT:
        return texts.WHY_CREDIT.say(locale)
    if offer.why == Why.ONLY:
        return texts.WHY_KNOWN.say(locale)
    raced = len(races.members(desk, offer)) if offer.race is not None else 0
    race = texts.WHY_RACE.say(locale, count=raced) if raced else ""
    rule = texts.WHY_RULE.say(locale, rule=row.rule) if row.rule else ""
    fit = texts.WHY_FIT.say(locale, fit=offer.fit / 10) if offer.fit is not None else ""
    return texts.JOINT.say(locale).join(part for part in (race, rule, fit) if part) or None


def _region(lead: Lead) -> str | None:
    parts = [part for part in (lead.province, lead.city if lead.city != lead.province else None, lead.district) if part]
    return " ".join(parts) or None


def _product(lead: Lead) -> str | None:
    if not lead.product:
        return None
    return f"{lead.product} × {lead.quantity:g}" if lead.quantity else lead.product


def _orders(lead: Lead, locale: str) -> str | None:
    count = prior_orders(lead)
    if count is None:
        return None
    if count == 0:
        return texts.FIRST_ENQUIRY.say(locale)
    parts = [texts.ORDERS.say(locale, count=count)]
    last, amount = lead.attributes.get("last_order_on"), lead.attributes.get("order_amount")
    if last:
        parts.append(texts.LAST_ORDER.say(locale, last=last))
    if isinstance(amount, (int, float)):
        parts.append(texts.ORDERS_WORTH.say(locale, amount=amount))
    return texts.JOINT.say(locale).join(parts)
