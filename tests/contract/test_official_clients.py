"""codat-platform and codat-accounting, unmodified, drive a company through its whole life."""

from __future__ import annotations

from decimal import Decimal

import pytest
from codat_platform.models import operations, shared
from codat_platform.models.errors import ErrorMessage

from bookbridge.bridge.api.tests import official
from bookbridge.bridge.api.tests.openapi import Spec
from tests.contract.conftest import Lender, Owner
from tests.contract.linking import Linked, await_sync, connection_of, make_company

# What the worked example has of each type; the rest is empty or the source's own.
COUNTS = {
    "invoices": 3,
    "bills": 2,
    "creditNotes": 1,
    "payments": 4,
    "billPayments": 1,
    "customers": 3,
    "suppliers": 2,
    "bankAccounts": 2,
    "transfers": 1,
    "directCosts": 1,
    "directIncomes": 1,
    "journalEntries": 14,
    "accountTransactions": 7,
}


def test_status_says_how_fresh_every_type_is(lender: Lender, linked: Linked) -> None:
    status = lender.platform.refresh_data.get(
        request=operations.GetCompanyDataStatusRequest(**linked.company)
    )
    for one in (status.invoices, status.customers, status.balance_sheet, status.company):
        assert one.current_status == "Complete"
        assert one.last_successful_sync is not None
    company = lender.platform.companies.get(request=operations.GetCompanyRequest(**linked.company))
    assert company.last_sync is not None


@pytest.mark.parametrize("wanted", official.LISTS, ids=lambda one: one.data_type)
def test_every_list_and_its_records_are_read(
    lender: Lender, linked: Linked, wanted: official.OfficialList
) -> None:
    ids = (linked.company_id, linked.connection_id)
    query = "metadata.isDeleted!=true"
    page = official.read_list(lender.accounting, wanted, *ids, page=1, page_size=100, query=query)
    if wanted.data_type in COUNTS:
        assert page.total_results == COUNTS[wanted.data_type]
    for record in page.results[:3]:
        one = official.read_one(lender.accounting, wanted, *ids, record.id)
        assert vars(one).items() >= vars(record).items()


def test_filters_and_order_reach_the_database(lender: Lender, linked: Linked) -> None:
    invoices = lender.accounting.invoices.list
    big = official.call(
        invoices,
        **linked.company,
        page=1,
        query="{totalAmount > 1000 || totalAmount < 300} && status != void",
        order_by="-totalAmount",
    ).invoices
    assert [(one.invoice_number, one.total_amount) for one in big.results] == [
        ("INV-1001", Decimal("1400"))
    ]
    paid = official.call(invoices, **linked.company, page=1, query="status=paid").invoices
    assert [one.invoice_number for one in paid.results] == ["INV-1002"]
    pages = [
        official.call(invoices, **linked.company, page=page, page_size=1).invoices
        for page in (1, 2, 3)
    ]
    assert len({page.results[0].id for page in pages}) == 3


def test_statements_and_reports_are_read(lender: Lender, linked: Linked) -> None:
    reports = lender.accounting.reports
    period = {"period_length": 1, "periods_to_compare": 1, "start_month": "2026-01-01"}
    profit = official.call(reports.get_profit_and_loss, **linked.company, **period)
    (month,) = profit.profit_and_loss_report.reports
    assert month.net_profit == Decimal("366.88")
    sheet = official.call(reports.get_balance_sheet, **linked.company, **period)
    (day,) = sheet.balance_sheet.reports
    assert day.net_assets == Decimal("10366.88")
    info = official.call(lender.accounting.company_info.get, **linked.company)
    assert info.company_dataset.base_currency == "GBP"
    for available in (
        reports.is_aged_debtor_report_available,
        reports.is_aged_creditors_report_available,
    ):
        assert official.call(available, **linked.company).raw_response.json() is True
    debtors = official.call(reports.get_aged_debtors_report, **linked.company)
    amounts = {
        one.customer_name: sum(
            bucket.amount for bucket in one.aged_currency_outstanding[0].aged_outstanding_amounts
        )
        for one in debtors.aged_debtor_report.data
    }
    assert amounts == {"Acme Ltd": Decimal("404.45"), "Birch Ltd": Decimal("-50")}
    official.call(reports.get_aged_creditors_report, **linked.company)


def test_bank_transactions_are_read_below_each_account(lender: Lender, linked: Linked) -> None:
    accounts = official.call(lender.accounting.bank_accounts.list, **linked.connection, page=1)
    for account in accounts.bank_accounts.results:
        lines = official.call(
            lender.accounting.bank_account_transactions.list,
            **linked.connection,
            account_id=account.id,
            page=1,
        ).bank_transactions
        assert lines.total_results == len(lines.results)


def test_one_type_is_refreshed_on_request(lender: Lender, linked: Linked) -> None:
    queued = lender.platform.refresh_data.by_data_type(
        request=operations.RefreshDataTypeRequest(**linked.company, data_type="invoices")
    )
    assert queued.data_type == "invoices"
    await_sync(lender.platform, linked)
    done = lender.platform.refresh_data.get_pull_operation(
        request=operations.GetPullOperationRequest(**linked.company, dataset_id=queued.id)
    )
    assert (done.status, done.is_completed, done.progress) == ("Complete", True, 100)
    outcome = lender.platform.read_data.get_validation_results(
        request=operations.GetReadValidationResultsRequest(**linked.company, dataset_id=queued.id)
    )
    assert outcome.errors == []


def test_a_company_is_unlinked_and_deleted(lender: Lender, owner: Owner) -> None:
    made = make_company(lender.platform, "Short Life Ltd")
    owner.consent(connection_of(lender.platform, made).link_url)
    lender.platform.refresh_data.all(request=operations.RefreshCompanyDataRequest(**made.company))
    await_sync(lender.platform, made)
    unlinked = lender.platform.connections.unlink(
        request=operations.UnlinkConnectionRequest(
            **made.connection,
            update_connection_status=shared.UpdateConnectionStatus(status="Unlinked"),
        )
    )
    assert unlinked.status == "Unlinked"
    kept = official.call(lender.accounting.invoices.list, **made.company, page=1).invoices
    assert kept.total_results == COUNTS["invoices"]
    lender.platform.connections.delete(
        request=operations.DeleteConnectionRequest(**made.connection)
    )
    listed = lender.platform.connections.list(
        request=operations.ListConnectionsRequest(**made.company)
    )
    assert listed.results == []
    lender.platform.companies.delete(request=operations.DeleteCompanyRequest(**made.company))
    with pytest.raises(ErrorMessage):
        lender.platform.companies.get(request=operations.GetCompanyRequest(**made.company))


def test_every_reply_fitted_the_published_files(lender: Lender, linked: Linked, spec: Spec) -> None:
    """Runs last: it judges what the tests above were given."""
    judged = {spec.check(*reply).name for reply in lender.replies.seen}
    assert len(judged) > 5
