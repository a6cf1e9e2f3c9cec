"""Chinese sentences with something filled in, and how long something still lasts."""

from datetime import timedelta

import pytest

from bot.phrases import phrase, time_left


@pytest.mark.parametrize(
    ("template", "values", "said"),
    [
        ("已派给{name}，等待接单", {"name": "张三"}, "已派给张三，等待接单"),
        ("已派给{name}，等待接单", {"name": "Anna Smith"}, "已派给 Anna Smith，等待接单"),
        ("{name}跟进中", {"name": "Anna"}, "Anna 跟进中"),
        ("{name}跟进中", {"name": "Zoë"}, "Zoë 跟进中"),
        ("已收回{name}的补单", {"name": "张三 Anna"}, "已收回张三 Anna 的补单"),
        ("「恢复 {name}」", {"name": "Anna"}, "「恢复 Anna」"),
        ("把 {lead} 改派给{name}？", {"lead": "L1024", "name": "Anna"}, "把 L1024 改派给 Anna？"),
        ("还剩{left}", {"left": "9 分钟"}, "还剩 9 分钟"),
        ("还剩{left}", {"left": "约 9 分钟"}, "还剩约 9 分钟"),
        ("金额 ¥{amount:,}。", {"amount": 500000}, "金额 ¥500,000。"),
        ("{a}{b}", {"a": "张三", "b": "Anna"}, "张三 Anna"),
        ("已派给{name}。", {"name": ""}, "已派给。"),
        ("已派给{name}。", {"name": "🙂"}, "已派给🙂。"),
        ("没有", {"name": "Anna"}, "没有"),
    ],
)
def test_a_blank_stands_where_chinese_meets_latin_letters(template: str, values: dict[str, object], said: str) -> None:
    """And nowhere else: not beside punctuation, and not twice."""
    assert phrase(template, **values) == said


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "1 秒", "1 s"),
        (0.4, "1 秒", "1 s"),
        (59, "59 秒", "59 s"),
        (60, "60 秒", "60 s"),
        (89.9, "89 秒", "89 s"),
        (90, "约 2 分钟", "about 2 min"),
        (120, "2 分钟", "2 min"),
        (149, "约 2 分钟", "about 2 min"),
        (540, "9 分钟", "9 min"),
        (597, "约 10 分钟", "about 10 min"),
        (600, "10 分钟", "10 min"),
        (179 * 60, "179 分钟", "179 min"),
        (3 * 3600, "3 小时", "3 h"),
        (3 * 3600 + 1, "约 3 小时", "about 3 h"),
        (47.6 * 3600, "约 48 小时", "about 48 h"),
    ],
)
def test_what_is_left_is_said_as_people_would(seconds: float, zh: str, en: str) -> None:
    """Nobody thinks in 597 seconds; what is not exact says so."""
    assert (time_left(timedelta(seconds=seconds)), time_left(timedelta(seconds=seconds), "en")) == (zh, en)
