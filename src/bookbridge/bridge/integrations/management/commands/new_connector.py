"""`new_connector`: the folder of a connector to a new platform, ready to be filled in."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bookbridge.bridge.connectors.registry import CONNECTORS
from bookbridge.bridge.connectors.skeleton import SkeletonError, write_skeleton


class Command(BaseCommand):
    help = "Write the folder of a new connector; its tests say what to fill in."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the platform's name, such as 'Acme Books'")
        parser.add_argument("--into", type=Path, default=Path(), help="default: this folder")
        parser.add_argument(
            "--key", default=None, help="four letters or digits; default: the name's"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = write_skeleton(
                name=options["name"], into=options["into"], taken=CONNECTORS, key=options["key"]
            )
        except SkeletonError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{made.folder} is written. Next:\n"
            f"  pytest {made.folder}   its failures say what to fill in\n"
            f"  BOOKBRIDGE_BRIDGE_CONNECTORS={made.place}   registers it\n"
            "docs/writing-a-connector.md explains each step."
        )
