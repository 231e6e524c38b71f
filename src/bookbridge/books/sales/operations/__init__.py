"""Writes of the sales side."""

from bookbridge.books.sales.operations.credit_notes import (
    allocate_credit_note,
    create_credit_note,
    remove_credit_note_allocation,
    void_credit_note,
)
from bookbridge.books.sales.operations.imports import ImportedDocument, import_documents
from bookbridge.books.sales.operations.invoices import (
    approve_invoice,
    create_invoice,
    mark_invoice_sent,
    void_invoice,
)
from bookbridge.books.sales.operations.items import create_item, update_item
from bookbridge.books.sales.operations.write_offs import void_write_off, write_off_invoice

__all__ = [
    "ImportedDocument",
    "allocate_credit_note",
    "approve_invoice",
    "create_credit_note",
    "create_invoice",
    "create_item",
    "import_documents",
    "mark_invoice_sent",
    "remove_credit_note_allocation",
    "update_item",
    "void_credit_note",
    "void_invoice",
    "void_write_off",
    "write_off_invoice",
]
