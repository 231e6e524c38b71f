"""What holds for every page of an organisation, found by walking the addresses themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
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
from bookbridge.books.ledger.operations import create_project
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
SHOWN = sorted(set(NAMES) - POST_ONLY)
WRITES = POST_ONLY | {
    name
    for name in NAMES
    if name.startswith(("new_", "edit_", "void_", "write_off"))
    or name in {"settings", "lock", "members", "journal"}
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
        for key in ("account_id", "entry_id", "imported_id", "user_id", "project_id"):
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
            "project_id": {"": create_project(name="Harbour", **made).pk},
        },
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def answers(client: Client, method: str, names: Iterable[str], shelf: Shelf) -> dict[str, int]:
    """What each page answers, by its name."""
    ask = getattr(client, method)
    return {name: ask(shelf.address(name)).status_code for name in names}


def everywhere(status: int, names: Iterable[str]) -> dict[str, int]:
    return dict.fromkeys(names, status)


def test_there_are_pages_to_test() -> None:
    assert len(PAGES) > 50 and len(NAMES) == len(set(NAMES))


def test_an_owner_sees_every_page_and_none_has_style_or_script_within(
    shelf: Shelf, owner_user: User
) -> None:
    client = signed_in(owner_user)
    for name in SHOWN:
        response = client.get(shelf.address(name))
        page = response.content.decode()
        assert response.status_code == 200, name
        assert 'style="' not in page and "onclick" not in page and "<script>" not in page, name


def test_for_a_stranger_no_page_exists(shelf: Shelf, stranger_user: User) -> None:
    client = signed_in(stranger_user)
    assert answers(client, "get", NAMES, shelf) == everywhere(404, NAMES)
    assert answers(client, "post", NAMES, shelf) == everywhere(404, NAMES)


def test_who_is_not_signed_in_is_asked_to(shelf: Shelf) -> None:
    for name in NAMES:
        response = Client().get(shelf.address(name))
        assert response.status_code == 302 and "/users/sign_in" in response["Location"], name


def test_a_reader_sees_every_page_and_changes_nothing(shelf: Shelf, reader_user: User) -> None:
    client = signed_in(reader_user)
    assert answers(client, "get", SHOWN, shelf) == everywhere(200, SHOWN)
    assert answers(client, "post", NAMES, shelf) == everywhere(403, NAMES)


def test_a_wrong_method_is_refused(shelf: Shelf, owner_user: User) -> None:
    client = signed_in(owner_user)
    assert answers(client, "delete", NAMES, shelf) == everywhere(405, NAMES)
    assert answers(client, "get", POST_ONLY, shelf) == everywhere(405, POST_ONLY)
    read_only = set(NAMES) - WRITES
    assert answers(client, "post", read_only, shelf) == everywhere(405, read_only)


def test_the_pages_for_mistakes_need_nothing_but_themselves() -> None:
    for name in ("404.html", "403.html", "403_csrf.html", "500.html"):
        assert "<h1>" in render_to_string(name), name
