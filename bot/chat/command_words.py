"""The words of the commands, in both languages, and how what people type is made comparable."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from routing.simplified import simplified


class Verb(StrEnum):
    """What a command asks for."""

    HELP = "help"
    MY_LEADS = "my_leads"
    ACCEPT = "accept"
    DECLINE = "decline"
    SNOOZE = "snooze"
    NOTE = "note"
    WON = "won"
    LOST = "lost"
    INVALID = "invalid"
    POOL = "pool"
    CLAIM = "claim"
    LEAVE = "leave"
    ONLINE = "online"
    OFFLINE = "offline"
    WHY = "why"
    WHY_NOT = "why_not"
    APPEAL = "appeal"
    STATUS = "status"
    LOAD = "load"
    OVERDUE = "overdue"
    ASSIGN = "assign"
    REASSIGN = "reassign"
    WITHDRAW = "withdraw"
    UNDO = "undo"
    PAUSE = "pause"
    RESUME = "resume"
    CREDIT = "credit"
    BREAKER = "breaker"
    REVIEW = "review"
    RULES = "rules"
    PREVIEW = "preview"
    PUBLISH = "publish"
    ROLLBACK = "rollback"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    NOT_BUILT = "not_built"


#: The first name is the Chinese one that answers use, the second the English one; the others are understood as well.
NAMES: Final[Mapping[Verb, tuple[str, ...]]] = MappingProxyType(
    {
        Verb.HELP: ("帮助", "help", "菜单", "命令", "怎么用", "menu", "?"),
        Verb.MY_LEADS: ("我的线索", "my leads", "线索列表", "我的", "leads", "mine"),
        Verb.ACCEPT: ("接单", "accept", "接收", "take"),
        Verb.DECLINE: ("转出", "decline", "拒绝", "拒单", "转给别人", "pass on", "pass"),
        Verb.SNOOZE: ("稍后", "snooze", "延后", "晚点", "later"),
        Verb.NOTE: ("跟进", "note", "已跟进", "记录", "follow up"),
        Verb.WON: ("成交", "won", "赢单", "签单", "win"),
        Verb.LOST: ("输单", "lost", "丢单", "lose"),
        Verb.INVALID: ("无效", "invalid"),
        Verb.POOL: ("公海", "pool", "公海池"),
        Verb.CLAIM: ("领取", "claim", "认领"),
        Verb.LEAVE: ("请假", "leave", "休假"),
        Verb.ONLINE: ("上线", "online", "在线", "我回来了"),
        Verb.OFFLINE: ("下线", "offline", "离线"),
        Verb.WHY: ("为什么", "why", "为何"),
        Verb.WHY_NOT: ("为什么不是我", "why not me", "为何不是我", "怎么不是我", "为什么不是", "why not"),
        Verb.APPEAL: ("申诉", "appeal", "投诉"),
        Verb.STATUS: ("状态", "status", "概况"),
        Verb.LOAD: ("负荷", "load", "负载"),
        Verb.OVERDUE: ("超时", "overdue", "逾期"),
        Verb.ASSIGN: ("派单", "assign", "指派", "派给"),
        Verb.REASSIGN: ("改派", "reassign", "转派"),
        Verb.WITHDRAW: ("撤回", "withdraw", "收回", "recall"),
        Verb.UNDO: ("撤销", "undo", "撤消"),
        Verb.PAUSE: ("暂停", "pause", "停派"),
        Verb.RESUME: ("恢复", "resume"),
        Verb.CREDIT: ("补单", "credit", "补派"),
        Verb.BREAKER: ("熔断", "breaker"),
        Verb.REVIEW: ("复核", "review", "待复核"),
        Verb.RULES: ("规则", "rules", "派单规则"),
        Verb.PREVIEW: ("预览", "preview", "试算", "试改"),
        Verb.PUBLISH: ("发布", "publish", "生效"),
        Verb.ROLLBACK: ("回滚", "rollback", "roll back", "退回上一版"),
        Verb.CONFIRM: ("确认", "confirm", "确定", "yes"),
        Verb.CANCEL: ("取消", "cancel", "no"),
    }
)
#: Promised for later; an honest answer needs to know them.
NOT_BUILT: Final = (
    "反馈", "交接", "上限", "报表", "实验",
    "feedback", "hand over", "handover", "limit", "report", "experiment",
)  # fmt: skip

#: How people say that something is to be switched on or off, folded.
SWITCH_ON: Final = frozenset({"开", "开启", "打开", "on", "open"})
SWITCH_OFF: Final = frozenset({"关", "关闭", "关掉", "off", "close"})

REP_VERBS: Final = (
    Verb.MY_LEADS, Verb.ACCEPT, Verb.DECLINE, Verb.SNOOZE, Verb.NOTE, Verb.WON, Verb.LOST, Verb.INVALID, Verb.POOL,
    Verb.CLAIM, Verb.LEAVE, Verb.ONLINE, Verb.OFFLINE, Verb.WHY, Verb.WHY_NOT, Verb.APPEAL,
    Verb.UNDO,
)  # fmt: skip
MANAGER_VERBS: Final = (
    Verb.STATUS, Verb.LOAD, Verb.OVERDUE, Verb.REVIEW, Verb.ASSIGN, Verb.REASSIGN, Verb.WITHDRAW, Verb.UNDO, Verb.PAUSE, Verb.RESUME,
    Verb.CREDIT, Verb.BREAKER, Verb.RULES, Verb.PREVIEW, Verb.PUBLISH,
    Verb.ROLLBACK, Verb.WHY, Verb.WHY_NOT, Verb.NOTE, Verb.WON, Verb.LOST, Verb.INVALID,
)  # fmt: skip

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ODD = {0x3000: " ", 0xFFE5: "¥", 0x2013: "-", 0x2014: "-", 0x2212: "-", 0x301C: "~", 0xA0: " ", 0x2003: " "}
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_FOLDED: dict[int, int | str] = {**_FULL_WIDTH, **_ODD, **_LOWER}
_FOLDED |= {code: plain + 32 for code, plain in _FULL_WIDTH.items() if ord("A") <= plain <= ord("Z")}
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def visible(text: str) -> str:
    """Give the text without characters that nobody sees; keyboards and copying bring them along."""
    return _INVISIBLE.sub("", text)


def folded(text: str) -> str:
    """Give the text with plain-width, lower-case, simplified characters: one for each, so that places stay the same."""
    return simplified(text.translate(_FOLDED))


def name_of(verb: Verb, locale: str) -> str:
    """Give the word that answers use for a command."""
    return NAMES[verb][1 if locale == "en" else 0]
