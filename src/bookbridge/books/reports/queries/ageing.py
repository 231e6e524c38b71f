# ruff: noqa: S608 (table and column names come from the two frozen sides below, never from users)
"""Aged debtors and creditors at any day, from documents and what had settled them by then.

Only documents, allocations, write-offs and money on account are read, never the ledger: that the
sums equal the control accounts is therefore a proof, and one of the ledger's checks.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from bookbridge.books.contacts.models import Customer, Supplier
from bookbridge.books.reports.rules import AgedBalances, AgedRow, OpenItem, band_of

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Side:
    """The tables of one side of trade; the names are ours, never a user's."""

    claim_table: str
    claim_key: str
    note_table: str
    money_note_key: str
    allocation_table: str
    contact_key: str
    money_in_sign: int
    has_write_offs: bool


DEBTORS = Side(
    claim_table="sales_invoice",
    claim_key="invoice_id",
    note_table="sales_creditnote",
    money_note_key="credit_note_id",
    allocation_table="sales_creditnoteallocation",
    contact_key="customer_id",
    money_in_sign=-1,
    has_write_offs=True,
)
CREDITORS = Side(
    claim_table="purchases_bill",
    claim_key="bill_id",
    note_table="purchases_billcreditnote",
    money_note_key="bill_credit_note_id",
    allocation_table="purchases_billcreditnoteallocation",
    contact_key="supplier_id",
    money_in_sign=1,
    has_write_offs=False,
)

# What counts at the day: made by then, and not yet undone.
STANDING = "{t}.date <= %(as_of)s AND ({t}.{ended} IS NULL OR {t}.{ended} > %(as_of)s)"


def aged_debtors(organisation_id: int, as_of: dt.date) -> AgedBalances:
    """What customers owe at the close of a day, by contact and currency."""
    items = _open_items(DEBTORS, organisation_id, as_of)
    names = dict(
        Customer.objects.filter(
            organisation_id=organisation_id, pk__in={item.contact_id for item in items}
        ).values_list("id", "name")
    )
    return _aged(items, names, as_of)


def aged_creditors(organisation_id: int, as_of: dt.date) -> AgedBalances:
    """What suppliers are owed at the close of a day, by contact and currency."""
    items = _open_items(CREDITORS, organisation_id, as_of)
    names = dict(
        Supplier.objects.filter(
            organisation_id=organisation_id, pk__in={item.contact_id for item in items}
        ).values_list("id", "name")
    )
    return _aged(items, names, as_of)


def _aged(items: list[OpenItem], names: dict[int, str], as_of: dt.date) -> AgedBalances:
    bands: dict[tuple[int, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for item in items:
        row = bands[item.contact_id, item.currency]
        row["base_amount"] += item.base_amount
        row[band_of(item, as_of)] += item.amount
    rows = [
        AgedRow(contact_id=contact_id, name=names[contact_id], currency=currency, **amounts)
        for (contact_id, currency), amounts in bands.items()
    ]
    rows.sort(key=lambda row: (row.name.casefold(), row.contact_id, row.currency))
    return AgedBalances(date=as_of, rows=tuple(rows))


def _open_items(side: Side, organisation_id: int, as_of: dt.date) -> list[OpenItem]:
    """One item per claim with something left, and one per contact and currency on account."""
    with connection.cursor() as cursor:
        cursor.execute(
            _claims_sql(side) + " UNION ALL " + _credits_sql(side),
            {"organisation": organisation_id, "as_of": as_of},
        )
        return [OpenItem(*row) for row in cursor.fetchall()]


def _standing(table: str, ended: str) -> str:
    return STANDING.format(t=table, ended=ended)


def _claims_sql(side: Side) -> str:
    """Invoices or bills with what credit notes, money and write-offs have left of them."""
    settlements = [
        f"""SELECT {side.claim_key} AS id, amount, base_amount FROM {side.allocation_table} s
            WHERE s.organisation_id = %(organisation)s AND {_standing("s", "reversed_on")}""",
        f"""SELECT {side.claim_key}, amount, base_amount FROM banking_banktransactionallocation s
            WHERE s.organisation_id = %(organisation)s AND {side.claim_key} IS NOT NULL
                AND {_standing("s", "reversed_on")}""",
    ]
    if side.has_write_offs:
        settlements.append(
            f"""SELECT invoice_id, amount, base_amount FROM sales_writeoff s
            WHERE s.organisation_id = %(organisation)s AND {_standing("s", "reversed_on")}"""
        )
    return f"""
        SELECT d.{side.contact_key}, d.currency, d.total_amount - coalesce(s.amount, 0),
            d.base_total - coalesce(s.base_amount, 0), d.due_date
        FROM {side.claim_table} d LEFT JOIN (
            SELECT id, sum(amount) AS amount, sum(base_amount) AS base_amount
            FROM ({" UNION ALL ".join(settlements)}) every GROUP BY id
        ) s USING (id)
        WHERE d.organisation_id = %(organisation)s AND d.status <> 'DRAFT'
            AND {_standing("d", "void_date")}
            AND (d.total_amount <> coalesce(s.amount, 0)
                OR d.base_total <> coalesce(s.base_amount, 0))
    """


def _credits_sql(side: Side) -> str:
    """Credit notes not yet used and money not yet allocated, by contact and currency."""
    sign = f"CASE WHEN t.bank_amount < 0 THEN {-side.money_in_sign} ELSE {side.money_in_sign} END"
    return f"""
        SELECT contact, currency, sum(amount), sum(base_amount), NULL::date FROM (
            SELECT d.{side.contact_key} AS contact, d.currency, -d.total_amount AS amount,
                -d.base_total AS base_amount
            FROM {side.note_table} d
            WHERE d.organisation_id = %(organisation)s AND d.status <> 'DRAFT'
                AND {_standing("d", "void_date")}
            UNION ALL
            SELECT d.{side.contact_key}, d.currency, s.amount, s.credit_base_amount
            FROM {side.allocation_table} s JOIN {side.note_table} d
                ON d.organisation_id = s.organisation_id AND d.id = s.credit_note_id
            WHERE s.organisation_id = %(organisation)s AND {_standing("s", "reversed_on")}
            UNION ALL
            SELECT d.{side.contact_key}, d.currency, s.amount, s.base_amount
            FROM banking_banktransactionallocation s JOIN {side.note_table} d
                ON d.organisation_id = s.organisation_id AND d.id = s.{side.money_note_key}
            WHERE s.organisation_id = %(organisation)s AND {_standing("s", "reversed_on")}
            UNION ALL
            SELECT l.{side.contact_key}, t.currency,
                ({sign}) * (l.total_amount - coalesce(s.amount, 0)),
                ({sign}) * (l.control_base - coalesce(s.base_amount, 0))
            FROM banking_banktransactionline l JOIN banking_banktransaction t
                ON t.organisation_id = l.organisation_id AND t.id = l.bank_transaction_id
            LEFT JOIN ({_MONEY_USED}) s
                ON s.bank_transaction_id = l.bank_transaction_id AND s.line_position = l.position
            WHERE l.organisation_id = %(organisation)s AND l.{side.contact_key} IS NOT NULL
                AND {_standing("t", "void_date")}
        ) every GROUP BY contact, currency HAVING sum(amount) <> 0 OR sum(base_amount) <> 0
    """


_MONEY_USED = f"""
    SELECT bank_transaction_id, line_position,
        coalesce(sum(amount) FILTER (WHERE {_standing("a", "reversed_on")}), 0) AS amount,
        coalesce(sum(money_base_amount) FILTER (WHERE {_standing("a", "reversed_on")}), 0)
            AS base_amount
    FROM banking_banktransactionallocation a WHERE a.organisation_id = %(organisation)s
    GROUP BY bank_transaction_id, line_position
"""
