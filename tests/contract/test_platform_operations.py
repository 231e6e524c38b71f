"""Every operation of codat-platform, unmodified, over HTTP; every reply fits the published file."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from codat_platform.models import errors, operations, shared

from bookbridge.bridge.api.tests.openapi import EARLIER_PLATFORM, Spec
from tests.contract.conftest import Lender
from tests.contract.linking import Linked

VJMS = {"platform_key": "vjms"}
SUPPLEMENTAL = {"extra": {"dataSource": "/invoices", "pullData": {"terms": "payment_terms"}}}


class Watched:
    """A client that notes which of its operations were called."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.called: set[str] = set()

    def __getattr__(self, group: str) -> Any:
        return _Group(self, group, getattr(self._client, group))

    @property
    def names(self) -> set[str]:
        return {
            f"{group}.{name}"
            for group, value in vars(self._client).items()
            if not group.startswith("_")
            for name in dir(value)
            if not name.startswith("_") and not name.endswith("_async")
            if callable(getattr(value, name))
        }


class _Group:
    def __init__(self, watched: Watched, group: str, value: Any) -> None:
        self._watched, self._name, self._value = watched, group, value

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self._watched.called.add(f"{self._name}.{name}")
        found: Callable[..., Any] = getattr(self._value, name)
        return found


@pytest.fixture(scope="module")
def platform(lender: Lender) -> Watched:
    return Watched(lender.platform)


@pytest.fixture
def company(platform: Watched) -> Iterator[dict[str, str]]:
    """A company of the test's own, with nothing in it."""
    made = platform.companies.create(
        request=shared.CompanyRequestBody(name="Quay & Sons", tags={"region": "uk"})
    )
    yield {"company_id": made.id}
    platform.companies.delete(request=operations.DeleteCompanyRequest(company_id=made.id))


def refused(status: int, call: Callable[[], Any]) -> str:
    """What a documented refusal says."""
    with pytest.raises(errors.ErrorMessage) as caught:
        call()
    assert caught.value.data.status_code == status
    assert caught.value.data.correlation_id
    return str(caught.value.data.error)


@contextmanager
def ignoring_deprecation() -> Iterator[None]:
    """The client itself warns of the older addresses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def test_companies(platform: Watched, company: dict[str, str]) -> None:
    companies = platform.companies
    listed = companies.list(
        request=operations.ListCompaniesRequest(
            tags="region=uk", query="name=Quay & Sons", order_by="-created", page=1, page_size=1
        )
    )
    assert [one.id for one in listed.results] == [company["company_id"]]
    changed = companies.update(
        request=operations.UpdateCompanyRequest(
            **company, company_update_request=shared.CompanyUpdateRequest(description="Boats")
        )
    )
    assert (changed.name, changed.description) == ("Quay & Sons", "Boats")
    replaced = companies.replace(
        request=operations.ReplaceCompanyRequest(
            **company, company_request_body=shared.CompanyRequestBody(name="Quay Ltd")
        )
    )
    assert (replaced.name, replaced.description, replaced.tags) == ("Quay Ltd", None, {})
    assert companies.get(request=operations.GetCompanyRequest(**company)).name == "Quay Ltd"
    token = companies.get_access_token(request=operations.GetCompanyAccessTokenRequest(**company))
    assert (token.token_type, token.expires_in) == ("Bearer", 86_400)
    unknown = operations.GetCompanyRequest(company_id=str(uuid.uuid4()))
    assert "no such company" in refused(404, lambda: companies.get(request=unknown))


def test_products(platform: Watched, linked: Linked) -> None:
    product = {**linked.company, "product_identifier": "lending"}
    companies = platform.companies
    companies.add_product(request=operations.AddProductRequest(**product))
    request = operations.GetCompanyRequest(**linked.company)
    assert companies.get(request=request).products == ["lending"]
    companies.refresh_product_data(
        request=operations.RefreshProductDataRequest(
            **product,
            request_body=operations.RefreshProductDataRequestBody(data_types=["taxRates"]),
        )
    )
    companies.remove_product(request=operations.RemoveProductRequest(**product))
    assert companies.get(request=request).products == []


def test_sync_settings(platform: Watched, company: dict[str, str]) -> None:
    chosen = shared.SyncSetting(
        data_type="invoices",
        fetch_on_first_link=True,
        sync_schedule=24,
        sync_order=3,
        sync_from_window=24,
    )
    platform.companies.set_company_sync_settings(
        request=operations.SetCompanySyncSettingsRequest(
            **company,
            request_body=operations.SetCompanySyncSettingsRequestBody(
                **company, settings=[chosen], overrides_defaults=True
            ),
        )
    )
    kept = platform.companies.get_company_sync_settings(
        request=operations.GetCompanySyncSettingsRequest(**company)
    )
    invoices = next(one for one in kept.settings if one.data_type == "invoices")
    assert (kept.overrides_defaults, invoices.sync_schedule, invoices.sync_from_window) == (
        True,
        24,
        24,
    )
    ours = platform.settings.get_sync_settings()
    platform.settings.update_sync_settings(
        request=operations.UpdateProfileSyncSettingsRequestBody(
            client_id=ours.client_id, settings=ours.settings, overrides_defaults=False
        )
    )
    assert platform.settings.get_sync_settings().overrides_defaults is False


def test_connections(platform: Watched, company: dict[str, str]) -> None:
    connections = platform.connections
    made = connections.create(
        request=operations.CreateConnectionRequest(
            **company, request_body=operations.CreateConnectionRequestBody(**VJMS)
        )
    )
    one = {**company, "connection_id": made.id}
    assert (made.status, made.platform_name, made.integration_key) == (
        "PendingAuth",
        "Pandle",
        "vjms",
    )
    listed = connections.list(
        request=operations.ListConnectionsRequest(**company, query="status=pendingauth")
    )
    assert [found.id for found in listed.results] == [made.id]
    said = refused(
        403,
        lambda: connections.update_authorization(
            request=operations.UpdateConnectionAuthorizationRequest(
                **one, request_body={"key": "secret"}
            )
        ),
    )
    assert "linkUrl" in said
    connections.delete(request=operations.DeleteConnectionRequest(**one))
    gone = operations.GetConnectionRequest(**one)
    assert "no such connection" in refused(404, lambda: connections.get(request=gone))


def test_a_linked_company_is_unlinked_only_by_that_word(platform: Watched, linked: Linked) -> None:
    """Linked already: nothing changes, and the connection is told."""
    kept = platform.connections.unlink(
        request=operations.UnlinkConnectionRequest(
            **linked.connection,
            update_connection_status=shared.UpdateConnectionStatus(status="Linked"),
        )
    )
    assert kept.status == "Linked"


def test_refreshing_and_its_history(platform: Watched, linked: Linked) -> None:
    refresh = platform.refresh_data
    queued = refresh.by_data_type(
        request=operations.RefreshDataTypeRequest(
            **linked.company, data_type="journals", connection_id=linked.connection_id
        )
    )
    assert queued.data_type == "journals"
    refresh.all(request=operations.RefreshCompanyDataRequest(**linked.company))
    statuses = refresh.get(request=operations.GetCompanyDataStatusRequest(**linked.company))
    assert statuses.invoices.current_status
    complete = refresh.list_pull_operations(
        request=operations.ListPullOperationsRequest(
            **linked.company, query="status=complete&&dataType=invoices", order_by="-requested"
        )
    )
    assert complete.results and {one.status for one in complete.results} == {"Complete"}
    dataset = {**linked.company, "dataset_id": complete.results[0].id}
    one = refresh.get_pull_operation(request=operations.GetPullOperationRequest(**dataset))
    assert (one.is_completed, one.progress) == (True, 100)
    outcome = platform.read_data.get_validation_results(
        request=operations.GetReadValidationResultsRequest(**dataset)
    )
    assert outcome.errors == []


def test_integrations(platform: Watched) -> None:
    listed = platform.integrations.list(
        request=operations.ListIntegrationsRequest(
            query="sourceType=Accounting&&enabled=true", order_by="name"
        )
    )
    assert [one.key for one in listed.results] == ["vjms"]
    one = platform.integrations.get(request=operations.GetIntegrationRequest(**VJMS))
    assert one.datatype_features
    branding = platform.integrations.get_branding(
        request=operations.GetIntegrationsBrandingRequest(**VJMS)
    )
    assert branding.logo.full.image.alt == "Pandle"
    unknown = operations.GetIntegrationRequest(platform_key="zzzz")
    refused(404, lambda: platform.integrations.get(request=unknown))


def test_settings_of_the_client(platform: Watched) -> None:
    settings = platform.settings
    before = settings.get_profile()
    changed = settings.update_profile(
        request=shared.Profile(
            name="Contract lender",
            redirect_url="https://lender.example/{companyId}",
            white_list_urls=["https://lender.example"],
        )
    )
    assert changed.white_list_urls == ["https://lender.example"]
    settings.update_profile(request=before)
    made = settings.create_api_key(request=shared.CreateAPIKey(name="second"))
    keys = settings.list_api_keys().results
    assert made.id in [one.id for one in keys]
    # The client wants a body with this 204, which HTTP does not let anybody send.
    with pytest.raises(errors.ResponseValidationError):
        settings.delete_api_key(request=operations.DeleteAPIKeyRequest(api_key_id=made.id))
    assert len(settings.list_api_keys().results) == len(keys) - 1
    (last,) = settings.list_api_keys().results
    only = operations.DeleteAPIKeyRequest(api_key_id=last.id)
    assert "last API key" in refused(403, lambda: settings.delete_api_key(request=only))


def test_origins_at_both_addresses(platform: Watched) -> None:
    wanted = shared.ConnectionManagementAllowedOrigins(allowed_origins=["https://app.example"])
    nothing = shared.ConnectionManagementAllowedOrigins(allowed_origins=[])
    for write, read in (
        (platform.cors.set, platform.cors.get),
        (platform.settings.set, platform.settings.get),
    ):
        with ignoring_deprecation():
            assert write(request=wanted).allowed_origins == ["https://app.example"]
            assert read().allowed_origins == ["https://app.example"]
            assert write(request=nothing).allowed_origins == []


def test_the_older_address_of_the_token(platform: Watched, company: dict[str, str]) -> None:
    request = operations.GetConnectionManagementAccessTokenRequest(**company)
    try:
        with ignoring_deprecation():
            assert platform.connection_management.get(request=request).access_token
    except errors.ErrorMessage as gone:
        assert gone.data.status_code == 404


def test_webhook_consumers(platform: Watched) -> None:
    webhooks = platform.webhooks
    made = webhooks.create_consumer(
        request=shared.WebhookConsumerPrototype(
            url="https://lender.example/hooks", event_types=["read.completed"]
        )
    )
    assert made.id in [one.id for one in webhooks.list_consumers().results]
    webhooks.delete_consumer(request=operations.DeleteWebhookConsumerRequest(webhook_id=made.id))
    assert made.id not in [one.id for one in webhooks.list_consumers().results]
    assert webhooks.rotate_zapier_key().key.startswith("sk_integ_")


def test_writing_is_refused(platform: Watched, linked: Linked) -> None:
    push = platform.push_data
    said = refused(
        404,
        lambda: push.get_model_options(
            request=operations.GetCreateUpdateModelOptionsByDataTypeRequest(
                **linked.connection, data_type="invoices"
            )
        ),
    )
    assert "read only" in said
    history = push.list_operations(
        request=operations.GetCompanyPushHistoryRequest(**linked.company, query="status=success")
    )
    assert (history.results, history.total_results) == ([], 0)
    unknown = operations.GetPushOperationRequest(
        **linked.company, push_operation_key=str(uuid.uuid4())
    )
    refused(404, lambda: push.get_operation(request=unknown))


def test_supplemental_data(platform: Watched) -> None:
    where = {**VJMS, "data_type": "invoices"}
    read = operations.GetSupplementalDataConfigurationRequest(**where)
    for wanted in (SUPPLEMENTAL, {}):
        platform.supplemental_data.configure(
            request=operations.ConfigureSupplementalDataRequest(
                **where,
                supplemental_data_configuration=shared.SupplementalDataConfiguration(
                    supplemental_data_config=wanted
                ),
            )
        )
        kept = platform.supplemental_data.get_configuration(request=read)
        assert set(kept.supplemental_data_config) == set(wanted)


def test_custom_data_types(platform: Watched, linked: Linked) -> None:
    custom = platform.custom_data_type
    name = {"custom_data_identifier": "Projects"}
    kept = custom.configure(
        request=operations.ConfigureCustomDataTypeRequest(
            **VJMS,
            **name,
            custom_data_type_configuration=shared.CustomDataTypeConfiguration(
                data_source="/projects", required_data={"name": "$.name"}, key_by=["$.id"]
            ),
        )
    )
    assert kept.key_by == ["$.id"]
    custom.get_configuration(
        request=operations.GetCustomDataTypeConfigurationRequest(**VJMS, **name)
    )
    refresh = operations.RefreshCustomDataTypeRequest(**linked.connection, **name)
    assert "not supported" in refused(404, lambda: custom.refresh(request=refresh))
    listed = custom.list(
        request=operations.ListCustomDataTypeRecordsRequest(**linked.connection, **name)
    )
    assert (listed.results, listed.total_results) == ([], 0)


def test_no_operation_was_left_out(platform: Watched) -> None:
    """Runs after all the others."""
    assert platform.names - platform.called == set()


def test_every_reply_fitted_the_published_file(lender: Lender, spec: Spec) -> None:
    judged = {spec.check(*reply).name for reply in lender.replies.seen}
    assert len(judged) >= 48


@pytest.mark.parametrize("file", EARLIER_PLATFORM)
def test_every_reply_fitted_the_earlier_files(lender: Lender, spec: Spec, file: str) -> None:
    judged = [spec.check_in(file, *reply) for reply in lender.replies.seen]
    assert sum(judged) > 20
