"""Reading data: lists and single records of every data type, company and connection level.

The public contract has each type at one level. Both are served for all: a company may have had more
than one source, and only the connection's URL says which is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.data_lists import RecordList, read_one, read_page
from bookbridge.bridge.api.description import PAGING, Operation, Paged, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import ApiError, not_found
from bookbridge.bridge.api.paging import page_of, text_page_reply
from bookbridge.bridge.api.replies import json_reply
from bookbridge.bridge.api.sources import readable_connection, unsupported
from bookbridge.bridge.datatypes import FACTS, DataType, DataTypeFacts, Level
from bookbridge.bridge.records.api.past import AS_OF, as_of

# Types of the public API that no source of ours has: they are refused in its own words.
BANKING = ("accountBalances", "accounts", "transactionCategories", "transactions")
COMMERCE = (
    *("customers", "disputes", "locations", "orders", "paymentMethods", "payments"),
    *("productCategories", "products", "transactions"),
)
UNSUPPORTED = ("itemReceipts", "paymentMethods", "purchaseOrders", "salesOrders")
# Those of banking and commerce have their data type's key for a path; this one has not.
UNSUPPORTED_OF_CONNECTION = {
    **{f"banking-{one}": f"banking-{one}" for one in BANKING},
    **{f"commerce-{one}": f"commerce-{one}" for one in COMMERCE},
    "commerce-info": "commerce-companyInfo",
}
# What the company's URL calls the lines of a bank account; the connection's has its own word.
COMPANY_PATHS = {DataType.BANK_TRANSACTIONS: "transactions"}

FOLDERS = {
    Level.COMPANY: "companies/<uuid:company_id>/data",
    Level.CONNECTION: "companies/<uuid:company_id>/connections/<uuid:connection_id>/data",
}
Record = dict[str, Any]


def _list_of(data_type: DataType, suffix: str) -> Operation:
    @operation(
        f"list-{data_type.value}{suffix}",
        f"A page of {data_type.value}",
        reply=Paged[Record],
        query=(*PAGING, AS_OF),
        refusals=(409,),
    )
    def list_records(
        call: Call,
        company_id: UUID,
        connection_id: UUID | None = None,
        parent_id: str | None = None,
    ) -> HttpResponse:
        at = as_of(call)
        source = readable_connection(call.client_id, company_id, data_type, connection_id)
        page = page_of(call.request)
        records = RecordList(company_id, source.id, data_type, parent_id, at)
        text, total = read_page(records, call, page)
        return text_page_reply(page, text, total)

    return list_records


def _one_of(data_type: DataType, suffix: str) -> Operation:
    @operation(
        f"get-{data_type.value}{suffix}",
        f"One record of {data_type.value}",
        reply=Record,
        query=(AS_OF,),
        refusals=(409,),
    )
    def get_record(
        call: Call,
        company_id: UUID,
        record_id: str,
        connection_id: UUID | None = None,
        parent_id: str | None = None,
    ) -> HttpResponse:
        at = as_of(call)
        source = readable_connection(call.client_id, company_id, data_type, connection_id)
        records = RecordList(company_id, source.id, data_type, parent_id, at)
        text = read_one(records, record_id)
        if text is None:
            raise no_record(data_type, record_id)
        return json_reply(text)

    return get_record


def no_record(data_type: DataType, record_id: str) -> ApiError:
    """The 404 of an id that a list does not have."""
    return not_found(
        _("There is no record '%(id)s' in %(data_type)s.")
        % {"id": record_id[:100], "data_type": data_type.value}
    )


def _unsupported(name: str, suffix: str) -> Operation:
    @operation(f"refuse-{name}{suffix}", f"No platform gives {name}", reply={})
    def refuse(call: Call, company_id: UUID, **parameters: object) -> HttpResponse:
        raise unsupported(call.client_id, company_id, name)

    return refuse


def _patterns(facts: DataTypeFacts, level: Level) -> list[URLPattern]:
    suffix = "" if level is facts.level else f"-of-{level.value}"
    folder, last = FOLDERS[level], facts.path
    if facts.parent_path is not None:
        folder = f"{folder}/{facts.parent_path}/<str:parent_id>"
    if level is Level.COMPANY:
        last = COMPANY_PATHS.get(facts.data_type, last)
    return [
        path(f"{folder}/{last}", endpoint(GET=_list_of(facts.data_type, suffix))),
        path(f"{folder}/{last}/<str:record_id>", endpoint(GET=_one_of(facts.data_type, suffix))),
    ]


def _unsupported_patterns(name: str, level: Level, last: str = "") -> list[URLPattern]:
    suffix = "" if level is Level.COMPANY else f"-of-{level.value}"
    folder = f"{FOLDERS[level]}/{last or name}"
    refuse = endpoint(GET=_unsupported(name, suffix))
    return [path(folder, refuse), path(f"{folder}/<path:rest>", refuse)]


Make = Callable[[Any, Level], list[URLPattern]]


def _at_both_levels(make: Make, wanted: Any) -> list[URLPattern]:
    return [pattern for level in Level for pattern in make(wanted, level)]


urlpatterns = [
    pattern
    for facts in FACTS.values()
    if facts.is_list
    for pattern in _at_both_levels(_patterns, facts)
]
for _name in UNSUPPORTED:
    urlpatterns += _at_both_levels(_unsupported_patterns, _name)
for _last, _name in UNSUPPORTED_OF_CONNECTION.items():
    urlpatterns += _unsupported_patterns(_name, Level.CONNECTION, _last)
