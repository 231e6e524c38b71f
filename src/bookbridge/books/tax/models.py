"""Tax codes of an organisation and their dated rates."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookbridge.books.organisations.models import OrganisationOwned


class TaxCode(OrganisationOwned):
    """How VAT applies to a line."""

    code = models.CharField(_("code"), max_length=8)
    description = models.CharField(_("description"), max_length=120)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"))

    class Meta(OrganisationOwned.Meta):
        verbose_name = _("tax code")
        constraints = [
            *OrganisationOwned.Meta.constraints,
            models.UniqueConstraint(fields=["organisation", "code"], name="tax_taxcode_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.description}"


class TaxRate(OrganisationOwned):
    """The percentage of a tax code from a day on."""

    tax_code = models.ForeignKey(
        TaxCode,
        on_delete=models.PROTECT,
        related_name="rates",
        db_index=False,
        db_constraint=False,
    )
    percent = models.DecimalField(_("percent"), max_digits=6, decimal_places=3)
    valid_from = models.DateField(_("from"))

    class Meta(OrganisationOwned.Meta):
        verbose_name = _("tax rate")
        constraints = [
            *OrganisationOwned.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation", "tax_code", "valid_from"], name="tax_taxrate_from"
            ),
        ]
