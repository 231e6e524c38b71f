"""What went through bank accounts."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookbridge.books.banking.models.accounts import BankAccount
from bookbridge.books.organisations.models import OrganisationOwned


class TransactionType(models.TextChoices):
    """The four types that the API knows; these words are public, so they are stored as they are."""

    BANK_PAYMENT = "bankpayment", _("Payment")
    BANK_RECEIPT = "bankreceipt", _("Receipt")
    CUSTOMER_RECEIPT = "customerreceipt", _("Customer receipt")
    SUPPLIER_PAYMENT = "supplierpayment", _("Supplier payment")


MONEY_OUT = frozenset({TransactionType.BANK_PAYMENT, TransactionType.SUPPLIER_PAYMENT})


class TransactionStatus(models.TextChoices):
    ACTIVE = "ACTIVE", _("Active")
    VOID = "VOID", _("Void")


class BankTransaction(OrganisationOwned):
    """Money in or out of one bank account on one day, with one or more lines that say what for.

    `currency` is that of the lines, the contact and the documents; `bank_amount` is what the bank
    account itself saw, in its own currency, money out negative.
    """

    bank_account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="transactions",
    )
    date = models.DateField()
    type = models.CharField(max_length=20, choices=TransactionType.choices)
    description = models.CharField(max_length=500, blank=True, default="")
    reference = models.CharField(max_length=200, blank=True, default="")
    currency = models.CharField(max_length=3)
    conversion_rate = models.DecimalField(max_digits=18, decimal_places=9, default=Decimal(1))
    net_amount = models.DecimalField(max_digits=18, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=18, decimal_places=2)
    total_amount = models.DecimalField(max_digits=18, decimal_places=2)
    bank_amount = models.DecimalField(max_digits=18, decimal_places=2)
    base_amount = models.DecimalField(max_digits=18, decimal_places=2)
    is_split = models.BooleanField(default=False)
    customer = models.ForeignKey(
        "contacts.Customer",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    supplier = models.ForeignKey(
        "contacts.Supplier",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    transfer_account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    status = models.CharField(
        max_length=10, choices=TransactionStatus.choices, default=TransactionStatus.ACTIVE
    )
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
        constraints = [
            *OrganisationOwned.Meta.constraints,
        ]
        indexes = [
            models.Index(
                fields=["organisation", "bank_account", "date", "id"],
                name="banking_transaction_ledger",
            ),
            models.Index(
                fields=["organisation", "customer", "date"],
                condition=models.Q(customer__isnull=False),
                name="banking_transaction_customer",
            ),
            models.Index(
                fields=["organisation", "supplier", "date"],
                condition=models.Q(supplier__isnull=False),
                name="banking_transaction_supplier",
            ),
            models.Index(
                fields=["organisation", "transfer_account", "date", "id"],
                condition=models.Q(transfer_account__isnull=False),
                name="banking_transaction_transfer",
            ),
        ]

    def __str__(self) -> str:
        return self.description or str(self.id)

    @property
    def is_void(self) -> bool:
        return self.status == TransactionStatus.VOID

    @property
    def is_money_out(self) -> bool:
        return self.type in MONEY_OUT


class BankTransactionLine(models.Model):
    """What part of the money was for: a nominal account, a contact, or another bank account.

    `unallocated_amount` is the part of a contact's line that settles no document: money on account.
    """

    pk = models.CompositePrimaryKey("organisation_id", "bank_transaction_id", "position")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    bank_transaction = models.ForeignKey(
        BankTransaction,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="lines",
    )
    position = models.IntegerField()
    description = models.CharField(max_length=1000, blank=True, default="")
    account = models.ForeignKey(
        "ledger.NominalAccount",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    customer = models.ForeignKey(
        "contacts.Customer",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    supplier = models.ForeignKey(
        "contacts.Supplier",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    transfer_account = models.ForeignKey(
        BankAccount,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # What the other bank account saw, in its own currency, money in positive.
    transfer_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    tax_code = models.ForeignKey(
        "tax.TaxCode",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0))
    project = models.ForeignKey(
        "ledger.Project",
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    net_amount = models.DecimalField(max_digits=18, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=18, decimal_places=2)
    total_amount = models.DecimalField(max_digits=18, decimal_places=2)
    # What this line moved on the control account when it was posted.
    control_base = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    unallocated_amount = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))
    unallocated_base = models.DecimalField(max_digits=18, decimal_places=2, default=Decimal(0))

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(account__isnull=False, customer=None, supplier=None)
                    & models.Q(transfer_account=None)
                )
                | (
                    models.Q(account=None, customer__isnull=False, supplier=None)
                    & models.Q(transfer_account=None)
                )
                | (
                    models.Q(account=None, customer=None, supplier__isnull=False)
                    & models.Q(transfer_account=None)
                )
                | (
                    models.Q(account=None, customer=None, supplier=None)
                    & models.Q(transfer_account__isnull=False)
                ),
                name="banking_line_one_target",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "customer", "bank_transaction"],
                condition=models.Q(customer__isnull=False),
                name="banking_line_customer",
            ),
            models.Index(
                fields=["organisation", "supplier", "bank_transaction"],
                condition=models.Q(supplier__isnull=False),
                name="banking_line_supplier",
            ),
            models.Index(
                fields=["organisation", "transfer_account", "bank_transaction"],
                condition=models.Q(transfer_account__isnull=False),
                name="banking_line_transfer",
            ),
        ]
