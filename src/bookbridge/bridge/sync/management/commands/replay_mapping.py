"""`replay_mapping CONNECTION_ID|--all`: what the mapping of today makes of the stored records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.queries import CompanyKeyGoneError
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.connectors.errors import SourceError
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.differences import ABSENT
from bookbridge.bridge.sync.operations.replaying import MappingDiff, replay_mapping

VALUE_SHOWN_MAX = 80


class Command(BaseCommand):
    help = (
        "Replay stored raw records through the mapping of today, without asking the source. "
        "Nothing is written unless it is released."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("connection_id", type=UUID, nargs="?")
        parser.add_argument("--all", action="store_true", help="every connection")
        parser.add_argument("--data-type", action="append", choices=[one.value for one in DataType])
        parser.add_argument(
            "--show-diff", action="store_true", help="samples of each field, before and after"
        )
        parser.add_argument("--release", action="store_true", help="write what changes")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted: UUID | None = options["connection_id"]
        if (wanted is None) != options["all"]:
            raise CommandError("Name one connection, or say --all.")
        types = [DataType(one) for one in options["data_type"] or ()] or None
        count = 0
        for client_id, connection_id in _connections(wanted):
            count += 1
            self.stdout.write(f"Connection {connection_id}")
            try:
                found = replay_mapping(
                    client_id=client_id,
                    connection_id=connection_id,
                    data_types=types,
                    is_released=options["release"],
                    actor=Actor(None, "Command line"),
                    at=timezone.now(),
                )
            except (CompanyKeyGoneError, SourceError) as error:
                self.stdout.write(f"  left out: {error}")
                continue
            for diff in found:
                self._show(diff, with_samples=options["show_diff"])
        if not count:
            raise CommandError("There is no such connection.")
        if not options["release"]:
            self.stdout.write("Nothing was written. Add --release to apply it.")

    def _show(self, diff: MappingDiff, *, with_samples: bool) -> None:
        counts = f"{diff.changed} change, {diff.added} added, {diff.deleted} deleted"
        words = "as it was" if diff.is_empty else counts
        released = "; released" if diff.is_released else ""
        rejected = f"; {diff.rejected} rejected" if diff.rejected else ""
        self.stdout.write(
            f"  {diff.data_type.value} ({diff.from_version} to {diff.to_version}): "
            f"{words}{rejected}{released}"
        )
        for name, number in diff.fields.most_common():
            self.stdout.write(f"    {number} x {name or '/'}")
            if with_samples:
                for record_id, change in diff.samples[name]:
                    before, after = _words(change.before), _words(change.after)
                    self.stdout.write(f"      {record_id}: {before} -> {after}")


def _connections(wanted: UUID | None) -> Iterator[tuple[UUID, UUID]]:
    for client_id in all_client_ids():
        with client_scope(client_id):
            found = Connection.objects.filter(client_id=client_id).order_by("id")
            if wanted is not None:
                found = found.filter(id=wanted)
            ids = list(found.values_list("id", flat=True))
        yield from ((client_id, one) for one in ids)


def _words(value: Any) -> str:
    return "absent" if value is ABSENT else str(value)[:VALUE_SHOWN_MAX]
