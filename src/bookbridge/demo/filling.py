"""Fills the books through their own API, as a bookkeeper's other software would."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import httpx

from bookbridge.demo.installation import DemoError
from bookbridge.demo.steps import Ref, Step

TIMEOUT_SECONDS = 60


class BooksApi:
    """The bookkeeping API with a signed-in user's tokens."""

    def __init__(self, books_url: str, email: str, password: str) -> None:
        self.http = httpx.Client(base_url=f"{books_url}/api/v1", timeout=TIMEOUT_SECONDS)
        reply = self.http.post("/auth/sign_in", json={"email": email, "password": password})
        if reply.status_code != 200:
            raise DemoError(f"The books refused to sign {email} in: {reply.text[:300]}")
        tokens = {name: reply.headers[name] for name in ("access-token", "client", "uid")}
        self.http.headers.update(tokens)

    def company_id(self) -> str:
        """The user's first company."""
        return str(self.http.get("/companies").json()["data"][0]["id"])

    def nominal_ids(self, company_id: str) -> dict[str, str]:
        """Ids of the chart of accounts, by `nominal:` and code."""
        rows = self.http.get(f"/companies/{company_id}/nominal_accounts").json()["data"]
        return {f"nominal:{row['attributes']['nominal-code']}": str(row["id"]) for row in rows}

    def close(self) -> None:
        self.http.close()


def send(
    api: BooksApi, company_id: str, steps: Iterable[Step], progress: Callable[[int, str], None]
) -> int:
    """POST every step in order with the ids that earlier ones were given; returns how many."""
    ids = api.nominal_ids(company_id)
    count = 0
    for count, step in enumerate(steps, start=1):
        path = "/".join(_resolve(part, ids) for part in step.path)
        reply = api.http.post(f"/companies/{company_id}/{path}", json=_resolve_all(step.body, ids))
        if reply.status_code not in (200, 201):
            raise DemoError(f"{step.key} ({step.date}) was refused: {reply.text[:500]}")
        data = reply.json()["data"]
        if isinstance(data, dict):
            ids[step.key] = str(data["id"])
        progress(count, step.key.partition(":")[0])
    return count


def _resolve(part: str | Ref, ids: dict[str, str]) -> str:
    return ids[part.key] if isinstance(part, Ref) else part


def _resolve_all(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, Ref):
        return ids[value.key]
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], Ref):
        return f"{value[0]}#{ids[value[1].key]}"
    if isinstance(value, dict):
        return {name: _resolve_all(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [_resolve_all(one, ids) for one in value]
    return value
