"""What the demo business enters once: accounts at banks, contacts, a project, products."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bookbridge.demo.bank import bank_step, nominal_line
from bookbridge.demo.cast import (
    CUSTOMERS,
    EURO_SUPPLIER,
    PRODUCTS,
    PROJECT,
    SUPPLIERS,
    Party,
    Product,
)
from bookbridge.demo.steps import Step


def set_up(start: dt.date) -> Iterator[Step]:
    for key, name, kind in (
        ("bank:current", "Current account", "current"),
        ("bank:savings", "Savings account", "savings"),
        ("bank:card", "Company card", "credit_card"),
    ):
        yield plain_step(
            key, "bank_accounts", {"name": name, "account_type": kind}, start, "bank_account"
        )
    for group, singular, reference in (
        (CUSTOMERS, "customer", "customer_ref"),
        ((*SUPPLIERS, EURO_SUPPLIER), "supplier", "supplier_ref"),
    ):
        for number, party in enumerate(group, start=1):
            body = {reference: f"{singular[0].upper()}{number:03}", **_party_body(party)}
            yield plain_step(party.key, f"{singular}s", body, start, singular)
    yield plain_step(
        PROJECT,
        "projects",
        {"name": "Harbour House refit", "status": "Open", "date_started": start.isoformat()},
        start,
        "project",
    )
    for product in PRODUCTS:
        yield plain_step(product.key, "items", _product_body(product), start, "item")
    yield bank_step(
        "receipt:capital", "bank:current", start, "bankreceipt", "Share capital",
        [nominal_line("Ordinary shares issued", Decimal(40000), "290")],
    )  # fmt: skip


def _party_body(party: Party) -> dict[str, Any]:
    email = f"accounts@{party.key.split(':')[1]}.example"
    abroad = party.currency != "GBP"
    return {
        "name": party.contact,
        "business_name": party.name,
        "email": email,
        "currency_code": party.currency,
        "days_until_payment_due": party.terms_days,
        "country": "Germany" if abroad else "United Kingdom",
        "address_attributes": {
            "address_line_1": "1 Market Place",
            "town_city": party.town,
            "postcode": party.postcode,
            "country": "Germany" if abroad else "United Kingdom",
        },
    }


def _product_body(product: Product) -> dict[str, Any]:
    return {
        "name": product.name,
        "code": product.code,
        "item_type": "inventory",
        "is_sold": True,
        "is_bought": False,
        "sale_price": str(product.price),
        "sales_nominal_code": "300",
        "tax_code": product.tax_code,
    }


def plain_step(key: str, path: str, body: dict[str, Any], date: dt.date, wrapper: str) -> Step:
    return Step(key=key, path=(path,), body={wrapper: body}, date=date)
