"""`first_run`: the first administrator, client and API key, or a check of them."""

from __future__ import annotations

import json
import os
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from bookbridge.bridge.clients.models import Client, ClientUser, User
from bookbridge.bridge.clients.operations import create_api_key, create_client, create_user
from bookbridge.bridge.clients.queries import client_of_api_key
from bookbridge.bridge.clients.rules import SYSTEM

VALUES_VARIABLE = "BOOKBRIDGE_FIRST_RUN"
PASSWORD_VARIABLE = "BOOKBRIDGE_FIRST_RUN_PASSWORD"  # noqa: S105 - a name, not a password
EMAIL = "admin@bookbridge.example"
CLIENT_NAME = "My organisation"
PASSWORD_BYTES = 15


class Command(BaseCommand):
    help = "Make the first administrator and API key, or (--check) say which still work."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON (it always does)")
        parser.add_argument("--check", action="store_true", help="check the values given in JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        values = check() if options["check"] else make()
        self.stdout.write(json.dumps(values))


def make() -> dict[str, str | None]:
    """Make them, unless the installation has a user already."""
    if User.objects.exists():
        return {}
    at = timezone.now()
    password = os.environ.get(PASSWORD_VARIABLE) or secrets.token_urlsafe(PASSWORD_BYTES)
    client = Client.objects.order_by("created_at").first() or create_client(name=CLIENT_NAME, at=at)
    user = create_user(
        client=client,
        email=EMAIL,
        name="Administrator",
        password=password,
        role=ClientUser.Role.ADMINISTRATOR,
        at=at,
    )
    User.objects.filter(id=user.id).update(is_staff=True)
    _key, raw = create_api_key(client_id=client.id, name="First key", actor=SYSTEM, at=at)
    return {
        "client_id": str(client.id),
        "api_key": raw,
        "portal_email": EMAIL,
        "portal_password": password,
    }


def check() -> dict[str, str | None]:
    """The values that were made before, null for each that no longer opens anything."""
    kept: dict[str, str] = json.loads(os.environ.get(VALUES_VARIABLE, "{}"))
    user = User.objects.filter(email__iexact=kept.get("portal_email", ""), is_active=True).first()
    opens = user is not None and user.check_password(kept.get("portal_password", ""))
    key = client_of_api_key(kept.get("api_key", ""))
    return {
        "client_id": str(key.client_id) if key else kept.get("client_id"),
        "api_key": kept.get("api_key") if key else None,
        "portal_email": kept.get("portal_email") if user else None,
        "portal_password": kept.get("portal_password") if opens else None,
    }
