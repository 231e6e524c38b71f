"""Sales history from files: what is read, what is refused, and that nothing is left half done."""

from __future__ import annotations

import datetime as dt
import gzip
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from bookbridge.books.contacts.models import Customer
from bookbridge.books.ledger.models import JournalEntry, Posting
from bookbridge.books.ledger.queries import closing_balances
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.operations import lock_period
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.reports.checks import check_books
from bookbridge.books.sales.models import CreditNote, Invoice, InvoiceLine

RETAIL_HEADER = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
RETAIL = f"""{RETAIL_HEADER}
489434,85048,GLASS BALL LIGHTS,12,2026-01-05 07:45:00,6.95,13085.0,United Kingdom
489435,22350,CAT BOWL,1,2026-01-05 07:46:00,2.555,13086.0,EIRE
489434,79323P,PINK CHERRY LIGHTS,10,2026-01-05 07:45:00,6.75,13085.0,United Kingdom
C489449,22087,PAPER BUNTING,-12,2026-01-06 10:33:00,2.95,13085.0,United Kingdom
489436,DOT,,1,2026-01-06 09:06:00,0,,United Kingdom
489437,21523,"DOORMAT, FANCY",1,2026-01-06 09:08:00,5.95,,United Kingdom
A506401,B,Adjust bad debt,1,2026-01-07 13:36:00,-30.00,,United Kingdom
"""
AT = dt.datetime(2026, 2, 1, 9, 0, tzinfo=dt.UTC)


def run(books: Organisation, file: Path, *options: str) -> str:
    out = StringIO()
    call_command("import_sales", str(books.pk), str(file), *options, stdout=out)
    return out.getvalue()


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "sales.csv"
    file.write_text(text, encoding="utf-8")
    return file


def refusal(books: Organisation, tmp_path: Path, text: str, *options: str) -> str:
    with pytest.raises(CommandError) as caught:
        run(books, written(tmp_path, text), *options)
    assert not Invoice.objects.exists()
    assert not JournalEntry.objects.exists()
    assert not Customer.objects.exists()
    return str(caught.value)


def test_a_retailers_file_becomes_invoices_credit_notes_and_adjustments(
    books: Organisation, tmp_path: Path
) -> None:
    summary = run(books, written(tmp_path, RETAIL))
    assert "7 lines and 3 new customers booked, 0 known documents skipped" in summary
    invoice = Invoice.objects.get(number="489434")
    assert (invoice.total_amount, invoice.date) == (Decimal("150.90"), dt.date(2026, 1, 5))
    assert invoice.customer.reference == "13085"
    assert invoice.customer.name == "Customer 13085"
    assert [line.description for line in invoice.lines.order_by("position")] == [
        "85048 GLASS BALL LIGHTS",
        "79323P PINK CHERRY LIGHTS",
    ]
    assert Invoice.objects.get(number="489435").total_amount == Decimal("2.56")
    assert Invoice.objects.get(number="489435").customer.country == "IE"
    note = CreditNote.objects.get(number="C489449")
    assert (note.total_amount, note.outstanding_amount) == (Decimal("35.40"), Decimal("35.40"))
    counter = Invoice.objects.get(number="489437").customer
    assert (counter.name, counter.country) == ("Counter sales", "")


def test_zero_priced_lines_stay_with_amount_nought(books: Organisation, tmp_path: Path) -> None:
    run(books, written(tmp_path, RETAIL))
    line = InvoiceLine.objects.get(invoice__number="489436")
    assert (line.total_amount, line.quantity) == (Decimal(0), Decimal(1))


def test_bad_debt_adjustments_leave_debtors_equal_to_their_documents(
    books: Organisation, tmp_path: Path
) -> None:
    run(books, written(tmp_path, RETAIL))
    balances = closing_balances(books, dt.date(2026, 1, 31))
    by_code = {p.account.code: balances[p.account_id] for p in Posting.objects.all()}
    assert by_code["745"] == Decimal("30.00")
    assert by_code["205"] == Decimal("-30.00")
    assert by_code["200"] == Decimal("124.01")
    assert check_books(books.pk) == []


def test_the_same_file_again_books_nothing_and_says_so(books: Organisation, tmp_path: Path) -> None:
    file = written(tmp_path, RETAIL)
    run(books, file)
    before = JournalEntry.objects.count()
    assert "0 lines and 0 new customers booked, 6 known documents skipped" in run(books, file)
    assert JournalEntry.objects.count() == before


def test_a_file_that_overlaps_books_only_what_is_new(books: Organisation, tmp_path: Path) -> None:
    run(books, written(tmp_path, RETAIL))
    more = RETAIL + "489500,22350,CAT BOWL,2,2026-01-08 07:46:00,2.50,13086.0,EIRE\n"
    assert "1 lines and 0 new customers booked, 6 known" in run(books, written(tmp_path, more))
    assert Invoice.objects.count() == 5


@pytest.mark.parametrize(
    ("was", "now", "number"),
    [
        ("10,2026-01-05 07:45:00,6.75", "11,2026-01-05 07:45:00,6.75", "489434"),
        ("PAPER BUNTING", "PAPER DOILIES", "C489449"),
        ("-30.00", "-31.00", "A506401"),
        ("2.555,13086.0", "2.555,13085.0", "489435"),
    ],
)
def test_other_content_under_a_known_number_is_refused_by_name(
    books: Organisation, tmp_path: Path, was: str, now: str, number: str
) -> None:
    run(books, written(tmp_path, RETAIL))
    before = JournalEntry.objects.count()
    changed = RETAIL.replace(was, now) + "489500,X,NEW,2,2026-01-08 07:46:00,2.50,13086.0,EIRE\n"
    with pytest.raises(CommandError, match=rf"other content under 1 .*: {number}"):
        run(books, written(tmp_path, changed))
    assert JournalEntry.objects.count() == before


def test_a_gzipped_file_is_read_like_a_plain_one(books: Organisation, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv.gz"
    file.write_bytes(gzip.compress(RETAIL.encode()))
    assert "7 lines" in run(books, file)


def test_our_own_columns_need_no_mapping(books: Organisation, tmp_path: Path) -> None:
    text = (
        "number,date,kind,customer,customer_name,country,description,quantity,price\n"
        "S-1,31/01/2026,invoice,K7,Kay & Sons,FR,Repair,1.5,40\n"
        "S-2,2026-01-31,credit note,K7,Kay & Sons,FR,Repair,-0.5,40\n"
    )
    run(books, written(tmp_path, text), "--tax-code", "ST", "--account", "310")
    invoice = Invoice.objects.get()
    assert invoice.customer.name == "Kay & Sons"
    assert (invoice.net_amount, invoice.tax_amount) == (Decimal("60.00"), Decimal("12.00"))
    assert CreditNote.objects.get().total_amount == Decimal("24.00")
    assert check_books(books.pk) == []


def test_other_columns_are_mapped(books: Organisation, tmp_path: Path) -> None:
    text = 'Rechnung;x,Datum,Betrag\nR1,2026-01-31,"1,250.00"\n'
    options = ["--map", "Rechnung;x=number", "--map", "Datum=date", "--map", "Betrag=price"]
    run(books, written(tmp_path, text), *options)
    assert Invoice.objects.get().total_amount == Decimal("1250.00")


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        (",6.75,", ",6.7x,", "line 4, column Price: “6.7x” is not a number"),
        (",6.75,", ",6.75001,", "line 4, column Price: “6.75001” has more than four decimals"),
        (",6.75,", ",NaN,", "line 4, column Price: “NaN” is too large a number"),
        (
            "2026-01-05 07:46",
            "2026-13-05 07:46",
            "line 3, column InvoiceDate: “2026-13-05 07:46:00”",
        ),
        ("489435,", ",", "line 3, column Invoice: “” is missing"),
        ("6.75,13085.0", "6.75,13099.0", "line 4, column Customer ID: “13099” but document 489434"),
        ("10,2026-01-05", "10,2026-01-06", "column InvoiceDate: “2026-01-06” but document 489434"),
    ],
)
def test_a_bad_cell_is_named_by_line_column_and_value(
    books: Organisation, tmp_path: Path, was: str, now: str, sentence: str
) -> None:
    assert sentence in refusal(books, tmp_path, RETAIL.replace(was, now, 1))


def test_every_problem_is_named_at_once(books: Organisation, tmp_path: Path) -> None:
    text = RETAIL.replace(",6.75,", ",x,").replace(",5.95,", ",y,")
    message = refusal(books, tmp_path, text)
    assert "2 problem(s)" in message
    assert "line 4" in message and "line 7" in message


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("", [], "No column says"),
        ("a,b\n1,2\n", [], "No column says the number or the date or the price"),
        (RETAIL_HEADER + "\n", [], "no lines below its header"),
        (RETAIL, ["--map", "Nope=number"], "There is no column “Nope”"),
        (RETAIL, ["--map", "Price=cost"], "“cost” is not a field"),
        (RETAIL, ["--map", "Price"], "Write --map COLUMN=FIELD"),
        (RETAIL, ["--tax-code", "XX"], "There is no tax code XX"),
        (RETAIL, ["--account", "999"], "There is no nominal account 999"),
        (RETAIL + '489999,"unclosed', [], "is not CSV at line 9"),
    ],
)
def test_a_file_or_option_that_cannot_be_is_refused_with_a_sentence(
    books: Organisation, tmp_path: Path, text: str, options: list[str], sentence: str
) -> None:
    assert sentence in refusal(books, tmp_path, text, *options)


def test_what_is_not_utf8_or_not_whole_is_refused(books: Organisation, tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes(RETAIL.replace("FANCY", "FANÇY").encode("latin-1"))
    with pytest.raises(CommandError, match="not UTF-8"):
        run(books, latin)
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(RETAIL.encode())[:-20])
    with pytest.raises(CommandError, match="broken gzip"):
        run(books, cut)
    with pytest.raises(CommandError, match="cannot be read"):
        run(books, tmp_path / "absent.csv")
    with pytest.raises(CommandError, match="There is no company"):
        call_command("import_sales", "999999999", str(cut))


def test_a_locked_month_keeps_the_whole_file_out(
    books: Organisation, owner: Actor, tmp_path: Path
) -> None:
    lock_period(organisation_id=books.pk, lock_date=dt.date(2026, 1, 6), actor=owner, at=AT)
    assert "locked up to 2026-01-06" in refusal(books, tmp_path, RETAIL)


def test_documents_whose_lines_lie_far_apart_are_put_together(
    books: Organisation, tmp_path: Path
) -> None:
    rows = [RETAIL_HEADER]
    for line in range(3):
        rows += [f"7{n:05},A{line},LINE {line},1,2026-01-05,1.00,1,UK" for n in range(1500)]
    run(books, written(tmp_path, "\n".join(rows)))
    assert Invoice.objects.count() == 1500
    assert InvoiceLine.objects.count() == 4500
    assert set(Invoice.objects.values_list("total_amount", flat=True)) == {Decimal("3.00")}
    first = Invoice.objects.get(number="700000").lines.order_by("position")
    assert [line.description for line in first] == ["A0 LINE 0", "A1 LINE 1", "A2 LINE 2"]
