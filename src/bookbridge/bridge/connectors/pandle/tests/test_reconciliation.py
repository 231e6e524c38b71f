"""The worked example ties to the source's own reports; a source that lies is found out."""

from __future__ import annotations

from collections.abc import Callable
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
from bookbridge.bridge.datatypes import ORDER
from bookbridge.bridge.datatypes.control_totals import Comparison, ControlTotals


def reconcile(source: Source) -> tuple[Comparison, list[str]]:
    """Differences, and reasons of rejection: together they are what a certificate says."""
    reports = CONNECTOR.read_reports(request_to(source), TODAY)
    records = records_of(source)
    totals = ControlTotals(as_of=TODAY, year_start=reports.year_start)
    rejections: list[str] = []
    for data_type in ORDER:
        try:
            found, rejected = mapped(CONNECTOR, data_type, records)
        except NotSupportedError:
            continue
        rejections += [one.reason for one in rejected]
        for record in found.values():
            totals.add(data_type, record.body)
    return totals.compare(reports), rejections


def test_the_example_reconciles() -> None:
    comparison, rejections = reconcile(Source())
    assert not rejections
    assert list(comparison.differences) == []
    assert list(comparison.not_compared) == []
    # Thirteen accounts, five figures, two debtors and two creditors.
    assert comparison.figures_compared == 15 + 5 + 2 + 2


def _line(source: Source) -> dict[str, Any]:
    lines: list[dict[str, Any]] = source.attributes("invoices", "9001")["invoice-lines"]
    return lines[0]


def _drop_a_line(source: Source) -> None:
    source.attributes("invoices", "9001")["invoice-lines"].pop()


def _drop_a_line_and_its_amounts(source: Source) -> None:
    attributes = source.attributes("invoices", "9001")
    attributes["invoice-lines"].pop()
    attributes.update({"net-amount": "1090.99", "total-amount": "1295.54"})
    attributes["outstanding-amount"] = "299.99"


def _move_a_penny(source: Source) -> None:
    _line(source)["net-amount"] = "1000.00"


def _move_a_penny_everywhere(source: Source) -> None:
    _line(source).update({"net-amount": "1000.00", "total-amount": "1200.00"})
    source.attributes("invoices", "9001").update(
        {"net-amount": "1195.46", "total-amount": "1400.01", "outstanding-amount": "404.46"}
    )


def _turn_a_sign(source: Source) -> None:
    _line(source)["tax-amount"] = "-200.00"


def _lose_a_customer(source: Source) -> None:
    source.lists["customers"].pop(0)


def _lose_an_invoice(source: Source) -> None:
    source.lists["invoices"].pop(3)


def _lose_a_receipt(source: Source) -> None:
    source.lists["bank_accounts/31001/bank_transactions"].pop(1)


def _turn_money_round(source: Source) -> None:
    source.attributes("bank_accounts/31001/bank_transactions", "8001")["bank-amount"] = "-10000.00"


@pytest.mark.parametrize(
    "lie",
    [
        _drop_a_line,
        _drop_a_line_and_its_amounts,
        _move_a_penny,
        _move_a_penny_everywhere,
        _turn_a_sign,
        _lose_a_customer,
        _lose_an_invoice,
        _lose_a_receipt,
        _turn_money_round,
    ],
)
def test_a_source_that_lies_is_found_out(lie: Callable[[Source], None]) -> None:
    source = Source()
    lie(source)
    comparison, rejections = reconcile(source)
    assert comparison.differences
    assert all(one.pence for one in comparison.differences)
    if lie in {_drop_a_line, _move_a_penny, _turn_a_sign, _lose_a_customer, _turn_money_round}:
        assert rejections


def test_a_penny_moved_everywhere_is_named_where_it_went() -> None:
    source = Source()
    _move_a_penny_everywhere(source)
    comparison, rejections = reconcile(source)
    assert not rejections
    pence = {(one.report, one.name): one.pence for one in comparison.differences}
    assert pence[("trial_balance", "Sales")] == -1
    assert pence[("trial_balance", "Trade debtors")] == 1
    assert pence[("aged_debtors", "Acme Ltd")] == 1
