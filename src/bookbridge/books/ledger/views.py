"""Pages of the chart of accounts and of the journal."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookbridge.books.ledger import operations, queries
from bookbridge.books.ledger.choices import account_choices, project_choices
from bookbridge.books.ledger.errors import LedgerError
from bookbridge.books.ledger.forms import (
    CATEGORIES_OF_BANK,
    AccountForm,
    AdjustmentForm,
    AdjustmentLineForm,
    ReversalForm,
)
from bookbridge.books.ledger.listing import account_listing, journal_listing
from bookbridge.books.ledger.models import JournalEntry, SourceType
from bookbridge.books.ledger.rules import PostingLine
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.books.web.forms import show_refusal
from bookbridge.books.web.lines import NO_LINES, LineSet, asks_for_more, line_set
from bookbridge.books.web.sources import source_href

form_page = require_http_methods(["GET", "HEAD", "POST"])


@member_required
@require_safe
def accounts(request: MemberRequest) -> HttpResponse:
    listing = account_listing(request, timezone.localdate())
    if request.GET.get("format") == "csv":
        return listing.csv()
    return render(request, "ledger/accounts.html", {"listing": listing})


@member_required
@form_page
def new_account(request: MemberRequest) -> HttpResponse:
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = operations.create_account(
                organisation_id=request.organisation.pk,
                actor=request.actor,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except LedgerError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(account)s was added.") % {"account": made})
            return redirect("accounts", request.organisation.pk)
    status = 422 if form.is_bound else 200
    return render(request, "ledger/new_account.html", {"form": form}, status=status)


@member_required
@require_safe
def journals(request: MemberRequest) -> HttpResponse:
    listing = journal_listing(request)
    if request.GET.get("format") == "csv":
        return listing.csv()
    return render(request, "ledger/journals.html", {"listing": listing})


@member_required
@form_page
def journal(request: MemberRequest, entry_id: int) -> HttpResponse:
    """One entry with its postings; an adjustment can be reversed from here."""
    entry = queries.entries(request.organisation.pk).filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    form = ReversalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            reversal = operations.reverse_entry(
                organisation_id=request.organisation.pk,
                entry_id=entry.pk,
                actor=request.actor,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except LedgerError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The entry was reversed."))
            return redirect("journal", request.organisation.pk, reversal.pk)
    context = {"entry": entry, "form": form, **_journal_context(request, entry)}
    status = 422 if form.is_bound else 200
    return render(request, "ledger/journal.html", context, status=status)


def _journal_context(request: MemberRequest, entry: JournalEntry) -> dict[str, object]:
    organisation_id = request.organisation.pk
    postings = list(
        queries.postings_of(organisation_id, [entry.pk]).select_related("account", "project")
    )
    reversal = queries.entries(organisation_id).filter(reverses=entry).first()
    return {
        "postings": postings,
        "total": sum((p.amount for p in postings if p.amount > 0), Decimal(0)),
        "reversal": reversal,
        "source_href": source_href(organisation_id, entry.source_type, entry.source_id),
        "may_reverse": entry.source_type in {SourceType.ADJUSTMENT, SourceType.OPENING_BALANCE}
        and reversal is None
        and request.membership.may_write,
    }


@member_required
@form_page
def new_adjustment(request: MemberRequest) -> HttpResponse:
    organisation_id = request.organisation.pk
    options = {
        "accounts": account_choices(organisation_id, without=CATEGORIES_OF_BANK),
        "projects": project_choices(organisation_id),
    }
    lines = line_set(AdjustmentLineForm, request, options=options)
    if request.method != "POST":
        form = AdjustmentForm()
    elif asks_for_more(request):
        form = AdjustmentForm(initial=request.POST.dict())
    else:
        form = AdjustmentForm(request.POST)
        made = _posted(request, form, lines) if form.is_valid() and lines.is_valid() else None
        if made is not None:
            messages.success(request, _("The journal was posted."))
            return redirect("journal", organisation_id, made.pk)
    context = {"form": form, "lines": lines}
    status = 422 if form.is_bound else 200
    return render(request, "ledger/new_adjustment.html", context, status=status)


def _posted(request: MemberRequest, form: AdjustmentForm, lines: LineSet) -> JournalEntry | None:
    if not lines.has_lines:
        form.add_error(None, NO_LINES)
        return None
    try:
        return operations.post_adjustment(
            organisation_id=request.organisation.pk,
            lines=[
                PostingLine(
                    account_id=line["account"],
                    amount=(line["debit"] or Decimal(0)) - (line["credit"] or Decimal(0)),
                    project_id=line["project"],
                )
                for line in lines.filled
            ],
            actor=request.actor,
            at=timezone.now(),
            **form.cleaned_data,
        )
    except LedgerError as error:
        show_refusal(form, error)
        return None
