"""The chart of accounts and journals by hand, in the browser."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from bookbridge.books.conftest import OPENED_AT
from bookbridge.books.ledger.models import JournalEntry, NominalAccount, Project
from bookbridge.books.ledger.operations import post_adjustment
from bookbridge.books.ledger.queries import account_by_code
from bookbridge.books.ledger.rules import PostingLine
from bookbridge.books.organisations.models import Organisation, User
from bookbridge.books.organisations.rules import Actor


@pytest.fixture
def browser(owner_user: User) -> Client:
    client = Client()
    client.force_login(owner_user)
    return client


def page(name: str, books: Organisation, *ids: int) -> str:
    return reverse(name, args=[books.pk, *ids])


def journal(books: Organisation, *lines: tuple[str, str, str]) -> dict[str, str]:
    sent = {"date": "2026-03-31", "description": "Depreciation"}
    sent |= {"lines-TOTAL_FORMS": str(len(lines) + 1), "lines-INITIAL_FORMS": "0"}
    for number, (code, debit, credit) in enumerate(lines):
        account = account_by_code(books.pk, code)
        assert account is not None
        sent |= {
            f"lines-{number}-account": str(account.pk),
            f"lines-{number}-debit": debit,
            f"lines-{number}-credit": credit,
        }
    return sent


def test_a_journal_is_posted_and_reversed(browser: Client, books: Organisation) -> None:
    sent = journal(books, ("740", "1,400", ""), ("005", "", "1400"))
    response = browser.post(page("new_adjustment", books), sent)
    entry = JournalEntry.objects.get()
    assert response["Location"] == page("journal", books, entry.pk)
    address = page("journal", books, entry.pk)
    assert "1,400.00" in browser.get(address).content.decode()
    assert browser.post(address, {"date": "2026-03-31", "reason": ""}).status_code == 422
    undone = browser.post(address, {"date": "2026-04-01", "reason": "wrong year"})
    assert undone.status_code == 302
    assert "Reversed" in browser.get(address).content.decode()
    again = browser.post(address, {"date": "2026-04-01", "reason": "again"})
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([("740", "10", ""), ("005", "", "9")], "balance"),
        ([], "Write at least one line."),
        ([("740", "10", "10")], "not both"),
        ([("740", "", "")], "Write a debit or a credit."),
    ],
)
def test_a_journal_that_cannot_be_comes_back(
    lines: list[tuple[str, str, str]], sentence: str, browser: Client, books: Organisation
) -> None:
    response = browser.post(page("new_adjustment", books), journal(books, *lines))
    assert response.status_code == 422 and sentence in response.content.decode()
    assert not JournalEntry.objects.exists()


def test_an_account_is_added_once(browser: Client, books: Organisation) -> None:
    sent = {"code": "901", "name": "Market stalls", "category": "OVERHEAD"}
    assert browser.post(page("new_account", books), sent).status_code == 302
    assert NominalAccount.objects.get(code="901").name == "Market stalls"
    again = browser.post(page("new_account", books), sent)
    assert again.status_code == 422 and "901" in again.content.decode()
    assert "Market stalls" in browser.get(page("accounts", books), {"q": "market"}).content.decode()


def test_a_project_is_started_shown_with_its_result_and_closed(
    browser: Client, books: Organisation, owner: Actor
) -> None:
    sent = {"name": "Harbour fit-out", "status": "Open", "date_started": "2026-02-01"}
    assert browser.post(page("new_project", books), sent).status_code == 302
    project = Project.objects.get()
    cost, other = account_by_code(books.pk, "740"), account_by_code(books.pk, "005")
    assert cost is not None and other is not None
    amount = Decimal(40)
    post_adjustment(
        organisation_id=books.pk,
        date=dt.date(2026, 4, 30),
        description="Depreciation",
        lines=[
            PostingLine(account_id=cost.pk, amount=amount, project_id=project.pk),
            PostingLine(account_id=other.pk, amount=-amount),
        ],
        actor=owner,
        at=OPENED_AT,
    )
    shown = browser.get(page("projects", books)).content.decode()
    assert "40.00" in shown and "\N{MINUS SIGN}40.00" in shown
    edit = page("edit_project", books, project.pk)
    assert browser.post(edit, sent | {"name": ""}).status_code == 422
    assert browser.post(edit, sent | {"status": "Closed"}).status_code == 302
    project.refresh_from_db()
    assert project.status == Project.Status.CLOSED
