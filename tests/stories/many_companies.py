"""A lender with many linked companies, made by a process of its own: `python -m` this module."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

import django
import httpx

CALLBACK = "http://127.0.0.1:8000/oauth/callback"
BROWSER = "one-browser"


def main(source_url: str, receiver_url: str, count: int, data_types: Sequence[str]) -> None:
    """One client, its integration and webhook consumer, and `count` companies, linked, whose
    first read is of these data types."""
    django.setup()
    from django.utils import timezone

    from bookbridge.bridge.clients.operations import create_client
    from bookbridge.bridge.clients.rules import SYSTEM
    from bookbridge.bridge.clients.tenancy import client_scope
    from bookbridge.bridge.companies.operations import create_company
    from bookbridge.bridge.connections.operations import (
        complete_authorisation,
        create_connection,
        save_integration_settings,
        start_authorisation,
    )
    from bookbridge.bridge.integrations.operations import set_enabled
    from bookbridge.bridge.sync.operations.settings import NewSyncSetting, save_sync_settings
    from bookbridge.bridge.webhooks.operations.consumers import create_consumer
    from tests.connectors.tiny_ledger.manifest import MANIFEST

    at = timezone.now()
    client = create_client(name="A lender with many companies", at=at)
    whose = {"client_id": client.id, "actor": SYSTEM}
    with client_scope(client.id):
        save_integration_settings(
            **whose,
            integration_key=MANIFEST.key,
            host=source_url,
            app_client_id="an-app",
            client_secret="a-secret",
            at=at,
        )
        set_enabled(**whose, integration_key=MANIFEST.key, is_enabled=True, at=at)
        create_consumer(**whose, url=receiver_url, at=at)
        save_sync_settings(
            client_id=client.id,
            company_id=None,
            settings=[
                NewSyncSetting(one, fetch_on_first_link=False, sync_schedule_hours=0)
                for one in MANIFEST.data_types
                if one.value not in data_types
            ],
        )
    with httpx.Client() as owner:
        for number in range(count):
            at = timezone.now()
            with client_scope(client.id):
                company = create_company(**whose, name=f"Business {number + 1}", at=at)
                connection = create_connection(
                    **whose, company_id=company.id, integration_key=MANIFEST.key, at=at
                )
            address = start_authorisation(
                **whose,
                connection_id=connection.id,
                session_key=BROWSER,
                redirect_uri=CALLBACK,
                at=at,
            )
            sent_back = urlsplit(owner.get(address).headers["location"])
            query = {key: values[0] for key, values in parse_qs(sent_back.query).items()}
            complete_authorisation(
                state=query["state"],
                session_key=BROWSER,
                code=query["code"],
                error=None,
                at=timezone.now(),
            )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:])
