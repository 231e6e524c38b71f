"""Reading data: lists and single records of every data type, company and connection level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.data_lists import RecordList, read_one, read_page
from bookbridge.bridge.api.description import PAGING, Paged, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import not_found
from bookbridge.bridge.api.paging import page_of, text_page_reply
from bookbridge.bridge.api.replies import json_reply
from bookbridge.bridge.api.sources import readable_connection, unsupported
from bookbridge.bridge.datatypes import FACTS, DataType, DataTypeFacts, Level

# Types of the public API that no source of ours has: they are refused in its own words.
UNSUPPORTED_AT_COMPANY = ("paymentMethods", "purchaseOrders", "salesOrders")
UNSUPPORTED_AT_CONNECTION = ("itemReceipts",)

_COMPANY = "companies/<uuid:company_id>/data"
_CONNECTION = "companies/<uuid:company_id>/connections/<uuid:connection_id>/data"
Handler = Callable[..., HttpResponse]
Record = dict[str, Any]


def _list_of(data_type: DataType) -> Handler:
    @operation(
        f"list-{data_type.value}",
        f"A page of {data_type.value}",
        reply=Paged[Record],
        query=PAGING,
        refusals=(409,),
    )
    def list_records(
        call: Call,
        company_id: UUID,
        connection_id: UUID | None = None,
        parent_id: str | None = None,
    ) -> HttpResponse:
        source = readable_connection(call.client_id, company_id, data_type, connection_id)
        page = page_of(call.request)
        records = RecordList(company_id, source.id, data_type, parent_id)
        text, total = read_page(records, call, page)
        return text_page_reply(page, text, total)

    return list_records


def _one_of(data_type: DataType) -> Handler:
    @operation(
        f"get-{data_type.value}",
        f"One record of {data_type.value}",
        reply=Record,
        refusals=(409,),
    )
    def get_record(
        call: Call,
        company_id: UUID,
        record_id: str,
        connection_id: UUID | None = None,
        parent_id: str | None = None,
    ) -> HttpResponse:
        source = readable_connection(call.client_id, company_id, data_type, connection_id)
        records = RecordList(company_id, source.id, data_type, parent_id)
        text = read_one(records, record_id)
        if text is None:
            raise not_found(
                _("There is no record '%(id)s' in %(data_type)s.")
                % {"id": record_id[:100], "data_type": data_type.value}
            )
        return json_reply(text)

    return get_record


def _unsupported(name: str) -> Handler:
    @operation(f"refuse-{name}", f"No platform gives {name}", reply={})
    def refuse(call: Call, company_id: UUID, **parameters: object) -> HttpResponse:
        raise unsupported(call.client_id, company_id, name)

    return refuse


def _patterns(facts: DataTypeFacts) -> list[URLPattern]:
    lists = endpoint(GET=_list_of(facts.data_type))
    one = endpoint(GET=_one_of(facts.data_type))
    folder = _COMPANY if facts.level is Level.COMPANY else _CONNECTION
    if facts.parent_path is not None:
        folder = f"{folder}/{facts.parent_path}/<str:parent_id>"
    return [
        path(f"{folder}/{facts.path}", lists),
        path(f"{folder}/{facts.path}/<str:record_id>", one),
    ]


def _unsupported_patterns(folder: str, name: str) -> list[URLPattern]:
    refuse = endpoint(GET=_unsupported(name))
    return [path(f"{folder}/{name}", refuse), path(f"{folder}/{name}/<path:rest>", refuse)]


urlpatterns = [pattern for facts in FACTS.values() if facts.is_list for pattern in _patterns(facts)]
for _name in UNSUPPORTED_AT_COMPANY:
    urlpatterns += _unsupported_patterns(_COMPANY, _name)
for _name in UNSUPPORTED_AT_CONNECTION:
    urlpatterns += _unsupported_patterns(_CONNECTION, _name)
