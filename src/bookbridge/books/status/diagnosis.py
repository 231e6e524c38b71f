"""What `bookbridge doctor` asks of the books beyond what both halves are asked."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from bookbridge.books.status.queries import open_window
from bookbridge.kit.diagnosis import Check, Finding, Grade


def own_checks() -> tuple[Check, ...]:
    return (_maintenance,)


def _maintenance() -> Iterator[Finding]:
    window = open_window(timezone.now())
    if window is not None:
        yield Finding(
            Grade.NOTE,
            f"A maintenance window is open: {window.reason}",
            "End it on /staff/maintenance when the work is done.",
        )
