"""Invoices and credit notes among the kinds of document."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from bookbridge.books.contacts.models import Customer
from bookbridge.books.documents.kinds import CreditKind, Kind
from bookbridge.books.ledger.models import Role, SourceType
from bookbridge.books.sales.models import (
    CreditNote,
    CreditNoteAllocation,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
)

INVOICE = Kind(
    word=gettext_noop("invoice"),
    model=Invoice,
    line_model=InvoiceLine,
    line_key="invoice_id",
    contact_model=Customer,
    contact_field="customer",
    source_type=SourceType.INVOICE,
    control_role=Role.TRADE_DEBTORS,
    default_role=Role.SALES,
    debits_control=True,
)
CREDIT_NOTE = Kind(
    word=gettext_noop("credit note"),
    model=CreditNote,
    line_model=CreditNoteLine,
    line_key="credit_note_id",
    contact_model=Customer,
    contact_field="customer",
    source_type=SourceType.CREDIT_NOTE,
    control_role=Role.TRADE_DEBTORS,
    default_role=Role.SALES,
    debits_control=False,
)
CREDIT = CreditKind(
    model=CreditNoteAllocation, note=CREDIT_NOTE, target=INVOICE, target_field="invoice"
)
