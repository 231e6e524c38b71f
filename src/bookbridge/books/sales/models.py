"""Items, sales invoices, credit notes, their allocations and write-offs."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookbridge.books.documents.models import Claim, CreditAllocation, Document, DocumentLine
from bookbridge.books.organisations.models import OrganisationOwned


class ItemType(models.TextChoices):
    SERVICE = "SERVICE", _("Service")
    INVENTORY = "INVENTORY", _("Stock item")
    NON_INVENTORY = "NON_INVENTORY", _("Product not kept in stock")


class Item(OrganisationOwned):
    """Something sold or bought again and again; it fills in a line and never changes one."""

    name = models.CharField(max_length=200)
    code = models.CharField(max_length=60, blank=True, default="")
    item_type = models.CharField(max_length=20, choices=ItemType.choices, default=ItemType.SERVICE)
    description = models.CharField(max_length=1000, blank=True, default="")
    is_sold = models.BooleanField(default=True)
    is_bought = models.BooleanField(default=False)
    sale_price = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    purchase_price = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    sales_account = models.ForeignKey(
        "ledger.NominalAccount",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    purchase_account = models.ForeignKey(
        "ledger.NominalAccount",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    tax_code = models.ForeignKey(
        "tax.TaxCode",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(OrganisationOwned.Meta):
        constraints = [
            *OrganisationOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "code"],
                condition=~models.Q(code=""),
                name="sales_item_code",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class NumberedDocument(models.TextChoices):
    INVOICE = "INVOICE", _("Invoice")
    CREDIT_NOTE = "CREDIT_NOTE", _("Credit note")


class NumberSeries(models.Model):
    """The next number of one kind of document: taken under a lock, so that none is left out."""

    pk = models.CompositePrimaryKey("organisation_id", "kind")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=NumberedDocument.choices)
    prefix = models.CharField(max_length=20)
    next_number = models.BigIntegerField()


class Invoice(Claim):
    """What a customer owes for something sold."""

    # Invoices and bills share one resource of the API, so they share one sequence.
    id = models.BigIntegerField(
        primary_key=True,
        db_default=models.Func(
            models.Value("books_document_id"),
            function="nextval",
            output_field=models.BigIntegerField(),
        ),
    )
    number = models.CharField(max_length=60, null=True)
    customer = models.ForeignKey(
        "contacts.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    is_sent = models.BooleanField(default=False)

    class Meta(OrganisationOwned.Meta):
        constraints = [
            *OrganisationOwned.Meta.constraints,
            models.UniqueConstraint(fields=["organisation", "number"], name="sales_invoice_number"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "customer", "date"], name="sales_invoice_customer"
            ),
            models.Index(fields=["organisation", "date", "id"], name="sales_invoice_date"),
            models.Index(
                fields=["organisation", "due_date"],
                condition=models.Q(status="APPROVED") & ~models.Q(outstanding_amount=Decimal(0)),
                name="sales_invoice_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Draft"))

    @property
    def contact_id(self) -> int:
        return self.customer_id


class InvoiceLine(DocumentLine):
    """One line of an invoice."""

    pk = models.CompositePrimaryKey("organisation_id", "invoice_id", "position")
    invoice = models.ForeignKey(
        Invoice,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="lines",
    )

    class Meta:
        ordering = ["position"]


class CreditNote(Document):
    """What a customer no longer owes."""

    # Both kinds of credit note share one resource of the API, so they share one sequence.
    id = models.BigIntegerField(
        primary_key=True,
        db_default=models.Func(
            models.Value("books_credit_note_id"),
            function="nextval",
            output_field=models.BigIntegerField(),
        ),
    )
    number = models.CharField(max_length=60, null=True)
    customer = models.ForeignKey(
        "contacts.Customer",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta(OrganisationOwned.Meta):
        constraints = [
            *OrganisationOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "number"], name="sales_creditnote_number"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "customer", "date"], name="sales_creditnote_customer"
            ),
            models.Index(fields=["organisation", "date", "id"], name="sales_creditnote_date"),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Draft"))

    @property
    def contact_id(self) -> int:
        return self.customer_id


class CreditNoteLine(DocumentLine):
    """One line of a credit note; amounts are positive."""

    pk = models.CompositePrimaryKey("organisation_id", "credit_note_id", "position")
    credit_note = models.ForeignKey(
        CreditNote,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="lines",
    )

    class Meta:
        ordering = ["position"]


class CreditNoteAllocation(CreditAllocation):
    """Part of a credit note used against an invoice."""

    credit_note = models.ForeignKey(
        CreditNote,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="allocations",
    )
    invoice = models.ForeignKey(
        Invoice,
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
            models.Index(
                fields=["organisation", "credit_note"], name="sales_creditallocation_note"
            ),
            models.Index(fields=["organisation", "invoice"], name="sales_creditallocation_inv"),
        ]

    @property
    def document_id(self) -> int:
        return self.invoice_id


class WriteOff(OrganisationOwned):
    """Part of an invoice that will not be paid, moved to bad debts, gross of VAT."""

    invoice = models.ForeignKey(
        Invoice,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="write_offs",
    )
    date = models.DateField()
    reversed_on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    base_amount = models.DecimalField(max_digits=18, decimal_places=2)
    reason = models.CharField(max_length=500, blank=True, default="")
    account = models.ForeignKey(
        "ledger.NominalAccount",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    entry = models.ForeignKey(
        "ledger.JournalEntry",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(OrganisationOwned.Meta):
        constraints = [
            *OrganisationOwned.Meta.constraints,
        ]
        indexes = [
            models.Index(fields=["organisation", "invoice"], name="sales_writeoff_invoice"),
        ]

    @property
    def currency(self) -> str:
        return self.invoice.currency
