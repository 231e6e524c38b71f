"""The chart of accounts and the journal: entries, their postings, and balances by month."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bookbridge.books.organisations.models import OrganisationOwned

MONEY_DIGITS, MONEY_PLACES = 19, 2
RATE_DIGITS, RATE_PLACES = 18, 9


class Category(models.TextChoices):
    FIXED_ASSET = "FIXED_ASSET", _("Fixed assets")
    CURRENT_ASSET = "CURRENT_ASSET", _("Current assets")
    BANK = "BANK", _("Bank and cash")
    CREDIT_CARD = "CREDIT_CARD", _("Credit cards")
    DIRECTORS_LOAN = "DIRECTORS_LOAN", _("Director's loan")
    CURRENT_LIABILITY = "CURRENT_LIABILITY", _("Current liabilities")
    VAT = "VAT", _("VAT")
    LONG_TERM_LIABILITY = "LONG_TERM_LIABILITY", _("Long-term liabilities")
    CAPITAL = "CAPITAL", _("Capital and reserves")
    SALES = "SALES", _("Sales")
    OTHER_INCOME = "OTHER_INCOME", _("Other income")
    DIRECT_COST = "DIRECT_COST", _("Direct costs")
    OVERHEAD = "OVERHEAD", _("Overheads")
    OTHER_EXPENSE = "OTHER_EXPENSE", _("Other expenses")


ASSET_CATEGORIES = frozenset({Category.FIXED_ASSET, Category.CURRENT_ASSET, Category.BANK})
LIABILITY_CATEGORIES = frozenset(
    {
        Category.CREDIT_CARD,
        Category.DIRECTORS_LOAN,
        Category.CURRENT_LIABILITY,
        Category.VAT,
        Category.LONG_TERM_LIABILITY,
    }
)
INCOME_CATEGORIES = frozenset({Category.SALES, Category.OTHER_INCOME})
EXPENSE_CATEGORIES = frozenset({Category.DIRECT_COST, Category.OVERHEAD, Category.OTHER_EXPENSE})
PROFIT_AND_LOSS_CATEGORIES = INCOME_CATEGORIES | EXPENSE_CATEGORIES
# Accounts whose natural side is debit.
DEBIT_CATEGORIES = ASSET_CATEGORIES | EXPENSE_CATEGORIES


class Role(models.TextChoices):
    """What an account does for the software, whatever its code and name."""

    TRADE_DEBTORS = "TRADE_DEBTORS", _("Trade debtors")
    TRADE_CREDITORS = "TRADE_CREDITORS", _("Trade creditors")
    VAT = "VAT", _("VAT")
    EXCHANGE = "EXCHANGE", _("Exchange gain or loss")
    BAD_DEBTS = "BAD_DEBTS", _("Bad debts")
    DOUBTFUL_DEBTS_ALLOWANCE = "DOUBTFUL_DEBTS_ALLOWANCE", _("Allowance for doubtful debts")
    RETAINED_EARNINGS = "RETAINED_EARNINGS", _("Retained earnings")
    SALES = "SALES", _("Sales")
    SUSPENSE = "SUSPENSE", _("Suspense")


class SourceType(models.TextChoices):
    """Which kind of document an entry records."""

    INVOICE = "INVOICE", _("Invoice")
    BILL = "BILL", _("Bill")
    CREDIT_NOTE = "CREDIT_NOTE", _("Credit note")
    BILL_CREDIT_NOTE = "BILL_CREDIT_NOTE", _("Supplier credit note")
    BANK_TRANSACTION = "BANK_TRANSACTION", _("Bank transaction")
    WRITE_OFF = "WRITE_OFF", _("Write-off")
    ADJUSTMENT = "ADJUSTMENT", _("Adjustment")
    OPENING_BALANCE = "OPENING_BALANCE", _("Opening balance")
    REVERSAL = "REVERSAL", _("Reversal")


class NominalAccount(OrganisationOwned):
    """An account of the ledger."""

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", _("Active")
        ARCHIVED = "ARCHIVED", _("Archived")

    code = models.CharField(_("code"), max_length=10)
    name = models.CharField(_("name"), max_length=120)
    category = models.CharField(_("category"), max_length=24, choices=Category)
    role = models.CharField(_("role"), max_length=32, choices=Role, null=True, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.ACTIVE)
    currency = models.CharField(_("currency"), max_length=3, null=True, blank=True)
    default_tax_code = models.CharField(_("usual tax code"), max_length=8, blank=True)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    class Meta(OrganisationOwned.Meta):
        verbose_name = _("nominal account")
        constraints = [
            *OrganisationOwned.Meta.constraints,
            models.UniqueConstraint(fields=["organisation", "code"], name="ledger_account_code"),
            models.UniqueConstraint(fields=["organisation", "role"], name="ledger_account_role"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_profit_and_loss(self) -> bool:
        return self.category in PROFIT_AND_LOSS_CATEGORIES

    @property
    def has_debit_side(self) -> bool:
        return self.category in DEBIT_CATEGORIES


class Project(OrganisationOwned):
    """A job whose income and costs are followed apart."""

    class Status(models.TextChoices):
        OPEN = "Open", _("Open")
        CLOSED = "Closed", _("Closed")

    name = models.CharField(_("name"), max_length=200)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    date_started = models.DateField(_("started"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    class Meta(OrganisationOwned.Meta):
        verbose_name = _("project")

    def __str__(self) -> str:
        return self.name


class JournalEntry(OrganisationOwned):
    """A balanced set of postings. Never changed: a correction is a reversal and a new entry."""

    date = models.DateField(_("date"))
    description = models.CharField(_("description"), max_length=500, blank=True)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    source_type = models.CharField(_("source"), max_length=20, choices=SourceType)
    source_id = models.BigIntegerField(_("source id"), null=True)
    reverses = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="reversals",
        db_constraint=False,
        db_index=False,
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
    )
    actor_name = models.CharField(_("by"), max_length=200)
    posted_at = models.DateTimeField(_("posted"))

    class Meta(OrganisationOwned.Meta):
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [
            *OrganisationOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "reverses"],
                condition=models.Q(reverses__isnull=False),
                name="ledger_entry_reversed_once",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "date", "id"], name="ledger_entry_date"),
            models.Index(
                fields=["organisation", "source_type", "source_id"], name="ledger_entry_source"
            ),
            models.Index(
                fields=["organisation", "reference"],
                condition=~models.Q(reference=""),
                name="ledger_entry_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.description}"


class Posting(models.Model):
    """One line of an entry: an amount in base currency, debit positive. Never changed."""

    pk = models.CompositePrimaryKey("organisation_id", "entry_id", "position")
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    entry = models.ForeignKey(
        JournalEntry,
        on_delete=models.PROTECT,
        related_name="postings",
        db_index=False,
        db_constraint=False,
    )
    position = models.SmallIntegerField()
    account = models.ForeignKey(
        NominalAccount,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    # The entry's date, kept here for the account's own list.
    date = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES)
    currency = models.CharField(_("currency"), max_length=3)
    foreign_amount = models.DecimalField(
        _("amount in currency"), max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES
    )
    rate = models.DecimalField(_("rate"), max_digits=RATE_DIGITS, decimal_places=RATE_PLACES)
    tax_code = models.CharField(_("tax code"), max_length=8, blank=True)
    net_amount = models.DecimalField(
        _("net"), max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, null=True
    )
    tax_amount = models.DecimalField(
        _("VAT"), max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, null=True
    )
    tax_point = models.DateField(_("tax point"), null=True)
    customer_id = models.BigIntegerField(null=True)
    supplier_id = models.BigIntegerField(null=True)
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        verbose_name = _("posting")
        indexes = [
            # Sums over days are read from this index alone.
            models.Index(
                fields=["organisation", "account", "date"],
                include=["amount"],
                name="ledger_posting_account",
            ),
            models.Index(
                fields=["organisation", "customer_id"],
                condition=models.Q(customer_id__isnull=False),
                name="ledger_posting_customer",
            ),
            models.Index(
                fields=["organisation", "supplier_id"],
                condition=models.Q(supplier_id__isnull=False),
                name="ledger_posting_supplier",
            ),
            models.Index(
                fields=["organisation", "project"],
                condition=models.Q(project__isnull=False),
                name="ledger_posting_project",
            ),
        ]


class MonthlyBalance(models.Model):
    """What an account's postings of one month add up to; kept with the postings themselves."""

    pk = models.CompositePrimaryKey("organisation_id", "account_id", "month")
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    account = models.ForeignKey(
        NominalAccount,
        on_delete=models.PROTECT,
        related_name="monthly_balances",
        db_index=False,
        db_constraint=False,
    )
    month = models.DateField(_("month"))
    debit = models.DecimalField(_("debit"), max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES)
    credit = models.DecimalField(_("credit"), max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES)
    updated_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("monthly balance")
