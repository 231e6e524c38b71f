"""What becomes of a normalised record once its source no longer has it: flagged, never removed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bookbridge.bridge.datatypes.facts import facts_of
from bookbridge.bridge.datatypes.keys import DataType

_OPEN_AMOUNTS = ("amountDue", "remainingCredit")
_STATUS_FIELDS = ("status", "itemStatus")


def as_deleted(data_type: DataType, body: Mapping[str, Any]) -> dict[str, Any]:
    """The same record as deleted: flag set, status Void or Archived where the type has one,
    nothing left to pay, and no source date (the public API has none on deleted records)."""
    deleted = dict(body)
    deleted.pop("sourceModifiedDate", None)
    facts = facts_of(data_type)
    if facts.has_metadata:
        deleted["metadata"] = {"isDeleted": True}
    if facts.deleted_status is not None:
        for field in _STATUS_FIELDS:
            if field in deleted:
                deleted[field] = facts.deleted_status
    for field in _OPEN_AMOUNTS:
        if field in deleted:
            deleted[field] = Decimal(0)
    return deleted
