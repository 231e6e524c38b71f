"""One hash over all records of a type, which whoever reads them can work out again.

Each record's text (as the API shows it, without modifiedDate) is hashed with SHA-256; the digest is
the SHA-256 of those hashes one after another, ids in order of length, then of their bytes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import connection as database

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records import as_of
from bookbridge.bridge.records.place import Place

READ_AT_ONCE = 5000

HASHES = """
SELECT sha256(convert_to(body::text, 'UTF8')) FROM {records} AS record
WHERE company_id = %s AND connection_id = %s AND data_type = %s
ORDER BY id_length, record_id
"""


@dataclass(frozen=True)
class Digest:
    """How many records there are, deleted ones too, and the hash over them."""

    records: int
    sha256: str


def digest_of(place: Place, data_type: DataType, at: dt.datetime | None = None) -> Digest:
    """The digest of a type's records as they are now, or were known at a time; streamed."""
    relation = as_of.relation(at)
    values = [*relation.params, place.company_id, place.connection_id, data_type.value]
    whole = hashlib.sha256()
    count = 0
    with client_scope(place.client_id), database.chunked_cursor() as cursor:
        cursor.execute(HASHES.format(records=relation.text), values)
        while rows := cursor.fetchmany(READ_AT_ONCE):
            for row in rows:
                whole.update(row[0])
            count += len(rows)
    return Digest(count, whole.hexdigest())
