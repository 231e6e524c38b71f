"""Writes to the ledger: entries, accounts and projects."""

from bookbridge.books.ledger.operations.accounts import (
    archive_account,
    create_account,
    open_chart,
    update_account,
)
from bookbridge.books.ledger.operations.adjustments import post_adjustment
from bookbridge.books.ledger.operations.journal import post_entries, post_entry, reverse_entry
from bookbridge.books.ledger.operations.projects import create_project, update_project

__all__ = [
    "archive_account",
    "create_account",
    "create_project",
    "open_chart",
    "post_adjustment",
    "post_entries",
    "post_entry",
    "reverse_entry",
    "update_account",
    "update_project",
]
