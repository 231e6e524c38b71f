"""The lines of the statement that await checking: say what each was for, or set it aside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bookbridge.books.banking import operations, queries
from bookbridge.books.banking.entering import target_choices
from bookbridge.books.banking.forms import CheckForm
from bookbridge.books.banking.models import (
    ImportedBankTransaction,
    ImportedStatus,
    TransactionType,
)
from bookbridge.books.banking.rules import NewBankLine
from bookbridge.books.banking.suggestions import suggestions
from bookbridge.books.banking.views import account_context, found_account
from bookbridge.books.documents.rules import NewAllocation
from bookbridge.books.documents.views import REFUSALS, line_options
from bookbridge.books.purchases.queries import bill
from bookbridge.books.sales.queries import invoice
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.books.web.forms import show_refusal

LINES_PER_PAGE = 25


@member_required
@require_safe
def check(request: MemberRequest, bank_account_id: int) -> HttpResponse:
    return _check_page(request, found_account(request, bank_account_id))


def _check_page(
    request: MemberRequest, account: Any, refused: tuple[int, CheckForm] | None = None
) -> HttpResponse:
    organisation_id = request.organisation.pk
    is_ignored = request.GET.get("show") == "ignored"
    status = ImportedStatus.IGNORED if is_ignored else ImportedStatus.TO_CHECK
    rows = queries.imported_transactions(organisation_id, account.pk, status=status)
    page = Paginator(rows.order_by("date", "id"), LINES_PER_PAGE).get_page(request.GET.get("page"))
    lines = list(page.object_list)
    found = {} if is_ignored else suggestions(organisation_id, account.currency, lines)
    options = _options(request, account)
    context = {
        **account_context(request, account),
        "page": page,
        "rows": [
            {
                "line": line,
                "suggestion": found.get(line.pk),
                "form": refused[1]
                if refused and refused[0] == line.pk
                else CheckForm(prefix=f"line{line.pk}", **options[line.money_in > 0]),
            }
            for line in lines
        ],
        "is_ignored": is_ignored,
        "tab": "ignored" if is_ignored else "check",
    }
    return render(request, "banking/check.html", context, status=422 if refused else 200)


def _options(request: MemberRequest, account: Any) -> dict[bool, dict[str, Any]]:
    """The choices of a line by whether its money came in."""
    codes = line_options(request, ())["tax_codes"]
    kinds = {True: TransactionType.BANK_RECEIPT, False: TransactionType.BANK_PAYMENT}
    return {
        is_in: {"targets": target_choices(request, account, kind), "tax_codes": codes}
        for is_in, kind in kinds.items()
    }


@member_required
@require_POST
def confirmation(request: MemberRequest, bank_account_id: int, imported_id: int) -> HttpResponse:
    """Books a line as its form, or its suggestion, says; or sets it aside, or brings it back."""
    account = found_account(request, bank_account_id)
    line = (
        queries.imported_transactions(request.organisation.pk, account.pk)
        .filter(pk=imported_id)
        .first()
    )
    if line is None:
        raise Http404
    form = CheckForm(
        request.POST, prefix=f"line{line.pk}", **_options(request, account)[line.money_in > 0]
    )
    try:
        if not _done(request, line, form):
            return _check_page(request, account, refused=(line.pk, form))
    except REFUSALS as error:
        form.is_valid()
        show_refusal(form, error)
        return _check_page(request, account, refused=(line.pk, form))
    return redirect("bank_check", request.organisation.pk, account.pk)


def _done(request: MemberRequest, line: ImportedBankTransaction, form: CheckForm) -> bool:
    given: dict[str, Any] = {
        "organisation_id": request.organisation.pk,
        "imported_id": line.pk,
        "actor": request.actor,
        "at": timezone.now(),
    }
    decision = request.POST.get("decision", "")
    if decision == "ignore":
        operations.ignore_imported_transaction(**given)
        messages.success(request, _("The line was set aside."))
    elif decision == "unignore":
        operations.unignore_imported_transaction(**given)
        messages.success(request, _("The line is back to be checked."))
    elif decision:
        operations.confirm_imported_transaction(**given, **_as_suggested(request, line, decision))
    elif form.is_valid():
        new = NewBankLine(
            total_amount=abs(line.amount),
            tax_code_id=form.cleaned_data["tax_code"],
            **form.cleaned_data["target"],
        )
        operations.confirm_imported_transaction(**given, type=_plain_type(line), lines=[new])
    else:
        return False
    return True


def _plain_type(line: ImportedBankTransaction) -> str:
    return TransactionType.BANK_RECEIPT if line.money_in else TransactionType.BANK_PAYMENT


def _as_suggested(
    request: MemberRequest, line: ImportedBankTransaction, decision: str
) -> dict[str, Any]:
    """`D12` settles a document; `A7:3` is a category with its tax code."""
    amount = abs(line.amount)
    kind, _sep, tax_code = decision[1:].partition(":")
    if not kind.isdecimal() or (tax_code and not tax_code.isdecimal()):
        raise Http404
    if decision[0] == "A":
        new = NewBankLine(
            total_amount=amount,
            account_id=int(kind),
            tax_code_id=int(tax_code) if tax_code else None,
        )
        return {"type": _plain_type(line), "lines": [new]}
    find: Any = invoice if line.money_in else bill
    document = find(request.organisation.pk, int(kind))
    if document is None:
        raise Http404
    allocation = NewAllocation(document_id=document.pk, amount=amount)
    if line.money_in:
        new = NewBankLine(total_amount=amount, customer_id=document.customer_id)
        type_word = TransactionType.CUSTOMER_RECEIPT
    else:
        new = NewBankLine(total_amount=amount, supplier_id=document.supplier_id)
        type_word = TransactionType.SUPPLIER_PAYMENT
    return {"type": type_word, "lines": [new], "allocations": [allocation]}
