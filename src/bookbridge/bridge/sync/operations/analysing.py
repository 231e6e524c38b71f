"""Tells the planner of many new records, which the server itself would notice only later."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db import connection as database
from django.db.models import Sum

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.sync.models import Dataset, Refresh

logger = logging.getLogger(__name__)
# A company with fewer records changes no plan.
RECORDS_MIN = 5_000
LOCK_SECONDS_MAX = 2


def analyse_after_first(client_id: UUID, refresh_ids: Sequence[UUID]) -> bool:
    """Analyse the tables of records after a first read of many; whether that was done."""
    with client_scope(client_id):
        firsts = Refresh.objects.filter(client_id=client_id, id__in=refresh_ids, is_first=True)
        read = Dataset.objects.filter(client_id=client_id, refresh__in=firsts)
        fetched = read.aggregate(sum=Sum("fetched"))["sum"] if firsts.exists() else 0
    return (fetched or 0) >= RECORDS_MIN and analyse()


def analyse() -> bool:
    """False where the server does not let us, or is doing it already."""
    try:
        with transaction.atomic(), database.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS_MAX}s'")
            cursor.execute("SELECT sync_analyse_records()")
    except DatabaseError:
        logger.warning("The tables of records were not analysed", exc_info=True)
        return False
    return True
