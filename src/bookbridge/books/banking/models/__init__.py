"""Bank accounts, what went through them, what it was for, and lines that still await checking."""

from bookbridge.books.banking.models.accounts import AccountType, BankAccount, BankAccountStatus
from bookbridge.books.banking.models.allocations import BankTransactionAllocation
from bookbridge.books.banking.models.statements import ImportedBankTransaction, ImportedStatus
from bookbridge.books.banking.models.transactions import (
    MONEY_OUT,
    BankTransaction,
    BankTransactionLine,
    TransactionStatus,
    TransactionType,
)

__all__ = [
    "MONEY_OUT",
    "AccountType",
    "BankAccount",
    "BankAccountStatus",
    "BankTransaction",
    "BankTransactionAllocation",
    "BankTransactionLine",
    "ImportedBankTransaction",
    "ImportedStatus",
    "TransactionStatus",
    "TransactionType",
]
