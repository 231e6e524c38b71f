"""Somebody at a desk who enters documents: the short words that tests of documents use."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bookbridge.books.contacts.models import Customer, Supplier
from bookbridge.books.contacts.operations import create_customer, create_supplier
from bookbridge.books.documents.rules import NewAllocation, NewLine
from bookbridge.books.ledger.models import JournalEntry, NominalAccount, Role
from bookbridge.books.ledger.queries import balance_of, postings_of
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.tax.models import TaxCode

AT = dt.datetime(2026, 3, 31, 9, 0, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 4, 1, 9, 0, tzinfo=dt.UTC)
FOREVER = dt.date(9998, 1, 1)


def day(text: str) -> dt.date:
    """`03-15` is 15 March 2026."""
    return dt.date.fromisoformat(f"2026-{text}")


@dataclass(frozen=True)
class Desk:
    organisation: Organisation
    actor: Actor

    @property
    def common(self) -> dict[str, Any]:
        return {"organisation_id": self.organisation.pk, "actor": self.actor, "at": AT}

    def account(self, code: str) -> int:
        return NominalAccount.objects.get(organisation=self.organisation, code=code).pk

    def tax(self, code: str) -> int:
        return TaxCode.objects.get(organisation=self.organisation, code=code).pk

    def customer(self, name: str = "Acme Ltd", **fields: Any) -> Customer:
        return create_customer(fields={"name": name, **fields}, **self.common)

    def supplier(self, name: str = "Office World Ltd", **fields: Any) -> Supplier:
        return create_supplier(fields={"name": name, **fields}, **self.common)

    def line(
        self, price: str, tax: str = "NV", account: str = "300", quantity: str = "1", **more: Any
    ) -> NewLine:
        return NewLine(
            price=Decimal(price),
            quantity=Decimal(quantity),
            account_id=self.account(account),
            tax_code_id=self.tax(tax),
            **more,
        )

    def allocation(self, document: Any, amount: str) -> NewAllocation:
        return NewAllocation(document_id=document.pk, amount=Decimal(amount))

    def balance(self, code: str, on: dt.date = FOREVER) -> Decimal:
        return balance_of(self.organisation.pk, self.account(code), on)

    def control(self, role: str) -> Decimal:
        account = NominalAccount.objects.get(organisation=self.organisation, role=Role(role))
        return balance_of(self.organisation.pk, account.pk, FOREVER)

    def entry(self, entry: JournalEntry | None) -> str:
        """An entry in a line: `200 +120.00, 300 -100.00, 260 -20.00`."""
        if entry is None:
            return ""
        codes = dict(
            NominalAccount.objects.filter(organisation=self.organisation).values_list("id", "code")
        )
        return ", ".join(
            f"{codes[posting.account_id]} {posting.amount:+.2f}"
            for posting in postings_of(self.organisation.pk, [entry.pk])
        )
