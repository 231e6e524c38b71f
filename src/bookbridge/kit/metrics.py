"""`/metrics` for Prometheus: what the database says of jobs and workers, and each half's own.

Figures come from the database at the time of asking, so that any number of processes and machines
give the same answer. It answers only who knows the token of BOOKBRIDGE_METRICS_TOKEN.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

HEARTBEAT_SECONDS_MAX = 30.0
Measure = Callable[[], Iterable[Metric]]


def gauge(
    name: str, text: str, labels: tuple[str, ...], rows: Iterable[tuple[object, ...]]
) -> Metric:
    """A gauge of `bookbridge_…`: each row is its labels' values, then the figure."""
    family = GaugeMetricFamily(f"bookbridge_{name}", text, labels=labels)
    for *values, figure in rows:
        family.add_metric([str(value) for value in values], float(str(figure)))
    return family


def rows_of(statement: str, *params: float) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[object, ...]] = cursor.fetchall()
        return found


class _Database(Collector):
    def collect(self) -> Iterator[Metric]:
        yield gauge(
            "jobs",
            "Jobs that wait or are being done, by queue.",
            ("queue", "status"),
            rows_of(
                "SELECT queue_name, status, count(*) FROM procrastinate_jobs"
                " WHERE status IN ('todo', 'doing') GROUP BY queue_name, status"
            ),
        )
        yield gauge(
            "oldest_job_seconds",
            "How long the oldest job that is due has waited, by queue.",
            ("queue",),
            rows_of(
                "SELECT queue_name, max(EXTRACT(epoch FROM now() - COALESCE(scheduled_at, ("
                " SELECT min(at) FROM procrastinate_events WHERE job_id = job.id))))"
                " FROM procrastinate_jobs AS job"
                " WHERE status = 'todo' AND COALESCE(scheduled_at, now()) <= now()"
                " GROUP BY queue_name"
            ),
        )
        yield gauge(
            "workers",
            "Workers that show signs of life.",
            (),
            rows_of(
                "SELECT count(*) FROM procrastinate_workers"
                " WHERE last_heartbeat > now() - make_interval(secs => %s)",
                HEARTBEAT_SECONDS_MAX,
            ),
        )
        measure: Measure = import_string(settings.OWN_METRICS)
        yield from measure()


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as text; 404 without the token, as if it were not there."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if not token or not secrets.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise Http404
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Database())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
