"""Invoices and credit notes of both sides, which the API keeps in one list with one id space.

The two halves live in `sales` and `purchases`, which do not know each other; they meet here.
"""

from __future__ import annotations

import datetime as dt

from django.http.response import HttpResponseBase
from django.urls import path

from bookbridge.books.api.endpoint import Call, endpoint
from bookbridge.books.api.fields import body_of
from bookbridge.books.api.listing import Listing
from bookbridge.books.contacts.api import CUSTOMERS, SUPPLIERS, Side, contacts
from bookbridge.books.documents.api import contact_of
from bookbridge.books.purchases import api as purchases
from bookbridge.books.purchases.operations import (
    approve_bill,
    void_bill,
    void_bill_credit_note,
)
from bookbridge.books.sales import api as sales
from bookbridge.books.sales.models import CreditNote, Invoice
from bookbridge.books.sales.operations import (
    approve_invoice,
    void_credit_note,
    void_invoice,
)

OPEN = "d.status = 'APPROVED' AND d.outstanding_amount <> 0"


def invoices(call: Call) -> Listing:
    parts = [
        sales.INVOICES.invoice_part("d.is_sent"),
        purchases.BILLS.invoice_part("false"),
    ]
    return Listing(call.company_id, parts)


def credit_notes(call: Call) -> Listing:
    parts = [
        sales.CREDIT_NOTES.credit_note_part(),
        purchases.BILL_CREDIT_NOTES.credit_note_part(),
    ]
    return Listing(call.company_id, parts)


def list_invoices(call: Call) -> HttpResponseBase:
    return invoices(call).respond(call.request)


def show_invoice(call: Call, document_id: int) -> HttpResponseBase:
    return invoices(call).one(document_id)


def create_invoice(call: Call) -> HttpResponseBase:
    body = body_of(call.request, "invoice")
    kind, contact_id = contact_of(body)
    enter = sales.enter_invoice if kind == "customer" else purchases.enter_bill
    return invoices(call).one(enter(call, body, contact_id), status=201)


def approve(call: Call, document_id: int) -> HttpResponseBase:
    invoices(call).one(document_id)
    if Invoice.objects.filter(organisation_id=call.company_id, pk=document_id).exists():
        approve_invoice(
            organisation_id=call.company_id,
            invoice_id=document_id,
            actor=call.actor,
            at=call.at,
        )
    else:
        approve_bill(
            organisation_id=call.company_id, bill_id=document_id, actor=call.actor, at=call.at
        )
    return invoices(call).one(document_id)


def void_terms(call: Call) -> tuple[str, dt.date | None]:
    body = body_of(call.request, "void")
    reason, date = body.text("reason", required=True), body.date("date")
    body.check()
    return reason, date


def void(call: Call, document_id: int) -> HttpResponseBase:
    invoices(call).one(document_id)
    reason, date = void_terms(call)
    if Invoice.objects.filter(organisation_id=call.company_id, pk=document_id).exists():
        void_invoice(
            organisation_id=call.company_id,
            invoice_id=document_id,
            reason=reason,
            date=date,
            actor=call.actor,
            at=call.at,
        )
    else:
        void_bill(
            organisation_id=call.company_id,
            bill_id=document_id,
            reason=reason,
            date=date,
            actor=call.actor,
            at=call.at,
        )
    return invoices(call).one(document_id)


def list_credit_notes(call: Call) -> HttpResponseBase:
    return credit_notes(call).respond(call.request)


def show_credit_note(call: Call, document_id: int) -> HttpResponseBase:
    return credit_notes(call).one(document_id)


def create_credit_note(call: Call) -> HttpResponseBase:
    body = body_of(call.request, "credit_note")
    kind, contact_id = contact_of(body)
    enter = sales.enter_credit_note if kind == "customer" else purchases.enter_bill_credit_note
    return credit_notes(call).one(enter(call, body, contact_id), status=201)


def void_note(call: Call, document_id: int) -> HttpResponseBase:
    credit_notes(call).one(document_id)
    reason, date = void_terms(call)
    is_ours = CreditNote.objects.filter(organisation_id=call.company_id, pk=document_id).exists()
    undo = void_credit_note if is_ours else void_bill_credit_note
    undo(
        organisation_id=call.company_id,
        credit_note_id=document_id,
        reason=reason,
        date=date,
        actor=call.actor,
        at=call.at,
    )
    return credit_notes(call).one(document_id)


def of_contact(call: Call, contact_id: int, side: Side, condition: str = "") -> HttpResponseBase:
    """The documents of one customer or supplier."""
    contacts(call, side).one(contact_id)
    where = f"d.{side.column} = %(contact_id)s" + (f" AND {condition}" if condition else "")
    part = (
        sales.INVOICES.invoice_part("d.is_sent", where)
        if side is CUSTOMERS
        else purchases.BILLS.invoice_part("false", where)
    )
    return Listing(call.company_id, [part], {"contact_id": contact_id}).respond(call.request)


def customer_invoices(call: Call, contact_id: int) -> HttpResponseBase:
    return of_contact(call, contact_id, CUSTOMERS)


def customer_open_invoices(call: Call, contact_id: int) -> HttpResponseBase:
    return of_contact(call, contact_id, CUSTOMERS, OPEN)


def supplier_invoices(call: Call, contact_id: int) -> HttpResponseBase:
    return of_contact(call, contact_id, SUPPLIERS)


def supplier_open_invoices(call: Call, contact_id: int) -> HttpResponseBase:
    return of_contact(call, contact_id, SUPPLIERS, OPEN)


C = "companies/<int:company_id>/"
CUSTOMER, SUPPLIER = C + "customers/<int:contact_id>/", C + "suppliers/<int:contact_id>/"
urlpatterns = [
    path(C + "invoices", endpoint(get=list_invoices, post=create_invoice)),
    path(C + "invoices/<int:document_id>", endpoint(get=show_invoice)),
    path(C + "invoices/<int:document_id>/approval", endpoint(post=approve)),
    path(C + "invoices/<int:document_id>/void", endpoint(post=void)),
    path(C + "credit_notes", endpoint(get=list_credit_notes, post=create_credit_note)),
    path(C + "credit_notes/<int:document_id>", endpoint(get=show_credit_note)),
    path(C + "credit_notes/<int:document_id>/void", endpoint(post=void_note)),
    path(CUSTOMER + "invoices", endpoint(get=customer_invoices)),
    path(CUSTOMER + "outstanding_invoices", endpoint(get=customer_open_invoices)),
    path(SUPPLIER + "invoices", endpoint(get=supplier_invoices)),
    path(SUPPLIER + "outstanding_invoices", endpoint(get=supplier_open_invoices)),
]
