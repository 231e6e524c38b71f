"""A client whose company is linked to a source behind real HTTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.operations import create_client
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.companies.operations import create_company
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connections.operations import (
    complete_authorisation,
    create_connection,
    save_integration_settings,
    start_authorisation,
)
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.integrations.operations import set_enabled
from bookbridge.bridge.records.models import Record
from bookbridge.bridge.sync.models import Certificate, Dataset
from bookbridge.bridge.sync.operations import request_refresh, run_dataset
from bookbridge.bridge.sync.operations.reconciliation import reconcile_refresh
from bookbridge.bridge.sync.tests.http_source import HttpSource

ANALYST = Actor(None, "An analyst")
SESSION = "a-browser-session"
CALLBACK = "http://127.0.0.1:8000/oauth/callback"


@dataclass
class Linked:
    """The cast: a client, its company, the company's connection and the source behind it."""

    client: Client
    company: Company
    connection: Connection
    source: HttpSource

    def request(self, *types: DataType, at: dt.datetime | None = None) -> list[Dataset]:
        with client_scope(self.client.id):
            return request_refresh(
                client_id=self.client.id,
                company_id=self.company.id,
                data_types=types or None,
                actor=ANALYST,
                at=at or timezone.now(),
            )

    def sync(self, *types: DataType) -> dict[str, Dataset]:
        """Ask for the types and run each dataset once, as the worker would."""
        made = self.request(*types)
        for dataset in made:
            self.run(dataset)
        return {one.data_type: self.fresh(one) for one in made}

    def run(self, dataset: Dataset) -> Dataset:
        run_dataset(client_id=self.client.id, dataset_id=dataset.id)
        return self.fresh(dataset)

    def fresh(self, dataset: Dataset) -> Dataset:
        with client_scope(self.client.id):
            return Dataset.objects.get(id=dataset.id)

    def reconcile(self, dataset: Dataset) -> Certificate | None:
        reconcile_refresh(client_id=self.client.id, refresh_id=dataset.refresh_id)
        with client_scope(self.client.id):
            return Certificate.objects.filter(
                refresh_id=dataset.refresh_id, kind=Certificate.Kind.RECONCILIATION
            ).first()

    def records(self, data_type: DataType) -> dict[str, Record]:
        with client_scope(self.client.id):
            rows = Record.objects.filter(company_id=self.company.id, data_type=data_type.value)
            return {row.record_id: row for row in rows}

    def status(self) -> str:
        with client_scope(self.client.id):
            return Connection.objects.get(id=self.connection.id).status

    def certificate(self, dataset: Dataset) -> Certificate:
        with client_scope(self.client.id):
            return Certificate.objects.get(dataset_id=dataset.id)


def link(source: HttpSource, name: str = "A lender") -> Linked:
    at = timezone.now()
    client = create_client(name=name, at=at)
    with client_scope(client.id):
        save_integration_settings(
            client_id=client.id,
            integration_key="vjms",
            host=source.url,
            app_client_id="an-app",
            client_secret="secret",
            actor=ANALYST,
            at=at,
        )
        set_enabled(
            client_id=client.id, integration_key="vjms", is_enabled=True, actor=ANALYST, at=at
        )
        company = create_company(client_id=client.id, name="Harbour Ltd", actor=ANALYST, at=at)
        connection = create_connection(
            client_id=client.id,
            company_id=company.id,
            integration_key="vjms",
            actor=ANALYST,
            at=at,
        )
    url = start_authorisation(
        client_id=client.id,
        connection_id=connection.id,
        session_key=SESSION,
        redirect_uri=CALLBACK,
        actor=ANALYST,
        at=at,
    )
    authorised = complete_authorisation(
        state=url.rpartition("state=")[2],
        session_key=SESSION,
        code="good-code",
        error=None,
        at=at,
    )
    return Linked(client, company, authorised.connection, source)


@pytest.fixture
def source(settings: Settings) -> Iterator[HttpSource]:
    settings.ALLOW_PRIVATE_HOSTS = True
    running = HttpSource()
    yield running
    running.close()


@pytest.fixture
def linked(committed_db: str, source: HttpSource) -> Linked:
    return link(source)
