"""What handlers find on the application, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.lead_sources.rate_limit import RateLimits
from bot.lead_sources.source import Source
from bot.messaging import Entered, Tap, Text
from bot.metrics import Metrics
from bot.services.receive import Incoming, KeyReused
from bot.services.runner import Runner
from bot.settings import Settings
from bot.wecom.crypto import CallbackCrypto
from store.batch_queue import BatchQueue


@dataclass
class Services:
    """Everything that handlers use; built in `bot.bootstrap`, `sources` is replaced when the file is read again."""

    settings: Settings
    clock: Clock
    runner: Runner
    metrics: Metrics
    sources: Mapping[str, Source]
    intake: BatchQueue[Incoming, dict[str, Any] | KeyReused]
    inbox: BatchQueue[Tap | Text | Entered, None]
    crypto: CallbackCrypto | None
    problems: list[str] = field(default_factory=list)
    limits: RateLimits = field(default_factory=RateLimits)


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)
