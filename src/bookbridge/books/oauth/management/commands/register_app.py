"""`register_app`: registers an app from the command line and prints its keys once."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookbridge.books.oauth.operations import register_app
from bookbridge.books.oauth.rules import RedirectUriError


class Command(BaseCommand):
    help = "Register an app that may ask for access to the books; prints its keys once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True)
        parser.add_argument("--description", required=True)
        parser.add_argument("--redirect-uri", required=True)
        parser.add_argument("--may-write", action="store_true", help="it also changes the books")
        parser.add_argument("--json", action="store_true", help="print the keys as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = register_app(
                name=options["name"],
                description=options["description"],
                redirect_uri=options["redirect_uri"],
                may_write=options["may_write"],
                owner=None,
            )
        except RedirectUriError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(
                json.dumps({"client_id": keys.client_id, "client_secret": keys.client_secret})
            )
            return
        self.stdout.write(f"Client ID      {keys.client_id}")
        self.stdout.write(f"Client secret  {keys.client_secret}")
        self.stdout.write("The secret is shown only now; store it safely.")
