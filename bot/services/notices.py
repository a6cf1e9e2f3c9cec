"""What people are told about many leads in one go: kept as rows until the person is on duty, merged when they are told.

Whatever a pass over the leads has to say to somebody waits until the pass is over, so that a thousand recycled leads are
one message a person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.masking import mask_numbers
from bot.phrases import time_left
from bot.services import texts_follow_up as texts
from bot.services.desk import Desk
from bot.wording import Words
from routing.working_time import next_on, on_duty
from store import follow_ups
from store.follow_ups import NoticeRow
from store.outbox import NewMessage, Urgency
from store.rows import LeadRow

#: So many leads are reminded of by a card each; more become one message (B-30).
MOST_CARDS = 3
#: So many leads are named in one message.
MOST_LINES = 15
_ASKS = frozenset({"remind", "overdue", "warn", "back"})


@dataclass(frozen=True, slots=True)
class _Told:
    """A notice with the lead that it is about."""

    row: NoticeRow
    lead: LeadRow


def note(desk: Desk, person: str, kind: str, row: LeadRow, **detail: object) -> None:
    """Keep something to be told to a person about a lead, now or when the person's duty begins."""
    due_at = next_on(desk.schedule_of(person), desk.now) or desk.now
    follow_ups.add_notices(
        desk.tx.connection,
        [{"to_member": person, "kind": kind, "lead_id": row.lead_id, "detail": detail, "noted_at": desk.now,
          "due_at": due_at}],
    )  # fmt: skip


def tell(desk: Desk, person: str) -> None:
    """Tell a person everything that waits, as far as it still holds; not off duty."""
    schedule = desk.schedule_of(person)
    if not on_duty(schedule, desk.now):
        begins = next_on(schedule, desk.now)
        if begins is not None:
            follow_ups.postpone_notices(desk.tx.connection, person, desk.now, begins)
            return
    rows = follow_ups.notices_of(desk.tx.connection, person, desk.now)
    follow_ups.remove_notices(desk.tx.connection, person, desk.now)
    leads = {lead.lead_id: lead for lead in desk.tx.leads([row.lead_id for row in rows])}
    told = [_Told(row, leads[row.lead_id]) for row in rows if row.lead_id in leads]
    _ask(desk, person, [each for each in told if each.row.kind in _ASKS and _still_theirs(each, person)])
    _review(desk, person, [each for each in told if each.row.kind == "review" and each.lead.state == "review"])
    _list(desk, person, texts.RECYCLED_HEAD, _recycled_line, [each for each in told if each.row.kind == "recycled"])
    silent = [each for each in told if each.row.kind == "overdue_of" and _still_theirs(each, each.row.detail["owner"])]
    _list(desk, person, texts.OVERDUE_OF_HEAD, _overdue_of_line, silent)


def _still_theirs(told: _Told, owner: object) -> bool:
    """Say whether the lead is still this person's and nothing has been done about it meanwhile."""
    lead = told.lead
    followed = lead.last_follow_up_at is not None and lead.last_follow_up_at >= told.row.noted_at
    postponed = lead.remind_again_at is not None and told.row.kind == "remind"
    return lead.state == "owned" and lead.owner == owner and not followed and not postponed and not lead.parked_until


def _ask(desk: Desk, person: str, told: Sequence[_Told]) -> None:
    """Remind of a few leads by a card each, of more by one message; of two notices of one lead the later counts."""
    by_lead = {each.lead.lead_id: each for each in told}
    if len(by_lead) > MOST_CARDS:
        _list(desk, person, texts.ASK_HEAD, _ask_line, list(by_lead.values()), foot=texts.ASK_FOOT)
        return
    for each in by_lead.values():
        payload: dict[str, object] = {"why": each.row.kind, **each.row.detail}
        desk.tx.message(
            NewMessage(person, "follow_up_card", Urgency.REMINDER, each.lead.lead_id, each.lead.offer_no, payload)
        )


def _review(desk: Desk, person: str, told: Sequence[_Told]) -> None:
    """Put a few leads before a manager by a card each, more in one message."""
    by_lead = {each.lead.lead_id: each for each in told}
    if len(by_lead) > MOST_CARDS:
        _list(desk, person, texts.REVIEW_HEAD, _review_line, list(by_lead.values()))
        return
    for each in by_lead.values():
        lead = each.lead
        desk.tx.message(
            NewMessage(person, "review_card", Urgency.REMINDER, lead.lead_id, lead.offer_no, each.row.detail)
        )


def _list(desk: Desk, person: str, head: Words, line: Callable[[Desk, str, _Told], str], told: Sequence[_Told],
          *, foot: Words | None = None) -> None:  # fmt: skip
    """Say one thing about several leads in one message, the first of them by name."""
    if not told:
        return
    locale = desk.locale_of(person)
    lines = [head.say(locale, count=len(told)), *(line(desk, locale, each) for each in told[:MOST_LINES])]
    if len(told) > MOST_LINES:
        lines.append(texts.AND_MORE.say(locale, count=len(told) - MOST_LINES))
    if foot is not None:
        lines.append(foot.say(locale))
    desk.tell_text(person, "\n".join(lines), urgency=Urgency.DIGEST)


def _ask_line(desk: Desk, locale: str, told: _Told) -> str:
    why = why_words(desk, told.lead, told.row.kind, told.row.detail, locale)
    return texts.ASK_LINE.say(locale, lead=told.lead.name, who=who_is(told.lead), why=why)


def _review_line(desk: Desk, locale: str, told: _Told) -> str:
    del desk
    return texts.PLAIN_LINE.say(locale, lead=told.lead.name, who=who_is(told.lead))


def _recycled_line(desk: Desk, locale: str, told: _Told) -> str:
    del desk
    why = texts.RECYCLED_WHY[str(told.row.detail["code"]).partition("_")[0]].say(locale)
    return texts.ASK_LINE.say(locale, lead=told.lead.name, who=who_is(told.lead), why=why)


def _overdue_of_line(desk: Desk, locale: str, told: _Told) -> str:
    name = desk.open_office.name_of(str(told.row.detail["owner"]))
    since = _quiet_for(desk, told.lead, locale)
    return texts.OVERDUE_OF_LINE.say(locale, lead=told.lead.name, who=who_is(told.lead), name=name, since=since)


def why_words(desk: Desk, lead: LeadRow, kind: str, detail: dict[str, object], locale: str) -> str:
    """Say why an owner is asked about a lead."""
    if kind == "warn":
        until = _day(desk, lead.owner or "", datetime.fromisoformat(str(detail["ends_at"])))
        return texts.ASK_WHY["warn"].say(locale, until=until)
    return texts.ASK_WHY[kind].say(locale, since=_quiet_for(desk, lead, locale))


def _quiet_for(desk: Desk, lead: LeadRow, locale: str) -> str:
    """Say for how long nothing has been heard: in days from two days on."""
    quiet = desk.now - (lead.quiet_since or desk.now)
    days = quiet // timedelta(days=1)
    return texts.DAYS.say(locale, count=days) if days >= texts.IN_DAYS else time_left(quiet, locale)


def _day(desk: Desk, person: str, at: datetime) -> str:
    rep = desk.open_office.roster.rep(person)
    return (
        f"{at.astimezone(ZoneInfo(rep.timezone if rep is not None else desk.open_office.policy.timezone)):%m-%d %H:%M}"
    )


def who_is(lead: LeadRow) -> str:
    """Give the few words by which people know a lead again, without any number."""
    who = lead.lead.company or lead.lead.name or lead.lead.channel or lead.source
    return mask_numbers(who, but_amounts=True) or who
