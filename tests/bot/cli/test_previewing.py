"""B-24: `paidan policy preview` says what a policy would have changed, in the terminal and on one page that needs nothing else."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page

from bot.cli.what_if_figures import figures_of, length, share
from bot.cli.what_if_page import page as page_of
from routing.what_if.effects import Tally
from tests.bot.cli.conftest import Run
from tests.bot.web.web_world import POLICY

#: The morning of these tests lies years back by now.
LONG = ("--days", "3660")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a policy file with the text that is in force."""
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY, encoding="utf-8")
    return path


@pytest.mark.parametrize("processes", ["0", "1"])
def test_the_policy_in_force_changes_nothing(paidan: Run, morning: str, file: Path, processes: str) -> None:
    """Read by this process or by another one."""
    shown = paidan("policy", "preview", str(file), *LONG, "--processes", processes, database_url=morning)

    assert shown.exit_code == 0, shown.stderr
    assert "没有一处不同" in shown.stdout
    assert re.search(r"12 次决定", shown.stdout)


def test_a_page_is_written_that_loads_nothing(paidan: Run, morning: str, file: Path, tmp_path: Path) -> None:
    """One file: no script, no address, no picture from elsewhere; the terminal says where it is."""
    file.write_text(POLICY.replace("acknowledge:", "capacity: {open: 1}\nacknowledge:", 1), encoding="utf-8")
    html = tmp_path / "preview.html"

    shown = paidan("policy", "preview", str(file), *LONG, "--html", str(html), "--locale", "en", database_url=morning)

    assert shown.exit_code == 0, shown.stderr
    assert "preview.html" in shown.stdout.replace("\n", "")
    text = html.read_text("utf-8")
    assert "<svg" in text
    assert not re.search(r"<script|<link|src=|href=|url\(|http", text)
    assert "+86" not in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--days", "1"), "最近 1 天没有派过单"),
        (("--days", "1", "--locale", "en"), "Nothing was decided in the last 1 days"),
    ],
)
def test_a_period_without_decisions_is_said(
    paidan: Run, morning: str, file: Path, arguments: tuple[str, ...], says: str
) -> None:
    """Not an empty table."""
    shown = paidan("policy", "preview", str(file), *arguments, database_url=morning)

    assert (shown.exit_code, says in shown.stdout) == (0, True), shown.stdout


def test_a_policy_with_errors_is_refused_with_its_line(paidan: Run, morning: str, file: Path) -> None:
    """As by `check`; nothing is simulated."""
    file.write_text(POLICY + "\nnonsense: 1\n", encoding="utf-8")

    told = paidan("policy", "preview", str(file), *LONG, database_url=morning)

    assert told.exit_code == 1
    assert f"policy.yaml:{len(POLICY.splitlines()) + 2}:" in told.stderr


async def test_the_page_fits_a_phone_in_the_dark(page: Page, tmp_path: Path) -> None:
    """Nothing is cut off at 360 pixels, and the letters are light on a dark ground."""
    tally = Tally()
    for lead_id in range(60):
        number = tally.number(lead_id)
        tally.before(number, 0, f"rep{lead_id % 7}", 60.0 * lead_id)
        tally.after(number, 0, f"rep{lead_id % 5}", 90.0 * lead_id)
    effects = tally.effects({"rep1": 3}, {"rep1": 4})
    figures = figures_of(effects, {"rep1": "east"}, {"rep1": "张三", "east": "华东"}, locale="zh")
    html = tmp_path / "page.html"
    html.write_text(page_of(effects, figures, title="规则预览", sentences=("一句话。",), locale="zh"), encoding="utf-8")

    await page.set_viewport_size({"width": 360, "height": 740})
    await page.emulate_media(color_scheme="dark")
    await page.goto(html.as_uri())

    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 24, 26)"
    assert await page.locator("svg rect").count() > 10
    assert await page.locator("polyline").count() == 2
    assert "张三" in await page.inner_text("body")


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [(None, "–", "–"), (0, "0 秒", "0 s"), (119, "119 秒", "119 s"), (150, "2.5 分钟", "2.5 min"), (7200, "2 小时", "2 h"),
     (86400, "1 天", "1 d")],
)  # fmt: skip
def test_times_are_said_in_the_unit_that_suits(seconds: float | None, zh: str, en: str) -> None:
    """As people would say them."""
    assert (length(seconds, "zh"), length(seconds, "en")) == (zh, en)


def test_a_share_of_nothing_is_no_number() -> None:
    """No division by zero where nobody accepted anything."""
    assert (share(0, 0), share(1, 3)) == ("–", "33.3%")
