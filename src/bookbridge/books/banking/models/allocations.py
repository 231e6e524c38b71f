"""What contacts' money was set against."""

from __future__ import annotations

import datetime as dt

from django.db import models

from bookbridge.books.banking.models.transactions import BankTransaction
from bookbridge.books.organisations.models import OrganisationOwned


class BankTransactionAllocation(OrganisationOwned):
    """Part of a contact's money set against one document; it ends, but is never removed."""

    bank_transaction = models.ForeignKey(
        BankTransaction,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="allocations",
    )
    line_position = models.IntegerField()
    invoice = models.ForeignKey(
        "sales.Invoice",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="bank_allocations",
    )
    credit_note = models.ForeignKey(
        "sales.CreditNote",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="bank_allocations",
    )
    bill = models.ForeignKey(
        "purchases.Bill",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="bank_allocations",
    )
    bill_credit_note = models.ForeignKey(
        "purchases.BillCreditNote",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="bank_allocations",
    )
    date = models.DateField()
    reversed_on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    # What leaves the control account at the document's own rate.
    base_amount = models.DecimalField(max_digits=18, decimal_places=2)
    # What the payment's own line gives up: the same, but for money on account used later, which
    # stands on the control account at the rate of the payment.
    money_base_amount = models.DecimalField(max_digits=18, decimal_places=2)
    entry = models.ForeignKey(
        "ledger.JournalEntry",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    created_at = models.DateTimeField()

    class Meta(OrganisationOwned.Meta):
        constraints = [
            *OrganisationOwned.Meta.constraints,
            models.CheckConstraint(
                condition=models.expressions.RawSQL(
                    "num_nonnulls(invoice_id, credit_note_id, bill_id, bill_credit_note_id) = 1",
                    (),
                    output_field=models.BooleanField(),
                ),
                name="banking_allocation_one_document",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "bank_transaction"], name="banking_allocation_money"
            ),
            models.Index(
                fields=["organisation", "invoice"],
                condition=models.Q(invoice__isnull=False),
                name="banking_allocation_invoice",
            ),
            models.Index(
                fields=["organisation", "bill"],
                condition=models.Q(bill__isnull=False),
                name="banking_allocation_bill",
            ),
            models.Index(
                fields=["organisation", "credit_note"],
                condition=models.Q(credit_note__isnull=False),
                name="banking_allocation_credit",
            ),
            models.Index(
                fields=["organisation", "bill_credit_note"],
                condition=models.Q(bill_credit_note__isnull=False),
                name="banking_allocation_bill_credit",
            ),
        ]

    @property
    def document_id(self) -> int:
        found = self.invoice_id or self.bill_id or self.credit_note_id or self.bill_credit_note_id
        assert found is not None
        return found

    @property
    def is_on_credit_note(self) -> bool:
        return self.credit_note_id is not None or self.bill_credit_note_id is not None

    def counts_on(self, day: dt.date) -> bool:
        return self.date <= day and (self.reversed_on is None or self.reversed_on > day)
