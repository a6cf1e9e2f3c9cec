"""The policy file: read, checked, compiled."""

from __future__ import annotations

from routing.policy_file.calendar_days import load_calendar_days, with_calendar_days
from routing.policy_file.loading import (
    LoadedPolicy,
    StoredPolicy,
    Surroundings,
    load_document,
    load_policy,
    load_stored,
)
from routing.policy_file.schema import policy_schema

__all__ = [
    "LoadedPolicy",
    "StoredPolicy",
    "Surroundings",
    "load_calendar_days",
    "load_document",
    "load_policy",
    "load_stored",
    "policy_schema",
    "with_calendar_days",
]
