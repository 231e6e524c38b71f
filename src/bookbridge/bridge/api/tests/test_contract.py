"""The official clients and the published OpenAPI files, against this process.

The clients are unmodified; only their transport leads here instead of to a socket.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from codat_platform.models import operations as platform_operations
from codat_platform.models import shared as platform_shared
from codat_platform.models.errors import ResponseValidationError
from codataccounting import CodatAccounting
from requests.adapters import BaseAdapter

from bookbridge.bridge.api.tests import official
from bookbridge.bridge.api.tests.books import LinkedCompany, linked_company
from bookbridge.bridge.api.tests.cast import BROWSER, NOW, Api
from bookbridge.bridge.api.tests.openapi import Spec, UnknownOperationError
from bookbridge.bridge.api.tests.samples import fill
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import FACTS, DataType, Level
from bookbridge.bridge.integrations.models import IntegrationSettings

SERVER = "http://testserver/api"


class Recorder(httpx.BaseTransport, BaseAdapter):
    """Carries both clients' requests into this process and keeps every reply."""

    def __init__(self) -> None:
        BaseAdapter.__init__(self)
        self.replies: list[tuple[str, str, int, bytes]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = BROWSER.generic(
            request.method,
            request.url.raw_path.decode(),
            request.read(),
            content_type=request.headers.get("Content-Type", "application/json"),
            headers={"Authorization": request.headers["Authorization"]},
        )
        path = request.url.path.removeprefix("/api")
        self.replies.append((request.method, path, response.status_code, response.content))
        return httpx.Response(
            response.status_code,
            headers=dict(response.headers),
            content=response.content,
            request=request,
        )

    def send(self, request: requests.PreparedRequest, **_options: Any) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        found = self.handle_request(
            httpx.Request(
                request.method or "GET",
                str(request.url),
                headers=dict(request.headers),
                content=body or b"",
            )
        )
        made = requests.Response()
        made.status_code = found.status_code
        made.headers.update(dict(found.headers))
        made.raw = io.BytesIO(found.content)
        made.request, made.url = request, str(request.url)
        return made

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def spec(test_data: Path) -> Spec:
    folder = test_data / "specs"
    if not folder.is_dir():
        pytest.skip(f"no OpenAPI files at {folder}")
    return Spec(folder)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def platform(lender: Api, recorder: Recorder) -> Iterator[Any]:
    with httpx.Client(transport=recorder) as client:
        yield official.platform_client(SERVER, lender.key, client)


@pytest.fixture
def accounting(lender: Api, recorder: Recorder) -> CodatAccounting:
    session = requests.Session()
    session.mount("http://", recorder)
    return official.accounting_client(SERVER, lender.key, session)


@pytest.fixture
def acme(lender: Api) -> LinkedCompany:
    company = linked_company(lender)
    fill(company)
    with client_scope(lender.client_id):
        IntegrationSettings.objects.create(
            client_id=lender.client_id,
            integration_key="vjms",
            host="https://my.pandle.com",
            client_id_ciphertext=b"x",
            client_secret_ciphertext=b"x",
            is_enabled=True,
            updated_at=NOW,
        )
    return company


@pytest.mark.parametrize("wanted", official.LISTS, ids=lambda one: one.data_type)
def test_codat_accounting_reads_every_list_and_record(
    acme: LinkedCompany, accounting: CodatAccounting, wanted: official.OfficialList
) -> None:
    ids = (str(acme.company_id), str(acme.connection_id))
    page = official.read_list(accounting, wanted, *ids, page=1, page_size=2, query="id!=nothing")
    assert page.results and page.total_results >= len(page.results)
    for record in page.results:
        one = official.read_one(accounting, wanted, *ids, record.id)
        assert vars(one).items() >= vars(record).items()


def test_codat_accounting_reads_bank_transactions_info_and_reports(
    acme: LinkedCompany, accounting: CodatAccounting
) -> None:
    company = {"company_id": str(acme.company_id)}
    lines = official.call(
        accounting.bank_account_transactions.list,
        **company,
        connection_id=str(acme.connection_id),
        account_id="31001",
        page=1,
    )
    assert len(lines.bank_transactions.results) == 2
    info = official.call(accounting.company_info.get, **company)
    assert info.company_dataset.base_currency == "GBP"
    reports = accounting.reports
    months = {"period_length": 1, "periods_to_compare": 2}
    sheet = official.call(reports.get_balance_sheet, **company, **months)
    assert len(sheet.balance_sheet.reports) == 2
    profit = official.call(reports.get_profit_and_loss, **company, **months)
    assert len(profit.profit_and_loss_report.reports) == 2
    assert official.call(reports.is_aged_debtor_report_available, **company).raw_response.json()
    assert official.call(reports.get_aged_debtors_report, **company).aged_debtor_report.data
    assert official.call(reports.get_aged_creditors_report, **company).aged_creditor_report.data


def test_codat_platform_drives_a_company(
    acme: LinkedCompany, platform: Any, recorder: Recorder, spec: Spec
) -> None:
    operations = platform_operations
    made = platform.companies.create(
        request=platform_shared.CompanyRequestBody(name="Birch Ltd", tags={"region": "uk"})
    )
    company = {"company_id": made.id}
    listed = platform.companies.list(
        request=operations.ListCompaniesRequest(tags="region=uk", order_by="-created")
    )
    assert [one.id for one in listed.results] == [made.id]
    update = platform_shared.CompanyUpdateRequest(description="Trees")
    platform.companies.update(
        request=operations.UpdateCompanyRequest(**company, company_update_request=update)
    )
    replacement = platform_shared.CompanyRequestBody(name="Birch & Sons")
    replaced = platform.companies.replace(
        request=operations.ReplaceCompanyRequest(**company, company_request_body=replacement)
    )
    assert (replaced.name, replaced.description) == ("Birch & Sons", None)
    token = platform.companies.get_access_token(
        request=operations.GetCompanyAccessTokenRequest(**company)
    )
    assert token.token_type == "Bearer"
    pending = platform.connections.create(
        request=operations.CreateConnectionRequest(
            **company,
            request_body=operations.CreateConnectionRequestBody(platform_key="vjms"),
        )
    )
    assert pending.status == "PendingAuth"
    platform.connections.delete(
        request=operations.DeleteConnectionRequest(**company, connection_id=pending.id)
    )
    platform.companies.delete(request=operations.DeleteCompanyRequest(**company))
    with pytest.raises(Exception, match="no such company"):
        platform.companies.get(request=operations.GetCompanyRequest(**company))
    check_all(recorder, spec)


def test_codat_platform_refreshes_and_unlinks(
    acme: LinkedCompany, platform: Any, recorder: Recorder, spec: Spec
) -> None:
    operations = platform_operations
    company = {"company_id": str(acme.company_id)}
    statuses = platform.refresh_data.get(request=operations.GetCompanyDataStatusRequest(**company))
    assert statuses.invoices.current_status == "Complete"
    queued = platform.refresh_data.by_data_type(
        request=operations.RefreshDataTypeRequest(**company, data_type="invoices")
    )
    assert queued.status == "Queued"
    platform.refresh_data.all(request=operations.RefreshCompanyDataRequest(**company))
    history = platform.refresh_data.list_pull_operations(
        request=operations.ListPullOperationsRequest(**company, query="status=queued", page_size=3)
    )
    assert len(history.results) == 3
    one = platform.refresh_data.get_pull_operation(
        request=operations.GetPullOperationRequest(**company, dataset_id=queued.id)
    )
    assert one.id == queued.id
    results = platform.read_data.get_validation_results(
        request=operations.GetReadValidationResultsRequest(**company, dataset_id=queued.id)
    )
    assert results.errors == []
    connection = {**company, "connection_id": str(acme.connection_id)}
    unlinked = platform.connections.unlink(
        request=operations.UnlinkConnectionRequest(
            **connection,
            update_connection_status=platform_shared.UpdateConnectionStatus(status="Unlinked"),
        )
    )
    assert unlinked.status == "Unlinked"
    found = platform.connections.get(request=operations.GetConnectionRequest(**connection))
    assert found.status == "Unlinked"
    listed = platform.connections.list(request=operations.ListConnectionsRequest(**company))
    assert listed.total_results == 1
    check_all(recorder, spec)


def test_codat_platform_reads_integrations_and_settings(
    acme: LinkedCompany, platform: Any, recorder: Recorder, spec: Spec
) -> None:
    operations = platform_operations
    listed = platform.integrations.list(
        request=operations.ListIntegrationsRequest(query="sourceType=Accounting&&enabled=true")
    )
    assert [one.key for one in listed.results] == ["vjms"]
    key = {"platform_key": "vjms"}
    assert platform.integrations.get(request=operations.GetIntegrationRequest(**key)).enabled
    platform.integrations.get_branding(request=operations.GetIntegrationsBrandingRequest(**key))
    made = platform.settings.create_api_key(request=platform_shared.CreateAPIKey(name="second"))
    assert made.api_key
    assert len(platform.settings.list_api_keys().results) == 2
    # The client wants a body with this 204, which HTTP does not let anybody send.
    with pytest.raises(ResponseValidationError):
        platform.settings.delete_api_key(request=operations.DeleteAPIKeyRequest(api_key_id=made.id))
    assert len(platform.settings.list_api_keys().results) == 1
    assert platform.settings.get_profile().name == "Lender Ltd"
    platform.settings.update_profile(
        request=platform_shared.Profile(name="Lender", redirect_url="https://lender.example")
    )
    assert platform.settings.get_sync_settings().settings
    company = {"company_id": str(acme.company_id)}
    settings = platform.companies.get_company_sync_settings(
        request=operations.GetCompanySyncSettingsRequest(**company)
    )
    assert settings.settings
    platform.settings.set(
        request=platform_shared.ConnectionManagementAllowedOrigins(
            allowed_origins=["https://app.example"]
        )
    )
    assert platform.settings.get().allowed_origins == ["https://app.example"]
    check_all(recorder, spec)


def check_all(recorder: Recorder, spec: Spec) -> None:
    assert recorder.replies
    for reply in recorder.replies:
        spec.check(*reply)


@pytest.mark.parametrize("data_type", list(DataType))
def test_every_reading_fits_its_openapi_file(
    acme: LinkedCompany, spec: Spec, data_type: DataType
) -> None:
    facts = FACTS[data_type]
    below = acme.path if facts.level is Level.COMPANY else acme.connection_path
    path = f"{below}/data/{facts.path}"
    if facts.parent_path:
        path = f"{below}/data/{facts.parent_path}/31001/{facts.path}"
    paths = [path]
    if facts.is_list and not facts.parent_path:
        first = acme.api.get(path).body["results"][0]
        paths.append(f"{path}/{first['id']}")
    for one in paths:
        parameters = "periodLength=1&periodsToCompare=2" if "financials" in one else ""
        answer = acme.api.get(f"{one}?{parameters}")
        if data_type is DataType.CASH_FLOW_STATEMENT:
            assert answer.status == 409
        spec.check("GET", one, answer.status, answer.response.content)


@pytest.mark.parametrize("side", ["agedDebtor", "agedCreditor"])
def test_aged_reports_fit_their_openapi_file(acme: LinkedCompany, spec: Spec, side: str) -> None:
    for path in (f"{acme.path}/reports/{side}", f"{acme.path}/reports/{side}/available"):
        answer = acme.api.get(path)
        assert answer.status == 200
        spec.check("GET", path, answer.status, answer.response.content)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/companies/{company}/data/nothing", 404),
        ("GET", "/companies/00000000-0000-4000-8000-000000000000", 404),
        ("GET", "/companies?query=colour=red", 400),
        ("POST", "/companies", 400),
        ("POST", "/companies/{company}/data/queue/nonsense", 400),
        ("GET", "/companies/{company}/data/invoices?query=a", 400),
        ("GET", "/companies/{company}/data/purchaseOrders", 404),
    ],
)
def test_refusals_are_the_public_error(
    acme: LinkedCompany, spec: Spec, method: str, path: str, status: int
) -> None:
    concrete = path.format(company=acme.company_id)
    answer = acme.api.call(method, concrete)
    assert answer.status == status
    spec.check("GET", "/companies", 404 if status == 404 else 400, answer.response.content)


def test_the_files_are_read_as_they_are_meant(spec: Spec) -> None:
    """A validator that accepts everything proves nothing."""
    with pytest.raises(UnknownOperationError):
        spec.check("GET", "/nothing", 200, b"{}")
    with pytest.raises(AssertionError, match="not documented"):
        spec.check("GET", "/companies", 418, b"{}")
    with pytest.raises(AssertionError, match="pageNumber"):
        spec.check("GET", "/companies", 200, b'{"results":[]}')
