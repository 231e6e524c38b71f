"""What control totals must know of accounts and contacts: types, names, bank accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any]

PROFIT_TYPES = frozenset({"Income", "Expense"})


@dataclass(frozen=True)
class AccountFacts:
    """`category` is the public heading, for instance `Expense.CostOfSales`."""

    type: str
    category: str | None


class ControlChart:
    """Accounts and bank accounts by id, joined by their nominal code; contacts by name."""

    def __init__(self) -> None:
        self._accounts: dict[str, AccountFacts] = {}
        self._account_names: dict[str, str] = {}
        self._contact_names: dict[str, str] = {}
        self._by_code: dict[str, str] = {}
        self._of_bank: dict[str, str] = {}
        self._currencies: dict[str, str] = {}

    def add_account(self, body: Body) -> None:
        account_id = body["id"]
        self._accounts[account_id] = AccountFacts(body["type"], body.get("fullyQualifiedCategory"))
        self._account_names[account_id] = body.get("name") or account_id
        if body.get("isBankAccount") and body.get("nominalCode"):
            self._by_code[body["nominalCode"]] = account_id

    def add_bank_account(self, body: Body) -> None:
        account_id = self._by_code.get(body.get("nominalCode") or "", f"bank-{body['id']}")
        self._of_bank[body["id"]] = account_id
        self._currencies[account_id] = body["currency"]

    def name_contact(self, ref: Body) -> None:
        name = ref.get("companyName") or ref.get("supplierName")
        if name:
            self._contact_names.setdefault(ref["id"], name)

    def of_bank_account(self, bank_account_id: str) -> str:
        """The account in the chart that a bank account is."""
        return self._of_bank.get(bank_account_id, f"bank-{bank_account_id}")

    def currency(self, account_id: str, base: str) -> str:
        return self._currencies.get(account_id, base)

    def facts(self, account_id: str) -> AccountFacts | None:
        return self._accounts.get(account_id)

    def is_profit(self, account_id: str) -> bool:
        facts = self._accounts.get(account_id)
        return facts is not None and facts.type in PROFIT_TYPES

    def account_name(self, account_id: str) -> str:
        return self._account_names.get(account_id, account_id)

    def contact_name(self, contact_id: str) -> str:
        return self._contact_names.get(contact_id, contact_id)
