"""Fills in and checks the lines of a new bank transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookbridge.books.banking.errors import (
    ContactTwiceError,
    LineTargetError,
    SameBankAccountError,
    TaxOnContactError,
    TransactionTotalError,
    TransactionTypeError,
    UseTransferError,
)
from bookbridge.books.banking.models import BankAccount, TransactionType
from bookbridge.books.banking.operations.accounts import find_bank_account
from bookbridge.books.banking.rules import NewBankLine
from bookbridge.books.contacts.models import Contact, Customer, Supplier
from bookbridge.books.documents.errors import LineAmountError, NoLinesError, UnknownContactError
from bookbridge.books.documents.lines import TaxTable, check_projects, usable_accounts
from bookbridge.books.documents.rules import is_money
from bookbridge.books.ledger.models import NominalAccount
from bookbridge.books.ledger.rules import ZERO
from bookbridge.books.tax.rules import split_gross


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedLine:
    """A line with its target found and its amounts decided."""

    new: NewBankLine
    net_amount: Decimal
    tax_amount: Decimal
    account: NominalAccount | None = None
    contact: Contact | None = None
    transfer_account: BankAccount | None = None
    tax_code_id: int | None = None
    tax_code: str = ""
    tax_rate: Decimal = ZERO

    @property
    def total_amount(self) -> Decimal:
        return self.net_amount + self.tax_amount


def complete_bank_lines(
    *,
    organisation_id: int,
    bank_account: BankAccount,
    date: dt.date,
    type: str,
    lines: Sequence[NewBankLine],
) -> list[CompletedLine]:
    """Find every line's target and decide its amounts; raises a refusal for what is wrong."""
    if type not in TransactionType.values:
        raise TransactionTypeError(type)
    if not lines:
        raise NoLinesError
    _refuse_wrong_targets(type, lines)
    accounts = _accounts(organisation_id, lines)
    check_projects(organisation_id, {line.project_id for line in lines if line.project_id})
    table = TaxTable(organisation_id, date)
    completed = [
        _complete(organisation_id, bank_account, table, accounts, position, line)
        for position, line in enumerate(lines, 1)
    ]
    if sum((line.total_amount for line in completed), ZERO) <= 0:
        raise TransactionTotalError
    return completed


def _refuse_wrong_targets(type: str, lines: Sequence[NewBankLine]) -> None:
    for position, line in enumerate(lines, 1):
        if line.targets != 1:
            raise LineTargetError(position)
    customers = [line.customer_id for line in lines if line.customer_id is not None]
    suppliers = [line.supplier_id for line in lines if line.supplier_id is not None]
    if len(set(customers)) < len(customers) or len(set(suppliers)) < len(suppliers):
        raise ContactTwiceError
    is_wrong = (
        (type == TransactionType.CUSTOMER_RECEIPT and not customers)
        or (type == TransactionType.SUPPLIER_PAYMENT and not suppliers)
        or (customers and suppliers)
    )
    if is_wrong:
        raise LineTargetError(1)


def _accounts(organisation_id: int, lines: Sequence[NewBankLine]) -> dict[int, NominalAccount]:
    ids = {line.account_id for line in lines if line.account_id is not None}
    bank = BankAccount.objects.filter(
        organisation_id=organisation_id, nominal_account_id__in=ids
    ).first()
    if bank is not None:
        raise UseTransferError(bank)
    return usable_accounts(organisation_id, ids)


def _complete(
    organisation_id: int,
    bank_account: BankAccount,
    table: TaxTable,
    accounts: dict[int, NominalAccount],
    position: int,
    line: NewBankLine,
) -> CompletedLine:
    if not is_money(line.total_amount):
        raise LineAmountError(position)
    if line.account_id is not None:
        return _nominal(table, accounts[line.account_id], position, line)
    if line.tax_amount:
        raise TaxOnContactError(position)
    if line.total_amount <= 0:
        raise TransactionTotalError
    if line.transfer_account_id is not None:
        other = find_bank_account(organisation_id, line.transfer_account_id)
        if other.pk == bank_account.pk:
            raise SameBankAccountError
        return CompletedLine(
            new=line, net_amount=line.total_amount, tax_amount=ZERO, transfer_account=other
        )
    contact = _contact(organisation_id, line)
    return CompletedLine(new=line, net_amount=line.total_amount, tax_amount=ZERO, contact=contact)


def _nominal(
    table: TaxTable, account: NominalAccount, position: int, line: NewBankLine
) -> CompletedLine:
    tax_code_id = table.find(line.tax_code_id, account)
    rate = table.rates[tax_code_id]
    net, tax = line.net_amount, line.tax_amount
    if net is None and tax is None:
        parts = split_gross(line.total_amount, rate)
        net, tax = parts.net, parts.tax
    elif net is None and tax is not None:
        net = line.total_amount - tax
    elif net is not None and tax is None:
        tax = line.total_amount - net
    assert net is not None and tax is not None
    if net + tax != line.total_amount or not (is_money(net) and is_money(tax)):
        raise LineAmountError(position)
    return CompletedLine(
        new=line,
        net_amount=net,
        tax_amount=tax,
        account=account,
        tax_code_id=tax_code_id,
        tax_code=table.codes[tax_code_id],
        tax_rate=rate,
    )


def _contact(organisation_id: int, line: NewBankLine) -> Contact:
    found: Contact | None
    if line.customer_id is not None:
        field, contact_id = "customer", line.customer_id
        found = Customer.objects.filter(organisation_id=organisation_id, pk=contact_id).first()
    else:
        assert line.supplier_id is not None
        field, contact_id = "supplier", line.supplier_id
        found = Supplier.objects.filter(organisation_id=organisation_id, pk=contact_id).first()
    if found is None:
        raise UnknownContactError(field, contact_id)
    return found
