"""Logs: a line or a JSON object each, with the request and the dataset that they are about."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

REQUEST_ID: ContextVar[str] = ContextVar("bookbridge_request_id", default="")
DATASET_ID: ContextVar[str] = ContextVar("bookbridge_dataset_id", default="")
# The first two tell of every job and request, and the pages and the API tell of what matters; the
# others would tell what is sent, with its tokens.
QUIET = ("procrastinate", "httpx", "httpcore", "oauthlib", "oauth2_provider", "django.db.backends")
LINE = "%(asctime)s %(levelname)s %(name)s %(message)s%(about)s"


@contextmanager
def about(variable: ContextVar[str], value: object) -> Iterator[None]:
    """Everything that is logged inside is about this request or dataset."""
    token = variable.set(str(value))
    try:
        yield
    finally:
        variable.reset(token)


class ContextFilter(logging.Filter):
    """Adds the ids; it lets everything pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        named = {"request": REQUEST_ID.get(), "dataset": DATASET_ID.get()}
        words = [f"{name}={value}" for name, value in named.items() if value]
        record.__dict__.update(
            request_id=named["request"],
            dataset_id=named["dataset"],
            about=f" [{' '.join(words)}]" if words else "",
        )
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for collectors of logs; times are UTC."""

    def format(self, record: logging.LogRecord) -> str:
        values: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if record.__dict__.get("request_id"):
            values["requestId"] = record.__dict__["request_id"]
        if record.__dict__.get("dataset_id"):
            values["datasetId"] = record.__dict__["dataset_id"]
        if record.exc_info:
            values["exception"] = self.formatException(record.exc_info)
        return json.dumps(values, ensure_ascii=False)


def logging_settings(level: str, *, is_json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything to the terminal."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": ContextFilter}},
        "formatters": {"line": {"format": LINE}, "json": {"()": JsonFormatter}},
        "handlers": {
            "terminal": {
                "class": "bookbridge.kit.redaction.DiscreetHandler",
                "formatter": "json" if is_json else "line",
                "filters": ["context"],
            }
        },
        "root": {"handlers": ["terminal"], "level": level},
        "loggers": {name: {"level": "WARNING"} for name in QUIET},
    }
