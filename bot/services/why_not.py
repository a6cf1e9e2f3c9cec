"""Why a rep did not get a lead: the stored decision, decided again with something about the rep otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.services.explain import RecordUnreadable, replayed
from bot.services.office import Office, Offices
from routing.changes import Change, Kind, Moment, with_changes
from routing.decision import Decision, Ints, Reason
from routing.decision_record import Detail, Recorded
from routing.policy import MILLION
from routing.replay import known_of, same, standing_of
from routing.roster import Rep
from routing.standing import Standing
from routing.why_not import WhyNot, rounded, why_not
from store import Connection
from store.rows import DecisionRow

#: A change is said by a number that is easily read, if that is enough too: a tenth of a point, a hundredth of a lead.
_STEPS = {
    Kind.FIT: (MILLION // 10, MILLION // 100, MILLION // 1000),
    Kind.DEFICIT: (MILLION // 100, MILLION // 1000),
    Kind.CLASS_DEFICIT: (MILLION // 100, MILLION // 1000),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a stored decision says about one rep.

    Attributes:
        office: whose policy and roster decided.
        decision: decided again from its record.
        recorded: the record.
        rep: who asks, as the roster had this person then.
        reason: the rep's first objection, or `ELIGIBLE`.
        told: the search for a change; None where the record does not hold where the rep stood.
        open: the rep's leads in hand, None where that is not recorded.
        today: offers of the day, the same.
        deficits: by position, of those who were eligible; None where they are not recorded.
    """

    office: Office
    decision: Decision
    recorded: Recorded
    rep: Rep
    reason: Reason
    told: WhyNot | None
    open: int | None
    today: int | None
    deficits: Ints | None


def ask(connection: Connection, offices: Offices, row: DecisionRow, rep_id: str) -> Asked | None:
    """Ask a stored decision why it was not this rep; None where the rep was not on the roster then.

    Raises:
        RecordUnreadable: the record can't be read, or does not give the same again.
    """
    office, recorded, decision = replayed(connection, offices, row)
    if not same(recorded, decision):
        msg = f"the record of D{row.decision_id}"
        raise RecordUnreadable(msg)
    at = office.table.index.get(rep_id)
    if at is None:
        return None
    standing = None
    if recorded.detail <= Detail.ELIGIBLE:
        standing = standing_of(recorded, office.policy, office.table, decision.rule_no)
    is_known = at in known_of(recorded, office.table, decision.rule_no)
    told = _search(office, recorded, standing, rep_id, decision.rule_no) if is_known and standing is not None else None
    return Asked(
        office=office,
        decision=decision,
        recorded=recorded,
        rep=office.table.reps[at],
        reason=Reason(int(decision.reasons[at])),
        told=told,
        open=int(standing.open[at]) if told is not None and standing is not None else None,
        today=int(standing.today[at]) if told is not None and standing is not None else None,
        deficits=standing.deficit if standing is not None else None,
    )


def _search(office: Office, recorded: Recorded, standing: Standing, rep_id: str, rule_no: int) -> WhyNot:
    moment = Moment(office.policy, office.roster, office.table, standing, recorded.question, rule_no)
    told = why_not(moment, rep_id)
    changes = tuple(_rounded(moment, rep_id, change) for change in told.changes)
    pair = told.pair
    if pair is not None:
        pair = (pair[0], _rounded(with_changes(moment, rep_id, pair[0]), rep_id, pair[1]))
    return replace(told, changes=changes, pair=pair)


def _rounded(moment: Moment, rep_id: str, change: Change) -> Change:
    return rounded(moment, rep_id, change, _STEPS.get(change.kind, ()))


def easily_read(change: Change) -> int:
    """Give the step by whose multiple a change is said; a millionth where it could not be said by a rounder number."""
    return next((step for step in _STEPS.get(change.kind, ()) if change.size % step == 0), 1)
