"""References, relations, and the lists that documents refer to."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

Id = str | int
Amount = Decimal | None


class Ref(Struct, gc=False):
    id: Id
    type: str = ""


class Relation(Struct, gc=False):
    data: Ref | None = None


class Currency(Struct, rename="kebab"):
    code: str | None


class CurrencyCode(Struct):
    code: str | None = None


class Address(Struct, rename="kebab"):
    address_line_1: str | None = None
    address_line_2: str | None = None
    address_line_3: str | None = None
    town_city: str | None = None
    county: str | None = None
    postcode: str | None = None
    country: str | None = None


class Company(Struct, rename="kebab"):
    company_name: str | None = None
    name: str | None = None
    legal_name: str | None = None
    company_number: str | None = None
    vat_number: str | None = None
    base_currency: str | None = None
    phone: str | None = None
    address: Address | None = None
    updated_at: str | None = None


class FinancialYear(Struct, rename="kebab"):
    start_date: str | None
    lock_date: str | None = None


class NominalAccount(Struct, rename="kebab"):
    name: str | None
    nominal_code: str | None = None
    code: str | None = None
    category_type: str | None = None
    status: str | None = None
    balance: Amount = None
    role: str | None = None
    updated_at: str | None = None


class TaxCode(Struct, rename="kebab"):
    tax_rate: Amount
    taxcode: str | None = None
    code: str | None = None
    description: str | None = None
    name: str | None = None
    status: str | None = None
    updated_at: str | None = None


class Contact(Struct, rename="kebab"):
    name: str | None
    business_name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: Address | None = None
    vat_number: str | None = None
    company_number: str | None = None
    currency_code: str | None = None
    days_until_payment_due: int | None = None
    archived: bool | None = None
    updated_at: str | None = None


class Project(Struct, rename="kebab"):
    name: str | None
    status: str | None
    updated_at: str | None = None


class Item(Struct, rename="kebab"):
    name: str | None
    code: str | None = None
    item_type: str | None = None
    description: str | None = None
    is_sold: bool | None = None
    is_bought: bool | None = None
    sale_price: Amount = None
    purchase_price: Amount = None
    status: str | None = None
    updated_at: str | None = None


class BankAccount(Struct, rename="kebab"):
    name: str | None
    nominal_code: str | None
    account_type: str | None = None
    currency_code: str | None = None
    currency: CurrencyCode | None = None
    sort_code: str | None = None
    account_number: str | None = None
    iban: str | None = None
    balance: Amount = None
    status: str | None = None
    updated_at: str | None = None


class Relations(Struct, rename="kebab"):
    """Every relation that any resource is read for."""

    currency: Relation | None = None
    customer: Relation | None = None
    supplier: Relation | None = None
    account: Relation | None = None
    tax_code: Relation | None = None
    project: Relation | None = None
    nominal_account: Relation | None = None
    sales_account: Relation | None = None
    purchase_account: Relation | None = None
    invoice: Relation | None = None
    bank_transaction: Relation | None = None


NO_RELATIONS = Relations()
