"""Many invoices and credit notes at once, as a file of sales history brings them.

Rows travel as one JSON text per table: COPY cannot write to tables with row-level security.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from bookbridge.books.documents.errors import NoLinesError
from bookbridge.books.documents.kinds import Kind
from bookbridge.books.documents.lines import TaxTable, check_projects, usable_accounts
from bookbridge.books.documents.operations import Books, lock_books
from bookbridge.books.documents.rules import (
    ONE,
    DocumentTerms,
    NewLine,
    PricedLine,
    Totals,
    document_postings,
    price_lines,
    totals,
)
from bookbridge.books.ledger.models import Role
from bookbridge.books.ledger.operations import post_entries
from bookbridge.books.ledger.rules import ZERO, NewEntry, Source
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.sales.models import NumberedDocument
from bookbridge.books.sales.operations.kinds import CREDIT_NOTE, INVOICE

DOCUMENT_COLUMNS = (
    "id bigint, number text, customer_id bigint, date date, due_date date, reference text, "
    "notes text, net_amount numeric, tax_amount numeric, total_amount numeric, entry_id bigint"
)
INSERT_DOCUMENTS = """
INSERT INTO {table} (organisation_id, id, number, customer_id, date, {due} reference, notes,
    net_amount, tax_amount, total_amount, outstanding_amount, base_total, base_outstanding,
    entry_id, status, currency, rate, rounding_policy, void_reason, {sent} created_at, updated_at)
SELECT %s, id, number, customer_id, date, {due} reference, notes,
    net_amount, tax_amount, total_amount, total_amount, total_amount, total_amount,
    entry_id, 'APPROVED', %s, 1, 'by_line', '', {is_sent} %s, %s
FROM json_to_recordset(%s::json) AS made ({columns})
"""
INSERT_LINES = """
INSERT INTO {table} (organisation_id, {key}, position, description, quantity, price,
    discount_percent, account_id, tax_code_id, tax_rate, project_id, item_id, net_amount,
    tax_amount, total_amount)
SELECT %s, document_id, position, description, quantity, price, discount_percent, account_id,
    tax_code_id, tax_rate, project_id, item_id, net_amount, tax_amount, total_amount
FROM json_to_recordset(%s::json) AS made (document_id bigint, position integer, description text,
    quantity numeric, price numeric, discount_percent numeric, account_id bigint,
    tax_code_id bigint, tax_rate numeric, project_id bigint, item_id bigint, net_amount numeric,
    tax_amount numeric, total_amount numeric)
"""
ROWS_PER_STATEMENT = 20_000
KINDS: dict[str, Kind[Any]] = {
    NumberedDocument.INVOICE: INVOICE,
    NumberedDocument.CREDIT_NOTE: CREDIT_NOTE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedDocument:
    """A document in base currency as it was once issued; its lines name account and tax code.

    A credit note's amounts are positive. Totals may have either sign: history is kept as it was.
    """

    kind: str
    number: str
    customer_id: int
    date: dt.date
    due_date: dt.date
    lines: Sequence[NewLine]
    reference: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A document with its id, its sums and, unless all amounts are zero, its entry."""

    id: int
    document: ImportedDocument
    lines: Sequence[PricedLine]
    sums: Totals
    entry: NewEntry | None


def import_documents(
    *,
    organisation_id: int,
    documents: Sequence[ImportedDocument],
    actor: Actor,
    at: dt.datetime,
) -> list[int]:
    """Store and post approved documents, all or none; returns their ids in the order given.

    Numbers must be new: the caller has looked, and the database refuses a repetition. Raises
    NoLinesError, unknown-reference refusals and what `post_entries` raises.
    """
    with organisation_scope(organisation_id):
        books = lock_books(organisation_id)
        _check_references(organisation_id, documents)
        prepared = _prepare(books, documents)
        entries = [one.entry for one in prepared if one.entry is not None]
        entry_ids = iter(
            post_entries(organisation_id=organisation_id, entries=entries, actor=actor, at=at)
        )
        # By kind too: invoices and credit notes count their ids apart.
        entry_of = {
            (one.document.kind, one.id): next(entry_ids)
            for one in prepared
            if one.entry is not None
        }
        for kind in KINDS:
            of_kind = [one for one in prepared if one.document.kind == kind]
            _insert_documents(books, KINDS[kind], of_kind, entry_of, at)
            _insert_lines(books, KINDS[kind], of_kind)
        return [one.id for one in prepared]


def _check_references(organisation_id: int, documents: Sequence[ImportedDocument]) -> None:
    account_ids: set[int] = set()
    project_ids: set[int] = set()
    for document in documents:
        if not document.lines:
            raise NoLinesError
        for line in document.lines:
            assert line.account_id is not None, "an imported line names its account"
            account_ids.add(line.account_id)
            if line.project_id is not None:
                project_ids.add(line.project_id)
    usable_accounts(organisation_id, account_ids)
    check_projects(organisation_id, project_ids)


def _prepare(books: Books, documents: Sequence[ImportedDocument]) -> list[_Prepared]:
    organisation_id = books.organisation.pk
    tables: dict[dt.date, TaxTable] = {}
    wanted = {kind: sum(one.kind == kind for one in documents) for kind in KINDS}
    ids = {
        NumberedDocument.INVOICE: iter(_next_ids("books_document_id", wanted["INVOICE"])),
        NumberedDocument.CREDIT_NOTE: iter(
            _next_ids("books_credit_note_id", wanted["CREDIT_NOTE"])
        ),
    }
    prepared = []
    for document in documents:
        table = tables.get(document.date)
        if table is None:
            table = tables[document.date] = TaxTable(organisation_id, document.date)
        lines = _priced(document, table)
        pk = next(ids[NumberedDocument(document.kind)])
        entry = _entry(books, document, pk, lines)
        prepared.append(_Prepared(pk, document, lines, totals(lines), entry))
    return prepared


def _priced(document: ImportedDocument, table: TaxTable) -> list[PricedLine]:
    code_ids = [table.find(line.tax_code_id, None) for line in document.lines]
    rates = [table.rates[code_id] for code_id in code_ids]
    amounts = price_lines(document.lines, rates, "by_line")
    return [
        PricedLine(
            account_id=line.account_id or 0,
            tax_code_id=code_id,
            tax_code=table.codes[code_id],
            tax_rate=rate,
            net_amount=net,
            tax_amount=tax,
            project_id=line.project_id,
        )
        for line, code_id, rate, (net, tax) in zip(
            document.lines, code_ids, rates, amounts, strict=True
        )
    ]


def _entry(
    books: Books, document: ImportedDocument, pk: int, lines: Sequence[PricedLine]
) -> NewEntry | None:
    kind = KINDS[document.kind]
    terms = DocumentTerms(
        control_account_id=books.account_id(kind.control_role),
        vat_account_id=books.account_id(Role.VAT),
        debits_control=kind.debits_control,
        date=document.date,
        currency=books.base_currency,
        rate=ONE,
        customer_id=document.customer_id,
    )
    postings = document_postings(lines, terms)
    if not postings:
        return None
    words = _("Invoice %(number)s") if kind is INVOICE else _("Credit note %(number)s")
    return NewEntry(
        date=document.date,
        description=words % {"number": document.number},
        source=Source(kind.source_type, pk),
        lines=postings,
        reference=document.number,
    )


def _next_ids(sequence: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [row[0] for row in cursor.fetchall()]


def _insert_documents(
    books: Books,
    kind: Kind[Any],
    prepared: Sequence[_Prepared],
    entry_of: dict[tuple[str, int], int],
    at: dt.datetime,
) -> None:
    is_invoice = kind is INVOICE
    statement = INSERT_DOCUMENTS.format(
        table=kind.model._meta.db_table,
        columns=DOCUMENT_COLUMNS,
        due="due_date," if is_invoice else "",
        sent="is_sent," if is_invoice else "",
        is_sent="true," if is_invoice else "",
    )
    for start in range(0, len(prepared), ROWS_PER_STATEMENT):
        rows = [
            {
                "id": one.id,
                "number": one.document.number,
                "customer_id": one.document.customer_id,
                "date": one.document.date,
                "due_date": one.document.due_date,
                "reference": one.document.reference,
                "notes": one.document.notes,
                "net_amount": one.sums.net,
                "tax_amount": one.sums.tax,
                "total_amount": one.sums.total,
                "entry_id": entry_of.get((one.document.kind, one.id)),
            }
            for one in prepared[start : start + ROWS_PER_STATEMENT]
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                statement, [books.organisation.pk, books.base_currency, at, at, _json(rows)]
            )


def _insert_lines(books: Books, kind: Kind[Any], prepared: Sequence[_Prepared]) -> None:
    statement = INSERT_LINES.format(table=kind.line_model._meta.db_table, key=kind.line_key)
    rows: list[dict[str, Any]] = []
    with connection.cursor() as cursor:
        for one in prepared:
            for position, (line, found) in enumerate(
                zip(one.document.lines, one.lines, strict=True), 1
            ):
                rows.append(_line_row(one.id, position, line, found))
            if len(rows) >= ROWS_PER_STATEMENT:
                cursor.execute(statement, [books.organisation.pk, _json(rows)])
                rows.clear()
        if rows:
            cursor.execute(statement, [books.organisation.pk, _json(rows)])


def _line_row(
    document_id: int, position: int, line: NewLine, found: PricedLine
) -> dict[str, int | str | Decimal | None]:
    return {
        "document_id": document_id,
        "position": position,
        "description": line.description[:1000],
        "quantity": line.quantity,
        "price": line.price,
        "discount_percent": line.discount_percent or ZERO,
        "account_id": found.account_id,
        "tax_code_id": found.tax_code_id,
        "tax_rate": found.tax_rate,
        "project_id": line.project_id,
        "item_id": line.item_id,
        "net_amount": found.net_amount,
        "tax_amount": found.tax_amount,
        "total_amount": found.total_amount,
    }


def _json(rows: list[dict[str, Any]]) -> str:
    return msgspec.json.encode(rows).decode()
