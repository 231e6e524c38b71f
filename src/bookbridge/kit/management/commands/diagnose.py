"""`diagnose`: what this half finds wrong with itself; `bookbridge doctor` asks both."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils.module_loading import import_string

from bookbridge.kit.diagnosis import Check, Finding, Grade, shared_checks


class Command(BaseCommand):
    help = "Say what is wrong with this half, one JSON object a line."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        own: tuple[Check, ...] = import_string(settings.OWN_CHECKS)()
        for check in (*shared_checks(), *own):
            for finding in _findings(check):
                self.stdout.write(
                    json.dumps(
                        {
                            "grade": finding.grade.value,
                            "what": finding.what,
                            "remedy": finding.remedy,
                        }
                    )
                )


def _findings(check: Check) -> list[Finding]:
    try:
        return list(check())
    except DatabaseError as error:
        said = str(error).strip().splitlines()[0]
        return [Finding(Grade.BAD, f"The database refuses a check: {said}.", "Is it migrated?")]
