"""Bank accounts: somewhere money is kept or owed."""

from __future__ import annotations

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
