"""为什么 L: why a lead went to whom it went, worked out again from the stored decision."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from bot.chat import texts
from bot.chat import texts_managers as words
from bot.chat.command_parser import Command
from bot.chat.standing_of_lead import may_see_holder, state_of, where_it_is
from bot.chat.talk import Talk
from bot.chat.wording import fit_lines
from bot.services.lead_facts import unscored_facts
from bot.services.office import Office
from bot.services.texts_on_cards import JOINT
from routing.decision import Decision, Outcome, Reason, Why
from routing.decision_record import unpack
from routing.policy import MILLION
from routing.reason_texts import reason_text
from routing.replay import replay
from routing.score import score_of
from store.rows import DecisionRow, LeadRow, OfferRow

_NO_RULE: Final = {Why.ONLY: words.WHY_KNOWN, Why.CREDIT: words.WHY_CREDIT}


def why_command(talk: Talk, command: Command) -> None:
    """Answer 为什么 L to the owner, the rep who is being asked, and managers."""
    if command.lead_id is None:
        talk.say(texts.USAGE, usage=talk.words(texts.HOW[command.verb]))
        return
    found = talk.desk.tx.leads([command.lead_id])
    if not found:
        talk.say(texts.NO_SUCH_LEAD, lead=f"L{command.lead_id}")
        return
    row = found[0]
    asked = talk.desk.tx.asks(row, talk.me.id) is not None
    if row.owner != talk.me.id and not asked and not may_see_holder(talk, row):
        talk.say(words.WHY_PRIVATE, lead=row.name)
        return
    last = deciding_offer(talk, row)
    decision_id = last.decision_id if last is not None else row.decision_id
    stored = talk.desk.tx.decision(decision_id) if decision_id is not None else None
    if stored is None:
        talk.say(words.WHY_UNDECIDED, lead=row.name, now=state_of(talk, row))
    else:
        talk.say_text(fit_lines(_lines(talk, row, last, stored), talk.me.locale, keep=3))


def deciding_offer(talk: Talk, row: LeadRow) -> OfferRow | None:
    """Give the offer that is running (of a race the first), else the one by which the owner has the lead, if any."""
    running = talk.desk.tx.running_offers(row)
    return running[0] if running else talk.desk.tx.accepted_offer(row)


def _lines(talk: Talk, row: LeadRow, offer: OfferRow | None, stored: DecisionRow) -> list[str]:
    tx = talk.desk.tx
    office = talk.desk.offices.of(tx.connection, stored.policy_version, stored.roster_version, talk.desk.now.year)
    recorded = unpack(stored.record)
    decision = replay(recorded, office.policy, office.table)
    now = where_it_is(talk, row) if may_see_holder(talk, row) else state_of(talk, row)
    return [
        talk.words(words.WHY_HEAD, lead=row.name, now=now),
        _score(talk, row, office),
        _rule(talk, stored, decision, offer),
        *_people(talk, office, decision, decided_on=recorded.question.on),
    ]


def _score(talk: Talk, row: LeadRow, office: Office) -> str:
    reasons = score_of(office.policy.scoring, unscored_facts(office, row)).reasons
    if not reasons:
        return talk.words(words.WHY_NOT_SCORED, score=row.score, grade=row.grade)
    told = talk.words(JOINT).join(f"{name} {points:+d}" for name, points in reasons)
    return talk.words(words.WHY_SCORE, score=row.score, grade=row.grade, reasons=told)


def _rule(talk: Talk, stored: DecisionRow, decision: Decision, offer: OfferRow | None) -> str:
    if offer is not None and offer.decision_id == stored.decision_id and offer.offered_by != "system":
        by = talk.words(words.WHY_BY_MANAGER, name=talk.office.name_of(offer.offered_by))
        return talk.words(words.WHY_NO_RULE, why=by)
    if decision.why is Why.ONLY or (not stored.rule and decision.why in _NO_RULE):
        return talk.words(words.WHY_NO_RULE, why=talk.words(_NO_RULE[decision.why]))
    return talk.words(words.WHY_RULE, rule=stored.rule or "—")


def _people(talk: Talk, office: Office, decision: Decision, *, decided_on: date) -> list[str]:
    lines = []
    reps = office.table.reps
    if decision.outcome is Outcome.OFFER:
        lines.append(_chosen(talk, decision, reps[decision.chosen].name))
        if decision.excess and not decision.explored:
            better = words.WHY_BETTER if decision.excess > 0 else words.WHY_POORER
            much = f"{abs(decision.excess) * 100 / MILLION:.0f}"
            lines.append(talk.words(better, much=much, count=len(decision.candidates)))
        if len(decision.race):
            racing = talk.words(JOINT).join(reps[at].name for at in decision.race.tolist())
            lines.append(talk.words(words.WHY_RACED, names=racing))
        lines += _also(talk, decision, [reps[at].name for at in decision.eligible.tolist()])
    else:
        known = words.WHY_OUTCOMES.get(decision.why.value)
        lines.append(talk.words(words.WHY_NOBODY, why=talk.words(known) if known is not None else decision.why.value))
    if decision.why is Why.ONLY:
        return lines
    require = office.policy.rules[decision.rule_no].require if decision.rule_no >= 0 else None
    for at, rep in enumerate(reps):
        reason = Reason(int(decision.reasons[at]))
        if reason is not Reason.ELIGIBLE:
            told = reason_text(reason, rep, require, decided_on, locale=talk.me.locale)
            lines.append(talk.words(words.WHY_NOT, name=rep.name, reason=told))
    return lines


def _chosen(talk: Talk, decision: Decision, name: str) -> str:
    counts = {"candidates": len(decision.candidates), "eligible": len(decision.eligible)}
    fits = _fits(decision)
    if fits is None:
        return talk.words(words.WHY_CHOSEN_PLAIN, name=name, **counts)
    at = int(np.searchsorted(decision.eligible, decision.chosen))
    return talk.words(words.WHY_CHOSEN, name=name, fit=fits[at], **counts)


def _also(talk: Talk, decision: Decision, names: list[str]) -> list[str]:
    """Name the others who could have had it, the best fit first."""
    fits = _fits(decision)
    order = sorted(range(len(names)), key=lambda at: (-int(decision.fit[at]) if fits else 0, at))
    lines = []
    for at in order:
        if int(decision.eligible[at]) == decision.chosen:
            continue
        if fits is None:
            lines.append(talk.words(words.WHY_ALSO_PLAIN, name=names[at]))
        else:
            lines.append(talk.words(words.WHY_ALSO, name=names[at], fit=fits[at]))
    return lines


def _fits(decision: Decision) -> list[str] | None:
    """Give the fit of the eligible in points; None where a large decision's record has left them out."""
    if not len(decision.products) or not decision.fit.any():
        return None
    return [f"{int(fit) / MILLION:.1f}" for fit in decision.fit]
