"""`signing_keys [--output FILE]`: the public keys by which others check what we signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bookbridge.bridge.sync.operations.signing import signing_keys


class Command(BaseCommand):
    help = "Print the public signing keys, or write them to a file for `bookbridge verify`."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, default=None, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        text = json.dumps({"keys": signing_keys()}, indent=2)
        if options["output"] is None:
            self.stdout.write(text)
        else:
            options["output"].write_text(text + "\n", encoding="utf-8")
