"""Deprecated events, with bodies of their own, made from the events that replaced them. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

CONNECTION_STATUS = "DataConnectionStatusChanged"
READ_OF_TYPE = "DataSyncCompleted"
RECORDS_CHANGED = "DatasetDataChanged"
READ_FAILED = "DataSyncStatusChangedToError"
FIRST_READ = "NewCompanySynchronized"

_RULES = {
    CONNECTION_STATUS: "DataConnectionStatusChanged",
    READ_OF_TYPE: "Data sync completed",
    RECORDS_CHANGED: "Dataset data changed",
    READ_FAILED: "Data Sync Status Changed To Error",
    FIRST_READ: "New company synchronized",
}
# What a connection was before; of one that is linked again, no event says it.
_OLD_STATUS = {"connection.connected": "PendingAuth", "connection.disconnected": "Linked"}


@dataclass(frozen=True)
class OlderForm:
    """One deprecated event: its type, what it is about, and what it says."""

    event_type: str
    company_id: str
    connection_id: str
    message: str
    data: dict[str, Any] | None

    def body(self, *, event_id: UUID, client_id: UUID, client_name: str) -> str:
        """The text that is signed and sent. Where the closed product had rules, each client has one
        for each type."""
        said = {
            "ClientId": str(client_id),
            "ClientName": client_name,
            "CompanyId": self.company_id,
            "DataConnectionId": self.connection_id,
            "RuleId": str(uuid5(client_id, self.event_type)),
            "RuleType": _RULES[self.event_type],
            "AlertId": str(event_id),
            "Message": self.message,
        }
        return json.dumps(said if self.data is None else {**said, "Data": self.data})


def older_forms(event_type: str, body: str, wanted: Collection[str]) -> list[OlderForm]:
    """The deprecated events of the wanted types that an event stands for."""
    made = _forms(event_type, json.loads(body)["payload"])
    return [one for one in made if one.event_type in wanted]


def _forms(event_type: str, payload: dict[str, Any]) -> Iterator[OlderForm]:
    if event_type.startswith("connection."):
        yield _connection(event_type, payload)
        return
    company_id = payload["referenceCompany"]["id"]
    entries = payload["dataTypes"]
    if event_type == "read.completed":
        for entry in entries:
            yield from _read(company_id, entry)
    elif any(entry["status"] == "Complete" for entry in entries):
        said = f"Company {company_id} synced for the first time"
        yield OlderForm(FIRST_READ, company_id, entries[0]["connectionId"], said, None)


def _connection(event_type: str, payload: dict[str, Any]) -> OlderForm:
    connection = payload["connection"]
    old, new = _OLD_STATUS.get(event_type), connection["status"]
    data = {
        "dataConnectionId": connection["id"],
        "newStatus": new,
        "platformKey": connection["integrationKey"],
        **({} if old is None else {"oldStatus": old}),
    }
    before = "" if old is None else f" from {old}"
    said = f"Data connection for {connection['platformName']} status changed{before} to {new}"
    company_id = payload["referenceCompany"]["id"]
    return OlderForm(CONNECTION_STATUS, company_id, connection["id"], said, data)


def _read(company_id: str, entry: dict[str, Any]) -> Iterator[OlderForm]:
    name, status, connection_id = entry["dataType"], entry["status"], entry["connectionId"]
    data = {"dataType": name, "datasetId": entry["datasetId"]}
    if status == "Complete":
        said = f"Data sync of type {name} completed for company {company_id}"
        yield OlderForm(READ_OF_TYPE, company_id, connection_id, said, data)
        if entry["recordsModified"]:
            said = f"Data has changed for dataset type {name}, company {company_id}"
            yield OlderForm(RECORDS_CHANGED, company_id, connection_id, said, data)
    elif status.endswith("Error") or status == "PrerequisiteNotMet":
        said = f"ERROR: syncing {name} triggered a {status} notification."
        data = {**data, "datasetStatus": status}
        yield OlderForm(READ_FAILED, company_id, connection_id, said, data)
