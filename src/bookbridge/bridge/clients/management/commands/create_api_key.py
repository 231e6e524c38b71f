"""`create_api_key`: a key of the public API, shown once."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.clients.operations import ClientError, create_api_key
from bookbridge.bridge.clients.rules import Actor


class Command(BaseCommand):
    help = "Create an API key of a client and print it: it is kept nowhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--client", help="the client's id, if there are several")
        parser.add_argument("--name", default="Command line")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        clients = Client.objects.order_by("created_at")
        if options["client"]:
            clients = clients.filter(id=options["client"])
        client = clients.first()
        if client is None:
            raise CommandError("There is no such client. Make one with createsuperuser.")
        try:
            key, raw = create_api_key(
                client_id=client.id,
                name=options["name"],
                actor=Actor(None, "Command line"),
                at=timezone.now(),
            )
        except ClientError as error:
            raise CommandError(str(error)) from error
        values = {"id": str(key.id), "client_id": str(client.id), "api_key": raw}
        self.stdout.write(json.dumps(values) if options["json"] else raw)
