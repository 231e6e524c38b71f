"""Statement lines and the Check queue."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookbridge.books.banking.models.accounts import BankAccount
from bookbridge.books.banking.models.transactions import BankTransaction
from bookbridge.books.organisations.models import OrganisationOwned


class ImportedStatus(models.TextChoices):
    TO_CHECK = "TO_CHECK", _("To check")
    IGNORED = "IGNORED", _("Ignored")
    CONFIRMED = "CONFIRMED", _("Confirmed")


class ImportedBankTransaction(OrganisationOwned):
    """A line of a bank statement, waiting to be confirmed, ignored, or already confirmed.

    The fingerprint and the occurrence among equal lines of one file make an import repeatable.
    """

    bank_account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="imported_transactions",
    )
    date = models.DateField()
    description = models.CharField(max_length=500, blank=True, default="")
    payee = models.CharField(max_length=200, blank=True, default="")
    money_in = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    money_out = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    fingerprint = models.CharField(max_length=64)
    occurrence = models.IntegerField()
    status = models.CharField(
        max_length=10, choices=ImportedStatus.choices, default=ImportedStatus.TO_CHECK
    )
    bank_transaction = models.ForeignKey(
        BankTransaction,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="imported_lines",
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(OrganisationOwned.Meta):
        constraints = [
            *OrganisationOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "bank_account", "fingerprint", "occurrence"],
                name="banking_imported_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "bank_transaction"], name="banking_imported_transaction"
            ),
            models.CheckConstraint(
                condition=models.Q(money_in__gt=0, money_out=0)
                | models.Q(money_in=0, money_out__gt=0),
                name="banking_imported_one_way",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "bank_account", "status", "date", "id"],
                name="banking_imported_queue",
            ),
        ]

    @property
    def is_ignored(self) -> bool:
        return self.status == ImportedStatus.IGNORED

    @property
    def amount(self) -> Decimal:
        return self.money_in - self.money_out
