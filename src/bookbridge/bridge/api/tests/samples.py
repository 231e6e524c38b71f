"""A small month of normalised records, one or more of every data type that is served."""

from __future__ import annotations

from typing import Any

from bookbridge.bridge.api.tests.books import LinkedCompany
from bookbridge.bridge.datatypes import DataType

Body = dict[str, Any]

CUSTOMER = {"id": "501", "companyName": "Acme Ltd"}
SUPPLIER = {"id": "602", "supplierName": "Rhein GmbH"}
BANK = {"id": "7104", "name": "Current"}
SALES = {"id": "7109", "name": "Sales"}
STANDARD = {"id": "1", "name": "Standard", "effectiveTaxRate": 20}
DAY = "2026-01-{day:02d}T00:00:00"


def line(net: float, account: Body = SALES, **more: Any) -> Body:
    return {
        "description": "Consulting",
        "unitAmount": net,
        "quantity": 1,
        "subTotal": net,
        "taxAmount": round(net * 0.2, 2),
        "totalAmount": round(net * 1.2, 2),
        "accountRef": account,
        "taxRateRef": STANDARD,
        "trackingCategoryRefs": [],
        **more,
    }


def allocation(payment_id: str, paid: float, amount: float, day: int) -> Body:
    date = DAY.format(day=day)
    return {
        "payment": {
            "id": payment_id,
            "accountRef": BANK,
            "currency": "GBP",
            "currencyRate": 1,
            "paidOnDate": date,
            "totalAmount": paid,
        },
        "allocation": {
            "currency": "GBP",
            "currencyRate": 1,
            "allocatedOnDate": date,
            "totalAmount": amount,
        },
    }


def invoice(number: int, net: float = 100, day: int = 6, **more: Any) -> Body:
    total = round(net * 1.2, 2)
    return {
        "id": str(number),
        "invoiceNumber": f"INV-{number}",
        "customerRef": CUSTOMER,
        "issueDate": DAY.format(day=day),
        "dueDate": "2026-02-05T00:00:00",
        "currency": "GBP",
        "currencyRate": 1,
        "lineItems": [line(net, isDirectIncome=False)],
        "paymentAllocations": [],
        "totalDiscount": 0,
        "subTotal": net,
        "totalTaxAmount": round(net * 0.2, 2),
        "totalAmount": total,
        "amountDue": total,
        "discountPercentage": 0,
        "status": "Submitted",
        **more,
    }


def credit_note(number: str, name: str, contact: Body) -> Body:
    return {
        "id": number,
        name: f"CN-{number}",
        **contact,
        "totalAmount": 60,
        "totalDiscount": 0,
        "subTotal": 50,
        "totalTaxAmount": 10,
        "discountPercentage": 0,
        "remainingCredit": 60,
        "status": "Submitted",
        "issueDate": DAY.format(day=18),
        "currency": "GBP",
        "currencyRate": 1,
        "lineItems": [line(50)],
        "paymentAllocations": [],
    }


def bill(number: int) -> Body:
    return {
        "id": str(number),
        "reference": f"RH-{number}",
        "supplierRef": SUPPLIER,
        "issueDate": DAY.format(day=10),
        "dueDate": "2026-02-09T00:00:00",
        "currency": "EUR",
        "currencyRate": 0.86,
        "lineItems": [line(1000, {"id": "7110", "name": "Materials"}, isDirectCost=False)],
        "status": "Open",
        "subTotal": 1000,
        "taxAmount": 200,
        "totalAmount": 1200,
        "amountDue": 1200,
        "paymentAllocations": [],
    }


def payment(number: str, contact: Body, target: str, kind: str) -> Body:
    return {
        "id": number,
        **contact,
        "accountRef": BANK,
        "totalAmount": 90,
        "currency": "GBP",
        "currencyRate": 1,
        "date": DAY.format(day=15),
        "lines": [
            {
                "amount": 90,
                "links": [{"type": kind, "id": target, "amount": -90, "currencyRate": 1}],
                "allocatedOnDate": DAY.format(day=15),
            }
        ],
    }


def direct(number: str) -> Body:
    return {
        "id": number,
        "note": "Card payment",
        "issueDate": DAY.format(day=20),
        "currency": "GBP",
        "currencyRate": 1,
        "lineItems": [line(100)],
        "paymentAllocations": [allocation(number, 120, -120, 20)],
        "subTotal": 100,
        "taxAmount": 20,
        "totalAmount": 120,
    }


def account(number: str, code: str, name: str, kind: str, category: str | None) -> Body:
    return {
        "id": number,
        "nominalCode": code,
        "name": name,
        "fullyQualifiedCategory": category,
        "fullyQualifiedName": f"{category}.{name}" if category else None,
        "currency": "GBP",
        "currentBalance": 100.5,
        "type": kind,
        "status": "Active",
        "isBankAccount": code == "210",
        "validDatatypeLinks": [],
    }


COMPANY: Body = {
    "companyName": "Fernhill Ltd",
    "accountingPlatformRef": "77001",
    "companyLegalName": "Fernhill Trading Limited",
    "addresses": [{"type": "Billing", "line1": "1 High Street", "city": "Leeds"}],
    "phoneNumbers": [],
    "webLinks": [],
    "registrationNumber": "01234567",
    "financialYearStartDate": "2026-01-01T00:00:00",
    "baseCurrency": "GBP",
    "sourceUrls": {},
}

RECORDS: dict[DataType, list[Body]] = {
    DataType.CHART_OF_ACCOUNTS: [
        account("7104", "210", "Current", "Asset", "Asset.Bank"),
        account("7109", "300", "Sales", "Income", "Income.Revenue"),
        account("7199", "999", "Odd", "Unknown", None),
    ],
    DataType.TAX_RATES: [
        {
            "id": "1",
            "code": "ST",
            "name": "Standard",
            "effectiveTaxRate": 20,
            "totalTaxRate": 20,
            "components": [],
            "validDatatypeLinks": [],
            "status": "Active",
        }
    ],
    DataType.TRACKING_CATEGORIES: [
        {"id": "11", "name": "Refit", "hasChildren": False, "status": "Active"}
    ],
    DataType.ITEMS: [
        {
            "id": "21",
            "name": "Consulting",
            "code": "CON",
            "itemStatus": "Active",
            "type": "Service",
            "isInvoiceItem": True,
            "isBillItem": False,
            "invoiceItem": {
                "description": "A day",
                "unitPrice": 450.5,
                "accountRef": SALES,
                "taxRateRef": STANDARD,
            },
        }
    ],
    DataType.CUSTOMERS: [
        {
            "id": "501",
            "customerName": "Acme Ltd",
            "contactName": "Ada",
            "emailAddress": "ada@acme.example",
            "defaultCurrency": "GBP",
            "addresses": [{"type": "Billing", "line1": "2 High Street", "city": "York"}],
            "contacts": [],
            "status": "Active",
        }
    ],
    DataType.SUPPLIERS: [
        {
            "id": "602",
            "supplierName": "Rhein GmbH",
            "defaultCurrency": "EUR",
            "addresses": [],
            "status": "Active",
        }
    ],
    DataType.BANK_ACCOUNTS: [
        {
            "id": "31001",
            "accountName": "Current",
            "accountType": "Debit",
            "nominalCode": "210",
            "sortCode": "101010",
            "accountNumber": "12345678",
            "currency": "GBP",
            "balance": 8725,
            "status": "Active",
        }
    ],
    DataType.INVOICES: [
        invoice(
            9001,
            day=6,
            status="PartiallyPaid",
            amountDue=30,
            paymentAllocations=[allocation("8002", 90, -90, 15)],
        ),
        invoice(9002, 250, day=8),
        invoice(10003, 75, day=4, status="Void", amountDue=0),
    ],
    DataType.CREDIT_NOTES: [credit_note("9201", "creditNoteNumber", {"customerRef": CUSTOMER})],
    DataType.BILLS: [bill(9102)],
    DataType.BILL_CREDIT_NOTES: [
        credit_note("9301", "billCreditNoteNumber", {"supplierRef": SUPPLIER})
    ],
    DataType.PAYMENTS: [payment("8002", {"customerRef": CUSTOMER}, "9001", "Invoice")],
    DataType.BILL_PAYMENTS: [payment("8005", {"supplierRef": SUPPLIER}, "9102", "Bill")],
    DataType.DIRECT_INCOMES: [direct("8001")],
    DataType.DIRECT_COSTS: [direct("8006")],
    DataType.TRANSFERS: [
        {
            "id": "8004",
            "description": "To savings",
            "date": DAY.format(day=22),
            "from": {
                "accountRef": {"id": "31001", "dataType": "bankAccounts"},
                "currency": "GBP",
                "amount": 2000,
            },
            "to": {
                "accountRef": {"id": "31002", "dataType": "bankAccounts"},
                "currency": "GBP",
                "amount": 2000,
            },
            "status": "Unreconciled",
            "trackingCategoryRefs": [],
            "depositedRecordRefs": [],
        }
    ],
    DataType.ACCOUNT_TRANSACTIONS: [
        {
            "id": "31001-8002",
            "transactionId": "8002",
            "bankAccountRef": {"id": "31001", "name": "Current"},
            "date": DAY.format(day=15),
            "status": "Unreconciled",
            "currency": "GBP",
            "currencyRate": 1,
            "lines": [{"recordRef": {"id": "8002", "dataType": "payments"}, "amount": 90}],
            "totalAmount": 90,
        }
    ],
    DataType.JOURNALS: [
        {
            "id": "general",
            "journalCode": "GEN",
            "name": "General journal",
            "hasChildren": False,
            "status": "Active",
        }
    ],
    DataType.JOURNAL_ENTRIES: [
        {
            "id": "5014",
            "description": "Depreciation January",
            "postedOn": DAY.format(day=31),
            "createdOn": DAY.format(day=31),
            "journalRef": {"id": "general", "name": "General journal"},
            "journalLines": [
                {
                    "netAmount": sign * 50,
                    "transactionAmount": sign * 50,
                    "currency": "GBP",
                    "transactionCurrency": "GBP",
                    "accountRef": SALES,
                }
                for sign in (1, -1)
            ],
            "recordRef": {"id": "5014", "dataType": "journalEntries"},
        }
    ],
}

BANK_TRANSACTIONS: list[Body] = [
    {
        "id": f"i{number}",
        "accountId": "31001",
        "clearedOnDate": DAY.format(day=number),
        "description": "CARD 1234",
        "amount": amount,
        "transactionType": "Credit" if amount >= 0 else "Debit",
        "reconciled": amount >= 0,
    }
    for number, amount in ((3, 90), (5, -12.34))
]


def heading(name: str, value: float) -> Body:
    item = {"accountId": "7109", "name": "Sales", "value": value, "items": []}
    return {"name": name, "value": value, "items": [item] if value else []}


def profit_and_loss_month(month: str, last_day: int, sales: float) -> Body:
    return {
        "currency": "GBP",
        "reportBasis": "Accrual",
        "report": {
            "fromDate": f"{month}-01T00:00:00",
            "toDate": f"{month}-{last_day}T00:00:00",
            "income": heading("Income", sales),
            "costOfSales": heading("Cost of sales", 0),
            "grossProfit": sales,
            "expenses": heading("Expenses", 0),
            "netOperatingProfit": sales,
            "otherExpenses": heading("Other expenses", 0),
            "otherIncome": heading("Other income", 0),
            "netOtherIncome": 0,
            "netProfit": sales,
        },
    }


def balance_sheet_month(month: str, last_day: int, net: float) -> Body:
    return {
        "currency": "GBP",
        "report": {
            "date": f"{month}-{last_day}T00:00:00",
            "assets": heading("Assets", net),
            "liabilities": heading("Liabilities", 0),
            "netAssets": net,
            "equity": heading("Equity", net),
        },
    }


MONTHS = (("2025-12", 31, 100.25), ("2026-01", 31, 250.5))


def fill(company: LinkedCompany) -> None:
    """Every data type, read to the end."""
    company.store(DataType.COMPANY, [COMPANY], ids=["77001"])
    for data_type, bodies in RECORDS.items():
        company.store(data_type, bodies)
    company.store(DataType.BANK_TRANSACTIONS, BANK_TRANSACTIONS, parent_id="31001")
    ids = [month for month, _day, _value in MONTHS]
    company.store(
        DataType.PROFIT_AND_LOSS, [profit_and_loss_month(*one) for one in MONTHS], ids=ids
    )
    company.store(DataType.BALANCE_SHEET, [balance_sheet_month(*one) for one in MONTHS], ids=ids)
