"""How text is made to fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.card_limits import clusters, fit, fit_bytes, plain, plain_lines, usable_link, width
from tests.bot.chat.wild_messages import FAMILY, WILD


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("王芳", 2, "王芳"),
        ("王芳芳", 2, "王…"),
        (f"家{FAMILY}{FAMILY}", 14, f"家{FAMILY}…"),
        (FAMILY, 5, "…"),
        ("🇨🇳🇺🇳", 5, "🇨🇳…"),
        ("👍🏽👍🏽", 5, "👍🏽…"),
        ("🇨🇳🇺🇳", 4, "…"),
        ("👍🏽👍🏽", 4, "…"),
        ("cafe\u0301s", 5, "caf…"),
        ("", 5, "—"),
        ("ab  cd", 5, "ab…"),
    ],
)
def test_text_is_cut_from_the_end_and_never_inside_a_visible_character(text: str, most: int, shown: str) -> None:
    """A family, a flag, a skin tone, an accent stay whole or go whole."""
    assert fit(text, most) == shown


@given(WILD, st.integers(min_value=1, max_value=200))
def test_fitted_text_is_never_longer_than_asked(text: str, most: int) -> None:
    """Whatever comes in, counted the pessimistic way."""
    assert 1 <= width(fit(plain(text), most)) <= most


@given(WILD, st.integers(min_value=3, max_value=3000))
def test_fitted_bytes_are_never_more_than_asked(text: str, most: int) -> None:
    """The same in UTF-8, which every result can be written in."""
    assert 1 <= len(fit_bytes(plain_lines(text), most).encode()) <= most


@given(WILD)
def test_clusters_put_together_are_the_text(text: str) -> None:
    """Cutting loses nothing before the cut."""
    assert "".join(clusters(text)) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b", "a b"),
        ("两\n行\r\n字", "两 行 字"),
        ("\u202e倒着", "倒着"),
        ("\u2066x\u2069", "x"),
        ("零\u200b宽\ufeff", "零宽"),
        ("\ud83d", "\ufffd"),
        (r"\u4f60", "＼u4f60"),
        (r"C:\disk", r"C:\disk"),
        ("<b>粗</b>", "<b>粗</b>"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_foreign_text_becomes_one_harmless_line(text: str, shown: str) -> None:
    """Controls and direction tricks go; letters of every script, and joiners they need, stay."""
    assert plain(text) == shown


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        "javascript:alert(1)",
        "paidan.example.com",
        'https://x/"onclick',
        "https://x/ y",
        "https://" + "a" * 2048,
    ],
)
def test_addresses_that_wecom_or_a_reader_would_trip_over_are_left_out(link: str | None) -> None:
    """No scheme gives 40094, a quote ends the attribute, 2048 bytes is the limit."""
    assert usable_link(link) is None
