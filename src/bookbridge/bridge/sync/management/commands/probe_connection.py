"""`probe_connection CONNECTION_ID`: which of a connector's assumptions hold at a real source."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connectors.errors import SourceError
from bookbridge.bridge.sync.session import source_session

WORDS = {True: "holds", False: "DOES NOT HOLD", None: "cannot be told"}


class Command(BaseCommand):
    help = "Read a little of a linked source and say which assumptions about it hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("connection_id", type=UUID)

    def handle(self, *args: Any, **options: Any) -> None:
        connection = _find(options["connection_id"])
        if connection is None:
            raise CommandError("There is no such connection.")
        try:
            with source_session(connection, timezone.localdate()) as session:
                found = session.connector.probe(session.request)
        except SourceError as error:
            raise CommandError(str(error)) from error
        for assumption in found:
            self.stdout.write(
                f"[{WORDS[assumption.holds]}] {assumption.statement} {assumption.detail}".rstrip()
            )
        if any(assumption.holds is False for assumption in found):
            raise CommandError("Some assumptions do not hold at this source.")


def _find(connection_id: UUID) -> Connection | None:
    for client_id in all_client_ids():
        with client_scope(client_id):
            found = Connection.objects.filter(client_id=client_id, id=connection_id).first()
        if found is not None:
            return found
    return None
