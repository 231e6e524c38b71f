"""A certificate that can fail: each lie of the source shows, in pence."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import httpx

from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.sync.models import Certificate, Dataset, Refresh
from bookbridge.bridge.sync.tests.conftest import Linked

Outcome = Certificate.Outcome


def reconciled(linked: Linked) -> tuple[str, dict[str, Any]]:
    done = linked.sync()
    certificate = linked.reconcile(next(iter(done.values())))
    assert certificate is not None
    return certificate.outcome, json.loads(certificate.text)


def test_the_worked_example_reconciles_to_the_penny(linked: Linked) -> None:
    outcome, facts = reconciled(linked)
    assert facts["differences"] == []
    assert outcome == Outcome.RECONCILED
    assert facts["figuresCompared"] > 15
    assert facts["documents"] == 6


def test_a_penny_moved_in_a_line_is_named(linked: Linked) -> None:
    invoice = linked.source.records.attributes("invoices", "9001")
    line = invoice["invoice-lines"][0]
    for place, field in (
        (line, "net-amount"),
        (line, "total-amount"),
        (invoice, "net-amount"),
        (invoice, "total-amount"),
        (invoice, "outstanding-amount"),
    ):
        place[field] = str(Decimal(place[field]) + Decimal("0.01"))
    line.pop("price", None)
    outcome, facts = reconciled(linked)
    assert outcome == Outcome.DIFFERENCES
    assert 1 in {abs(one["pence"]) for one in facts["differences"]}


def test_books_that_move_during_the_scan_are_read_again(linked: Linked) -> None:
    reads = 0

    def moving(request: httpx.Request) -> httpx.Response | None:
        nonlocal reads
        if not request.url.path.endswith("/trial_balance"):
            return None
        reads += 1
        answer = linked.source.records(request)
        if reads > 1:
            return None
        body = answer.json()
        row = body["data"]["attributes"]["rows"][0]
        row["debit"] = "1.00"
        return httpx.Response(200, json=body)

    linked.source.trouble = moving
    outcome, facts = reconciled(linked)
    assert outcome == Outcome.MOVED and facts["movedDuringScan"]
    with client_scope(linked.client.id):
        again = Refresh.objects.get(reread=1)
        datasets = list(Dataset.objects.filter(refresh=again))
    for dataset in datasets:
        linked.run(dataset)
    certificate = linked.reconcile(datasets[0])
    assert certificate is not None and certificate.outcome == Outcome.RECONCILED


def test_a_read_of_one_type_is_not_compared(linked: Linked) -> None:
    done = linked.sync(DataType.CUSTOMERS)
    assert linked.reconcile(done["customers"]) is None
    with client_scope(linked.client.id):
        refresh = Refresh.objects.get(id=done["customers"].refresh_id)
    assert refresh.completed_at is not None and refresh.outcome == Outcome.NOT_COMPARED
