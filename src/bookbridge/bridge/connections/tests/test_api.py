"""Connections in the public API."""

import uuid

import pytest

from bookbridge.bridge.api.tests.books import linked_company
from bookbridge.bridge.api.tests.cast import NOW, Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.operations import record_failure
from bookbridge.bridge.connections.queries import connection
from bookbridge.bridge.integrations.models import IntegrationSettings


@pytest.fixture
def enabled(lender: Api) -> None:
    """The lender has set up Pandle."""
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


def company_path(api: Api) -> str:
    return f"/companies/{api.post('/companies', {'name': 'Acme'}).body['id']}"


def test_a_connection_awaits_its_owner_at_its_link(lender: Api, enabled: None) -> None:
    path = f"{company_path(lender)}/connections"
    made = lender.post(path, {"platformKey": "vjms"})
    assert made.status == 200
    body = made.body
    assert (body["status"], body["platformName"]) == ("PendingAuth", "Pandle")
    assert (body["sourceType"], body["integrationKey"]) == ("Accounting", "vjms")
    assert body["linkUrl"].endswith(f"{path}/{body['id']}/start")
    assert "lastSync" not in body and body["dataConnectionErrors"] == []
    assert lender.get(f"{path}/{body['id']}").body == body
    listed = lender.get(path).body
    assert (listed["results"], listed["totalResults"]) == ([body], 1)
    assert lender.get(path.rpartition("/")[0]).body["dataConnections"] == [body]


def test_a_platform_that_is_not_there_or_not_enabled_is_refused(lender: Api) -> None:
    path = f"{company_path(lender)}/connections"
    assert lender.post(path, {"platformKey": "zzzz"}).status == 404
    answer = lender.post(path, {"platformKey": "vjms"})
    assert answer.status == 403 and "not enabled" in answer.error
    assert lender.post(path, {}).status == 400
    assert lender.post(
        f"/companies/{uuid.uuid4()}/connections", {"platformKey": "vjms"}
    ).status == (404)


def test_only_a_linked_connection_can_be_unlinked(lender: Api, enabled: None) -> None:
    linked = linked_company(lender)
    path = linked.connection_path
    assert lender.call("PATCH", path, {"status": "Linked"}).body["status"] == "Linked"
    assert lender.call("PATCH", path, {"status": "Deauthorized"}).status == 400
    unlinked = lender.call("PATCH", path, {"status": "Unlinked"})
    assert (unlinked.status, unlinked.body["status"]) == (200, "Unlinked")
    assert lender.call("PATCH", path, {"status": "Unlinked"}).body["status"] == "Unlinked"
    assert lender.call("PATCH", path, {"status": "Linked"}).status == 400
    pending = lender.post(f"{linked.path}/connections", {"platformKey": "vjms"}).body
    answer = lender.call(
        "PATCH", f"{linked.path}/connections/{pending['id']}", {"status": "Unlinked"}
    )
    assert answer.status == 400


def test_a_deleted_connection_answers_200_with_nothing(lender: Api) -> None:
    linked = linked_company(lender)
    gone = lender.call("DELETE", linked.connection_path)
    assert (gone.status, gone.response.content) == (200, b"")
    assert lender.get(linked.connection_path).status == 404
    assert lender.get(linked.path).body["dataConnections"] == []


def test_credentials_cannot_replace_an_owners_consent(lender: Api) -> None:
    linked = linked_company(lender)
    answer = lender.call("PUT", f"{linked.connection_path}/authorization", {"password": "x"})
    assert answer.status == 403 and "linkUrl" in answer.error
    bad = lender.call("PUT", f"{linked.connection_path}/authorization", {"a": {"b": 1}})
    assert bad.status == 400


def test_failures_at_the_source_are_told(lender: Api) -> None:
    linked = linked_company(lender)
    with client_scope(lender.client_id):
        record_failure(
            connection=connection(lender.client_id, linked.connection_id),
            status_code="503",
            status_text="Service Unavailable",
            message="Pandle is being maintained.",
            at=NOW,
        )
    failures = lender.get(linked.connection_path).body["dataConnectionErrors"]
    assert failures == [
        {
            "statusCode": "503",
            "statusText": "Service Unavailable",
            "errorMessage": "Pandle is being maintained.",
            "erroredOnUtc": "2026-02-01T09:00:00Z",
            "status": "Active",
            "resolvedOnUtc": None,
        }
    ]


def test_connections_can_be_queried(lender: Api) -> None:
    linked = linked_company(lender)
    path = f"{linked.path}/connections"
    assert lender.get(f"{path}?query=status=linked").body["totalResults"] == 1
    assert lender.get(f"{path}?query=status!=linked").body["totalResults"] == 0
    assert lender.get(f"{path}?query=platformName=x").status == 400


def test_a_connection_is_found_only_below_its_own_company(lender: Api, stranger: Api) -> None:
    linked = linked_company(lender)
    other = linked_company(lender, "Birch Ltd")
    crossed = f"{other.path}/connections/{linked.connection_id}"
    for method in ("GET", "DELETE"):
        assert lender.call(method, crossed).status == 404
        assert stranger.call(method, linked.connection_path).status == 404
    assert stranger.call("PATCH", linked.connection_path, {"status": "Unlinked"}).status == 404
    assert lender.get(linked.connection_path).status == 200
