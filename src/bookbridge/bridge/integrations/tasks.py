"""Jobs that look at the hosts of platforms."""

from __future__ import annotations

from django.db import close_old_connections
from django.utils import timezone
from procrastinate.contrib.django import app

from bookbridge.bridge.integrations.watching import (
    LOOK_TASK,
    PRIORITY,
    QUEUE,
    Source,
    look,
    sources,
)


@app.periodic(cron="*/5 * * * *")
@app.task(
    name="integrations.look_at_sources", queue=QUEUE, queueing_lock="integrations.look_at_sources"
)
def look_at_sources_job(timestamp: int) -> None:
    close_old_connections()
    for source in sources():
        app.configure_task(LOOK_TASK, queue=QUEUE, priority=PRIORITY).defer(**source.values)


@app.task(name=LOOK_TASK, queue=QUEUE)
def look_at_source_job(integration_key: str, host: str, chain: str = "") -> None:
    close_old_connections()
    look(Source(integration_key, host), timezone.now(), chain=chain)
