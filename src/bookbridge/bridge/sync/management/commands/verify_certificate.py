"""`verify_certificate ID`: whether a certificate is ours and unchanged; prints its text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.sync.models import Certificate
from bookbridge.bridge.sync.operations import is_genuine


class Command(BaseCommand):
    help = "Check the signature of a certificate (by its own id or its dataset's) and print it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        certificate = _find(options["id"])
        if certificate is None:
            raise CommandError("There is no such certificate.")
        if not is_genuine(certificate):
            raise CommandError("NOT GENUINE: the text is not what we signed, or not by our key.")
        self.stdout.write(certificate.text)
        self.stderr.write(f"Genuine: signed by key {certificate.key_id}, {certificate.outcome}.")


def _find(wanted: UUID) -> Certificate | None:
    for client_id in all_client_ids():
        with client_scope(client_id):
            own = Certificate.objects.filter(client_id=client_id)
            found = own.filter(id=wanted).first() or own.filter(dataset_id=wanted).first()
        if found is not None:
            return found
    return None
