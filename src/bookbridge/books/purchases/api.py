"""API: the suppliers' side of invoices (our bills) and credit notes."""

from __future__ import annotations

from bookbridge.books.api.endpoint import Call
from bookbridge.books.api.fields import Fields
from bookbridge.books.documents.api import (
    DocumentSql,
    header,
    new_allocations,
    new_lines,
)
from bookbridge.books.purchases.operations import create_bill, create_bill_credit_note

BILLS = DocumentSql(
    table="purchases_bill",
    key="bill_id",
    contact="supplier_id",
    side="supplier",
    number="d.reference",
    allocation_table="",
    allocation_target="",
)
BILL_CREDIT_NOTES = DocumentSql(
    table="purchases_billcreditnote",
    key="credit_note_id",
    contact="supplier_id",
    side="supplier",
    number="d.reference",
    allocation_table="purchases_billcreditnoteallocation",
    allocation_target="bill_id",
)


def enter_bill(call: Call, body: Fields, supplier_id: int) -> int:
    """The suppliers' half of `POST invoices`; returns the new id."""
    given = {
        **header(body),
        "due_date": body.date("due_date"),
        "status": body.text("status", "approved").upper(),
        "lines": new_lines(call, body, "invoice_lines_attributes"),
    }
    given["reference"] = given["reference"] or body.text("invoice_number")
    body.check()
    return create_bill(
        organisation_id=call.company_id,
        supplier_id=supplier_id,
        actor=call.actor,
        at=call.at,
        **given,
    ).pk


def enter_bill_credit_note(call: Call, body: Fields, supplier_id: int) -> int:
    """The suppliers' half of `POST credit_notes`; returns the new id."""
    given = {
        **header(body),
        "lines": new_lines(call, body, "credit_note_lines_attributes"),
        "allocations": new_allocations(body),
    }
    given["reference"] = given["reference"] or body.text("credit_note_number")
    body.check()
    return create_bill_credit_note(
        organisation_id=call.company_id,
        supplier_id=supplier_id,
        actor=call.actor,
        at=call.at,
        **given,
    ).pk
