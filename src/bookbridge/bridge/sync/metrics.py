"""The bridge's own figures for Prometheus, over all clients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import Metric

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.sync.models import Dataset, RateBudget
from bookbridge.kit.metrics import gauge


def measure() -> Iterator[Metric]:
    connections: Counter[tuple[str, str]] = Counter()
    datasets: Counter[tuple[str, str]] = Counter()
    ages: dict[str, float] = {}
    held = 0
    now = timezone.now()
    words = [status.value for status in IN_PROGRESS]
    for client_id in all_client_ids():
        with client_scope(client_id):
            for key, status, count in (
                Connection.objects.filter(client_id=client_id)
                .values_list("integration_key", "status")
                .annotate(Count("id"))
            ):
                connections[key, status] += count
            waiting = Dataset.objects.filter(client_id=client_id, status__in=words)
            for data_type, status, count in waiting.values_list("data_type", "status").annotate(
                Count("id")
            ):
                datasets[data_type, status] += count
            linked = Connection.objects.filter(
                client_id=client_id, status=Connection.Status.LINKED, last_sync_at__isnull=False
            )
            for key, at in linked.values_list("integration_key").annotate(Min("last_sync_at")):
                ages[key] = max((now - at).total_seconds(), ages.get(key, 0.0))
            held += RateBudget.objects.filter(client_id=client_id, not_before__gt=now).count()
    yield gauge(
        "connections",
        "Connections, by integration and status.",
        ("integration", "status"),
        ((*key, count) for key, count in connections.items()),
    )
    yield gauge(
        "datasets_in_progress",
        "Datasets that are not done, by data type and status.",
        ("data_type", "status"),
        ((*key, count) for key, count in datasets.items()),
    )
    yield gauge(
        "oldest_sync_age_seconds",
        "How long ago the linked connection that waits longest was last read, by integration.",
        ("integration",),
        ages.items(),
    )
    yield gauge("budgets_held", "Sources and connections that are being held back.", (), [(held,)])
