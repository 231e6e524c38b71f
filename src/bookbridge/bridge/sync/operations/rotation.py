"""A new master key: what older ones sealed is sealed anew, and then they may go.

Whatever a master key seals is found in two ways. Each app seals anew what it knows of; before an
older key goes, every binary column of the database is searched for values that name it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import connection
from django.utils.module_loading import import_string
from psycopg import sql

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.sealing import FORMAT
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.operations import rewrap_keys
from bookbridge.bridge.integrations.operations import reseal_settings
from bookbridge.bridge.webhooks.models import Consumer
from bookbridge.bridge.webhooks.operations import reseal_secrets

# The API's plumbing lies above the sync and is called by name.
RESEAL_REPLIES = "bookbridge.bridge.api.idempotency.reseal_replies"
# Transactions that were open when a key was replaced may still write what it sealed.
OLDER_TRANSACTIONS_SECONDS_MAX = 60.0
POLL_SECONDS = 0.2
# And so may a process that had sealed a value and not yet begun to write it.
SETTLE_SECONDS = 2.0

BINARY_COLUMNS = """
SELECT c.relname, a.attname, c.relrowsecurity FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND a.atttypid = 'bytea'::regtype ORDER BY 1, 2
"""
OLDER_TRANSACTIONS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND xact_start < %s
"""


class KeyInUseError(Exception):
    """An older key cannot go yet: something may still need it."""

    code = "key_in_use"


def reseal_everything() -> int:
    """Seal anew, client by client, what older keys of the ring sealed; returns how many values."""
    resealers: Sequence[Callable[[UUID], int]] = (
        rewrap_keys,
        reseal_settings,
        _reseal_consumers,
        import_string(RESEAL_REPLIES),
    )
    count = 0
    for client_id in all_client_ids():
        for reseal in resealers:
            with client_scope(client_id):
                count += reseal(client_id)
    return count


def values_under(key_ids: Sequence[str]) -> dict[str, int]:
    """How many values each binary column holds that these master keys sealed."""
    with connection.cursor() as cursor:
        cursor.execute(BINARY_COLUMNS)
        columns = cursor.fetchall()
    found: dict[str, int] = {}
    for client_id in all_client_ids():
        with client_scope(client_id):
            _count(found, [one for one in columns if one[2]], key_ids)
    _count(found, [one for one in columns if not one[2]], key_ids)
    return found


def make_free(key_ids: Sequence[str]) -> None:
    """See that no value needs these keys any more; raises KeyInUseError."""
    _await_older_transactions()
    time.sleep(SETTLE_SECONDS)
    reseal_everything()
    left = values_under(key_ids)
    if left:
        named = ", ".join(f"{count} in {column}" for column, count in sorted(left.items()))
        raise KeyInUseError(f"Values are still sealed with {', '.join(key_ids)}: {named}.")


def _reseal_consumers(client_id: UUID) -> int:
    rows = Consumer.objects.select_for_update().filter(client_id=client_id)
    return sum(reseal_secrets(row) for row in rows)


def _count(
    found: dict[str, int], columns: Sequence[tuple[str, str, bool]], key_ids: Sequence[str]
) -> None:
    with connection.cursor() as cursor:
        for table, column, _is_guarded in columns:
            for key_id in key_ids:
                name = key_id.encode()
                header = FORMAT + bytes((len(name),)) + name
                statement = sql.SQL("SELECT count(*) FROM {} WHERE substring({}, 1, %s) = %s")
                cursor.execute(
                    statement.format(sql.Identifier(table), sql.Identifier(column)),
                    [len(header), header],
                )
                (count,) = cursor.fetchone()
                if count:
                    place = f"{table}.{column}"
                    found[place] = found.get(place, 0) + count


def _await_older_transactions() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (began,) = cursor.fetchone()
        until = time.monotonic() + OLDER_TRANSACTIONS_SECONDS_MAX
        while True:
            cursor.execute(OLDER_TRANSACTIONS, [began])
            if cursor.fetchone()[0] == 0:
                return
            if time.monotonic() > until:
                raise KeyInUseError(
                    "Transactions that began before still run; they may write what an older key "
                    "sealed. Try again."
                )
            time.sleep(POLL_SECONDS)
