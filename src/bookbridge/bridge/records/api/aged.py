"""Aged debtors and creditors, worked out when they are asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.api.data_lists import RecordList, stream_bodies
from bookbridge.bridge.api.description import Parameter, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import ApiError, bad_request
from bookbridge.bridge.api.replies import json_reply
from bookbridge.bridge.api.sources import readable_connection
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.datatypes import DataType, ageing
from bookbridge.bridge.records.api.past import AS_OF, as_of, check_known

PERIODS_MAX = 24
PERIOD_DAYS_MAX = 366

Bodies = Iterable[dict[str, Any]]

AGEING = (
    Parameter("reportDate", dt.date, "As on this day; when absent, today or the day of asOf."),
    Parameter(
        "numberOfPeriods",
        Annotated[int, msgspec.Meta(ge=1, le=PERIODS_MAX)],
        "How many periods of age.",
    ),
    Parameter(
        "periodLengthDays",
        Annotated[int, msgspec.Meta(ge=1, le=PERIOD_DAYS_MAX)],
        "Days in a period.",
    ),
)


@dataclass(frozen=True)
class Side:
    """What one report is made from. A source may do without credit notes, not without the rest."""

    contacts: DataType
    documents: DataType
    credit_notes: DataType
    payments: DataType

    @property
    def needed(self) -> tuple[DataType, ...]:
        return (self.contacts, self.documents, self.payments)


DEBTORS = Side(DataType.CUSTOMERS, DataType.INVOICES, DataType.CREDIT_NOTES, DataType.PAYMENTS)
CREDITORS = Side(
    DataType.SUPPLIERS, DataType.BILLS, DataType.BILL_CREDIT_NOTES, DataType.BILL_PAYMENTS
)


def _availability_of(side: Side) -> Callable[..., HttpResponse]:
    name = f"{side.documents.value}-aged"

    @operation(f"is-{name}-available", "Whether the report can be made", reply=bool)
    def is_available(call: Call, company_id: UUID) -> HttpResponse:
        company(call.client_id, company_id)
        return json_reply(all(_is_readable(call, company_id, one) for one in side.needed))

    return is_available


def _is_readable(call: Call, company_id: UUID, data_type: DataType) -> bool:
    try:
        readable_connection(call.client_id, company_id, data_type)
    except ApiError:
        return False
    return True


@operation(
    "get-aged-debtors-report",
    "What customers owe, by age",
    reply=dict[str, Any],
    query=(*AGEING, AS_OF),
    refusals=(409,),
)
def get_aged_debtors(call: Call, company_id: UUID) -> HttpResponse:
    found = _read(call, company_id, DEBTORS)
    return json_reply(
        ageing.aged_debtors(
            invoices=found[DEBTORS.documents],
            credit_notes=found[DEBTORS.credit_notes],
            payments=found[DEBTORS.payments],
            **_parameters(call),
        )
    )


@operation(
    "get-aged-creditors-report",
    "What is owed to suppliers, by age",
    reply=dict[str, Any],
    query=(*AGEING, AS_OF),
    refusals=(409,),
)
def get_aged_creditors(call: Call, company_id: UUID) -> HttpResponse:
    found = _read(call, company_id, CREDITORS)
    return json_reply(
        ageing.aged_creditors(
            bills=found[CREDITORS.documents],
            bill_credit_notes=found[CREDITORS.credit_notes],
            bill_payments=found[CREDITORS.payments],
            **_parameters(call),
        )
    )


def _read(call: Call, company_id: UUID, side: Side) -> dict[DataType, Bodies]:
    """Raises a 404 or 409 for a type that is needed and cannot be read."""
    company(call.client_id, company_id)
    at = as_of(call)
    found: dict[DataType, Bodies] = {side.credit_notes: ()}
    for data_type in (*side.needed[1:], side.credit_notes):
        if data_type is side.credit_notes and not _is_readable(call, company_id, data_type):
            continue
        source = readable_connection(call.client_id, company_id, data_type)
        check_known(source, data_type, at)
        found[data_type] = stream_bodies(RecordList(company_id, source.id, data_type, as_of=at))
    return found


def _parameters(call: Call) -> dict[str, Any]:
    return {
        "report_date": _report_date(call),
        "generated_at": call.at,
        "periods": _whole_number(call, "numberOfPeriods", ageing.DEFAULT_PERIODS, PERIODS_MAX),
        "period_days": _whole_number(
            call, "periodLengthDays", ageing.DEFAULT_PERIOD_DAYS, PERIOD_DAYS_MAX
        ),
    }


def _report_date(call: Call) -> dt.date:
    text = call.parameter("reportDate")
    if not text:
        return timezone.localdate(as_of(call) or call.at)
    try:
        return dt.datetime.fromisoformat(text).date()
    except ValueError as error:
        raise bad_request(_("reportDate is a date, such as 2026-02-01.")) from error


def _whole_number(call: Call, name: str, default: int, maximum: int) -> int:
    text = call.parameter(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= maximum):
        raise bad_request(
            _("%(name)s is a whole number from 1 to %(maximum)d.")
            % {"name": name, "maximum": maximum}
        )
    return int(text)


_REPORTS = "companies/<uuid:company_id>/reports"

urlpatterns = [
    path(f"{_REPORTS}/agedDebtor/available", endpoint(GET=_availability_of(DEBTORS))),
    path(f"{_REPORTS}/agedDebtor", endpoint(GET=get_aged_debtors)),
    path(f"{_REPORTS}/agedCreditor/available", endpoint(GET=_availability_of(CREDITORS))),
    path(f"{_REPORTS}/agedCreditor", endpoint(GET=get_aged_creditors)),
]
