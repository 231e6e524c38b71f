# ruff: noqa: S608 - the SQL is put together from our own constants; values are parameters.
"""API: the JSON and the reading of documents with lines, shared by sales and purchases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from bookbridge.books.api import sql
from bookbridge.books.api.endpoint import Call
from bookbridge.books.api.fields import Fields
from bookbridge.books.api.listing import Part
from bookbridge.books.contacts.api import currency_of
from bookbridge.books.documents.rules import ONE, NewAllocation, NewLine
from bookbridge.books.ledger.api.journal import account_of
from bookbridge.books.ledger.models import NominalAccount
from bookbridge.books.ledger.rules import ZERO
from bookbridge.books.tax.models import TaxCode

PERCENT_MAX = Decimal(100)


@dataclass(frozen=True)
class DocumentSql:
    """Where one kind of document lives, and what the API calls it."""

    table: str
    key: str
    contact: str
    side: str
    number: str
    allocation_table: str
    allocation_target: str

    def _lines(self) -> str:
        line = sql.json_object(
            {
                "id": "l.position::text",
                "description": "l.description",
                "quantity": sql.plain("l.quantity"),
                "price": sql.plain("l.price"),
                "discount-percent": sql.plain("l.discount_percent"),
                "net-amount": "l.net_amount::text",
                "tax-amount": "l.tax_amount::text",
                "total-amount": "l.total_amount::text",
                "nominal-account-id": "l.account_id::text",
                "tax-code-id": "l.tax_code_id::text",
                "project-id": "l.project_id::text",
                "item-id": "l.item_id::text",
            }
        )
        return (
            f"COALESCE((SELECT json_agg({line} ORDER BY l.position) FROM {self.table}line l "
            f"WHERE l.organisation_id = d.organisation_id AND l.{self.key} = d.id), '[]'::json)"
        )

    def _common(self) -> dict[str, str]:
        return {
            "document-side": f"'{self.side}'",
            "reference": "d.reference",
            "date": "d.date",
            "status": "lower(d.status)",
            "conversion-rate": sql.plain("d.rate"),
            "currency-code": "d.currency",
            "net-amount": "d.net_amount::text",
            "tax-amount": "d.tax_amount::text",
            "total-amount": "d.total_amount::text",
            "notes": "d.notes",
            "updated-at": sql.moment("d.updated_at"),
        }

    def _links(self) -> dict[str, str]:
        return {
            self.side: sql.link(f"{self.side}s", f"d.{self.contact}"),
            "currency": sql.currency_link("d.currency"),
        }

    def invoice_part(self, is_sent: str, where: str = "") -> Part:
        attributes = {
            "invoice-number": self.number,
            "due-date": "d.due_date",
            "sent": is_sent,
            "outstanding-amount": "d.outstanding_amount::text",
            **self._common(),
            "invoice-lines": self._lines(),
        }
        return Part(self.table, sql.resource("invoices", attributes, self._links()), where)

    def credit_note_part(self, where: str = "") -> Part:
        allocation = sql.json_object(
            {
                "id": "a.id::text",
                "document-id": f"a.{self.allocation_target}::text",
                "amount": "a.amount::text",
                "date": "a.date",
            }
        )
        allocations = (
            f"COALESCE((SELECT json_agg({allocation} ORDER BY a.id) FROM {self.allocation_table} a "
            "WHERE a.organisation_id = d.organisation_id AND a.credit_note_id = d.id "
            "AND a.reversed_on IS NULL), '[]'::json)"
        )
        attributes = {
            "credit-note-number": self.number,
            "remaining-amount": "d.outstanding_amount::text",
            **self._common(),
            "credit-note-lines": self._lines(),
            "allocations": allocations,
        }
        return Part(self.table, sql.resource("credit-notes", attributes, self._links()), where)


def new_lines(call: Call, body: Fields, name: str) -> list[NewLine]:
    """The lines of a body, with accounts and tax codes named by id or by code."""
    rows = body.rows(name, required=True)
    accounts = dict(
        NominalAccount.objects.filter(
            organisation_id=call.company_id,
            code__in={row.text("nominal_code") for row in rows if "nominal_code" in row},
        ).values_list("code", "pk")
    )
    return [_new_line(row, accounts, tax_codes_of(call.company_id, rows)) for row in rows]


def tax_codes_of(company_id: int, rows: Sequence[Fields]) -> dict[str, int]:
    if not any("tax_code" in row for row in rows):
        return {}
    return dict(TaxCode.objects.filter(organisation_id=company_id).values_list("code", "pk"))


def _new_line(row: Fields, accounts: dict[str, int], tax_codes: dict[str, int]) -> NewLine:
    names_account = any(row.values.get(key) for key in ("nominal_account_id", "nominal_code"))
    quantity = row.number("quantity")
    return NewLine(
        description=row.text("description"),
        quantity=ONE if quantity is None else quantity,
        price=row.number("price", required=True) or ZERO,
        discount_percent=_discount(row),
        account_id=account_of(row, accounts) if names_account else None,
        tax_code_id=tax_code_of(row, tax_codes),
        project_id=row.whole("project_id"),
        item_id=row.whole("item_id"),
        net_amount=row.number("net_amount"),
        tax_amount=row.number("tax_amount"),
    )


def _discount(row: Fields) -> Decimal:
    percent = row.number("discount_percent") or ZERO
    if not ZERO <= percent <= PERCENT_MAX:
        row.refuse("discount_percent", _("A discount is between 0 and 100 percent."))
        return ZERO
    return percent


def tax_code_of(row: Fields, tax_codes: dict[str, int]) -> int | None:
    """The tax code a line names by id or by code."""
    if row.values.get("tax_code_id") in (None, "") and row.values.get("tax_code"):
        found = tax_codes.get(row.text("tax_code").upper())
        if found is None:
            row.refuse("tax_code", _("There is no such tax code."))
        return found
    return row.whole("tax_code_id")


def new_allocations(body: Fields) -> list[NewAllocation]:
    return [
        NewAllocation(
            document_id=row.whole("document_id", required=True) or 0,
            amount=row.number("amount", required=True) or ZERO,
        )
        for row in body.rows("allocations_attributes")
    ]


def header(body: Fields) -> dict[str, Any]:
    """What every kind of document is given, under the operations' names."""
    return {
        "date": body.date("date", required=True),
        "currency": currency_of(body),
        "rate": body.number("conversion_rate"),
        "reference": body.text("reference"),
        "notes": body.text("notes"),
        "rounding_policy": body.text("rounding_policy", "by_line"),
    }


def contact_of(body: Fields) -> tuple[str, int]:
    """Whose document it is: `customer` or `supplier`, and the id."""
    named = body.text("account_class_and_id")
    if named:
        kind, _hash, number = named.partition("#")
        if kind.lower() in {"customer", "supplier"} and number.isdigit():
            return kind.lower(), int(number)
        body.refuse("account_class_and_id", _("Write Customer#id or Supplier#id."))
        return "customer", 0
    for kind in ("customer", "supplier"):
        if body.values.get(f"{kind}_id") not in (None, ""):
            return kind, body.whole(f"{kind}_id") or 0
    body.refuse("customer_id", _("Say which customer or supplier."))
    return "customer", 0
