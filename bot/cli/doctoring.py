"""`paidan doctor`: tells exactly what is missing to go live."""

from __future__ import annotations

import asyncio
import sys

import typer
from pydantic import ValidationError

from bot.cli.console import say
from bot.cli.doctor_store import check_store
from bot.cli.doctor_wecom import check_wecom
from bot.cli.findings import Finding, Mark, doubtful, good, missing
from bot.clock import SystemClock
from bot.lead_sources.source import Auth, Bearer, HmacSha256, StandardWebhooks, UrlToken
from bot.lead_sources.source_file import load_sources
from bot.settings import Settings, environment, misspelt
from routing.errors import FileRefused

_OLDEST_PYTHON = (3, 11)
_WEAK = {
    Bearer: "bearer: a fixed token proves neither the body nor the time",
    HmacSha256: "hmac_sha256: no time is signed, so that a caught packet can be sent again",
    UrlToken: "url_token: whoever sees the address can post",
}


def doctor() -> None:
    """Check everything the service needs, one line each; ends with status 1 where something is missing."""
    findings = [_python()]
    try:
        settings = Settings()
    except ValidationError as error:
        findings += [_wrong_setting(str(item["loc"][0]), str(item["msg"])) for item in error.errors()]
    else:
        people: list[str] = []
        slips = misspelt(settings).items()
        findings += [doubtful(f"{name} is no setting; did you mean {' or '.join(meant)}?") for name, meant in slips]
        findings += [*asyncio.run(check_store(settings, people)), *_sources(settings), *_open_doors(settings)]
        findings += asyncio.run(check_wecom(settings, people, SystemClock()))
    for finding in findings:
        say(str(finding))
    missed = sum(finding.mark is Mark.MISSING for finding in findings)
    say(f"{missed} missing to go live" if missed else "ready to go live")
    if missed:
        raise typer.Exit(1)


def _python() -> Finding:
    name = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] < _OLDEST_PYTHON:
        return missing(f"Python {name}: 3.11 or newer is needed")
    return good(f"Python {name}")


def _wrong_setting(name: str, message: str) -> Finding:
    return missing(f"PAIDAN_{name.removeprefix('PAIDAN_').upper()}: {message}")


def _sources(settings: Settings) -> list[Finding]:
    if settings.sources_file is None:
        return [missing("PAIDAN_SOURCES_FILE is not set: nobody may post leads; begin with examples/sources.yaml")]
    try:
        loaded = load_sources(settings.sources_file.read_text("utf-8"), environment())
    except OSError as error:
        return [missing(f"sources file {settings.sources_file}: {error.strerror}")]
    except UnicodeDecodeError:
        return [missing(f"sources file {settings.sources_file}: not UTF-8; save it as UTF-8")]
    except FileRefused as refused:
        return [missing(f"sources file: {problem}") for problem in refused.problems]
    found = [doubtful(f"sources file: {warning}") for warning in loaded.warnings]
    found += [doubtful(f"source {name}: kind {kind} is not built yet") for name, kind in loaded.not_built.items()]
    found += [_source(name, source.auth) for name, source in loaded.sources.items()]
    return found or [missing("the sources file names no source: nobody may post leads")]


def _source(name: str, auth: Auth) -> Finding:
    if isinstance(auth, StandardWebhooks):
        return good(f"source {name}: standard_webhooks")
    return doubtful(f"source {name}: {_WEAK[type(auth)]}; standard_webhooks is better where the sender can")


def _open_doors(settings: Settings) -> list[Finding]:
    found = []
    if settings.api_token is None:
        found.append(doubtful("PAIDAN_API_TOKEN is not set: the API is closed"))
    else:
        found.append(good("PAIDAN_API_TOKEN is set"))
    if settings.alert_url is None:
        found.append(doubtful("PAIDAN_ALERT_URL is not set: if WeCom fails, alarms stand in the log only"))
    else:
        found.append(good("PAIDAN_ALERT_URL is set"))
    return found
