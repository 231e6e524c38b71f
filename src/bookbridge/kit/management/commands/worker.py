"""`worker`: runs this half's jobs in the foreground until told to stop."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from bookbridge.kit.env import Env
from bookbridge.kit.jobs import JobRunner
from bookbridge.kit.processes.parent import end_with_parent, supervising_parent

CONCURRENCY_DEFAULT = 2


class Command(BaseCommand):
    help = "Run this half's jobs; any number of workers share the queue."
    # `migrate` made the checks; a restart after a crash should not wait for them.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        end_with_parent(supervising_parent())
        JobRunner(
            Env().whole_number("BOOKBRIDGE_WORKER_CONCURRENCY", CONCURRENCY_DEFAULT, 1, 64),
            lanes=getattr(settings, "JOB_LANES", None),
        ).run()
