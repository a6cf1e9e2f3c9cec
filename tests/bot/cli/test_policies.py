"""`paidan policy`: checked, published, shown, compared and rolled back, with versions as people write them."""

from pathlib import Path

import pytest

from tests.bot.cli.conftest import Run
from tests.bot.web.web_world import POLICY

NEWER = POLICY.replace("base: 40", "base: 45")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a policy file with the text that is in force."""
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY, encoding="utf-8")
    return path


@pytest.mark.parametrize("version", [(), ("1",), ("v1",), ("V1",)])
def test_a_version_is_shown_by_its_number(paidan: Run, morning: str, version: tuple[str, ...]) -> None:
    """As `1` or `v1`; without one, the version in force."""
    shown = paidan("policy", "show", *version, database_url=morning)

    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.startswith("# version 1, ")
    assert POLICY.strip() in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("show", "9"), 1, "there is no version 9"),
        (("show", "version1"), 2, "write 3 or v3"),
        (("show", "0"), 2, "write 3 or v3"),
        (("show", "9" * 30), 2, "write 3 or v3"),
        (("diff", "v1", "v9"), 1, "there is no version 9"),
        (("diff", "1", "missing.yaml"), 1, "missing.yaml"),
        (("rollback", "latest"), 2, "write 3 or v3"),
        (("rollback", "v9"), 1, "there is no version 9"),
        (("rollback",), 1, "there is no earlier version"),
    ],
)
def test_a_version_that_is_none_is_said_in_a_sentence(
    paidan: Run, morning: str, arguments: tuple[str, ...], status: int, says: str
) -> None:
    """No traceback, and no word about the database."""
    told = paidan("policy", *arguments, database_url=morning)

    assert (told.exit_code, says in told.stderr, "database" in told.stderr) == (status, True, False), told.stderr


def test_the_text_in_force_makes_no_new_version(paidan: Run, morning: str, file: Path) -> None:
    """Publishing it again says so; another text is a new version, and so is going back."""
    again = paidan("policy", "publish", str(file), database_url=morning)
    file.write_text(NEWER, encoding="utf-8")
    newer = paidan("policy", "publish", str(file), database_url=morning)
    back = paidan("policy", "rollback", "v1", database_url=morning)
    twice = paidan("policy", "rollback", "1", database_url=morning)
    difference = paidan("policy", "diff", "v2", "3", database_url=morning)

    assert "nothing changed: this is the text of version 1" in again.stdout
    assert "published as version 2" in newer.stdout
    assert "version 1 is in force again, as version 3" in back.stdout
    assert "nothing changed: the text of version 1 is in force, as version 3" in twice.stdout
    assert "45" in difference.stdout
    assert [run.exit_code for run in (again, newer, back, twice, difference)] == [0] * 5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (POLICY.replace("base: 40", "base: 400"), "refused: 1 error\n"),
        (POLICY.replace("base: 40", "base: 400").replace("points: 30", "points: 300"), "refused: 2 errors\n"),
    ],
)
def test_one_error_is_no_errors(paidan: Run, morning: str, file: Path, text: str, says: str) -> None:
    """Counted as people count."""
    file.write_text(text, encoding="utf-8")

    assert says in paidan("policy", "check", str(file), database_url=morning).stderr


def test_a_file_goes_before_a_version(paidan: Run, morning: str, tmp_path: Path) -> None:
    """Whoever calls a file `v1` means it."""
    (tmp_path / "v1").write_text(NEWER, encoding="utf-8")
    told = paidan("policy", "diff", "1", "v1", database_url=morning)

    assert (told.exit_code, "45" in told.stdout) == (0, True)


def test_a_policy_is_scheduled_shown_compared_and_called_off(paidan: Run, morning: str, file: Path) -> None:
    """B-14: what is to come is seen by everybody who looks, by its number, and can be taken back."""
    file.write_text(NEWER, encoding="utf-8")
    at = ("--at", "2126-12-01 09:00")
    done = paidan("policy", "publish", str(file), *at, "--reason", "winter", database_url=morning)
    listed = paidan("policy", "show", database_url=morning)
    shown = paidan("policy", "show", "s1", database_url=morning)
    difference = paidan("policy", "diff", "1", "s1", database_url=morning)
    off = paidan("policy", "cancel", "s1", database_url=morning)
    again = paidan("policy", "cancel", "S1", database_url=morning)
    after = paidan("policy", "show", database_url=morning)

    assert done.stdout == "scheduled as s1: comes into force at 2126-12-01 09:00 Asia/Shanghai\n", done.stderr
    assert listed.stdout.splitlines()[1].startswith("# s1 comes into force at 2126-12-01 01:00 UTC, waits, by cli:")
    assert listed.stdout.splitlines()[1].endswith(": winter")
    assert NEWER.strip() in shown.stdout
    assert "45" in difference.stdout
    assert "s1 is cancelled" in off.stdout
    assert (again.exit_code, again.stderr) == (1, "too late: s1 is cancelled already\n")
    assert "s1" not in after.stdout
    assert POLICY.strip() in after.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("publish", "policy.yaml", "--at", "2026-01-01 09:00"), 2, "is past"),
        (("publish", "policy.yaml", "--at", "soon"), 2, "write it as 2026-12-01 09:00"),
        (("cancel", "s1"), 1, "there is no scheduled policy s1"),
        (("cancel", "1"), 2, "write s3"),
        (("show", "s7"), 1, "there is no scheduled policy s7"),
        (("diff", "1", "s7"), 1, "there is no scheduled policy s7"),
    ],
)
def test_what_can_not_be_scheduled_or_called_off_is_said_in_a_sentence(
    paidan: Run, morning: str, file: Path, arguments: tuple[str, ...], status: int, says: str
) -> None:
    """No traceback, and no doubt about what is in force."""
    assert file.name == "policy.yaml"
    told = paidan("policy", *arguments, database_url=morning)

    assert (told.exit_code, says in told.stderr) == (status, True), told.stderr
