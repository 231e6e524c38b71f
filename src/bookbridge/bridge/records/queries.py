"""Reads of normalised records, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection as database

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.decimals import decode_exact
from bookbridge.bridge.records.place import Place

READ_AT_ONCE = 500

PAGE = """
SELECT id_length, record_id, body::text FROM records_record
WHERE company_id = %(company)s AND connection_id = %(connection)s AND data_type = %(data_type)s
  AND (id_length, record_id) > (%(length)s, %(id)s)
ORDER BY id_length, record_id LIMIT %(limit)s
"""


def bodies(place: Place, data_type: DataType) -> Iterator[dict[str, Any]]:
    """The bodies of all records of a type, deleted ones too, figures exact, in id order."""
    length, last = 0, ""
    while True:
        values: dict[str, Any] = {
            **place.values,
            "data_type": data_type.value,
            "length": length,
            "id": last,
            "limit": READ_AT_ONCE,
        }
        with client_scope(place.client_id), database.cursor() as cursor:
            cursor.execute(PAGE, values)
            rows = cursor.fetchall()
        for row in rows:
            yield decode_exact(row[2])
        if len(rows) < READ_AT_ONCE:
            return
        length, last = rows[-1][0], rows[-1][1]
