"""What every connector must do, as a suite of tests that its own test class inherits.

Only the other company's HTTP is faked: `answer` plays a healthy source, and each test lets
something go wrong in front of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import httpx
import msgspec
import pytest

from bookbridge.bridge.connectors.contract import Connector, SourceRequest
from bookbridge.bridge.connectors.errors import (
    MaintenanceError,
    NotSupportedError,
    PermanentError,
    ReauthoriseError,
    RetryLaterError,
    SourceShapeError,
)
from bookbridge.bridge.connectors.rehearsal import (
    FIRST_TOKEN,
    PAGES_MAX,
    Answer,
    Calls,
    mapped,
    read_everything,
    read_list,
    source_request,
)
from bookbridge.bridge.datatypes import ORDER


class ConformanceSuite:
    """Inherit as a test class; give the connector, a healthy source and one of its paged lists."""

    connector: ClassVar[Connector]
    company_id: ClassVar[str]
    paged: ClassVar[str]
    optional: ClassVar[str]
    today: ClassVar[dt.date] = dt.date(2026, 1, 31)

    def answer(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    def is_paged_list(self, request: httpx.Request) -> bool:
        """Whether a request reads the paged list, and not one record or another list."""
        raise NotImplementedError

    def with_records(
        self, response: httpx.Response, change: Callable[[list[Any]], list[Any]]
    ) -> httpx.Response:
        """The same answer with its records changed."""
        raise NotImplementedError

    def request(self, answer: Answer, calls: Calls | None = None) -> SourceRequest:
        return source_request(answer, company_id=self.company_id, today=self.today, calls=calls)

    def first_page(self, answer: Answer, calls: Calls | None = None) -> Any:
        return self.connector.fetch_page(
            self.request(answer, calls), self.paged, parent_id="", cursor=None, etag=None
        )

    def healthy_ids(self) -> list[str]:
        return [one.id for one in read_list(self.connector, self.request(self.answer), self.paged)]

    # Lists

    def test_every_resource_names_a_known_parent(self) -> None:
        for name, resource in self.connector.resources.items():
            assert resource.name == name
            assert resource.parent is None or resource.parent in self.connector.resources
        for data_type in self.connector.manifest.data_types:
            names = list(self.connector.resources_for(data_type))
            assert names
            for place, name in enumerate(names):
                parent = self.connector.resources[name].parent
                assert parent is None or parent in names[:place]

    def test_a_list_ends_and_repeats_nothing(self) -> None:
        ids = self.healthy_ids()
        assert ids
        assert len(ids) == len(set(ids))

    def test_a_source_that_answers_everything_to_every_page_ends(self) -> None:
        everything = self.healthy_ids()

        def answer(request: httpx.Request) -> httpx.Response:
            params = {key: value for key, value in request.url.params.items() if key != "page"}
            bare = request.url.copy_with(query=None)
            return self.answer(httpx.Request("GET", bare.copy_merge_params({**params, "page": 1})))

        found = read_list(self.connector, self.request(answer), self.paged)
        assert {one.id for one in found} == set(everything)

    def test_a_short_page_is_not_the_end(self) -> None:
        """The source caps its pages below the size that was asked for."""
        everything = self.healthy_ids()

        def answer(request: httpx.Request) -> httpx.Response:
            if not self.is_paged_list(request):
                return self.answer(request)
            page = int(request.url.params.get("page", "1"))
            whole = self.answer(httpx.Request("GET", request.url.copy_set_param("page", "1")))
            return self.with_records(whole, lambda records: records[page - 1 : page])

        found = read_list(self.connector, self.request(answer), self.paged)
        assert [one.id for one in found] == everything

    def test_reading_resumes_from_a_cursor(self) -> None:
        everything = self.healthy_ids()

        def answer(request: httpx.Request) -> httpx.Response:
            if not self.is_paged_list(request):
                return self.answer(request)
            page = int(request.url.params.get("page", "1"))
            whole = self.answer(httpx.Request("GET", request.url.copy_set_param("page", "1")))
            return self.with_records(whole, lambda records: records[page - 1 : page])

        first = self.first_page(answer)
        rest: list[str] = []
        cursor = first.next_cursor
        for _ in range(PAGES_MAX):
            if cursor is None:
                break
            page = self.connector.fetch_page(
                self.request(answer), self.paged, parent_id="", cursor=cursor, etag=None
            )
            rest.extend(one.id for one in page.records)
            cursor = page.next_cursor
        assert [one.id for one in first.records] + rest == everything

    def test_a_record_given_twice_does_no_harm(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            response = self.answer(request)
            if not self.is_paged_list(request):
                return response
            return self.with_records(response, lambda records: records[:1] + records)

        found = read_list(self.connector, self.request(answer), self.paged)
        assert {one.id for one in found} == set(self.healthy_ids())

    def test_unknown_fields_are_kept_in_the_raw_record(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            return self.with_records(
                self.answer(request),
                lambda records: [{**one, "brand-new": {"kept": "żółw &amp; £"}} for one in records],
            )

        for record in self.first_page(answer).records:
            assert msgspec.json.decode(record.body)["brand-new"] == {"kept": "żółw &amp; £"}

    # What a source may answer instead

    def _status(self, status: int, **more: Any) -> Answer:
        return lambda request: httpx.Response(status, **more)

    def test_a_rate_limit_says_when_to_come_back(self) -> None:
        with pytest.raises(RetryLaterError) as refusal:
            self.first_page(self._status(429, headers={"Retry-After": "17"}))
        assert refusal.value.after == dt.timedelta(seconds=17)
        assert not isinstance(refusal.value, MaintenanceError)

    def test_every_request_waits_for_the_budget(self) -> None:
        sent: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            sent.append(request)
            return self.answer(request)

        calls = Calls()
        read_list(self.connector, self.request(answer, calls), self.paged)
        assert calls.waits == len(sent) > 0

    def test_a_refused_token_is_renewed_once(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            if FIRST_TOKEN in request.headers.get("authorization", ""):
                return httpx.Response(401, json={"errors": ["expired"]})
            return self.answer(request)

        calls = Calls()
        assert self.first_page(answer, calls).records
        assert FIRST_TOKEN in calls.stale_tokens

    def test_a_fresh_token_refused_needs_the_owner(self) -> None:
        with pytest.raises(ReauthoriseError):
            self.first_page(self._status(401, json={"errors": ["no"]}))

    @pytest.mark.parametrize("seconds", [None, 120])
    def test_a_503_is_maintenance(self, seconds: int | None) -> None:
        headers = {} if seconds is None else {"Retry-After": str(seconds)}
        with pytest.raises(MaintenanceError) as refusal:
            self.first_page(self._status(503, headers=headers, html="<h1>Back soon</h1>"))
        assert refusal.value.after == (None if seconds is None else dt.timedelta(seconds=seconds))

    @pytest.mark.parametrize(
        "body",
        [
            {"html": "<html>Please sign in</html>"},
            {"text": '{"data": [{"id": "1", "attrib'},
            {"content": b""},
        ],
        ids=["a page", "half a body", "nothing"],
    )
    def test_what_is_not_json_is_tried_again(self, body: Mapping[str, Any]) -> None:
        with pytest.raises(RetryLaterError):
            self.first_page(self._status(200, **body))

    @pytest.mark.parametrize("status", [500, 502, 504, 408])
    def test_a_broken_server_is_tried_again(self, status: int) -> None:
        with pytest.raises(RetryLaterError):
            self.first_page(self._status(status))

    def test_a_broken_line_is_tried_again(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("slow", request=request)

        with pytest.raises(RetryLaterError):
            self.first_page(answer)

    def test_a_redirect_is_not_followed(self) -> None:
        asked: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request.url.host)
            return httpx.Response(301, headers={"Location": "https://elsewhere.example/"})

        with pytest.raises(PermanentError):
            self.first_page(answer)
        assert asked == ["books.example"]

    @pytest.mark.parametrize("shape", [{"data": None}, {"data": [{}]}, {"records": []}, []])
    def test_an_unknown_shape_is_named_and_never_read_as_empty(self, shape: Any) -> None:
        with pytest.raises(SourceShapeError) as refusal:
            self.first_page(self._status(200, json=shape))
        assert refusal.value.path
        assert refusal.value.field

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_missing_extension_is_not_supported(self, status: int) -> None:
        request = self.request(self._status(status, json={"errors": ["no"]}))
        with pytest.raises(NotSupportedError):
            self.connector.fetch_page(request, self.optional, parent_id="", cursor=None, etag=None)

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_company_that_is_withdrawn_is_permanent(self, status: int) -> None:
        with pytest.raises(PermanentError):
            self.first_page(self._status(status, json={"errors": ["no"]}))

    # Single records and mapping

    def test_a_record_is_read_by_id_and_a_404_is_none(self) -> None:
        record_id = self.healthy_ids()[0]
        found = self.connector.fetch_one(
            self.request(self.answer), self.paged, parent_id="", record_id=record_id
        )
        assert found is not None
        assert found.id == record_id
        gone = self._status(404, json={"errors": ["gone"]})
        assert (
            self.connector.fetch_one(
                self.request(gone), self.paged, parent_id="", record_id=record_id
            )
            is None
        )

    def test_every_type_is_mapped_or_not_supported(self) -> None:
        records = read_everything(self.connector, self.request(self.answer))
        for data_type in ORDER:
            try:
                found, _ = mapped(self.connector, data_type, records)
            except NotSupportedError:
                continue
            for record in found.values():
                assert record.id
                _no_floats(record.body)

    def test_mapping_the_same_records_gives_the_same_bodies(self) -> None:
        records = read_everything(self.connector, self.request(self.answer))
        for data_type in self.connector.manifest.data_types:
            first, second = (mapped(self.connector, data_type, records)[0] for _ in range(2))
            assert {key: one.body for key, one in first.items()} == {
                key: one.body for key, one in second.items()
            }


def _no_floats(value: Any) -> None:
    assert not isinstance(value, float), value
    if isinstance(value, Mapping):
        for inner in value.values():
            _no_floats(inner)
    elif isinstance(value, list):
        for inner in value:
            _no_floats(inner)
