"""The company itself, and its statements of any period made from the stored months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.data_lists import RecordList, read_bodies
from bookbridge.bridge.api.description import Parameter, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import bad_request, not_found
from bookbridge.bridge.api.replies import json_reply
from bookbridge.bridge.api.sources import readable_connection
from bookbridge.bridge.datatypes import DataType, facts_of, statements
from bookbridge.bridge.records.api.past import AS_OF, as_of, check_known
from bookbridge.bridge.sync.api.pulls import refresh_company_info

PERIOD_LENGTH_MAX_MONTHS = 12
PERIODS_MAX = 60

Statement = Callable[..., dict[str, Any]]

PERIODS = (
    Parameter(
        "periodLength",
        Annotated[int, msgspec.Meta(ge=1, le=PERIOD_LENGTH_MAX_MONTHS)],
        "Months in a period.",
        is_required=True,
    ),
    Parameter(
        "periodsToCompare",
        Annotated[int, msgspec.Meta(ge=1, le=PERIODS_MAX)],
        "How many periods.",
        is_required=True,
    ),
    Parameter("startMonth", dt.date, "A day of the newest month; the newest known when absent."),
)


def _bodies(call: Call, company_id: UUID, data_type: DataType) -> dict[str, dict[str, Any]]:
    at = as_of(call)
    source = readable_connection(call.client_id, company_id, data_type)
    check_known(source, data_type, at)
    return read_bodies(RecordList(company_id, source.id, data_type, as_of=at))


@operation(
    "get-company-info",
    "The company as its books know it",
    reply=dict[str, Any],
    query=(AS_OF,),
    refusals=(409,),
)
def get_company_info(call: Call, company_id: UUID) -> HttpResponse:
    bodies = _bodies(call, company_id, DataType.COMPANY)
    if not bodies:
        raise not_found(_("The source told nothing about this company."))
    return json_reply(next(iter(bodies.values())))


def _statement_of(data_type: DataType, make: Statement) -> Callable[..., HttpResponse]:
    @operation(
        f"get-{data_type.value}",
        f"{data_type.value} of several periods",
        reply=dict[str, Any],
        query=(*PERIODS, AS_OF),
        refusals=(409,),
    )
    def get_statement(call: Call, company_id: UUID) -> HttpResponse:
        period_length = _whole_number(call, "periodLength", PERIOD_LENGTH_MAX_MONTHS)
        periods = _whole_number(call, "periodsToCompare", PERIODS_MAX)
        given = _month(call)
        months = _bodies(call, company_id, data_type)
        start = given or statements.latest_month(months)
        if start is None:
            raise not_found(
                _("The source has no %(data_type)s of any month.") % {"data_type": data_type.value}
            )
        return json_reply(make(months, start=start, period_length=period_length, periods=periods))

    return get_statement


def _whole_number(call: Call, name: str, maximum: int) -> int:
    text = call.parameter(name)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= maximum):
        raise bad_request(
            _("%(name)s is needed: a whole number from 1 to %(maximum)d.")
            % {"name": name, "maximum": maximum}
        )
    return int(text)


def _month(call: Call) -> str | None:
    """`startMonth`, the newest month that is asked for, as a stored month's key."""
    text = call.parameter("startMonth")
    if not text:
        return None
    try:
        return f"{dt.datetime.fromisoformat(text):%Y-%m}"
    except ValueError as error:
        raise bad_request(_("startMonth is a date, such as 2026-01-01.")) from error


_DATA = "companies/<uuid:company_id>/data"
_STATEMENTS: dict[DataType, Statement] = {
    DataType.BALANCE_SHEET: statements.balance_sheet,
    DataType.PROFIT_AND_LOSS: statements.profit_and_loss,
    DataType.CASH_FLOW_STATEMENT: statements.cash_flow_statement,
}

urlpatterns = [path(f"{_DATA}/info", endpoint(GET=get_company_info, POST=refresh_company_info))]
urlpatterns += [
    path(
        f"{_DATA}/{facts_of(data_type).path}",
        endpoint(GET=_statement_of(data_type, make)),
    )
    for data_type, make in _STATEMENTS.items()
]
