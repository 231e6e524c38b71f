"""Customers and suppliers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookbridge.books.ledger.models import MONEY_DIGITS, MONEY_PLACES, NominalAccount
from bookbridge.books.organisations.models import OrganisationOwned


class Contact(OrganisationOwned):
    """What customers and suppliers have in common."""

    name = models.CharField(_("name"), max_length=200)
    business_name = models.CharField(_("business name"), max_length=200, blank=True)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address_line_1 = models.CharField(_("address line 1"), max_length=200, blank=True)
    address_line_2 = models.CharField(_("address line 2"), max_length=200, blank=True)
    address_line_3 = models.CharField(_("address line 3"), max_length=200, blank=True)
    town_city = models.CharField(_("town or city"), max_length=120, blank=True)
    county = models.CharField(_("county"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="GBP")
    credit_limit = models.DecimalField(
        _("credit limit"),
        max_digits=MONEY_DIGITS,
        decimal_places=MONEY_PLACES,
        null=True,
        blank=True,
    )
    days_until_payment_due = models.PositiveSmallIntegerField(
        _("days until payment is due"), default=30
    )
    default_account = models.ForeignKey(
        NominalAccount,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    company_number = models.CharField(_("company number"), max_length=20, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    is_archived = models.BooleanField(_("archived"), default=False)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    class Meta(OrganisationOwned.Meta):
        abstract = True
        indexes = [
            models.Index(fields=["organisation", "name"], name="%(app_label)s_%(class)s_name"),
            models.Index(
                fields=["organisation", "reference"],
                condition=~models.Q(reference=""),
                name="%(app_label)s_%(class)s_ref",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Customer(Contact):
    """Somebody who buys from the organisation."""

    class Meta(Contact.Meta):
        verbose_name = _("customer")


class Supplier(Contact):
    """Somebody who sells to the organisation."""

    class Meta(Contact.Meta):
        verbose_name = _("supplier")
