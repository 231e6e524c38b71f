"""An invoice's PDF comes from the source itself, through the API, while the client waits."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from bookbridge.bridge.api.tests.cast import Answer, Api
from bookbridge.bridge.clients.operations import create_api_key
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.tests.conftest import ANALYST, Linked
from bookbridge.bridge.sync.tests.http_source import Trouble

FILE = b"%PDF-1.7\nan invoice"


def answers(response: Callable[[], httpx.Response]) -> Trouble:
    """The source answers so when it is asked for a PDF."""
    return lambda request: response() if request.url.path.endswith("/pdf") else None


@pytest.fixture
def api(linked: Linked) -> Api:
    linked.sync(DataType.INVOICES)
    at = linked.connection.created_at
    _key, raw = create_api_key(client_id=linked.client.id, name="tests", actor=ANALYST, at=at)
    return Api(linked.client.id, raw)


def test_the_file_is_passed_on_and_what_goes_wrong_is_told(linked: Linked, api: Api) -> None:
    invoice_id = next(iter(linked.records(DataType.INVOICES)))

    def pdf(record_id: str = invoice_id) -> Answer:
        return api.get(f"/companies/{linked.company.id}/data/invoices/{record_id}/pdf")

    source = linked.source
    source.trouble = answers(lambda: httpx.Response(200, content=FILE))
    answer = pdf()
    assert (answer.status, answer.response.content) == (200, FILE)
    assert answer.response.headers["Content-Type"] == "application/pdf"
    assert "X-Rate-Limit-Limit" in answer.response.headers
    assert source.seen[-1].endswith(f"/invoices/{invoice_id}/pdf")

    # The token that lapsed meanwhile is renewed, and the new one is kept.
    with source.lock:
        source.access_token = "another"
    assert pdf().status == 200
    assert source.refreshes == 1
    assert pdf().status == 200 and source.refreshes == 1

    assert pdf("nothing").status == 404
    source.trouble = answers(lambda: httpx.Response(404, json={"errors": ["No"]}))
    answer = pdf()
    assert answer.status == 404 and "no PDF" in answer.error
    source.trouble = answers(lambda: httpx.Response(200, json={"data": "who knows"}))
    assert pdf().status == 503
    source.trouble = answers(lambda: httpx.Response(429, headers={"Retry-After": "7"}))
    answer = pdf()
    assert answer.status == 503 and int(answer.response.headers["Retry-After"]) >= 1

    with client_scope(linked.client.id):
        Connection.objects.update(status=Connection.Status.UNLINKED)
    answer = pdf()
    assert answer.status == 409 and "linked anew" in answer.error
