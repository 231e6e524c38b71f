"""Which money and which credit went to which document."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bookbridge.bridge.connectors.contract import RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups
from bookbridge.bridge.connectors.pandle.mapping.movements import (
    VOID_WORDS,
    Movement,
    movements,
)
from bookbridge.bridge.connectors.pandle.mapping.parties import Kind, heads
from bookbridge.bridge.connectors.pandle.mapping.values import (
    ONE,
    ZERO,
    business_date,
    given,
    word,
)
from bookbridge.bridge.connectors.spilling import ListIndex


@dataclass(frozen=True, slots=True)
class Allocated:
    """`amount` is what it takes off the document: negative when a refund gives it back."""

    payment: dict[str, Any]
    amount: Decimal
    currency: str
    allocated_on: str
    updated_at: str | None
    source: tuple[str, str]
    is_write_off: bool = False

    @property
    def order(self) -> tuple[str, str]:
        return self.allocated_on, str(self.payment["id"])


class Allocations:
    """Allocations by ("Invoice" | "CreditNote", source id of the document).

    `is_known` is false when the source does not say where money went: then only its own
    outstanding amounts can be passed on."""

    def __init__(self, records: SourceRecords, lookups: Lookups) -> None:
        self.is_known = True
        self._by_document: ListIndex[Allocated] = ListIndex()
        self._read_money(records, lookups)
        self._read_credits(records, lookups)
        self._read_write_offs(records, lookups)

    def of(self, source_type: str, record_id: str) -> list[Allocated]:
        return sorted(self._by_document.of((source_type, record_id)), key=lambda one: one.order)

    def _read_money(self, records: SourceRecords, lookups: Lookups) -> None:
        if not records.supported("bank_transactions"):
            self.is_known = False
            return
        for movement in movements(records, lookups, {Kind.CUSTOMER, Kind.SUPPLIER}):
            if isinstance(movement, RejectedRecord) or movement.is_void:
                continue
            if movement.allocations is None:
                self.is_known = False
                continue
            for allocation in movement.allocations:
                self._add_money(movement, allocation)

    def _add_money(self, movement: Movement, allocation: wire.Allocation) -> None:
        part = next(p for p in movement.parts if p.kind in {Kind.CUSTOMER, Kind.SUPPLIER})
        forward = is_forward(part.kind, movement.direction)
        source_type = document_type(allocation)
        takes = forward if source_type == "Invoice" else not forward
        total = part.total if forward else -part.total
        payment: dict[str, Any] = {
            "id": part.record_id,
            "accountRef": movement.bank.chart_ref,
            "currency": movement.currency,
            "paidOnDate": movement.date_text,
            "totalAmount": total,
        }
        if movement.rate is not None:
            payment["currencyRate"] = movement.rate
        self._by_document.add(
            (source_type, str(allocation.document_id)),
            Allocated(
                payment=payment,
                amount=allocation.amount if takes else -allocation.amount,
                currency=movement.currency,
                allocated_on=allocated_on(allocation, movement.date_text),
                updated_at=movement.updated_at,
                source=movement.source,
            ),
        )

    def _read_credits(self, records: SourceRecords, lookups: Lookups) -> None:
        for record, head, relations in heads(records, "credit_notes"):
            if not head.allocations or word(head.status) in VOID_WORDS:
                continue
            base = lookups.base_currency
            currency = lookups.currency(relations.currency, head.currency_code, base)
            rate = ONE if currency == base else head.conversion_rate
            for allocation in head.allocations:
                document_id = str(allocation.document_id)
                date_text = allocated_on(allocation, head.date)
                used = Allocated(
                    payment=_credit_payment(
                        f"cn-{record.id}-{document_id}", currency, rate, date_text
                    ),
                    amount=allocation.amount,
                    currency=currency,
                    allocated_on=date_text,
                    updated_at=head.updated_at,
                    source=("credit_notes", record.id),
                )
                self._by_document.add(("Invoice", document_id), used)
                self._by_document.add(("CreditNote", record.id), used)

    def _read_write_offs(self, records: SourceRecords, lookups: Lookups) -> None:
        if not records.supported("write_offs"):
            return
        for record in records.all("write_offs"):
            _, write_off, relations = wire.read(wire.WriteOff, record, "write_offs")
            try:
                amount = given(write_off.amount, "amount")
                date_text = business_date(write_off.date, "date")[0]
            except RecordRejectedError:
                continue  # reported once, by the payments that are made of write-offs
            base = lookups.base_currency
            currency = lookups.currency(relations.currency, write_off.currency_code, base)
            rate = ONE if currency == base else None
            self._by_document.add(
                ("Invoice", str(write_off.document_id)),
                Allocated(
                    payment=_credit_payment(f"wo-{record.id}", currency, rate, date_text),
                    amount=amount,
                    currency=currency,
                    allocated_on=date_text,
                    updated_at=write_off.updated_at,
                    source=("write_offs", record.id),
                    is_write_off=True,
                ),
            )


def is_forward(kind: Kind, direction: int) -> bool:
    """Whether money goes the usual way: in from a customer, out to a supplier; else a refund."""
    return (direction > 0) == (kind is Kind.CUSTOMER)


def document_type(allocation: wire.Allocation) -> str:
    name = (allocation.document_type or "Invoice").lower().replace("_", "").replace("-", "")
    return "CreditNote" if "creditnote" in name else "Invoice"


def allocated_on(allocation: wire.Allocation, otherwise: str | None) -> str:
    return business_date(allocation.date or otherwise, "allocations.date")[0]


def public_allocation(one: Allocated, *, is_claim: bool) -> dict[str, Any]:
    """As a document shows it: taken off a claim it is negative, off a credit note positive."""
    return {
        "payment": one.payment,
        "allocation": {
            "currency": one.currency,
            "currencyRate": ONE,
            "allocatedOnDate": one.allocated_on,
            "totalAmount": -one.amount if is_claim else one.amount,
        },
    }


def _credit_payment(
    payment_id: str, currency: str, rate: Decimal | None, date_text: str
) -> dict[str, Any]:
    payment: dict[str, Any] = {
        "id": payment_id,
        "currency": currency,
        "paidOnDate": date_text,
        "totalAmount": ZERO,
    }
    if rate is not None:
        payment["currencyRate"] = rate
    return payment
