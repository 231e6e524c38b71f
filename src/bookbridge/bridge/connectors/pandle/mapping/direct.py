"""Direct incomes and costs: money in or out of the bank that is booked straight to an account."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bookbridge.bridge.connectors.contract import MappedRecord, RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.documents import Mapped
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups
from bookbridge.bridge.connectors.pandle.mapping.movements import Movement, Part, movements
from bookbridge.bridge.connectors.pandle.mapping.parties import Kind, target_of
from bookbridge.bridge.connectors.pandle.mapping.values import (
    ONE,
    ZERO,
    given,
    newest,
    plain_text,
    set_given,
    with_tail,
)


def map_direct_incomes(records: SourceRecords, lookups: Lookups) -> Mapped:
    return _direct(records, lookups, direction=1)


def map_direct_costs(records: SourceRecords, lookups: Lookups) -> Mapped:
    return _direct(records, lookups, direction=-1)


def _direct(records: SourceRecords, lookups: Lookups, *, direction: int) -> Mapped:
    for movement in movements(records, lookups, {Kind.NOMINAL}):
        if isinstance(movement, RejectedRecord):
            yield movement
            continue
        if movement.direction != direction:
            continue
        try:
            for part in movement.parts:
                if part.kind is Kind.NOMINAL:
                    yield _record(movement, part, lookups)
        except RecordRejectedError as refusal:
            yield RejectedRecord(*movement.source, str(refusal))


def _record(movement: Movement, part: Part, lookups: Lookups) -> MappedRecord:
    items = [_line(line, lookups) for line in part.lines]
    net = sum((item["subTotal"] for item in items), ZERO)
    tax = sum((item["taxAmount"] for item in items), ZERO)
    body: dict[str, Any] = {
        "id": part.record_id,
        "issueDate": movement.date_text,
        "currency": movement.currency,
        "lineItems": items,
        "paymentAllocations": [_settled(movement, part)],
        "subTotal": net,
        "taxAmount": tax,
        "totalAmount": part.total,
    }
    set_given(
        body,
        note=movement.description,
        reference=movement.reference,
        currencyRate=movement.rate,
    )
    changed_at = newest(movement.updated_at)
    return MappedRecord(
        id=part.record_id,
        body=with_tail(body, changed_at, is_deleted=movement.is_void),
        order_date=movement.date,
        source_modified_at=None if movement.is_void else changed_at,
        sources=[movement.source],
    )


def _line(line: wire.BankLine, lookups: Lookups) -> dict[str, Any]:
    net, tax, total = line_amounts(line)
    item: dict[str, Any] = {
        "unitAmount": abs(net),
        "quantity": ONE if net >= 0 else -ONE,
        "subTotal": net,
        "taxAmount": tax,
        "totalAmount": total,
        "accountRef": lookups.account_refs[target_of(line.account_class_and_id, None).id],
        "trackingCategoryRefs": [],
    }
    set_given(item, description=plain_text(line.description))
    if line.tax_code_id is not None:
        item["taxRateRef"] = lookups.tax_refs[line.tax_code_id]
    if line.project_id is not None:
        item["trackingCategoryRefs"] = [lookups.projects[line.project_id]]
    return item


def line_amounts(line: wire.BankLine) -> tuple[Decimal, Decimal, Decimal]:
    """Net, tax and total as posted; what one of the first two lacks follows from the others."""
    total = given(line.total_amount, "lines.total-amount")
    net, tax = line.net_amount, line.tax_amount
    if net is None:
        net = total - (tax or ZERO)
    if tax is None:
        tax = total - net
    if net + tax != total:
        raise RecordRejectedError(
            f"not the net {net} plus tax {tax}", field="total-amount", value=str(total)
        )
    return net, tax, total


def _settled(movement: Movement, part: Part) -> dict[str, Any]:
    """Paid by itself, at once: the one allocation that every direct record has."""
    payment: dict[str, Any] = {
        "id": part.record_id,
        "accountRef": movement.bank.chart_ref,
        "currency": movement.currency,
        "paidOnDate": movement.date_text,
        "totalAmount": part.total,
    }
    set_given(payment, currencyRate=movement.rate)
    return {
        "payment": payment,
        "allocation": {
            "currency": movement.currency,
            "currencyRate": ONE,
            "allocatedOnDate": movement.date_text,
            "totalAmount": -part.total,
        },
    }
