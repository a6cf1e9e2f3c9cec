"""What a queued message says: built from rows at the first attempt, since by then the lead may have moved on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.masking import mask_numbers, plain_phone
from bot.messaging import (
    AcceptedCard,
    ChoiceCard,
    ClosedCard,
    ConfirmCard,
    Message,
    OfferCard,
    Option,
    ReasonVote,
    ReviewCard,
    TextMessage,
)
from bot.phrases import time_left
from bot.services import review
from bot.services.assign import board_of
from bot.services.desk import Desk
from bot.services.lead_link import lead_link
from bot.services.profile import profile_of, why_this_rep
from routing.working_time import on_duty
from store.rows import LeadRow, MessageRow, OfferRow

#: How long a code of a sent card may rewrite it (WeCom, message/update_template_card, read 2026-11).
CODE_LIVES = timedelta(hours=72)
#: Reasons offered after 转出, by code.
DECLINE_REASONS = {
    "busy": "手上忙不过来",
    "not_mine": "不是我的区域或产品",
    "known": "同事在跟这个客户",
    "bad_lead": "线索质量有问题",
    "other": "其他",
}
CLOSED_TEXTS = {
    "timed_out": ("已改派", "没有在时限内应答，这条线索不再属于您。"),
    "withdrawn": ("已改派", "这条线索已收回。"),
    "moved_on": ("已改派", "这条线索已派给别人。"),
    "declined": ("已转出", "已转给下一位。"),
    "not_yours": ("已失效", "这条线索不是派给您的。"),
    "done": ("已确认", None),
    "cancelled": ("已取消", None),
    "lapsed": ("已过期", "超过 5 分钟未确认，请重新发命令。"),
    "handled": ("已处理", None),
}
_SUGGESTED = 5
_CLOCK_FROM = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What to do with one message: send something new, or rewrite a card by its code.

    Attributes:
        message: to be sent, or the new face of the card.
        code: of the card to be rewritten; None sends.
        instead: words to send where the code is spent.
    """

    message: Message
    code: str | None = None
    instead: str | None = None


Builder = Callable[[Desk, MessageRow, LeadRow, OfferRow | None], Outgoing | None]


def outgoing(desk: Desk, message: MessageRow) -> Outgoing | None:
    """Build a message; None when it has lost its meaning (the offer was answered, the lead is gone)."""
    if message.kind in _PLAIN:
        return _PLAIN[message.kind](message)
    if message.lead_id is None:
        return None
    found = desk.tx.leads([message.lead_id])
    if not found:
        return None
    offer = desk.tx.offer(message.lead_id, message.offer_no) if message.offer_no else None
    return _OF_LEADS[message.kind](desk, message, found[0], offer)


def _text(message: MessageRow) -> Outgoing:
    return Outgoing(TextMessage(str(message.private.get("text", "")), key=str(message.message_id)))


def _confirm(message: MessageRow) -> Outgoing:
    lines = tuple(str(line) for line in _items(message.private.get("lines")))
    return Outgoing(ConfirmCard(str(message.payload["command"]), str(message.private.get("title", "")), lines))


def _choice(message: MessageRow) -> Outgoing:
    options = tuple(Option(*(str(part) for part in item)) for item in _items(message.private.get("options")))
    return Outgoing(ChoiceCard(str(message.payload["command"]), str(message.private.get("title", "")), options))


def _close_command(message: MessageRow) -> Outgoing | None:
    code = _code(message)
    if code is None:
        return None
    text, detail = CLOSED_TEXTS[str(message.payload["text"])]
    title = str(message.private.get("title") or "") or None
    return Outgoing(ClosedCard(str(message.payload["command"]), text, title=title, detail=detail), code)


def _items(value: object) -> list[list[object]]:
    return list(value) if isinstance(value, list) else []


def _code(message: MessageRow) -> str | None:
    code = message.private.get("code")
    return str(code) if code else None


def _offer_card(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    del message
    if offer is None or offer.state != "open":
        return None
    within = timedelta(seconds=offer.within_seconds)
    # The card goes out now at the earliest, so a time counted from now is never later than the deadline enforced.
    stands_still = offer.on_duty_clock and not on_duty(desk.schedule_of(offer.rep_id), desk.now)
    # Cut to the minute, a moment that is nearer than this would be printed as one that has passed.
    text = None if stands_still or within < _CLOCK_FROM else _clock(desk, offer.rep_id, desk.now + within)
    why, link = why_this_rep(desk, row, offer), lead_link(desk, row, offer.rep_id)
    return Outgoing(OfferCard(row.name, offer.offer_no, profile_of(desk, row), within, text, why, link))


def _offer_text(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    """Say in plain words what a card could not show, because the carrier refused it."""
    del desk
    if offer is None or offer.state != "open":
        return None
    name, minutes = row.name, -(-offer.within_seconds // 60)
    text = f"新线索 {name}，卡片没能显示，收到后 {minutes} 分钟内有效。发「为什么 {name}」看资料，「接单 {name}」接单，「转出 {name}」转出。"
    return Outgoing(TextMessage(text, key=str(message.message_id)))


def _reminder(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    if offer is None or offer.state != "open" or offer.deadline_at is None or offer.deadline_at <= desk.now:
        return None
    left = time_left(offer.deadline_at - desk.now)
    who = mask_numbers(row.lead.company or row.lead.name or row.lead.channel or row.source, but_amounts=True)
    text = f"⏰ {row.name}（{who}）还没有接单，{left}后派给别人。点卡片上的「接单」，或发「接单 {row.name}」。"
    return Outgoing(TextMessage(text, key=str(message.message_id)))


def _accepted_card(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    """Show the owner everything; nobody else, should the lead have moved on since."""
    if offer is None or row.owner is None or row.owner.casefold() != message.to_member.casefold():
        return None
    lead, by = row.lead, message.payload.get("follow_up_by")
    until = _clock(desk, row.owner, datetime.fromisoformat(str(by)), day=True) if by else None
    card = AcceptedCard(row.name, offer.offer_no, profile_of(desk, row, whole=True), desk.open_office.name_of(row.owner),
                        plain_phone(lead.phone), lead.wechat, lead.email, until, lead_link(desk, row, row.owner))  # fmt: skip
    return Outgoing(card, _code(message) or _send_code(desk, offer), _contact_text(row, until))


def _contact_text(row: LeadRow, until: str | None) -> str:
    lead = row.lead
    contact = " · ".join(part for part in (lead.name, plain_phone(lead.phone), lead.wechat, lead.email) if part)
    return f"✅ 已接单 {row.name}：{contact}" + (f"。请在 {until} 前首次联系。" if until else "。")


def _close_card(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    tapped = _code(message)
    theirs = offer is not None and offer.rep_id.casefold() == message.to_member.casefold()
    code = tapped or (_send_code(desk, offer) if offer is not None and theirs else None)
    if code is None:
        return None
    text, detail = CLOSED_TEXTS[str(message.payload["text"])]
    detail = str(message.private.get("detail") or "") or detail
    # A tap may be forged: whoever was never offered the lead hears nothing about it but its number.
    company = mask_numbers(row.lead.company, but_amounts=True) if theirs else None
    title = " · ".join(part for part in (row.name, company) if part)
    instead = f"{row.name} {text}：{detail}" if tapped and detail else None
    return Outgoing(ClosedCard(row.name, text, message.offer_no or 0, title, detail), code, instead)


def _reason_vote(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    del desk
    code = _code(message)
    if offer is None or code is None:
        return None
    options = tuple(Option(key, text) for key, text in DECLINE_REASONS.items())
    instead = f"已转出 {row.name}。方便的话发「转出 {row.name} 原因」，说说为什么。"
    return Outgoing(ReasonVote(row.name, offer.offer_no, options), code, instead)


def _review_card(desk: Desk, message: MessageRow, row: LeadRow, offer: OfferRow | None) -> Outgoing | None:
    del offer
    if row.state != "review" or row.offer_no != (message.offer_no or 0):
        return None
    why = REVIEW_REASONS.get(row.review_reason or "", row.review_reason or "")
    suggested = _suggestions(desk, row, message.to_member)
    link = lead_link(desk, row, message.to_member)
    return Outgoing(ReviewCard(row.name, row.offer_no, profile_of(desk, row), why, suggested, link))


REVIEW_REASONS = {
    "rounds_used_up": "几轮都没有人接单",
    "nobody_ever": "按规则没有任何销售可以接",
    "nobody_left": "可以接的销售都已问过",
    "managers_offer_failed": "指派的销售没有接",
    "undelivered": "指派的卡片没有送达",
    "manager_pick_away": "指派的销售不在岗",
    "recalled": "已撤回，等待指派",
    "no_contact": "没有电话、微信和邮箱",
}


def _suggestions(desk: Desk, row: LeadRow, manager: str) -> tuple[Option, ...]:
    """Give reps on duty whom this manager may give leads and who have not let this one go by, the least loaded first."""
    office, standings = desk.open_office, desk.tx.standings()
    asked = {item.rep_id for item in desk.tx.offers_of([row.lead_id])[row.lead_id]}
    team = review.team_of_lead(desk, row)
    board = board_of(desk)
    mine = (rep for rep in office.table.reps if office.manages(manager, rep.team))
    free = [rep for rep in mine if rep.id not in asked and not board.is_away(rep.id)]
    free.sort(key=lambda rep: (rep.team != team, standings[rep.id].open if rep.id in standings else 0, rep.id))
    return tuple(Option(rep.id, rep.name) for rep in free[:_SUGGESTED])


def _send_code(desk: Desk, offer: OfferRow) -> str | None:
    """Give the code that came back when the card was sent; it works once, and is forgotten when it has been used."""
    if offer.send_code is None or offer.send_code_at is None or desk.now - offer.send_code_at > CODE_LIVES:
        return None
    return desk.tx.keys.open(offer.send_code, f"offer.send_code.{offer.lead_id}.{offer.offer_no}").decode()


def _clock(desk: Desk, person: str, at: datetime, *, day: bool = False) -> str:
    """Give a clock time in the person's zone, cut to the minute, so that it is never later than the moment itself."""
    rep = desk.open_office.roster.rep(person)
    local = at.astimezone(ZoneInfo(rep.timezone if rep is not None else desk.open_office.policy.timezone))
    return f"{local:%m-%d %H:%M}" if day else f"{local:%H:%M}"


_PLAIN: dict[str, Callable[[MessageRow], Outgoing | None]] = {
    "text": _text,
    "confirm_card": _confirm,
    "choice_card": _choice,
    "close_command": _close_command,
}
_OF_LEADS: dict[str, Builder] = {
    "offer_card": _offer_card,
    "offer_text": _offer_text,
    "reminder": _reminder,
    "accepted_card": _accepted_card,
    "close_card": _close_card,
    "reason_vote": _reason_vote,
    "review_card": _review_card,
}
