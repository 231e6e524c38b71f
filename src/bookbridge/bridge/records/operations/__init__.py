"""How raw and normalised records are written."""

from bookbridge.bridge.records.operations.causes import Cause, Release
from bookbridge.bridge.records.operations.normalised import Merge
from bookbridge.bridge.records.operations.raw import (
    Missing,
    delete_records,
    delete_suspects,
    raw_counts,
    release_suspects,
    store_raw,
    suspect_records,
    suspects,
)

__all__ = [
    "Cause",
    "Merge",
    "Missing",
    "Release",
    "delete_records",
    "delete_suspects",
    "raw_counts",
    "release_suspects",
    "store_raw",
    "suspect_records",
    "suspects",
]
