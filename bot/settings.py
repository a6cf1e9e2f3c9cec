"""Settings from the environment or `.env`; the only reader of the environment. docs/settings.md explains each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

#: Two names of which so much is alike are taken for a slip of the keys.
_LIKE = 0.8


class Settings(BaseSettings):
    """What an operator sets. Every field is `PAIDAN_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="PAIDAN_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = Field(
        "sqlite:///data/paidan.db", description="where everything is kept: sqlite:///… or postgresql://…"
    )
    host: str = Field("127.0.0.1", description="address that the service listens on")
    port: int = Field(8080, ge=0, le=65535, description="port that the service listens on; 0 takes any free one")
    public_url: str | None = Field(None, description="address under which reps reach the service, for links in cards")
    api_token: SecretStr | None = Field(None, description="bearer token of the API; without it the API is closed")
    metrics_token: SecretStr | None = Field(None, description="bearer token of /metrics; without it /metrics is open")
    alert_url: SecretStr | None = Field(
        None, description="webhook that hears of alarms, since WeCom may be what failed"
    )
    data_key: SecretStr | None = Field(
        None, description="keys of the field encryption, kid:base64,…; the first one encrypts"
    )
    sources_file: Path | None = Field(None, description="who may post leads, how they prove it, and how many a minute")
    wecom_mode: Literal["app", "aibot"] = Field(
        "app", description="way into WeCom: application messages, or the robot's connection"
    )
    wecom_api_base: str = Field("https://qyapi.weixin.qq.com", description="address of WeCom's API, or of a sandbox")
    wecom_corp_id: str | None = Field(None, description="corp id (企业ID)")
    wecom_agent_id: int | None = Field(None, description="AgentId of the application")
    wecom_secret: SecretStr | None = Field(None, description="Secret of the application")
    wecom_token: SecretStr | None = Field(None, description="Token of the application's callback")
    wecom_aes_key: SecretStr | None = Field(None, description="EncodingAESKey of the application's callback")
    wecom_ws_url: str | None = Field(None, description="address of the robot's long connection (mode aibot)")
    wecom_bot_id: str | None = Field(None, description="id of the robot (mode aibot)")
    wecom_bot_secret: SecretStr | None = Field(None, description="secret of the robot (mode aibot)")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level of what is logged")

    @property
    def has_wecom_app(self) -> bool:
        """Say whether everything that the application mode needs is set."""
        wanted = (self.wecom_corp_id, self.wecom_agent_id, self.wecom_secret, self.wecom_token, self.wecom_aes_key)
        return all(value is not None for value in wanted)


def environment() -> Mapping[str, str]:
    """Give the environment over what `.env` says, for `${NAME}` in the sources file."""
    return {**{name: value for name, value in dotenv_values(".env").items() if value is not None}, **os.environ}


def misspelt(settings: Settings) -> dict[str, list[str]]:
    """Give variables that are no setting and look like one that is not set: name -> at most two that may be meant.

    A variable that the sources file asks for by `${NAME}` is not among them.
    """
    text = ""
    if settings.sources_file is not None:
        with suppress(OSError):
            text = settings.sources_file.read_text("utf-8", errors="replace")
    names = {f"PAIDAN_{name.upper()}" for name in Settings.model_fields}
    given = {name.upper() for name in environment() if name.upper().startswith("PAIDAN_")}
    unset = sorted(names - given)
    unknown = sorted(name for name in given - names if f"${{{name}}}" not in text)
    likely = ((name, get_close_matches(name, unset, n=2, cutoff=_LIKE)) for name in unknown)
    return {name: meant for name, meant in likely if meant}


def language() -> Literal["zh", "en"]:
    """Give the language of whoever reads the shell, as the locale of the environment says: Chinese, or else English."""
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next((name for name in names if name), "").lower().startswith("zh") else "en"
