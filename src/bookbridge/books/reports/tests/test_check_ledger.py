"""`check_ledger` finds what is wrong and says so with its exit status."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from bookbridge.books.ledger.models import MonthlyBalance
from bookbridge.books.ledger.tests.journals import post_journal
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.reports.checks import INVARIANTS, check_books

SALE = """
2026-01-04 Stock sold for cash
    210 Current     240.00
    190 Stock      -240.00
"""


def test_clean_books_pass_alone_and_with_all_others(books: Organisation, owner: Actor) -> None:
    post_journal(books, owner, SALE)
    for arguments in ([str(books.pk)], []):
        out = StringIO()
        call_command("check_ledger", *arguments, stdout=out)
        assert f"{len(INVARIANTS)} checks of 1 companies: all is well." in out.getvalue()


def test_a_balance_that_is_a_penny_out_is_found(books: Organisation, owner: Actor) -> None:
    post_journal(books, owner, SALE)
    balance = MonthlyBalance.objects.get(account__code="190")
    MonthlyBalance.objects.filter(account=balance.account).update(credit=Decimal("240.01"))
    out = StringIO()
    with pytest.raises(CommandError, match="fault"):
        call_command("check_ledger", str(books.pk), stdout=out)
    assert "balances_equal_postings: account" in out.getvalue()
    assert "kept 0.00 / 240.01, posted 0 / 240.00" in out.getvalue()


def test_debtors_without_documents_are_found(books: Organisation, owner: Actor) -> None:
    post_journal(books, owner, SALE.replace("210 Current", "200 Debtors"))
    found = {fault.invariant for fault in check_books(books.pk)}
    assert found == {"control_postings_name_their_contact", "debtors_equal_their_documents"}


def test_an_unknown_company_is_an_error(db: None) -> None:
    with pytest.raises(CommandError, match="There is no company 999"):
        call_command("check_ledger", "999")


def test_a_posting_changed_behind_every_guard_is_found(
    committed_books: Organisation, committed_owner: Actor
) -> None:
    with organisation_scope(committed_books.pk):
        post_journal(committed_books, committed_owner, SALE)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_posting DISABLE TRIGGER ledger_posted_is_final")
        cursor.execute(
            "UPDATE ledger_posting SET amount = 250, date = %s WHERE amount > 0",
            [dt.date(2026, 1, 5)],
        )
    found = {fault.invariant for fault in check_books(committed_books.pk)}
    assert {
        "entries_balance",
        "balances_equal_postings",
        "postings_have_their_entrys_date",
    } <= found
