"""What a customer's or supplier's own page shows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from bookbridge.books.contacts.models import Contact
from bookbridge.books.documents.listing import OPEN, document_choices, document_columns
from bookbridge.books.documents.models import Document
from bookbridge.books.documents.pages import DocumentPages
from bookbridge.kit.listing import Listing


def contact_context(
    request: Any,
    contact: Contact,
    *,
    claims: DocumentPages,
    credits: DocumentPages,
    balance: Decimal | None,
) -> dict[str, Any]:
    """The chosen kind of document as a list, and the figures above it."""
    today = timezone.localdate()
    pages = credits if request.GET.get("show") == "credits" else claims
    organisation = request.organisation
    mine = {f"{pages.contact}_id": contact.pk}
    listing: Listing[Document] = Listing(
        request,
        pages.rows(organisation.pk).filter(**mine),
        document_columns(pages, organisation, today, with_contact=False),
        default_sort="-date",
        search=("reference",),
        choices=document_choices(pages, today),
        row_href=lambda d: reverse(pages.word, args=[organisation.pk, d.pk]),
        row_css=lambda d: "is-void" if d.is_void else "",
        search_hint=credits.number_label,
    )
    open_claims = claims.rows(organisation.pk).filter(OPEN, **mine)
    overdue = open_claims.filter(due_date__lt=today)
    owed = overdue.order_by().aggregate(sum=Sum("outstanding_amount"))["sum"]
    return {
        "contact": contact,
        "claims": claims,
        "credits": credits,
        "pages": pages,
        "listing": listing,
        "balance": balance or Decimal(0),
        "open_count": open_claims.count(),
        "overdue_amount": owed or Decimal(0),
        "overdue_count": overdue.count(),
        "list_page": f"{claims.contact}s",
        "edit_page": f"edit_{claims.contact}",
        "archive_page": f"archive_{claims.contact}",
        "new_page": f"new_{claims.word}",
    }
