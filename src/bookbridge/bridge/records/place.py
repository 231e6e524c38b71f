"""Whose records: the three ids that every statement about them begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Place:
    """One connection's part of the record tables."""

    client_id: UUID
    company_id: UUID
    connection_id: UUID

    @property
    def values(self) -> dict[str, Any]:
        return {
            "client": self.client_id,
            "company": self.company_id,
            "connection": self.connection_id,
        }
