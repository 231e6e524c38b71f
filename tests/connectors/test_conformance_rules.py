"""The suite itself: each rule is broken on purpose, and says what to do about it."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from bookbridge.bridge.connectors import calling
from bookbridge.bridge.connectors.conformance import ConformanceSuite
from bookbridge.bridge.connectors.conformance.trouble import NOT_JSON
from bookbridge.bridge.connectors.contract import (
    MappedRecord,
    Page,
    RawRecord,
    Resource,
    SourceStatus,
    Tokens,
)
from bookbridge.bridge.connectors.errors import (
    MaintenanceError,
    NotSupportedError,
    PermanentError,
    ReauthoriseError,
    RetryLaterError,
    SourceError,
    SourceShapeError,
)
from bookbridge.bridge.connectors.rehearsal import SECOND_TOKEN
from bookbridge.bridge.datatypes import DataType

# The module and not its class, which pytest would run here again.
from tests.connectors import test_tiny_ledger as tiny
from tests.connectors.tiny_ledger import TinyLedgerConnector
from tests.connectors.tiny_ledger.connector import OAUTH

MANIFEST = TinyLedgerConnector.manifest
Broken = Callable[[], TinyLedgerConnector]


def having(**parts: Any) -> Broken:
    """Tiny Ledger with some of its parts replaced by broken ones."""
    return type("BrokenConnector", (TinyLedgerConnector,), parts)


def saying(**facts: Any) -> Broken:
    return having(manifest=dataclasses.replace(MANIFEST, **facts))


def paging(change: Callable[[Page, str | None], Page]) -> Broken:
    """Every page changed after it was read; `change` is told the cursor too."""

    def fetch_page(self: Any, request: Any, resource: str, **place: Any) -> Page:
        page = TinyLedgerConnector.fetch_page(self, request, resource, **place)
        return change(page, place["cursor"])

    return having(fetch_page=fetch_page)


def turning(error: type[Exception], into: Exception | None) -> Broken:
    """What a failed read raises replaced by another error, or by an empty page."""

    def fetch_page(self: Any, request: Any, resource: str, **place: Any) -> Page:
        try:
            return TinyLedgerConnector.fetch_page(self, request, resource, **place)
        except error:
            if into is None:
                return Page((), None, None, None)
            raise into from None

    return having(fetch_page=fetch_page)


def mapping(change: Callable[[Any], Any]) -> Broken:
    def map_records(self: Any, data_type: DataType, records: Any) -> Any:
        for one in TinyLedgerConnector.map(self, data_type, records):
            changed = change(one)
            if changed is not None:
                yield changed

    return having(map=map_records)


def refreshing(into: Exception | Tokens) -> Broken:
    def refresh_tokens(self: Any, http: Any, keys: Any, token: str) -> Tokens:
        try:
            return OAUTH.refresh_tokens(http, keys, token)
        except SourceError:
            if isinstance(into, Tokens):
                return into
            raise into from None

    return having(refresh_tokens=refresh_tokens)


def _leaky_url(self: Any, keys: Any, redirect_uri: str, state: str) -> str:
    return f"{keys.host}/authorize?redirect_uri={redirect_uri}"


def _secret_in_address(self: Any, http: Any, keys: Any, redirect_uri: str, code: str) -> Tokens:
    http.get(f"{keys.host}/token", params={"code": code, "secret": keys.client_secret})
    return Tokens("a", "r", 60)


def _loud_status(self: Any, http: Any, keys: Any) -> SourceStatus:
    raise RetryLaterError("The status page is down.")


def _first_page_for_ever(self: Any, request: Any, resource: str, **place: Any) -> Page:
    first = TinyLedgerConnector.fetch_page(self, request, resource, **{**place, "cursor": None})
    return dataclasses.replace(first, next_cursor=f"{place['cursor'] or ''}+")


def _without_budget(self: Any, request: Any, resource: str, **place: Any) -> Page:
    silent = dataclasses.replace(request, before_request=lambda: None)
    return TinyLedgerConnector.fetch_page(self, silent, resource, **place)


def _second_token_only(self: Any, request: Any, resource: str, **place: Any) -> Page:
    """It renews a token without naming the one that was refused."""
    deaf = dataclasses.replace(request, access_token=lambda stale: SECOND_TOKEN)
    return TinyLedgerConnector.fetch_page(self, deaf, resource, **place)


def _asking_for_everything(self: Any, request: Any, resource: str, **place: Any) -> Page:
    whole = dataclasses.replace(request, modified_since=None)
    return TinyLedgerConnector.fetch_page(self, whole, resource, **place)


def _follows(self: Any, request: Any, resource: str, **place: Any) -> Page:
    request.before_request()
    request.http.get(f"{request.base_url}/api/{resource}", follow_redirects=True)
    return Page((), None, None, None)


def _parsed_again(page: Page, cursor: str | None) -> Page:
    records = [
        RawRecord(one.id, msgspec.json.encode(msgspec.json.decode(one.body)))
        for one in page.records
    ]
    return dataclasses.replace(page, records=records)


def _only_known(page: Page, cursor: str | None) -> Page:
    records = [
        RawRecord(one.id, msgspec.json.encode({"id": one.id, "attributes": {}}))
        for one in page.records
    ]
    return dataclasses.replace(page, records=records)


def _dropping_doubles(page: Page, cursor: str | None) -> Page:
    ids = [one.id for one in page.records]
    is_doubled = len(set(ids)) < len(ids)
    return dataclasses.replace(page, records=page.records[:1] if is_doubled else page.records)


def _random_bodies() -> Broken:
    count = itertools.count()
    return mapping(lambda one: dataclasses.replace(one, body={**one.body, "chance": next(count)}))


def _floating(one: Any) -> Any:
    return dataclasses.replace(one, body={**one.body, "amounts": [{"net": 0.1}]})


class _Forgetful(TinyLedgerConnector):
    """It keeps its place in itself, where another worker cannot find it."""

    def __init__(self) -> None:
        self.request: Any = None

    def fetch_page(self, request: Any, resource: str, **place: Any) -> Page:
        if self.request is not request:
            self.request, place["cursor"] = request, None
        return super().fetch_page(request, resource, **place)


def _blank_maps(self: Any, data_type: DataType, records: Any) -> Any:
    """Where a record cannot be read it is mapped as a blank one."""
    for one in TinyLedgerConnector.map(self, data_type, records):
        if hasattr(one, "reason"):
            name = self.resources_for(data_type)[-1]
            blank = {"id": one.id}
            yield tiny_mapped(one.id, blank, name)
        else:
            yield one


def tiny_mapped(record_id: str, body: dict[str, Any], resource: str) -> Any:
    return MappedRecord(record_id, body, None, None, [(resource, record_id)])


EXTENSION = {**TinyLedgerConnector.resources, "invoices": Resource("invoices", optional=True)}
NO_ID = Page((RawRecord("", b"{}"),), None, None, None)

# Each rule: what breaks it, a word of the sentence that it must say, and the rule's argument.
BREAKS: list[tuple[str, Broken, str, tuple[Any, ...]]] = [
    ("the_manifest_names_the_platform", saying(key="Tiny Ledger"), "four small letters", ()),
    ("the_manifest_names_the_platform", saying(source_id="none"), "make one with", ()),
    ("the_manifest_names_the_real_host", saying(default_host="https://x.invalid"), "own host", ()),
    ("the_manifest_names_the_real_host", saying(default_host="http://a.b/c"), "without a path", ()),
    (
        "the_manifest_lists_data_types_once",
        saying(data_types=(DataType.ITEMS, DataType.ITEMS)),
        "remove the second",
        (),
    ),
    ("the_mapping_has_a_version", having(mapping_version=" "), "change it whenever", ()),
    (
        "every_resource_names_a_known_parent",
        having(resources={"invoices": Resource("invoices", parent="banks")}),
        "add it",
        (),
    ),
    (
        "every_data_type_names_its_resources_parents_first",
        having(resources_for=lambda self, data_type: ()),
        "name what mapping reads",
        (),
    ),
    (
        "the_owner_is_sent_to_the_host_of_the_settings",
        having(authorise_url=_leaky_url),
        "state",
        (),
    ),
    (
        "a_code_becomes_tokens_and_no_secret_is_in_the_address",
        having(exchange_code=_secret_in_address),
        "in the body or a header",
        (),
    ),
    (
        "a_spent_grant_needs_the_owner",
        refreshing(PermanentError("no")),
        "only the owner can give",
        (),
    ),
    (
        "wrong_keys_are_the_clients_to_mend",
        refreshing(ReauthoriseError("no")),
        "raise PermanentError",
        (),
    ),
    (
        "a_broken_token_endpoint_ends_no_grant",
        refreshing(ReauthoriseError("no")),
        "only when the source says so",
        (),
    ),
    (
        "keys_that_are_known_are_called_good",
        having(test_keys=lambda self, http, keys, redirect_uri: ""),
        "the portal shows it",
        (),
    ),
    ("a_status_page_never_breaks_anything", having(source_status=_loud_status), "'unknown'", ()),
    (
        "the_source_company_is_found",
        having(source_companies=lambda self, request: ()),
        "list what the grant opens",
        (),
    ),
    (
        "a_list_has_records_and_repeats_nothing",
        paging(lambda page, cursor: dataclasses.replace(page, records=())),
        "into fixtures",
        (),
    ),
    (
        "a_source_that_repeats_a_page_for_ever_ends",
        having(fetch_page=_first_page_for_ever),
        "comes again",
        (),
    ),
    (
        "a_short_page_is_not_the_end",
        paging(lambda page, cursor: dataclasses.replace(page, next_cursor=None)),
        "a source may cap its pages",
        (),
    ),
    ("reading_resumes_from_a_cursor", _Forgetful, "another worker may do it", ()),
    ("a_record_given_twice_does_no_harm", paging(_dropping_doubles), "hand every record on", ()),
    ("unknown_fields_are_kept_in_the_raw_record", paging(_only_known), "exactly as it came", ()),
    ("numbers_keep_every_digit_in_the_raw_record", paging(_parsed_again), "own text", ()),
    (
        "a_list_that_offers_it_is_asked_for_what_changed",
        having(fetch_page=_asking_for_everything),
        "take offers_modified_since away",
        (),
    ),
    (
        "a_record_is_read_by_id_and_a_404_is_none",
        having(fetch_one=lambda self, request, resource, **place: RawRecord("1", b"{}")),
        "fetch_one did not find",
        (),
    ),
    ("every_request_waits_for_the_budget", having(fetch_page=_without_budget), "once before", ()),
    (
        "a_rate_limit_says_when_to_come_back",
        turning(RetryLaterError, RetryLaterError("later")),
        "after=",
        (),
    ),
    (
        "a_rate_limit_says_when_to_come_back",
        turning(RetryLaterError, PermanentError("no")),
        "raise RetryLaterError",
        (),
    ),
    (
        "a_refused_token_is_renewed_once",
        having(fetch_page=_second_token_only),
        "naming the one that was refused",
        (),
    ),
    (
        "a_fresh_token_refused_needs_the_owner",
        turning(ReauthoriseError, RetryLaterError("later")),
        "raise ReauthoriseError",
        (),
    ),
    (
        "a_503_is_maintenance",
        turning(MaintenanceError, RetryLaterError("later")),
        "nobody is alarmed",
        (None,),
    ),
    *(
        (
            "what_is_not_json_is_tried_again",
            turning(RetryLaterError, SourceShapeError("?", path="p", field="f")),
            "instead of JSON",
            (what,),
        )
        for what in NOT_JSON
    ),
    ("a_broken_server_is_tried_again", turning(RetryLaterError, None), "A 502 came", (502,)),
    (
        "a_broken_line_is_tried_again",
        turning(RetryLaterError, httpx.ReadTimeout("slow")),
        "catch httpx.TransportError",
        (),
    ),
    ("a_redirect_is_not_followed", having(fetch_page=_follows), "redirects", ()),
    (
        "an_unknown_shape_is_named_and_never_read_as_empty",
        turning(SourceShapeError, None),
        "read as an empty one",
        ({"records": []},),
    ),
    (
        "a_missing_extension_is_not_supported",
        having(resources=EXTENSION),
        "raise NotSupportedError",
        (404,),
    ),
    (
        "a_company_that_is_withdrawn_is_permanent",
        turning(PermanentError, NotSupportedError("none")),
        "raise PermanentError",
        (403,),
    ),
    ("every_type_is_mapped_or_not_supported", mapping(_floating), "amounts are Decimal", ()),
    (
        "dated_types_have_their_business_date",
        mapping(lambda one: dataclasses.replace(one, order_date=None)),
        "set it from",
        (),
    ),
    (
        "mapping_names_raw_records_that_exist",
        mapping(lambda one: dataclasses.replace(one, sources=[("customers", "9")])),
        "name",
        (),
    ),
    ("mapping_the_same_records_gives_the_same_bodies", _random_bodies(), "no clock", ()),
    ("a_record_of_unknown_shape_is_rejected_or_named", having(map=_blank_maps), "as if blank", ()),
]


def suite_for(connector: TinyLedgerConnector, rule: str) -> ConformanceSuite:
    suite: Any = tiny.TestTinyLedgerConforms()
    suite.connector = connector
    suite.optional = "invoices" if "extension" in rule else None
    return suite


@pytest.mark.parametrize(("rule", "broken", "remedy", "arguments"), BREAKS)
def test_a_broken_rule_says_what_to_do(
    rule: str, broken: Broken, remedy: str, arguments: tuple[Any, ...]
) -> None:
    with pytest.raises(AssertionError) as failure:
        getattr(suite_for(broken(), rule), f"test_{rule}")(*arguments)
    assert remedy in str(failure.value)


def test_every_rule_was_broken() -> None:
    rules = {name.removeprefix("test_") for name in dir(ConformanceSuite) if "test_" in name}
    assert rules == {rule for rule, *_ in BREAKS}


class Needed(msgspec.Struct):
    """A shape with a field that must be there."""

    name: str


def test_a_shape_that_is_not_known_is_never_read_as_blank() -> None:
    with pytest.raises(SourceShapeError):
        calling.parsed(b"{}", msgspec.json.Decoder(Needed), path="/x")
