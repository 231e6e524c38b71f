"""The books' own figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.core import Metric

from bookbridge.books.organisations.models import Organisation
from bookbridge.books.status.queries import open_window
from bookbridge.kit.metrics import gauge


def measure() -> Iterator[Metric]:
    yield gauge("organisations", "Organisations.", (), [(Organisation.objects.count(),)])
    is_open = open_window(timezone.now()) is not None
    yield gauge("maintenance", "1 while a maintenance window is open.", (), [(int(is_open),)])
