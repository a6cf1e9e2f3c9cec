"""What is written on a button is what is read when it is tapped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messaging import Action, ButtonKey, Option, parse_button_key

KEYS = st.builds(
    ButtonKey,
    action=st.sampled_from(Action),
    subject=st.from_regex(r"[0-9A-Za-z_@-]{1,64}", fullmatch=True),
    number=st.integers(min_value=0, max_value=10**9 - 1),
    argument=st.one_of(st.none(), st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=32)),
)


@given(KEYS)
def test_every_key_is_read_back_as_it_was_written(key: ButtonKey) -> None:
    """Within WeCom's 1024 bytes, in plain ASCII."""
    written = str(key)
    assert written.isascii()
    assert len(written) <= 1024
    assert parse_button_key(written) == key


@given(st.text(max_size=60))
def test_foreign_keys_are_never_an_error(text: str) -> None:
    """A callback may carry any key at all; unknown ones are None."""
    key = parse_button_key(text)
    assert key is None or str(key) == text


@pytest.mark.parametrize(
    "text",
    ["", "accept", "2:accept:L1:1", "1:explode:L1:1", "1:accept:L 1:1", "1:accept:L1:-1", "1:accept:L1:01",
     "1:accept:L1:1:", "1:accept:L1:1\n", "1:assign:L1:1:%41", "1:assign:L1:1:%ff"],
)  # fmt: skip
def test_keys_that_this_version_never_wrote_are_not_understood(text: str) -> None:
    """Another version, an unknown action, a forged subject."""
    assert parse_button_key(text) is None


@pytest.mark.parametrize("subject", ["", "L:1", "线索", "x" * 65])
def test_a_subject_that_would_break_the_key_is_refused(subject: str) -> None:
    """Better at once than with the tap."""
    with pytest.raises(ValueError, match="no button key"):
        str(ButtonKey(Action.ACCEPT, subject, 1))


@pytest.mark.parametrize("option_id", ["", "长" * 43, "\ud800", "a\nb", "\x00", "a\\b"])
def test_an_option_id_that_wecom_would_refuse_is_refused(option_id: str) -> None:
    """1 to 128 bytes, and nothing that JSON would have to write as an escape."""
    with pytest.raises(ValueError, match="option id"):
        Option(option_id, "x")
