"""Leads that a manager decides: who is asked, in which order, until somebody acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.services import notices, texts_alarms, texts_notices
from bot.services.desk import Desk
from bot.services.lead_facts import facts_kept
from bot.services.office import Office
from routing.areas import area_of
from routing.escalation import next_rung_at
from routing.lifecycle import LeadState, move_lead
from routing.working_time import next_on
from store import lead_queries
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow, TimerRow

#: How long the asked have before the next are asked as well.
RUNG_AFTER = timedelta(minutes=15)
#: The rung from which on the same people are asked again: the admins.
LAST_RUNG = 2
_TOLD_FULL = "told_full"
_REMINDED = "review_reminded"
#: Why leads come to review by the hundred: nobody gets a card each.
_MANY_AT_ONCE = frozenset({"recycled_often", "not_followed_up", "not_closed"})


def to_review(desk: Desk, row: LeadRow, reason: str, *, actor: str = "system", responsible: str | None = None) -> None:
    """Put a lead before its managers; it has no owner and no running offer meanwhile.

    Args:
        desk: the transaction's.
        row: the lead.
        reason: a key of `texts_on_cards.REVIEW_REASONS`.
        actor: who did it.
        responsible: the manager whose own offer came to nothing: asked first, before the team's managers.
    """
    row.state = move_lead(row.state, LeadState.REVIEW)
    row.review_reason = reason
    row.owner = row.pool_reason = None
    row.responsible = responsible if responsible != "system" else None
    row.waiting_since = desk.now
    desk.tx.touch(row)
    desk.tx.fact(row.lead_id, "review", actor, offer_no=row.offer_no or None, reason=reason)
    _ask(desk, row, rung=0)


def ask_again(desk: Desk, row: LeadRow, timer: TimerRow) -> None:
    """Nobody acted in time: ask the next, unless the lead has moved on, even to come back here."""
    rung, _, since = (timer.subject or "").partition(" ")
    if row.state != "review" or row.offer_no != (timer.offer_no or 0) or since != row.waiting_since.isoformat():
        return
    _ask(desk, row, rung=int(rung) + 1)


def ask_anew(desk: Desk, row: LeadRow) -> None:
    """Begin to ask again from the first rung: the timer of a lead in review got lost."""
    if row.state == "review":
        _ask(desk, row, rung=0)


def _ask(desk: Desk, row: LeadRow, *, rung: int) -> None:
    """Ask this rung; a rung of which nobody is on duty is asked and passed at once, up to the admins.

    Beyond the last rung everybody who could act has the card: then a line a quarter of an hour reminds them, however many
    leads wait.
    """
    if rung > LAST_RUNG:
        _remind(desk, row)
        return
    asked: list[str] = []
    while True:
        here = _to_ask(desk, row, rung, asked)
        asked += here
        for person in here:
            _show(desk, row, person, rung=rung)
        desk.tx.fact(row.lead_id, "managers_asked", offer_no=row.offer_no or None, rung=rung, asked=here)
        waits_for = here if here or rung < LAST_RUNG else rung_of(desk, row, rung)
        again = _again_at(desk, waits_for, repeat=rung >= LAST_RUNG)
        if again > desk.now or rung >= LAST_RUNG:
            break
        rung += 1
    if not asked and rung >= LAST_RUNG:
        desk.alarm("nobody_to_ask", texts_alarms.NOBODY_TO_ASK, lead=row.name)
    subject = f"{rung} {row.waiting_since.isoformat()}"
    desk.tx.timer("review", again, lead_id=row.lead_id, offer_no=row.offer_no, subject=subject)


def _show(desk: Desk, row: LeadRow, person: str, *, rung: int) -> None:
    """Put a lead before a manager: at once, or with all others that a pass over cold leads brings."""
    if row.review_reason in _MANY_AT_ONCE:
        notices.note(desk, person, "review", row, rung=rung)
    else:
        desk.tx.message(NewMessage(person, "review_card", Urgency.CARD, row.lead_id, row.offer_no, {"rung": rung}))


def _remind(desk: Desk, row: LeadRow) -> None:
    """Remind whoever is asked last that leads still wait: one line for all of them, and no card again."""
    people = rung_of(desk, row, LAST_RUNG)
    for person in people:
        if not desk.may_say(f"{_REMINDED}:{person}", every=RUNG_AFTER - timedelta(minutes=1)):
            continue
        count = lead_queries.count_waiting(desk.tx.connection)["review"]
        desk.tell(person, texts_notices.STILL_IN_REVIEW, count=count, lead=row.name)
    again = _again_at(desk, people, repeat=True)
    subject = f"{LAST_RUNG + 1} {row.waiting_since.isoformat()}"
    desk.tx.timer("review", again, lead_id=row.lead_id, offer_no=row.offer_no, subject=subject)


def _to_ask(desk: Desk, row: LeadRow, rung: int, asked: Sequence[str]) -> list[str]:
    """Leave out of a rung whoever has the card from an earlier one; only the repeats at the end go to the same people."""
    before = {*asked}
    if rung <= LAST_RUNG:
        before |= {person for earlier in range(rung) for person in rung_of(desk, row, earlier)}
    people = rung_of(desk, row, rung)
    return [person for person in people if person not in before] or (
        [person for person in people if person not in asked] if rung >= LAST_RUNG else []
    )


def _again_at(desk: Desk, asked: Sequence[str], *, repeat: bool) -> datetime:
    """Say when to go on: after fifteen minutes on duty, or at once when nobody asked is on duty.

    Repeats wait for the next moment somebody asked is on duty, so that nobody is woken every quarter of an hour.
    """
    schedules = [desk.schedule_of(person) for person in asked]
    if not repeat:
        return next_rung_at(schedules, desk.now, wait=RUNG_AFTER)
    earliest = desk.now + RUNG_AFTER
    moments = [next_on(schedule, earliest) for schedule in schedules]
    return min((moment for moment in moments if moment is not None), default=earliest)


def rung_of(desk: Desk, row: LeadRow, rung: int) -> list[str]:
    """Give who is asked at a rung, leaving out whoever let this lead time out.

    Rung 0 is the manager whose offer came to nothing, else the managers of the team of the last rep offered, else of the
    rule's first team; rung 1 the managers of all teams that the lead could belong to; from rung 2 on the admins, and where
    there are none, everybody of the first two again.
    """
    office = desk.open_office
    first, others = _teams_of(desk, row)
    silent = {offer.rep_id for offer in desk.tx.offers_of([row.lead_id])[row.lead_id] if offer.state == "expired"}
    everybody = _managers(office, [*([first] if first else []), *others])
    if rung == 0:
        people = [row.responsible] if row.responsible else _managers(office, [first] if first else [])
    elif rung == 1:
        people = everybody
    else:
        people = list(office.roster.admins) or everybody
    return [person for person in dict.fromkeys(people) if person not in silent]


def _teams_of(desk: Desk, row: LeadRow) -> tuple[str | None, list[str]]:
    office = desk.open_office
    rule = next((rule for rule in office.policy.rules if rule.name == row.rule), None)
    teams = list(rule.teams if rule is not None and rule.teams is not None else office.roster.teams)
    area = area_of(office.policy.areas, facts_kept(desk, row)) if office.policy.areas else 0
    if area or row.lead.province:
        fences = [fence.teams for fence in office.policy.fences if row.lead.province in fence.provinces]
        fenced = {team for named in ([office.policy.areas[area - 1].teams] if area else fences) for team in named}
        teams = [team for team in teams if team in fenced] or (sorted(fenced) if fenced else teams)
    last = desk.tx.offer(row.lead_id, row.offer_no) if row.offer_no else None
    rep = office.roster.rep(last.rep_id) if last is not None else None
    first = rep.team if rep is not None else next(iter(teams), None)
    return first, [team for team in teams if team != first]


def _managers(office: Office, teams: Sequence[str]) -> list[str]:
    return [manager for team in teams if team in office.roster.teams for manager in office.roster.teams[team].managers]


def managers_of_rep(office: Office, rep_id: str) -> list[str]:
    """Give the managers of a rep's team, else the admins."""
    rep = office.roster.rep(rep_id)
    team = office.roster.teams.get(rep.team) if rep is not None else None
    managers = [person for person in (team.managers if team is not None else ()) if person != rep_id]
    return managers or list(office.roster.admins)


def team_of_lead(desk: Desk, row: LeadRow) -> str | None:
    """Give the team that a lead belongs to at present, for who may act on it."""
    if row.owner is not None:
        rep = desk.open_office.roster.rep(row.owner)
        if rep is not None:
            return rep.team
    return _teams_of(desk, row)[0]


def may_act(desk: Desk, person: str, row: LeadRow) -> bool:
    """Say whether a manager may act on a lead: one of the teams it could belong to is the manager's, or an admin."""
    first, others = _teams_of(desk, row)
    office = desk.open_office
    teams = {team for team in (first, *others, team_of_lead(desk, row)) if team is not None}
    if office.is_admin(person) or person == row.responsible:
        return True
    return any(office.manages(person, team) for team in teams)


def tell_all_full(desk: Desk, row: LeadRow) -> None:
    """Tell the managers that everybody who could take such leads is full, at most once in fifteen minutes a team."""
    team = _teams_of(desk, row)[0]
    if team is None or not desk.may_say(f"{_TOLD_FULL}:{team}", every=RUNG_AFTER):
        return
    title = desk.open_office.roster.teams[team].name if team in desk.open_office.roster.teams else team
    for person in _managers(desk.open_office, [team]):
        desk.tell(person, texts_notices.ALL_FULL, team=title)
