"""The owner's journey: one browser, one use, fifteen minutes, the same books again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import Company, CompanyKey
from bookbridge.bridge.companies.operations import delete_company
from bookbridge.bridge.companies.queries import client_of_company
from bookbridge.bridge.connections.models import Connection, Credential
from bookbridge.bridge.connections.operations import (
    AuthorisationError,
    ConnectionStateError,
    ConsentDeniedError,
    StateInvalidError,
    WrongCompanyError,
    choose_source_company,
    complete_authorisation,
    delete_connection,
    save_integration_settings,
    start_authorisation,
    unlink_connection,
)
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.models import RawRecord, Record
from bookbridge.bridge.sync.tests.conftest import (
    ANALYST,
    CALLBACK,
    SESSION,
    Linked,
    link,
    linked,
    source,
)
from bookbridge.bridge.sync.tests.http_source import HttpSource

__all__ = ["linked", "source"]


@pytest.fixture
def company(db: None, source: HttpSource) -> Iterator[Linked]:
    """Linked inside the test's own transaction, which is quicker and enough here."""
    yield link(source)


def start(company: Linked, at: dt.datetime | None = None) -> str:
    url = start_authorisation(
        client_id=company.client.id,
        connection_id=company.connection.id,
        session_key=SESSION,
        redirect_uri=CALLBACK,
        actor=ANALYST,
        at=at or timezone.now(),
    )
    return url.rpartition("state=")[2]


def complete(state: str, **changes: Any) -> Connection:
    values = {"session_key": SESSION, "code": "good-code", "error": None, **changes}
    return complete_authorisation(
        state=state, at=changes.pop("at", timezone.now()), **{**values, **changes}
    ).connection


def fresh(company: Linked) -> Connection:
    with client_scope(company.client.id):
        return Connection.objects.get(id=company.connection.id)


def test_linking_stores_sealed_tokens_and_queues_the_first_read(company: Linked) -> None:
    connection = fresh(company)
    assert connection.status == Connection.Status.LINKED
    assert connection.source_company_id == "77001"
    with client_scope(company.client.id):
        assert b"access-1" not in bytes(Credential.objects.get().tokens_ciphertext)
    job = ProcrastinateJob.objects.get(task_name="sync.refresh_after_link")
    assert job.args["connection_id"] == str(connection.id) and job.args["is_first"]


def test_a_state_serves_once_in_one_browser_for_fifteen_minutes(company: Linked) -> None:
    state = start(company)
    with pytest.raises(StateInvalidError, match="another browser"):
        complete(state, session_key="another")
    complete(state)
    with pytest.raises(StateInvalidError, match="already used"):
        complete(state)
    late = start(company, at=timezone.now() - dt.timedelta(minutes=16))
    with pytest.raises(StateInvalidError, match="too long"):
        complete(late)
    for wrong in ("", "abc", state + "x", f"{'0' * 32}.{state.partition('.')[2]}"):
        with pytest.raises(StateInvalidError):
            complete(wrong)


def test_a_denied_consent_and_an_expired_code_leave_nothing_half_done(company: Linked) -> None:
    with client_scope(company.client.id):
        unlink_connection(
            client_id=company.client.id,
            connection_id=company.connection.id,
            actor=ANALYST,
            at=timezone.now(),
        )
    with pytest.raises(ConsentDeniedError, match="nothing was shared"):
        complete(start(company), code=None, error="access_denied")
    with pytest.raises(AuthorisationError, match="no longer accepts"):
        complete(start(company), code="expired-code")
    assert fresh(company).status == Connection.Status.UNLINKED
    with client_scope(company.client.id):
        assert not Credential.objects.exists()


def test_other_books_are_refused_on_linking_again(company: Linked) -> None:
    def other(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/companies"):
            return None
        shown = [{"id": "5", "type": "companies", "attributes": {"company-name": "Other"}}]
        data = shown if request.url.params["page"] == "1" else []
        return httpx.Response(200, json={"data": data})

    company.source.trouble = other
    with pytest.raises(WrongCompanyError, match="other books"):
        complete(start(company))
    assert fresh(company).source_company_id == "77001"


def test_the_owner_chooses_where_a_grant_opens_several_companies(company: Linked) -> None:
    def several(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/companies"):
            return None
        shown = [
            {"id": one, "type": "companies", "attributes": {"company-name": f"Company {one}"}}
            for one in ("5", "6")
        ]
        data = shown if request.url.params["page"] == "1" else []
        return httpx.Response(200, json={"data": data})

    with client_scope(company.client.id):
        Connection.objects.update(
            status=Connection.Status.PENDING_AUTH, source_company_id="", first_linked_at=None
        )
    company.source.trouble = several
    waiting = complete(start(company))
    assert waiting.awaits_choice and waiting.status == Connection.Status.PENDING_AUTH
    with pytest.raises(AuthorisationError, match="listed"):
        choose(company, "7")
    assert choose(company, "6").source_company_name == "Company 6"
    assert fresh(company).status == Connection.Status.LINKED


def choose(company: Linked, source_company_id: str) -> Connection:
    return choose_source_company(
        client_id=company.client.id,
        connection_id=company.connection.id,
        source_company_id=source_company_id,
        actor=ANALYST,
        at=timezone.now(),
    )


def test_a_changed_host_deauthorises_its_connections(company: Linked) -> None:
    with client_scope(company.client.id):
        save_integration_settings(
            client_id=company.client.id,
            integration_key="vjms",
            host="http://127.0.0.1:1",
            app_client_id="an-app",
            client_secret="secret",
            actor=ANALYST,
            at=timezone.now(),
        )
        assert not Credential.objects.exists()
    assert fresh(company).status == Connection.Status.DEAUTHORIZED


def test_unlinking_is_for_linked_connections_only(company: Linked) -> None:
    with client_scope(company.client.id):
        Connection.objects.update(status=Connection.Status.PENDING_AUTH)
        with pytest.raises(ConnectionStateError):
            unlink_connection(
                client_id=company.client.id,
                connection_id=company.connection.id,
                actor=ANALYST,
                at=timezone.now(),
            )


def test_deleting_takes_the_data_and_the_key_with_it(linked: Linked) -> None:
    linked.sync(DataType.CUSTOMERS)
    assert client_of_company(linked.company.id) == linked.client.id
    with client_scope(linked.client.id):
        assert RawRecord.objects.exists()
        delete_connection(
            client_id=linked.client.id,
            connection_id=linked.connection.id,
            actor=ANALYST,
            at=timezone.now(),
        )
        assert not RawRecord.objects.exists() and not Record.objects.exists()
        delete_company(
            client_id=linked.client.id,
            company_id=linked.company.id,
            actor=ANALYST,
            at=timezone.now(),
        )
        assert not Company.objects.exists() and not CompanyKey.objects.exists()
    assert client_of_company(linked.company.id) is None
