"""The demo's company on paper: team, policy and sources files with this run's secrets and shifts, in a folder of its own."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from string import Template
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bot.settings import Settings

FILES = Path(__file__).parent / "files"
#: The zone that comes on duty while the morning is under way, and those that are on duty from the start.
LATE_ZONE = "Asia/Urumqi"
_ZONES = {"here": "Asia/Shanghai", "berlin": "Europe/Berlin", "urumqi": LATE_ZONE}
_ON_DUTY_SINCE = timedelta(hours=1)
_ON_DUTY_FOR = timedelta(hours=10)
_DAY_MINUTES = 1440
#: The morning's limits at speed 1: a rep has six seconds, hears after two and after four.
_WITHIN_S, _REMIND_S = 6.0, (2.0, 4.0)
_AFTERNOON = "{within: 5m, remind: [2m, 4m]}"


def _new_token() -> str:
    return secrets.token_urlsafe(24)


def _new_aes_key() -> str:
    """Make an EncodingAESKey as WeCom's console does: 32 bytes in base64 without its last `=`, letters and digits only."""
    while True:
        key = base64.b64encode(secrets.token_bytes(32)).decode()[:-1]
        if key.isalnum():
            return key


@dataclass(frozen=True, slots=True)
class Secrets:
    """What this run's parties prove themselves with; made anew each time."""

    corp_id: str = "ww5a1dbc00demo0001"
    agent_id: int = 1000002
    app_secret: str = field(default_factory=_new_token, repr=False)
    callback_token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    aes_key: str = field(default_factory=_new_aes_key, repr=False)
    website_key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    ads_token: str = field(default_factory=_new_token, repr=False)
    legacy_key: str = field(default_factory=_new_token, repr=False)
    landing_token: str = field(default_factory=_new_token, repr=False)
    api_token: str = field(default_factory=_new_token, repr=False)


@dataclass(frozen=True, slots=True)
class Company:
    """The folder with everything of one run.

    Attributes:
        folder: database, its key, the three files, the log.
        opens_at: when the late zone comes on duty; a whole minute, since shifts are written in minutes.
    """

    folder: Path
    secrets: Secrets
    started_at: datetime
    opens_at: datetime
    speed: float

    @property
    def log_file(self) -> Path:
        """Give where the service's log goes."""
        return self.folder / "paidan.log"

    @property
    def team_text(self) -> str:
        """Give the team file, its shifts relative to the start."""
        since = self.started_at - _ON_DUTY_SINCE
        begins = {"here": since, "berlin": since, "urumqi": self.opens_at}
        shifts = {name: local_spans(begins[name], _ON_DUTY_FOR, ZoneInfo(zone)) for name, zone in _ZONES.items()}
        return Template(_read("team.yaml")).substitute(shifts)

    @property
    def morning_policy(self) -> str:
        """Give the policy under which a morning takes a minute."""
        within = max(2, round(_WITHIN_S / self.speed))
        remind = sorted({max(1, min(within - 1, round(after / self.speed))) for after in _REMIND_S})
        quick = f"{{within: {within}s, remind: [{', '.join(f'{after}s' for after in remind)}]}}"
        return Template(_read("policy.yaml")).substitute(quick=quick)

    @property
    def afternoon_policy(self) -> str:
        """Give the same policy with limits that leave time to look."""
        return Template(_read("policy.yaml")).substitute(quick=_AFTERNOON)

    def settings(self, *, port: int, wecom_api_base: str) -> Settings:
        """Write the files and give settings that depend on nothing outside the folder."""
        sources = self.folder / "sources.yaml"
        _write(sources, self._sources_text())
        _write(self.folder / "team.yaml", self.team_text)
        _write(self.folder / "policy.yaml", self.morning_policy)
        keys = self.secrets
        return Settings(
            _env_file=None,
            database_url=f"sqlite:///{self.folder / 'paidan.db'}",
            host="127.0.0.1",
            port=port,
            public_url=None,
            api_token=SecretStr(keys.api_token),
            metrics_token=None,
            alert_url=None,
            data_key=None,
            sources_file=sources,
            wecom_mode="app",
            wecom_api_base=wecom_api_base,
            wecom_corp_id=keys.corp_id,
            wecom_agent_id=keys.agent_id,
            wecom_secret=SecretStr(keys.app_secret),
            wecom_token=SecretStr(keys.callback_token),
            wecom_aes_key=SecretStr(keys.aes_key),
            wecom_ws_url=None,
            wecom_bot_id=None,
            wecom_bot_secret=None,
            log_level="info",
        )

    def _sources_text(self) -> str:
        keys = self.secrets
        website = f"whsec_{base64.b64encode(keys.website_key).decode()}"
        return Template(_read("sources.yaml")).substitute(
            website=website, ads=keys.ads_token, legacy=keys.legacy_key, landing=keys.landing_token
        )


def next_minute_after(moment: datetime) -> datetime:
    """Give the first whole minute at or after a moment."""
    whole = moment.replace(second=0, microsecond=0)
    return whole if whole == moment else whole + timedelta(minutes=1)


def local_spans(begin: datetime, length: timedelta, zone: ZoneInfo) -> str:
    """Write a stretch of less than a day as a team file's list of local spans, cut at midnight where it must be."""
    first = begin.astimezone(zone)
    start = first.hour * 60 + first.minute
    end = start + int(length.total_seconds()) // 60
    spans = [(start, end)] if end <= _DAY_MINUTES else [(0, end - _DAY_MINUTES), (start, _DAY_MINUTES)]
    return "[" + ", ".join(f'"{_clock(a)}-{_clock(b)}"' for a, b in spans if a < b) + "]"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _read(name: str) -> str:
    return (FILES / name).read_text("utf-8")


def _write(path: Path, text: str) -> None:
    """Keep a file to its owner: it may hold secrets."""
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")
