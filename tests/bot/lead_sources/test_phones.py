"""Phone numbers as people type them."""

import pytest

from bot.lead_sources.phones import Phone, read_phone

MOBILE = "+8613800138000"
READ: list[tuple[str | float, Phone]] = [
    *[(text, Phone(MOBILE)) for text in (
        "13800138000", "+86 138-0013-8000", "0086 13800138000", "8613800138000", "013800138000", "138 0013 8000",
        "１３８００１３８０００", "13800138000.0", "(+86)138.0013.8000", "\u202d13800138000\u202c", "138\u200b00138000",
        "手机：13800138000", "v:13800138000", 13800138000, 13800138000.0,
    )],
    ("微信同号13800138000", Phone(MOBILE, wechat="13800138000")),
    ("手机：13800138000（微信同号）", Phone(MOBILE, wechat="13800138000")),
    ("13800138000/13900139000", Phone(MOBILE, ("+8613900139000",))),
    ("13800138000，13900139000、13800138000", Phone(MOBILE, ("+8613900139000",))),
    ("13800138000\n+86 13900139000", Phone(MOBILE, ("+8613900139000",))),
    ("010-62345678", Phone("+861062345678")),
    ("(021)5888 8888", Phone("+862158888888")),
    ("02088888888", Phone("+862088888888")),
    ("+86-755-8601-3388", Phone("+8675586013388")),
    ("0755-88888888-802", Phone("+8675588888888", extension="802")),
    ("电话:0755-8888 8888 转 802", Phone("+8675588888888", extension="802")),
    ("+852 9123 4567", Phone("+85291234567")),
    ("+1 650-253-0000", Phone("+16502530000")),
    ("0044 20 7946 0958", Phone("+442079460958")),
    *[(text, Phone()) for text in ("", "无", "暂无", "-", "N/A", " ")],
]  # fmt: skip
UNREADABLE: list[tuple[str | float, str]] = [
    ("1.38001E+10", "digits are lost"), ("1.36e10", "digits are lost"), ("138****8000", "masked"),
    ("400-820-8820", "service line"), ("95588", "service line"), ("110", "service line"),
    ("12345678901", "no phone number"), ("11111111111", "no phone number"), ("1380013800", "no phone number"),
    ("138001380001", "no phone number"), ("62345678", "no phone number"), ("1" * 5_000, "no phone number"),
    ("+99912345678", "no phone number"), ("电话", "no phone number"), (1e300, "no phone number"),
    (float("inf"), "no phone number"), (float("nan"), "no phone number"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "phone"), READ, ids=[repr(row[0]) for row in READ])
def test_b03_a_number_is_read_however_it_is_typed(raw: str | float, phone: Phone) -> None:
    """Forms, phones and spreadsheets write one number in a dozen ways; it has to be one customer."""
    assert read_phone(raw) == phone


@pytest.mark.parametrize(("raw", "says"), UNREADABLE, ids=[repr(row[0])[:40] for row in UNREADABLE])
def test_what_is_no_number_says_why_and_is_never_guessed(raw: str | float, says: str) -> None:
    """A wrong number is worse than none: a stranger would be called."""
    phone = read_phone(raw)
    assert phone.number is None
    assert phone.problem is not None
    assert says in phone.problem.en


def test_a_wechat_id_in_the_phone_field_is_taken_as_one() -> None:
    """People write how they want to be reached wherever the form lets them."""
    assert read_phone("zhangsan_88").wechat == "zhangsan_88"
