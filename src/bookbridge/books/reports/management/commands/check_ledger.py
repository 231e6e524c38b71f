"""`bookbridge books check_ledger [COMPANY_ID …]`: exit status 0 only where all is well."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookbridge.books.organisations.models import Organisation
from bookbridge.books.reports.checks import INVARIANTS, check_books


class Command(BaseCommand):
    """Proves balances, entries and control accounts from the rows themselves."""

    help = "Prove the books of some companies, or of all: balances, entries, control accounts."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("company_ids", type=int, nargs="*", metavar="COMPANY_ID")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: list[int] = options["company_ids"]
        organisations = Organisation.objects.order_by("id")
        if wanted:
            organisations = organisations.filter(pk__in=wanted)
            missing = set(wanted) - set(organisations.values_list("pk", flat=True))
            if missing:
                raise CommandError(_("There is no company %(id)s.") % {"id": min(missing)})
        count = 0
        for organisation in organisations:
            for fault in check_books(organisation.pk):
                count += 1
                self.stdout.write(f"{organisation.pk} {fault.invariant}: {fault.sentence}")
        if count:
            raise CommandError(
                ngettext("%(count)d fault found.", "%(count)d faults found.", count)
                % {"count": count}
            )
        self.stdout.write(
            _("%(checks)d checks of %(companies)d companies: all is well.")
            % {"checks": len(INVARIANTS), "companies": organisations.count()}
        )
