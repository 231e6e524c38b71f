from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from bookbridge.books.documents.errors import NoLinesError, UnknownTaxCodeError
from bookbridge.books.documents.rules import NewLine
from bookbridge.books.documents.tests.desk import Desk, day
from bookbridge.books.ledger.errors import UnknownAccountError
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.sales.models import CreditNote, Invoice
from bookbridge.books.sales.operations import (
    ImportedDocument,
    create_invoice,
    import_documents,
    void_invoice,
)

D = Decimal


@pytest.fixture
def desk(books: Organisation, owner: Actor) -> Desk:
    return Desk(books, owner)


def document(
    desk: Desk, customer_id: int, number: str, *lines: NewLine, kind: str = "INVOICE"
) -> ImportedDocument:
    return ImportedDocument(
        kind=kind,
        number=number,
        customer_id=customer_id,
        date=day("03-01"),
        due_date=day("03-31"),
        lines=lines,
    )


def test_documents_of_both_kinds_are_stored_and_posted_as_if_entered(desk: Desk) -> None:
    customer = desk.customer().pk
    lines = [desk.line("2.995", "ST", quantity="3"), desk.line("10.00", "RR")]

    first, note, second = import_documents(
        documents=[
            document(desk, customer, "489434", *lines),
            document(desk, customer, "C489449", desk.line("5.00"), kind="CREDIT_NOTE"),
            document(desk, customer, "489435", desk.line("0.00")),
        ],
        **desk.common,
    )
    entered = create_invoice(
        customer_id=customer, date=day("03-01"), number="X", lines=lines, **desk.common
    )

    imported = Invoice.objects.get(pk=first)
    assert desk.entry(imported.entry) == desk.entry(entered.entry)
    for field in ("net_amount", "tax_amount", "total_amount", "outstanding_amount", "base_total"):
        assert getattr(imported, field) == getattr(entered, field)
    rows = "description", "quantity", "price", "net_amount", "tax_amount", "tax_rate", "position"
    assert list(imported.lines.values(*rows)) == list(entered.lines.values(*rows))
    assert Invoice.objects.get(pk=second).entry is None
    assert desk.entry(CreditNote.objects.get(pk=note).entry) == "300 +5.00, 200 -5.00"
    assert imported.is_sent and imported.status == "APPROVED"


def test_history_of_either_sign_is_kept_as_it_was(desk: Desk) -> None:
    customer = desk.customer().pk

    (note,) = import_documents(
        documents=[
            document(desk, customer, "C1", desk.line("3.00", quantity="-1"), kind="CREDIT_NOTE")
        ],
        **desk.common,
    )

    assert CreditNote.objects.get(pk=note).outstanding_amount == D("-3.00")
    assert desk.balance("200") == D("3.00")


def test_an_imported_invoice_is_voided_like_any_other(desk: Desk) -> None:
    (made,) = import_documents(
        documents=[document(desk, desk.customer().pk, "1", desk.line("3.00"))], **desk.common
    )

    assert void_invoice(invoice_id=made, reason="Not ours", **desk.common).is_void
    assert desk.balance("200") == 0


def test_a_batch_is_imported_whole_or_not_at_all(desk: Desk) -> None:
    customer = desk.customer().pk
    good = document(desk, customer, "1", desk.line("3.00"))
    unknown = NewLine(price=D(1), account_id=404, tax_code_id=desk.tax("NV"))
    untaxed = NewLine(price=D(1), account_id=desk.account("300"), tax_code_id=404)
    for bad, error in (
        (document(desk, customer, "2"), NoLinesError),
        (document(desk, customer, "2", unknown), UnknownAccountError),
        (document(desk, customer, "2", untaxed), UnknownTaxCodeError),
        (document(desk, customer, "1", desk.line("3.00")), IntegrityError),
    ):
        with pytest.raises(error), transaction.atomic():
            import_documents(documents=[good, bad], **desk.common)

    assert not Invoice.objects.filter(organisation=desk.organisation).exists()
    assert desk.balance("200") == 0
