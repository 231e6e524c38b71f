"""A customer's page, writing off an invoice, and using a credit note."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookbridge.books.contacts.queries import customer as find_customer
from bookbridge.books.contacts.queries import customer_balances
from bookbridge.books.documents.contact_page import contact_context
from bookbridge.books.documents.forms import AllocationForm
from bookbridge.books.documents.rules import NewAllocation
from bookbridge.books.documents.views import REFUSALS, document_page, found_document
from bookbridge.books.sales import operations, queries
from bookbridge.books.sales.forms import WriteOffForm
from bookbridge.books.sales.pages import CREDIT_NOTES, INVOICES
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.books.web.forms import show_refusal


@member_required
@require_safe
def customer(request: MemberRequest, contact_id: int) -> HttpResponse:
    """What a customer owes, and every document of theirs."""
    organisation_id = request.organisation.pk
    found = find_customer(organisation_id, contact_id)
    if found is None:
        raise Http404
    context = contact_context(
        request,
        found,
        claims=INVOICES,
        credits=CREDIT_NOTES,
        balance=customer_balances(organisation_id, [found.pk]).get(found.pk),
    )
    if request.GET.get("format") == "csv":
        csv: HttpResponse = context["listing"].csv()
        return csv
    return render(request, "documents/contact.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def write_off(request: MemberRequest, document_id: int) -> HttpResponse:
    invoice = found_document(request, INVOICES, document_id)
    if request.method != "POST":
        return document_page(request, INVOICES, invoice, dialog="write_off")
    form = WriteOffForm(request.POST)
    if form.is_valid():
        try:
            operations.write_off_invoice(
                organisation_id=request.organisation.pk,
                invoice_id=invoice.pk,
                actor=request.actor,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except REFUSALS as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The debt was written off."))
            return redirect("invoice", request.organisation.pk, invoice.pk)
    return document_page(request, INVOICES, invoice, write_off_form=form, dialog="write_off")


@member_required
@require_POST
def allocation(request: MemberRequest, document_id: int) -> HttpResponse:
    """Uses a credit note against the customer's open invoices."""
    note = found_document(request, CREDIT_NOTES, document_id)
    open_ones = queries.invoices(
        request.organisation.pk, customer_id=note.customer_id, only_open=True, sort="due_date"
    )
    form = AllocationForm(request.POST, open_documents=open_ones, remaining=note.outstanding_amount)
    if form.is_valid():
        try:
            operations.allocate_credit_note(
                organisation_id=request.organisation.pk,
                credit_note_id=note.pk,
                allocations=[
                    NewAllocation(document_id=pk, amount=amount)
                    for pk, amount in form.amounts.items()
                ],
                date=form.cleaned_data["date"],
                actor=request.actor,
                at=timezone.now(),
            )
        except REFUSALS as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The credit was used."))
            return redirect("credit_note", request.organisation.pk, note.pk)
    return document_page(request, CREDIT_NOTES, note, allocation_form=form)
