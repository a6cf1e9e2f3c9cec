"""What stands out about a lead, in words: Simplified Chinese first, English by locale."""

from __future__ import annotations

from typing import NamedTuple

from routing.lead import Facts


class _Phrase(NamedTuple):
    """One thing said of a lead, in both languages; the braces take the value."""

    zh: str
    en: str

    def say(self, locale: str, value: object = "") -> str:
        """Give it in one language."""
        return (self.en if locale == "en" else self.zh).format(value)


_SUBMITTED = _Phrase("{} 提交", "sent {}")
_LISTED = _Phrase("上市公司", "listed company")
_AHEAD = _Phrase("当地时间早 {:g} 小时", "{:g} h ahead of us")
_BEHIND = _Phrase("当地时间晚 {:g} 小时", "{:g} h behind us")
#: Intents that a rep should know before reading on; the others say little.
_INTENTS = {
    "投诉": _Phrase("意向：投诉", "complains"),
    "售后": _Phrase("意向：售后", "needs service"),
    "求职": _Phrase("意向：求职", "looks for a job"),
    "合作": _Phrase("意向：合作", "offers a partnership"),
    "采购": _Phrase("意向：采购", "wants to buy"),
    "询价": _Phrase("意向：询价", "asks for a price"),
    "试用": _Phrase("意向：试用", "wants a trial"),
}
_DAY_OFF = _Phrase("非工作日", "on a day off")
#: Fact -> what is said of it where it is more than nothing.
_COUNTED = (
    ("behaviour.dwell_seconds", _Phrase("停留 {} 秒", "stayed {} s")),
    ("behaviour.pricing_page_visits_7d", _Phrase("7 天看价 {} 次", "prices {}× in 7 d")),
    ("behaviour.visits_30d", _Phrase("30 天来访 {} 次", "visits {}× in 30 d")),
    ("behaviour.pages", _Phrase("浏览 {} 页", "read {} pages")),
    ("behaviour.form_seconds", _Phrase("填表 {} 秒", "form took {} s")),
)


def trait_phrases(facts: Facts, *, locale: str) -> tuple[str, ...]:
    """Say in words for the card what stands out: `02:14 提交`, `停留 186 秒`, `7 天看价 3 次`.

    Counts of nothing are left out; what the card shows in rows of its own (region, company, orders) is not repeated.

    Args:
        facts: what is known of the lead, traits included.
        locale: `zh` or `en`.
    """
    phrases: list[str] = []
    submitted = facts.get("trait.submit_time")
    if isinstance(submitted, str):
        phrases.append(_SUBMITTED.say(locale, submitted))
    for name, phrase in _COUNTED:
        value = facts.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            phrases.append(phrase.say(locale, int(value)))
    if facts.get("company_listed") is True:
        phrases.append(_LISTED.say(locale))
    if facts.get("trait.workday") is False:
        phrases.append(_DAY_OFF.say(locale))
    apart = facts.get("trait.zone_distance")
    if isinstance(apart, (int, float)) and apart:
        phrases.append((_AHEAD if apart > 0 else _BEHIND).say(locale, abs(apart)))
    intent = _INTENTS.get(str(facts.get("trait.demand_intent")))
    if intent is not None:
        phrases.append(intent.say(locale))
    return tuple(phrases)
