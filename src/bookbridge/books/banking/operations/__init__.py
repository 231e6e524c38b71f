"""Writes of banking."""

from bookbridge.books.banking.operations.accounts import (
    create_bank_account,
    update_bank_account,
)
from bookbridge.books.banking.operations.on_account import allocate_bank_transaction
from bookbridge.books.banking.operations.statements import (
    confirm_imported_transaction,
    ignore_imported_transaction,
    import_bank_lines,
    unignore_imported_transaction,
    update_imported_transaction,
)
from bookbridge.books.banking.operations.transactions import enter_bank_transaction
from bookbridge.books.banking.operations.voiding import void_bank_transaction

__all__ = [
    "allocate_bank_transaction",
    "confirm_imported_transaction",
    "create_bank_account",
    "enter_bank_transaction",
    "ignore_imported_transaction",
    "import_bank_lines",
    "unignore_imported_transaction",
    "update_bank_account",
    "update_imported_transaction",
    "void_bank_transaction",
]
