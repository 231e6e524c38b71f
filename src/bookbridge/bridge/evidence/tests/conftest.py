"""The cast of the proofs' tests: a linked company that was read, and the API of its client."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import override_settings
from django.utils import timezone

from bookbridge.bridge.api.tests.cast import FOUNDER, Answer, Api
from bookbridge.bridge.clients.operations import create_api_key
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connectors.pandle.tests.source import Source
from bookbridge.bridge.sync.tests.conftest import Linked, link, linked, source
from bookbridge.bridge.sync.tests.http_source import HttpSource
from bookbridge.kit.testing import database_of_its_own

__all__ = ["linked", "source"]


@dataclass(frozen=True)
class Read:
    """A company whose books were read once, and its client's API."""

    linked: Linked
    api: Api

    @property
    def path(self) -> str:
        return f"/companies/{self.linked.company.id}"

    @property
    def connection_path(self) -> str:
        return f"{self.path}/connections/{self.linked.connection.id}"

    def get(self, path: str) -> Answer:
        return self.api.get(f"{self.path}{path}")


def api_of(linked: Linked) -> Api:
    with client_scope(linked.client.id):
        _key, raw = create_api_key(
            client_id=linked.client.id, name="tests", actor=FOUNDER, at=timezone.now()
        )
    return Api(linked.client.id, raw)


@pytest.fixture(scope="module")
def synced(django_db_setup: None, django_db_blocker: object) -> Iterator[Read]:
    """A company that was read once for a whole module; each test has a copy of its database."""
    source = HttpSource()
    with (
        override_settings(ALLOW_PRIVATE_HOSTS=True),
        database_of_its_own(django_db_blocker),
    ):
        linked = link(source)
        linked.sync()
        yield Read(linked, api_of(linked))
    source.close()


@pytest.fixture
def read(synced: Read, committed_db: str) -> Read:
    synced.linked.source.records = Source()
    return synced
