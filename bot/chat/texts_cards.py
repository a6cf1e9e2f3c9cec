"""The words on the cards, in both languages. Row names have at most five characters, buttons at most ten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.messaging import Locale

_MINUTE: Final = 60
_HOUR: Final = 3600
#: From here on nobody counts in seconds.
_TEN_MINUTES: Final = 600


@dataclass(frozen=True, slots=True)
class CardWords:
    """Everything that cards say by themselves. Names in braces are filled in."""

    phone: str
    wechat: str
    email: str
    region: str
    trade_and_size: str
    product: str
    prior_orders: str
    traits: str
    owner: str
    follow_up: str
    script: str
    documents: str
    page: str
    open_page: str
    need: str
    untitled: str
    grade: str
    points: str
    within: str
    and_clock: str
    until: str
    score_because: str
    why_you: str
    accept: str
    decline: str
    snooze: str
    noted: str
    postpone: str
    accepted: str
    confirm: str
    cancel: str
    submit: str
    other_reason: str
    reason_title: str
    reason_detail: str
    review: str
    move: str
    more: str
    seconds: str
    minutes: str
    hours: str
    list_mark: str


_CHINESE: Final = CardWords(
    phone="电话",
    wechat="微信",
    email="邮箱",
    region="地区",
    trade_and_size="行业·规模",
    product="产品",
    prior_orders="历史订单",
    traits="特征",
    owner="跟进人",
    follow_up="首次跟进",
    script="话术",
    documents="资料",
    page="详情",
    open_page="打开线索页",
    need="需求",
    untitled="新线索 {lead_id}",
    grade="{grade} 级",
    points="{score} 分",
    within="收到后 {duration}内接单",
    and_clock="{time}（{clock} 前）",
    until="{clock} 前",
    score_because="评分依据：{reasons}",
    why_you="派给您：{why}",
    accept="接单",
    decline="转出",
    snooze="稍后",
    noted="已跟进",
    postpone="延后 2 小时",
    accepted="已接单",
    confirm="确认",
    cancel="取消",
    submit="提交",
    other_reason="其他原因",
    reason_title="转出原因（可不填）",
    reason_detail="{lead_id} 已转出。选一个原因，以后派单会更准。",
    review="人工复核",
    move="改派",
    more="还有 {count} 个，请输入更完整的名字。",
    seconds="{count} 秒",
    minutes="{count} 分钟",
    hours="{count} 小时",
    list_mark="；",
)

_ENGLISH: Final = CardWords(
    phone="Phone",
    wechat="WX id",
    email="Email",
    region="Area",
    trade_and_size="Trade",
    product="Item",
    prior_orders="Past",
    traits="Signs",
    owner="Owner",
    follow_up="Call",
    script="Talk",
    documents="Docs",
    page="More",
    open_page="Open the lead's page",
    need="Need",
    untitled="New lead {lead_id}",
    grade="{grade}",
    points="{score} pts",
    within="accept in {duration}",
    and_clock="{time} (by {clock})",
    until="by {clock}",
    score_because="Score: {reasons}",
    why_you="Why you: {why}",
    accept="Accept",
    decline="Pass on",
    snooze="Later",
    noted="Done",
    postpone="In 2 hours",
    accepted="Accepted",
    confirm="Confirm",
    cancel="Cancel",
    submit="Send",
    other_reason="Another reason",
    reason_title="Why? (optional)",
    reason_detail="{lead_id} was passed on. A reason helps to choose better next time.",
    review="review",
    move="Reassign",
    more="{count} more; please type a longer name.",
    seconds="{count} s",
    minutes="{count} min",
    hours="{count} h",
    list_mark="; ",
)


def words_of(locale: Locale) -> CardWords:
    """Give the words of one language."""
    return _ENGLISH if locale == "en" else _CHINESE


def duration_text(duration: timedelta, words: CardWords) -> str:
    """Say a duration in its largest whole unit, rounded down: what is promised must not end before it is enforced."""
    seconds = max(1, int(duration.total_seconds()))
    if seconds % _HOUR == 0:
        return words.hours.format(count=seconds // _HOUR)
    if seconds % _MINUTE == 0 or seconds >= _TEN_MINUTES:
        return words.minutes.format(count=seconds // _MINUTE)
    return words.seconds.format(count=seconds)
