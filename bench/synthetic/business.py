"""Businesses of any number of invoices, worked out from their id on request and never stored.

Each gives what the Pandle connector reads, and its reports agree with its invoices to the penny.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

INVOICES_MAX = 10_000_000
DAYS = 720
FIRST_DAY = dt.date(2024, 12, 1)
NET, TAX = Decimal("100.00"), Decimal("20.00")
UPDATED = "2026-11-20T09:00:00Z"
# id, nominal code, name, category, role, and what an invoice puts there, debit positive.
ACCOUNTS = (
    ("1", "200", "Trade debtors", "current_asset", "trade_debtors", NET + TAX),
    ("2", "250", "Trade creditors", "current_liability", "trade_creditors", Decimal(0)),
    ("3", "260", "VAT", "vat", "vat", -TAX),
    ("4", "300", "Sales", "sales", "sales", -NET),
    ("5", "750", "Exchange gain or loss", "overhead", "exchange", Decimal(0)),
    ("6", "295", "Retained earnings", "capital", "retained_earnings", Decimal(0)),
)

Query = dict[str, list[str]]


@dataclass(frozen=True)
class Company:
    """One business: `serial` tells it from the others, `invoices` is its size."""

    serial: int
    invoices: int

    @classmethod
    def of(cls, company_id: str) -> Company:
        return cls(*divmod(int(company_id), INVOICES_MAX))

    @property
    def id(self) -> str:
        return str(self.serial * INVOICES_MAX + self.invoices)

    @property
    def customers(self) -> int:
        """A divisor of DAYS, so that a day's invoices are one customer's."""
        return 20 if self.invoices <= 1_000 else 360

    def on_day(self, day: int) -> int:
        """How many invoices are dated so many days after the first."""
        return self.invoices // DAYS + (day < self.invoices % DAYS)

    def between(self, first: dt.date, last: dt.date) -> int:
        low = max(0, (first - FIRST_DAY).days)
        high = min(DAYS - 1, (last - FIRST_DAY).days)
        return sum(self.on_day(day) for day in range(low, high + 1))

    def this_year(self, last: dt.date) -> int:
        """How many invoices the financial year, which is the calendar's, has by this day."""
        return self.between(dt.date(last.year, 1, 1), last)

    def owed_by_customer(self, last: dt.date) -> dict[int, Decimal]:
        owed: dict[int, Decimal] = {}
        for day in range(min(DAYS - 1, (last - FIRST_DAY).days) + 1):
            if count := self.on_day(day):
                customer = day % self.customers + 1
                owed[customer] = owed.get(customer, Decimal(0)) + count * (NET + TAX)
        return owed


def invoice(company: Company, number: int) -> str:
    day = (number - 1) % DAYS
    date = FIRST_DAY + dt.timedelta(days=day)
    due = date + dt.timedelta(days=30)
    return (
        f'{{"id":"{number}","type":"invoices","attributes":{{"document-side":"customer",'
        f'"invoice-number":"INV-{number:07d}","date":"{date}","due-date":"{due}",'
        f'"status":"approved","conversion-rate":"1.0","net-amount":"{NET}","tax-amount":"{TAX}",'
        f'"total-amount":"{NET + TAX}","outstanding-amount":"{NET + TAX}","currency-code":"GBP",'
        f'"updated-at":"{UPDATED}","invoice-lines":[{{"id":"1","description":"Goods",'
        f'"quantity":"1.0","price":"{NET}","net-amount":"{NET}","tax-amount":"{TAX}",'
        f'"total-amount":"{NET + TAX}","nominal-account-id":"4","tax-code-id":"1"}}]}},'
        f'"relationships":{{"customer":{{"data":{{"type":"customers",'
        f'"id":"{day % company.customers + 1}"}}}}}}}}'
    )


def customer(company: Company, number: int) -> str:
    return thing(
        "customers",
        number,
        {"name": f"Customer {number}", "currency-code": "GBP", "updated-at": UPDATED},
    )


def thing(kind: str, number: int | str, attributes: dict[str, object]) -> str:
    return json.dumps({"id": str(number), "type": kind, "attributes": attributes})


def account(_company: Company, number: int) -> str:
    record_id, code, name, category, role, _sign = ACCOUNTS[number - 1]
    return thing(
        "nominal-accounts",
        record_id,
        {
            "nominal-code": code,
            "name": name,
            "category-type": category,
            "role": role,
            "status": "active",
            "balance": "0.00",
            "updated-at": UPDATED,
        },
    )


def tax_code(_company: Company, number: int) -> str:
    return thing(
        "tax-codes",
        number,
        {"taxcode": "ST", "description": "Standard rate", "tax-rate": "20.0", "status": "active"},
    )


# The lists, by name: how many records a company has, and one of them as JSON.
LISTS: dict[str, tuple[Callable[[Company], int], Callable[[Company, int], str]]] = {
    "invoices": (lambda company: company.invoices, invoice),
    "customers": (lambda company: company.customers, customer),
    "nominal_accounts": (lambda company: len(ACCOUNTS), account),
    "tax_codes": (lambda company: 1, tax_code),
    "suppliers": (lambda company: 0, customer),
    "bank_accounts": (lambda company: 0, customer),
}


def day_of(query: Query, name: str) -> dt.date:
    return dt.date.fromisoformat(query[name][0])


def profit_and_loss(company: Company, query: Query) -> dict[str, object]:
    sales = company.between(day_of(query, "date_start"), day_of(query, "date_end")) * NET
    rows = [{"account-id": "4", "nominal-code": "300", "name": "Sales",
             "category-type": "sales", "amount": str(sales)}]  # fmt: skip
    nothing = "0.00"
    return {"sales-total": str(sales), "other-income-total": nothing,
            "direct-costs-total": nothing, "gross-profit": str(sales),
            "expenses-total": nothing, "other-expenses-total": nothing,
            "net-profit": str(sales), "rows": rows}  # fmt: skip


def balance_sheet(company: Company, query: Query) -> dict[str, object]:
    count = company.between(FIRST_DAY, day_of(query, "date"))
    debtors, vat, earned = count * (NET + TAX), count * TAX, count * NET
    this_year = company.this_year(day_of(query, "date")) * NET
    rows = [
        {"account-id": "1", "nominal-code": "200", "name": "Trade debtors",
         "category-type": "current_asset", "amount": str(debtors)},
        {"account-id": "3", "nominal-code": "260", "name": "VAT",
         "category-type": "vat", "amount": str(vat)},
        {"account-id": "6", "nominal-code": "295", "name": "Retained earnings",
         "category-type": "capital", "amount": str(earned - this_year)},
    ]  # fmt: skip
    return {"assets-total": str(debtors), "liabilities-total": str(vat),
            "net-assets": str(earned), "capital-total": str(earned),
            "current-year-earnings": str(this_year), "rows": rows}  # fmt: skip


def trial_balance(company: Company, query: Query) -> dict[str, object]:
    count = company.between(FIRST_DAY, day_of(query, "date"))
    this_year = company.this_year(day_of(query, "date"))
    rows = []
    for record_id, code, name, category, role, each in ACCOUNTS:
        amount = count * each
        # Earlier years' sales stand in retained earnings.
        if role == "sales":
            amount = -this_year * NET
        elif role == "retained_earnings":
            amount = (this_year - count) * NET
        if amount:
            rows.append({"account-id": record_id, "nominal-code": code, "name": name,
                         "category-type": category, "role": role,
                         "debit": str(max(amount, Decimal(0))),
                         "credit": str(max(-amount, Decimal(0)))})  # fmt: skip
    return {"rows": rows}


def aged_debtors(company: Company, query: Query) -> dict[str, object]:
    owed = company.owed_by_customer(day_of(query, "date"))
    return {
        "rows": [
            {"customer-id": str(number), "name": f"Customer {number}", "currency-code": "GBP",
             "total-amount": str(amount), "base-amount": str(amount)}
            for number, amount in owed.items()
        ]
    }  # fmt: skip


REPORTS: dict[str, Callable[[Company, Query], dict[str, object]]] = {
    "profit_and_loss": profit_and_loss,
    "balance_sheet": balance_sheet,
    "trial_balance": trial_balance,
    "aged_debtors": aged_debtors,
    "aged_creditors": lambda company, query: {"rows": []},
}
