"""`rotate_keys`: a new master key, and everything that the old ones sealed sealed anew."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.sealing import key_id_of
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import CompanyKey
from bookbridge.bridge.companies.operations import rewrap_key
from bookbridge.bridge.integrations.models import IntegrationSettings
from bookbridge.bridge.integrations.operations import reseal_settings


class Command(BaseCommand):
    help = (
        "Put a new master key at the head of the ring and seal company keys and integration "
        "settings with it. Syncs may run meanwhile. With BOOKBRIDGE_BRIDGE_KEYS: put the new key "
        "first in it yourself, restart, then run this."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.KEY_RING:
            keyring.key_ring()
            keyring.add_master_key(f"m-{secrets.token_hex(4)}")
        active = keyring.key_ring().active.id
        count = sum(_rotate_client(client_id, active) for client_id in all_client_ids())
        self.stdout.write(f"Sealed {count} values with master key {active}.")


def _rotate_client(client_id: Any, active: str) -> int:
    count = 0
    with client_scope(client_id):
        rows = CompanyKey.objects.select_for_update().filter(client_id=client_id)
        for key in rows.exclude(master_key_id=active):
            rewrap_key(key)
            count += 1
        for row in IntegrationSettings.objects.select_for_update().filter(client_id=client_id):
            sealed = bytes(row.client_secret_ciphertext)
            if sealed and key_id_of(sealed) != active:
                reseal_settings(row)
                count += 1
    return count
