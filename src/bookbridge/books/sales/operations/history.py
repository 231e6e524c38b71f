"""A file of sales history, booked in one transaction: all of it or nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from bookbridge.books.contacts.models import Customer
from bookbridge.books.contacts.operations import ContactFields, add_customers
from bookbridge.books.documents.operations import lock_books
from bookbridge.books.documents.rules import NewLine
from bookbridge.books.ledger.models import Role, SourceType
from bookbridge.books.ledger.operations import post_entries
from bookbridge.books.ledger.queries import account_by_code, accounts_by_role
from bookbridge.books.ledger.rules import NewEntry, PostingLine, Source
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.sales.import_layout import ADJUSTMENT
from bookbridge.books.sales.importing import (
    SalesDocument,
    SalesFile,
    SalesFileError,
    Survey,
    booked_quantity,
)
from bookbridge.books.sales.operations.imports import ImportedDocument, import_documents
from bookbridge.books.sales.stored_content import stored_digests
from bookbridge.books.tax.queries import tax_code

DOCUMENTS_PER_BATCH = 1000
NAMES_SHOWN = 10
COUNTER_REFERENCE, COUNTER_NAME = "COUNTER", "Counter sales"
ZERO = Decimal(0)


@dataclass(slots=True)
class ImportSummary:
    """What an import did."""

    made: Counter[str] = field(default_factory=Counter)
    totals: dict[str, Decimal] = field(default_factory=dict)
    skipped: int = 0
    lines: int = 0
    customers: int = 0


@dataclass(frozen=True, slots=True)
class Booking:
    """Where the lines of an import go."""

    sales_account_id: int
    tax_code_id: int
    bad_debts_id: int
    allowance_id: int


def import_sales_file(
    *,
    organisation_id: int,
    file: SalesFile,
    tax_code_name: str = "NV",
    account_code: str | None = None,
    actor: Actor,
    at: dt.datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> ImportSummary:
    """Book every document of a file that the books do not have yet.

    A document is known by its number: the same content again is skipped and counted. Raises
    SalesFileError for a malformed file, for different content under a known number, and for an
    unknown account or tax code; and what `import_documents` raises.
    """
    survey = file.survey()
    with organisation_scope(organisation_id):
        lock_books(organisation_id)
        booking = _booking(organisation_id, account_code, tax_code_name)
        known = _known_numbers(organisation_id, survey)
        summary = ImportSummary(skipped=len(known))
        if len(known) == len(survey.heads):
            return summary
        customers = _customers(organisation_id, survey, known, summary, actor, at)
        fresh = (one for one in file.documents(survey) if one.number not in known)
        total = len(survey.heads) - len(known)
        for batch in _batches(fresh):
            _book(organisation_id, batch, customers, booking, summary, actor, at)
            progress(sum(summary.made.values()), total)
    return summary


def _booking(organisation_id: int, account_code: str | None, tax_code_name: str) -> Booking:
    roles = accounts_by_role(organisation_id)
    account = account_by_code(organisation_id, account_code) if account_code else roles[Role.SALES]
    if account is None:
        raise SalesFileError(_("There is no nominal account %(code)s.") % {"code": account_code})
    code = tax_code(organisation_id, tax_code_name)
    if code is None:
        raise SalesFileError(_("There is no tax code %(code)s.") % {"code": tax_code_name})
    return Booking(
        sales_account_id=account.pk,
        tax_code_id=code.pk,
        bad_debts_id=roles[Role.BAD_DEBTS].pk,
        allowance_id=roles[Role.DOUBTFUL_DEBTS_ALLOWANCE].pk,
    )


def _known_numbers(organisation_id: int, survey: Survey) -> set[str]:
    """The numbers that the books have with the same content; raises SalesFileError for others."""
    stored = stored_digests(organisation_id, survey.heads, counter_reference=COUNTER_REFERENCE)
    different = sorted(
        number for number, digest in stored.items() if digest != survey.heads[number].fingerprint
    )
    if different:
        names = ", ".join(different[:NAMES_SHOWN]) + (", …" if len(different) > NAMES_SHOWN else "")
        raise SalesFileError(
            _(
                "Nothing was imported: the books have other content under %(count)d number(s) "
                "of this file: %(names)s."
            )
            % {"count": len(different), "names": names}
        )
    return set(stored)


def _customers(
    organisation_id: int,
    survey: Survey,
    known: set[str],
    summary: ImportSummary,
    actor: Actor,
    at: dt.datetime,
) -> dict[str, Customer]:
    """The file's customers by its references, made where the books have none."""
    found = {
        customer.reference: customer
        for customer in Customer.objects.filter(organisation_id=organisation_id)
        .exclude(reference="")
        .order_by("-id")
    }
    wanted = {
        head.customer
        for number, head in survey.heads.items()
        if number not in known and head.kind != ADJUSTMENT
    }
    new: list[ContactFields] = []
    for reference in sorted(wanted):
        if (reference or COUNTER_REFERENCE) in found:
            continue
        seen = survey.customers[reference]
        name = seen.name or (f"Customer {reference}" if reference else COUNTER_NAME)
        new.append(
            {
                "name": name,
                "reference": reference or COUNTER_REFERENCE,
                "country": seen.country if reference else "",
            }
        )
    made = add_customers(organisation_id=organisation_id, customers=new, actor=actor, at=at)
    summary.customers = len(made)
    found.update({customer.reference: customer for customer in made})
    if COUNTER_REFERENCE in found:
        found[""] = found[COUNTER_REFERENCE]
    return found


def _batches(documents: Iterator[SalesDocument]) -> Iterator[list[SalesDocument]]:
    batch: list[SalesDocument] = []
    for document in documents:
        batch.append(document)
        if len(batch) == DOCUMENTS_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _book(
    organisation_id: int,
    batch: list[SalesDocument],
    customers: dict[str, Customer],
    booking: Booking,
    summary: ImportSummary,
    actor: Actor,
    at: dt.datetime,
) -> None:
    adjustments = [_adjustment(one, booking) for one in batch if one.head.kind == ADJUSTMENT]
    post_entries(organisation_id=organisation_id, entries=adjustments, actor=actor, at=at)
    documents = [
        _document(one, customers[one.head.customer], booking)
        for one in batch
        if one.head.kind != ADJUSTMENT
    ]
    import_documents(organisation_id=organisation_id, documents=documents, actor=actor, at=at)
    for one in batch:
        kind = one.head.kind
        summary.made[kind] += 1
        summary.lines += len(one.rows)
        summary.totals[kind] = summary.totals.get(kind, ZERO) + one.head.total


def _document(one: SalesDocument, customer: Customer, booking: Booking) -> ImportedDocument:
    head = one.head
    return ImportedDocument(
        kind=head.kind,
        number=one.number,
        customer_id=customer.pk,
        date=head.date,
        due_date=head.date + dt.timedelta(days=customer.days_until_payment_due),
        lines=[
            NewLine(
                description=row.description,
                quantity=booked_quantity(head.kind, row.quantity),
                price=row.price,
                account_id=booking.sales_account_id,
                tax_code_id=booking.tax_code_id,
            )
            for row in one.rows
        ],
    )


def _adjustment(one: SalesDocument, booking: Booking) -> NewEntry:
    """Doubtful debts: a cost against an allowance, so that debtors still equal their documents."""
    amount = -one.head.total
    lines = [
        PostingLine(booking.bad_debts_id, amount),
        PostingLine(booking.allowance_id, -amount),
    ]
    return NewEntry(
        date=one.head.date,
        description=one.rows[0].description or _("Adjustment"),
        source=Source(SourceType.ADJUSTMENT),
        lines=lines if amount >= 0 else lines[::-1],
        reference=one.number,
    )
