"""Opening an organisation's books: its chart of accounts and its tax codes."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from bookbridge.books.ledger.operations import open_chart
from bookbridge.books.organisations.models import BusinessType, Organisation, User
from bookbridge.books.organisations.operations import create_organisation
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.tax.codes import OPENING_CODES
from bookbridge.books.tax.models import TaxCode, TaxRate

OWNER_BUSINESSES = frozenset({BusinessType.SOLE_TRADER, BusinessType.PARTNERSHIP})


@transaction.atomic
def open_books(
    *,
    owner: User,
    name: str,
    business_type: str = BusinessType.LIMITED_COMPANY,
    vat_number: str = "",
    financial_year_start_date: dt.date | None = None,
    base_currency: str = "GBP",
    at: dt.datetime,
    **profile: str,
) -> Organisation:
    """Make an organisation that can post at once: owner, chart of accounts and tax codes.

    The financial year starts on 1 January of this year unless said otherwise. Raises what
    `create_organisation` raises.
    """
    organisation = create_organisation(
        owner=owner,
        name=name,
        business_type=business_type,
        vat_number=vat_number,
        financial_year_start_date=financial_year_start_date or dt.date(at.year, 1, 1),
        base_currency=base_currency,
        at=at,
        **profile,
    )
    open_chart(
        organisation_id=organisation.pk,
        is_owner_business=business_type in OWNER_BUSINESSES,
        at=at,
    )
    open_tax_codes(organisation_id=organisation.pk, at=at)
    return organisation


def open_tax_codes(*, organisation_id: int, at: dt.datetime) -> list[TaxCode]:
    """Make the tax codes that every organisation starts with, with their dated rates."""
    with organisation_scope(organisation_id):
        codes = TaxCode.objects.bulk_create(
            TaxCode(
                organisation_id=organisation_id,
                code=opening.code,
                description=opening.description,
                created_at=at,
                updated_at=at,
            )
            for opening in OPENING_CODES
        )
        TaxRate.objects.bulk_create(
            TaxRate(
                organisation_id=organisation_id,
                tax_code=code,
                percent=percent,
                valid_from=valid_from,
            )
            for code, opening in zip(codes, OPENING_CODES, strict=True)
            for valid_from, percent in opening.rates
        )
        return codes
