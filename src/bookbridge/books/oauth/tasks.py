"""Jobs of the app register: the nightly sweep."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from bookbridge.books.oauth.operations import forget_stale


@app.periodic(cron="20 3 * * *")
@app.task(name="oauth.forget_stale", queueing_lock="oauth.forget_stale")
def forget_stale_job(timestamp: int) -> None:
    close_old_connections()
    forget_stale(at=timezone.now())
