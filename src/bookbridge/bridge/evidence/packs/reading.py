"""What goes into a pack, line by line, as it was known at its date: streamed from the store."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db import connection as database

from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.evidence.models import ConsentReceipt, WarningSign
from bookbridge.bridge.records.as_of import relation
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.sync.models import Certificate
from bookbridge.bridge.sync.operations.signing import envelope

READ_AT_ONCE = 1_000

RECORDS = """
SELECT '{{"modifiedDate":' || left(to_json(modified_at AT TIME ZONE 'UTC')::text, -1) || 'Z",'
    || substr(body::text, 2), sha256(convert_to(body::text, 'UTF8'))
FROM {records} AS record
WHERE company_id = %s AND connection_id = %s AND data_type = %s
ORDER BY id_length, record_id
"""
SOURCES = """
SELECT data_type, record_id, mapping_version, known_from, sources::text
FROM {records} AS record WHERE company_id = %s AND connection_id = %s
ORDER BY data_type, id_length, record_id
"""
VERSIONS = """
SELECT data_type, record_id, known_from, known_to, is_deleted, is_removed, mapping_version,
    body::text
FROM records_supersededversion
WHERE company_id = %(company)s AND connection_id = %(connection)s AND known_from <= %(at)s
  AND (known_to IS NULL OR known_to <= %(at)s)
ORDER BY data_type, id_length, record_id, change_id
"""
RAW = """
SELECT source_id, parent_id, body, content_hash, changed_scan, known_from, deleted_at,
    deletion_evidence
FROM (
    SELECT id_length, source_id, parent_id, body, content_hash, changed_scan,
        changed_at AS known_from, deleted_at, deletion_evidence
    FROM records_rawrecord
    WHERE company_id = %(company)s AND connection_id = %(connection)s
      AND resource = %(resource)s AND changed_at <= %(at)s
    UNION ALL
    SELECT id_length, source_id, parent_id, body, content_hash, changed_scan, known_from,
        deleted_at, deletion_evidence
    FROM records_supersededraw
    WHERE company_id = %(company)s AND connection_id = %(connection)s
      AND resource = %(resource)s AND known_from <= %(at)s AND known_to > %(at)s) AS raw
ORDER BY id_length, source_id, known_from
"""
CHANGED_SINCE = """
SELECT EXISTS (SELECT FROM {records} AS record WHERE company_id = %s AND connection_id = %s
      AND data_type = %s AND known_from > %s)
  OR EXISTS (SELECT FROM records_supersededversion WHERE company_id = %s AND connection_id = %s
      AND data_type = %s AND known_to > %s AND known_to <= %s)
"""
_encode = msgspec.json.Encoder(order="deterministic").encode


def line(facts: Any) -> bytes:
    return bytes(_encode(facts)) + b"\n"


@dataclass
class Contents:
    """One connection's data at one time."""

    place: Place
    box: BodyBox
    at: dt.datetime
    record_digest: Any = field(default_factory=hashlib.sha256)

    @property
    def values(self) -> dict[str, Any]:
        return {**self.place.values, "at": self.at}

    def records(self, data_type: DataType) -> Iterator[bytes]:
        """Records as the API shows them; `record_digest` is that over the last type read."""
        records = relation(self.at)
        self.record_digest = hashlib.sha256()
        sql = RECORDS.format(records=records.text)
        for text, digest in self._rows(sql, [*records.params, *self._key(data_type)]):
            self.record_digest.update(digest)
            yield text.encode() + b"\n"

    def sources(self) -> Iterator[bytes]:
        """Which raw records each record was made from."""
        records = relation(self.at)
        key = [*records.params, self.place.company_id, self.place.connection_id]
        for data_type, one, version, known_from, sources in self._rows(
            SOURCES.format(records=records.text), key
        ):
            yield line(
                {
                    "dataType": data_type,
                    "id": one,
                    "mappingVersion": version,
                    "knownFrom": known_from,
                    "sources": [
                        {"resource": resource, "id": source_id}
                        for resource, source_id in msgspec.json.decode(sources)
                    ],
                }
            )

    def versions(self) -> Iterator[bytes]:
        """Versions that others had replaced by then."""
        for data_type, one, start, end, is_deleted, is_removed, version, body in self._rows(
            VERSIONS, self.values
        ):
            yield line(
                {
                    "dataType": data_type,
                    "id": one,
                    "knownFrom": start,
                    "knownTo": end,
                    "isDeleted": is_deleted,
                    "isRemoved": is_removed,
                    "mappingVersion": version,
                    "record": msgspec.Raw(body.encode()),
                }
            )

    def raw(self, resource: str) -> Iterator[bytes]:
        """Raw records in plain text: `text` is what the source gave, to the letter."""
        for one, parent, body, digest, scan, since, deleted_at, evidence in self._rows(
            RAW, {**self.values, "resource": resource}
        ):
            is_gone = deleted_at is not None and deleted_at <= self.at
            yield line(
                {
                    "id": one,
                    "parentId": parent,
                    "contentHash": bytes(digest).hex(),
                    "scan": scan,
                    "fetchedAt": since,
                    "deletedAt": deleted_at if is_gone else None,
                    "deletionEvidence": evidence if is_gone else "",
                    "text": self.box.open(resource, one, bytes(body)).decode(),
                }
            )

    def is_changed_since(self, data_type: DataType, moment: dt.datetime) -> bool:
        """Whether any record of the type changed between then and the pack's date."""
        records = relation(self.at)
        key = self._key(data_type)
        values = [*records.params, *key, moment, *key, moment, self.at]
        with database.cursor() as cursor:
            cursor.execute(CHANGED_SINCE.format(records=records.text), values)
            return bool(cursor.fetchone()[0])

    def _key(self, data_type: DataType) -> list[Any]:
        return [self.place.company_id, self.place.connection_id, data_type.value]

    def _rows(self, sql: str, values: Any) -> Iterator[tuple[Any, ...]]:
        """Rows through a cursor of the server, so that none waits in memory."""
        with database.chunked_cursor() as cursor:
            cursor.execute(sql, values)
            while rows := cursor.fetchmany(READ_AT_ONCE):
                yield from rows


def certificates(company_id: Any, at: dt.datetime) -> Iterator[bytes]:
    """Every certificate by then, oldest first, as the API gives it."""
    issued = Certificate.objects.filter(company_id=company_id, issued_at__lte=at)
    for one in issued.order_by("issued_at", "id").iterator(READ_AT_ONCE):
        signed = envelope(one.text, one.key_id, bytes(one.signature))
        yield line({"id": one.id, "connectionId": one.connection_id, "kind": one.kind, **signed})


def consent(company_id: Any, at: dt.datetime) -> Iterator[bytes]:
    """What owners agreed to, and what ended."""
    issued = ConsentReceipt.objects.filter(company_id=company_id, issued_at__lte=at)
    for one in issued.order_by("issued_at", "id").iterator(READ_AT_ONCE):
        signed = envelope(one.text, one.key_id, bytes(one.signature))
        yield line({"id": one.id, "connectionId": one.connection_id, "kind": one.kind, **signed})


def warning_signs(company_id: Any, at: dt.datetime) -> Iterator[bytes]:
    """Warning signs that had been found by then."""
    found = WarningSign.objects.filter(company_id=company_id, found_at__lte=at)
    for one in found.order_by("found_at", "kind", "key").iterator(READ_AT_ONCE):
        yield line(
            {
                "type": one.kind,
                "severity": one.severity,
                "sentence": one.sentence,
                "records": one.records,
                "facts": one.facts,
                "foundAt": one.found_at,
            }
        )


def last_certificate(contents: Contents, data_type: DataType) -> Certificate | None:
    """The newest certificate of a type by then."""
    return (
        Certificate.objects.filter(
            company_id=contents.place.company_id,
            connection_id=contents.place.connection_id,
            kind=Certificate.Kind.DATASET,
            issued_at__lte=contents.at,
            text__contains=f'"dataType":"{data_type.value}"',
        )
        .order_by("-issued_at")
        .first()
    )
