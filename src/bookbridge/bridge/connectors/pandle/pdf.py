"""An invoice as a PDF file. The path is known, what it answers is not (mark P): a file is passed
on, anything else is refused rather than guessed at."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from bookbridge.bridge.connectors import calling
from bookbridge.bridge.connectors.contract import SourceRequest
from bookbridge.bridge.connectors.errors import SourceShapeError
from bookbridge.bridge.connectors.pandle.client import api_url

BEGINNING = b"%PDF-"


def invoice_pdf(request: SourceRequest, invoice_id: str) -> bytes:
    """The file. Raises NotSupportedError where the source has none."""
    path = f"/companies/{request.company_id}/invoices/{quote(invoice_id, safe='')}/pdf"
    url = api_url(request.base_url, path)
    reply = calling.get(request, url, optional=True, authorisation=_for_a_file)
    if not reply.body.startswith(BEGINNING):
        raise SourceShapeError("The answer is no PDF file", path=path, field="body")
    return reply.body


def _for_a_file(token: str) -> Mapping[str, str]:
    return {**calling.bearer(token), "Accept": "application/pdf, application/json;q=0.5"}
