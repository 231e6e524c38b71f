"""The source's reports: one object each, with rows where it gives them (X)."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from bookbridge.bridge.connectors.pandle.wire.reference import Amount, Id


class ReportRow(Struct, rename="kebab"):
    account_id: Id
    name: str | None = None
    nominal_code: str | None = None
    category_type: str | None = None
    amount: Amount = None
    role: str | None = None
    debit: Amount = None
    credit: Amount = None


class ProfitAndLoss(Struct, rename="kebab"):
    sales_total: Decimal
    direct_costs_total: Decimal
    gross_profit: Decimal
    expenses_total: Decimal
    net_profit: Decimal
    other_income_total: Amount = None
    other_expenses_total: Amount = None
    basis: str | None = None
    rows: list[ReportRow] | None = None


class BalanceSheet(Struct, rename="kebab"):
    assets_total: Decimal
    liabilities_total: Decimal
    net_assets: Amount = None
    capital_total: Amount = None
    current_year_earnings: Amount = None
    rows: list[ReportRow] | None = None


class TrialBalance(Struct, rename="kebab"):
    rows: list[ReportRow]


class AgedRow(Struct, rename="kebab"):
    name: str | None = None
    customer_id: Id | None = None
    supplier_id: Id | None = None
    base_amount: Amount = None
    total_amount: Amount = None


class AgedReport(Struct, rename="kebab"):
    rows: list[AgedRow]
