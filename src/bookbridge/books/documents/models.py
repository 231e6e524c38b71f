"""The columns and questions that invoices, bills and both kinds of credit note have in common.

Amounts are in the document's currency unless the name begins with `base_`. An open document's
`outstanding_amount` is what is still owed on it (or, on a credit note, still to be used).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from bookbridge.books.organisations.models import OrganisationOwned


class DocumentStatus(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    APPROVED = "APPROVED", _("Approved")
    VOID = "VOID", _("Void")


class RoundingPolicy(models.TextChoices):
    BY_LINE = "by_line", _("Each line to the nearest penny")
    BY_TOTAL = "by_total", _("The total VAT to the nearest penny")
    DOWN = "down", _("The total VAT down to the penny below")


def moved(at: dt.datetime) -> Combinable:
    """A value for `updated_at` that always moves: entity tags of the API are made from it."""
    one_tick = models.F("updated_at") + dt.timedelta(microseconds=1)
    return Greatest(models.Value(at, output_field=models.DateTimeField()), one_tick)


class Document(OrganisationOwned):
    """An invoice, a bill or a credit note."""

    date = models.DateField()
    status = models.CharField(max_length=10, choices=DocumentStatus.choices)
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=9, default=Decimal(1))
    rounding_policy = models.CharField(
        max_length=10, choices=RoundingPolicy.choices, default=RoundingPolicy.BY_LINE
    )
    reference = models.CharField(max_length=200, blank=True, default="")
    notes = models.TextField(blank=True, default="")
    net_amount = models.DecimalField(max_digits=18, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=18, decimal_places=2)
    total_amount = models.DecimalField(max_digits=18, decimal_places=2)
    outstanding_amount = models.DecimalField(max_digits=18, decimal_places=2)
    base_total = models.DecimalField(max_digits=18, decimal_places=2)
    base_outstanding = models.DecimalField(max_digits=18, decimal_places=2)
    entry = models.ForeignKey(
        "ledger.JournalEntry",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    void_date = models.DateField(null=True)
    void_reason = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(OrganisationOwned.Meta):
        abstract = True

    @property
    def is_draft(self) -> bool:
        return self.status == DocumentStatus.DRAFT

    @property
    def is_approved(self) -> bool:
        return self.status == DocumentStatus.APPROVED

    @property
    def is_void(self) -> bool:
        return self.status == DocumentStatus.VOID

    @property
    def is_settled(self) -> bool:
        return self.is_approved and self.outstanding_amount == 0

    @property
    def used_amount(self) -> Decimal:
        """What payments, credit notes and write-offs have taken from the total so far."""
        return Decimal(0) if self.is_void else self.total_amount - self.outstanding_amount

    @property
    def contact_id(self) -> int:
        raise NotImplementedError


class Claim(Document):
    """A document that asks for money by a date: an invoice or a bill."""

    due_date = models.DateField()

    class Meta(Document.Meta):
        abstract = True

    def is_overdue(self, today: dt.date) -> bool:
        return self.is_approved and self.outstanding_amount > 0 and self.due_date < today


class DocumentLine(models.Model):
    """One line of a document; its position, from 1, is its id within the document."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    position = models.IntegerField()
    description = models.CharField(max_length=1000, blank=True, default="")
    quantity = models.DecimalField(max_digits=18, decimal_places=4, default=Decimal(1))
    price = models.DecimalField(max_digits=18, decimal_places=4)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0))
    account = models.ForeignKey(
        "ledger.NominalAccount",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    tax_code = models.ForeignKey(
        "tax.TaxCode",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4)
    project = models.ForeignKey(
        "ledger.Project",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    item = models.ForeignKey(
        "sales.Item",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    net_amount = models.DecimalField(max_digits=18, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=18, decimal_places=2)
    total_amount = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        abstract = True


class CreditAllocation(OrganisationOwned):
    """Part of a credit note used against a document; it ends, but is never removed."""

    date = models.DateField()
    reversed_on = models.DateField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    # What leaves the control account for the document and for the note: they differ when their
    # rates do, and the difference is realised exchange gain or loss.
    base_amount = models.DecimalField(max_digits=18, decimal_places=2)
    credit_base_amount = models.DecimalField(max_digits=18, decimal_places=2)
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
        abstract = True
