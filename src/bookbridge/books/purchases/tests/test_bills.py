from __future__ import annotations

from decimal import Decimal

import pytest

from bookbridge.books.documents.errors import (
    AccountMissingError,
    AllocatedError,
    OutstandingExceededError,
    WrongContactError,
    WrongCurrencyError,
)
from bookbridge.books.documents.rules import NewLine
from bookbridge.books.documents.tests.desk import Desk, day
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.purchases.operations import (
    allocate_bill_credit_note,
    approve_bill,
    create_bill,
    create_bill_credit_note,
    remove_bill_credit_note_allocation,
    void_bill,
    void_bill_credit_note,
)
from bookbridge.books.purchases.queries import bill_credit_notes, bills

D = Decimal


@pytest.fixture
def desk(books: Organisation, owner: Actor) -> Desk:
    return Desk(books, owner)


def bill(desk: Desk, supplier_id: int, *lines: NewLine, **more):
    more.setdefault("date", day("03-01"))
    return create_bill(supplier_id=supplier_id, lines=lines, **more, **desk.common)


def test_a_bill_posts_costs_and_vat_before_the_creditor(desk: Desk) -> None:
    made = bill(
        desk,
        desk.supplier().pk,
        desk.line("100.00", "ST", "500"),
        desk.line("20.00", "EX", "645"),
        reference="OW-77",
    )

    assert desk.entry(made.entry) == "500 +100.00, 645 +20.00, 260 +20.00, 250 -140.00"
    assert made.entry is not None and made.entry.reference == "OW-77"
    assert str(made) == made.number == "OW-77"


def test_a_foreign_bill_is_converted_line_by_line_and_the_creditor_is_their_sum(
    desk: Desk,
) -> None:
    rhein = desk.supplier("Rhein GmbH", currency="EUR")

    made = bill(
        desk,
        rhein.pk,
        *[desk.line("0.05", "NV", code) for code in ("500", "645", "680")],
        rate=D("0.9"),
    )

    assert (made.currency, made.total_amount) == ("EUR", D("0.15"))
    # 0.05 x 0.9 = 0.045, half a penny up three times; the total at once would give 0.14.
    assert made.base_total == D("0.15")
    assert desk.entry(made.entry) == "500 +0.05, 645 +0.05, 680 +0.05, 250 -0.15"


def test_a_draft_bill_is_approved_and_voided(desk: Desk) -> None:
    draft = bill(desk, desk.supplier().pk, desk.line("10.00", "ST", "500"), status="DRAFT")
    assert desk.balance("250") == 0

    approve_bill(bill_id=draft.pk, **desk.common)
    assert desk.balance("250") == D("-12.00")
    assert void_bill(bill_id=draft.pk, reason="Not ours", **desk.common).is_void
    assert desk.balance("250") == 0


def test_a_suppliers_credit_note_is_used_returned_and_voided(desk: Desk) -> None:
    supplier = desk.supplier()
    made = bill(desk, supplier.pk, desk.line("100.00", "ST", "500"))
    note = create_bill_credit_note(
        supplier_id=supplier.pk,
        date=day("03-04"),
        reference="OW-C1",
        lines=[desk.line("40.00", "ST", "500")],
        allocations=[desk.allocation(made, "48.00")],
        **desk.common,
    )

    assert desk.entry(note.entry) == "250 +48.00, 500 -40.00, 260 -8.00"
    made.refresh_from_db()
    assert made.outstanding_amount == D("72.00")
    with pytest.raises(AllocatedError):
        void_bill(bill_id=made.pk, reason="", **desk.common)
    allocation = note.allocations.get()
    remove_bill_credit_note_allocation(allocation_id=allocation.pk, **desk.common)
    void_bill_credit_note(credit_note_id=note.pk, reason="", **desk.common)
    made.refresh_from_db()
    assert made.outstanding_amount == D("120.00")
    assert desk.balance("250") == D("-120.00")


def test_a_gain_on_a_credit_in_another_rate_is_realised(desk: Desk) -> None:
    rhein = desk.supplier("Rhein GmbH", currency="EUR")
    made = bill(desk, rhein.pk, desk.line("100.00", "NV", "500"), rate=D("0.90"))
    note = create_bill_credit_note(
        supplier_id=rhein.pk,
        date=day("03-04"),
        rate=D("0.86"),
        lines=[desk.line("100.00", "NV", "500")],
        **desk.common,
    )

    (allocation,) = allocate_bill_credit_note(
        credit_note_id=note.pk,
        allocations=[desk.allocation(made, "100.00")],
        date=day("03-09"),
        **desk.common,
    )

    assert desk.entry(allocation.entry) == "250 +4.00, 750 -4.00"
    assert desk.balance("250") == 0


def test_credits_are_used_only_within_what_is_left_contact_and_currency(desk: Desk) -> None:
    supplier, other = desk.supplier(), desk.supplier("Other Ltd")
    foreign = desk.supplier("Rhein GmbH", currency="EUR")
    note = create_bill_credit_note(
        supplier_id=supplier.pk,
        date=day("03-04"),
        lines=[desk.line("40.00", "NV", "500")],
        **desk.common,
    )
    line = desk.line("100.00", "NV", "500")
    cases = [
        (bill(desk, supplier.pk, line), "41.00", OutstandingExceededError),
        (bill(desk, other.pk, line), "1.00", WrongContactError),
        (bill(desk, supplier.pk, line, currency="EUR", rate=D(1)), "1.00", WrongCurrencyError),
    ]
    for document, amount, error in cases:
        with pytest.raises(error):
            allocate_bill_credit_note(
                credit_note_id=note.pk,
                allocations=[desk.allocation(document, amount)],
                date=day("03-09"),
                **desk.common,
            )

    assert list(bill_credit_notes(desk.organisation.pk, only_open=True)) == [note]
    assert bills(desk.organisation.pk, supplier_id=foreign.pk).count() == 0


def test_a_bill_says_what_it_was_for(desk: Desk) -> None:
    with pytest.raises(AccountMissingError, match="line 1"):
        bill(desk, desk.supplier().pk, NewLine(price=D("10.00")))
