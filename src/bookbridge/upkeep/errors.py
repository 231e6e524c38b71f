"""Refusals of the upkeep commands."""

from __future__ import annotations


class UpkeepError(RuntimeError):
    """A back-up or a restoration that cannot go on; the sentence says what to do."""

    code = "upkeep"
