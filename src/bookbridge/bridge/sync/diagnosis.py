"""What `bookbridge doctor` asks of the bridge beyond what both halves are asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.utils import timezone

from bookbridge.bridge.clients.keyring import key_ring
from bookbridge.bridge.clients.queries import all_client_ids
from bookbridge.bridge.clients.sealing import UnsealError
from bookbridge.bridge.clients.tenancy import client_scope
from bookbridge.bridge.companies.models import CompanyKey
from bookbridge.bridge.companies.queries import data_key
from bookbridge.bridge.datatypes.status import IN_PROGRESS
from bookbridge.bridge.integrations.models import IntegrationSettings
from bookbridge.bridge.integrations.queries import IntegrationNotReadyError, app_keys
from bookbridge.bridge.sync.models import Dataset
from bookbridge.kit.diagnosis import Check, Finding, Grade
from bookbridge.kit.env import SettingError

WAITING_TOO_LONG = dt.timedelta(hours=24)
KEYS_ASKED_PER_CLIENT = 20


def own_checks() -> tuple[Check, ...]:
    return (_key_ring, _company_keys, _integrations, _waiting)


def _key_ring() -> Iterator[Finding]:
    try:
        count = len(key_ring().masters)
    except (SettingError, OSError, ValueError) as error:
        yield Finding(
            Grade.BAD,
            f"The key ring cannot be read: {error}",
            "Put bridge-keys.json back from a back-up; without it nothing sealed can be read.",
        )
        return
    yield Finding(Grade.OK, f"The key ring holds {count} master keys.")


def _company_keys() -> Iterator[Finding]:
    lost: list[UUID] = []
    for client_id in all_client_ids():
        with client_scope(client_id):
            rows = CompanyKey.objects.filter(client_id=client_id)
            for company_id in rows.values_list("company_id", flat=True)[:KEYS_ASKED_PER_CLIENT]:
                try:
                    data_key(client_id, company_id)
                except UnsealError:
                    lost.append(company_id)
    if lost:
        yield Finding(
            Grade.BAD,
            f"The keys of {len(lost)} companies do not open, the first is {lost[0]}.",
            "The key ring is not the one that sealed them. Put the right one back.",
        )


def _integrations() -> Iterator[Finding]:
    for client_id in all_client_ids():
        with client_scope(client_id):
            enabled = IntegrationSettings.objects.filter(client_id=client_id, is_enabled=True)
            for key in list(enabled.values_list("integration_key", flat=True)):
                try:
                    app_keys(client_id, key)
                except (UnsealError, IntegrationNotReadyError) as error:
                    yield Finding(
                        Grade.BAD,
                        f"Integration {key} of client {client_id} is enabled, but: {error}",
                        "Enter its client ID and secret again in the portal.",
                    )


def _waiting() -> Iterator[Finding]:
    before = timezone.now() - WAITING_TOO_LONG
    words = [status.value for status in IN_PROGRESS]
    count = 0
    for client_id in all_client_ids():
        with client_scope(client_id):
            count += Dataset.objects.filter(
                client_id=client_id, status__in=words, requested_at__lt=before
            ).count()
    if count:
        yield Finding(
            Grade.NOTE,
            f"{count} datasets have waited for more than a day.",
            "The companies' read histories say why; a source may be in maintenance.",
        )
