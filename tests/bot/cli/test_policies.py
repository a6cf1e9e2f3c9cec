"""`paidan policy`: checked, published, shown, compared and rolled back, with versions as people write them."""

import re
import sqlite3
from contextlib import closing
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


def test_b14_a_policy_is_scheduled_shown_compared_and_called_off(paidan: Run, morning: str, file: Path) -> None:
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
    version, scheduled, *_ = listed.stdout.splitlines()
    assert re.match(r"# version 1, [-\d]+ [:\d]+ Asia/Shanghai, by ", version)
    assert re.match(r"# s1 comes into force at 2126-12-01 09:00 Asia/Shanghai, waits, by cli:.*: winter$", scheduled)
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


@pytest.mark.parametrize(
    ("arguments", "environment", "says"),
    [
        (("--locale", "zh"), {}, "权重合计 99，不是 100；加 1"),
        (("--locale", "en"), {"LC_ALL": "zh_CN.UTF-8"}, "the weights sum to 99, not to 100; add 1"),
        ((), {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}, "权重合计 99，不是 100；加 1"),
        ((), {"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "the weights sum to 99, not to 100; add 1"),
    ],
)
def test_b13_problems_are_told_in_the_readers_language(
    paidan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...], environment: dict[str, str], says: str,
) -> None:  # fmt: skip
    """B-13: the line, what is wrong and the mend, in Chinese for who reads Chinese; no database is needed."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    examples = Path(__file__).parents[3] / "examples"
    broken = tmp_path / "policy.yaml"
    text = (examples / "policy.yaml").read_text(encoding="utf-8").replace("weight: 30, match", "weight: 29, match")
    broken.write_text(text, encoding="utf-8")
    checked = ("policy", "check", str(broken), "--team", str(examples / "team.yaml"), "--at", "2026-11-22")
    told = paidan(*checked, *arguments, database_url=f"sqlite:///{tmp_path}/none.db")

    line = text.count("\n", 0, text.index("factors:")) + 1
    assert told.exit_code == 1
    assert told.stderr.splitlines()[0] == f"{broken}:{line}: error: fit.factors: {says}"


def test_b12_a_document_that_is_not_there_is_a_warning(paidan: Run, tmp_path: Path) -> None:
    """Semantics 52: said by the check, with its line; publishing it needs a reason."""
    examples = Path(__file__).parents[3] / "examples"
    alone = tmp_path / "policy.yaml"
    alone.write_text((examples / "policy.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    arguments = ("--team", str(examples / "team.yaml"), "--at", "2026-11-22", "--locale", "en")
    none = f"sqlite:///{tmp_path}/none.db"
    there = paidan("policy", "check", str(examples / "policy.yaml"), *arguments, database_url=none)
    missing = paidan("policy", "check", str(alone), *arguments, database_url=none)

    assert (there.exit_code, "warning:" in there.stdout, "0 warnings" in there.stdout) == (0, False, True)
    assert (missing.exit_code, missing.stdout.count("warning:")) == (0, 1)
    assert "documents[0].file: there is no file" in missing.stdout


DOCUMENTS = """documents:
  - {name: 合规, file: there.pdf, version: "1", in_force: 2026-01-01..2026-12-31}
  - {name: 合规, file: missing.pdf, version: "2", in_force: 2026-01-01..2026-12-31}
"""


def test_b12_missing_and_lapsed_documents_are_warnings(paidan: Run, morning: str, file: Path) -> None:
    """Semantics 52: a missing file is a warning of `check`, and publishing then needs a reason; so is a lapsed one."""
    text = POLICY.replace("rules:\n", "rules:\n  - {name: 医疗, when: {industry: 医疗器械}, documents: [合规]}\n", 1)
    file.write_text(text + DOCUMENTS, encoding="utf-8")
    (file.parent / "there.pdf").write_bytes(b"%PDF")

    checked = paidan("policy", "check", str(file), "--at", "2026-12-31", database_url=morning)
    lapsed = paidan("policy", "check", str(file), "--at", "2027-01-01", database_url=morning)
    refused = paidan("policy", "publish", str(file), database_url=morning)
    published = paidan("policy", "publish", str(file), "--reason", "the other follows", database_url=morning)

    assert "missing.pdf" in checked.stderr + checked.stdout
    assert "there.pdf" not in checked.stderr + checked.stdout
    assert "no version of «合规» is in force on 2027-01-01" in lapsed.stderr + lapsed.stdout
    assert (refused.exit_code, "missing.pdf" in refused.stderr) == (1, True)
    assert published.exit_code == 0, published.stderr
    assert _kept(morning) == [("合规", "1", "there.pdf", b"%PDF")]


def _kept(database_url: str) -> list[tuple[str, str, str, bytes]]:
    """Give what the database keeps of documents."""
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection:
        return connection.execute("SELECT name, version, file_name, content FROM document_file").fetchall()


def test_b20_a_calendar_file_is_checked_and_kept_with_the_policy(paidan: Run, morning: str, file: Path) -> None:
    """B-20: days of a file that is missing or wrong are refused with their line; published, they need no file any more."""
    file.write_text(POLICY + "calendar: {base: CN, file: holidays.yaml}\n", encoding="utf-8")
    line = len(POLICY.splitlines()) + 1
    missing = paidan("policy", "check", str(file), database_url=morning)
    assert (missing.exit_code, f"line {line}: calendar.file: there is no file" in missing.stderr) == (1, True)
    days = file.parent / "holidays.yaml"
    days.write_text("2027-10-01: holiday\n2027-10-02: hollyday\n", encoding="utf-8")
    for verb in ("check", "publish"):
        wrong = paidan("policy", verb, str(file), "--locale", "en", database_url=morning)
        assert (wrong.exit_code, f"{days}:2: error: 2027-10-02: «hollyday» is no kind of day" in wrong.stderr) == (
            1,
            True,
        )
    days.write_text("2027-10-01: holiday\n", encoding="utf-8")
    checked = paidan("policy", "check", str(file), database_url=morning)
    published = paidan("policy", "publish", str(file), database_url=morning)
    assert (checked.exit_code, published.exit_code, "warning" in checked.stdout.replace("0 warnings", "")) == (
        0,
        0,
        False,
    )
    assert '"2027-10-01": "holiday"' in paidan("policy", "show", database_url=morning).stdout
