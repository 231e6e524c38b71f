"""Opened books can post at once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from bookbridge.books.ledger.models import NominalAccount, Role
from bookbridge.books.ledger.queries import accounts, accounts_by_role
from bookbridge.books.organisations.models import BusinessType, Member, Organisation, User
from bookbridge.books.organisations.operations import NameMissingError
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.organisations.vat_numbers import VatNumberError
from bookbridge.books.tax.operations import open_books
from bookbridge.books.tax.queries import rates_on, tax_code, tax_codes

AT = dt.datetime(2026, 1, 1, 9, 0, tzinfo=dt.UTC)


def test_new_books_have_the_codes_that_other_software_files_under(books: Organisation) -> None:
    chart = {account.code: account for account in accounts(books.pk)}
    for code in ("000", "005", "200", "250", "260", "290", "300", "500", "520", "615", "645"):
        assert code in chart
    for code in ("680", "685", "695", "700", "710"):
        assert code in chart
    for code in ["725", "730", "735", "740", "745", "750"]:
        assert chart[code].category == "OVERHEAD"
    assert chart["290"].name == "Share capital"
    assert set(accounts_by_role(books.pk)) == set(Role.values)


def test_a_sole_trader_has_capital_and_drawings(owner_user: User) -> None:
    organisation = open_books(
        owner=owner_user, name="Fay Florist", business_type=BusinessType.SOLE_TRADER, at=AT
    )
    with organisation_scope(organisation.pk):
        chart = {account.code: account.name for account in accounts(organisation.pk)}
    assert (chart["290"], chart["292"]) == ("Capital introduced", "Drawings")
    assert "790" not in chart
    assert organisation.vat_registered is False
    assert organisation.financial_year_start_date == dt.date(2026, 1, 1)
    assert Member.objects.get(organisation=organisation).role == Member.Role.OWNER


@pytest.mark.parametrize(
    ("on", "percent"),
    [
        (dt.date(2008, 11, 30), "17.5"),
        (dt.date(2008, 12, 1), "15"),
        (dt.date(2010, 1, 1), "17.5"),
        (dt.date(2011, 1, 3), "17.5"),
        (dt.date(2011, 1, 4), "20"),
        (dt.date(2026, 1, 1), "20"),
    ],
)
def test_the_standard_rate_follows_the_date(books: Organisation, on: dt.date, percent: str) -> None:
    code = tax_code(books.pk, "ST")
    assert code is not None
    assert rates_on(books.pk, on)[code.pk] == Decimal(percent)


def test_every_code_shows_its_rate_of_the_day(books: Organisation) -> None:
    found = {code.code: code.percent for code in tax_codes(books.pk, dt.date(2026, 1, 1))}
    assert found == {
        "ST": Decimal(20),
        "RR": Decimal(5),
        "EX": Decimal(0),
        "NV": Decimal(0),
        "ZR": Decimal(0),
        "RC": Decimal(0),
    }


def test_books_that_cannot_be_opened_leave_nothing_behind(owner_user: User) -> None:
    with pytest.raises(NameMissingError):
        open_books(owner=owner_user, name="  ", at=AT)
    with pytest.raises(VatNumberError, match="check digits"):
        open_books(owner=owner_user, name="Shop", vat_number="123456783", at=AT)
    assert not Organisation.objects.exists()
    assert not NominalAccount.objects.exists()
