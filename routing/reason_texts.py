"""Why a rep may not have a lead, in words: Simplified Chinese first, English by locale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from routing.decision import Reason
from routing.policy import Require
from routing.roster import Rep

_ZH: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.ELIGIBLE: "可接",
        Reason.TEAM: "团队不符",
        Reason.FENCE: "不在地理围栏允许的团队",
        Reason.LEVEL: "级别不符",
        Reason.SKILL: "技能不足",
        Reason.CERT_MISSING: "缺少证书",
        Reason.CERT_EXPIRED: "证书当日无效",
        Reason.LANGUAGE: "不会客户的语言",
        Reason.NOT_ASKED: "指定派单，未参与",
        Reason.OFF_SHIFT: "不在班次内",
        Reason.LEAVE: "请假中",
        Reason.PAUSED: "已暂停派单",
        Reason.OFFLINE: "已下线",
        Reason.SILENT: "连续超时，已暂停",
        Reason.NO_SEND_SLOT: "消息额度用尽，暂时发不出卡片",
        Reason.FULL: "在手线索已满",
        Reason.RESTING: "满额后未回落到恢复线",
        Reason.DAY_FULL: "今日派单已达上限",
        Reason.TEAM_DAY_FULL: "今日派单已达团队上限",
        Reason.ALREADY_OFFERED: "本线索已派过",
    }
)
_EN: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.ELIGIBLE: "eligible",
        Reason.TEAM: "not in a team of the rule",
        Reason.FENCE: "outside the fence of the region",
        Reason.LEVEL: "another level is wanted",
        Reason.SKILL: "skill too low",
        Reason.CERT_MISSING: "certificate missing",
        Reason.CERT_EXPIRED: "certificate not valid on the day",
        Reason.LANGUAGE: "does not speak the customer's language",
        Reason.NOT_ASKED: "the lead was meant for somebody else",
        Reason.OFF_SHIFT: "off shift",
        Reason.LEAVE: "on leave",
        Reason.PAUSED: "paused",
        Reason.OFFLINE: "offline",
        Reason.SILENT: "paused after time-outs in a row",
        Reason.NO_SEND_SLOT: "no card can be sent right now",
        Reason.FULL: "holds as many leads as allowed",
        Reason.RESTING: "was full, not yet down to the resume mark",
        Reason.DAY_FULL: "daily limit reached",
        Reason.TEAM_DAY_FULL: "daily limit of the team reached",
        Reason.ALREADY_OFFERED: "had this lead before",
    }
)


def reason_text(reason: Reason, rep: Rep, require: Require | None, on: date | None, *, locale: str) -> str:
    """Give one line on why a rep may not have a lead.

    Args:
        reason: the first objection.
        rep: of whom.
        require: the demands of the rule, to name the skill or certificate; without them the line is general.
        on: day of the decision, to tell a certificate that has run out from one that is valid.
        locale: `zh` or `en`.
    """
    text = (_EN if locale == "en" else _ZH)[reason]
    detail = _detail(reason, rep, require, on)
    if not detail:
        return text
    return f"{text}: {', '.join(detail)}" if locale == "en" else f"{text}：{'，'.join(detail)}"


def _detail(reason: Reason, rep: Rep, require: Require | None, on: date | None) -> list[str]:
    if reason is Reason.TEAM or reason is Reason.FENCE:
        return [rep.team]
    if require is None:
        return []
    if reason is Reason.LEVEL:
        return [rep.level] if rep.level else []
    if reason is Reason.SKILL:
        own = ((name, rep.skills.get(name, 0), least) for name, least in require.skills.items())
        return [f"{name} {level} < {least}" for name, level, least in own if level < least]
    if reason is Reason.CERT_MISSING:
        held = {certificate.name for certificate in rep.certificates}
        return [name for name in require.certificates if name not in held]
    return _lapsed(rep, require, on) if reason is Reason.CERT_EXPIRED and on is not None else []


def _lapsed(rep: Rep, require: Require, on: date) -> list[str]:
    """Name each demanded certificate that is held and not valid, with the day it ended or begins."""
    found = []
    for name in require.certificates:
        held = [certificate for certificate in rep.certificates if certificate.name == name]
        if not held or any(certificate.first_on <= on <= certificate.last_on for certificate in held):
            continue
        latest = max(held, key=lambda certificate: certificate.last_on)
        found.append(f"{name} {latest.first_on}.." if latest.first_on > on else f"{name} ..{latest.last_on}")
    return found
