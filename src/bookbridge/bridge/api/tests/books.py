"""A linked company with records, written as a sync leaves them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection as database

from bookbridge.bridge.api.tests.cast import FOUNDER, NOW, Api
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.operations import create_company
from bookbridge.bridge.connections.models import Connection
from bookbridge.bridge.datatypes import DataType, facts_of
from bookbridge.bridge.sync.models import Dataset, Refresh

_COLUMNS = (
    "company_id, connection_id, data_type, id_length, record_id, client_id, parent_id, body,"
    " content_hash, order_date, source_modified_at, modified_at, is_deleted, mapping_version,"
    " sources"
)


@dataclass(frozen=True)
class LinkedCompany:
    """A company of a client, linked to a source, with what was read from it."""

    api: Api
    company_id: UUID
    connection_id: UUID

    @property
    def path(self) -> str:
        return f"/companies/{self.company_id}"

    @property
    def connection_path(self) -> str:
        return f"{self.path}/connections/{self.connection_id}"

    def dataset(self, data_type: DataType, status: str = "Complete", **fields: Any) -> Dataset:
        """A pull of one data type, in this state."""
        with client_scope(self.api.client_id):
            refresh = Refresh.objects.create(
                client_id=self.api.client_id,
                company_id=self.company_id,
                connection_id=self.connection_id,
                requested_at=NOW,
                requested_by="tests",
                is_full=False,
            )
            return Dataset.objects.create(
                client_id=self.api.client_id,
                company_id=self.company_id,
                connection_id=self.connection_id,
                refresh=refresh,
                data_type=data_type.value,
                status=status,
                **{
                    "requested_at": NOW,
                    "completed_at": NOW if status == "Complete" else None,
                    **fields,
                },
            )

    def store(
        self,
        data_type: DataType,
        bodies: Iterable[Mapping[str, Any]],
        *,
        parent_id: str = "",
        ids: Iterable[str] | None = None,
        deleted: frozenset[str] = frozenset(),
    ) -> None:
        """Records of one type, and the complete dataset that brought them."""
        rows = list(bodies)
        names = [body["id"] for body in rows] if ids is None else list(ids)
        with client_scope(self.api.client_id), database.cursor() as cursor:
            for record_id, body in zip(names, rows, strict=True):
                cursor.execute(
                    f"INSERT INTO records_record ({_COLUMNS}) VALUES"
                    " (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '[]')",
                    self._row(data_type, record_id, body, parent_id, record_id in deleted),
                )
        self.dataset(data_type)

    def _row(
        self, data_type: DataType, record_id: str, body: Mapping[str, Any], parent: str, gone: bool
    ) -> list[Any]:
        facts, changed_at = facts_of(data_type), NOW - dt.timedelta(days=1)
        tail: dict[str, Any] = {"metadata": {"isDeleted": gone}} if facts.has_metadata else {}
        if facts.is_list and not gone:
            tail["sourceModifiedDate"] = changed_at.isoformat().replace("+00:00", "Z")
        text = json.dumps({**body, **tail}, default=float)
        date_field = facts.date_field
        order_date = dt.date.fromisoformat(body[date_field][:10]) if date_field else None
        return [
            self.company_id,
            self.connection_id,
            data_type.value,
            len(record_id),
            record_id,
            self.api.client_id,
            parent,
            text,
            hashlib.sha256(text.encode()).digest(),
            order_date,
            None if gone else changed_at,
            NOW,
            gone,
            "1",
        ]


def linked_company(api: Api, name: str = "Acme Ltd", status: str = "Linked") -> LinkedCompany:
    """A company with one connection and no records."""
    with client_scope(api.client_id):
        company = create_company(client_id=api.client_id, name=name, actor=FOUNDER, at=NOW)
        connection = Connection.objects.create(
            client_id=api.client_id,
            company_id=company.id,
            integration_key="vjms",
            status=status,
            source_company_id="77001",
            source_company_name=name,
            created_at=NOW,
            linked_at=NOW,
            first_linked_at=NOW,
            last_sync_at=NOW,
        )
    return LinkedCompany(api, company.id, connection.id)
