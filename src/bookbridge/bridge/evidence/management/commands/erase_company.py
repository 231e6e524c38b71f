"""`erase_company COMPANY_ID`: destroy a company's key and rows; prints the signed receipt."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.queries import client_of_company
from bookbridge.bridge.evidence.operations.erasure import ErasureIncompleteError, erase_company
from bookbridge.bridge.sync.operations.signing import envelope


class Command(BaseCommand):
    help = (
        "Erase a company for ever: its data key, its records, everything. Prints a signed receipt, "
        "which `bookbridge verify` checks."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("company_id", type=UUID)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        company_id: UUID = options["company_id"]
        client_id = client_of_company(company_id)
        if client_id is None:
            raise CommandError("There is no such company.")
        if not options["yes"] and input("Erase it for ever? Type 'erase': ") != "erase":
            raise CommandError("Nothing was erased.")
        try:
            with client_scope(client_id):
                receipt = erase_company(
                    client_id=client_id,
                    company_id=company_id,
                    actor=Actor(None, "Command line"),
                    at=timezone.now(),
                )
                signed = envelope(receipt.text, receipt.key_id, bytes(receipt.signature))
        except ErasureIncompleteError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({**signed, "statement": json.loads(receipt.text)}, indent=2))
