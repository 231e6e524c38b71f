"""The products that a company is used for."""

from __future__ import annotations

from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import bad_request
from bookbridge.bridge.api.replies import empty_reply
from bookbridge.bridge.companies import operations, queries
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.sync import operations as sync
from bookbridge.bridge.sync.models import Dataset

TYPES_MAX = 100


class ProductRefresh(msgspec.Struct, forbid_unknown_fields=True):
    """Which data types to read; all when absent."""

    dataTypes: list[str] | None = None


@operation("add-product", "Use a company for a product", status=204, refusals=(400,))
def add_product(call: Call, company_id: UUID, product: str) -> HttpResponse:
    """Products are names of the client's own choosing; webhooks tell of each."""
    operations.add_product(
        client_id=call.client_id,
        company_id=company_id,
        product=product,
        actor=call.actor,
        at=call.at,
    )
    return empty_reply(204)


@operation("remove-product", "No longer use a company for a product", status=204)
def remove_product(call: Call, company_id: UUID, product: str) -> HttpResponse:
    operations.remove_product(
        client_id=call.client_id,
        company_id=company_id,
        product=product,
        actor=call.actor,
        at=call.at,
    )
    return empty_reply(204)


@operation(
    "refresh-product-data",
    "Read the data of a product anew",
    body=ProductRefresh,
    status=202,
)
def refresh_product(call: Call, company_id: UUID, product: str) -> HttpResponse:
    """Refused while anything of the company is being read."""
    queries.check_product(queries.company(call.client_id, company_id), product)
    wanted = _types(call.body(ProductRefresh).dataTypes)
    if Dataset.objects.filter(
        client_id=call.client_id,
        company_id=company_id,
        status__in=[status.value for status in IN_PROGRESS],
    ).exists():
        raise bad_request(
            _("Data is being read. Wait until that is complete, then ask for it again.")
        )
    sync.request_refresh(
        client_id=call.client_id,
        company_id=company_id,
        data_types=wanted,
        actor=call.actor,
        at=call.at,
    )
    return empty_reply(202)


def _types(names: list[str] | None) -> list[DataType] | None:
    if not names:
        return None
    known = [one.value for one in DataType]
    wrong = [name for name in names[:TYPES_MAX] if name not in known]
    if wrong or len(names) > TYPES_MAX:
        raise bad_request(
            _("'%(name)s' is no data type that can be read. They are: %(known)s.")
            % {"name": (wrong or names)[0][:100], "known": ", ".join(known)}
        )
    return [DataType(name) for name in names]


_ONE = "companies/<uuid:company_id>/products/<str:product>"

urlpatterns = [
    path(_ONE, endpoint(PUT=add_product, DELETE=remove_product)),
    path(f"{_ONE}/refresh", endpoint(POST=refresh_product)),
]
