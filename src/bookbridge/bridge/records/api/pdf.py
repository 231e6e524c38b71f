"""An invoice's PDF, fetched from the source when it is asked for and kept nowhere."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.bridge.api.data_lists import RecordList, read_one
from bookbridge.bridge.api.description import operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import ApiError, conflict, not_found
from bookbridge.bridge.api.replies import Outside
from bookbridge.bridge.api.sources import readable_connection
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connectors.errors import (
    NotSupportedError,
    ReauthoriseError,
    RetryLaterError,
    SourceError,
)
from bookbridge.bridge.connectors.optional import GivesInvoicePdfs
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.records.api.lists import no_record
from bookbridge.bridge.sync.session import source_session

PDF = "application/pdf"


@operation(
    "download-invoice-pdf",
    "An invoice as the source prints it",
    reply={"type": "string"},
    media=PDF,
    refusals=(409,),
)
def download_invoice_pdf(call: Call, company_id: UUID, record_id: str) -> HttpResponse:
    """A 404 also where the source makes no PDF files."""
    source = readable_connection(call.client_id, company_id, DataType.INVOICES)
    if read_one(RecordList(company_id, source.id, DataType.INVOICES), record_id) is None:
        raise no_record(DataType.INVOICES, record_id)
    return Outside(partial(_fetched, source, record_id))


def _fetched(source: Connection, invoice_id: str) -> HttpResponse:
    connector = connector_of(source.integration_key)
    if not isinstance(connector, GivesInvoicePdfs):
        raise _no_file(invoice_id)
    try:
        with source_session(source, timezone.localdate()) as session:
            file = connector.invoice_pdf(session.request, invoice_id)
    except SourceError as error:
        raise _refusal(error, invoice_id) from error
    return HttpResponse(file, content_type=PDF)


def _refusal(error: SourceError, invoice_id: str) -> ApiError:
    match error:
        case NotSupportedError():
            return _no_file(invoice_id)
        case ReauthoriseError():
            return conflict(str(error))
        case RetryLaterError(after=after) if after is not None:
            headers = {"Retry-After": str(max(1, int(after.total_seconds())))}
            return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers=headers)
        case _:
            return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, str(error))


def _no_file(invoice_id: str) -> ApiError:
    return not_found(
        _("The source gives no PDF file of invoice '%(id)s'.") % {"id": invoice_id[:100]}
    )


urlpatterns = [
    path(
        "companies/<uuid:company_id>/data/invoices/<str:record_id>/pdf",
        endpoint(GET=download_invoice_pdf),
    )
]
