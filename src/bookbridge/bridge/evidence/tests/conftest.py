"""The cast of the proofs' tests: a linked company that was read, and the API of its client."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.utils import timezone

from bookbridge.bridge.api.tests.cast import FOUNDER, Answer, Api
from bookbridge.bridge.clients.operations import create_api_key
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.sync.tests.conftest import Linked, linked, source

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


@pytest.fixture
def read(linked: Linked) -> Read:
    linked.sync()
    return Read(linked, api_of(linked))
