"""Reading lists: pages, tags, months, and a list whose records lack their lines."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import httpx
import pytest

from bookbridge.bridge.connectors.calling import BODY_BYTES_MAX
from bookbridge.bridge.connectors.contract import Page
from bookbridge.bridge.connectors.errors import NotSupportedError, PermanentError, RetryLaterError
from bookbridge.bridge.connectors.pandle.marks import FIELDS, MEANINGS
from bookbridge.bridge.connectors.pandle.resources import SOURCE_LISTS
from bookbridge.bridge.connectors.pandle.tests.cast import CONNECTOR, bodies, request_to
from bookbridge.bridge.connectors.pandle.tests.source import Source
from bookbridge.bridge.connectors.rehearsal import read_list
from bookbridge.bridge.datatypes import DataType


def page(source: Source, resource: str, cursor: str | None = None, etag: str | None = None) -> Page:
    return CONNECTOR.fetch_page(
        request_to(source), resource, parent_id="", cursor=cursor, etag=etag
    )


def test_a_page_unchanged_since_its_tag_goes_on_where_it_did() -> None:
    source = Source()
    first = page(source, "customers")
    assert first.source_total == 3
    again = page(source, "customers", etag=first.etag)
    assert again.not_modified
    assert list(again.records) == []
    assert (again.next_cursor, again.etag) == (first.next_cursor, first.etag)
    source.attributes("customers", "501")["name"] = "Acme plc"
    changed = page(source, "customers", etag=first.etag)
    assert not changed.not_modified
    assert len(changed.records) == 3


def test_the_last_page_has_no_tag_so_that_growth_is_seen() -> None:
    source = Source()
    last = page(source, "customers", cursor=page(source, "customers").next_cursor)
    assert (list(last.records), last.next_cursor, last.etag) == ([], None, None)


def test_a_page_repeated_in_mid_list_ends_it_short_of_the_total() -> None:
    """The engine sees fewer records than the source says it has, and certifies nothing."""
    source = Source()
    source.page_size_max = 1

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("page") == "2" and request.url.path.endswith("/customers"):
            return source(httpx.Request("GET", request.url.copy_set_param("page", "1")))
        return source(request)

    records = read_list(CONNECTOR, request_to(answer), "customers")
    assert {one.id for one in records} == {"501"}
    assert page(source, "customers").source_total == 3


def test_children_know_their_parent() -> None:
    records = read_list(CONNECTOR, request_to(Source()), "bank_transactions", "31001")
    assert {one.parent_id for one in records} == {"31001"}


def test_reports_are_read_month_by_month_newest_first() -> None:
    request = request_to(Source(), dt.date(2026, 3, 15))
    months = [one.id for one in read_list(CONNECTOR, request, "report_profit_and_loss")]
    assert months[:3] == ["2026-03", "2026-02", "2026-01"]
    assert (len(months), months[-1]) == (24, "2024-04")


def test_an_invoice_list_without_lines_is_filled_from_the_single_documents() -> None:
    source = Source()
    source.hidden_in_lists = {"invoice-lines"}
    invoices = read_list(CONNECTOR, request_to(source), "invoices")
    assert all(b"invoice-lines" in one.body for one in invoices)
    assert bodies(DataType.INVOICES, source) == bodies(DataType.INVOICES)


def test_snake_case_is_read_as_well() -> None:
    source = Source()
    plain = bodies(DataType.INVOICES)
    for record in source.lists["invoices"]:
        record["attributes"] = {
            key.replace("-", "_"): [
                {name.replace("-", "_"): inner for name, inner in line.items()} for line in value
            ]
            if key == "invoice-lines"
            else value
            for key, value in record["attributes"].items()
        }
    assert bodies(DataType.INVOICES, source) == plain


def test_a_body_larger_than_allowed_is_refused() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b" " * (BODY_BYTES_MAX + 1))

    with pytest.raises(PermanentError, match="larger"):
        CONNECTOR.fetch_page(request_to(answer), "customers", parent_id="", cursor=None, etag=None)


def test_maintenance_may_also_be_a_502_that_says_so() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(502, html="<h1>Scheduled maintenance</h1>")

    with pytest.raises(RetryLaterError) as refusal:
        CONNECTOR.source_companies(request_to(answer))
    assert refusal.value.code == "maintenance"


def test_the_companies_of_a_grant() -> None:
    (company,) = CONNECTOR.source_companies(request_to(Source()))
    assert (company.id, company.name) == ("77001", "Harbour Instruments")


def test_reports_that_the_source_lacks_are_none() -> None:
    source = Source()
    source.absent = {"trial_balance", "aged_debtors", "aged_creditors"}
    reports = CONNECTOR.read_reports(request_to(source), dt.date(2026, 1, 31))
    assert reports.trial_balance is reports.aged_debtors is reports.aged_creditors is None
    assert reports.profit_and_loss is not None
    assert reports.accounts_by_role["trade_debtors"] == "7103"
    assert reports.year_start == dt.date(2026, 1, 1)


def test_the_probe_says_what_holds() -> None:
    source = Source()
    source.absent = {"credit_notes"}
    found = {one.statement: one for one in CONNECTOR.probe(request_to(source))}
    assert found["GET C/credit_notes answers"].holds is False
    assert found["GET {c}/invoices answers".format(c="C")].holds is True
    assert found["invoices has the field due-date"].holds is True
    assert found["invoices comes in id order"].holds is True
    assert {one.mark for one in found.values()} <= MEANINGS.keys()


def test_every_mark_is_of_a_list_that_is_read() -> None:
    assert {one.resource for one in FIELDS} <= SOURCE_LISTS.keys()
    assert {one.mark for one in FIELDS} <= MEANINGS.keys()


def test_a_source_without_extensions_still_gives_its_documents() -> None:
    """The real source as far as it is known: no credit notes, write-offs, journal or items."""
    source = Source()
    source.absent = {"credit_notes", "write_offs", "journal_entries", "items", "nominal_accounts"}
    for record in source.lists["bank_accounts/31001/bank_transactions"]:
        for name in ("allocations", "bank-amount", "imported-bank-transaction-id"):
            del record["attributes"][name]
    invoices = bodies(DataType.INVOICES, source)
    assert {key: one["amountDue"] for key, one in invoices.items()} == {
        "9001": Decimal("404.45"),
        "9002": 0,
        "9003": 0,
    }
    assert all(one["paymentAllocations"] == [] for one in invoices.values())
    payment = bodies(DataType.PAYMENTS, source)["8002"]
    assert payment["lines"][0]["links"] == [{"type": "Unlinked", "amount": -900, "currencyRate": 1}]
    chart = bodies(DataType.CHART_OF_ACCOUNTS, source)["7109"]
    assert (chart["type"], chart["fullyQualifiedCategory"]) == ("Unknown", None)
    for data_type in (DataType.CREDIT_NOTES, DataType.ITEMS, DataType.JOURNAL_ENTRIES):
        with pytest.raises(NotSupportedError):
            bodies(data_type, source)
