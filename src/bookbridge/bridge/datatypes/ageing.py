"""Aged debtors and creditors, worked out on request from normalised documents and payments.

By issue date and in the documents' own currencies, as the public API has it; the report date itself
is outside the report, and what was allocated on or after it has not happened yet.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Body = Mapping[str, Any]

ZERO = Decimal(0)
BEGINNING = dt.date(1, 1, 1)
LEFT_OUT = frozenset({"Void", "Draft"})
DEFAULT_PERIODS = 4
DEFAULT_PERIOD_DAYS = 30


@dataclass(frozen=True)
class _Side:
    """The public names on one side of the books."""

    contact_ref: str
    contact_name: str
    id_field: str
    name_field: str
    claims: str
    credits: str
    payments: str


_DEBTORS = _Side(
    "customerRef", "companyName", "customerId", "customerName",
    "Invoices", "CreditNotes", "Payments",
)  # fmt: skip
_CREDITORS = _Side(
    "supplierRef", "supplierName", "supplierId", "supplierName",
    "Bills", "BillCreditNotes", "BillPayments",
)  # fmt: skip


@dataclass
class _Contact:
    name: str = ""
    # (currency, bucket) -> detail name -> amount
    amounts: dict[tuple[str, int], dict[str, Decimal]] = field(
        default_factory=lambda: defaultdict(dict)
    )


def aged_debtors(
    *,
    invoices: Iterable[Body],
    credit_notes: Iterable[Body],
    payments: Iterable[Body],
    report_date: dt.date,
    generated_at: dt.datetime,
    periods: int = DEFAULT_PERIODS,
    period_days: int = DEFAULT_PERIOD_DAYS,
) -> dict[str, Any]:
    """What each customer owes at the report date, by age; credit on account counts against it."""
    report = _Report(_DEBTORS, report_date, periods, period_days)
    return report.of(invoices, credit_notes, payments, generated_at)


def aged_creditors(
    *,
    bills: Iterable[Body],
    bill_credit_notes: Iterable[Body],
    bill_payments: Iterable[Body],
    report_date: dt.date,
    generated_at: dt.datetime,
    periods: int = DEFAULT_PERIODS,
    period_days: int = DEFAULT_PERIOD_DAYS,
) -> dict[str, Any]:
    """What each supplier is owed at the report date, by age."""
    report = _Report(_CREDITORS, report_date, periods, period_days)
    return report.of(bills, bill_credit_notes, bill_payments, generated_at)


class _Report:
    def __init__(self, side: _Side, report_date: dt.date, periods: int, period_days: int) -> None:
        self._side = side
        self._report_date = report_date
        self._end_text = f"{report_date.isoformat()}T00:00:00"
        self._bounds = _bounds(report_date, periods, period_days)
        self._contacts: dict[str, _Contact] = defaultdict(_Contact)

    def of(
        self,
        claims: Iterable[Body],
        notes: Iterable[Body],
        payments: Iterable[Body],
        generated_at: dt.datetime,
    ) -> dict[str, Any]:
        for body in claims:
            self._add_document(body, self._side.claims, sign=1)
        for body in notes:
            self._add_document(body, self._side.credits, sign=-1)
        for body in payments:
            self._add_on_account(body)
        data = [
            self._contact(contact_id, contact)
            for contact_id, contact in sorted(self._contacts.items(), key=lambda one: _key(one[0]))
        ]
        return {
            "generated": generated_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "reportDate": self._end_text,
            "data": [one for one in data if one["agedCurrencyOutstanding"]],
        }

    def _add_document(self, body: Body, detail: str, *, sign: int) -> None:
        issued = body["issueDate"]
        if issued >= self._end_text or not _counts(body):
            return
        settled = ZERO
        for one in body.get("paymentAllocations", ()):
            allocation = one["allocation"]
            if allocation.get("allocatedOnDate", "") < self._end_text:
                settled += allocation["totalAmount"]
        # Off a claim an allocation is negative, off a credit note positive.
        opened = body["totalAmount"] + settled if sign > 0 else settled - body["totalAmount"]
        self._add(body, issued, detail, opened)

    def _add_on_account(self, body: Body) -> None:
        if body["date"] >= self._end_text or not _counts(body):
            return
        amount = sum(
            (
                link["amount"]
                for line in body.get("lines", ())
                for link in line.get("links", ())
                if link["type"] == "PaymentOnAccount"
            ),
            ZERO,
        )
        self._add(body, body["date"], self._side.payments, amount)

    def _add(self, body: Body, date_text: str, detail: str, amount: Decimal) -> None:
        if not amount:
            return
        ref = body[self._side.contact_ref]
        contact = self._contacts[ref["id"]]
        contact.name = ref.get(self._side.contact_name) or contact.name
        date = dt.date.fromisoformat(date_text[:10])
        bucket = next(n for n, (start, _) in enumerate(self._bounds) if date >= start)
        details = contact.amounts[body["currency"], bucket]
        details[detail] = details.get(detail, ZERO) + amount

    def _contact(self, contact_id: str, contact: _Contact) -> dict[str, Any]:
        currencies = sorted({currency for currency, _ in contact.amounts})
        groups = [self._group(contact, currency) for currency in currencies]
        return {
            self._side.id_field: contact_id,
            self._side.name_field: contact.name,
            "agedCurrencyOutstanding": [group for group in groups if group is not None],
        }

    def _group(self, contact: _Contact, currency: str) -> dict[str, Any] | None:
        """None when the contact is settled in this currency."""
        buckets = []
        for number, (start, end) in enumerate(self._bounds):
            details = contact.amounts.get((currency, number), {})
            buckets.append(
                {
                    "fromDate": f"{start.isoformat()}T00:00:00",
                    "toDate": f"{end.isoformat()}T00:00:00",
                    "amount": sum(details.values(), ZERO),
                    "details": [
                        {"name": name, "amount": amount} for name, amount in details.items()
                    ],
                }
            )
        if not any(bucket["details"] for bucket in buckets):
            return None
        return {"currency": currency, "agedOutstandingAmounts": buckets}


def _bounds(
    report_date: dt.date, periods: int, period_days: int
) -> Sequence[tuple[dt.date, dt.date]]:
    """[from, to) of each period, newest first; the last reaches back to the beginning."""
    bounds = []
    end = report_date
    for number in range(periods):
        start = end - dt.timedelta(days=period_days) if number < periods - 1 else BEGINNING
        bounds.append((start, end))
        end = start
    return bounds


def _counts(body: Body) -> bool:
    if body.get("status") in LEFT_OUT:
        return False
    return not (body.get("metadata") or {}).get("isDeleted")


def _key(contact_id: str) -> tuple[int, str]:
    return len(contact_id), contact_id
