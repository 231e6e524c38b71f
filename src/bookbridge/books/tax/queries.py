"""Reads of tax codes and their rates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from bookbridge.books.tax.models import TaxCode, TaxRate


def tax_codes(organisation_id: int, on: dt.date) -> QuerySet[TaxCode]:
    """Every tax code with `percent`, its rate on a day (null before its first)."""
    rate = (
        TaxRate.objects.filter(
            organisation_id=organisation_id, tax_code_id=OuterRef("pk"), valid_from__lte=on
        )
        .order_by("-valid_from")
        .values("percent")[:1]
    )
    return (
        TaxCode.objects.filter(organisation_id=organisation_id)
        .annotate(percent=Subquery(rate))
        .order_by("id")
    )


def tax_code(organisation_id: int, code: str) -> TaxCode | None:
    return TaxCode.objects.filter(organisation_id=organisation_id, code=code).first()


def rates_on(organisation_id: int, date: dt.date) -> dict[int, Decimal]:
    """The percentage of every tax code on a day, by the code's id; none before its first day."""
    rows = (
        TaxRate.objects.filter(organisation_id=organisation_id, valid_from__lte=date)
        .order_by("tax_code_id", "valid_from")
        .values_list("tax_code_id", "percent")
    )
    return dict(rows)
