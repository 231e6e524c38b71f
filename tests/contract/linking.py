"""A company is made, linked by its owner and read, through codat-platform alone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from codat_platform import CodatPlatform
from codat_platform.models import operations, shared

SYNC_SECONDS_MAX = 60.0
POLL_SECONDS = 0.5
RUNNING = frozenset(
    {"Initial", "Queued", "Fetching", "MapQueued", "Mapping", "ValidationQueued", "Validating"}
    | {"ProcessingQueued", "Processing"}
)


@dataclass(frozen=True)
class Linked:
    """A company that the lender made and its owner linked."""

    company_id: str
    connection_id: str

    @property
    def company(self) -> dict[str, str]:
        return {"company_id": self.company_id}

    @property
    def connection(self) -> dict[str, str]:
        return {"company_id": self.company_id, "connection_id": self.connection_id}


def make_company(platform: CodatPlatform, name: str) -> Linked:
    made = platform.companies.create(
        request=shared.CompanyRequestBody(name=name, tags={"region": "uk"})
    )
    connection = platform.connections.create(
        request=operations.CreateConnectionRequest(
            company_id=made.id,
            request_body=operations.CreateConnectionRequestBody(platform_key="vjms"),
        )
    )
    assert connection.status == "PendingAuth"
    return Linked(made.id, connection.id)


def connection_of(platform: CodatPlatform, linked: Linked) -> Any:
    request = operations.GetConnectionRequest(**linked.connection)
    return platform.connections.get(request=request)


def await_sync(platform: CodatPlatform, linked: Linked) -> list[Any]:
    """Every pull operation of the company, once none is under way."""
    until = time.monotonic() + SYNC_SECONDS_MAX
    while time.monotonic() < until:
        history = platform.refresh_data.list_pull_operations(
            request=operations.ListPullOperationsRequest(**linked.company, page_size=500)
        )
        if history.results and not any(one.status in RUNNING for one in history.results):
            return list(history.results)
        time.sleep(POLL_SECONDS)
    raise AssertionError(
        [(one.data_type, one.status, one.status_description) for one in history.results]
    )
