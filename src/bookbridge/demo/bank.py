"""Bank transactions of the demo: coded lines, transfers, and money against documents."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from bookbridge.demo.steps import Document, Ref, Step, nominal
from bookbridge.demo.tale import Story


def bank_step(
    key: str,
    account: str,
    date: dt.date,
    kind: str,
    description: str,
    lines: list[dict[str, Any]],
    **more: Any,
) -> Step:
    """A confirmed bank transaction; several lines make it a split one."""
    body: dict[str, Any] = {"date": date.isoformat(), "type": kind, "description": description}
    total = sum((Decimal(line["total_amount"]) for line in lines), Decimal(0))
    if len(lines) == 1:
        body |= {name: value for name, value in lines[0].items() if name != "description"}
    elif lines:
        body |= {"is_split": True, "total_amount": str(total), "lines_attributes": lines}
    return Step(
        key,
        ("bank_accounts", Ref(account), "bank_transactions"),
        {"bank_transaction": body | more},
        date,
    )


def nominal_line(description: str, total: Decimal, code: str) -> dict[str, Any]:
    return {
        "description": description,
        "account_class_and_id": nominal(code),
        "net_amount": str(total),
        "tax_amount": "0.00",
        "total_amount": str(total),
        "tax_code": "NV",
    }


def transfer(
    story: Story, date: dt.date, source: str, target: str, amount: Decimal, why: str
) -> Step:
    body = {
        "date": date.isoformat(),
        "type": "bankpayment",
        "description": why,
        "account_class_and_id": ("BankAccount", Ref(target)),
        "total_amount": str(amount),
        "net_amount": str(amount),
    }
    return Step(
        story.key("transfer"),
        ("bank_accounts", Ref(source), "bank_transactions"),
        {"bank_transaction": body},
        date,
    )


def settle(
    story: Story,
    document: Document,
    date: dt.date,
    amount: Decimal,
    kind: str,
    party: str,
    word: str,
) -> Step:
    allocation = {"document_id": Ref(document.key), "amount": str(amount)}
    body: dict[str, Any] = {
        "date": date.isoformat(),
        "type": kind,
        "description": f"{word} {document.key.replace(':', ' ')}",
        "account_class_and_id": (party, Ref(document.party)),
        "total_amount": str(amount),
        "allocations_attributes": [allocation],
    }
    return Step(
        story.key("settlement"),
        ("bank_accounts", Ref("bank:current"), "bank_transactions"),
        {"bank_transaction": body},
        date,
    )


def receipt(story: Story, document: Document, date: dt.date, amount: Decimal) -> Step:
    """Money from a customer against one invoice."""
    document.paid += amount
    return settle(story, document, date, amount, "customerreceipt", "Customer", "Receipt")
