"""Bank accounts, what went through them, what it was for, and lines that still await checking."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookbridge.books.organisations.models import OrganisationOwned


class AccountType(models.TextChoices):
    CURRENT = "CURRENT", _("Current account")
    SAVINGS = "SAVINGS", _("Savings account")
    CREDIT_CARD = "CREDIT_CARD", _("Credit card")
    CASH = "CASH", _("Cash")
    PAYPAL = "PAYPAL", _("PayPal")
    STRIPE = "STRIPE", _("Stripe")
    MERCHANT = "MERCHANT", _("Merchant account")
    LOAN = "LOAN", _("Loan")
    DIRECTORS_LOAN = "DIRECTORS_LOAN", _("Director's loan account")


class BankAccountStatus(models.TextChoices):
    ACTIVE = "ACTIVE", _("Active")
    ARCHIVED = "ARCHIVED", _("Archived")


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


class ImportedStatus(models.TextChoices):
    TO_CHECK = "TO_CHECK", _("To check")
    IGNORED = "IGNORED", _("Ignored")
    CONFIRMED = "CONFIRMED", _("Confirmed")


class BankAccount(OrganisationOwned):
    """Somewhere money is kept or owed; it always has a nominal account of its own."""

    name = models.CharField(max_length=200)
    account_type = models.CharField(
        max_length=20, choices=AccountType.choices, default=AccountType.CURRENT
    )
    nominal_account = models.ForeignKey(
        "ledger.NominalAccount",
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    currency = models.CharField(max_length=3)
    sort_code = models.CharField(max_length=20, blank=True, default="")
    account_number = models.CharField(max_length=40, blank=True, default="")
    iban = models.CharField(max_length=40, blank=True, default="")
    status = models.CharField(
        max_length=10, choices=BankAccountStatus.choices, default=BankAccountStatus.ACTIVE
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(OrganisationOwned.Meta):
        constraints = [
            *OrganisationOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "nominal_account"], name="banking_account_nominal"
            ),
        ]

    def __str__(self) -> str:
        return self.name


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
