"""What holds for every page of an organisation, found by walking the addresses themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bookbridge.books.banking.operations import (
    create_bank_account,
    enter_bank_transaction,
    import_bank_lines,
)
from bookbridge.books.banking.rules import NewBankLine, NewStatementLine
from bookbridge.books.conftest import OPENED_AT
from bookbridge.books.contacts.operations import create_customer, create_supplier
from bookbridge.books.documents.rules import NewLine
from bookbridge.books.ledger.queries import account_by_code
from bookbridge.books.organisations.models import Organisation, User
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.purchases.operations import create_bill, create_bill_credit_note
from bookbridge.books.sales.operations import create_credit_note, create_invoice

DAY = dt.date(2026, 3, 2)
PREFIX = "companies/<int:organisation_id>"


def organisation_patterns(
    patterns: list[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[str, str]]:
    """The name and route of every page below an organisation."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from organisation_patterns(pattern.url_patterns, route)
        elif route.startswith(PREFIX) and pattern.name:
            yield pattern.name, route


PAGES = sorted(organisation_patterns(get_resolver().url_patterns))
NAMES = [name for name, _route in PAGES]
# Pages that only take a form which another page shows.
POST_ONLY = {
    name
    for name in NAMES
    if name.startswith(("approve_", "archive_", "allocate_"))
    or name in {"member_removal", "bank_confirmation"}
}
WRITES = POST_ONLY | {
    name
    for name in NAMES
    if name.startswith(("new_", "edit_", "void_", "write_off")) or name in {"settings", "lock"}
}


@dataclass(frozen=True)
class Shelf:
    """One of everything, by the name that addresses give its id."""

    organisation: Organisation
    ids: dict[str, dict[str, int]]

    def address(self, name: str) -> str:
        route = dict(PAGES)[name]
        folder = route.removeprefix(PREFIX).strip("/").partition("/")[0]
        values = {"organisation_id": self.organisation.pk}
        for key in ("document_id", "contact_id", "bank_account_id", "bank_transaction_id"):
            if f":{key}>" in route:
                values[key] = self.ids[key].get(folder) or next(iter(self.ids[key].values()))
        for key in ("account_id", "entry_id", "imported_id", "user_id"):
            if f"<int:{key}>" in route:
                values[key] = self.ids[key][""]
        return reverse(name, kwargs=values)


@pytest.fixture
def shelf(books: Organisation, owner: Actor, owner_user: User) -> Shelf:
    made = {"organisation_id": books.pk, "actor": owner, "at": OPENED_AT}
    account = account_by_code(books.pk, "300")
    assert account is not None
    customer = create_customer(fields={"name": "Kiln & Co"}, **made)
    supplier = create_supplier(fields={"name": "Timber plc"}, **made)
    lines = [NewLine(description="Oak", price=Decimal(100), account_id=account.pk)]
    sold = {"customer_id": customer.pk, "date": DAY, "lines": lines, **made}
    bought = {"supplier_id": supplier.pk, "date": DAY, "lines": lines, **made}
    invoice = create_invoice(**sold)
    bank = create_bank_account(name="Current account", **made)
    money = enter_bank_transaction(
        bank_account_id=bank.pk,
        date=DAY,
        type="bankreceipt",
        description="Interest",
        lines=[NewBankLine(total_amount=Decimal(5), account_id=account.pk)],
        **made,
    )
    (imported,) = import_bank_lines(
        bank_account_id=bank.pk,
        lines=[NewStatementLine(date=DAY, description="TFL", money_out=Decimal("8.40"))],
        **made,
    )
    return Shelf(
        organisation=books,
        ids={
            "document_id": {
                "invoices": invoice.pk,
                "credit-notes": create_credit_note(**sold).pk,
                "bills": create_bill(**bought).pk,
                "bill-credit-notes": create_bill_credit_note(**bought).pk,
            },
            "contact_id": {"customers": customer.pk, "suppliers": supplier.pk},
            "bank_account_id": {"bank": bank.pk},
            "bank_transaction_id": {"bank": money.pk},
            "account_id": {"": account.pk},
            "entry_id": {"": invoice.entry_id or 0},
            "imported_id": {"": imported.pk},
            "user_id": {"": owner_user.pk},
        },
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_there_are_pages_to_test() -> None:
    assert len(PAGES) > 50 and len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("name", sorted(set(NAMES) - POST_ONLY))
def test_an_owner_sees_the_page(name: str, shelf: Shelf, owner_user: User) -> None:
    response = signed_in(owner_user).get(shelf.address(name))
    assert response.status_code == 200
    page = response.content.decode()
    assert 'style="' not in page and "onclick" not in page


@pytest.mark.parametrize("name", NAMES)
def test_for_a_stranger_the_page_does_not_exist(
    name: str, shelf: Shelf, stranger_user: User
) -> None:
    client = signed_in(stranger_user)
    address = shelf.address(name)
    assert client.get(address).status_code in ({405, 404} if name in POST_ONLY else {404})
    if name in WRITES:
        assert client.post(address).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_who_is_not_signed_in_is_asked_to(name: str, shelf: Shelf) -> None:
    response = Client().get(shelf.address(name))
    assert response.status_code == 302 and "/users/sign_in" in response["Location"]


@pytest.mark.parametrize("name", sorted(WRITES | {"members", "journal"}))
def test_a_reader_changes_nothing(name: str, shelf: Shelf, reader_user: User) -> None:
    assert signed_in(reader_user).post(shelf.address(name)).status_code == 403


@pytest.mark.parametrize("name", sorted(set(NAMES) - WRITES - {"members"}))
def test_a_reader_sees_the_page(name: str, shelf: Shelf, reader_user: User) -> None:
    assert signed_in(reader_user).get(shelf.address(name)).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_method_is_refused(name: str, shelf: Shelf, owner_user: User) -> None:
    client = signed_in(owner_user)
    response = client.delete(shelf.address(name))
    assert response.status_code == 405
    if name not in WRITES and name not in {"members", "journal"}:
        assert client.post(shelf.address(name)).status_code == 405
    if name in POST_ONLY:
        assert client.get(shelf.address(name)).status_code == 405
