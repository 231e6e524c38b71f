"""Undoing a document of any kind."""

from __future__ import annotations

import datetime as dt

from bookbridge.books.documents.errors import (
    AllocatedError,
    AlreadyVoidError,
    DateBeforeDocumentError,
)
from bookbridge.books.documents.kinds import D, Kind
from bookbridge.books.documents.models import DocumentStatus
from bookbridge.books.documents.operations import save_changes
from bookbridge.books.ledger.operations import reverse_entry
from bookbridge.books.ledger.rules import ZERO, Source
from bookbridge.books.organisations.rules import Actor


def void_document(
    kind: Kind[D],
    *,
    document: D,
    date: dt.date | None,
    reason: str,
    actor: Actor,
    at: dt.datetime,
) -> D:
    """Undo a document by a reversal; raises AlreadyVoidError, AllocatedError and the ledger's.

    The reversal has the document's own date unless another is given, as a locked period needs.
    """
    if document.is_void:
        raise AlreadyVoidError(document)
    if document.used_amount:
        raise AllocatedError(document, document.used_amount, document.currency)
    void_date = date or document.date
    if void_date < document.date:
        raise DateBeforeDocumentError(document.date)
    if document.entry_id is not None:
        reverse_entry(
            organisation_id=document.organisation_id,
            entry_id=document.entry_id,
            date=void_date,
            reason=reason,
            actor=actor,
            at=at,
            source=Source(kind.source_type, document.pk),
        )
    document.status = DocumentStatus.VOID
    document.outstanding_amount = document.base_outstanding = ZERO
    document.void_date = void_date
    document.void_reason = reason[:500]
    save_changes(
        document,
        at,
        "status",
        "outstanding_amount",
        "base_outstanding",
        "void_date",
        "void_reason",
    )
    return document
