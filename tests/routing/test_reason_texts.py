from __future__ import annotations

from datetime import date

import pytest

from routing.decision import Reason
from routing.policy import Require
from routing.reason_texts import reason_text
from routing.roster import Certificate, Rep

HELD = Certificate("备案", "1", date(2023, 1, 1), date(2026, 3, 31))
REP = Rep("a", "甲", "east", level="junior", skills={"医疗器械": 1}, certificates=(HELD,))
REQUIRE = Require(certificates=("备案", "进口"), skills={"医疗器械": 2, "工业": 1}, level=("senior",))


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        (Reason.TEAM, "团队不符：east", "not in a team of the rule: east"),
        (Reason.LEVEL, "级别不符：junior", "another level is wanted: junior"),
        (Reason.SKILL, "技能不足：医疗器械 1 < 2，工业 0 < 1", "skill too low: 医疗器械 1 < 2, 工业 0 < 1"),
        (Reason.CERT_MISSING, "缺少证书：进口", "certificate missing: 进口"),
        (Reason.CERT_EXPIRED, "证书当日无效：备案 ..2026-03-31", "certificate not valid on the day: 备案 ..2026-03-31"),
        (Reason.FULL, "在手线索已满", "holds as many leads as allowed"),
    ],
)
def test_b12_a_reason_is_said_with_the_figures_that_decided(reason: Reason, zh: str, en: str) -> None:
    """Reps read why not in Chinese, or in English where they chose so."""
    on = date(2026, 4, 1)
    assert reason_text(reason, REP, REQUIRE, on, locale="zh") == zh
    assert reason_text(reason, REP, REQUIRE, on, locale="en") == en


def test_a_certificate_that_is_not_valid_yet_names_its_first_day() -> None:
    """Too early is told apart from too late."""
    text = reason_text(Reason.CERT_EXPIRED, REP, REQUIRE, date(2022, 6, 1), locale="zh")
    assert text == "证书当日无效：备案 2023-01-01.."


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_in_both_languages(reason: Reason) -> None:
    """A new reason can't be shown as a number."""
    for locale in ("zh", "en"):
        assert reason_text(reason, REP, None, None, locale=locale)
