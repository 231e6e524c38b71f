"""`bookbridge books import_sales COMPANY_ID FILE`."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from bookbridge.books.documents.errors import DocumentError
from bookbridge.books.ledger.errors import LedgerError
from bookbridge.books.organisations.models import Organisation
from bookbridge.books.organisations.rules import Actor
from bookbridge.books.sales.import_layout import FIELDS
from bookbridge.books.sales.importing import SalesFile, SalesFileError
from bookbridge.books.sales.operations.history import ImportSummary, import_sales_file
from bookbridge.kit.formatting import money, whole

BAR_WIDTH = 40


class Command(BaseCommand):
    """Books a file of sales history."""

    help = (
        "Book sales history from a CSV file, plain or gzipped: all of it or nothing. Known "
        "documents are skipped, so a file may be given again."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("company_id", type=int, metavar="COMPANY_ID")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="COLUMN=FIELD",
            help=f"what a column means; fields: {', '.join(FIELDS)}",
        )
        parser.add_argument("--tax-code", default="NV", help="tax code of every line (NV)")
        parser.add_argument("--account", help="nominal code of every line (the sales account)")

    def handle(self, *args: Any, **options: Any) -> None:
        company_id: int = options["company_id"]
        if not Organisation.objects.filter(pk=company_id).exists():
            raise CommandError(_("There is no company %(id)s.") % {"id": company_id})
        began = time.monotonic()
        try:
            summary = import_sales_file(
                organisation_id=company_id,
                file=SalesFile(options["file"], _mapping(options["map"])),
                tax_code_name=options["tax_code"],
                account_code=options["account"],
                actor=Actor(None, "import_sales"),
                at=timezone.now(),
                progress=self._progress,
            )
        except (SalesFileError, LedgerError, DocumentError) as error:
            self._end_bar()
            raise CommandError(str(error)) from error
        self._end_bar()
        self._report(summary, time.monotonic() - began)

    def _report(self, summary: ImportSummary, seconds: float) -> None:
        for kind, count in sorted(summary.made.items()):
            total = money(summary.totals[kind])
            self.stdout.write(f"{kind.replace('_', ' ').lower():>12} {whole(count):>8} {total:>16}")
        self.stdout.write(
            _(
                "%(lines)s lines and %(customers)s new customers booked, %(skipped)s known "
                "documents skipped, in %(seconds).1f s."
            )
            % {
                "lines": whole(summary.lines),
                "customers": whole(summary.customers),
                "skipped": whole(summary.skipped),
                "seconds": seconds,
            }
        )

    def _progress(self, done: int, total: int) -> None:
        if not self.stderr.isatty():
            return
        filled = BAR_WIDTH * done // max(total, 1)
        bar = "█" * filled + "░" * (BAR_WIDTH - filled)
        self.stderr.write(f"\r{bar} {whole(done)} / {whole(total)}", ending="")

    def _end_bar(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("")


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        column, separator, field = pair.rpartition("=")
        if not separator or not column:
            raise CommandError(_("Write --map COLUMN=FIELD, such as --map 'Invoice No=number'."))
        mapping[column.strip()] = field.strip()
    return mapping
