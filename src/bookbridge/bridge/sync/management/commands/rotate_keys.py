"""`rotate_keys`: a new master key, everything sealed anew with it, and the old ones taken out."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bookbridge.bridge.clients import keyring
from bookbridge.bridge.sync.operations.rotation import (
    KeyInUseError,
    make_free,
    reseal_everything,
)


class Command(BaseCommand):
    help = (
        "Put a new master key at the head of the ring and seal with it whatever older ones sealed. "
        "Syncs may run meanwhile. With BOOKBRIDGE_BRIDGE_KEYS: put the new key first in it "
        "yourself, restart, then run this. Afterwards --retire takes the older keys out."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--retire",
            action="store_true",
            help="make no new key; take the older ones out once nothing needs them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retire"]:
            self._retire()
            return
        if not settings.KEY_RING:
            keyring.key_ring()
            keyring.add_master_key(f"m-{secrets.token_hex(4)}")
        count = reseal_everything()
        self.stdout.write(f"Sealed {count} values with master key {keyring.key_ring().active.id}.")

    def _retire(self) -> None:
        older = [key.id for key in keyring.key_ring().masters[1:]]
        if not older:
            self.stdout.write("There is no older master key in the ring.")
            return
        try:
            make_free(older)
        except KeyInUseError as error:
            raise CommandError(str(error)) from error
        names = ", ".join(older)
        if settings.KEY_RING:
            self.stdout.write(f"Nothing needs {names}: take them out of BOOKBRIDGE_BRIDGE_KEYS.")
            return
        keyring.remove_master_keys(older)
        self.stdout.write(
            f"Nothing needs {names}: taken out of the ring. A backup made before is readable only "
            "with the key file of its time."
        )
