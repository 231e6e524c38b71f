"""A supplier's page, and using a supplier's credit note."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookbridge.books.contacts.queries import supplier as find_supplier
from bookbridge.books.contacts.queries import supplier_balances
from bookbridge.books.documents.contact_page import contact_context
from bookbridge.books.documents.forms import AllocationForm
from bookbridge.books.documents.rules import NewAllocation
from bookbridge.books.documents.views import REFUSALS, document_page, found_document
from bookbridge.books.purchases import operations, queries
from bookbridge.books.purchases.pages import BILL_CREDIT_NOTES, BILLS
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.books.web.forms import show_refusal


@member_required
@require_safe
def supplier(request: MemberRequest, contact_id: int) -> HttpResponse:
    """What a supplier is owed, and every document of theirs."""
    organisation_id = request.organisation.pk
    found = find_supplier(organisation_id, contact_id)
    if found is None:
        raise Http404
    context = contact_context(
        request,
        found,
        claims=BILLS,
        credits=BILL_CREDIT_NOTES,
        balance=supplier_balances(organisation_id, [found.pk]).get(found.pk),
    )
    if request.GET.get("format") == "csv":
        csv: HttpResponse = context["listing"].csv()
        return csv
    return render(request, "documents/contact.html", context)


@member_required
@require_POST
def allocation(request: MemberRequest, document_id: int) -> HttpResponse:
    """Uses a credit note against the supplier's open bills."""
    note = found_document(request, BILL_CREDIT_NOTES, document_id)
    open_ones = queries.bills(
        request.organisation.pk, supplier_id=note.supplier_id, only_open=True, sort="due_date"
    )
    form = AllocationForm(request.POST, open_documents=open_ones, remaining=note.outstanding_amount)
    if form.is_valid():
        try:
            operations.allocate_bill_credit_note(
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
            return redirect("bill_credit_note", request.organisation.pk, note.pk)
    return document_page(request, BILL_CREDIT_NOTES, note, allocation_form=form)
