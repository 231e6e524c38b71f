"""The worked example's documents as bodies of the books' API, in the order they are entered.

Names in angle brackets stand for ids that the API gives out: `<customer 501>` is the id of the
customer that the example calls 501, `<account 300>` the nominal account with that code.
`golden.entering` replaces them. Pure data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

YEAR_START = "2026-01-01"
MONTH_START = "2026-01-01"
MONTH_END = "2026-01-31"
COMPANY = {"name": "Acorn Works Ltd", "vat_number": "GB980780684"}


@dataclass(frozen=True)
class Step:
    """One request: `name` is what the example calls the thing that it makes."""

    name: str
    path: str
    body: dict[str, Any]


def _invoice(**fields: Any) -> dict[str, Any]:
    return {"invoice": fields}


def _line(
    description: str, price: str, account: str, tax: str, quantity: str = "1"
) -> dict[str, Any]:
    return {
        "description": description,
        "quantity": quantity,
        "price": price,
        "nominal_code": account,
        "tax_code": tax,
    }


def _bank(account: str, name: str, **fields: Any) -> Step:
    path = f"bank_accounts/<bank {account}>/bank_transactions"
    return Step(f"transaction {name}", path, {"bank_transaction": fields})


STEPS = (
    Step("bank 31001", "bank_accounts", {"bank_account": {"name": "Current"}}),
    Step(
        "bank 31002",
        "bank_accounts",
        {"bank_account": {"name": "Savings", "account_type": "savings"}},
    ),
    Step("customer 501", "customers", {"customer": {"name": "Acme Ltd"}}),
    Step("customer 502", "customers", {"customer": {"name": "Birch Ltd"}}),
    Step("customer 503", "customers", {"customer": {"name": "Cedar LLP"}}),
    Step("supplier 601", "suppliers", {"supplier": {"name": "Office World Ltd"}}),
    Step(
        "supplier 602",
        "suppliers",
        {"supplier": {"name": "Rhein GmbH", "currency_code": "EUR", "country": "Germany"}},
    ),
    _bank(
        "31001",
        "8001",
        date="2026-01-01",
        type="bankreceipt",
        account_class_and_id="NominalAccount#<account 290>",
        description="Share capital",
        tax_code="NV",
        total_amount="10000.00",
    ),
    Step(
        "invoice 9101",
        "invoices",
        _invoice(
            supplier_id="<supplier 601>",
            reference="OW-77",
            date="2026-01-01",
            due_date="2026-01-31",
            invoice_lines_attributes=[_line("Workbench", "1800.00", "000", "ST")],
        ),
    ),
    Step(
        "invoice 9003",
        "invoices",
        _invoice(
            customer_id="<customer 503>",
            invoice_number="INV-1003",
            date="2026-01-04",
            due_date="2026-01-11",
            invoice_lines_attributes=[_line("Call-out", "200.00", "300", "ST")],
        ),
    ),
    Step(
        "invoice 9001",
        "invoices",
        _invoice(
            account_class_and_id="Customer#<customer 501>",
            invoice_number="INV-1001",
            date="2026-01-06",
            due_date="2026-02-05",
            invoice_lines_attributes=[
                _line("Consulting, days", "333.33", "300", "ST", "3"),
                _line("Insulation kits", "45.50", "300", "RR", "2"),
                _line("Training course", "104.46", "300", "EX"),
            ],
        ),
    ),
    Step(
        "invoice 9002",
        "invoices",
        _invoice(
            customer_id="<customer 502>",
            invoice_number="INV-1002",
            date="2026-01-08",
            due_date="2026-02-07",
            invoice_lines_attributes=[_line("Site survey", "500.00", "300", "ST")],
        ),
    ),
    Step(
        "invoice 9102",
        "invoices",
        _invoice(
            supplier_id="<supplier 602>",
            reference="RH-26-4",
            date="2026-01-10",
            due_date="2026-02-09",
            currency_code="EUR",
            conversion_rate="0.86",
            invoice_lines_attributes=[_line("Sensor modules", "250.00", "500", "NV", "4")],
        ),
    ),
    _bank(
        "31001",
        "8002",
        date="2026-01-15",
        type="customerreceipt",
        account_class_and_id="Customer#<customer 501>",
        total_amount="900.00",
        allocations_attributes=[{"document_id": "<invoice 9001>", "amount": "900.00"}],
    ),
    Step(
        "credit_note 9201",
        "credit_notes",
        {
            "credit_note": {
                "customer_id": "<customer 501>",
                "credit_note_number": "CN-2001",
                "date": "2026-01-18",
                "credit_note_lines_attributes": [
                    _line("Insulation kits", "45.50", "300", "RR", "2")
                ],
                "allocations_attributes": [{"document_id": "<invoice 9001>", "amount": "95.55"}],
            }
        },
    ),
    _bank(
        "31001",
        "8003",
        date="2026-01-19",
        type="customerreceipt",
        account_class_and_id="Customer#<customer 502>",
        total_amount="650.00",
        allocations_attributes=[{"document_id": "<invoice 9002>", "amount": "600.00"}],
    ),
    _bank(
        "31001",
        "8006",
        date="2026-01-20",
        type="bankpayment",
        description="Card payment, depot",
        total_amount="300.00",
        is_split=True,
        lines_attributes=[
            {
                "account_class_and_id": f"NominalAccount#<account {account}>",
                "description": description,
                "total_amount": amount,
                "tax_code": tax,
            }
            for description, amount, account, tax in (
                ("Materials", "120.00", "500", "ST"),
                ("Rent", "150.00", "645", "EX"),
                ("Gas", "30.00", "680", "RR"),
            )
        ],
    ),
    _bank(
        "31001",
        "8004",
        date="2026-01-22",
        type="bankpayment",
        account_class_and_id="BankAccount#<bank 31002>",
        description="To savings",
        total_amount="2000.00",
    ),
    _bank(
        "31001",
        "8005",
        date="2026-01-25",
        type="supplierpayment",
        account_class_and_id="Supplier#<supplier 602>",
        currency_code="EUR",
        conversion_rate="0.875",
        total_amount="600.00",
        allocations_attributes=[{"document_id": "<invoice 9102>", "amount": "600.00"}],
    ),
    Step(
        "write_off 9301",
        "write_offs",
        {"write_off": {"document_id": "<invoice 9003>", "date": "2026-01-30", "reason": "Closed"}},
    ),
    Step(
        "entry 5014",
        "journal_entries",
        {
            "journal_entry": {
                "date": "2026-01-31",
                "description": "Depreciation January",
                "lines_attributes": [
                    {"nominal_code": "740", "amount": "50.00"},
                    {"nominal_code": "005", "amount": "-50.00"},
                ],
            }
        },
    ),
)

# Code and balance at the end of January, debit positive; each side adds up to 14,358.45.
TRIAL_BALANCE = {
    "000": "1800.00",
    "005": "-50.00",
    "200": "354.45",
    "210": "8725.00",
    "211": "2000.00",
    "250": "-2504.00",
    "260": "41.43",
    "290": "-10000.00",
    "300": "-1804.45",
    "500": "960.00",
    "645": "150.00",
    "680": "28.57",
    "740": "50.00",
    "745": "240.00",
    "750": "9.00",
}
TRIAL_BALANCE_SIDE = "14358.45"
PROFIT_AND_LOSS = {
    "sales-total": "1804.45",
    "other-income-total": "0.00",
    "direct-costs-total": "960.00",
    "gross-profit": "844.45",
    "expenses-total": "477.57",
    "other-expenses-total": "0.00",
    "net-profit": "366.88",
}
BALANCE_SHEET = {
    "assets-total": "12829.45",
    "liabilities-total": "2462.57",
    "net-assets": "10366.88",
    "capital-total": "10366.88",
    "current-year-earnings": "366.88",
}
# Entry by entry: the lines that the journal shows, account code and amount.
JOURNAL = {
    "transaction 8001": "210 +10000.00, 290 -10000.00",
    "invoice 9101": "000 +1800.00, 260 +360.00, 250 -2160.00",
    "invoice 9003": "200 +240.00, 300 -200.00, 260 -40.00",
    "invoice 9001": "200 +1400.00, 300 -1195.45, 260 -204.55",
    "invoice 9002": "200 +600.00, 300 -500.00, 260 -100.00",
    "invoice 9102": "500 +860.00, 250 -860.00",
    "transaction 8002": "210 +900.00, 200 -900.00",
    "credit_note 9201": "300 +91.00, 260 +4.55, 200 -95.55",
    "transaction 8003": "210 +650.00, 200 -650.00",
    "transaction 8006": (
        "500 +100.00, 260 +20.00, 645 +150.00, 680 +28.57, 260 +1.43, 210 -300.00"
    ),
    "transaction 8004": "211 +2000.00, 210 -2000.00",
    "transaction 8005": "250 +516.00, 750 +9.00, 210 -525.00",
    "write_off 9301": "745 +240.00, 200 -240.00",
    "entry 5014": "740 +50.00, 005 -50.00",
}
