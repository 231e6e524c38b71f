"""What a connector's test class gives to the rules, and how a rule fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

import httpx

from bookbridge.bridge.connectors.contract import AppKeys, Connector, Page, SourceRequest
from bookbridge.bridge.connectors.rehearsal import Answer, Calls, read_list, source_request

HOST = "https://books.example"
REDIRECT_URI = "https://bridge.example/oauth/callback"

# A platform answers in its own way: nothing general can be said here.
NEXT_STEP = "Write `{}` in your test class; conformance/setting.py says what it gives."

E = TypeVar("E", bound=Exception)


class Setting:
    """The connector under test and its healthy source.

    `paged` names a list that has records and pages; `optional` a list marked optional, if there
    is one; `company_id` the company as the source names it."""

    connector: ClassVar[Connector]
    company_id: ClassVar[str]
    paged: ClassVar[str]
    optional: ClassVar[str | None] = None
    today: ClassVar[dt.date] = dt.date(2026, 1, 31)
    keys: ClassVar[AppKeys] = AppKeys(HOST, "client-1", "hush")

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the healthy source answers."""
        raise NotImplementedError(NEXT_STEP.format("answer"))

    def is_paged_list(self, request: httpx.Request) -> bool:
        """Whether a request reads the paged list, and not one record or another list."""
        raise NotImplementedError(NEXT_STEP.format("is_paged_list"))

    def with_records(
        self, response: httpx.Response, change: Callable[[list[Any]], list[Any]]
    ) -> httpx.Response:
        """The same answer with its records changed."""
        raise NotImplementedError(NEXT_STEP.format("with_records"))

    def paged_answer(
        self, request: httpx.Request, pages: Sequence[Sequence[Any]]
    ) -> httpx.Response:
        """What the source would answer to this request if the list were cut into these pages;
        an empty page after the last one."""
        raise NotImplementedError(NEXT_STEP.format("paged_answer"))

    def token_answer(self) -> httpx.Response:
        """A token endpoint that agrees."""
        return httpx.Response(
            200,
            json={
                "access_token": "a-1",
                "refresh_token": "r-1",
                "expires_in": 600,
                "token_type": "Bearer",
            },
        )

    def spent_grant(self) -> httpx.Response:
        """A token endpoint that no longer accepts a code or a refresh token."""
        return httpx.Response(400, json={"error": "invalid_grant"})

    def wrong_keys(self) -> httpx.Response:
        """A token endpoint that does not know the client ID and secret."""
        return httpx.Response(401, json={"error": "invalid_client"})

    # What the rules are written with

    def request(self, answer: Answer, calls: Calls | None = None) -> SourceRequest:
        return source_request(answer, company_id=self.company_id, today=self.today, calls=calls)

    def first_page(self, answer: Answer, calls: Calls | None = None) -> Page:
        return self.connector.fetch_page(
            self.request(answer, calls), self.paged, parent_id="", cursor=None, etag=None
        )

    def healthy_ids(self) -> list[str]:
        found = read_list(self.connector, self.request(self.answer), self.paged)
        check(found, self._no_records())
        return [one.id for one in found]

    def _no_records(self) -> str:
        return (
            f"The healthy source's list {self.paged} is empty: write at least three of its records "
            "into fixtures, from the platform's documentation."
        )

    def healthy_records(self) -> list[Any]:
        """The records of the paged list as the source writes them, page after page."""
        found: list[Any] = []

        def keep(records: list[Any]) -> list[Any]:
            found.extend(records)
            return records

        def answer(request: httpx.Request) -> httpx.Response:
            response = self.answer(request)
            if self.is_paged_list(request):
                self.with_records(response, keep)
            return response

        read_list(self.connector, self.request(answer), self.paged)
        check(found, self._no_records())
        return found

    def cut_into(self, pages: Sequence[Sequence[Any]]) -> Answer:
        """The healthy source, its paged list cut into pages of our choice."""

        def answer(request: httpx.Request) -> httpx.Response:
            if self.is_paged_list(request):
                return self.paged_answer(request, pages)
            return self.answer(request)

        return answer

    def status(self, status: int, **more: Any) -> Answer:
        return lambda request: httpx.Response(status, **more)


def check(holds: object, remedy: str) -> None:
    """A rule's one way to fail: the sentence tells what to do."""
    if not holds:
        raise AssertionError(remedy)


def expect(error: type[E], action: Callable[[], object], remedy: str) -> E:
    """The error that the action must raise; anything else fails with the remedy."""
    try:
        action()
    except error as raised:
        return raised
    except Exception as other:
        raise AssertionError(f"{remedy} (It raised {other!r}.)") from other
    raise AssertionError(f"{remedy} (It raised nothing.)")
