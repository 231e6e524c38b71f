"""Supplier bills, supplier credit notes and their allocations."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from bookbridge.books.documents.models import Claim, CreditAllocation, Document, DocumentLine
from bookbridge.books.organisations.models import OrganisationOwned


class Bill(Claim):
    """What the business owes a supplier; `reference` is the supplier's own invoice number."""

    # Invoices and bills share one resource of the API, so they share one sequence.
    id = models.BigIntegerField(
        primary_key=True,
        db_default=models.Func(
            models.Value("books_document_id"),
            function="nextval",
            output_field=models.BigIntegerField(),
        ),
    )
    supplier = models.ForeignKey(
        "contacts.Supplier",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta(OrganisationOwned.Meta):
        constraints = [
            *OrganisationOwned.Meta.constraints,
        ]
        indexes = [
            models.Index(
                fields=["organisation", "supplier", "date"], name="purchases_bill_supplier"
            ),
            models.Index(fields=["organisation", "date", "id"], name="purchases_bill_date"),
            models.Index(
                fields=["organisation", "due_date"],
                condition=models.Q(status="APPROVED") & ~models.Q(outstanding_amount=Decimal(0)),
                name="purchases_bill_open",
            ),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.id)

    @property
    def number(self) -> str:
        return self.reference

    @property
    def contact_id(self) -> int:
        return self.supplier_id


class BillLine(DocumentLine):
    """One line of a bill."""

    pk = models.CompositePrimaryKey("organisation_id", "bill_id", "position")
    bill = models.ForeignKey(
        Bill, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="lines"
    )

    class Meta:
        ordering = ["position"]


class BillCreditNote(Document):
    """What the business no longer owes a supplier; `reference` is the supplier's number."""

    # Both kinds of credit note share one resource of the API, so they share one sequence.
    id = models.BigIntegerField(
        primary_key=True,
        db_default=models.Func(
            models.Value("books_credit_note_id"),
            function="nextval",
            output_field=models.BigIntegerField(),
        ),
    )
    supplier = models.ForeignKey(
        "contacts.Supplier",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta(OrganisationOwned.Meta):
        constraints = [
            *OrganisationOwned.Meta.constraints,
        ]
        indexes = [
            models.Index(
                fields=["organisation", "supplier", "date"], name="purchases_credit_supplier"
            ),
            models.Index(fields=["organisation", "date", "id"], name="purchases_credit_date"),
        ]

    def __str__(self) -> str:
        return self.reference or str(self.id)

    @property
    def number(self) -> str:
        return self.reference

    @property
    def contact_id(self) -> int:
        return self.supplier_id


class BillCreditNoteLine(DocumentLine):
    """One line of a supplier's credit note; amounts are positive."""

    pk = models.CompositePrimaryKey("organisation_id", "credit_note_id", "position")
    credit_note = models.ForeignKey(
        BillCreditNote,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="lines",
    )

    class Meta:
        ordering = ["position"]


class BillCreditNoteAllocation(CreditAllocation):
    """Part of a supplier's credit note used against a bill."""

    credit_note = models.ForeignKey(
        BillCreditNote,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="allocations",
    )
    bill = models.ForeignKey(
        Bill,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="credit_allocations",
    )

    class Meta(OrganisationOwned.Meta):
        constraints = [
            *OrganisationOwned.Meta.constraints,
        ]
        indexes = [
            models.Index(fields=["organisation", "credit_note"], name="purchases_creditalloc_note"),
            models.Index(fields=["organisation", "bill"], name="purchases_creditalloc_bill"),
        ]

    @property
    def document_id(self) -> int:
        return self.bill_id
