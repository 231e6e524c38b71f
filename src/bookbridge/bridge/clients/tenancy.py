"""Which rows of the database a transaction sees: one client's, and no other's."""

from __future__ import annotations

from contextlib import AbstractContextManager
from uuid import UUID

from bookbridge.kit.tenancy import scope

SETTING = "bookbridge.client_id"
COLUMN = "client_id"

# Tables that are read before the client is known, so they have no row security.
IDENTITY_TABLES = {
    "clients_user": "a person signs in before a client is chosen",
    "clients_client": "a client is found by its key or its user",
    "clients_clientuser": "says which clients a signed-in person belongs to",
    "clients_apikey": "a request is authenticated by its key's hash before its client is known",
    "api_visitcount": "a request is counted by its address before its client is known",
    "api_requestcount": "a request is counted by the statement that finds its client",
}


def client_scope(client_id: UUID) -> AbstractContextManager[None]:
    """One transaction in which only this client's rows exist."""
    return scope(SETTING, client_id)
