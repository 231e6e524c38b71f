"""What can be done to a connection: its life, and its owner's authorisation."""

from bookbridge.bridge.connections.credentials import hide_secrets, token_source
from bookbridge.bridge.connections.operations.authorisation import (
    AuthorisationError,
    Authorised,
    ConsentDeniedError,
    StateInvalidError,
    WrongCompanyError,
    choose_source_company,
    complete_authorisation,
    start_authorisation,
)
from bookbridge.bridge.connections.operations.lifecycle import (
    ConnectionStateError,
    create_connection,
    deauthorise_connection,
    delete_connection,
    note,
    record_failure,
    resolve_failures,
    save_integration_settings,
    unlink_connection,
)

__all__ = [
    "AuthorisationError",
    "Authorised",
    "ConnectionStateError",
    "ConsentDeniedError",
    "StateInvalidError",
    "WrongCompanyError",
    "choose_source_company",
    "complete_authorisation",
    "create_connection",
    "deauthorise_connection",
    "delete_connection",
    "hide_secrets",
    "note",
    "record_failure",
    "resolve_failures",
    "save_integration_settings",
    "start_authorisation",
    "token_source",
    "unlink_connection",
]
