"""Watches the first sync through the public API, and reads what it proved."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from bookbridge.demo.installation import DemoError, Ready

SYNC_SECONDS_MAX = 1800
POLL_SECONDS = 1.0
PAGE_SIZE = 100
COUNTS = ("mapped", "live", "deleted", "rejected")
IN_PROGRESS = frozenset(
    {
        "Initial",
        "Queued",
        "Fetching",
        "MapQueued",
        "Mapping",
        "ValidationQueued",
        "Validating",
        "ProcessingQueued",
        "Processing",
    }
)


@dataclass(frozen=True)
class Outcome:
    """What one data type came to; `reconciliation` is the word of the whole sync's comparison."""

    data_type: str
    status: str
    certificate: str
    counts: dict[str, Any]
    reconciliation: str

    @property
    def is_good(self) -> bool:
        supported = self.status != "NotSupported"
        return not supported or (self.status, self.certificate) == ("Complete", "COMPLETE")


class BridgeApi:
    """The public API with a client's key."""

    def __init__(self, ready: Ready) -> None:
        key = base64.b64encode(ready.api_key.encode()).decode()
        self.http = httpx.Client(
            base_url=ready.api_url, headers={"Authorization": f"Basic {key}"}, timeout=60
        )

    def get(self, path: str) -> Any:
        reply = self.http.get(path)
        if reply.status_code != 200:
            raise DemoError(f"GET {path} answered {reply.status_code}: {reply.text[:300]}")
        return reply.json()

    def close(self) -> None:
        self.http.close()


def watch(api: BridgeApi, company_id: str, show: Callable[[int, int, str], None]) -> list[Outcome]:
    """Wait until every dataset has ended and is reconciled; `show` is told done, all and what."""
    until = time.monotonic() + SYNC_SECONDS_MAX
    while time.monotonic() < until:
        datasets = _datasets(api, company_id)
        running = [one for one in datasets if one["status"] in IN_PROGRESS]
        active = next((one for one in running if one["status"] != "Queued"), None)
        done = len(datasets) - len(running)
        show(done, len(datasets), f"{active['dataType']}: {active['status']}" if active else "")
        if datasets and not running:
            outcomes = [_outcome(api, company_id, one) for one in datasets]
            if all(one.reconciliation for one in outcomes if one.status == "Complete"):
                return outcomes
        time.sleep(POLL_SECONDS)
    raise DemoError(f"The sync did not end within {SYNC_SECONDS_MAX} s.")


def _datasets(api: BridgeApi, company_id: str) -> list[dict[str, Any]]:
    page = api.get(f"/companies/{company_id}/data/history?pageSize={PAGE_SIZE}")
    return list(page["results"])


def _outcome(api: BridgeApi, company_id: str, dataset: dict[str, Any]) -> Outcome:
    found: dict[str, Any] = {}
    if dataset["status"] == "Complete":
        found = api.get(f"/companies/{company_id}/data/history/{dataset['id']}/certificate")
    records = found.get("certificate", {}).get("records", {})
    compared = found.get("reconciliation") or {}
    return Outcome(
        dataset["dataType"],
        dataset["status"],
        str(found.get("outcome", "")),
        {name: records[name] for name in COUNTS if name in records},
        str(compared.get("outcome", "")),
    )
