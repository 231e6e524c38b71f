"""Invoices and credit notes on the web."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookbridge.books.contacts.queries import customers
from bookbridge.books.documents.forms import AllocationForm
from bookbridge.books.documents.pages import DocumentPages, Settlement, bank_settlements
from bookbridge.books.ledger.choices import INCOME_FIRST
from bookbridge.books.sales import operations, queries
from bookbridge.books.sales.forms import WriteOffForm


def invoice_settlements(invoice: Any) -> list[Settlement]:
    """Money, credit notes and write-offs that stand against an invoice."""
    organisation_id = invoice.organisation_id
    found = [
        Settlement(
            _("Credit note %(number)s") % {"number": credit.credit_note},
            reverse("credit_note", args=[organisation_id, credit.credit_note_id]),
            credit.date,
            credit.amount,
        )
        for credit in queries.credit_allocations(organisation_id, invoice_ids=[invoice.pk])
    ]
    found += bank_settlements(invoice)
    found += [
        Settlement(
            _("Written off: %(reason)s") % {"reason": off.reason or _("no reason given")},
            reverse("journal", args=[organisation_id, off.entry_id]),
            off.date,
            off.amount,
        )
        for off in invoice.write_offs.filter(reversed_on=None)
    ]
    return sorted(found, key=lambda settlement: settlement.date)


def credit_note_settlements(note: Any) -> list[Settlement]:
    organisation_id = note.organisation_id
    used = queries.credit_allocations(organisation_id, credit_note_ids=[note.pk])
    found = [
        Settlement(
            _("Invoice %(number)s") % {"number": credit.invoice},
            reverse("invoice", args=[organisation_id, credit.invoice_id]),
            credit.date,
            credit.amount,
        )
        for credit in used
    ]
    return sorted([*found, *bank_settlements(note)], key=lambda settlement: settlement.date)


def invoice_extras(request: Any, invoice: Any) -> Mapping[str, object]:
    may_write_off = invoice.is_approved and invoice.outstanding_amount > 0
    return {
        "write_off_page": "write_off_invoice" if may_write_off else "",
        "write_off_form": WriteOffForm(initial={"amount": invoice.outstanding_amount}),
    }


def credit_note_extras(request: Any, note: Any) -> Mapping[str, object]:
    """The form that uses what is left of the credit against the customer's open invoices."""
    if not note.is_approved or not note.outstanding_amount:
        return {}
    open_ones = queries.invoices(
        request.organisation.pk, customer_id=note.customer_id, only_open=True, sort="due_date"
    ).filter(currency=note.currency)
    form = AllocationForm(open_documents=open_ones, remaining=note.outstanding_amount)
    return {"allocation_form": form, "allocation_page": "allocate_credit_note"}


INVOICES = DocumentPages(
    word="invoice",
    id_name="invoice_id",
    contact="customer",
    title=_("Invoices"),
    new_title=_("New invoice"),
    contact_label=_("Customer"),
    number_label=_("Number"),
    empty=_("No invoices yet. The first one takes a minute."),
    is_claim=True,
    has_own_number=True,
    rows=queries.invoices,
    contacts=customers,
    create=operations.create_invoice,
    approve=operations.approve_invoice,
    void=operations.void_invoice,
    settlements=invoice_settlements,
    likely_categories=INCOME_FIRST,
    extra_context=invoice_extras,
)
CREDIT_NOTES = DocumentPages(
    word="credit_note",
    id_name="credit_note_id",
    contact="customer",
    title=_("Credit notes"),
    new_title=_("New credit note"),
    contact_label=_("Customer"),
    number_label=_("Number"),
    empty=_("No credit notes yet."),
    is_claim=False,
    has_own_number=True,
    rows=queries.credit_notes,
    contacts=customers,
    create=operations.create_credit_note,
    void=operations.void_credit_note,
    settlements=credit_note_settlements,
    likely_categories=INCOME_FIRST,
    extra_context=credit_note_extras,
)
