"""What an owner agreed to, and that it ended, kept as signed receipts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bookbridge.bridge.clients.models import Client
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.connections.models import AuthorisationRequest, Connection
from bookbridge.bridge.evidence.models import ConsentReceipt
from bookbridge.bridge.integrations.queries import connector_of
from bookbridge.bridge.sync.operations.signing import canonical_text, sign

# Moves whenever what the owner is asked is put in other words.
WORDING_VERSION = "2026-11-1"
Kind = ConsentReceipt.Kind


def record_consent(
    *, connection: Connection, sections: Sequence[Mapping[str, str]], at: dt.datetime
) -> ConsentReceipt:
    """Keep what the owner of a connection that was just linked had agreed to, in the very words
    that were shown. No address of theirs is kept."""
    client_id = connection.client_id
    manifest = connector_of(connection.integration_key).manifest
    asked = (
        AuthorisationRequest.objects.filter(client_id=client_id, connection=connection)
        .exclude(used_at=None)
        .order_by("-used_at")
        .first()
    )
    facts: dict[str, Any] = {
        "statement": "consent",
        "clientId": client_id,
        "askedBy": Client.objects.get(id=client_id).name,
        "companyId": connection.company_id,
        "companyName": company(client_id, connection.company_id).name,
        "connectionId": connection.id,
        "software": manifest.name,
        "dataTypes": [one.value for one in manifest.data_types],
        "wordingVersion": WORDING_VERSION,
        "wording": list(sections),
        "howLong": _("Until it is withdrawn, or the company is deleted."),
        "howToWithdraw": _(
            "In %(software)s under connected apps, or by asking %(client)s to unlink it."
        )
        % {"software": manifest.name, "client": Client.objects.get(id=client_id).name},
        "givenAt": asked.created_at if asked else at,
        "grant": {
            "host": connection.source_host,
            "sourceCompanyId": connection.source_company_id,
            "sourceCompanyName": connection.source_company_name,
            "grantedAt": connection.linked_at,
        },
    }
    return _keep(connection, Kind.CONSENT, facts, at)


def record_withdrawal(*, client_id: UUID, connection_id: UUID, how: str, at: dt.datetime) -> None:
    """Keep that a consent ended; harmless when repeated, or when there is none to end."""
    connection = (
        Connection.objects.select_for_update().filter(client_id=client_id, id=connection_id).first()
    )
    if connection is None:
        return
    last = consent_of(client_id, connection_id).first()
    if last is None or last.kind == Kind.WITHDRAWAL:
        return
    facts = {
        "statement": "withdrawal",
        "clientId": client_id,
        "companyId": connection.company_id,
        "connectionId": connection.id,
        "consentId": last.id,
        "withdrawnAt": at,
        "how": how,
    }
    _keep(connection, Kind.WITHDRAWAL, facts, at)


def consent_of(client_id: UUID, connection_id: UUID) -> Any:
    """The receipts of a connection, newest first."""
    return ConsentReceipt.objects.filter(client_id=client_id, connection_id=connection_id).order_by(
        "-issued_at", "id"
    )


def _keep(
    connection: Connection, kind: Kind, facts: Mapping[str, Any], at: dt.datetime
) -> ConsentReceipt:
    signed = sign(canonical_text(facts), at=at)
    return ConsentReceipt.objects.create(
        client_id=connection.client_id,
        company_id=connection.company_id,
        connection_id=connection.id,
        kind=kind,
        text=signed.text,
        key_id=signed.key_id,
        signature=signed.signature,
        issued_at=at,
    )
