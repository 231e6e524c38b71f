"""Pages of bank accounts: what they stand at, what went through them, and opening one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookbridge.books.banking import operations, queries
from bookbridge.books.banking.forms import BankAccountForm
from bookbridge.books.banking.listing import difference_to_check, transaction_listing
from bookbridge.books.banking.models import BankTransaction
from bookbridge.books.documents.forms import AllocationForm, VoidForm
from bookbridge.books.documents.rules import NewAllocation
from bookbridge.books.documents.views import REFUSALS
from bookbridge.books.ledger.queries import postings_of
from bookbridge.books.purchases.queries import bills
from bookbridge.books.sales.queries import invoices
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.books.web.forms import show_refusal

form_page = require_http_methods(["GET", "HEAD", "POST"])


def found_account(request: MemberRequest, bank_account_id: int) -> Any:
    """The bank account of the URL, or a 404."""
    account = queries.bank_account(request.organisation.pk, bank_account_id)
    if account is None:
        raise Http404
    return account


@member_required
@require_safe
def bank_accounts(request: MemberRequest) -> HttpResponse:
    accounts = list(queries.bank_accounts(request.organisation.pk))
    return render(request, "banking/accounts.html", {"accounts": accounts})


@member_required
@form_page
def new_bank_account(request: MemberRequest) -> HttpResponse:
    initial = {"currency": request.organisation.base_currency}
    form = (
        BankAccountForm(request.POST)
        if request.method == "POST"
        else BankAccountForm(initial=initial)
    )
    if form.is_valid():
        try:
            made = operations.create_bank_account(
                organisation_id=request.organisation.pk,
                actor=request.actor,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except REFUSALS as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(account)s was opened.") % {"account": made.name})
            return redirect("bank_account", request.organisation.pk, made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "banking/new_account.html", {"form": form}, status=status)


@member_required
@require_safe
def bank_account(request: MemberRequest, bank_account_id: int) -> HttpResponse:
    """What went through the account; its lines to check have a page of their own."""
    account = found_account(request, bank_account_id)
    if request.GET.get("tab") == "check":
        return redirect("bank_check", request.organisation.pk, account.pk)
    listing = transaction_listing(request, account)
    if request.GET.get("format") == "csv":
        return listing.csv()
    context = {**account_context(request, account), "listing": listing, "tab": "transactions"}
    return render(request, "banking/account.html", context)


def account_context(request: MemberRequest, account: Any) -> dict[str, Any]:
    """What every page of one bank account shows above its tabs."""
    difference = difference_to_check(request.organisation.pk, account.pk)
    return {
        "account": account,
        "difference": difference,
        "statement": account.balance + difference,
    }


@member_required
@require_safe
def bank_transaction(request: MemberRequest, bank_transaction_id: int) -> HttpResponse:
    return transaction_page(request, _found(request, bank_transaction_id))


def _found(request: MemberRequest, bank_transaction_id: int) -> BankTransaction:
    transaction = queries.transaction(request.organisation.pk, bank_transaction_id)
    if transaction is None:
        raise Http404
    return transaction


def transaction_page(
    request: MemberRequest, transaction: BankTransaction, **extra: Any
) -> HttpResponse:
    """The money, what it was for, what it settled, and its entry."""
    organisation_id = request.organisation.pk
    postings = []
    if transaction.entry_id:
        found = postings_of(organisation_id, [transaction.entry_id])
        postings = list(found.select_related("account", "project"))
    context = {
        "transaction": transaction,
        "lines": queries.lines_of(organisation_id, [transaction.pk]),
        "allocations": queries.allocations_of(organisation_id, [transaction.pk]).select_related(
            "invoice", "bill", "credit_note", "bill_credit_note"
        ),
        "postings": postings,
        "total": sum(p.amount for p in postings if p.amount > 0),
        "void_form": VoidForm(),
        "allocation_form": on_account_form(request, transaction),
        **extra,
    }
    is_refused = bool({"void_form", "allocation_form"} & set(extra))
    return render(request, "banking/transaction.html", context, status=422 if is_refused else 200)


def on_account_form(
    request: MemberRequest, transaction: BankTransaction, data: Any = None
) -> AllocationForm | None:
    """Sets a contact's money that settles nothing yet against that contact's open documents."""
    lines = queries.lines_of(request.organisation.pk, [transaction.pk])
    left = sum((line.unallocated_amount for line in lines), Decimal(0))
    if transaction.is_void or left <= 0:
        return None
    chosen: dict[str, Any] = {"only_open": True, "sort": "due_date"}
    documents: Any = ()
    if transaction.customer_id and not transaction.is_money_out:
        documents = invoices(request.organisation.pk, customer_id=transaction.customer_id, **chosen)
    elif transaction.supplier_id and transaction.is_money_out:
        documents = bills(request.organisation.pk, supplier_id=transaction.supplier_id, **chosen)
    if not documents:
        return None
    return AllocationForm(
        data,
        open_documents=documents.filter(currency=transaction.currency),
        remaining=left,
    )


@member_required
@require_POST
def transaction_allocation(request: MemberRequest, bank_transaction_id: int) -> HttpResponse:
    """Uses money on account."""
    transaction = _found(request, bank_transaction_id)
    form = on_account_form(request, transaction, request.POST)
    if form is None:
        raise Http404
    if form.is_valid():
        try:
            operations.allocate_bank_transaction(
                organisation_id=request.organisation.pk,
                bank_transaction_id=transaction.pk,
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
            messages.success(request, _("The money was set against what is owed."))
            return redirect("bank_transaction", request.organisation.pk, transaction.pk)
    return transaction_page(request, transaction, allocation_form=form)


@member_required
@form_page
def void_transaction(request: MemberRequest, bank_transaction_id: int) -> HttpResponse:
    """Asks for the reason and undoes the transaction by a reversal."""
    transaction = _found(request, bank_transaction_id)
    if request.method != "POST":
        return transaction_page(request, transaction, dialog="void")
    form = VoidForm(request.POST)
    if form.is_valid():
        try:
            operations.void_bank_transaction(
                organisation_id=request.organisation.pk,
                bank_transaction_id=transaction.pk,
                actor=request.actor,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except REFUSALS as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The transaction is void; what it paid is open again."))
            return redirect("bank_transaction", request.organisation.pk, transaction.pk)
    return transaction_page(request, transaction, void_form=form, dialog="void")
