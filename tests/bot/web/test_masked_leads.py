"""Masking in free text."""

import pytest

from bot.masking import mask_numbers


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("请打13800138000", "请打138****8000"),
        ("+86 138-0013-8000 王", "861****8000 王"),
        ("座机0512-66123456转802", "座机051****3456转802"),
        ("66123456", "66****56"),
        ("１３８００１３８０００", "１３８****８０００"),
        ("(021) 5888 1234", "021****1234"),
        ("wang@example.com 或电话", "w***@example.com 或电话"),
        ("2026-11-20 交货", "2026-11-20 交货"),
        ("预算 50000，共 800 台", "预算 50000，共 800 台"),
        ("想了解 CT 的报价", "想了解 CT 的报价"),
        ("1380013800013900139000", "138****9000"),
        (None, None),
        ("", ""),
    ],
)
def test_numbers_and_addresses_in_text_are_masked(text: str | None, shown: str | None) -> None:
    """Seven digits and more in any spelling; days and small figures stay readable."""
    assert mask_numbers(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("预算1500000元，电话13800138000", "预算1500000元，电话138****8000"),
        ("02158881234", "021****1234"),
        ("5888 1234", "58****34"),
        ("wang@example.com", "w***@example.com"),
    ],
)
def test_on_cards_money_stays_readable(text: str, shown: str) -> None:
    """A rep has to know what a customer can spend; a telephone has eleven digits, an area code, or blanks in it."""
    assert mask_numbers(text, but_amounts=True) == shown
