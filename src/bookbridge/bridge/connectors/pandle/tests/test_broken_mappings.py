"""A mapping broken on purpose: the source is honest, and the control totals find us out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bookbridge.bridge.connectors.errors import NotSupportedError
from bookbridge.bridge.connectors.pandle.tests.cast import (
    CONNECTOR,
    TODAY,
    records_of,
    request_to,
)
from bookbridge.bridge.connectors.pandle.tests.source import Source
from bookbridge.bridge.connectors.rehearsal import mapped
from bookbridge.bridge.datatypes import ORDER, DataType
from bookbridge.bridge.datatypes.control_totals import ControlTotals, Difference

Break = Callable[[DataType, dict[str, Any]], dict[str, Any] | None]


def _vat_counted_as_income(data_type: DataType, body: dict[str, Any]) -> dict[str, Any]:
    if data_type != DataType.INVOICES:
        return body
    lines = [
        {**line, "subTotal": line["totalAmount"], "taxAmount": Decimal(0)}
        for line in body["lineItems"]
    ]
    return {**body, "lineItems": lines}


def _divided_by_the_rate(data_type: DataType, body: dict[str, Any]) -> dict[str, Any]:
    if data_type == DataType.BILLS and body["currency"] != "GBP":
        return {**body, "currencyRate": 1 / Decimal(body["currencyRate"])}
    return body


def _credit_notes_forgotten(data_type: DataType, body: dict[str, Any]) -> dict[str, Any] | None:
    return None if data_type == DataType.CREDIT_NOTES else body


def _payments_the_wrong_way(data_type: DataType, body: dict[str, Any]) -> dict[str, Any]:
    if data_type != DataType.PAYMENTS:
        return body
    turned = [
        {
            **line,
            "amount": -line["amount"],
            "links": [{**link, "amount": -link["amount"]} for link in line["links"]],
        }
        for line in body["lines"]
    ]
    return {**body, "totalAmount": -body["totalAmount"], "lines": turned}


def _honest(data_type: DataType, body: dict[str, Any]) -> dict[str, Any]:
    return body


def _differences(broken: Break) -> list[Difference]:
    source = Source()
    reports = CONNECTOR.read_reports(request_to(source), TODAY)
    records = records_of(source)
    totals = ControlTotals(as_of=TODAY, year_start=reports.year_start)
    for data_type in ORDER:
        try:
            found, _rejected = mapped(CONNECTOR, data_type, records)
        except NotSupportedError:
            continue
        for record in found.values():
            body = broken(data_type, dict(record.body))
            if body is not None:
                totals.add(data_type, body)
    return list(totals.compare(reports).differences)


@pytest.mark.parametrize(
    "broken",
    [
        _vat_counted_as_income,
        _divided_by_the_rate,
        _credit_notes_forgotten,
        _payments_the_wrong_way,
    ],
)
def test_a_broken_mapping_is_caught(broken: Break) -> None:
    differences = _differences(broken)
    assert differences
    assert all(one.pence for one in differences)


def test_the_true_mapping_is_not() -> None:
    assert _differences(_honest) == []
