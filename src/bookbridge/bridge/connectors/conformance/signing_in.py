"""Rules on signing in: where the owner is sent, and what the token endpoint may answer."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx

from bookbridge.bridge.connectors.conformance.setting import (
    REDIRECT_URI,
    Setting,
    check,
    expect,
)
from bookbridge.bridge.connectors.contract import Tokens
from bookbridge.bridge.connectors.errors import (
    PermanentError,
    ReauthoriseError,
    RetryLaterError,
    SourceError,
)
from bookbridge.bridge.connectors.rehearsal import Answer

STATE = "state/1 + more"


class SigningInRules(Setting):
    """The owner's consent becomes tokens; each refusal says whose turn it is."""

    def _http(self, answer: Answer) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(answer))

    def _exchange(self, answer: Answer) -> Tokens:
        return self.connector.exchange_code(self._http(answer), self.keys, REDIRECT_URI, "code-1")

    def _refresh(self, answer: Answer) -> Tokens:
        return self.connector.refresh_tokens(self._http(answer), self.keys, "r-0")

    def test_the_owner_is_sent_to_the_host_of_the_settings(self) -> None:
        url = urlsplit(self.connector.authorise_url(self.keys, REDIRECT_URI, STATE))
        check(
            f"{url.scheme}://{url.netloc}" == self.keys.host,
            "authorise_url leads elsewhere: build it from keys.host, which the client has set.",
        )
        values = [value for found in parse_qs(url.query).values() for value in found]
        check(
            STATE in values,
            "authorise_url loses the state: pass it on, percent-encoded, or no consent comes back.",
        )
        check(
            REDIRECT_URI in values,
            "authorise_url loses redirect_uri: pass it on, percent-encoded.",
        )
        check(
            self.keys.client_secret not in url.query,
            "authorise_url shows the client secret to the owner's browser: leave it out.",
        )

    def test_a_code_becomes_tokens_and_no_secret_is_in_the_address(self) -> None:
        asked: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            return self.token_answer()

        tokens = self._exchange(answer)
        check(
            tokens.access_token and tokens.expires_in_seconds > 0,
            "exchange_code gave no access token or no lifetime: read both from the reply.",
        )
        for request in asked:
            check(
                self.keys.client_secret not in str(request.url)
                and "code-1" not in str(request.url),
                "exchange_code puts the secret or the code into the address, which servers log: "
                "send them in the body or a header.",
            )
        check(
            self._refresh(answer).access_token,
            "refresh_tokens gave no access token: read it from the reply.",
        )

    def test_a_spent_grant_needs_the_owner(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            return self.spent_grant()

        remedy = "raise ReauthoriseError: only the owner can give a new grant."
        expect(
            ReauthoriseError,
            lambda: self._refresh(answer),
            f"refresh_tokens met a spent grant: {remedy}",
        )
        expect(
            ReauthoriseError,
            lambda: self._exchange(answer),
            f"exchange_code met a spent code: {remedy}",
        )

    def test_wrong_keys_are_the_clients_to_mend(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            return self.wrong_keys()

        error = expect(
            PermanentError,
            lambda: self._refresh(answer),
            "refresh_tokens met keys that the source does not know: raise PermanentError, or the "
            "owner is asked to mend what the client must.",
        )
        check(str(error).strip(), "The PermanentError about wrong keys is silent: say what to do.")
        expect(
            PermanentError,
            lambda: self.connector.test_keys(self._http(answer), self.keys, REDIRECT_URI),
            "test_keys met keys that the source does not know: raise PermanentError.",
        )

    def test_a_broken_token_endpoint_ends_no_grant(self) -> None:
        for status in (429, 500, 502, 503):
            expect(
                RetryLaterError,
                lambda status=status: self._refresh(self.status(status)),  # type: ignore[misc]
                f"refresh_tokens met a {status}: raise RetryLaterError. A grant is gone only when "
                "the source says so.",
            )

        def broken(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("no route", request=request)

        expect(
            RetryLaterError,
            lambda: self._refresh(broken),
            "refresh_tokens met a broken line: raise RetryLaterError.",
        )

    def test_keys_that_are_known_are_called_good(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            return self.spent_grant() if request.method == "POST" else self.answer(request)

        said = self.connector.test_keys(self._http(answer), self.keys, REDIRECT_URI)
        check(
            said.strip().endswith("."),
            "test_keys returned no sentence: say in one what works; the portal shows it.",
        )

    def test_a_status_page_never_breaks_anything(self) -> None:
        for status, body in ((200, "<html>"), (200, "{}"), (404, ""), (500, "")):
            try:
                found = self.connector.source_status(
                    self._http(self.status(status, text=body)), self.keys
                )
            except SourceError as error:
                raise AssertionError(
                    f"source_status raised {error!r}: return SourceStatus('unknown', …) instead. "
                    "The status page explains a failure, it never makes one."
                ) from error
            check(
                found.state in {"operational", "degraded", "maintenance", "unknown"},
                f"source_status says {found.state!r}: use one of the contract's four words.",
            )
