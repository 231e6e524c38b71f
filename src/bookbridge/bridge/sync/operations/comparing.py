"""Control totals of the stored records beside the source's own reports."""

from __future__ import annotations

from typing import Any

from bookbridge.bridge.connectors.contract import SourceReports
from bookbridge.bridge.datatypes import ORDER, DataType
from bookbridge.bridge.datatypes.control_totals import Comparison, ControlTotals
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.records.queries import bodies

DIFFERENCES_LISTED_MAX = 1000

# What carries money, or says what an account is; the order is that in which totals want them.
COUNTED = frozenset(
    {
        DataType.COMPANY,
        DataType.CHART_OF_ACCOUNTS,
        DataType.BANK_ACCOUNTS,
        DataType.INVOICES,
        DataType.CREDIT_NOTES,
        DataType.BILLS,
        DataType.BILL_CREDIT_NOTES,
        DataType.PAYMENTS,
        DataType.BILL_PAYMENTS,
        DataType.DIRECT_INCOMES,
        DataType.DIRECT_COSTS,
        DataType.TRANSFERS,
        DataType.JOURNAL_ENTRIES,
    }
)


def compare(place: Place, reports: SourceReports) -> dict[str, Any]:
    """Every figure of the reports against ours; each difference in pence."""
    totals = ControlTotals(as_of=reports.as_of, year_start=reports.year_start)
    for data_type in ORDER:
        if data_type in COUNTED:
            for body in bodies(place, data_type):
                totals.add(data_type, body)
    return _facts(totals, totals.compare(reports))


def _facts(totals: ControlTotals, comparison: Comparison) -> dict[str, Any]:
    differences = [
        {
            "report": one.report,
            "key": one.key,
            "name": one.name,
            "ours": one.ours,
            "theirs": one.theirs,
            "pence": one.pence,
        }
        for one in comparison.differences[:DIFFERENCES_LISTED_MAX]
    ]
    return {
        "yearStart": totals.year_start,
        "documents": totals.documents,
        "lines": totals.lines,
        "figuresCompared": comparison.figures_compared,
        "notCompared": list(comparison.not_compared),
        "differenceCount": len(comparison.differences),
        "differences": differences,
    }
