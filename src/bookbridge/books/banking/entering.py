"""Entering money in and out: with lines that say what for, or against a contact's documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from bookbridge.books.banking import operations, queries
from bookbridge.books.banking.forms import (
    ChooseContactForm,
    ContactMoneyForm,
    MoneyForm,
    MoneyLineForm,
    bank_line,
)
from bookbridge.books.banking.models import MONEY_OUT, BankTransaction, TransactionType
from bookbridge.books.banking.rules import NewBankLine
from bookbridge.books.banking.views import found_account
from bookbridge.books.contacts.queries import customers, suppliers
from bookbridge.books.documents.rules import NewAllocation
from bookbridge.books.documents.views import REFUSALS, line_options
from bookbridge.books.ledger.choices import COSTS_FIRST, INCOME_FIRST
from bookbridge.books.purchases.queries import bills
from bookbridge.books.sales.queries import invoices
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.books.web.forms import show_refusal
from bookbridge.books.web.lines import NO_LINES, LineSet, asks_for_more, line_set

CONTACT_TYPES = (TransactionType.CUSTOMER_RECEIPT, TransactionType.SUPPLIER_PAYMENT)
TITLES = {
    TransactionType.BANK_PAYMENT: gettext_lazy("Money out"),
    TransactionType.BANK_RECEIPT: gettext_lazy("Money in"),
    TransactionType.CUSTOMER_RECEIPT: gettext_lazy("Money from a customer"),
    TransactionType.SUPPLIER_PAYMENT: gettext_lazy("Money to a supplier"),
}


def target_choices(request: MemberRequest, account: Any, kind: str) -> list[tuple[Any, Any]]:
    """Categories by group, the likely ones first, then the other bank accounts."""
    likely = COSTS_FIRST if kind in MONEY_OUT else INCOME_FIRST
    groups = line_options(request, likely)["accounts"]
    choices = [(label, [(f"A{pk}", name) for pk, name in found]) for label, found in groups]
    others = queries.bank_accounts(request.organisation.pk).exclude(pk=account.pk)
    transfers = [(f"B{other.pk}", str(other)) for other in others if other.status == "ACTIVE"]
    if transfers:
        words = _("Transfer to") if kind in MONEY_OUT else _("Transfer from")
        choices.append((words, transfers))
    return choices


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_transaction(request: MemberRequest, bank_account_id: int) -> HttpResponse:
    """The form for the type that the address names."""
    account = found_account(request, bank_account_id)
    kind = request.GET.get("type", TransactionType.BANK_PAYMENT)
    if kind not in TransactionType.values:
        raise Http404
    if kind in CONTACT_TYPES:
        return _contact_money(request, account, kind)
    return _money(request, account, kind)


def _page(request: MemberRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    context["title"] = TITLES[context["kind"]]
    context["types"] = list(TITLES.items())
    status = 422 if context["form"].is_bound else 200
    return render(request, template, context, status=status)


def _money(request: MemberRequest, account: Any, kind: str) -> HttpResponse:
    options = line_options(request, ())
    options["targets"] = target_choices(request, account, kind)
    del options["accounts"]
    lines = line_set(MoneyLineForm, request, options=options, preset=("tax_code", "project"))
    if request.method != "POST":
        form = MoneyForm()
    elif asks_for_more(request):
        form = MoneyForm(initial=request.POST.dict())
    else:
        form = MoneyForm(request.POST)
        is_valid = form.is_valid() & lines.is_valid()
        if is_valid and not lines.has_lines:
            form.add_error(None, NO_LINES)
        elif is_valid:
            made = _entered(request, account, kind, form, _bank_lines(lines), {})
            if made is not None:
                return redirect("bank_account", request.organisation.pk, account.pk)
    context = {"form": form, "lines": lines, "account": account, "kind": kind}
    return _page(request, "banking/money.html", context)


def _bank_lines(lines: LineSet) -> list[NewBankLine]:
    return [bank_line(line) for line in lines.filled]


def _contact_money(request: MemberRequest, account: Any, kind: str) -> HttpResponse:
    """First whose money it is, then how much and for which documents."""
    is_customer = kind == TransactionType.CUSTOMER_RECEIPT
    rows = (customers if is_customer else suppliers)(request.organisation.pk)
    word = "customer" if is_customer else "supplier"
    chooser = ChooseContactForm(
        request.GET if "contact" in request.GET else None,
        contacts=rows.filter(is_archived=False),
        options_url=reverse(f"{word}_options", args=[request.organisation.pk]),
        label=_("Customer") if is_customer else _("Supplier"),
    )
    context: dict[str, Any] = {"account": account, "kind": kind, "form": chooser}
    if not chooser.is_valid():
        return _page(request, "banking/choose_contact.html", context)
    contact = chooser.cleaned_data["contact"]
    mine = {f"{word}_id": contact.pk, "only_open": True, "sort": "due_date"}
    documents = (invoices if is_customer else bills)(request.organisation.pk, **mine)
    documents = documents.filter(currency=contact.currency)
    posted = request.POST if request.method == "POST" else None
    form = ContactMoneyForm(posted, open_documents=documents)
    if form.is_valid():
        line = NewBankLine(total_amount=form.cleaned_data["total"], **{f"{word}_id": contact.pk})
        if _entered(request, account, kind, form, [line], form.amounts) is not None:
            return redirect("bank_account", request.organisation.pk, account.pk)
    context |= {
        "form": form,
        "contact": contact,
        "document_page": "invoice" if is_customer else "bill",
    }
    return _page(request, "banking/contact_money.html", context)


def _entered(
    request: MemberRequest,
    account: Any,
    kind: str,
    form: Any,
    lines: list[NewBankLine],
    amounts: dict[int, Decimal],
) -> BankTransaction | None:
    try:
        made = operations.enter_bank_transaction(
            organisation_id=request.organisation.pk,
            bank_account_id=account.pk,
            date=form.cleaned_data["date"],
            type=kind,
            lines=lines,
            description=form.cleaned_data["description"],
            reference=form.cleaned_data["reference"],
            allocations=[
                NewAllocation(document_id=pk, amount=amount) for pk, amount in amounts.items()
            ],
            actor=request.actor,
            at=timezone.now(),
        )
    except REFUSALS as error:
        show_refusal(form, error)
        return None
    messages.success(request, _("The transaction was posted."))
    return made
