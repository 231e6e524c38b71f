from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bookbridge.books.documents.errors import (
    AllocatedError,
    AlreadyVoidError,
    DateBeforeDocumentError,
    DueDateError,
    LineAmountError,
    NegativeTotalError,
    NoLinesError,
    NotDraftError,
    NumberTakenError,
    RateError,
    ReservedAccountError,
    RoundingPolicyError,
    StatusError,
    UnknownContactError,
    UnknownCurrencyError,
    UnknownDocumentError,
    UnknownItemError,
    UnknownTaxCodeError,
)
from bookbridge.books.documents.rules import NewLine
from bookbridge.books.documents.tests.desk import AT, LATER, Desk, day
from bookbridge.books.ledger.errors import (
    LockedPeriodError,
    UnknownAccountError,
    UnknownProjectError,
)
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.operations import lock_period
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.sales.operations import (
    allocate_credit_note,
    approve_invoice,
    create_credit_note,
    create_invoice,
    create_item,
    mark_invoice_sent,
    remove_credit_note_allocation,
    update_item,
    void_credit_note,
    void_invoice,
    void_write_off,
    write_off_invoice,
)
from bookbridge.books.sales.queries import credit_notes, invoices, known_numbers

D = Decimal


@pytest.fixture
def desk(books: Organisation, owner: Actor) -> Desk:
    return Desk(books, owner)


def invoice(desk: Desk, *prices: str, tax: str = "ST", **more):
    more.setdefault("customer_id", None)
    customer_id = more.pop("customer_id") or desk.customer().pk
    more.setdefault("date", day("03-01"))
    lines = more.pop("lines", None) or [desk.line(price, tax) for price in prices]
    return create_invoice(customer_id=customer_id, lines=lines, **more, **desk.common)


def test_an_approved_invoice_takes_the_next_number_and_posts(desk: Desk) -> None:
    first, second = invoice(desk, "100.00"), invoice(desk, "50.00")

    assert (first.number, second.number) == ("INV-1001", "INV-1002")
    assert desk.entry(first.entry) == "200 +120.00, 300 -100.00, 260 -20.00"
    assert first.due_date == day("03-31")
    assert (first.total_amount, first.outstanding_amount, first.base_total) == (
        D("120.00"),
        D("120.00"),
        D("120.00"),
    )
    assert first.entry is not None and first.entry.reference == "INV-1001"


def test_numbers_have_no_gaps_when_an_invoice_is_refused_or_given_a_number(desk: Desk) -> None:
    invoice(desk, "10.00", number="INV-1001")
    with pytest.raises(NegativeTotalError):
        invoice(desk, "-10.00")

    assert invoice(desk, "10.00").number == "INV-1002"
    assert invoice(desk, "10.00").number == "INV-1003"


def test_a_number_is_used_once(desk: Desk) -> None:
    invoice(desk, "10.00", number="A-7")

    with pytest.raises(NumberTakenError, match="A-7"):
        invoice(desk, "10.00", number="A-7")
    assert known_numbers(desk.organisation.pk, ["A-7", "A-8"]).keys() == {"A-7"}


def test_a_draft_has_no_number_and_no_entry_until_it_is_approved(desk: Desk) -> None:
    draft = invoice(desk, "100.00", status="DRAFT")
    assert (draft.number, draft.entry) == (None, None)
    assert desk.balance("200") == 0

    approved = approve_invoice(invoice_id=draft.pk, **desk.common)

    assert (approved.number, approved.status) == ("INV-1001", "APPROVED")
    assert desk.balance("200") == D("120.00")
    with pytest.raises(NotDraftError):
        approve_invoice(invoice_id=draft.pk, **desk.common)


def test_a_void_invoice_is_reversed_and_keeps_its_number(desk: Desk) -> None:
    made = invoice(desk, "100.00")

    void = void_invoice(invoice_id=made.pk, reason="Entered twice", **desk.common)

    assert (void.status, void.outstanding_amount, void.number) == ("VOID", D(0), "INV-1001")
    assert desk.balance("200") == desk.balance("300") == desk.balance("260") == 0
    with pytest.raises(AlreadyVoidError):
        void_invoice(invoice_id=made.pk, reason="", **desk.common)
    assert invoice(desk, "1.00").number == "INV-1002"


def test_an_invoice_in_a_locked_period_is_voided_with_a_later_date(desk: Desk) -> None:
    made = invoice(desk, "100.00", date=day("01-10"))
    lock_period(
        organisation_id=desk.organisation.pk, lock_date=day("01-31"), actor=desk.actor, at=AT
    )

    with pytest.raises(LockedPeriodError):
        void_invoice(invoice_id=made.pk, reason="", **desk.common)
    void_invoice(invoice_id=made.pk, reason="", date=day("02-01"), **desk.common)

    assert desk.balance("200", day("01-31")) == D("120.00")
    assert desk.balance("200") == 0


def test_nothing_is_left_behind_when_the_period_is_locked(desk: Desk) -> None:
    lock_period(
        organisation_id=desk.organisation.pk, lock_date=day("01-31"), actor=desk.actor, at=AT
    )

    with pytest.raises(LockedPeriodError):
        invoice(desk, "100.00", date=day("01-31"))

    assert not invoices(desk.organisation.pk).exists()
    assert invoice(desk, "100.00", date=day("02-01")).number == "INV-1001"


def test_an_invoice_with_something_against_it_is_not_voided(desk: Desk) -> None:
    made = invoice(desk, "100.00")
    write_off = write_off_invoice(
        invoice_id=made.pk, date=day("03-20"), amount=D("20.00"), **desk.common
    )

    with pytest.raises(AllocatedError, match="Remove those first"):
        void_invoice(invoice_id=made.pk, reason="", **desk.common)

    void_write_off(write_off_id=write_off.pk, reason="", **desk.common)
    assert void_invoice(invoice_id=made.pk, reason="", **desk.common).is_void
    assert desk.balance("745") == 0


def test_zero_priced_lines_stay_and_post_nothing(desk: Desk) -> None:
    made = invoice(desk, "0.00", tax="NV")

    assert (made.status, made.entry, made.lines.count()) == ("APPROVED", None, 1)
    assert void_invoice(invoice_id=made.pk, reason="", **desk.common).is_void


def test_what_a_line_leaves_out_comes_from_customer_and_account(desk: Desk) -> None:
    customer = desk.customer(default_account_id=desk.account("300"), days_until_payment_due=14)

    made = invoice(desk, customer_id=customer.pk, lines=[NewLine(price=D("100.00"))])

    (line,) = made.lines.select_related("account", "tax_code")
    assert (line.account.code, line.tax_code.code, line.tax_amount) == ("300", "ST", D("20.00"))
    assert made.due_date == day("03-15")


@pytest.mark.parametrize(
    ("policy", "tax"), [("by_line", "0.21"), ("by_total", "0.20"), ("down", "0.19")]
)
def test_the_rounding_policy_decides_the_vat_and_is_kept(desk: Desk, policy: str, tax: str) -> None:
    prices = ["0.33", "0.33", "0.33"] if policy != "down" else ["0.33", "0.33", "0.32"]

    made = invoice(desk, *prices, rounding_policy=policy)

    made.refresh_from_db()
    assert (made.tax_amount, made.rounding_policy) == (D(tax), policy)
    assert sum(line.tax_amount for line in made.lines.all()) == D(tax)
    assert desk.balance("260") == -D(tax)


def test_updated_at_moves_whenever_an_allocation_changes_the_invoice(desk: Desk) -> None:
    customer = desk.customer()
    made = invoice(desk, "100.00", customer_id=customer.pk)
    before = made.updated_at
    note = create_credit_note(
        customer_id=customer.pk,
        date=day("03-02"),
        lines=[desk.line("50.00", "ST")],
        allocations=[desk.allocation(made, "60.00")],
        **desk.common,
    )

    made.refresh_from_db()
    assert made.outstanding_amount == D("60.00")
    assert made.updated_at > before
    allocation = note.allocations.get()
    remove_credit_note_allocation(allocation_id=allocation.pk, **desk.common)
    middle = made.updated_at
    made.refresh_from_db()
    assert made.outstanding_amount == D("120.00")
    assert made.updated_at > middle


def test_a_credit_note_stands_on_account_until_it_is_used(desk: Desk) -> None:
    customer = desk.customer()
    made = invoice(desk, "100.00", customer_id=customer.pk)
    note = create_credit_note(
        customer_id=customer.pk,
        date=day("03-02"),
        lines=[desk.line("50.00", "ST")],
        **desk.common,
    )
    assert (note.number, note.outstanding_amount) == ("CN-2001", D("60.00"))
    assert desk.entry(note.entry) == "300 +50.00, 260 +10.00, 200 -60.00"

    allocate_credit_note(
        credit_note_id=note.pk,
        allocations=[desk.allocation(made, "25.00")],
        date=day("03-05"),
        **desk.common,
    )

    note.refresh_from_db()
    assert note.outstanding_amount == D("35.00")
    with pytest.raises(AllocatedError):
        void_credit_note(credit_note_id=note.pk, reason="", **desk.common)
    assert list(credit_notes(desk.organisation.pk, only_open=True)) == [note]


def test_a_credit_in_another_rate_realises_the_exchange_difference(desk: Desk) -> None:
    customer = desk.customer(currency="EUR")
    made = invoice(desk, "100.00", tax="NV", customer_id=customer.pk, rate=D("0.86"))
    note = create_credit_note(
        customer_id=customer.pk,
        date=day("03-02"),
        rate=D("0.90"),
        lines=[desk.line("100.00")],
        allocations=[desk.allocation(made, "100.00")],
        **desk.common,
    )

    (allocation,) = note.allocations.select_related("entry")
    assert desk.entry(allocation.entry) == "200 +4.00, 750 -4.00"
    assert desk.balance("200") == 0
    remove_credit_note_allocation(allocation_id=allocation.pk, **desk.common)
    assert desk.balance("200") == D("-4.00")
    assert desk.balance("750") == 0


def test_a_write_off_takes_what_is_left_gross_to_bad_debts(desk: Desk) -> None:
    made = invoice(desk, "100.00")

    write_off = write_off_invoice(
        invoice_id=made.pk, date=day("03-20"), reason="Gone away", **desk.common
    )

    assert desk.entry(write_off.entry) == "745 +120.00, 200 -120.00"
    assert (write_off.amount, write_off.currency) == (D("120.00"), "GBP")
    with pytest.raises(DateBeforeDocumentError):
        write_off_invoice(invoice_id=made.pk, date=day("02-20"), **desk.common)


def test_sent_is_noted_once(desk: Desk) -> None:
    made = invoice(desk, "100.00")

    sent = mark_invoice_sent(invoice_id=made.pk, **{**desk.common, "at": LATER})

    assert sent.is_sent and sent.updated_at == LATER


def test_lists_filter_search_and_sort(desk: Desk) -> None:
    acme, birch = desk.customer("Acme Ltd"), desk.customer("Birch Ltd")
    first = invoice(desk, "10.00", customer_id=acme.pk, date=day("01-05"))
    second = invoice(desk, "30.00", customer_id=birch.pk, reference="PO 99")
    write_off_invoice(invoice_id=first.pk, date=day("02-01"), **desk.common)
    books = desk.organisation.pk

    assert list(invoices(books, customer_id=birch.pk)) == [second]
    assert list(invoices(books, search="po 9")) == [second]
    assert list(invoices(books, search="acme")) == [first]
    assert list(invoices(books, only_open=True)) == [second]
    assert list(invoices(books, overdue_on=day("05-01"))) == [second]
    assert list(invoices(books, sort="-total")) == [second, first]


def test_an_item_is_made_changed_and_refused_under_a_known_code(desk: Desk) -> None:
    item = create_item(name="Hour", code="H", sale_price=D("80.00"), **desk.common)
    with pytest.raises(Exception, match="already an item H"):
        create_item(name="Hour", code="H", **desk.common)

    changed = update_item(item_id=item.pk, changes={"name": "Hour of work"}, **desk.common)

    assert (changed.name, changed.sale_price) == ("Hour of work", D("80.00"))
    assert changed.updated_at > AT
    made = invoice(desk, lines=[desk.line("80.00", item_id=item.pk)])
    assert made.lines.get().item_id == item.pk


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"customer_id": 404}, UnknownContactError),
        ({"lines": []}, NoLinesError),
        ({"currency": "EUR"}, RateError),
        ({"rate": D("0.5")}, RateError),
        ({"currency": "EURO", "rate": D(1)}, UnknownCurrencyError),
        ({"due_date": day("02-01")}, DueDateError),
        ({"rounding_policy": "up"}, RoundingPolicyError),
        ({"status": "VOID"}, StatusError),
        ({"lines": [NewLine(price=D("1.00"), account_id=404)]}, UnknownAccountError),
        ({"lines": [NewLine(price=D("1.00"), tax_code_id=404)]}, UnknownTaxCodeError),
        ({"lines": [NewLine(price=D("1.00"), project_id=404)]}, UnknownProjectError),
        ({"lines": [NewLine(price=D("1.00"), item_id=404)]}, UnknownItemError),
        ({"lines": [NewLine(price=D("NaN"))]}, LineAmountError),
        ({"lines": [NewLine(price=D("1.00001"))]}, LineAmountError),
        ({"lines": [NewLine(price=D("1"), tax_amount=D("0.001"))]}, LineAmountError),
        ({"lines": [NewLine(price=D("9e12"), quantity=D("9e12"))]}, LineAmountError),
    ],
)
def test_what_is_wrong_is_refused_with_a_code_and_a_sentence(
    desk: Desk, change: dict, error: type[Exception]
) -> None:
    arguments = {
        "customer_id": desk.customer().pk,
        "date": day("03-01"),
        "lines": [desk.line("1.00")],
        **desk.common,
        **change,
    }

    with pytest.raises(error) as refused:
        create_invoice(**arguments)

    assert refused.value.code and str(refused.value).endswith(".")
    assert not invoices(desk.organisation.pk).exists()


def test_control_and_bank_accounts_are_not_for_lines(desk: Desk) -> None:
    with pytest.raises(ReservedAccountError):
        invoice(desk, lines=[desk.line("1.00", account="200")])


def test_an_invoice_of_another_organisation_does_not_exist(
    desk: Desk, stranger_user, owner: Actor
) -> None:
    from bookbridge.books.conftest import make_books

    made = invoice(desk, "100.00")
    other = make_books(stranger_user, "Stranger & Co")

    with pytest.raises(UnknownDocumentError):
        void_invoice(organisation_id=other.pk, invoice_id=made.pk, reason="", actor=owner, at=AT)
    assert made.date == dt.date(2026, 3, 1)
