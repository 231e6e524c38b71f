"""What tells the pages of the four kinds of document apart, and the words for their state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookbridge.books.documents.models import Claim, Document
from bookbridge.kit.listing import Status

Words = str | Promise


@dataclass(frozen=True)
class Settlement:
    """What was set against a document: money, a credit note, a write-off."""

    label: Words
    href: str
    date: dt.date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class DocumentPages:
    """One kind of document on the web; `word` begins the names of its pages."""

    word: str
    id_name: str
    contact: str
    title: Words
    new_title: Words
    contact_label: Words
    number_label: Words
    empty: Words
    is_claim: bool
    has_own_number: bool
    rows: Callable[[int], QuerySet[Any]]
    contacts: Callable[[int], QuerySet[Any]]
    create: Callable[..., Document]
    void: Callable[..., Document]
    settlements: Callable[[Document], Sequence[Settlement]]
    likely_categories: tuple[str, ...]
    approve: Callable[..., Document] | None = None
    extra_context: Callable[[Any, Document], Mapping[str, object]] | None = None

    @property
    def list_page(self) -> str:
        return f"{self.word}s"

    @property
    def has_drafts(self) -> bool:
        return self.approve is not None


def state_of(document: Document, today: dt.date) -> Status:
    """Where a document stands, in a word."""
    if document.is_void:
        return Status("none", _("Void"))
    if document.is_draft:
        return Status("none", _("Draft"))
    is_claim = isinstance(document, Claim)
    if document.is_settled:
        return Status("ok", _("Settled") if is_claim else _("Used"))
    if isinstance(document, Claim) and document.is_overdue(today):
        return Status("warn", _("Overdue"))
    if document.used_amount:
        return Status("wait", _("Part paid") if is_claim else _("Part used"))
    return Status("wait", _("Open"))


def bank_settlements(document: Any) -> list[Settlement]:
    """The money that was set against a document, whichever kind it is."""
    rows = document.bank_allocations.filter(
        organisation_id=document.organisation_id, reversed_on=None
    ).select_related("bank_transaction")
    return [
        Settlement(
            row.bank_transaction.description or _("Payment"),
            reverse("bank_transaction", args=[row.organisation_id, row.bank_transaction_id]),
            row.date,
            row.amount,
        )
        for row in rows
    ]
