"""The one list of what must always be true of an organisation's books.

`check_ledger` runs it, the tests run it, and a nightly job may.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

from django.db import connection

from bookbridge.books.ledger.checks import LEDGER_INVARIANTS, Fault, Invariant, ask, faults_of
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.reports.queries import aged_creditors, aged_debtors, balance_sheet
from bookbridge.books.reports.queries.statements import trial_balance
from bookbridge.books.reports.rules import AgedBalances

ZERO = Decimal(0)
END_OF_TIME = dt.date(9998, 12, 31)


def trial_balance_is_even(organisation_id: int) -> Iterator[str]:
    """Debits equal credits."""
    report = trial_balance(organisation_id, END_OF_TIME)
    if report.debit_total != report.credit_total:
        yield f"debits {report.debit_total}, credits {report.credit_total}"


def net_assets_are_capital(organisation_id: int) -> Iterator[str]:
    """Assets less liabilities are what the owners have in the business."""
    report = balance_sheet(organisation_id, END_OF_TIME)
    if report.net_assets != report.capital_total:
        yield f"net assets {report.net_assets}, capital {report.capital_total}"


def debtors_equal_their_documents(organisation_id: int) -> Iterator[str]:
    """Each customer's part of the control account is what their documents leave open."""
    return _differences(organisation_id, aged_debtors, "TRADE_DEBTORS", "customer_id")


def creditors_equal_their_documents(organisation_id: int) -> Iterator[str]:
    """Each supplier's part of the control account is what their documents leave open."""
    return _differences(organisation_id, aged_creditors, "TRADE_CREDITORS", "supplier_id")


def documents_are_the_sum_of_their_lines(organisation_id: int) -> Iterator[str]:
    """What is printed at the foot is what the lines come to."""
    for table, lines, key in DOCUMENT_TABLES:
        yield from ask(
            f"""
            SELECT format('{table} %%s: %%s + %%s, lines %%s + %%s', d.id, d.net_amount,
                d.tax_amount, sum(l.net_amount), sum(l.tax_amount))
            FROM {table} d LEFT JOIN {lines} l
                ON l.organisation_id = d.organisation_id AND l.{key} = d.id
            WHERE d.organisation_id = %(organisation)s GROUP BY d.id
            HAVING d.net_amount <> coalesce(sum(l.net_amount), 0)
                OR d.tax_amount <> coalesce(sum(l.tax_amount), 0)
                OR d.total_amount <> d.net_amount + d.tax_amount
            """,  # noqa: S608 (the table names are those below)
            organisation_id,
        )


def documents_are_posted_as_printed(organisation_id: int) -> Iterator[str]:
    """An approved document's entry moves its control account by exactly its total."""
    for table, role, sign in POSTED_TABLES:
        yield from ask(
            f"""
            WITH posted AS MATERIALIZED (
                SELECT p.entry_id, {sign} * sum(p.amount) AS amount
                FROM ledger_posting p JOIN ledger_nominalaccount a
                    ON a.organisation_id = p.organisation_id AND a.id = p.account_id
                WHERE p.organisation_id = %(organisation)s AND a.role = '{role}'
                GROUP BY p.entry_id
            )
            SELECT format('{table} %%s: total %%s, posted %%s', d.id, d.base_total,
                coalesce(posted.amount, 0))
            FROM {table} d LEFT JOIN posted USING (entry_id)
            WHERE d.organisation_id = %(organisation)s AND d.status <> 'DRAFT'
                AND d.base_total <> coalesce(posted.amount, 0)
            """,  # noqa: S608 (the table names are those below)
            organisation_id,
        )


def bank_accounts_equal_their_transactions(organisation_id: int) -> Iterator[str]:
    """A bank account's nominal account holds what its transactions and transfers come to."""
    return ask(
        """
        WITH moved AS (
            SELECT bank_account_id AS id, bank_amount AS amount FROM banking_banktransaction
            WHERE organisation_id = %(organisation)s AND status = 'ACTIVE'
            UNION ALL
            SELECT l.transfer_account_id, l.transfer_amount
            FROM banking_banktransactionline l JOIN banking_banktransaction t
                ON t.organisation_id = l.organisation_id AND t.id = l.bank_transaction_id
            WHERE l.organisation_id = %(organisation)s AND l.transfer_account_id IS NOT NULL
                AND t.status = 'ACTIVE'
        )
        SELECT format('bank account %%s: transactions %%s, ledger %%s', b.name,
            coalesce(m.amount, 0), coalesce(p.amount, 0))
        FROM banking_bankaccount b
        LEFT JOIN (SELECT id, sum(amount) AS amount FROM moved GROUP BY id) m ON m.id = b.id
        LEFT JOIN (
            SELECT account_id, sum(foreign_amount) AS amount FROM ledger_posting
            WHERE organisation_id = %(organisation)s GROUP BY account_id
        ) p ON p.account_id = b.nominal_account_id
        WHERE b.organisation_id = %(organisation)s
            AND coalesce(m.amount, 0) <> coalesce(p.amount, 0)
        """,
        organisation_id,
    )


DOCUMENT_TABLES = (
    ("sales_invoice", "sales_invoiceline", "invoice_id"),
    ("sales_creditnote", "sales_creditnoteline", "credit_note_id"),
    ("purchases_bill", "purchases_billline", "bill_id"),
    ("purchases_billcreditnote", "purchases_billcreditnoteline", "credit_note_id"),
)
# How an entry's control posting is signed for a positive total.
POSTED_TABLES = (
    ("sales_invoice", "TRADE_DEBTORS", 1),
    ("sales_creditnote", "TRADE_DEBTORS", -1),
    ("purchases_bill", "TRADE_CREDITORS", -1),
    ("purchases_billcreditnote", "TRADE_CREDITORS", 1),
)

INVARIANTS: tuple[Invariant, ...] = (
    *LEDGER_INVARIANTS,
    trial_balance_is_even,
    net_assets_are_capital,
    debtors_equal_their_documents,
    creditors_equal_their_documents,
    documents_are_the_sum_of_their_lines,
    documents_are_posted_as_printed,
    bank_accounts_equal_their_transactions,
)


def check_books(organisation_id: int) -> list[Fault]:
    """Every fault in an organisation's books; an empty list is the proof that there is none."""
    with organisation_scope(organisation_id):
        return faults_of(organisation_id, INVARIANTS)


def _differences(
    organisation_id: int,
    ageing: Callable[[int, dt.date], AgedBalances],
    role: str,
    contact_key: str,
) -> Iterator[str]:
    open_items: dict[int | None, Decimal] = defaultdict(Decimal)
    for row in ageing(organisation_id, END_OF_TIME).rows:
        open_items[row.contact_id] += row.base_amount
    sign = 1 if role == "TRADE_DEBTORS" else -1
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT p.{contact_key}, sum(p.amount)
            FROM ledger_posting p JOIN ledger_nominalaccount a
                ON a.organisation_id = p.organisation_id AND a.id = p.account_id
            WHERE p.organisation_id = %s AND a.role = %s GROUP BY 1
            """,  # noqa: S608 (one of two column names above)
            [organisation_id, role],
        )
        posted = {contact: sign * amount for contact, amount in cursor.fetchall()}
    for contact in sorted(open_items.keys() | posted.keys(), key=lambda one: one or 0):
        documents, ledger = open_items.get(contact, ZERO), posted.get(contact, ZERO)
        if documents != ledger:
            yield f"{contact_key} {contact}: documents {documents}, ledger {ledger}"
