"""What documents refer to: accounts, contacts, tax codes, projects, currencies, bank accounts.

Each table is read once, when first needed, as far as it is kept. A reference to something unknown
rejects the record that makes it, by name; something deleted at the source still resolves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar

from bookbridge.bridge.connectors.contract import RawRecord, SourceRecords
from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.values import (
    UNKNOWN_CURRENCY,
    plain,
    plain_text,
    word,
)

Ref = dict[str, Any]
V = TypeVar("V")

CREDIT_KINDS = frozenset({"credit_card", "directors_loan", "director_loan", "loan", "creditcard"})
DEFAULT_BASE_CURRENCY = "GBP"
PERCENT = Decimal(100)
KEPT_MAX = 20_000


class Table(dict[Any, V]):
    """Values by source id, text or number; a miss looks further, among the deleted too, then
    rejects. Of a list that may be long, only so many are kept at once that it costs no more memory
    than a short one; the chart (`is_whole`) is never that long."""

    def __init__(
        self,
        records: SourceRecords,
        resource: str,
        field: str,
        read: Callable[[RawRecord], V],
        *,
        is_whole: bool = False,
    ) -> None:
        super().__init__()
        self._kept_max = sys.maxsize if is_whole else KEPT_MAX
        self._records, self._resource, self._field, self._read = records, resource, field, read
        if records.supported(resource):
            for record in islice(records.all(resource), self._kept_max):
                self[record.id] = read(record)

    def __missing__(self, key: Any) -> V:
        text = str(key)
        if text in self:
            value = self[text]
        else:
            record = self._records.get(self._resource, text)
            if record is None:
                raise RecordRejectedError(
                    f"the source has no such record in {self._resource}",
                    field=self._field,
                    value=key,
                )
            value = self._read(record)
        if len(self) > 2 * self._kept_max:
            del self[next(iter(self))]
        self[key] = value
        return value


@dataclass(frozen=True)
class ContactFacts:
    ref: Ref
    currency: str
    terms_days: int | None


@dataclass(frozen=True)
class AccountFacts:
    """`category` is the source's word in one form; `ref` is shared by all that refer to it."""

    ref: Ref
    code: str | None
    category: str


@dataclass(frozen=True)
class BankFacts:
    """`chart_ref` is the ledger account, `ref` the bank account: two ids, joined by the code."""

    id: str
    ref: Ref
    chart_ref: Ref
    currency: str
    is_credit: bool


@dataclass(frozen=True)
class TaxFacts:
    ref: Ref
    code: str | None
    rate: Decimal | None


class Lookups:
    """The reference tables of one connection."""

    def __init__(self, records: SourceRecords) -> None:
        self.records = records

    @cached_property
    def base_currency(self) -> str:
        for record in self.records.all("company"):
            company = wire.read(wire.Company, record, "company")[1]
            if company.base_currency:
                return company.base_currency
        return DEFAULT_BASE_CURRENCY

    @cached_property
    def currencies(self) -> dict[str, str]:
        codes: dict[str, str] = {}
        if self.records.supported("currencies"):
            for record in self.records.all("currencies"):
                code = wire.read(wire.Currency, record, "currencies")[1].code
                if code:
                    codes[record.id] = code
        return codes

    def currency(self, relation: wire.Relation | None, code: str | None, default: str) -> str:
        """The code given, else that of the related currency, else the default; XXX when a
        currency is named that cannot be found."""
        if code:
            return code
        if relation is None or relation.data is None:
            return default
        return self.currencies.get(str(relation.data.id), UNKNOWN_CURRENCY)

    @cached_property
    def accounts(self) -> Table[AccountFacts]:
        """Nominal accounts; the categories of bank lines where the source gives no accounts."""
        resource = account_resource(self.records)

        def read(record: RawRecord) -> AccountFacts:
            account = wire.read(wire.NominalAccount, record, resource)[1]
            code = account.nominal_code or account.code
            name = plain_text(account.name) or code
            ref = {"id": record.id} | ({"name": name} if name else {})
            return AccountFacts(ref, code, word(account.category_type))

        return Table(self.records, resource, "nominal-account-id", read, is_whole=True)

    @cached_property
    def account_refs(self) -> Table[Ref]:
        """The same, as plain references, for the many lines of documents."""
        accounts = self.accounts
        return Table(
            self.records,
            account_resource(self.records),
            "nominal-account-id",
            lambda record: accounts[record.id].ref,
        )

    @cached_property
    def tax_codes(self) -> Table[TaxFacts]:
        factor = self._tax_rate_factor

        def read(record: RawRecord) -> TaxFacts:
            tax = wire.read(wire.TaxCode, record, "tax_codes")[1]
            ref: Ref = {"id": record.id}
            code = tax.taxcode or tax.code
            name = tax.description or tax.name or code
            if name:
                ref["name"] = name
            rate = None if tax.tax_rate is None else plain(tax.tax_rate * factor)
            if rate is not None:
                ref["effectiveTaxRate"] = rate
            return TaxFacts(ref, code, rate)

        return Table(self.records, "tax_codes", "tax-code-id", read)

    @cached_property
    def _tax_rate_factor(self) -> Decimal:
        """Rates are percent; if the largest of them is not above one, they are fractions."""
        rates = [
            rate
            for record in self.records.all("tax_codes")
            if (rate := wire.read(wire.TaxCode, record, "tax_codes")[1].tax_rate) is not None
        ]
        return PERCENT if rates and 0 < max(rates) <= 1 else Decimal(1)

    @cached_property
    def tax_refs(self) -> Table[Ref]:
        codes = self.tax_codes
        return Table(self.records, "tax_codes", "tax-code-id", lambda record: codes[record.id].ref)

    @cached_property
    def projects(self) -> Table[Ref]:
        return Table(self.records, "projects", "project-id", _named(wire.Project, "projects"))

    @cached_property
    def items(self) -> Table[Ref]:
        return Table(self.records, "items", "item-id", _named(wire.Item, "items"))

    @cached_property
    def customers(self) -> Table[ContactFacts]:
        return self._contacts("customers", "customer", "companyName")

    @cached_property
    def suppliers(self) -> Table[ContactFacts]:
        return self._contacts("suppliers", "supplier", "supplierName")

    def _contacts(self, resource: str, field: str, name_field: str) -> Table[ContactFacts]:
        def read(record: RawRecord) -> ContactFacts:
            _, contact, relations = wire.read(wire.Contact, record, resource)
            ref = {"id": record.id}
            name = contact_name(contact)
            if name:
                ref[name_field] = name
            currency = self.currency(relations.currency, contact.currency_code, self.base_currency)
            return ContactFacts(ref, currency, contact.days_until_payment_due)

        return Table(self.records, resource, field, read)

    @cached_property
    def bank_accounts(self) -> Table[BankFacts]:
        by_code = {facts.code: facts.ref for facts in list(self.accounts.values()) if facts.code}

        def read(record: RawRecord) -> BankFacts:
            _, account, relations = wire.read(wire.BankAccount, record, "bank_accounts")
            name = plain_text(account.name) or account.nominal_code or record.id
            chart_ref = by_code.get(account.nominal_code or "")
            related = wire.related(relations.nominal_account)
            if chart_ref is None and related is not None and related in self.accounts:
                chart_ref = self.accounts[related].ref
            return BankFacts(
                id=record.id,
                ref={"id": record.id, "name": name},
                chart_ref=chart_ref or {"id": own_account_id(record.id), "name": name},
                currency=self.bank_currency(account, relations),
                is_credit=word(account.account_type) in CREDIT_KINDS,
            )

        return Table(self.records, "bank_accounts", "bank account", read)

    def bank_currency(self, account: wire.BankAccount, relations: wire.Relations) -> str:
        code = account.currency_code or (account.currency.code if account.currency else None)
        return self.currency(relations.currency, code, self.base_currency)


def account_resource(records: SourceRecords) -> str:
    if records.supported("nominal_accounts"):
        return "nominal_accounts"
    return "bank_transaction_categories"


def own_account_id(bank_account_id: str) -> str:
    """The chart id of a bank account whose nominal code is in no row of the chart."""
    return f"bank-{bank_account_id}"


def contact_name(contact: wire.Contact) -> str | None:
    return plain_text(contact.business_name) or plain_text(contact.name)


def _named(
    attributes: type[wire.Project] | type[wire.Item], resource: str
) -> Callable[[RawRecord], Ref]:
    def read(record: RawRecord) -> Ref:
        name = plain_text(wire.read(attributes, record, resource)[1].name)
        return {"id": record.id} | ({"name": name} if name else {})

    return read
