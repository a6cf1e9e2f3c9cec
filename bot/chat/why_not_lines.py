"""The lines of an answer to 为什么不是我: few and short, for a phone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.chat import texts_managers
from bot.chat import texts_why_not as words
from bot.chat.standing_of_lead import may_see_holder
from bot.chat.talk import Talk
from bot.services.why_not import Asked, easily_read
from bot.wording import Words
from routing.changes import Change, Kind
from routing.decision import Decision, Ints, Outcome, Reason, Why
from routing.fairness import TIE
from routing.policy import MILLION, Chooser
from routing.reason_texts import reason_text
from store.rows import LeadRow

#: What is told beyond two ways to the same end is not read.
_MOST_WAYS: Final = 2
#: Of a lead; what differs by less reads as equal.
_HARDLY: Final = MILLION // 100
#: Choosers that look at fit and deficit, and draw between those who are level in both.
_DRAWN: Final = frozenset({Chooser.FAIR_FIT, Chooser.BEST_FIT})
_COUNTS: Final = frozenset({Kind.OPEN, Kind.TODAY, Kind.SKILL})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes:
        talk: with whom.
        row: the lead.
        asked: what its decision says about the rep.
        who: how the rep is called.
        picked: a manager picked who gets the lead.
    """

    talk: Talk
    row: LeadRow
    asked: Asked
    who: str
    picked: bool

    def lines(self) -> Iterator[str]:
        """Give the lines: what happened, what stood in the way, what would have been enough."""
        decision = self.asked.decision
        yield self._say(words.HEAD, lead=self.row.name)
        yield self._what_happened(decision)
        if decision.why is Why.ONLY and self.asked.reason is Reason.NOT_ASKED:
            return
        if self.asked.reason is Reason.ELIGIBLE:
            yield from self._among_the_eligible(decision)
        else:
            yield self._say(words.REASON, reason=self._objection())
        yield from self._ways()

    def _what_happened(self, decision: Decision) -> str:
        if decision.why is Why.ONLY:
            return self._say(words.PICKED if self.picked else words.KNOWN)
        if decision.outcome is not Outcome.OFFER:
            why = self.talk.words(texts_managers.WHY_OUTCOMES[decision.why.value])
            return self._say(words.NOBODY, rule=decision.rule, why=why)
        if may_see_holder(self.talk, self.row):
            name = self.asked.office.table.reps[decision.chosen].name
            return self._say(words.WENT_TO, rule=decision.rule, name=name)
        return self._say(words.WENT, rule=decision.rule)

    def _objection(self) -> str:
        """Say what stood in the way, with its numbers where it is one."""
        asked, decision = self.asked, self.asked.decision
        table, reason = asked.office.table, asked.reason
        at = table.index[asked.rep.id]
        if reason is Reason.ALREADY_OFFERED:
            earlier = self._earlier()
            if earlier is not None:
                return earlier
        require = table.requires[decision.rule_no] if decision.rule_no >= 0 else None
        rep = replace(asked.rep, team=asked.office.roster.teams[asked.rep.team].name)
        text = reason_text(reason, rep, require, asked.recorded.question.on, locale=self.talk.me.locale)
        numbers = {
            Reason.FULL: (asked.open, int(table.open_cap[at])),
            Reason.RESTING: (asked.open, int(table.resume_at[at])),
            Reason.DAY_FULL: (asked.today, int(table.day_cap[at])),
            Reason.TEAM_DAY_FULL: (asked.today, int(table.day_cap[at])),
        }
        now, cap = numbers.get(reason, (None, 0))
        return text if now is None else self._say(words.EXTENT, reason=text, now=now, cap=cap)

    def _earlier(self) -> str | None:
        """Say in which round the rep was offered this lead, and what came of it."""
        made = self.talk.desk.tx.offers_of([self.row.lead_id])[self.row.lead_id]
        mine = [one for one in made if one.rep_id == self.asked.rep.id and one.state in words.STATES]
        if not mine:
            return None
        return self._say(words.EARLIER, round=mine[-1].round, state=self.talk.words(words.STATES[mine[-1].state]))

    def _among_the_eligible(self, decision: Decision) -> Iterator[str]:
        """Say where the rep stood beside the one who got it, and what decided."""
        asked = self.asked
        if decision.why is Why.CREDIT:
            yield self._say(words.BY_CREDIT)
            return
        chooser = asked.office.policy.choose.by
        at = asked.office.table.index[asked.rep.id]
        if chooser is Chooser.ROULETTE:
            chances = dict(zip(decision.candidates.tolist(), decision.propensity.tolist(), strict=False))
            yield self._say(words.BY_LOT, chance=f"{chances.get(at, 0) / MILLION:.1%}")
            return
        if asked.deficits is not None:
            yield from self._side_by_side(decision, asked.deficits, at)
        if decision.explored:
            yield self._say(words.EXPLORED)

    def _side_by_side(self, decision: Decision, deficits: Ints, at: int) -> Iterator[str]:
        """Give both one's fit and deficit, and say where neither was visibly ahead."""
        fits = dict(zip(decision.eligible.tolist(), decision.fit.tolist(), strict=True))
        shares = dict(zip(decision.eligible.tolist(), decision.shares.tolist(), strict=True))
        for text, rep in ((words.NUMBERS, at), (words.WINNER, decision.chosen)):
            owed = _written(int(deficits[rep]), 2, "+")
            yield self._say(text, fit=f"{fits[rep] / MILLION:.1f}", deficit=owed)
        mine, theirs = (int(deficits[rep]) + shares[rep] for rep in (at, decision.chosen))
        level = abs(mine - theirs) < _HARDLY and abs(fits[at] - fits[decision.chosen]) <= TIE
        if level and not decision.explored and self.asked.office.policy.choose.by in _DRAWN:
            yield self._say(words.LEVEL)

    def _ways(self) -> Iterator[str]:
        told = self.asked.told
        if told is None:
            yield self._say(words.UNKNOWN)
            return
        if told.changes:
            first, *others = told.changes[:_MOST_WAYS]
            yield self._say(words.ENOUGH, change=self._change(first))
            yield from (self._say(words.OR_ELSE, change=self._change(change)) for change in others)
        elif told.pair is not None:
            one, other = told.pair
            yield self._say(words.PAIR, first=self._change(one), second=self._change(other))
        else:
            yield self._say(words.NONE)
        yield self._say(words.CHECKED)

    def _change(self, change: Change) -> str:
        if change.kind is Kind.DUTY:
            return self.talk.words(words.ON_DUTY[change.name])
        name = change.name
        if change.kind is Kind.TEAM:
            name = self.asked.office.roster.teams[name].name
        elif change.kind is Kind.CLASS_DEFICIT:
            grades = self.asked.office.policy.scoring.grades
            name = self.talk.words(
                words.CLASSES[self.asked.decision.grade_class], grade=grades[0][0] if grades else "A"
            )
        if change.kind in _COUNTS:
            numbers = {"size": str(change.size), "before": str(change.before), "after": str(change.after)}
        else:
            numbers = _in_units(change)
        return self._say(words.CHANGES[change.kind], name=name, **numbers)

    def _say(self, text: Words, **values: object) -> str:
        return self.talk.words(text, **{"who": self.who, **values})


def _in_units(change: Change) -> dict[str, str]:
    """Give the numbers of a change in points or leads, with as many places as it takes to say them truly."""
    places = next(places for places in (1, 2, 3, 6) if easily_read(change) % (MILLION // 10**places) == 0)
    places = max(places, 1 if change.kind is Kind.FIT else 2)
    sign = "" if change.kind is Kind.FIT else "+"
    return {
        "size": _written(change.size, places),
        "before": _written(change.before, places, sign),
        "after": _written(change.after, places, sign),
    }


def _written(millionths: int, places: int, sign: str = "") -> str:
    """Write a number; what rounds to nothing is 0, without a sign."""
    text = f"{millionths / MILLION:{sign}.{places}f}"
    return text if float(text) else "0"
