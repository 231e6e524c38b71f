"""Where the document behind a journal entry is shown."""

from __future__ import annotations

from django.urls import reverse

PAGES = {
    "INVOICE": "invoice",
    "BILL": "bill",
    "CREDIT_NOTE": "credit_note",
    "BILL_CREDIT_NOTE": "bill_credit_note",
    "BANK_TRANSACTION": "bank_transaction",
}


def source_href(organisation_id: int, source_type: str, source_id: int | None) -> str:
    """The address of a document's page; empty for what has none."""
    page = PAGES.get(source_type)
    return reverse(page, args=[organisation_id, source_id]) if page and source_id else ""
