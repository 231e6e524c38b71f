"""Looks for warning signs in a connection's records and their history, and keeps what it finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes import DataType, facts_of
from bookbridge.bridge.evidence.finding import (
    business_date_of,
    gaps,
    last_year_end,
    told_changes,
    was_reported,
    weight,
)
from bookbridge.bridge.evidence.models import WarningSign
from bookbridge.bridge.evidence.queries.histories import (
    Late,
    changed_versions,
    late_arrivals,
    numbers_of,
    repeated_numbers,
    year_start_of,
)
from bookbridge.bridge.records.place import Place

SIGNS_TASK = "evidence.find_signs"
SIGNS_PER_KIND_MAX = 2_000
RECORDS_NAMED_MAX = 20
GAP_LARGEST = 1_000
DATED = (
    DataType.INVOICES,
    DataType.CREDIT_NOTES,
    DataType.BILLS,
    DataType.BILL_CREDIT_NOTES,
    DataType.PAYMENTS,
    DataType.BILL_PAYMENTS,
    DataType.DIRECT_INCOMES,
    DataType.DIRECT_COSTS,
    DataType.TRANSFERS,
    DataType.JOURNAL_ENTRIES,
)
# Numbers that the business itself gives, one after another; a bill's is its supplier's.
NUMBERED = {DataType.INVOICES: "invoiceNumber", DataType.CREDIT_NOTES: "creditNoteNumber"}


@dataclass
class Found:
    """One sign, before it is kept."""

    kind: WarningSign.Kind
    key: str
    severity: str
    sentence: str
    records: list[dict[str, str]]
    facts: dict[str, Any] = field(default_factory=dict)


def request_signs(*, client_id: UUID, connection_id: UUID) -> None:
    """Have a job look."""
    app.configure_task(SIGNS_TASK).defer(client_id=str(client_id), connection_id=str(connection_id))


def find_signs(*, client_id: UUID, connection_id: UUID, at: dt.datetime) -> int:
    """Look at everything once; returns how many signs are new. Harmless when repeated."""
    with client_scope(client_id):
        connection = Connection.objects.filter(client_id=client_id, id=connection_id).first()
        if connection is None:
            return 0
        place = Place(client_id, connection.company_id, connection.id)
        year_start = year_start_of(place)
    fresh = 0
    for kind, search in (
        (WarningSign.Kind.BACKDATED, _backdated),
        (WarningSign.Kind.CHANGED_AFTER_REPORT, _changed),
        (WarningSign.Kind.DELETED_AFTER_REPORT, _deleted),
        (WarningSign.Kind.NUMBER_GAP, _gaps),
        (WarningSign.Kind.NUMBER_REPEATED, _repeated),
    ):
        with client_scope(client_id):
            fresh += _keep(place, kind, list(_limited(search(place, year_start))), at)
    return fresh


def _limited(found: Iterator[Found]) -> Iterator[Found]:
    for _number, one in zip(range(SIGNS_PER_KIND_MAX), found, strict=False):
        yield one


def _keep(place: Place, kind: WarningSign.Kind, found: list[Found], at: dt.datetime) -> int:
    """New ones are added, known ones confirmed, and those no longer there marked as gone."""
    own = WarningSign.objects.filter(
        company_id=place.company_id, connection_id=place.connection_id, kind=kind
    )
    known = set(own.values_list("key", flat=True))
    by_key = {one.key: one for one in found}
    own.filter(key__in=list(by_key)).update(seen_at=at, gone_at=None)
    own.exclude(key__in=list(by_key)).filter(gone_at=None).update(gone_at=at)
    fresh = [one for key, one in by_key.items() if key not in known]
    made = [
        WarningSign(
            client_id=place.client_id,
            company_id=place.company_id,
            connection_id=place.connection_id,
            kind=kind,
            key=one.key,
            severity=one.severity,
            sentence=one.sentence,
            records=one.records,
            facts=one.facts,
            found_at=at,
            seen_at=at,
        )
        for one in fresh
    ]
    # Another worker may be looking at the same books.
    WarningSign.objects.bulk_create(made, ignore_conflicts=True)
    return len(fresh)


def _backdated(place: Place, year_start: dt.date | None) -> Iterator[Found]:
    """Entries that we first saw long after the month that they are dated in was reported."""
    for data_type in DATED:
        for late in late_arrivals(place, data_type):
            if not was_reported(late.business_date, late.known_from):
                continue
            name = _name(data_type, late.body, late.id)
            yield Found(
                WarningSign.Kind.BACKDATED,
                f"{data_type.value}|{late.id}",
                _weight(late, year_start),
                _(
                    "%(what)s is dated %(date)s, but was not in the books when they were read "
                    "before; it was first seen on %(seen)s, after that month had been reported."
                )
                % {
                    "what": name,
                    "date": late.business_date.isoformat(),
                    "seen": late.known_from.date().isoformat(),
                },
                [_record(data_type, late.id)],
                {
                    "date": late.business_date.isoformat(),
                    "firstSeenAt": late.known_from.isoformat(),
                },
            )


def _changed(place: Place, year_start: dt.date | None) -> Iterator[Found]:
    """Documents that said something else when their month was reported."""
    for data_type in DATED:
        for late in changed_versions(place, data_type):
            dated = business_date_of(late.before or {}) or late.business_date
            if late.is_deleted or not was_reported(dated, late.known_from):
                continue
            changes = told_changes(late.before, late.body)
            if not changes:
                continue
            fields = ", ".join(change.pointer.lstrip("/") for change in changes[:3])
            yield Found(
                WarningSign.Kind.CHANGED_AFTER_REPORT,
                f"{data_type.value}|{late.id}|{late.change_id}",
                weight(dated, late.known_from, last_year_end(year_start, late.known_from)),
                _(
                    "%(what)s, dated %(date)s, was changed on %(seen)s, after that month had been "
                    "reported: %(fields)s."
                )
                % {
                    "what": _name(data_type, late.body, late.id),
                    "date": dated.isoformat(),
                    "seen": late.known_from.date().isoformat(),
                    "fields": fields,
                },
                [_record(data_type, late.id)],
                {
                    "date": dated.isoformat(),
                    "changedAt": late.known_from.isoformat(),
                    "changes": [_plain(change.facts()) for change in changes],
                },
            )


def _deleted(place: Place, year_start: dt.date | None) -> Iterator[Found]:
    """Entries that were there when their month was reported, and are no longer."""
    for data_type in DATED:
        for late in changed_versions(place, data_type):
            if not late.is_deleted or not was_reported(late.business_date, late.known_from):
                continue
            yield Found(
                WarningSign.Kind.DELETED_AFTER_REPORT,
                f"{data_type.value}|{late.id}|{late.change_id}",
                _weight(late, year_start),
                _(
                    "%(what)s, dated %(date)s, was found deleted on %(seen)s, after that month "
                    "had been reported."
                )
                % {
                    "what": _name(data_type, late.body, late.id),
                    "date": late.business_date.isoformat(),
                    "seen": late.known_from.date().isoformat(),
                },
                [_record(data_type, late.id)],
                {
                    "date": late.business_date.isoformat(),
                    "deletedAt": late.known_from.isoformat(),
                },
            )


def _gaps(place: Place, year_start: dt.date | None) -> Iterator[Found]:
    for data_type, number_field in NUMBERED.items():
        for gap in gaps(numbers_of(place, data_type, number_field)):
            if gap.count > GAP_LARGEST:
                continue  # another series begins there: nobody leaves out a thousand numbers
            first, last = gap.written(gap.first), gap.written(gap.last)
            which = first if gap.count == 1 else f"{first} – {last}"
            yield Found(
                WarningSign.Kind.NUMBER_GAP,
                f"{data_type.value}|{first}|{last}",
                WarningSign.Severity.LOW,
                _(
                    "No %(kind)s has the number %(which)s, though there are earlier and later "
                    "ones. A gap may have a reason: a number may have been skipped or discarded."
                )
                % {"kind": _kind(data_type), "which": which},
                [_record(data_type, gap.before_id), _record(data_type, gap.after_id)],
                {"first": first, "last": last, "missing": gap.count},
            )


def _repeated(place: Place, year_start: dt.date | None) -> Iterator[Found]:
    for data_type, number_field in NUMBERED.items():
        for number, ids in repeated_numbers(place, data_type, number_field):
            yield Found(
                WarningSign.Kind.NUMBER_REPEATED,
                f"{data_type.value}|{number}"[:300],
                WarningSign.Severity.MEDIUM,
                _("The number %(number)s was given to %(count)d records (%(kind)s).")
                % {"count": len(ids), "kind": _kind(data_type), "number": number},
                [_record(data_type, one) for one in ids[:RECORDS_NAMED_MAX]],
                {"number": number, "records": len(ids)},
            )


def _weight(late: Late, year_start: dt.date | None) -> str:
    return weight(late.business_date, late.known_from, last_year_end(year_start, late.known_from))


def _record(data_type: DataType, record_id: str) -> dict[str, str]:
    return {"dataType": data_type.value, "id": record_id}


def _name(data_type: DataType, body: dict[str, Any], record_id: str) -> str:
    """What people call a record by."""
    number = body.get(facts_of(data_type).number_field or "") or record_id
    return f"{_kind(data_type).capitalize()} {str(number)[:60]}"


def _kind(data_type: DataType) -> str:
    return {
        DataType.INVOICES: _("invoice"),
        DataType.CREDIT_NOTES: _("credit note"),
        DataType.BILLS: _("bill"),
        DataType.BILL_CREDIT_NOTES: _("bill credit note"),
        DataType.PAYMENTS: _("payment"),
        DataType.BILL_PAYMENTS: _("bill payment"),
        DataType.DIRECT_INCOMES: _("direct income"),
        DataType.DIRECT_COSTS: _("direct cost"),
        DataType.TRANSFERS: _("transfer"),
    }.get(data_type, _("journal entry"))


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Figures as text: JSON in the database must not round them."""
    return {
        key: value if isinstance(value, (str, bool, int)) or value is None else str(value)
        for key, value in facts.items()
    }
