"""The chart of accounts that a UK business starts with; pure data.

The codes 000, 500, 520, 615, 645, 680 to 710 and 725 to 735 are those that other software files
things under; the rest are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

COMPANY, OWNER = "company", "owner"


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """An account of the opening chart; `only_for` limits it to companies or to owner businesses."""

    code: str
    name: str
    category: str
    tax_code: str = ""
    role: str | None = None
    only_for: str | None = None


def chart_for(*, is_owner_business: bool) -> list[ChartAccount]:
    """The accounts of a sole trader or partnership, or of a company."""
    kind = OWNER if is_owner_business else COMPANY
    return [account for account in CHART if account.only_for in (None, kind)]


CHART = (
    ChartAccount("000", "Equipment", "FIXED_ASSET", "ST"),
    ChartAccount("005", "Equipment depreciation", "FIXED_ASSET"),
    ChartAccount("010", "Vehicles", "FIXED_ASSET", "ST"),
    ChartAccount("015", "Vehicles depreciation", "FIXED_ASSET"),
    ChartAccount("020", "Fixtures and fittings", "FIXED_ASSET", "ST"),
    ChartAccount("025", "Fixtures and fittings depreciation", "FIXED_ASSET"),
    ChartAccount("190", "Stock", "CURRENT_ASSET"),
    ChartAccount("195", "Prepayments", "CURRENT_ASSET"),
    ChartAccount("200", "Trade debtors", "CURRENT_ASSET", role="TRADE_DEBTORS"),
    ChartAccount(
        "205", "Allowance for doubtful debts", "CURRENT_ASSET", role="DOUBTFUL_DEBTS_ALLOWANCE"
    ),
    ChartAccount("250", "Trade creditors", "CURRENT_LIABILITY", role="TRADE_CREDITORS"),
    ChartAccount("255", "Accruals", "CURRENT_LIABILITY"),
    ChartAccount("260", "VAT", "VAT", role="VAT"),
    ChartAccount("262", "PAYE and National Insurance", "CURRENT_LIABILITY", "NV"),
    ChartAccount("264", "Pensions payable", "CURRENT_LIABILITY", "NV"),
    ChartAccount("266", "Wages payable", "CURRENT_LIABILITY", "NV"),
    ChartAccount("268", "Corporation tax payable", "CURRENT_LIABILITY", "NV", only_for=COMPANY),
    ChartAccount("280", "Loans", "LONG_TERM_LIABILITY", "NV"),
    ChartAccount("290", "Share capital", "CAPITAL", "NV", only_for=COMPANY),
    ChartAccount("292", "Dividends", "CAPITAL", "NV", only_for=COMPANY),
    ChartAccount("290", "Capital introduced", "CAPITAL", "NV", only_for=OWNER),
    ChartAccount("292", "Drawings", "CAPITAL", "NV", only_for=OWNER),
    ChartAccount("295", "Retained earnings", "CAPITAL", role="RETAINED_EARNINGS", only_for=COMPANY),
    ChartAccount(
        "295", "Capital brought forward", "CAPITAL", role="RETAINED_EARNINGS", only_for=OWNER
    ),
    ChartAccount("299", "Suspense", "CURRENT_LIABILITY", role="SUSPENSE"),
    ChartAccount("300", "Sales", "SALES", "ST", role="SALES"),
    ChartAccount("310", "Carriage charged", "SALES", "ST"),
    ChartAccount("380", "Other income", "OTHER_INCOME", "NV"),
    ChartAccount("385", "Interest received", "OTHER_INCOME", "NV"),
    ChartAccount("500", "Materials", "DIRECT_COST", "ST"),
    ChartAccount("505", "Change in stock", "DIRECT_COST"),
    ChartAccount("510", "Subcontractors", "DIRECT_COST", "ST"),
    ChartAccount("515", "Carriage in", "DIRECT_COST", "ST"),
    ChartAccount("520", "Staff", "OVERHEAD", "NV"),
    ChartAccount("525", "Employer's National Insurance", "OVERHEAD", "NV"),
    ChartAccount("530", "Employer's pension contributions", "OVERHEAD", "NV"),
    ChartAccount("615", "Travel and subsistence", "OVERHEAD", "ST"),
    ChartAccount("620", "Motor expenses", "OVERHEAD", "ST"),
    ChartAccount("645", "Rent", "OVERHEAD", "EX"),
    ChartAccount("650", "Business rates", "OVERHEAD", "NV"),
    ChartAccount("655", "Insurance", "OVERHEAD", "EX"),
    ChartAccount("660", "Repairs and renewals", "OVERHEAD", "ST"),
    ChartAccount("680", "Utilities", "OVERHEAD", "ST"),
    ChartAccount("685", "Shipping", "OVERHEAD", "ST"),
    ChartAccount("690", "Telephone and internet", "OVERHEAD", "ST"),
    ChartAccount("695", "Subscriptions", "OVERHEAD", "ST"),
    ChartAccount("700", "Bank and professional fees", "OVERHEAD", "NV"),
    ChartAccount("705", "Stationery and postage", "OVERHEAD", "ST"),
    ChartAccount("710", "Software", "OVERHEAD", "ST"),
    ChartAccount("715", "Training", "OVERHEAD", "ST"),
    ChartAccount("720", "Entertaining", "OVERHEAD", "NV"),
    ChartAccount("725", "Marketing", "OVERHEAD", "ST"),
    ChartAccount("730", "Tax", "OVERHEAD", "NV"),
    ChartAccount("735", "Other expenses", "OVERHEAD", "ST"),
    ChartAccount("740", "Depreciation", "OVERHEAD"),
    ChartAccount("745", "Bad debts", "OVERHEAD", "NV", role="BAD_DEBTS"),
    ChartAccount("750", "Exchange gain or loss", "OVERHEAD", "NV", role="EXCHANGE"),
    ChartAccount("780", "Interest paid", "OTHER_EXPENSE", "NV"),
    ChartAccount("790", "Corporation tax", "OTHER_EXPENSE", "NV", only_for=COMPANY),
)
