"""A healthy source for tests: the documents of the worked example, answered page by page.

The payloads in `fixtures/` were written from what is publicly known of the API; none was recorded
from a real company.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import httpx

FIXTURES = Path(__file__).parent / "fixtures"
COMPANY = "77001"
_PREFIX = "/api/v1"
_LISTS = {
    "nominal_accounts",
    "bank_transaction_categories",
    "tax_codes",
    "projects",
    "items",
    "customers",
    "suppliers",
    "bank_accounts",
    "invoices",
    "credit_notes",
    "write_offs",
    "journal_entries",
}


def payload(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())


class Source:
    """Answers like the source; `lists` may be changed by a test before it reads."""

    def __init__(self) -> None:
        self.lists: dict[str, list[Any]] = {
            name: copy.deepcopy(payload(name)["data"]) for name in _LISTS | {"currencies"}
        }
        for bank in ("31001", "31002"):
            self.lists[f"bank_accounts/{bank}/bank_transactions"] = copy.deepcopy(
                payload(f"bank_transactions.{bank}")["data"]
            )
            for queue in ("imported", "confirmed_imported", "ignored_imported"):
                self.lists[f"bank_accounts/{bank}/{queue}_bank_transactions"] = []
        self.absent: set[str] = set()
        self.hidden_in_lists: set[str] = set()
        self.page_size_max = 500

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix(_PREFIX)
        if path == "/companies":
            return self._list(request, [payload("company")["data"]])
        if path == "/financial/currencies":
            return self._list(request, self.lists["currencies"])
        match = re.fullmatch(rf"/companies/{COMPANY}(?:/(.*))?", path)
        if match is None or (match[1] or "").split("/")[-1] in self.absent:
            return httpx.Response(404, json={"errors": ["Not found"]})
        return self._company(request, match[1] or "")

    def _company(self, request: httpx.Request, name: str) -> httpx.Response:
        if name == "":
            return httpx.Response(200, json=payload("company"))
        if name == "financial_year":
            return httpx.Response(200, json=payload("financial_year"))
        if name.startswith("reports/"):
            return self._report(request, name.removeprefix("reports/"))
        if name in self.lists:
            return self._list(request, self.lists[name])
        folder, _, record_id = name.rpartition("/")
        for record in self.lists.get(folder, []):
            if record["id"] == record_id:
                return httpx.Response(200, json={"data": record})
        return httpx.Response(404, json={"errors": ["Not found"]})

    def _report(self, request: httpx.Request, name: str) -> httpx.Response:
        if name not in {"profit_and_loss", "balance_sheet"}:
            return httpx.Response(200, json=payload(name))
        params = request.url.params
        month = params.get("date_end", params.get("date"))[:7]
        which = month if month == "2026-01" else "zero"
        return httpx.Response(200, json=payload(f"report_{name}.{which}"))

    def _list(self, request: httpx.Request, records: list[Any]) -> httpx.Response:
        size = min(int(request.url.params.get("size", "500")), self.page_size_max)
        page = int(request.url.params.get("page", "1"))
        shown = records[(page - 1) * size : page * size]
        if self.hidden_in_lists:
            shown = [
                {**one, "attributes": {
                    key: value for key, value in one["attributes"].items()
                    if key not in self.hidden_in_lists
                }}
                for one in shown
            ]  # fmt: skip
        body = {"data": shown, "meta": {"total-count": len(records)}}
        etag = f'"{hashlib.sha256(json.dumps(body).encode()).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            return httpx.Response(304, headers={"ETag": etag})
        return httpx.Response(200, json=body, headers={"ETag": etag})

    def record(self, name: str, record_id: str) -> Any:
        return next(one for one in self.lists[name] if one["id"] == record_id)

    def attributes(self, name: str, record_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.record(name, record_id)["attributes"]
        return found
