"""A real retailer's year, booked by the command and compared with independent totals."""

from __future__ import annotations

import datetime as dt
import resource
import time
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

from bookbridge.books.contacts.models import Customer
from bookbridge.books.ledger.models import JournalEntry
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.tenancy import organisation_scope
from bookbridge.books.reports.queries import aged_debtors, trial_balance
from bookbridge.books.sales.models import CreditNote, Invoice, InvoiceLine

FILE = "data/online-retail-2009-2010.csv.gz"
SECONDS_MAX = 120
MEGABYTES_MAX = 400


@pytest.fixture
def real_year(test_data: Path) -> Path:
    file = test_data / FILE
    if not file.is_file():
        pytest.skip(f"no real year of sales at {file}")
    return file


def month(model: type[Invoice | CreditNote], start: dt.date) -> tuple[int, Decimal]:
    end = (start + dt.timedelta(days=31)).replace(day=1)
    found = model.objects.filter(date__gte=start, date__lt=end).aggregate(
        count=Count("id"), total=Sum("total_amount")
    )
    return found["count"], found["total"]


def test_the_real_year_is_booked_to_the_penny_and_only_once(
    committed_books: Organisation, real_year: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    call_command("import_sales", str(committed_books.pk), str(real_year))
    seconds = time.monotonic() - began
    assert "525,461 lines and 4,384 new customers booked" in capsys.readouterr().out

    with organisation_scope(committed_books.pk):
        assert Invoice.objects.count() == 24_221
        assert InvoiceLine.objects.count() == 406_763 + 108_489
        for letter, total in (("5", "8186483.71"), ("4", "2119408.30")):
            found = Invoice.objects.filter(number__startswith=letter)
            assert found.aggregate(total=Sum("total_amount"))["total"] == Decimal(total)
        assert CreditNote.objects.count() == 4_592
        credit = CreditNote.objects.aggregate(total=Sum("total_amount"))["total"]
        assert credit == Decimal("629855.37")
        assert CreditNote.objects.filter(total_amount__lt=0).count() == 1
        assert Invoice.objects.filter(total_amount=0).count() == 3_270
        assert JournalEntry.objects.filter(source_type="ADJUSTMENT").count() == 3
        assert Customer.objects.count() == 4_383 + 1
        assert month(Invoice, dt.date(2009, 12, 1)) == (1_929, Decimal("825685.76"))
        assert month(Invoice, dt.date(2010, 3, 1)) == (1_960, Decimal("833570.13"))
        assert month(Invoice, dt.date(2010, 11, 1)) == (3_093, Decimal("1470272.48"))
        assert month(CreditNote, dt.date(2010, 3, 1)) == (407, Decimal("67721.37"))
        balances = {
            row.code: row.debit - row.credit
            for row in trial_balance(committed_books.pk, dt.date(2010, 12, 31)).rows
        }
        # What the adjustments took is in the allowance, so debtors still equal their documents.
        assert balances["205"] == Decimal("-136552.02")
        assert balances["200"] == Decimal("10305892.01") - credit
        ageing = aged_debtors(committed_books.pk, dt.date(2010, 12, 31))
        assert ageing.base_total == balances["200"]

    call_command("check_ledger", str(committed_books.pk))
    call_command("import_sales", str(committed_books.pk), str(real_year))
    assert "28,816 known documents skipped" in capsys.readouterr().out
    assert seconds <= SECONDS_MAX
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 <= MEGABYTES_MAX
