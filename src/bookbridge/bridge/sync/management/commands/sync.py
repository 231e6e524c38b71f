"""`sync COMPANY_ID`: queue a read of everything and show how it goes."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.queries import client_of_company
from bookbridge.bridge.sync.models import Dataset, Refresh
from bookbridge.bridge.sync.operations import RefreshError, request_refresh

POLL_SECONDS = 0.5


class Command(BaseCommand):
    help = "Queue a read of all data types of a company; a worker runs it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("company_id", type=UUID)
        parser.add_argument("--no-wait", action="store_true", help="return once it is queued")

    def handle(self, *args: Any, **options: Any) -> None:
        company_id: UUID = options["company_id"]
        client_id = client_of_company(company_id)
        if client_id is None:
            raise CommandError("There is no such company.")
        try:
            with client_scope(client_id):
                made = request_refresh(
                    client_id=client_id,
                    company_id=company_id,
                    actor=Actor(None, "Command line"),
                    at=timezone.now(),
                )
        except RefreshError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Queued {len(made)} datasets.")
        if made and not options["no_wait"]:
            self._follow(client_id, made[0].refresh_id)

    def _follow(self, client_id: UUID, refresh_id: UUID) -> None:
        shown: set[UUID] = set()
        while True:
            with client_scope(client_id):
                refresh = Refresh.objects.get(id=refresh_id)
                done = Dataset.objects.filter(refresh=refresh, completed_at__isnull=False)
                for dataset in done.exclude(id__in=shown).order_by("completed_at"):
                    shown.add(dataset.id)
                    words = f"{dataset.data_type}: {dataset.status} {dataset.error_message}"
                    self.stdout.write(words.rstrip())
            if refresh.completed_at is not None:
                self.stdout.write(f"Reconciliation: {refresh.outcome}")
                return
            time.sleep(POLL_SECONDS)
