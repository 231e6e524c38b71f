"""Jobs of the proofs: each makes one call, in a queue that no sync holds up."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.evidence.operations.building import build_pack
from bookbridge.bridge.evidence.operations.consent import record_withdrawal
from bookbridge.bridge.evidence.operations.packs import BUILD_TASK, drop_expired_packs
from bookbridge.bridge.evidence.operations.signs import SIGNS_TASK, find_signs

QUEUE = "evidence"
AFTER_AN_OUTAGE = RetryStrategy(
    max_attempts=200, wait=3, retry_exceptions={OperationalError, InterfaceError}
)


@app.task(name=BUILD_TASK, queue=QUEUE, retry=AFTER_AN_OUTAGE)
def build_pack_job(client_id: str, pack_id: str) -> None:
    close_old_connections()
    build_pack(client_id=UUID(client_id), pack_id=UUID(pack_id))


@app.task(name=SIGNS_TASK, queue=QUEUE, retry=AFTER_AN_OUTAGE)
def find_signs_job(client_id: str, connection_id: str) -> None:
    close_old_connections()
    find_signs(client_id=UUID(client_id), connection_id=UUID(connection_id), at=timezone.now())


@app.task(name="evidence.record_withdrawal", queue=QUEUE, retry=AFTER_AN_OUTAGE)
def record_withdrawal_job(client_id: str, connection_id: str, how: str, at: str) -> None:
    close_old_connections()
    with client_scope(UUID(client_id)):
        record_withdrawal(
            client_id=UUID(client_id),
            connection_id=UUID(connection_id),
            how=how,
            at=dt.datetime.fromisoformat(at),
        )


@app.periodic(cron="17 3 * * *")
@app.task(
    name="evidence.drop_expired_packs", queue=QUEUE, queueing_lock="evidence.drop_expired_packs"
)
def drop_expired_packs_job(timestamp: int) -> None:
    close_old_connections()
    drop_expired_packs(at=timezone.now())
