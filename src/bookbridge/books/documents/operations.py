"""Making and approving a document of any kind; each kind's own app gives these names.

Every operation first takes the organisation's row, as posting does, so that the operations of one
organisation follow each other and what they read stays true until they commit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bookbridge.books.contacts.models import Contact
from bookbridge.books.contacts.rules import CURRENCY_CODES
from bookbridge.books.documents.errors import (
    NegativeTotalError,
    NotDraftError,
    RateError,
    RoundingPolicyError,
    StatusError,
    UnknownContactError,
    UnknownCurrencyError,
    UnknownDocumentError,
)
from bookbridge.books.documents.kinds import D, Kind
from bookbridge.books.documents.lines import complete_lines
from bookbridge.books.documents.models import Document, DocumentLine, DocumentStatus, moved
from bookbridge.books.documents.rules import (
    AMOUNT_MAX,
    ONE,
    DocumentTerms,
    NewLine,
    PricedLine,
    document_postings,
    totals,
)
from bookbridge.books.ledger.models import NominalAccount, Role
from bookbridge.books.ledger.operations import post_entry
from bookbridge.books.ledger.queries import accounts_by_role
from bookbridge.books.ledger.rules import ZERO, Source
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.tax.rules import ROUNDING_POLICIES

RATE_STEP = Decimal("0.000000001")


@dataclass(frozen=True, slots=True)
class Books:
    """An organisation whose books nobody else changes until the transaction ends."""

    organisation: Organisation
    roles: Mapping[str, NominalAccount]

    @property
    def base_currency(self) -> str:
        return self.organisation.base_currency

    def account_id(self, role: str) -> int:
        return self.roles[role].pk


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a new document says above its lines."""

    contact_id: int
    date: dt.date
    currency: str | None = None
    rate: Decimal | None = None
    reference: str = ""
    notes: str = ""
    rounding_policy: str = "by_line"
    status: str = DocumentStatus.APPROVED


def lock_books(organisation_id: int) -> Books:
    """Take the organisation's row until commit."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    return Books(organisation, accounts_by_role(organisation_id))


def checked_rate(currency: str, rate: Decimal | None, base_currency: str) -> Decimal:
    """The rate to base currency; raises UnknownCurrencyError and RateError."""
    if currency not in CURRENCY_CODES:
        raise UnknownCurrencyError(currency)
    if currency == base_currency:
        if rate is not None and rate != ONE:
            raise RateError(currency, base_currency)
        return ONE
    if rate is None or not rate.is_finite() or not ZERO < rate < AMOUNT_MAX:
        raise RateError(currency, base_currency)
    return rate.quantize(RATE_STEP)


def find_contact(kind: Kind[D], organisation_id: int, contact_id: int) -> Contact:
    contact = kind.contact_model._default_manager.filter(
        organisation_id=organisation_id, pk=contact_id
    ).first()
    if contact is None:
        raise UnknownContactError(kind.contact_field, contact_id)
    return contact


def find_document(kind: Kind[D], organisation_id: int, document_id: int) -> D:
    document = kind.model._default_manager.filter(
        organisation_id=organisation_id, pk=document_id
    ).first()
    if document is None:
        raise UnknownDocumentError(kind.word, document_id)
    return document


def write_document(
    kind: Kind[D],
    books: Books,
    *,
    contact: Contact,
    header: Header,
    lines: Sequence[NewLine],
    extra: Mapping[str, Any],
    at: dt.datetime,
) -> D:
    """Store a draft with its lines; `extra` are the fields of this kind alone."""
    if header.status not in {DocumentStatus.DRAFT, DocumentStatus.APPROVED}:
        raise StatusError(header.status)
    if header.rounding_policy not in ROUNDING_POLICIES:
        raise RoundingPolicyError(header.rounding_policy)
    organisation_id = books.organisation.pk
    currency = header.currency or contact.currency
    rate = checked_rate(currency, header.rate, books.base_currency)
    priced = complete_lines(
        organisation_id=organisation_id,
        lines=lines,
        contact=contact,
        default_account=books.roles.get(kind.default_role or ""),
        item_model=_item_model(kind),
        date=header.date,
        policy=header.rounding_policy,
    )
    sums = totals(priced)
    if sums.total < 0:
        raise NegativeTotalError
    document = kind.model(
        organisation_id=organisation_id,
        date=header.date,
        status=DocumentStatus.DRAFT,
        currency=currency,
        rate=rate,
        rounding_policy=header.rounding_policy,
        reference=header.reference,
        notes=header.notes,
        net_amount=sums.net,
        tax_amount=sums.tax,
        total_amount=sums.total,
        outstanding_amount=sums.total,
        base_total=ZERO,
        base_outstanding=ZERO,
        created_at=at,
        updated_at=at,
        **{f"{kind.contact_field}_id": contact.pk},
        **extra,
    )
    document.save(force_insert=True)
    kind.line_model._default_manager.bulk_create(
        _line_rows(kind, document, lines, priced), batch_size=2000
    )
    return document


def _item_model(kind: Kind[D]) -> Any:
    # Items belong to sales, which purchases may not import; the line's own field knows them.
    return kind.line_model._meta.get_field("item").related_model


def _line_rows(
    kind: Kind[D], document: D, lines: Sequence[NewLine], priced: Sequence[PricedLine]
) -> list[DocumentLine]:
    return [
        kind.line_model(
            organisation_id=document.organisation_id,
            position=position,
            description=line.description,
            quantity=line.quantity,
            price=line.price,
            discount_percent=line.discount_percent,
            account_id=found.account_id,
            tax_code_id=found.tax_code_id,
            tax_rate=found.tax_rate,
            project_id=line.project_id,
            item_id=line.item_id,
            net_amount=found.net_amount,
            tax_amount=found.tax_amount,
            total_amount=found.total_amount,
            **{kind.line_key: document.pk},
        )
        for position, (line, found) in enumerate(zip(lines, priced, strict=True), 1)
    ]


def priced_lines(kind: Kind[D], document: D) -> list[PricedLine]:
    """The stored lines of a document, as its postings need them."""
    rows = (
        kind.line_model._default_manager.filter(
            organisation_id=document.organisation_id, **{kind.line_key: document.pk}
        )
        .select_related("tax_code")
        .order_by("position")
    )
    return [
        PricedLine(
            account_id=row.account_id,
            tax_code_id=row.tax_code_id,
            tax_code=row.tax_code.code,
            tax_rate=row.tax_rate,
            net_amount=row.net_amount,
            tax_amount=row.tax_amount,
            project_id=row.project_id,
        )
        for row in rows
    ]


def terms_of(kind: Kind[D], books: Books, document: D) -> DocumentTerms:
    return DocumentTerms(
        control_account_id=books.account_id(kind.control_role),
        vat_account_id=books.account_id(Role.VAT),
        debits_control=kind.debits_control,
        date=document.date,
        currency=document.currency,
        rate=document.rate,
        **{f"{kind.contact_field}_id": document.contact_id},
    )


def post_document(
    kind: Kind[D],
    books: Books,
    document: D,
    *,
    description: str,
    actor: Actor,
    at: dt.datetime,
    also_changed: Sequence[str] = (),
) -> D:
    """Approve a stored draft: its entry is posted and its total becomes outstanding.

    A document whose amounts are all zero is approved without an entry.
    """
    if not document.is_draft:
        raise NotDraftError(document)
    terms = terms_of(kind, books, document)
    postings = document_postings(priced_lines(kind, document), terms)
    if postings:
        document.entry = post_entry(
            organisation_id=document.organisation_id,
            date=document.date,
            description=description,
            source=Source(kind.source_type, document.pk),
            lines=postings,
            reference=(getattr(document, "number", None) or document.reference)[:120],
            actor=actor,
            at=at,
        )
    control = (line.amount for line in postings if line.account_id == terms.control_account_id)
    document.base_total = abs(sum(control, ZERO))
    document.base_outstanding = document.base_total
    document.outstanding_amount = document.total_amount
    document.status = DocumentStatus.APPROVED
    save_changes(
        document,
        at,
        "entry",
        "base_total",
        "base_outstanding",
        "outstanding_amount",
        "status",
        *also_changed,
    )
    return document


def save_changes(document: Document, at: dt.datetime, *fields: str) -> None:
    """Store some fields and move `updated_at`, which the API's entity tags are made from."""
    document.updated_at = moved(at)
    document.save(update_fields=[*fields, "updated_at"])
    document.refresh_from_db(fields=["updated_at"])
