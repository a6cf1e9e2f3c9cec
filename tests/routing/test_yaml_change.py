"""One number of a policy file is changed, and nothing else of it: B-14's change without an editor."""

from datetime import date

import pytest

from routing.policy_file import load_policy, with_calendar_days
from routing.yaml_change import CannotChange, with_value
from routing.yaml_lines import read_yaml
from tests.architecture.project_files import ROOT

BLOCK = """# 规则
capacity:  # 上限
  open: 20   # 在手
  teams:
    east: {open: 5}
rules: [{name: 其余}]
"""


@pytest.mark.parametrize(
    ("text", "path", "value", "after"),
    [
        (BLOCK, ("capacity", "open"), 25, BLOCK.replace("20 ", "25 ")),
        (BLOCK, ("capacity", "per_day"), 8, BLOCK.replace("  open: 20", "  per_day: 8\n  open: 20")),
        (BLOCK, ("capacity", "teams", "east", "per_day"), 8, BLOCK.replace("{open: 5}", "{per_day: 8, open: 5}")),
        (BLOCK, ("capacity", "teams", "west", "per_day"), 8, BLOCK.replace("    east:", "    west: {per_day: 8}\n    east:")),
        ("rules: []\n", ("capacity", "teams", "east", "per_day"), 8, "capacity: {teams: {east: {per_day: 8}}}\nrules: []\n"),
        ("{rules: []}", ("capacity", "open"), 8, "{capacity: {open: 8}, rules: []}"),
        ("a: {}", ("a", "b"), 8, "a: {b: 8}"),
        ("\ufeffa: 1\n", ("a",), 2, "\ufeffa: 2\n"),
        ("f: [{w: 30}, {w: 70}]", ("f", 1, "w"), 19.5, "f: [{w: 30}, {w: 19.5}]"),
        ("---\n# 🈶\nf:\n- w: 30\n- w: '70'\n", ("f", 1, "w"), 65, "---\n# 🈶\nf:\n- w: 30\n- w: 65\n"),
    ],
)  # fmt: skip
def test_b14_one_value_is_changed_and_all_else_stays(
    text: str, path: tuple[str | int, ...], value: float, after: str
) -> None:
    """B-14: comments, order and style are the operator's."""
    assert with_value(text, path, value) == after


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: &same {b: 1}\nc: *same\n", ("a", "b")),
        ("a: 5\n", ("a", "b")),
        ("a: [1]\n", ("a", "b")),
        ("a:\n", ("a", "b")),
    ],
)
def test_b14_what_would_change_something_else_is_refused(text: str, path: tuple[str | int, ...]) -> None:
    """An alias means two places; a number has nothing inside."""
    with pytest.raises(CannotChange):
        with_value(text, path, 2)


def test_b14_the_example_policy_can_be_changed_like_this() -> None:
    """The file that operators begin with is written in block style, with comments."""
    text = (ROOT / "examples" / "policy.yaml").read_text(encoding="utf-8")
    after = with_value(text, ("capacity", "teams", "east", "per_day"), 10)
    assert load_policy(after).policy.capacity.teams["east"].per_day == 10
    assert len(after.splitlines()) - len(text.splitlines()) in {0, 1}
    assert read_yaml(after).data["rules"] == read_yaml(text).data["rules"]


@pytest.mark.parametrize(
    ("calendar", "file_text", "days", "after"),
    [
        ("calendar:\n  base: CN  # 国务院\n  file: h.yaml\n# 规则\nrules: [{name: 其余}]\n", "2026-10-01: holiday\n",
         {"2026-10-01": "holiday"}, 3),
        ("calendar: {file: h.yaml, days: {2026-10-01: workday}}\nrules: [{name: 其余}]\n",
         "days:\n  2026-10-01..2026-10-03: 休\n  2026-10-01: 休\n", {"2026-10-01..2026-10-03": "休", "2026-10-01": "workday"}, 0),
    ],
)  # fmt: skip
def test_b20_the_days_of_a_calendar_file_are_kept_with_the_policy(
    calendar: str, file_text: str, days: dict[str, str], after: int
) -> None:
    """B-20: holidays of a file count after publication, too; the policy's own days go before them, lines stay."""
    text = "version: 1\n" + calendar
    whole = with_calendar_days(text, file_text)
    assert read_yaml(whole).data["calendar"]["days"] == days
    assert list(read_yaml(whole).data["calendar"]["days"]) == list(days)
    assert "file" not in read_yaml(whole).data["calendar"]
    assert read_yaml(whole).lines.of(("rules",)) == read_yaml(text).lines.of(("rules",))
    assert ("# 规则" in whole) == (after > 0)
    known = load_policy(whole).policy.calendar.days
    assert known[date(2026, 10, 1)] is (after == 0)
