"""What a document's lines come to, and which postings it makes. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bookbridge.books.ledger.rules import PENNY, ZERO, PostingLine
from bookbridge.books.tax.rules import document_taxes, line_net, to_pennies

ONE = Decimal(1)
AMOUNT_MAX = Decimal(10) ** 13


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line as somebody enters it; what is left out is filled in from the contact and account.

    `net_amount` and `tax_amount` are given only for figures already printed elsewhere: they are
    kept as they are.
    """

    price: Decimal
    quantity: Decimal = ONE
    description: str = ""
    discount_percent: Decimal = ZERO
    account_id: int | None = None
    tax_code_id: int | None = None
    project_id: int | None = None
    item_id: int | None = None
    net_amount: Decimal | None = None
    tax_amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAllocation:
    """How much of a payment or credit goes to one document, in the document's currency."""

    document_id: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A line with its account, its tax and its amounts decided, in the document's currency."""

    account_id: int
    tax_code_id: int
    tax_code: str
    tax_rate: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    project_id: int | None = None

    @property
    def total_amount(self) -> Decimal:
        return self.net_amount + self.tax_amount


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a document's lines."""

    net: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def in_base(amount: Decimal, rate: Decimal) -> Decimal:
    """A foreign amount in base currency, to the penny."""
    return amount if rate == ONE else to_pennies(amount * rate)


def is_money(amount: Decimal) -> bool:
    """Whether the ledger could hold it: whole pennies, of a size that fits."""
    return amount.is_finite() and abs(amount) < AMOUNT_MAX and amount == amount.quantize(PENNY)


def price_lines(
    lines: Sequence[NewLine], rates: Sequence[Decimal], policy: str
) -> list[tuple[Decimal, Decimal]]:
    """Net and VAT of each line; figures that were given stay as they are."""
    nets = [
        line.net_amount
        if line.net_amount is not None
        else line_net(line.quantity, line.price, line.discount_percent)
        for line in lines
    ]
    taxes = document_taxes(list(zip(nets, rates, strict=True)), policy)
    return [
        (net, tax if line.tax_amount is None else line.tax_amount)
        for line, net, tax in zip(lines, nets, taxes, strict=True)
    ]


def totals(lines: Iterable[PricedLine]) -> Totals:
    net = tax = ZERO
    for line in lines:
        net += line.net_amount
        tax += line.tax_amount
    return Totals(net, tax)


def released(
    amount: Decimal, outstanding: Decimal, base_outstanding: Decimal, rate: Decimal
) -> Decimal:
    """What an allocation takes from a document's base amount: the last one takes what is left."""
    if amount == outstanding:
        return base_outstanding
    return min(in_base(amount, rate), base_outstanding)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTerms:
    """Everything but the lines that decides a document's postings."""

    control_account_id: int
    vat_account_id: int
    debits_control: bool
    date: dt.date
    currency: str
    rate: Decimal
    customer_id: int | None = None
    supplier_id: int | None = None


@dataclass(slots=True)
class _Group:
    """Sums over lines that share a posting, in base and in the document's currency."""

    net: Decimal = ZERO
    tax: Decimal = ZERO
    foreign_net: Decimal = ZERO
    foreign_tax: Decimal = ZERO

    def add(self, line: PricedLine, rate: Decimal) -> None:
        self.net += in_base(line.net_amount, rate)
        self.tax += in_base(line.tax_amount, rate)
        self.foreign_net += line.net_amount
        self.foreign_tax += line.tax_amount


@dataclass(slots=True)
class _Groups:
    """Nets by account, tax code and project; VAT by tax code; each in order of appearance."""

    nets: dict[int, dict[tuple[str, int | None], _Group]] = field(default_factory=dict)
    taxes: dict[str, _Group] = field(default_factory=dict)

    def add(self, line: PricedLine, rate: Decimal) -> None:
        of_account = self.nets.setdefault(line.account_id, {})
        of_account.setdefault((line.tax_code, line.project_id), _Group()).add(line, rate)
        self.taxes.setdefault(line.tax_code, _Group()).add(line, rate)


def document_postings(lines: Iterable[PricedLine], terms: DocumentTerms) -> list[PostingLine]:
    """The postings of a document: debits first, then credits; amounts of zero post nothing.

    A foreign document is converted line by line and its control posting is the sum of the
    converted lines, so an entry balances without a rounding line.
    """
    groups = _Groups()
    for line in lines:
        groups.add(line, terms.rate)
    sign = -1 if terms.debits_control else 1
    rest = [*_net_postings(groups, terms, sign), *_tax_postings(groups, terms, sign)]
    control = PostingLine(
        account_id=terms.control_account_id,
        amount=-sum((line.amount for line in rest), ZERO),
        currency=terms.currency,
        foreign_amount=-sum((line.foreign_amount or ZERO for line in rest), ZERO),
        rate=terms.rate,
        customer_id=terms.customer_id,
        supplier_id=terms.supplier_id,
    )
    ordered = [control, *rest] if terms.debits_control else [*rest, control]
    return [line for line in ordered if line.amount]


def _net_postings(groups: _Groups, terms: DocumentTerms, sign: int) -> list[PostingLine]:
    return [
        PostingLine(
            account_id=account_id,
            amount=sign * group.net,
            currency=terms.currency,
            foreign_amount=sign * group.foreign_net,
            rate=terms.rate,
            tax_code=tax_code,
            net_amount=sign * group.net,
            tax_amount=sign * group.tax,
            tax_point=terms.date,
            project_id=project_id,
        )
        for account_id, by_code in groups.nets.items()
        for (tax_code, project_id), group in by_code.items()
    ]


def _tax_postings(groups: _Groups, terms: DocumentTerms, sign: int) -> list[PostingLine]:
    return [
        PostingLine(
            account_id=terms.vat_account_id,
            amount=sign * group.tax,
            currency=terms.currency,
            foreign_amount=sign * group.foreign_tax,
            rate=terms.rate,
            tax_code=tax_code,
            net_amount=sign * group.net,
            tax_amount=sign * group.tax,
            tax_point=terms.date,
        )
        for tax_code, group in groups.taxes.items()
    ]


def exchange_postings(
    *,
    control_account_id: int,
    exchange_account_id: int,
    control_amount: Decimal,
    currency: str,
    customer_id: int | None = None,
    supplier_id: int | None = None,
) -> list[PostingLine]:
    """The entry that a realised exchange difference makes when no money moves with it."""
    control = PostingLine(
        account_id=control_account_id,
        amount=control_amount,
        currency=currency,
        foreign_amount=ZERO,
        customer_id=customer_id,
        supplier_id=supplier_id,
    )
    exchange = PostingLine(
        account_id=exchange_account_id,
        amount=-control_amount,
        currency=currency,
        foreign_amount=ZERO,
    )
    return [control, exchange] if control_amount > 0 else [exchange, control]
