"""`paidan doctor`: every line names one thing, and what to do about it."""

from pathlib import Path

import pytest

from bot.cli.doctor_wecom import check_wecom
from bot.cli.findings import Mark
from bot.clock import SystemClock
from bot.settings import Settings
from sandbox.server import run_sandbox
from tests.bot.cli.conftest import Run
from tests.bot.web.web_world import SOURCES, serving
from tests.contract.wecom_world import AES_KEY, CONFIG


def test_an_empty_folder_lacks_everything(paidan: Run) -> None:
    """Status 1, and a line for each setting that is missing."""
    told = paidan("doctor")

    assert told.exit_code == 1
    for name in ("CORP_ID", "AGENT_ID", "SECRET", "TOKEN", "AES_KEY"):
        assert f"✘ PAIDAN_WECOM_{name} is not set" in told.stdout
    assert "paidan db upgrade" in told.stdout
    assert "✘ PAIDAN_SOURCES_FILE is not set" in told.stdout
    assert told.stdout.splitlines()[-1] == "7 missing to go live"
    assert not list(Path.cwd().iterdir()), "looking must not make anything"


def test_a_database_is_looked_through(paidan: Run, morning: str, tmp_path: Path) -> None:
    """Engine, schema, key, team, policy and sources each have their line; a weak scheme is named."""
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    told = paidan(
        "doctor", database_url=morning, sources_file=str(tmp_path / "sources.yaml"), api_token="x" * 20
    ).stdout

    assert "✔ database: SQLite" in told
    assert "✔ schema" in told
    assert "✔ the database is free for `paidan serve`" in told
    assert "✔ PAIDAN_DATA_KEY opens the data" in told
    assert "✔ roster version 1: 3 reps in 2 teams" in told
    assert "✔ policy version 1: 2 rules" in told
    assert "⚠ source landing: bearer" in told
    assert "✔ PAIDAN_API_TOKEN is set" in told


def test_a_wrong_key_is_named(paidan: Run, morning: str) -> None:
    """The sentence says which key; the key itself is nowhere."""
    other = "k1:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="
    told = paidan("doctor", database_url=morning, data_key=other)

    assert "✘ data key: PAIDAN_DATA_KEY: the key named k1 is not the one" in told.stdout
    assert other[3:] not in told.stdout


def test_an_empty_database_lacks_team_and_policy(paidan: Run, sqlite_url: str) -> None:
    """What to run next is in the line."""
    told = paidan("doctor", database_url=sqlite_url).stdout

    assert "✘ no team: paidan team import FILE" in told
    assert "✘ no policy in force: paidan policy publish FILE" in told


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("port", "many", "✘ PAIDAN_PORT:"),
        ("wecom_mode", "aibot", "✘ PAIDAN_WECOM_MODE=aibot is not built yet"),
        ("sources_file", "nowhere.yaml", "✘ sources file nowhere.yaml: No such file"),
        ("database_url", "mysql://x", "✘ database: PAIDAN_DATABASE_URL: mysql"),
        ("database_url", "postgresql://nobody:secret@127.0.0.1:9/x", "✘ database can't be reached"),
    ],
)
def test_a_wrong_setting_is_named(paidan: Run, name: str, value: str, line: str) -> None:
    """No traceback: the line, and status 1."""
    told = paidan("doctor", **{name: value})

    assert told.exit_code == 1
    assert line in told.stdout
    assert "secret" not in told.stdout


def test_a_slip_in_the_name_of_a_setting_is_pointed_out(paidan: Run, tmp_path: Path) -> None:
    """It would be ignored without a word; what the sources file asks for by name is no slip."""
    sources = tmp_path / "sources.yaml"
    sources.write_text(
        "sources: {site: {kind: generic, auth: {scheme: bearer, token: '${PAIDAN_WECOM_SECRETS}'}}}", encoding="utf-8"
    )
    slips = {"wecom_api_url": "http://127.0.0.1:9", "wecom_secrets": "0123456789abcdef", "shoe_size": "44"}

    told = paidan("doctor", **slips).stdout
    assert "⚠ PAIDAN_WECOM_API_URL is no setting; did you mean PAIDAN_WECOM_WS_URL or PAIDAN_WECOM_API_BASE?" in told
    assert told.count("is no setting") == 2
    assert paidan("doctor", sources_file=str(sources)).stdout.count("is no setting") == 1


def _settings(**changes: object) -> Settings:
    given: dict[str, object] = {
        "wecom_corp_id": CONFIG.corp_id, "wecom_agent_id": CONFIG.agent_id, "wecom_secret": CONFIG.secret,
        "wecom_token": "token", "wecom_aes_key": AES_KEY,
    }  # fmt: skip
    return Settings.model_validate(given | changes)


async def _lines(settings: Settings, *people: str) -> list[str]:
    return [str(finding) for finding in await check_wecom(settings, list(people), SystemClock())]


async def test_wecom_is_asked_for_token_and_range() -> None:
    """A member who is unknown or outside the visible range gets no card, so each is named."""
    async with run_sandbox(CONFIG) as sandbox:
        settings = _settings(wecom_api_base=sandbox.base_url)
        fine = await _lines(settings, "lisi")
        lines = await _lines(settings, "lisi", "hidden", "stranger")

    assert fine[0] == "✔ WeCom settings are complete"
    assert "✔ WeCom gives an access token" in fine
    assert "✔ all 1 people of the roster are in the app's visible range" in fine
    assert any(line.startswith("⚠ PAIDAN_WECOM_API_BASE") for line in fine)
    assert any(line.startswith("⚠ PAIDAN_PUBLIC_URL is not set") for line in fine)
    assert any(line.startswith("✘ no members of WeCom: stranger") for line in lines)
    assert any(line.startswith("✘ outside the app's visible range: hidden") for line in lines)


async def test_a_wrong_secret_is_told_by_what_to_mend() -> None:
    """The number alone helps nobody."""
    async with run_sandbox(CONFIG) as sandbox:
        lines = await _lines(_settings(wecom_api_base=sandbox.base_url, wecom_secret="wrong"))

    assert any(line.startswith("✘ WeCom gives no access token: errcode 4") and "SECRET" in line for line in lines)


async def test_the_callback_is_called_as_wecom_would(sqlite_url: str, tmp_path: Path) -> None:
    """It has to answer the sealed text; another key there, or nobody there, is told apart."""
    async with run_sandbox(CONFIG) as sandbox:
        wecom = _settings(wecom_api_base=sandbox.base_url).model_dump(exclude_unset=True)
        async with serving(sqlite_url, tmp_path, at=SystemClock().now(), **wecom) as world:
            good = await _lines(_settings(**wecom, public_url=world.address))
            other = await _lines(_settings(**{**wecom, "wecom_token": "other"}, public_url=world.address + "/"))
        nobody = await _lines(_settings(**wecom, public_url="http://127.0.0.1:9"))

    assert good[-1] == f"✔ {world.address}/wecom/callback answers as WeCom wants"
    assert other[-1].startswith(f"✘ {world.address}/wecom/callback answers HTTP 403")
    assert "can't be reached" in nobody[-1]


async def test_a_key_that_wecom_would_not_take_is_named() -> None:
    """43 letters and digits."""
    lines = await _lines(_settings(wecom_aes_key="short", wecom_api_base="http://127.0.0.1:9"))

    assert lines[-1].startswith("✘ PAIDAN_WECOM_TOKEN, PAIDAN_WECOM_AES_KEY:")
    assert str(Mark.MISSING) == "✘"
