"""Rules on what a source may answer instead of records."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest

from bookbridge.bridge.connectors.conformance.setting import HOST, Setting, check, expect
from bookbridge.bridge.connectors.errors import (
    MaintenanceError,
    NotSupportedError,
    PermanentError,
    ReauthoriseError,
    RetryLaterError,
    SourceShapeError,
)
from bookbridge.bridge.connectors.rehearsal import FIRST_TOKEN, Calls, read_list

NOT_JSON: dict[str, dict[str, Any]] = {
    "a page": {"html": "<html>Please sign in</html>"},
    "half a body": {"text": '{"data": [{"id": "1", "attrib'},
    "nothing": {"content": b""},
}
SHAPES: tuple[Any, ...] = ({"data": None}, {"data": [{}]}, {"records": []}, [])


class TroubleRules(Setting):
    """Each failure of the outside becomes the error that says what to do about it."""

    def test_every_request_waits_for_the_budget(self) -> None:
        sent: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            sent.append(request)
            return self.answer(request)

        calls = Calls()
        read_list(self.connector, self.request(answer, calls), self.paged)
        check(
            calls.waits == len(sent) > 0,
            f"{len(sent)} requests were sent and before_request() called {calls.waits} times: call "
            "it once before each, or the shared rate limit is broken.",
        )

    def test_a_rate_limit_says_when_to_come_back(self) -> None:
        error = expect(
            RetryLaterError,
            lambda: self.first_page(self.status(429, headers={"Retry-After": "17"})),
            "A 429 came: raise RetryLaterError.",
        )
        check(
            error.after == dt.timedelta(seconds=17),
            "A 429 said Retry-After: 17: pass it on as RetryLaterError(after=…).",
        )
        check(
            not isinstance(error, MaintenanceError),
            "A 429 is no maintenance: raise RetryLaterError itself.",
        )

    def test_a_refused_token_is_renewed_once(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            if any(FIRST_TOKEN in value for value in request.headers.values()):
                return httpx.Response(401, json={"errors": ["expired"]})
            return self.answer(request)

        calls = Calls()
        try:
            found = self.first_page(answer, calls).records
        except ReauthoriseError as error:
            raise AssertionError(
                "A 401 came and the owner was asked at once: call access_token(stale) and try once "
                "more with what it gives."
            ) from error
        check(found, "After the token was renewed the page came back empty: send it again.")
        check(
            FIRST_TOKEN in calls.stale_tokens,
            "The token was renewed without naming the one that was refused: call "
            "access_token(stale), or two workers renew it one after the other.",
        )

    def test_a_fresh_token_refused_needs_the_owner(self) -> None:
        expect(
            ReauthoriseError,
            lambda: self.first_page(self.status(401, json={"errors": ["no"]})),
            "A fresh token was refused too: raise ReauthoriseError.",
        )

    @pytest.mark.parametrize("seconds", [None, 120])
    def test_a_503_is_maintenance(self, seconds: int | None) -> None:
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        answer = self.status(503, headers=headers, html="<h1>Back soon</h1>")
        error = expect(
            MaintenanceError,
            lambda: self.first_page(answer),
            "A 503 came: raise MaintenanceError, so that the read waits and nobody is alarmed.",
        )
        expected = None if seconds is None else dt.timedelta(seconds=seconds)
        check(error.after == expected, "A 503 said when to come back: pass it on as after=….")

    @pytest.mark.parametrize("what", NOT_JSON)
    def test_what_is_not_json_is_tried_again(self, what: str) -> None:
        expect(
            RetryLaterError,
            lambda: self.first_page(self.status(200, **NOT_JSON[what])),
            f"A 200 came with {what} instead of JSON: raise RetryLaterError.",
        )

    @pytest.mark.parametrize("status", [500, 502, 504, 408])
    def test_a_broken_server_is_tried_again(self, status: int) -> None:
        expect(
            RetryLaterError,
            lambda: self.first_page(self.status(status)),
            f"A {status} came: raise RetryLaterError.",
        )

    def test_a_broken_line_is_tried_again(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("slow", request=request)

        expect(
            RetryLaterError,
            lambda: self.first_page(answer),
            "The line broke: catch httpx.TransportError and raise RetryLaterError.",
        )

    def test_a_redirect_is_not_followed(self) -> None:
        asked: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(f"{request.url.scheme}://{request.url.host}")
            return httpx.Response(301, headers={"Location": "https://elsewhere.example/"})

        expect(
            PermanentError,
            lambda: self.first_page(answer),
            "The source redirects for good: raise PermanentError naming the new place.",
        )
        check(
            set(asked) == {HOST},
            "A redirect was followed: tokens must not leave the host of the settings.",
        )

    @pytest.mark.parametrize("shape", SHAPES)
    def test_an_unknown_shape_is_named_and_never_read_as_empty(self, shape: Any) -> None:
        error = expect(
            SourceShapeError,
            lambda: self.first_page(self.status(200, json=shape)),
            f"The source answered {shape!r}, which is no list of records: raise SourceShapeError, "
            "or a broken list is read as an empty one.",
        )
        check(
            error.path and error.field,
            "SourceShapeError does not say where: give it path and field.",
        )

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_missing_extension_is_not_supported(self, status: int) -> None:
        if self.optional is None:
            pytest.skip("this connector has no optional list")
        name = self.optional
        request = self.request(self.status(status, json={"errors": ["no"]}))
        expect(
            NotSupportedError,
            lambda: self.connector.fetch_page(request, name, parent_id="", cursor=None, etag=None),
            f"A {status} came for the optional list {name}: raise NotSupportedError.",
        )

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_company_that_is_withdrawn_is_permanent(self, status: int) -> None:
        expect(
            PermanentError,
            lambda: self.first_page(self.status(status, json={"errors": ["no"]})),
            f"A {status} came for a list that every company has: raise PermanentError.",
        )
