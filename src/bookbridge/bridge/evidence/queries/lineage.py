"""Where every field of one record comes from: its raw records are mapped again, and watched."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import connection as database
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.companies.queries import data_key
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connectors.contract import MappedRecord
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.datatypes.deletion import as_deleted
from bookbridge.bridge.evidence.lineage import Explained, explain
from bookbridge.bridge.evidence.lineage.explaining import map_one
from bookbridge.bridge.evidence.lineage.leaves import leaves
from bookbridge.bridge.evidence.lineage.view import Key, RawView
from bookbridge.bridge.evidence.queries.raw_views import RawCollection, TooMuchToTraceError
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.records.as_of import relation
from bookbridge.bridge.records.bodies import BodyBox
from bookbridge.bridge.records.decimals import decode_exact, encode_exact
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.raw_history import RawVersion
from bookbridge.bridge.sync.models import ResourceState

ONE = """
SELECT record_id, body::text, mapping_version, sources::text, is_deleted, known_from
FROM {records} AS record
WHERE company_id = %s AND connection_id = %s AND data_type = %s {named}
ORDER BY id_length, record_id LIMIT 1
"""


class RecordNotFoundError(Exception):
    """There was no such record at that time."""

    code = "record_not_found"


@dataclass(frozen=True)
class Subject:
    """The stored record that is to be explained."""

    id: str
    body: dict[str, Any]
    mapping_version: str
    sources: list[Key]
    is_deleted: bool
    known_from: dt.datetime


@dataclass
class Lineage:
    """`is_exact` says that mapping the named raw records again gives this very record; without
    it `reason` says why not, and only the raw records that it was made from are named."""

    subject: Subject
    is_exact: bool
    reason: str
    raw: list[RawVersion]
    explained: Explained = field(default_factory=lambda: Explained([]))


def lineage(
    connection: Connection,
    data_type: DataType,
    record_id: str | None,
    *,
    parent_id: str | None = None,
    at: dt.datetime | None = None,
) -> Lineage:
    """The lineage of a record as it is, or as it was known at a time. Raises
    RecordNotFoundError."""
    subject = _subject(connection, data_type, record_id, parent_id, at)
    connector = connector_of(connection.integration_key)
    resources = tuple(connector.resources_for(data_type))
    collection = RawCollection(
        place=Place(connection.client_id, connection.company_id, connection.id),
        box=BodyBox(data_key(connection.client_id, connection.company_id), connection.id),
        resources=resources,
        supports=_supports(connection),
        at=at or timezone.now(),
    )
    try:
        view = _view(collection, subject)
        made = map_one(connector, data_type, view, subject.id)
        if not _is_same(data_type, made, subject):
            collection.add_everything()
            view = collection.view(subject.sources)
            made = map_one(connector, data_type, view, subject.id)
    except TooMuchToTraceError:
        reason = _("It is made of more raw records than can be tried one after another.")
        return Lineage(subject, False, reason, _of_sources(collection, subject))
    if not _is_same(data_type, made, subject):
        reason = _(
            "Its raw records or its mapping have changed since it was made, so mapping them again "
            "gives another record."
        )
        return Lineage(subject, False, reason, _of_sources(collection, subject))
    explained = explain(connector, data_type, view, subject.id, subject.sources) or Explained([])
    return Lineage(subject, True, "", _used(collection, subject, explained), explained)


def _subject(
    connection: Connection,
    data_type: DataType,
    record_id: str | None,
    parent_id: str | None,
    at: dt.datetime | None,
) -> Subject:
    records = relation(at)
    values: list[Any] = [
        *records.params,
        connection.company_id,
        connection.id,
        data_type.value,
    ]
    named = ""
    if record_id is not None:
        named = "AND id_length = %s AND record_id = %s"
        values += [len(record_id), record_id]
    if parent_id is not None:
        named += " AND parent_id = %s"
        values.append(parent_id)
    with database.cursor() as cursor:
        cursor.execute(ONE.format(records=records.text, named=named), values)
        row = cursor.fetchone()
    if row is None:
        raise RecordNotFoundError(
            _("There is no record '%(id)s' in %(data_type)s.")
            % {"id": str(record_id or "")[:100], "data_type": data_type.value}
        )
    found_id, body, version, sources, is_deleted, known_from = row
    pairs = [(str(one[0]), str(one[1])) for one in decode_exact(sources)]
    return Subject(found_id, decode_exact(body), version, pairs, is_deleted, known_from)


def _supports(connection: Connection) -> dict[str, bool]:
    states = ResourceState.objects.filter(
        company_id=connection.company_id, connection_id=connection.id
    )
    return dict(states.values_list("resource", "is_supported"))


def _view(collection: RawCollection, subject: Subject) -> RawView:
    if subject.sources:
        collection.add_named(collection.add(subject.sources))
        collection.add_short_lists()
    else:
        # Made by us of all that there is: a cash flow, a journal's heading.
        collection.add_everything()
    return collection.view(subject.sources)


def _is_same(data_type: DataType, made: MappedRecord | None, subject: Subject) -> bool:
    """Whether mapping again gives the record that is stored."""
    if made is None:
        return False
    body = decode_exact(encode_exact(made.body))
    if subject.is_deleted and not (body.get("metadata") or {}).get("isDeleted"):
        body = decode_exact(encode_exact(as_deleted(data_type, body)))
    return dict(leaves(body)) == dict(leaves(subject.body))


def _of_sources(collection: RawCollection, subject: Subject) -> list[RawVersion]:
    return [collection.found[key] for key in subject.sources if key in collection.found]


def _used(collection: RawCollection, subject: Subject, explained: Explained) -> list[RawVersion]:
    """The sources first, then what any field looked up."""
    used = {(origin.resource, origin.id) for one in explained.fields for origin in one.origins}
    others = sorted(used - set(subject.sources))
    keys = [*subject.sources, *others]
    return [collection.found[key] for key in keys if key in collection.found]
