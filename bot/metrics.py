"""Counters for Prometheus; each process has its own registry, so that tests and the demo don't share them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """Everything that is counted."""

    def __init__(self) -> None:
        """Make the counters in a registry of their own."""
        self.registry = CollectorRegistry()
        registry = self.registry
        self.webhooks = Counter("paidan_webhooks", "Webhook answers", ["source", "status"], registry=registry)
        self.webhook_seconds = Histogram(
            "paidan_webhook_seconds", "Time to answer a webhook", buckets=_FAST, registry=registry
        )
        self.callbacks = Counter("paidan_callbacks", "WeCom callbacks", ["result"], registry=registry)
        self.callback_seconds = Histogram(
            "paidan_callback_seconds", "Time to answer a callback", buckets=_FAST, registry=registry
        )
        self.unknown_fields = Counter(
            "paidan_unknown_fields", "New leads without a field that a rule asks for", ["field"], registry=registry
        )
        self.timers_run = Counter("paidan_timers_run", "Timers handled", registry=registry)
        self.timer_failures = Counter("paidan_timer_failures", "Timers that failed", ["kind"], registry=registry)
        self.tick_failures = Counter("paidan_tick_failures", "Ticks that failed", ["work"], registry=registry)
        self.audit_repairs = Counter("paidan_audit_repairs", "What the auditor repaired", ["kind"], registry=registry)
        self.audited_at = Gauge("paidan_audited_at", "When the auditor last ran, Unix seconds", registry=registry)

    def page(self) -> bytes:
        """Give the text that Prometheus reads."""
        return generate_latest(self.registry)
