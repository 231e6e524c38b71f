"""Lists and forms of customers and suppliers. A contact's own page shows documents, so it lives
with them, in sales and purchases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookbridge.books.contacts import operations, queries
from bookbridge.books.contacts.forms import ContactForm
from bookbridge.books.contacts.listing import Balances, contact_listing
from bookbridge.books.contacts.models import Contact
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.books.web.forms import show_refusal

OPTIONS_MAX = 30
Words = str | Promise


@dataclass(frozen=True)
class Side:
    """What differs between customers and suppliers."""

    word: str
    title: Words
    new_title: Words
    empty: Words
    owed: Words
    rows: Callable[[int], QuerySet[Any]]
    balances: Balances
    create: Callable[..., Contact]
    update: Callable[..., Contact]
    archive: Callable[..., Contact]


CUSTOMERS = Side(
    word="customer",
    title=_lazy("Customers"),
    new_title=_lazy("New customer"),
    empty=_lazy("No customers yet. Add the first one to send an invoice."),
    owed=_lazy("Owes you"),
    rows=queries.customers,
    balances=queries.customer_balances,
    create=operations.create_customer,
    update=operations.update_customer,
    archive=operations.archive_customer,
)
SUPPLIERS = Side(
    word="supplier",
    title=_lazy("Suppliers"),
    new_title=_lazy("New supplier"),
    empty=_lazy("No suppliers yet. Add the first one to enter a bill."),
    owed=_lazy("You owe"),
    rows=queries.suppliers,
    balances=queries.supplier_balances,
    create=operations.create_supplier,
    update=operations.update_supplier,
    archive=operations.archive_supplier,
)


@member_required
@require_safe
def contacts(request: MemberRequest, side: Side) -> HttpResponse:
    listing = contact_listing(
        request,
        side.rows(request.organisation.pk),
        page=side.word,
        balances_of=side.balances,
        owed=side.owed,
    )
    if request.GET.get("format") == "csv":
        return listing.csv()
    context = {"listing": listing, "side": side, "new_page": f"new_{side.word}"}
    return render(request, "contacts/list.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_contact(request: MemberRequest, side: Side) -> HttpResponse:
    initial = {"currency": request.organisation.base_currency, "name": request.GET.get("name", "")}
    form = ContactForm(request.POST) if request.method == "POST" else ContactForm(initial=initial)
    if form.is_valid():
        made = _try(form, side.create, request)
        if made is not None:
            messages.success(request, _("%(name)s was added.") % {"name": made.name})
            return redirect(side.word, request.organisation.pk, made.pk)
    return _form_page(request, side, form, None)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_contact(request: MemberRequest, contact_id: int, side: Side) -> HttpResponse:
    contact = _found(request, side, contact_id)
    initial = {name: getattr(contact, name) for name in ContactForm.base_fields}
    form = ContactForm(request.POST) if request.method == "POST" else ContactForm(initial=initial)
    if form.is_valid():
        changed = _try(form, side.update, request, **{f"{side.word}_id": contact.pk})
        if changed is not None:
            messages.success(request, _("Saved."))
            return redirect(side.word, request.organisation.pk, contact.pk)
    return _form_page(request, side, form, contact)


@member_required
@require_POST
def contact_archive(request: MemberRequest, contact_id: int, side: Side) -> HttpResponse:
    contact = _found(request, side, contact_id)
    side.archive(
        organisation_id=request.organisation.pk,
        actor=request.actor,
        at=timezone.now(),
        **{f"{side.word}_id": contact.pk},
    )
    messages.success(
        request, _("%(name)s was archived. Its documents stay.") % {"name": contact.name}
    )
    return redirect(side.word, request.organisation.pk, contact.pk)


@member_required
@require_safe
def contact_options(request: MemberRequest, side: Side) -> HttpResponse:
    """Names that contain what was typed, for the field that finds a contact."""
    text = request.GET.get("contact", "").strip()
    rows = side.rows(request.organisation.pk).filter(is_archived=False, name__icontains=text)
    found = rows.order_by("name")[:OPTIONS_MAX]
    return render(request, "contacts/options.html", {"contacts": found})


def _try(form: Form, operation: Callable[..., Contact], request: MemberRequest, **ids: int) -> Any:
    try:
        return operation(
            organisation_id=request.organisation.pk,
            fields=form.cleaned_data,
            actor=request.actor,
            at=timezone.now(),
            **ids,
        )
    except operations.ContactError as error:
        show_refusal(form, error)
        return None


def _found(request: MemberRequest, side: Side, contact_id: int) -> Contact:
    contact: Contact | None = side.rows(request.organisation.pk).filter(pk=contact_id).first()
    if contact is None:
        raise Http404
    return contact


def _form_page(
    request: MemberRequest, side: Side, form: Form, contact: Contact | None
) -> HttpResponse:
    context = {"form": form, "side": side, "contact": contact, "list_page": f"{side.word}s"}
    status = 422 if form.is_bound else 200
    return render(request, "contacts/form.html", context, status=status)
