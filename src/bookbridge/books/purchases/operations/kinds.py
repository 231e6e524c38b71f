"""Bills and supplier credit notes among the kinds of document."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from bookbridge.books.contacts.models import Supplier
from bookbridge.books.documents.kinds import CreditKind, Kind
from bookbridge.books.ledger.models import Role, SourceType
from bookbridge.books.purchases.models import (
    Bill,
    BillCreditNote,
    BillCreditNoteAllocation,
    BillCreditNoteLine,
    BillLine,
)

BILL = Kind(
    word=gettext_noop("bill"),
    model=Bill,
    line_model=BillLine,
    line_key="bill_id",
    contact_model=Supplier,
    contact_field="supplier",
    source_type=SourceType.BILL,
    control_role=Role.TRADE_CREDITORS,
    default_role=None,
    debits_control=False,
)
BILL_CREDIT_NOTE = Kind(
    word=gettext_noop("supplier credit note"),
    model=BillCreditNote,
    line_model=BillCreditNoteLine,
    line_key="credit_note_id",
    contact_model=Supplier,
    contact_field="supplier",
    source_type=SourceType.BILL_CREDIT_NOTE,
    control_role=Role.TRADE_CREDITORS,
    default_role=None,
    debits_control=True,
)
CREDIT = CreditKind(
    model=BillCreditNoteAllocation, note=BILL_CREDIT_NOTE, target=BILL, target_field="bill"
)
