"""The dashboard, the reports and the postings behind their figures, in the browser."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from bookbridge.books.conftest import OPENED_AT
from bookbridge.books.contacts.operations import create_customer
from bookbridge.books.documents.rules import NewLine
from bookbridge.books.ledger.operations import post_adjustment
from bookbridge.books.ledger.queries import account_by_code
from bookbridge.books.ledger.rules import PostingLine
from bookbridge.books.organisations.models import Organisation, User
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.sales.operations import create_invoice

REPORTS = (
    "profit_and_loss",
    "balance_sheet",
    "trial_balance",
    "aged_debtors",
    "aged_creditors",
    "cash_flow",
)


@pytest.fixture
def browser(owner_user: User) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


@pytest.fixture
def traded(books: Organisation, owner: Actor) -> Organisation:
    made = {"organisation_id": books.pk, "actor": owner, "at": OPENED_AT}
    customer = create_customer(fields={"name": "Kiln & Co"}, **made)
    for month, price in ((1, 100), (4, 250)):
        create_invoice(
            customer_id=customer.pk,
            date=dt.date(2026, month, 15),
            lines=[NewLine(price=Decimal(price))],
            **made,
        )
    cost, asset = account_by_code(books.pk, "740"), account_by_code(books.pk, "005")
    assert cost is not None and asset is not None
    post_adjustment(
        date=dt.date(2026, 4, 30),
        description="Depreciation",
        lines=[
            PostingLine(account_id=cost.pk, amount=Decimal(40)),
            PostingLine(account_id=asset.pk, amount=Decimal(-40)),
        ],
        **made,
    )
    return books


def page(name: str, books: Organisation, *ids: int) -> str:
    return reverse(name, args=[books.pk, *ids])


@pytest.mark.parametrize("name", REPORTS)
def test_every_figure_of_a_report_opens_a_page(
    name: str, browser: Client, traded: Organisation
) -> None:
    shown = browser.get(page(name, traded), {"period": "1/1/2026-31/12/2026"}).content.decode()
    links = set(re.findall(r'<td class="num[^"]*"><a href="([^"]+)"', shown))
    assert links or name in {"aged_creditors", "cash_flow"}
    for link in links:
        assert browser.get(link.replace("&amp;", "&")).status_code == 200


def test_a_period_in_words_decides_the_figures(browser: Client, traded: Organisation) -> None:
    address = page("profit_and_loss", traded)
    assert "350.00" in browser.get(address, {"period": "2026"}).content.decode()
    quarter = browser.get(address, {"period": "1/4/2026-30/6/2026"}).content.decode()
    assert "250.00" in quarter and "350.00" not in quarter and "210.00" in quarter


def test_an_unclear_period_is_said_and_the_usual_one_shown(
    browser: Client, traded: Organisation
) -> None:
    response = browser.get(page("balance_sheet", traded), {"period": "whenever"})
    assert response.status_code == 422
    shown = response.content.decode()
    assert "“whenever” is not a period" in shown and "Net assets" in shown


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_taken_away_as_csv(name: str, browser: Client, traded: Organisation) -> None:
    response = browser.get(page(name, traded), {"period": "2026-12-31", "format": "csv"})
    assert response["Content-Type"].startswith("text/csv")
    assert len(response.content.decode("utf-8-sig").splitlines()) > 1


def test_an_accounts_postings_carry_their_balance(browser: Client, traded: Organisation) -> None:
    debtors = account_by_code(traded.pk, "200")
    assert debtors is not None
    address = page("account", traded, debtors.pk)
    shown = browser.get(address, {"period": "1/2/2026-31/12/2026"}).content.decode()
    assert "Brought forward" in shown and "120.00" in shown and "420.00" in shown
    csv = browser.get(address, {"period": "2026", "format": "csv"}).content.decode("utf-8-sig")
    assert [row.split(",")[-1] for row in csv.splitlines()[1:]] == ["120.00", "420.00"]


def test_the_dashboard_says_what_is_owed_and_what_to_do(
    browser: Client, traded: Organisation
) -> None:
    shown = browser.get(page("dashboard", traded)).content.decode()
    assert "420.00" in shown and "70.00" in shown and "overdue invoices" in shown
    assert shown.count("<svg viewBox") == 2


def test_new_books_show_the_first_steps(browser: Client, books: Organisation) -> None:
    assert "Three steps" in browser.get(page("dashboard", books)).content.decode()
