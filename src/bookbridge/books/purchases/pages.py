"""Bills and supplier credit notes on the web."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookbridge.books.contacts.queries import suppliers
from bookbridge.books.documents.forms import AllocationForm
from bookbridge.books.documents.pages import DocumentPages, Settlement, bank_settlements
from bookbridge.books.ledger.choices import COSTS_FIRST
from bookbridge.books.purchases import operations, queries


def bill_settlements(bill: Any) -> list[Settlement]:
    """Money and credit notes that stand against a bill."""
    organisation_id = bill.organisation_id
    found = [
        Settlement(
            _("Credit note %(number)s") % {"number": credit.credit_note},
            reverse("bill_credit_note", args=[organisation_id, credit.credit_note_id]),
            credit.date,
            credit.amount,
        )
        for credit in queries.bill_credit_allocations(organisation_id, bill_ids=[bill.pk])
    ]
    return sorted([*found, *bank_settlements(bill)], key=lambda settlement: settlement.date)


def credit_note_settlements(note: Any) -> list[Settlement]:
    organisation_id = note.organisation_id
    used = queries.bill_credit_allocations(organisation_id, credit_note_ids=[note.pk])
    found = [
        Settlement(
            _("Bill %(number)s") % {"number": credit.bill},
            reverse("bill", args=[organisation_id, credit.bill_id]),
            credit.date,
            credit.amount,
        )
        for credit in used
    ]
    return sorted([*found, *bank_settlements(note)], key=lambda settlement: settlement.date)


def credit_note_extras(request: Any, note: Any) -> Mapping[str, object]:
    """The form that uses what is left of the credit against the supplier's open bills."""
    if not note.is_approved or not note.outstanding_amount:
        return {}
    open_ones = queries.bills(
        request.organisation.pk, supplier_id=note.supplier_id, only_open=True, sort="due_date"
    ).filter(currency=note.currency)
    form = AllocationForm(open_documents=open_ones, remaining=note.outstanding_amount)
    return {"allocation_form": form, "allocation_page": "allocate_bill_credit_note"}


BILLS = DocumentPages(
    word="bill",
    id_name="bill_id",
    contact="supplier",
    title=_("Bills"),
    new_title=_("New bill"),
    contact_label=_("Supplier"),
    number_label=_("Their number"),
    empty=_("No bills yet. Enter the first one as it stands on paper."),
    is_claim=True,
    has_own_number=False,
    rows=queries.bills,
    contacts=suppliers,
    create=operations.create_bill,
    approve=operations.approve_bill,
    void=operations.void_bill,
    settlements=bill_settlements,
    likely_categories=COSTS_FIRST,
)
BILL_CREDIT_NOTES = DocumentPages(
    word="bill_credit_note",
    id_name="credit_note_id",
    contact="supplier",
    title=_("Supplier credit notes"),
    new_title=_("New supplier credit note"),
    contact_label=_("Supplier"),
    number_label=_("Their number"),
    empty=_("No supplier credit notes yet."),
    is_claim=False,
    has_own_number=False,
    rows=queries.bill_credit_notes,
    contacts=suppliers,
    create=operations.create_bill_credit_note,
    void=operations.void_bill_credit_note,
    settlements=credit_note_settlements,
    likely_categories=COSTS_FIRST,
    extra_context=credit_note_extras,
)
