"""Writes of the purchases side."""

from bookbridge.books.purchases.operations.bills import approve_bill, create_bill, void_bill
from bookbridge.books.purchases.operations.credit_notes import (
    allocate_bill_credit_note,
    create_bill_credit_note,
    remove_bill_credit_note_allocation,
    void_bill_credit_note,
)

__all__ = [
    "allocate_bill_credit_note",
    "approve_bill",
    "create_bill",
    "create_bill_credit_note",
    "remove_bill_credit_note_allocation",
    "void_bill",
    "void_bill_credit_note",
]
