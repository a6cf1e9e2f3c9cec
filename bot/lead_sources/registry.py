"""The kinds of sources: all that are known by name, and how the built ones read a payload."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.lead_sources.bodies import Payload
from bot.lead_sources.generic import read_generic
from bot.lead_sources.problems import FieldProblem
from bot.lead_sources.source import Source
from routing.lead import Lead

Reader = Callable[[Source, Payload], tuple[Lead, tuple[FieldProblem, ...]]]

#: Every kind that a sources file may name.
KINDS = frozenset({
    "generic", "feiyu", "ocean_engine", "ocean_local", "douyin", "tencent_ads", "baidu", "xiaohongshu", "kuaishou",
    "jinshuju",
    "jiandaoyun", "wjx", "tencent_wj", "wecom_contact", "hubspot", "salesforce_web", "meta", "google_ads", "linkedin",
    "typeform",
})  # fmt: skip
#: The kinds that are built.
READERS: Mapping[str, Reader] = MappingProxyType({"generic": read_generic})
