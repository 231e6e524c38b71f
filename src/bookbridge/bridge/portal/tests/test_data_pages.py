"""What was read, as the portal shows it: data types, records, read history, certificates."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client as Browser
from django.utils import timezone

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes import ORDER
from bookbridge.bridge.records.models import Record
from bookbridge.bridge.sync.models import Certificate, Dataset, Refresh
from bookbridge.bridge.web.tests.test_access import browser_of, client_with_company

pytestmark = pytest.mark.django_db
LIST = {"sourceSaid": 2, "fetched": 2, "stored": 2, "deleted": 0, "pages": 1}
COUNTS = {"mapped": 2, "live": 2, "deleted": 0, "rejected": 0, "rejections": []}


@pytest.fixture
def read() -> tuple[Client, Company, Dataset, Browser]:
    """A company with one invoice and one finished, certified dataset."""
    client, company = client_with_company("Lender")
    now = timezone.now()
    mine = {"client_id": client.id, "company_id": company.id}
    with client_scope(client.id):
        connection = Connection.objects.create(
            **mine, integration_key="vjms", status="Linked", created_at=now
        )
        of_connection = {**mine, "connection_id": connection.id}
        refresh = Refresh.objects.create(**of_connection, requested_at=now, is_full=True)
        dataset = Dataset.objects.create(
            **of_connection,
            refresh=refresh,
            data_type="invoices",
            status="Complete",
            requested_at=now,
            completed_at=now,
        )
        Record.objects.create(
            **of_connection,
            data_type="invoices",
            id_length=4,
            record_id="9001",
            body={"id": "9001", "invoiceNumber": "INV-1", "totalAmount": -1234.5},
            content_hash=b"x",
            modified_at=now,
            mapping_version="1",
            sources=[["invoices", "9001"]],
        )
        for kind, outcome, facts in (
            # A list of the source may be called as a method of dictionaries is.
            (
                "DATASET",
                "COMPLETE",
                {"lists": {"items": LIST, "invoices": LIST}, "records": COUNTS},
            ),
            ("RECONCILIATION", "DIFFERENCES", {"differences": [{"name": "Sales", "pence": 7}]}),
        ):
            Certificate.objects.create(
                **of_connection,
                refresh_id=refresh.id,
                dataset_id=dataset.id if kind == "DATASET" else None,
                kind=kind,
                outcome=outcome,
                text=json.dumps(facts),
                key_id="k",
                signature=b"s",
                issued_at=now,
            )
    return client, company, dataset, browser_of(client, "ADMINISTRATOR")


def test_a_dataset_shows_its_lists_and_the_differences_in_pence(
    read: tuple[Client, Company, Dataset, Browser],
) -> None:
    _client, company, dataset, browser = read
    page = browser.get(f"/companies/{company.id}/history/{dataset.id}").content.decode()
    assert "Source says" in page
    assert '<th scope="row">items</th>' in page
    assert "Sales" in page
    assert '<td class="num">7</td>' in page


def test_records_are_listed_searched_and_opened(
    read: tuple[Client, Company, Dataset, Browser],
) -> None:
    _client, company, dataset, browser = read
    listed = browser.get(f"/companies/{company.id}/data/invoices").content.decode()
    assert "INV-1" in listed
    assert "\N{MINUS SIGN}1,234.50" in listed
    assert (
        "Nothing matches"
        in browser.get(f"/companies/{company.id}/data/invoices?q=INV-2").content.decode()
    )
    record = browser.get(
        f"/companies/{company.id}/data/invoices/{dataset.connection_id}/9001"
    ).content.decode()
    assert "invoices 9001" in record


def test_every_data_type_has_a_page(read: tuple[Client, Company, Dataset, Browser]) -> None:
    _client, company, _dataset, browser = read
    for data_type in ORDER:
        page = browser.get(f"/companies/{company.id}/data/{data_type.value}")
        assert page.status_code == 200, data_type
    assert browser.get(f"/companies/{company.id}/data/nothing").status_code == 404


def test_a_certificate_can_be_kept(read: tuple[Client, Company, Dataset, Browser]) -> None:
    client, company, dataset, browser = read
    with client_scope(client.id):
        certificate = Certificate.objects.get(dataset_id=dataset.id)
    kept = browser.get(f"/companies/{company.id}/certificates/{certificate.id}")
    assert json.loads(kept.content)["signedText"] == certificate.text
    nowhere = browser.get(f"/companies/{company.id}/certificates/{uuid.uuid4()}")
    assert nowhere.status_code == 404


def test_the_overview_leads_to_the_data(read: tuple[Client, Company, Dataset, Browser]) -> None:
    _client, company, _dataset, browser = read
    page = browser.get(f"/companies/{company.id}/summary").content.decode()
    assert f"/companies/{company.id}/data/invoices" in page
    assert "Differences" in page


def test_a_read_under_way_can_be_cancelled_by_who_may_change_companies(
    read: tuple[Client, Company, Dataset, Browser],
) -> None:
    client, company, dataset, browser = read
    path = f"/companies/{company.id}/history/{dataset.id}"
    assert "Cancel this read" not in browser.get(path).content.decode()
    with client_scope(client.id):
        Dataset.objects.update(status="Fetching", completed_at=None)
    reader = browser_of(client, "ADVISOR")
    assert "Cancel this read" not in reader.get(path).content.decode()
    assert reader.post(f"{path}/cancel").status_code == 403
    assert "Cancel this read" in browser.get(path).content.decode()
    assert browser.get(f"{path}/cancel").status_code == 405
    browser.post(f"{path}/cancel")
    assert "Cancelled by" in browser.get(path).content.decode()
