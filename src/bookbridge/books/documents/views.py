"""The pages that invoices, bills and both kinds of credit note have in common: a list, a form with
lines, the document itself, its approval and its undoing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookbridge.books.documents.errors import DocumentError
from bookbridge.books.documents.forms import DocumentForm, DocumentLineForm, VoidForm
from bookbridge.books.documents.listing import document_listing
from bookbridge.books.documents.models import Document
from bookbridge.books.documents.pages import DocumentPages, state_of
from bookbridge.books.documents.rules import NewLine
from bookbridge.books.ledger.choices import account_choices, project_choices
from bookbridge.books.ledger.errors import LedgerError
from bookbridge.books.ledger.queries import postings_of
from bookbridge.books.tax.queries import tax_codes
from bookbridge.books.web.access import MemberRequest, member_required
from bookbridge.books.web.forms import show_refusal
from bookbridge.books.web.lines import NO_LINES, LineSet, asks_for_more, line_set

REFUSALS = (DocumentError, LedgerError)
RENAMED = {"customer_id": "contact", "supplier_id": "contact", "conversion_rate": "rate"}


@member_required
@require_safe
def documents(request: MemberRequest, pages: DocumentPages) -> HttpResponse:
    listing = document_listing(request, pages, timezone.localdate())
    if request.GET.get("format") == "csv":
        return listing.csv()
    context = {"listing": listing, "pages": pages, "new_page": f"new_{pages.word}"}
    return render(request, "documents/list.html", context)


def line_options(request: MemberRequest, likely: tuple[str, ...]) -> dict[str, Any]:
    """The choices of a line: categories, tax codes with today's rates, projects."""
    organisation_id = request.organisation.pk
    codes: list[Any] = [c for c in tax_codes(organisation_id, timezone.localdate()) if c.is_active]
    # What the totals show before the category's own tax code is known.
    usual = next((c.percent for c in codes if c.code == "ST"), 0)
    return {
        "accounts": account_choices(organisation_id, first=likely, without={"BANK", "CREDIT_CARD"}),
        "tax_codes": [(c.pk, _code_label(c)) for c in codes],
        "rates": {
            "": str(usual if request.organisation.vat_registered else 0),
            **{str(c.pk): str(c.percent or 0) for c in codes},
        },
        "projects": project_choices(organisation_id),
    }


def _code_label(code: Any) -> str:
    return f"{code.code} {code.percent:.0f}%" if code.percent else str(code.code)


def _blank_form(request: MemberRequest, pages: DocumentPages, **given: Any) -> DocumentForm:
    return DocumentForm(
        contacts=pages.contacts(request.organisation.pk).filter(is_archived=False),
        contact_label=pages.contact_label,
        options_url=reverse(f"{pages.contact}_options", args=[request.organisation.pk]),
        number_label=pages.number_label,
        is_claim=pages.is_claim,
        has_own_number=pages.has_own_number,
        **given,
    )


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_document(request: MemberRequest, pages: DocumentPages) -> HttpResponse:
    organisation_id = request.organisation.pk
    lines = line_set(
        DocumentLineForm,
        request,
        options=line_options(request, pages.likely_categories),
        preset=("quantity", "tax_code", "account", "project"),
    )
    if request.method != "POST":
        form = _blank_form(request, pages, initial={"contact": request.GET.get("contact", "")})
    elif asks_for_more(request):
        form = _blank_form(request, pages, initial=request.POST.dict())
    else:
        form = _blank_form(request, pages, data=request.POST)
        is_valid = form.is_valid() & lines.is_valid()
        made = _made(request, pages, form, lines) if is_valid else None
        if made is not None:
            saved = (
                _("%(document)s was saved as a draft.")
                if made.is_draft
                else _("%(document)s was posted.")
            )
            messages.success(request, saved % {"document": made})
            return redirect(pages.word, organisation_id, made.pk)
    context = {
        "form": form,
        "lines": lines,
        "pages": pages,
        "new_contact_page": f"new_{pages.contact}",
    }
    status = 422 if form.is_bound else 200
    return render(request, "documents/form.html", context, status=status)


def _made(
    request: MemberRequest, pages: DocumentPages, form: DocumentForm, lines: LineSet
) -> Document | None:
    if not lines.has_lines:
        form.add_error(None, NO_LINES)
        return None
    fields = dict(form.cleaned_data)
    fields[f"{pages.contact}_id"] = fields.pop("contact").pk
    fields["currency"] = fields["currency"] or None
    if pages.approve and request.POST.get("as") == "draft":
        fields["status"] = "DRAFT"
    try:
        return pages.create(
            organisation_id=request.organisation.pk,
            lines=[_new_line(line) for line in lines.filled],
            actor=request.actor,
            at=timezone.now(),
            **fields,
        )
    except REFUSALS as error:
        _show(form, error)
        return None


def _new_line(line: dict[str, Any]) -> NewLine:
    return NewLine(
        description=line["description"],
        quantity=Decimal(line["quantity"]),
        price=line["price"],
        account_id=line["account"],
        tax_code_id=line["tax_code"],
        project_id=line.get("project"),
    )


def _show(form: Any, error: Exception) -> None:
    fields = getattr(error, "fields", {})
    form_fields = {RENAMED.get(name, name): text for name, text in fields.items()}
    for name, sentences in form_fields.items() or [(None, [str(error)])]:
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def found_document(request: MemberRequest, pages: DocumentPages, document_id: int) -> Any:
    """The document of the URL, or a 404."""
    rows = pages.rows(request.organisation.pk).select_related(pages.contact)
    document = rows.filter(pk=document_id).first()
    if document is None:
        raise Http404
    return document


def document_page(
    request: MemberRequest, pages: DocumentPages, document: Document, **extra: Any
) -> HttpResponse:
    """The document with its lines, what was set against it, and its entry."""
    organisation_id = request.organisation.pk
    entry_id = document.entry_id
    postings = []
    if entry_id:
        postings = list(
            postings_of(organisation_id, [entry_id]).select_related("account", "project")
        )
    more = pages.extra_context(request, document) if pages.extra_context else {}
    context = {
        "document": document,
        "contact": getattr(document, pages.contact),
        "pages": pages,
        "state": state_of(document, timezone.localdate()),
        "lines": document.lines.select_related("account", "tax_code", "project"),  # type: ignore[attr-defined]
        "settlements": pages.settlements(document),
        "postings": postings,
        "total": sum((p.amount for p in postings if p.amount > 0), Decimal(0)),
        "void_page": f"void_{pages.word}",
        "approve_page": f"approve_{pages.word}",
        "may_void": request.membership.may_write
        and not document.is_void
        and not document.used_amount,
        "void_form": VoidForm(),
        **more,
        **extra,
    }
    is_refused = any(getattr(value, "is_bound", False) for value in extra.values())
    return render(request, "documents/document.html", context, status=422 if is_refused else 200)


@member_required
@require_safe
def document(request: MemberRequest, document_id: int, pages: DocumentPages) -> HttpResponse:
    return document_page(request, pages, found_document(request, pages, document_id))


@member_required
@require_POST
def approval(request: MemberRequest, document_id: int, pages: DocumentPages) -> HttpResponse:
    found = found_document(request, pages, document_id)
    assert pages.approve is not None
    try:
        made = pages.approve(
            organisation_id=request.organisation.pk,
            actor=request.actor,
            at=timezone.now(),
            **{pages.id_name: found.pk},
        )
    except REFUSALS as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(document)s was approved.") % {"document": made})
    return redirect(pages.word, request.organisation.pk, found.pk)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: MemberRequest, document_id: int, pages: DocumentPages) -> HttpResponse:
    """Asks for the reason and undoes the document by a reversal."""
    found = found_document(request, pages, document_id)
    if request.method != "POST":
        return document_page(request, pages, found, dialog="void")
    form = VoidForm(request.POST)
    if form.is_valid():
        try:
            pages.void(
                organisation_id=request.organisation.pk,
                actor=request.actor,
                at=timezone.now(),
                **{pages.id_name: found.pk},
                **form.cleaned_data,
            )
        except REFUSALS as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(document)s is void.") % {"document": found})
            return redirect(pages.word, request.organisation.pk, found.pk)
    return document_page(request, pages, found, void_form=form, dialog="void")


def document_urls(pages: DocumentPages) -> list[URLPattern]:
    """The addresses of one kind's pages."""
    at = f"companies/<int:organisation_id>/{pages.list_page.replace('_', '-')}"
    one = f"{at}/<int:document_id>"
    given = {"pages": pages}

    def page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        return path(route, view, given, name=name)

    urls = [
        page(at, documents, pages.list_page),
        page(f"{at}/new", new_document, f"new_{pages.word}"),
        page(one, document, pages.word),
        page(f"{one}/void", void, f"void_{pages.word}"),
    ]
    if pages.approve:
        urls.append(page(f"{one}/approval", approval, f"approve_{pages.word}"))
    return urls
