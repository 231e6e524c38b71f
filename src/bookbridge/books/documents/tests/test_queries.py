from __future__ import annotations

from decimal import Decimal

import pytest

from bookbridge.books.documents.queries import project_expense, project_income
from bookbridge.books.documents.tests.desk import Desk, day
from bookbridge.books.ledger.operations import create_project
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.purchases.operations import create_bill
from bookbridge.books.sales.operations import create_credit_note, create_invoice

D = Decimal


@pytest.fixture
def desk(books: Organisation, owner: Actor) -> Desk:
    return Desk(books, owner)


def test_a_project_shows_its_income_and_its_costs_net_of_vat(desk: Desk) -> None:
    project = create_project(name="Mill roof", **desk.common).pk
    customer = desk.customer().pk
    lines = [desk.line("100.00", "ST", project_id=project), desk.line("9.00", "ST")]
    invoice = create_invoice(customer_id=customer, date=day("03-01"), lines=lines, **desk.common)
    create_credit_note(
        customer_id=customer,
        date=day("03-05"),
        lines=[desk.line("10.00", "ST", project_id=project)],
        **desk.common,
    )
    create_bill(
        supplier_id=desk.supplier().pk,
        date=day("03-02"),
        lines=[desk.line("40.00", "ST", "500", project_id=project)],
        **desk.common,
    )
    books = desk.organisation.pk

    income, expense = project_income(books, project), project_expense(books, project)

    assert [row.amount for row in income] == [D("100.00"), D("-10.00")]
    assert (income[0].source_type, income[0].source_id) == ("INVOICE", invoice.pk)
    assert [(row.date, row.amount) for row in expense] == [(day("03-02"), D("-40.00"))]
