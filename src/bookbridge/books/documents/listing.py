"""Invoices, bills and credit notes as lists."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookbridge.books.documents.models import Document, DocumentStatus
from bookbridge.books.documents.pages import DocumentPages, state_of
from bookbridge.kit.listing import Choice, Column, Listing

OPEN = Q(status=DocumentStatus.APPROVED) & ~Q(outstanding_amount=Decimal(0))


def document_columns(
    pages: DocumentPages, organisation: Any, today: dt.date, *, with_contact: bool = True
) -> list[Column[Document]]:
    """Money columns have a total only where every row is in the books' currency."""

    def contact_page(document: Document) -> str:
        return reverse(pages.contact, args=[organisation.pk, document.contact_id])

    columns: list[Column[Document]] = [
        Column(
            "number",
            pages.number_label,
            lambda d: str(d),
            order=("number" if pages.has_own_number else "reference",),
        ),
        Column("date", _("Date"), lambda d: d.date, kind="day", order=("date",), is_optional=True),
    ]
    if with_contact:
        columns.append(
            Column(
                "contact",
                pages.contact_label,
                lambda d: getattr(d, pages.contact).name,
                order=(f"{pages.contact}__name",),
                href=contact_page,
            )
        )
    if pages.is_claim:
        columns.append(
            Column(
                "due",
                _("Due"),
                lambda d: getattr(d, "due_date"),  # noqa: B009
                kind="day",
                order=("due_date",),
                is_optional=True,
            )
        )
    columns += [
        Column("status", _("Status"), lambda d: state_of(d, today), kind="status"),
        Column("currency", _("Currency"), lambda d: d.currency, is_optional=True),
        Column(
            "total",
            _("Total"),
            lambda d: d.total_amount,
            kind="money",
            order=("total_amount",),
            is_optional=True,
        ),
        Column(
            "outstanding",
            _("Still due") if pages.is_claim else _("Still to use"),
            lambda d: d.outstanding_amount,
            kind="money",
            order=("outstanding_amount",),
        ),
    ]
    return columns


def document_choices(pages: DocumentPages, today: dt.date) -> list[Choice]:
    choices = [Choice("status", "open", _("Open"), OPEN)]
    if pages.is_claim:
        choices.append(Choice("status", "overdue", _("Overdue"), OPEN & Q(due_date__lt=today)))
        choices.append(Choice("status", "draft", _("Draft"), Q(status=DocumentStatus.DRAFT)))
    settled = Q(status=DocumentStatus.APPROVED, outstanding_amount=Decimal(0))
    choices.append(
        Choice("status", "settled", _("Settled") if pages.is_claim else _("Used"), settled)
    )
    choices.append(Choice("status", "void", _("Void"), Q(status=DocumentStatus.VOID)))
    return choices


def document_listing(request: Any, pages: DocumentPages, today: dt.date) -> Listing[Document]:
    organisation = request.organisation
    search = ["reference", f"{pages.contact}__name", f"{pages.contact}__business_name"]
    if pages.has_own_number:
        search.append("number")
    return Listing(
        request,
        pages.rows(organisation.pk).select_related(pages.contact),
        document_columns(pages, organisation, today),
        default_sort="-date",
        search=search,
        search_hint=_("Search number, name, reference"),
        choices=document_choices(pages, today),
        row_href=lambda d: reverse(pages.word, args=[organisation.pk, d.pk]),
        row_css=lambda d: "is-void" if d.is_void else "",
        name=pages.list_page.replace("_", "-"),
    )
