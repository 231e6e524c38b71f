"""Supplemental and custom data types in the public API. No source of ours gives any of it yet."""

from __future__ import annotations

from typing import Any, NoReturn
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGES, Paged, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import not_found
from bookbridge.bridge.api.names import is_public
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.replies import empty_reply, json_reply
from bookbridge.bridge.api.sources import unsupported
from bookbridge.bridge.connections.queries import connection
from bookbridge.bridge.supplements import operations, queries


class SupplementalSource(msgspec.Struct, omit_defaults=True):
    """Where the source keeps what is added, and under which names it comes and goes."""

    dataSource: str | None = None
    pullData: dict[str, str] | None = None
    pushData: dict[str, str] | None = None


class Supplemental(msgspec.Struct):
    """What to add to the records of a data type, by names of the client's own."""

    supplementalDataConfig: dict[str, SupplementalSource] = {}


class CustomType(msgspec.Struct, omit_defaults=True):
    """A data type of the client's own: where it is, and which values its records have."""

    dataSource: str | None = None
    requiredData: dict[str, str] | None = None
    keyBy: list[str] | None = None
    sourceModifiedDate: list[str] | None = None


class CustomRecord(msgspec.Struct):
    """A record of a custom data type."""

    id: str
    content: dict[str, Any]


@operation(
    "configure-supplemental-data", "Choose what to add to a data type's records", body=Supplemental
)
def configure_supplemental(call: Call, key: str, data_type: str) -> HttpResponse:
    """It is kept and told again; sources that are read only give nothing to add yet."""
    sent = call.body(Supplemental)
    operations.configure_supplemental(
        client_id=call.client_id,
        integration_key=key,
        data_type=_public(data_type),
        content=msgspec.to_builtins(sent),
        actor=call.actor,
        at=call.at,
    )
    return empty_reply(200)


@operation(
    "get-supplemental-data-configuration",
    "What is added to a data type's records",
    reply=Supplemental,
)
def get_supplemental(call: Call, key: str, data_type: str) -> HttpResponse:
    found = queries.supplemental(call.client_id, key, _public(data_type))
    return json_reply({"supplementalDataConfig": {}, **found})


@operation(
    "configure-custom-data-type",
    "Configure a data type of one's own",
    body=CustomType,
    reply=CustomType,
)
def configure_custom(call: Call, key: str, identifier: str) -> HttpResponse:
    """It is kept as it was sent; nothing in it is tried at the source."""
    sent = call.body(CustomType)
    kept = operations.configure_custom_type(
        client_id=call.client_id,
        integration_key=key,
        identifier=identifier,
        content=msgspec.to_builtins(sent),
        actor=call.actor,
        at=call.at,
    )
    return json_reply(kept.content)


@operation(
    "get-custom-data-type-configuration", "A data type of the client's own", reply=CustomType
)
def get_custom(call: Call, key: str, identifier: str) -> HttpResponse:
    return json_reply(queries.custom_type(call.client_id, key, identifier))


@operation("refresh-custom-data-type", "Read a custom data type anew", reply={})
def refresh_custom(
    call: Call, company_id: UUID, connection_id: UUID, identifier: str
) -> HttpResponse:
    """Refused with a 404: no source of ours reads custom data types yet."""
    _configured(call, company_id, connection_id, identifier)
    raise unsupported(call.client_id, company_id, f"custom/{identifier}")


@operation(
    "list-custom-data-type-records",
    "Records of a custom data type",
    reply=Paged[CustomRecord],
    query=PAGES,
)
def list_custom(call: Call, company_id: UUID, connection_id: UUID, identifier: str) -> HttpResponse:
    """Empty: no source of ours reads custom data types yet."""
    _configured(call, company_id, connection_id, identifier)
    return page_reply(page_of(call.request), [], 0)


def _configured(call: Call, company_id: UUID, connection_id: UUID, identifier: str) -> None:
    found = connection(call.client_id, connection_id, company_id)
    queries.custom_type(call.client_id, found.integration_key, identifier)


def _public(data_type: str) -> str:
    return data_type if is_public(data_type) else _no_such_type(data_type)


def _no_such_type(data_type: str) -> NoReturn:
    raise not_found(_("There is no data type '%(key)s'.") % {"key": data_type[:100]})


_PLATFORM = "integrations/<str:key>/dataTypes"
_CONNECTION = "companies/<uuid:company_id>/connections/<uuid:connection_id>/data"

urlpatterns = [
    path(
        f"{_PLATFORM}/<str:data_type>/supplementalDataConfig",
        endpoint(GET=get_supplemental, PUT=configure_supplemental),
    ),
    path(
        f"{_PLATFORM}/custom/<str:identifier>",
        endpoint(GET=get_custom, PUT=configure_custom),
    ),
    path(f"{_CONNECTION}/queue/custom/<str:identifier>", endpoint(POST=refresh_custom)),
    path(f"{_CONNECTION}/custom/<str:identifier>", endpoint(GET=list_custom)),
]
