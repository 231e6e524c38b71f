from __future__ import annotations

from decimal import Decimal

import pytest

from bookbridge.books.banking.errors import (
    ArchivedBankAccountError,
    BankAmountError,
    ContactTwiceError,
    LineTargetError,
    SameBankAccountError,
    TaxOnContactError,
    TransactionTotalError,
    TransactionTypeError,
    UnknownBankAccountError,
    UseTransferError,
)
from bookbridge.books.banking.models import BankAccount
from bookbridge.books.banking.operations import (
    allocate_bank_transaction,
    create_bank_account,
    enter_bank_transaction,
    update_bank_account,
    void_bank_transaction,
)
from bookbridge.books.banking.queries import (
    bank_accounts,
    bank_ledger,
    money_on_account,
    transactions,
)
from bookbridge.books.banking.rules import NewBankLine
from bookbridge.books.documents.errors import (
    AlreadyVoidError,
    CreditExceededError,
    LineAmountError,
    NoLinesError,
    NotApprovedError,
    OutstandingExceededError,
    RateError,
    ReservedAccountError,
    UnknownContactError,
    UnknownDocumentError,
    WrongContactError,
    WrongCurrencyError,
)
from bookbridge.books.documents.tests.desk import AT, Desk, day
from bookbridge.books.ledger.errors import LockedPeriodError, UnknownAccountError
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.operations import lock_period
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.purchases.operations import create_bill
from bookbridge.books.sales.operations import create_credit_note, create_invoice

D = Decimal


@pytest.fixture
def desk(books: Organisation, owner: Actor) -> Desk:
    return Desk(books, owner)


@pytest.fixture
def current(desk: Desk) -> BankAccount:
    return create_bank_account(name="Current", **desk.common)


def enter(desk: Desk, bank: BankAccount, type: str, *lines: NewBankLine, **more):
    more.setdefault("date", day("03-10"))
    return enter_bank_transaction(
        bank_account_id=bank.pk, type=type, lines=lines, **more, **desk.common
    )


def coded(desk: Desk, account: str, total: str, tax: str = "NV", **more) -> NewBankLine:
    return NewBankLine(
        account_id=desk.account(account),
        total_amount=D(total),
        tax_code_id=desk.tax(tax),
        **more,
    )


def from_customer(customer, total: str) -> NewBankLine:
    return NewBankLine(customer_id=customer.pk, total_amount=D(total))


def to_supplier(supplier, total: str) -> NewBankLine:
    return NewBankLine(supplier_id=supplier.pk, total_amount=D(total))


def invoice(desk: Desk, customer, price: str, **more):
    more.setdefault("date", day("03-01"))
    return create_invoice(customer_id=customer.pk, lines=[desk.line(price)], **more, **desk.common)


def test_vat_is_taken_out_of_the_gross(desk: Desk, current: BankAccount) -> None:
    made = enter(desk, current, "bankreceipt", coded(desk, "300", "120.00", "ST"))

    assert desk.entry(made.entry) == "210 +120.00, 300 -100.00, 260 -20.00"
    assert (made.net_amount, made.tax_amount, made.bank_amount) == (
        D("100.00"),
        D("20.00"),
        D("120.00"),
    )


def test_net_and_vat_that_are_given_are_kept_when_they_add_up(
    desk: Desk, current: BankAccount
) -> None:
    line = coded(desk, "500", "120.00", "ST", net_amount=D("101.00"), tax_amount=D("19.00"))
    made = enter(desk, current, "bankpayment", line)
    assert desk.entry(made.entry) == "500 +101.00, 260 +19.00, 210 -120.00"

    wrong = coded(desk, "500", "120.00", "ST", net_amount=D("101.00"), tax_amount=D("20.00"))
    with pytest.raises(LineAmountError):
        enter(desk, current, "bankpayment", wrong)


def test_a_fee_inside_a_receipt_keeps_debits_first(desk: Desk, current: BankAccount) -> None:
    made = enter(
        desk,
        current,
        "bankreceipt",
        coded(desk, "300", "100.00"),
        coded(desk, "700", "-3.00"),
    )

    assert desk.entry(made.entry) == "700 +3.00, 210 +97.00, 300 -100.00"


def test_one_receipt_pays_two_customers_and_a_fee(desk: Desk, current: BankAccount) -> None:
    acme, birch = desk.customer("Acme Ltd"), desk.customer("Birch Ltd")
    first, second = invoice(desk, acme, "60.00"), invoice(desk, birch, "40.00")

    made = enter(
        desk,
        current,
        "customerreceipt",
        from_customer(acme, "60.00"),
        from_customer(birch, "45.00"),
        coded(desk, "700", "-2.00"),
        allocations=[desk.allocation(first, "60.00"), desk.allocation(second, "40.00")],
    )

    assert desk.entry(made.entry) == "700 +2.00, 210 +103.00, 200 -60.00, 200 -45.00"
    (line,) = money_on_account(desk.organisation.pk, customer_id=birch.pk)
    assert line.unallocated_amount == D("5.00")


def test_a_refund_settles_a_credit_note(desk: Desk, current: BankAccount) -> None:
    customer = desk.customer()
    note = create_credit_note(
        customer_id=customer.pk, date=day("03-02"), lines=[desk.line("50.00")], **desk.common
    )

    made = enter(
        desk,
        current,
        "bankpayment",
        from_customer(customer, "50.00"),
        allocations=[desk.allocation(note, "50.00")],
    )

    note.refresh_from_db()
    assert note.is_settled
    assert desk.entry(made.entry) == "200 +50.00, 210 -50.00"
    assert made.allocations.get().is_on_credit_note


def test_money_before_the_invoice_settles_it_on_the_invoices_day(
    desk: Desk, current: BankAccount
) -> None:
    customer = desk.customer()
    made = enter(desk, current, "customerreceipt", from_customer(customer, "80.00"))
    later = invoice(desk, customer, "50.00", date=day("03-20"))

    (allocation,) = allocate_bank_transaction(
        bank_transaction_id=made.pk,
        allocations=[desk.allocation(later, "50.00")],
        date=day("03-20"),
        **desk.common,
    )

    later.refresh_from_db()
    assert later.is_settled and allocation.entry is None
    assert made.lines.get().unallocated_amount == D("30.00")
    with pytest.raises(CreditExceededError):
        allocate_bank_transaction(
            bank_transaction_id=made.pk,
            allocations=[desk.allocation(invoice(desk, customer, "99.00"), "31.00")],
            date=day("03-20"),
            **desk.common,
        )


def test_money_on_account_at_another_rate_realises_a_gain_when_used(
    desk: Desk, current: BankAccount
) -> None:
    customer = desk.customer(currency="EUR")
    made = enter(
        desk,
        current,
        "customerreceipt",
        from_customer(customer, "100.00"),
        conversion_rate=D("0.90"),
    )
    assert desk.entry(made.entry) == "210 +90.00, 200 -90.00"
    later = invoice(desk, customer, "100.00", date=day("03-20"), rate=D("0.86"))

    (allocation,) = allocate_bank_transaction(
        bank_transaction_id=made.pk,
        allocations=[desk.allocation(later, "100.00")],
        date=day("03-21"),
        **desk.common,
    )

    assert desk.entry(allocation.entry) == "200 +4.00, 750 -4.00"
    assert desk.balance("200") == 0
    void_bank_transaction(bank_transaction_id=made.pk, reason="", **desk.common)
    assert desk.balance("200") == D("86.00")
    assert desk.balance("750") == desk.balance("210") == 0


def test_the_last_payment_of_a_foreign_bill_clears_it_to_the_penny(
    desk: Desk, current: BankAccount
) -> None:
    rhein = desk.supplier("Rhein GmbH", currency="EUR")
    made = create_bill(
        supplier_id=rhein.pk,
        date=day("03-01"),
        rate=D("0.333333333"),
        lines=[desk.line("0.05", "NV", code) for code in ("500", "645", "680")],
        **desk.common,
    )
    for _ in range(3):
        enter(
            desk,
            current,
            "supplierpayment",
            to_supplier(rhein, "0.05"),
            bank_amount=D("0.02"),
            allocations=[desk.allocation(made, "0.05")],
        )

    made.refresh_from_db()
    assert (made.outstanding_amount, made.base_outstanding) == (0, 0)
    assert desk.balance("250") == 0


def test_a_foreign_bank_account_keeps_its_own_currency(desk: Desk) -> None:
    euros = create_bank_account(name="Euros", currency="EUR", **desk.common)
    pounds = create_bank_account(name="Current", **desk.common)
    enter(desk, euros, "bankreceipt", coded(desk, "300", "100.00"), conversion_rate=D("0.86"))
    moved = enter(
        desk,
        euros,
        "bankpayment",
        NewBankLine(
            transfer_account_id=pounds.pk, total_amount=D("50.00"), transfer_amount=D("44.00")
        ),
    )

    assert desk.entry(moved.entry) == "211 +44.00, 210 -44.00"
    assert moved.conversion_rate == D("0.88")
    balances = {account.name: account.balance for account in bank_accounts(desk.organisation.pk)}
    assert balances == {"Euros": D("50.00"), "Current": D("44.00")}
    assert desk.balance("210") == D("42.00")


def test_a_transfer_shows_in_both_ledgers_with_a_running_balance(
    desk: Desk, current: BankAccount
) -> None:
    savings = create_bank_account(name="Savings", **desk.common)
    enter(desk, current, "bankreceipt", coded(desk, "290", "500.00"), date=day("03-01"))
    enter(
        desk,
        current,
        "bankpayment",
        NewBankLine(transfer_account_id=savings.pk, total_amount=D("200.00")),
        date=day("03-05"),
    )
    enter(
        desk,
        savings,
        "bankreceipt",
        NewBankLine(transfer_account_id=current.pk, total_amount=D("50.00")),
        date=day("03-09"),
    )
    books = desk.organisation.pk

    rows = bank_ledger(books, current.pk)
    assert [(row.amount, row.balance, row.is_far_side) for row in rows] == [
        (D("500.00"), D("500.00"), False),
        (D("-200.00"), D("300.00"), False),
        (D("-50.00"), D("250.00"), True),
    ]
    (last,) = bank_ledger(books, savings.pk, start=day("03-06"))
    assert last.balance == D("250.00") == desk.balance("211")
    assert transactions(books, bank_account_id=savings.pk).count() == 1


def test_voiding_gives_documents_back_what_was_paid(desk: Desk, current: BankAccount) -> None:
    customer = desk.customer()
    made = invoice(desk, customer, "80.00")
    receipt = enter(
        desk,
        current,
        "customerreceipt",
        from_customer(customer, "100.00"),
        allocations=[desk.allocation(made, "80.00")],
    )

    void = void_bank_transaction(
        bank_transaction_id=receipt.pk, reason="Bounced", date=day("03-15"), **desk.common
    )

    made.refresh_from_db()
    assert made.outstanding_amount == D("80.00")
    assert void.is_void and void.updated_at > receipt.created_at
    assert desk.balance("200", day("03-14")) == D("-20.00")
    assert desk.balance("200") == D("80.00")
    assert not money_on_account(desk.organisation.pk)
    with pytest.raises(AlreadyVoidError):
        void_bank_transaction(bank_transaction_id=receipt.pk, reason="", **desk.common)


def test_a_locked_period_refuses_and_leaves_nothing(desk: Desk, current: BankAccount) -> None:
    customer = desk.customer()
    made = invoice(desk, customer, "80.00")
    lock_period(
        organisation_id=desk.organisation.pk, lock_date=day("03-31"), actor=desk.actor, at=AT
    )

    with pytest.raises(LockedPeriodError):
        enter(
            desk,
            current,
            "customerreceipt",
            from_customer(customer, "80.00"),
            allocations=[desk.allocation(made, "80.00")],
        )

    made.refresh_from_db()
    assert made.outstanding_amount == D("80.00")
    assert not transactions(desk.organisation.pk).exists()


def test_allocations_are_refused_beyond_what_fits(desk: Desk, current: BankAccount) -> None:
    acme, birch = desk.customer("Acme Ltd"), desk.customer("Birch Ltd")
    mine, other = invoice(desk, acme, "80.00"), invoice(desk, birch, "80.00")
    draft = invoice(desk, acme, "80.00", status="DRAFT")
    foreign = invoice(desk, acme, "80.00", currency="EUR", rate=D("0.9"))
    cases = [
        (desk.allocation(mine, "80.01"), OutstandingExceededError),
        (desk.allocation(other, "1.00"), WrongContactError),
        (desk.allocation(draft, "1.00"), NotApprovedError),
        (desk.allocation(foreign, "1.00"), WrongCurrencyError),
    ]
    for allocation, error in cases:
        with pytest.raises(error) as refused:
            enter(
                desk,
                current,
                "customerreceipt",
                from_customer(acme, "100.00"),
                allocations=[allocation],
            )
        assert refused.value.code and str(refused.value).endswith(".")
    with pytest.raises(CreditExceededError):
        enter(
            desk,
            current,
            "customerreceipt",
            from_customer(acme, "50.00"),
            allocations=[desk.allocation(mine, "60.00")],
        )
    with pytest.raises(UnknownDocumentError):
        enter(
            desk,
            current,
            "supplierpayment",
            to_supplier(desk.supplier(), "5.00"),
            allocations=[desk.allocation(mine, "5.00")],
        )


def test_what_does_not_fit_is_refused(desk: Desk, current: BankAccount) -> None:
    customer, supplier = desk.customer(), desk.supplier()
    euro_customer = desk.customer("Rhein GmbH", currency="EUR")
    both = NewBankLine(customer_id=customer.pk, supplier_id=supplier.pk, total_amount=D(1))
    savings = create_bank_account(name="Savings", account_type="DIRECTORS_LOAN", **desk.common)
    cases = [
        ("payment", [coded(desk, "500", "1.00")], TransactionTypeError),
        ("bankpayment", [], NoLinesError),
        ("bankpayment", [both], LineTargetError),
        ("bankpayment", [NewBankLine(total_amount=D(1))], LineTargetError),
        ("customerreceipt", [coded(desk, "300", "1.00")], LineTargetError),
        ("supplierpayment", [from_customer(customer, "1.00")], LineTargetError),
        (
            "bankpayment",
            [from_customer(customer, "1"), to_supplier(supplier, "1")],
            LineTargetError,
        ),
        ("customerreceipt", [from_customer(customer, "1.00")] * 2, ContactTwiceError),
        ("customerreceipt", [from_customer(euro_customer, "1.00")], RateError),
        ("bankpayment", [coded(desk, "500", "0.00")], TransactionTotalError),
        ("bankpayment", [coded(desk, "500", "1.001")], LineAmountError),
        ("bankpayment", [coded(desk, "200", "1.00")], ReservedAccountError),
        ("bankpayment", [coded(desk, "211", "1.00")], UseTransferError),
        ("bankpayment", [NewBankLine(account_id=404, total_amount=D(1))], UnknownAccountError),
        ("bankpayment", [NewBankLine(customer_id=404, total_amount=D(1))], UnknownContactError),
        (
            "bankpayment",
            [NewBankLine(transfer_account_id=current.pk, total_amount=D(1))],
            SameBankAccountError,
        ),
        (
            "bankpayment",
            [NewBankLine(transfer_account_id=404, total_amount=D(1))],
            UnknownBankAccountError,
        ),
        (
            "customerreceipt",
            [NewBankLine(customer_id=customer.pk, total_amount=D(1), tax_amount=D("0.20"))],
            TaxOnContactError,
        ),
    ]
    for type, lines, error in cases:
        with pytest.raises(error) as refused:
            enter(desk, current, type, *lines)
        assert refused.value.code and str(refused.value).endswith(".")
    with pytest.raises(BankAmountError):
        enter(desk, current, "bankpayment", coded(desk, "500", "1.00"), bank_amount=D(2))
    assert savings.nominal_account.category == "DIRECTORS_LOAN"
    assert not transactions(desk.organisation.pk).exists()


def test_an_archived_account_takes_nothing(desk: Desk, current: BankAccount) -> None:
    before = current.updated_at
    changed = update_bank_account(
        bank_account_id=current.pk,
        changes={"status": "ARCHIVED", "name": "Old current"},
        **desk.common,
    )

    assert (changed.name, changed.nominal_account.name) == ("Old current", "Old current")
    assert changed.updated_at > before
    with pytest.raises(ArchivedBankAccountError):
        enter(desk, current, "bankpayment", coded(desk, "500", "1.00"))
