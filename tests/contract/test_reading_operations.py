"""Every reading of codat-accounting and codat-lending, unmodified, over one linked company."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from codat_lending import CodatLending
from codat_lending.models import shared
from codat_lending.utils.retries import BackoffStrategy, RetryConfig

from bookbridge.bridge.api.tests.official import authorisation
from bookbridge.bridge.api.tests.openapi import Spec
from tests.contract.conftest import Lender
from tests.contract.linking import Linked
from tests.contract.reading import NO_RECORD, Outcome, Reading, of_accounting, of_lending

# No platform of ours has these: the documented 404 says so.
LACKED_ACCOUNTING = {"item_receipts", "payment_methods", "purchase_orders", "sales_orders"}
LACKED_LENDING = {
    *("banking.account_balances", "banking.accounts", "banking.transaction_categories"),
    *("banking.transactions", "sales.customers", "sales.disputes", "sales.locations"),
    *("sales.orders", "sales.payment_methods", "sales.payments", "sales.product_categories"),
    *("sales.products", "sales.transactions", "company_info.get_commerce_profile"),
}
# Derived reports and file stores of the lending product: not offered.
NOT_OFFERED = {
    *("bank_statements", "banking.categorized_statement", "excel_reports"),
    *("file_upload", "financial_summary", "liabilities", "manage_reports", "sales.metrics"),
    *("sales.reports", "loan_writeback.source_accounts"),
    "accounts_receivable.invoices.list_reconciled",
    "financial_statements.balance_sheet.get_categorized_accounts",
    "financial_statements.profit_and_loss.get_categorized_accounts",
}
# These belong to the platform; `test_platform_operations.py` reads them.
PLATFORM = {"companies", "connections", "manage_data", "loan_writeback"}
# Where the records are listed whose lines or files are asked for.
LISTED_IN = {
    "bank_account_transactions": "bank_accounts.list",
    "accounting_bank_data": "accounting_bank_data.accounts.list",
}


def is_of(reading: Reading, groups: set[str]) -> bool:
    parts = reading.name.split(".")
    return any(".".join(parts[:length]) in groups for length in range(1, len(parts) + 1))


def check(reading: Reading, readings: dict[str, Reading], linked: Linked, lacked: set[str]) -> None:
    """Call it as a program would, and see that the answer is the one that is documented."""
    ids = {"company_id": linked.company_id, "connection_id": linked.connection_id}
    record_id = NO_RECORD
    if reading.record_parameter is not None:
        if not is_of(reading, lacked):
            record_id = first_id(reading, readings, ids) or NO_RECORD
        ids[reading.record_parameter] = record_id
    outcome = reading.outcome(**ids)
    expected(reading, lacked, record_id)(outcome)


def first_id(reading: Reading, readings: dict[str, Reading], ids: dict[str, str]) -> str | None:
    listing = readings[LISTED_IN.get(reading.group, f"{reading.group}.list")]
    page = listing.outcome(**ids)
    assert page.status == 200, (listing.name, page.error)
    return page.body.results[0].id if page.body.results else None


def expected(reading: Reading, lacked: set[str], record_id: str) -> Callable[[Outcome], None]:
    def found(outcome: Outcome) -> None:
        assert (outcome.status, outcome.error) == (200, ""), reading.name

    def no_attachments(outcome: Outcome) -> None:
        found(outcome)
        assert not outcome.body.attachments

    def refused(words: str) -> Callable[[Outcome], None]:
        def check_refusal(outcome: Outcome) -> None:
            assert outcome.status == 404 and words in outcome.error, (reading.name, outcome)

        return check_refusal

    if is_of(reading, lacked):
        return refused("not supported by platform(s) Pandle")
    if record_id == NO_RECORD and reading.record_parameter is not None:
        return refused("no record")
    if reading.method in ("get_attachment", "download_attachment"):
        return refused("no attachment")
    if reading.method == "list_attachments":
        return no_attachments
    if reading.method == "download_pdf":
        return refused("no PDF")
    return found


@pytest.fixture(scope="module")
def lending_client(lender: Lender) -> Iterator[CodatLending]:
    hooks = {"response": [lender.replies.of_httpx]}
    with httpx.Client(event_hooks=hooks) as http:
        yield CodatLending(
            security=shared.Security(auth_header=authorisation(lender.ready.api_key)),
            server_url=lender.ready.api_url,
            client=http,
            retry_config=RetryConfig("none", BackoffStrategy(1, 1, 1, 1), False),
            timeout_ms=20_000,
        )


def test_codat_accounting_reads_everything(lender: Lender, linked: Linked) -> None:
    readings = of_accounting(lender.accounting)
    assert len(readings) == 78
    for reading in readings.values():
        check(reading, readings, linked, LACKED_ACCOUNTING)


def test_codat_lending_reads_everything_that_is_offered(
    lending_client: CodatLending, linked: Linked
) -> None:
    readings = of_lending(lending_client)
    for group in NOT_OFFERED | LACKED_LENDING | PLATFORM:
        assert any(is_of(one, {group}) for one in readings.values()), group
    offered = [one for one in readings.values() if not is_of(one, NOT_OFFERED | PLATFORM)]
    assert len(offered) == 86
    for reading in offered:
        check(reading, readings, linked, LACKED_LENDING)


def test_what_was_known_before_the_first_sync_is_nothing(lender: Lender, linked: Linked) -> None:
    """`asOf` is ours alone: a program adds it to the URL."""
    with httpx.Client(base_url=lender.ready.api_url) as http:
        http.headers["Authorization"] = authorisation(lender.ready.api_key)
        path = f"/companies/{linked.company_id}/data/invoices"
        assert http.get(path, params={"asOf": "2000-01-01"}).json()["totalResults"] == 0
        assert http.get(path).json()["totalResults"] > 0


def test_every_answer_fits_the_published_files(lender: Lender, spec: Spec) -> None:
    """Runs last: it judges what the readings above were given."""
    judged = {spec.check(*reply).name for reply in lender.replies.seen if reply[2] == 200}
    assert len(judged) > 50
