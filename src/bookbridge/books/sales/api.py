"""API: the customers' side of invoices and credit notes, write-offs, and items."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.books.api import sql
from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.fields import Fields, body_of
from bookbridge.books.api.listing import Listing, Part
from bookbridge.books.documents.api import (
    DocumentSql,
    header,
    new_allocations,
    new_lines,
)
from bookbridge.books.sales.models import Invoice
from bookbridge.books.sales.operations import (
    create_credit_note,
    create_invoice,
    create_item,
    update_item,
    write_off_invoice,
)

INVOICES = DocumentSql(
    table="sales_invoice",
    key="invoice_id",
    contact="customer_id",
    side="customer",
    number="d.number",
    allocation_table="",
    allocation_target="",
)
CREDIT_NOTES = DocumentSql(
    table="sales_creditnote",
    key="credit_note_id",
    contact="customer_id",
    side="customer",
    number="d.number",
    allocation_table="sales_creditnoteallocation",
    allocation_target="invoice_id",
)
WRITE_OFF = Part(
    table="sales_writeoff",
    item=sql.resource(
        "write-offs",
        {
            "date": "d.date",
            "amount": "d.amount::text",
            "currency-code": (
                "(SELECT v.currency FROM sales_invoice v WHERE v.id = d.invoice_id "
                "AND v.organisation_id = d.organisation_id)"
            ),
            "reason": "d.reason",
            "document-id": "d.invoice_id::text",
            "journal-entry-id": "d.entry_id::text",
            "nominal-account-id": "d.account_id::text",
            "updated-at": sql.moment("d.updated_at"),
        },
    ),
    where="d.reversed_on IS NULL",
)
ITEM = Part(
    table="sales_item",
    item=sql.resource(
        "items",
        {
            "name": "d.name",
            "code": "d.code",
            "item-type": "lower(d.item_type)",
            "description": "d.description",
            "is-sold": "d.is_sold",
            "is-bought": "d.is_bought",
            "sale-price": sql.plain("d.sale_price"),
            "purchase-price": sql.plain("d.purchase_price"),
            "status": "CASE WHEN d.is_archived THEN 'archived' ELSE 'active' END",
            "updated-at": sql.moment("d.updated_at"),
        },
        {
            "sales-account": sql.link("nominal-accounts", "d.sales_account_id"),
            "purchase-account": sql.link("nominal-accounts", "d.purchase_account_id"),
            "tax-code": sql.link("tax-codes", "d.tax_code_id"),
        },
    ),
)


def enter_invoice(call: Call, body: Fields, customer_id: int) -> int:
    """The customers' half of `POST invoices`; returns the new id."""
    given = {
        **header(body),
        "due_date": body.date("due_date"),
        "number": body.text("invoice_number") or None,
        "status": body.text("status", "approved").upper(),
        "is_sent": body.flag("sent"),
        "lines": new_lines(call, body, "invoice_lines_attributes"),
    }
    body.check()
    return create_invoice(
        organisation_id=call.company_id,
        customer_id=customer_id,
        actor=call.actor,
        at=call.at,
        **given,
    ).pk


def enter_credit_note(call: Call, body: Fields, customer_id: int) -> int:
    """The customers' half of `POST credit_notes`; returns the new id."""
    given = {
        **header(body),
        "number": body.text("credit_note_number") or None,
        "lines": new_lines(call, body, "credit_note_lines_attributes"),
        "allocations": new_allocations(body),
    }
    body.check()
    return create_credit_note(
        organisation_id=call.company_id,
        customer_id=customer_id,
        actor=call.actor,
        at=call.at,
        **given,
    ).pk


def write_offs(call: Call) -> Listing:
    return Listing(call.company_id, [WRITE_OFF])


def list_write_offs(call: Call) -> HttpResponseBase:
    return write_offs(call).respond(call.request)


def show_write_off(call: Call, write_off_id: int) -> HttpResponseBase:
    return write_offs(call).one(write_off_id)


def create_write_off(call: Call) -> HttpResponseBase:
    body = body_of(call.request, "write_off")
    document_id = body.whole("document_id", required=True)
    date, amount = body.date("date", required=True), body.number("amount")
    reason = body.text("reason")
    if (
        document_id
        and not Invoice.objects.filter(organisation_id=call.company_id, pk=document_id).exists()
    ):
        body.refuse("document_id", _("There is no sales invoice with this id."))
    body.check()
    assert document_id is not None and date is not None
    made = write_off_invoice(
        organisation_id=call.company_id,
        invoice_id=document_id,
        date=date,
        amount=amount,
        reason=reason,
        actor=call.actor,
        at=call.at,
    )
    return write_offs(call).one(made.pk, status=201)


def items(call: Call) -> Listing:
    return Listing(call.company_id, [ITEM])


def item_fields(body: Fields) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: body.text(name) for name in ("name", "code", "description") if name in body
    }
    if "item_type" in body:
        given["item_type"] = body.text("item_type").upper()
    given |= {name: body.flag(name) for name in ("is_sold", "is_bought") if name in body}
    given |= {name: body.number(name) for name in ("sale_price", "purchase_price") if name in body}
    references = ("sales_account_id", "purchase_account_id", "tax_code_id")
    given |= {name: body.whole(name) for name in references if name in body}
    return given


def list_items(call: Call) -> HttpResponseBase:
    return items(call).respond(call.request)


def show_item(call: Call, item_id: int) -> HttpResponseBase:
    return items(call).one(item_id)


def make_item(call: Call) -> HttpResponseBase:
    body = body_of(call.request, "item")
    body.text("name", required=True)
    given = item_fields(body)
    body.check()
    made = create_item(organisation_id=call.company_id, actor=call.actor, at=call.at, **given)
    return items(call).one(made.pk, status=201)


def change_item(call: Call, item_id: int) -> HttpResponseBase:
    items(call).one(item_id)
    body = body_of(call.request, "item")
    changes = item_fields(body)
    body.check()
    update_item(
        organisation_id=call.company_id,
        item_id=item_id,
        changes=changes,
        actor=call.actor,
        at=call.at,
    )
    return items(call).one(item_id)


C = "companies/<int:company_id>/"
urlpatterns = [
    path(C + "write_offs", endpoint(get=list_write_offs, post=create_write_off)),
    path(C + "write_offs/<int:write_off_id>", endpoint(get=show_write_off)),
    path(C + "items", endpoint(get=list_items, post=make_item)),
    path(C + "items/<int:item_id>", endpoint(get=show_item, patch=change_item)),
]
