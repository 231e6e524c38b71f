"""The statements that merge normalised records and keep the versions that they replace."""

from __future__ import annotations

from bookbridge.bridge.records.as_of import COLUMNS
from bookbridge.bridge.records.operations.copying import Staging

STAGING = Staging(
    "staged_record",
    (
        ("id_length", "int2"),
        ("record_id", "text"),
        ("parent_id", "text"),
        ("body", "jsonb"),
        ("content_hash", "bytea"),
        ("order_date", "date"),
        ("source_modified_at", "timestamptz"),
        ("sources", "jsonb"),
        ("is_deleted", "bool"),
    ),
)
_OF_TYPE = (
    "company_id = %(company)s AND connection_id = %(connection)s AND data_type = %(data_type)s"
)
_LISTED = ", ".join(COLUMNS)
_VERSION = f"{_LISTED}, known_to, until_change_id, is_removed"

# Writers of one company take turns, so that its changes become visible in the order of their ids.
TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('records of ' || %(company)s::text, 0))"
# Each row is looked up by its whole key. That it asks for an order, which only the key's index has,
# keeps the planner from another index where it knows nothing yet and takes all for equally good.
_BY_KEY = f"""
    SELECT * FROM records_record
    WHERE {_OF_TYPE} AND id_length = asked.id_length AND record_id >= asked.record_id
    ORDER BY record_id LIMIT 1
"""  # noqa: S608 - our own columns; values are parameters
_ASKED = f"""
FROM unnest(%(lengths)s::int2[], %(ids)s::text[]) AS asked (id_length, record_id)
CROSS JOIN LATERAL ({_BY_KEY}) AS record
WHERE record.record_id = asked.record_id
"""
KNOWN = (
    "SELECT record.record_id, record.content_hash, record.is_deleted, record.sources::text" + _ASKED
)
_CLOSE = f""", closed AS (
    INSERT INTO records_supersededversion ({_VERSION})
    SELECT {", ".join(f"old.{name}" for name in COLUMNS)}, %(now)s, asked.change, false
    FROM numbered AS asked CROSS JOIN LATERAL ({_BY_KEY}) AS old
    WHERE old.record_id = asked.record_id)
"""  # noqa: S608 - our own columns
_UPSERT = """
WITH numbered AS MATERIALIZED (
    SELECT *, nextval('records_change') AS change FROM staged_record){close}
INSERT INTO records_record AS record (
    company_id, connection_id, data_type, id_length, record_id, client_id, parent_id, body,
    content_hash, order_date, source_modified_at, modified_at, is_deleted, mapping_version, sources,
    known_from, change_id, added_change_id, source_changed_at, mapping_changed_at)
SELECT %(company)s, %(connection)s, %(data_type)s, id_length, record_id, %(client)s, parent_id,
    body, content_hash, order_date, source_modified_at, %(now)s, is_deleted, %(version)s, sources,
    %(now)s, change, change, %(now)s, {released}
FROM numbered
ON CONFLICT (company_id, connection_id, data_type, id_length, record_id) DO UPDATE SET
    parent_id = excluded.parent_id, body = excluded.body, content_hash = excluded.content_hash,
    order_date = excluded.order_date, source_modified_at = excluded.source_modified_at,
    modified_at = excluded.modified_at, is_deleted = excluded.is_deleted,
    mapping_version = excluded.mapping_version, sources = excluded.sources,
    known_from = excluded.known_from, change_id = excluded.change_id, {cause}
"""
_BY_SOURCE = {"released": "NULL", "cause": "source_changed_at = excluded.source_changed_at"}
_BY_MAPPING = {"released": "%(now)s", "cause": "mapping_changed_at = excluded.mapping_changed_at"}
# A first sync has nothing to close.
INSERT = _UPSERT.format(close="", **_BY_SOURCE)
REPLACE = _UPSERT.format(close=_CLOSE, **_BY_SOURCE)
RELEASE = _UPSERT.format(close=_CLOSE, **_BY_MAPPING)
# What a record was made from may change and the record stay as it was: that is no new version.
RETRACE = f"""
UPDATE records_record record SET sources = traced.sources
FROM (
    SELECT asked.id_length, asked.record_id, asked.sources
    FROM unnest(%(lengths)s::int2[], %(ids)s::text[], %(sources)s::jsonb[])
        AS asked (id_length, record_id, sources)
) AS traced
WHERE {_OF_TYPE} AND record.id_length = traced.id_length AND record.record_id = traced.record_id
"""  # noqa: S608 - our own columns; values are parameters
BODIES = (
    "SELECT record.record_id, record.parent_id, record.body::text, record.order_date,"
    " record.sources::text" + _ASKED
)
# A type without a deletion flag: the record goes, and an open version says since when.
REMOVE = f"""
WITH gone AS (
    DELETE FROM records_record
    WHERE {_OF_TYPE} AND (id_length, record_id) IN (
        SELECT * FROM unnest(%(lengths)s::int2[], %(ids)s::text[]))
    RETURNING {_LISTED}),
numbered AS MATERIALIZED (SELECT *, nextval('records_change') AS change FROM gone),
closed AS (
    INSERT INTO records_supersededversion ({_VERSION})
    SELECT {_LISTED}, %(now)s, change, false FROM numbered)
INSERT INTO records_supersededversion ({_VERSION})
SELECT company_id, connection_id, data_type, id_length, record_id, client_id, parent_id, body,
    content_hash, order_date, source_modified_at, %(now)s, true, mapping_version, sources,
    %(now)s, change, added_change_id,
    CASE WHEN %(by_mapping)s THEN source_changed_at ELSE %(now)s END,
    CASE WHEN %(by_mapping)s THEN %(now)s ELSE mapping_changed_at END, NULL, NULL, true
FROM numbered
"""  # noqa: S608 - our own columns
# Records that came back end the version that said they were gone.
RETURNED = """
UPDATE records_supersededversion version
SET known_to = %(now)s, until_change_id = (
    SELECT change_id FROM records_record record
    WHERE record.company_id = version.company_id AND record.connection_id = version.connection_id
      AND record.data_type = version.data_type AND record.id_length = version.id_length
      AND record.record_id = version.record_id)
FROM staged_record staged
WHERE version.company_id = %(company)s AND version.connection_id = %(connection)s
  AND version.data_type = %(data_type)s AND version.id_length = staged.id_length
  AND version.record_id = staged.record_id AND version.is_removed
  AND version.until_change_id IS NULL
"""
COUNTS = f"""
SELECT count(*) FILTER (WHERE NOT is_deleted), count(*) FILTER (WHERE is_deleted)
FROM records_record WHERE {_OF_TYPE}
"""  # noqa: S608 - our own columns; values are parameters
