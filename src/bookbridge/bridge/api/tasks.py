"""Jobs of the API: what was counted and kept goes when its time is over."""

from __future__ import annotations

import datetime as dt

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from bookbridge.bridge.api.idempotency import forget_expired
from bookbridge.bridge.api.limits import announce_reset
from bookbridge.bridge.api.models import RequestCount, VisitCount
from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.tenancy import client_scope

REQUEST_COUNTS_KEPT = dt.timedelta(days=35)
VISITS_KEPT = dt.timedelta(hours=1)


@app.periodic(cron="*/10 * * * *")
@app.task(name="api.sweep", queue="sync", queueing_lock="api.sweep")
def sweep_job(timestamp: int) -> None:
    close_old_connections()
    sweep(at=timezone.now())


def sweep(*, at: dt.datetime) -> None:
    """Drop old counts and kept replies; tell the clients whose allowance is whole again."""
    VisitCount.objects.filter(minute__lt=at - VISITS_KEPT).delete()
    RequestCount.objects.filter(day__lt=(at - REQUEST_COUNTS_KEPT).date()).delete()
    for client_id in all_client_ids():
        with client_scope(client_id):
            announce_reset(client_id, at)
            forget_expired(client_id, at)
