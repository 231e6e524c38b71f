"""`rotate_signing_key`: a new key signs from now on; what older ones signed stays verifiable."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bookbridge.bridge.clients import keyring
from bookbridge.bridge.sync.operations.signing import keep_public_keys
from bookbridge.kit.env import SettingError


class Command(BaseCommand):
    help = (
        "Put a new signing key at the head of the ring's file. Processes that run go on with the "
        "old one until they are restarted. With BOOKBRIDGE_BRIDGE_KEYS: put a word sign.id:base64 "
        "first in it yourself and restart."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        keep_public_keys(at=timezone.now())
        try:
            ring = keyring.add_signing_key(f"s-{secrets.token_hex(4)}")
        except SettingError as error:
            raise CommandError(str(error)) from error
        keep_public_keys(at=timezone.now())
        self.stdout.write(f"Signing with key {ring.signer.id} from now on.")
