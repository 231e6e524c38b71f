"""`first_run`: the sign-ins of a first start. Each half says what it makes and what still opens."""

from __future__ import annotations

import datetime as dt
import json
from abc import abstractmethod
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bookbridge.kit.env import Env


class FirstRunCommand(BaseCommand):
    """Makes the first users of an empty database, or checks those that an earlier run made."""

    help = "Make the first sign-ins of an empty installation, or check them. Used by `serve`."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--json", action="store_true", help="make them; print them as JSON")
        choice.add_argument(
            "--check",
            action="store_true",
            help="print those in BOOKBRIDGE_FIRST_RUN, with null for what is no longer valid",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            values: Mapping[str, str | None] = self.make(at=timezone.now())
        else:
            kept: dict[str, str] = json.loads(Env().text("BOOKBRIDGE_FIRST_RUN"))
            values = self.check_kept(kept)
        self.stdout.write(json.dumps(dict(values)))

    @abstractmethod
    def make(self, *, at: dt.datetime) -> dict[str, str]:
        """Make them and return them; nothing where somebody can sign in already."""

    @abstractmethod
    def check_kept(self, kept: Mapping[str, str]) -> dict[str, str | None]:
        """This half's values of `kept`, null for each that opens nothing any more."""
