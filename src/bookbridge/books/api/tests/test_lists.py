"""Lists: pages, everything at once, entity tags that move with every change."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bookbridge.books.api import listing
from bookbridge.books.api.tests.conftest import ApiClient, errors_of


@pytest.fixture
def five(as_owner: ApiClient, c: str) -> list[str]:
    return [
        as_owner.made(f"{c}/customers", {"customer": {"name": f"Customer {n}"}})["id"]
        for n in range(5)
    ]


def invoice(as_owner: ApiClient, c: str, customer: str, **fields: object) -> dict[str, object]:
    body = {
        "customer_id": customer,
        "date": "2026-01-05",
        "invoice_lines_attributes": [{"price": "100", "nominal_code": "300", "tax_code": "ST"}],
        **fields,
    }
    return dict(as_owner.made(f"{c}/invoices", {"invoice": body}))


def test_pages_follow_each_other_in_order_of_id(
    as_owner: ApiClient, c: str, five: list[str]
) -> None:
    pages = [
        [row["id"] for row in as_owner.data(f"{c}/customers?page={n}&size=2")] for n in (1, 2, 3, 4)
    ]

    assert pages == [five[:2], five[2:4], five[4:], []]
    whole = json.loads(as_owner.get(f"{c}/customers").content)
    assert [row["id"] for row in whole["data"]] == five
    assert whole["meta"] == {"total-count": 5}


@pytest.mark.parametrize("query", ["page=0", "page=x", "size=0", "size=-1", "page=1&size=²"])
def test_an_impossible_page_is_refused(as_owner: ApiClient, c: str, query: str) -> None:
    answer = as_owner.get(f"{c}/customers?{query}")

    assert answer.status_code == 422
    assert errors_of(answer)


def test_a_long_list_without_paging_is_streamed_whole(
    as_owner: ApiClient, c: str, five: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SIZE_MAX", 2)

    answer = as_owner.get(f"{c}/customers")

    assert answer.streaming
    whole = json.loads(b"".join(answer))
    assert [row["id"] for row in whole["data"]] == five


def test_an_unchanged_page_is_a_304(as_owner: ApiClient, c: str, five: list[str]) -> None:
    for path in (f"{c}/customers?page=1&size=2", f"{c}/invoices", f"{c}/tax_codes?page=1"):
        tag = as_owner.get(path)["ETag"]
        again = as_owner.get(path, **{"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


def test_the_tag_of_invoices_moves_when_a_payment_or_a_new_document_changes_them(
    as_owner: ApiClient, c: str, five: list[str]
) -> None:
    bank = as_owner.made(f"{c}/bank_accounts", {"bank_account": {"name": "Current"}})["id"]
    made = invoice(as_owner, c, five[0])
    tags = [as_owner.get(f"{c}/invoices?page=1&size=100")["ETag"]]
    as_owner.made(
        f"{c}/bank_accounts/{bank}/bank_transactions",
        {
            "bank_transaction": {
                "date": "2026-01-06",
                "type": "customerreceipt",
                "account_class_and_id": f"Customer#{five[0]}",
                "total_amount": "20.00",
                "allocations_attributes": [{"document_id": made["id"], "amount": "20.00"}],
            }
        },
    )
    tags.append(as_owner.get(f"{c}/invoices?page=1&size=100")["ETag"])
    invoice(as_owner, c, five[1])
    tags.append(as_owner.get(f"{c}/invoices?page=1&size=100")["ETag"])

    assert len(set(tags)) == 3


def test_the_tag_of_accounts_moves_with_their_balances(
    as_owner: ApiClient, c: str, five: list[str], account_id: Callable[[str], int]
) -> None:
    before = as_owner.get(f"{c}/nominal_accounts")["ETag"]
    invoice(as_owner, c, five[0], date="2026-01-05")

    assert as_owner.get(f"{c}/nominal_accounts")["ETag"] != before


def test_reading_a_page_costs_the_same_queries_whatever_its_size(
    as_owner: ApiClient,
    c: str,
    five: list[str],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for customer in five:
        invoice(as_owner, c, customer)

    with django_assert_max_num_queries(14) as one_page:
        as_owner.get(f"{c}/invoices?page=1&size=1")
    with django_assert_max_num_queries(14) as five_pages:
        as_owner.get(f"{c}/invoices?page=1&size=5")

    assert len(one_page.captured_queries) == len(five_pages.captured_queries)
