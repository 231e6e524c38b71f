"""The portal's addresses, where users of the closed product know them."""

from django.urls import path

from bookbridge.bridge.portal.views import api_keys, companies, company, dashboard, integrations

app_name = "portal"
_ACCOUNTING = "settings/integrations/accounting"
_COMPANY = "companies/<uuid:company_id>"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path(_ACCOUNTING, integrations.integrations, name="integrations"),
    path(f"{_ACCOUNTING}/<slug:key>", integrations.integration_settings, name="integration"),
    path(f"{_ACCOUNTING}/<slug:key>/enablement", integrations.enablement, name="enablement"),
    path(f"{_ACCOUNTING}/<slug:key>/waiting", integrations.waiting, name="waiting"),
    path(f"{_ACCOUNTING}/<slug:key>/test", integrations.connection_test, name="connection_test"),
    path("developers/api-keys", api_keys.api_keys, name="api_keys"),
    path(
        "developers/api-keys/<uuid:key_id>/revocation", api_keys.revocation, name="key_revocation"
    ),
    path("companies", companies.companies, name="companies"),
    path("companies/new", companies.new_company, name="new_company"),
    path(f"{_COMPANY}/summary", company.summary, name="summary"),
    path(f"{_COMPANY}/edit", companies.edit_company, name="edit_company"),
    path(f"{_COMPANY}/deletion", companies.deletion, name="company_deletion"),
    path(f"{_COMPANY}/request-data", companies.request_data, name="request_data"),
    path(f"{_COMPANY}/refresh", companies.refresh, name="refresh"),
    path(f"{_COMPANY}/data", company.data, name="data"),
    path(f"{_COMPANY}/data/<slug:key>", company.data_type, name="data_type"),
    path(
        f"{_COMPANY}/data/<slug:key>/<uuid:connection_id>/<str:record_id>",
        company.record,
        name="record",
    ),
    path(f"{_COMPANY}/history", company.history, name="history"),
    path(f"{_COMPANY}/history/<uuid:dataset_id>", company.dataset, name="dataset"),
    path(f"{_COMPANY}/history/<uuid:dataset_id>/cancel", companies.cancel, name="cancel-dataset"),
    path(
        f"{_COMPANY}/certificates/<uuid:certificate_id>",
        company.certificate_text,
        name="certificate",
    ),
    path(f"{_COMPANY}/connections", company.connections, name="connections"),
    path(f"{_COMPANY}/connections/<uuid:connection_id>/unlink", company.unlink, name="unlink"),
    path(
        f"{_COMPANY}/connections/<uuid:connection_id>/deletion",
        company.deletion,
        name="connection_deletion",
    ),
]
