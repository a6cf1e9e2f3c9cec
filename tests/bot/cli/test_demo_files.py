"""What the demo is made of: the company's files, the morning's deliveries, and the figures at the end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.cli.demo import people
from bot.cli.demo.board import Picture
from bot.cli.demo.cast import HABITS, MANAGERS, MEMBERS
from bot.cli.demo.company import Company, Secrets, local_spans, next_minute_after
from bot.cli.demo.figures import Spread, missing, unsettled
from bot.cli.demo.morning import Delivery, morning, stretch_of
from bot.cli.demo.posting import Posted
from bot.lead_sources.source_file import load_sources
from bot.public_holidays import day_kinds
from bot.services import texts_notices, texts_on_cards
from routing.lead import Lead
from routing.policy_file import load_policy
from routing.team_file import load_team
from routing.working_time import Schedule, on_duty
from store.rows import LeadRow

START = datetime(2026, 11, 20, 2, 14, 31, tzinfo=UTC)


def company_at(start: datetime, folder: Path, *, speed: float = 1.0) -> Company:
    """Give the demo's company as it would start at a moment."""
    return Company(folder, Secrets(), start, next_minute_after(start + timedelta(seconds=16)), speed)


@pytest.mark.parametrize("speed", [0.2, 1.0, 2.0, 3.0])
def test_the_files_load_without_a_warning(tmp_path: Path, speed: float) -> None:
    """A demo that shows files with warnings teaches to ignore them."""
    company = company_at(START, tmp_path, speed=speed)
    team = load_team(company.team_text)
    assert team.warnings == ()
    for text in (company.morning_policy, company.afternoon_policy):
        loaded = load_policy(text, roster=team.roster)
        assert (loaded.warnings, loaded.policy.not_yet_in_force) == ((), ())


@pytest.mark.parametrize(
    "start",
    [
        START,
        datetime(2026, 11, 21, 15, 59, 50, tzinfo=UTC),  # midnight in Shanghai
        datetime(2026, 11, 20, 17, 59, 40, tzinfo=UTC),  # midnight in Urumqi
        datetime(2027, 2, 6, 0, 30, tzinfo=UTC),  # 春节
        datetime(2026, 10, 25, 0, 59, 55, tzinfo=UTC),  # clocks go back in Berlin
    ],
)
def test_it_is_morning_whenever_the_demo_starts(tmp_path: Path, start: datetime) -> None:
    """Any hour of any day: everybody is on duty, but one zone, which comes on duty within a minute and a half."""
    company = company_at(start, tmp_path)
    roster = load_team(company.team_text).roster
    days, _ = day_kinds("CN", {}, years=range(2025, 2029))
    duty = {
        rep.id: Schedule(roster.shifts[rep.shift or ""], rep.timezone, days)
        for rep in roster.reps
        if rep.takes_leads and rep.shift
    }
    late = {"ayguli", "dilnur"}

    assert len(duty) == 9
    assert len({rep.timezone for rep in roster.reps if rep.takes_leads}) == 3
    for moment in (start, start + timedelta(seconds=14)):
        assert {rep for rep in duty if not on_duty(duty[rep], moment)} == late
    assert company.opens_at - start <= timedelta(seconds=76)
    for moment in (company.opens_at, start + timedelta(minutes=30)):
        assert all(on_duty(schedule, moment) for schedule in duty.values())


@pytest.mark.parametrize(
    ("begin", "hours", "spans"),
    [
        ("09:30", 2, '["09:30-11:30"]'),
        ("20:00", 4, '["20:00-24:00"]'),
        ("20:15", 10, '["00:00-06:15", "20:15-24:00"]'),
        ("00:00", 10, '["00:00-10:00"]'),
    ],
)
def test_a_shift_that_passes_midnight_is_written_as_two_spans(begin: str, hours: int, spans: str) -> None:
    """A team file's spans end at 24:00 at the latest."""
    zone = ZoneInfo("Asia/Urumqi")
    at = datetime.fromisoformat(f"2026-11-20T{begin}").replace(tzinfo=zone)
    assert local_spans(at, timedelta(hours=hours), zone) == spans


def test_the_settings_come_from_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a real .env must not find the demo's leads in the real database, nor real people on its phones."""
    monkeypatch.setenv("PAIDAN_DATABASE_URL", "sqlite:////nowhere/real.db")
    monkeypatch.setenv("PAIDAN_DATA_KEY", "k1:AAAA")
    monkeypatch.setenv("PAIDAN_ALERT_URL", "https://alerts.example.com")
    monkeypatch.setenv("PAIDAN_WECOM_SECRET", "real")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("PAIDAN_PUBLIC_URL=https://paidan.example.com\n", "utf-8")

    settings = company_at(START, tmp_path).settings(port=0, wecom_api_base="http://127.0.0.1:1")

    assert settings.database_url == f"sqlite:///{tmp_path / 'paidan.db'}"
    assert (settings.data_key, settings.alert_url, settings.public_url) == (None, None, None)
    assert settings.wecom_secret is not None
    assert settings.wecom_secret.get_secret_value() != "real"
    assert settings.sources_file is not None
    assert settings.sources_file.stat().st_mode & 0o077 == 0
    assert set(load_sources(settings.sources_file.read_text("utf-8"), {}).sources) == {
        "website",
        "ads",
        "legacy",
        "landing",
    }


def test_everybody_of_the_team_has_a_phone_and_habits(tmp_path: Path) -> None:
    """A rep without a phone would be told nothing, one without habits would never answer."""
    roster = load_team(company_at(START, tmp_path).team_text).roster
    assert {member.userid for member in MEMBERS} == {rep.id for rep in roster.reps}
    assert set(HABITS) == {rep.id for rep in roster.reps if rep.takes_leads}
    assert {manager for team in roster.teams.values() for manager in team.managers} <= MANAGERS.keys() | HABITS.keys()


def test_the_morning_is_as_varied_as_promised() -> None:
    """Forty leads and more, of all sources, regions and languages, with a replay, an update, known customers, one mended."""
    deliveries = morning()
    new = [delivery for delivery in deliveries if delivery.kind == "new"]
    keys = {delivery.key for delivery in new}

    assert len(keys) >= 40
    assert {delivery.source for delivery in new} == {"website", "ads", "legacy"}
    assert {"新疆", "上海"} <= {delivery.body.get("province") for delivery in new}
    assert {"en", "ja"} <= {delivery.body.get("language") for delivery in new}
    assert sorted(delivery.kind for delivery in deliveries if delivery.kind != "new") == [
        "again",
        "again",
        "replay",
        "update",
    ]
    assert [(delivery.key, delivery.refused) for delivery in new if delivery.refused] == [("a05", ("phone",))]
    assert sum(delivery.key == "a05" and not delivery.refused for delivery in new) == 1
    assert all(delivery.of in keys for delivery in deliveries if delivery.of is not None)
    assert [delivery.at for delivery in deliveries] == sorted(delivery.at for delivery in deliveries)


@pytest.mark.parametrize(("most", "leads"), [(0, 0), (2, 2), (43, 43), (60, 60)])
def test_as_many_leads_come_in_as_asked_for(most: int, leads: int) -> None:
    """--leads N: fewer for a quick look, more for a longer one."""
    deliveries = morning(most)
    assert len({delivery.key for delivery in deliveries if delivery.kind == "new"}) == leads
    assert most > 2 or not any(delivery.waits_for_late_zone for delivery in deliveries)


@pytest.mark.parametrize("opens_in", [0.0, 16.0, 40.0, 76.0])
@pytest.mark.parametrize("speed", [1.0, 2.0])
def test_the_morning_lasts_about_a_minute_whenever_the_late_zone_opens(opens_in: float, speed: float) -> None:
    """Long enough to watch, and never over before the late zone has something to do."""
    deliveries = morning()
    length = deliveries[-1].at * stretch_of(deliveries, opens_in, speed)
    assert 52 / speed - 0.01 <= length <= 75 / speed + 0.01


def row(number: int, state: str) -> LeadRow:
    """Give a lead in a state."""
    return LeadRow(number, "ads", Lead("ads"), received_at=START, waiting_since=START, state=state)


def picture(*rows: LeadRow) -> Picture:
    """Give a picture of these leads and nothing else."""
    return Picture(START, rows, {}, {}, {}, {}, unsent=False)


def answered(lead_id: str | None, status: int = 202) -> Posted:
    """Give a delivery that was answered."""
    return Posted(Delivery(0.0, "a01", "ads"), START.timestamp(), status, lead_id)


def test_an_answered_webhook_without_its_lead_is_lost() -> None:
    """202 is a promise: the verdict looks for each of them in the database."""
    answers = [answered("L1"), answered("L2"), answered("L3")]
    assert missing(answers, picture(row(1, "owned"), row(2, "pooled"))) == ["L3 (a01)"]


@pytest.mark.parametrize(
    ("state", "rests"),
    [
        ("owned", True),
        ("won", True),
        ("merged", True),
        ("invalid", True),
        ("offered", False),
        ("pooled", False),
        ("review", False),
    ],
)
def test_a_lead_rests_with_an_owner_or_at_its_end(state: str, rests: bool) -> None:
    """The morning is over when nothing waits for anybody."""
    assert (unsettled([answered("L1")], picture(row(1, state))) == []) is rests


def test_a_delivery_is_judged_by_what_it_was_to_get() -> None:
    """The wrong phone must be refused by name; everything else must be taken."""
    wrong = replace(
        answered(None), delivery=Delivery(0.0, "a05", "ads", refused=("phone",)), status=422, fields=("phone",)
    )
    assert wrong.as_expected
    assert not replace(wrong, fields=("name",)).as_expected
    assert not replace(wrong, status=202).as_expected
    assert answered("L1").as_expected
    assert not answered(None, status=503).as_expected


def test_a_spread_names_middle_and_tail() -> None:
    """Median and 95th percentile; one measurement is both, none is none."""
    assert Spread.of([]) is None
    assert Spread.of([2.0]) == Spread(2.0, 2.0)
    spread = Spread.of([float(number) for number in range(1, 101)])
    assert spread is not None
    assert (spread.median, round(spread.p95, 1)) == (50.5, 95.0)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_people_know_the_words_that_they_wait_for(locale: str) -> None:
    """In both languages: whoever waits for words that nobody says waits for ever."""
    at = 0 if locale == "zh" else 1
    assert people.PAUSED[at] in texts_notices.PAUSED_SILENT.say(locale, times=2)
    assert people.BY_MANAGER[at] in texts_on_cards.WHY_BY_MANAGER.say(locale, name="Mia")
    assert people.YOURS[at] in texts_on_cards.WHY_RULE.say(locale, rule="您来试")
