"""How much is known of each field that we read, in the marks of `README.md`.

L seen in live clients, D official page, N unrun client code, P path only, I inferred, X extension
of our own source.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldMark:
    """A field of one resource's attributes (or `relationships.…`) and how it is known."""

    resource: str
    field: str
    mark: str


def _fields(resource: str, **by_mark: str) -> tuple[FieldMark, ...]:
    return tuple(
        FieldMark(resource, field, mark) for mark, fields in by_mark.items()
        for field in fields.split()
    )  # fmt: skip


FIELDS: tuple[FieldMark, ...] = (
    *_fields(
        "company",
        N="company-name",
        I="base-currency vat-number company-number address phone updated-at",
        X="legal-name",
    ),
    *_fields("financial_year", I="start-date lock-date"),
    *_fields("currencies", I="code"),
    *_fields("nominal_accounts", N="nominal-code name", I="category-type status balance", X="role"),
    *_fields("bank_transaction_categories", N="nominal-code name"),
    *_fields("tax_codes", N="taxcode description tax-rate", X="status"),
    *_fields("projects", L="name status"),
    *_fields("items", X="name code item-type is-sold is-bought sale-price purchase-price"),
    *_fields(
        "customers",
        L="name business-name email",
        I="phone address days-until-payment-due vat-number relationships.currency updated-at",
        X="archived company-number",
    ),
    *_fields(
        "suppliers",
        I="name business-name email phone address days-until-payment-due vat-number updated-at",
        X="archived company-number",
    ),
    *_fields(
        "bank_accounts",
        N="name nominal-code currency-code",
        I="account-type balance status sort-code account-number iban",
    ),
    *_fields(
        "invoices",
        I="date due-date invoice-number reference status net-amount tax-amount total-amount"
        " outstanding-amount conversion-rate notes updated-at invoice-lines",
        X="document-side",
    ),
    *_fields(
        "credit_notes",
        X="date credit-note-number status net-amount tax-amount total-amount remaining-amount"
        " credit-note-lines allocations",
    ),
    *_fields("write_offs", X="date amount document-id journal-entry-id"),
    *_fields(
        "bank_transactions",
        I="date type description reference net-amount tax-amount total-amount conversion-rate"
        " is-split",
        N="account-class-and-id",
        X="bank-amount lines allocations status imported-bank-transaction-id",
    ),
    *_fields("imported_bank_transactions", N="date description payee money-in money-out"),
    *_fields(
        "confirmed_imported_bank_transactions",
        I="date description payee money-in money-out",
        X="bank-transaction-id",
    ),
    *_fields("ignored_imported_bank_transactions", I="date description payee money-in money-out"),
    *_fields("journal_entries", X="date description source-type source-id journal-lines"),
    *_fields(
        "report_profit_and_loss",
        L="sales-total direct-costs-total gross-profit expenses-total net-profit",
        X="rows other-income-total other-expenses-total",
    ),
    *_fields(
        "report_balance_sheet",
        I="assets-total liabilities-total",
        X="rows net-assets capital-total current-year-earnings",
    ),
)

MEANINGS = {
    "L": "seen in clients of real companies",
    "D": "said by Pandle's own page",
    "N": "read by a client that was never run end to end",
    "P": "the path is listed, its fields are not",
    "I": "inferred",
    "X": "an extension of our own source; its absence is not an error",
}
