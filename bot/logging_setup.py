"""Logs: one JSON line an event, a constant name and ids; never personal data, tokens or addresses with tokens."""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send structured events, and what libraries log from warnings on, to standard error or another stream."""
    stream = stream or sys.stderr
    least = _LEVELS[level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_frames_without_values),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=stream, level=max(least, logging.WARNING), format="%(levelname)s %(name)s %(message)s")


_frames_without_values = structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
