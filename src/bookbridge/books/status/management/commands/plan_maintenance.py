"""`plan_maintenance`: announces a maintenance window, or ends the one that is open."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from bookbridge.books.organisations.rules import Actor
from bookbridge.books.status.operations import (
    MaintenanceWindowError,
    end_maintenance,
    plan_maintenance,
)
from bookbridge.kit.formatting import moment

COMMAND_LINE = Actor(user_id=None, name="command line")


class Command(BaseCommand):
    help = "Plan maintenance (--from, --to, --reason), or end it now (--end-now)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="starts", help="ISO date and time, or 'now'")
        parser.add_argument("--to", dest="ends", help="ISO date and time")
        parser.add_argument("--reason", help="one sentence for the status page")
        parser.add_argument("--end-now", action="store_true", help="end what is open")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["end_now"]:
            ended = end_maintenance(at=now)
            self.stdout.write("Maintenance ended." if ended else "There was no maintenance to end.")
            return
        if not (options["starts"] and options["ends"] and options["reason"]):
            raise CommandError("Give --from, --to and --reason, or --end-now.")
        try:
            window = plan_maintenance(
                starts_at=now if options["starts"] == "now" else moment_of(options["starts"]),
                ends_at=moment_of(options["ends"]),
                reason=options["reason"],
                actor=COMMAND_LINE,
                at=now,
            )
        except MaintenanceWindowError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Planned from {moment(window.starts_at)} to {moment(window.ends_at)}.")


def moment_of(text: str) -> dt.datetime:
    """An ISO date and time, in the books' time zone unless it names another."""
    try:
        parsed = parse_datetime(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is not a possible date and time.") from error
    if parsed is None:
        raise CommandError(f"{text!r} is not a date and time. Write 2026-03-17T06:00.")
    return timezone.make_aware(parsed) if timezone.is_naive(parsed) else parsed
