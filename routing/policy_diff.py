"""What differs between two policies, in words for those who decide by them (Simplified Chinese)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from routing.durations import duration_in_words, parse_duration

_SECTIONS = {
    "version": "文件格式", "timezone": "时区", "calendar": "工作日历", "scoring": "线索评分", "review": "人工复核",
    "rules": "规则", "geofence": "地理围栏", "price_bands": "产品单价档", "fit": "适配指数", "choose": "选人方式",
    "capacity": "容量", "acknowledge": "接单时限", "hot": "热线索熔断", "follow_up": "跟进", "recycle": "回收",
    "pool": "公海", "known_customer": "老客户", "make_up": "补单", "documents": "资料",
}  # fmt: skip
_KEYS = {
    "add": "加减分", "after": "之后", "always": "必须复核", "acknowledge": "接单时限", "at_most": "最长",
    "base": "基础", "below": "低于", "best_by": "最好的选法", "best_share": "最好的占比", "by": "方式", "calm_for": "平静",
    "capacity_times": "容量倍数", "certificates": "证书", "claim_window": "领取窗口", "claims": "领取",
    "class_slack": "等级内余量", "clock": "计时", "closes": "关闭", "count": "数量", "days": "日期",
    "direction": "方向", "documents": "资料", "explore": "探索", "factors": "因素", "fairness_slack": "公平余量",
    "falls_back_after": "无人复核时", "file": "文件", "first": "先派", "first_contact": "首次联系", "from": "依据", "grades": "等级",
    "in_force": "有效期", "language": "语言", "least": "下限", "level": "级别", "match": "比较", "model": "学习层",
    "most": "上限", "name": "名称", "only_response_rate_from": "应答率不低于", "open": "在手上限", "opens": "打开",
    "or_slow": "或响应慢", "over": "统计最近", "overdue": "逾期", "p90_acknowledge": "接单 P90", "per_day": "日上限",
    "per_month": "每月上限", "phone_prefixes": "号段", "points": "分数", "polygon": "多边形",
    "previous_owner_waits": "原跟进人等待", "provinces": "省份", "race": "抢单人数", "rate": "比率",
    "reasons": "原因", "recycle": "回收到", "remind": "提醒", "rep": "销售指标", "require": "要求",
    "response_rate": "应答率", "resume_at": "恢复线", "rounds": "轮数", "score": "分数", "script": "话术",
    "share": "份额", "share_times": "份额倍数", "silent": "连续未应答", "skills": "技能", "starts_at": "起始量",
    "teams": "团队", "tell": "通知", "then": "然后", "times": "次数", "times_usual": "平时的倍数", "to": "去向",
    "version": "版本", "views_per_day": "每日查看", "warn": "预警", "weight": "权重", "when": "条件",
    "when_all_full": "全部满员时", "while_open": "打开期间", "with": "对照", "within": "时限",
    "without_close": "久未成交", "without_follow_up": "久未跟进",
}  # fmt: skip
#: Lists in which every entry has a name of its own: section -> what one entry is called.
_NAMED = {
    "rules": "规则", "pool.first": "先派", "scoring.add": "加减分", "review.always": "必须复核", "fit.factors": "因素", "recycle": "回收",
    "documents": "资料",
}  # fmt: skip
_ORDER_MATTERS = frozenset({"rules", "pool.first"})
_DURATION_KEYS = frozenset({
    "within", "remind", "after", "warn", "claim_window", "previous_owner_waits", "first_contact", "calm_for", "at_most",
    "p90_acknowledge", "falls_back_after", "without_close", "without_follow_up", "acknowledge",
})  # fmt: skip
_ABSENT = "（无）"


def diff(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what changes from one policy document to the next, one change a line; nothing if they mean the same.

    Entries with names (rules, factors, …) are compared by name; that a rule moved is a change, since the
    first match counts.
    """
    lines: list[str] = []
    for section in dict.fromkeys([*_SECTIONS, *old, *new]):
        lines += _changes(old.get(section), new.get(section), (section,))
    return tuple(lines)


def _changes(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[str]:
    if old == new and type(old) is type(new):
        return
    key = ".".join(path)
    if key in _NAMED and isinstance(old or [], list) and isinstance(new or [], list):
        yield from _named_changes(old or [], new or [], path)
    elif isinstance(old, Mapping) and isinstance(new, Mapping) and path[-1] != "when":
        for inner in dict.fromkeys([*old, *new]):
            yield from _changes(old.get(inner), new.get(inner), (*path, inner))
    elif isinstance(new, Mapping) and old is None and len(path) == 1:
        yield f"新增{_SECTIONS.get(key, key)}：{_shown(new, path)}"
    elif isinstance(old, Mapping) and new is None and len(path) == 1:
        yield f"删除{_SECTIONS.get(key, key)}：{_shown(old, path)}"
    else:
        yield f"{_label(path)}：{_shown(old, path)} → {_shown(new, path)}"


def _named_changes(old: list[Any], new: list[Any], path: tuple[str, ...]) -> Iterator[str]:
    key = ".".join(path)
    kind = _NAMED[key]
    before, after = _by_name(old), _by_name(new)
    for name, entry in before.items():
        if name not in after:
            yield f"删除{kind}「{name}」{_content(entry, path)}"
    moved = _moved(list(before), list(after)) if key in _ORDER_MATTERS else frozenset()
    for place, (name, entry) in enumerate(after.items(), start=1):
        if name not in before:
            yield f"新增{kind}「{name}」（第 {place} 条）{_content(entry, path)}"
            continue
        if name in moved:
            yield f"{kind}「{name}」由第 {list(before).index(name) + 1} 条移到第 {place} 条"
        for inner in dict.fromkeys([*before[name], *entry]):
            yield from _changes(before[name].get(inner), entry.get(inner), (*path, f"「{name}」", inner))


def _by_name(entries: list[Any]) -> dict[str, Any]:
    """Key entries by name; versions of one document have the same name, so the version counts as well."""
    named: dict[str, Any] = {}
    for entry in entries:
        name = str(entry.get("name", ""))
        named[name if name not in named else f"{name} {entry.get('version', len(named))}"] = entry
    return named


def _moved(before: list[str], after: list[str]) -> frozenset[str]:
    """Give the names that changed places; those that kept their order among each other did not."""
    old = [name for name in before if name in after]
    new = [name for name in after if name in before]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    stayed = {name for block in blocks for name in old[block.a : block.a + block.size]}
    return frozenset(old) - stayed


def _content(entry: Mapping[str, Any], path: tuple[str, ...]) -> str:
    rest = {key: value for key, value in entry.items() if key != "name"}
    return f"：{_shown(rest, path)}" if rest else ""


def _label(path: tuple[str, ...]) -> str:
    """Name the place: section, then keys; `规则「华东」 团队`."""
    words = [_SECTIONS.get(path[0], path[0])]
    for step in path[1:]:
        if step.startswith("「"):
            words[-1] += step
        elif not (words[-1] == _SECTIONS.get(path[0]) and ".".join(path[:2]) in _NAMED and step == path[1]):
            words.append(_KEYS.get(step, step))
    return " ".join(words)


def _shown(value: Any, path: tuple[str, ...]) -> str:
    if value is None:
        return _ABSENT
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return _in_words(value) if path[-1] in _DURATION_KEYS else value
    if isinstance(value, list):
        return "、".join(_shown(each, path) for each in value) or "（空）"
    if isinstance(value, Mapping):
        if path[-1] == "when":
            return json.dumps(value, ensure_ascii=False)
        return "，".join(f"{_KEYS.get(key, key)} {_shown(inner, (*path, key))}" for key, inner in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def _in_words(value: str) -> str:
    try:
        return duration_in_words(parse_duration(value))
    except ValueError:
        return value
