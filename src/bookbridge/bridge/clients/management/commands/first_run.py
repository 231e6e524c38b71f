"""`first_run`: the first administrator, client and API key of an installation."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Mapping

from django.db import transaction

from bookbridge.bridge.clients.models import Client, ClientUser, User
from bookbridge.bridge.clients.operations import create_api_key, create_client, create_user
from bookbridge.bridge.clients.queries import client_of_api_key
from bookbridge.bridge.clients.rules import SYSTEM
from bookbridge.kit.first_run import FirstRunCommand

PASSWORD_VARIABLE = "BOOKBRIDGE_FIRST_RUN_PASSWORD"  # noqa: S105 - a name, not a password
EMAIL = "admin@bookbridge.invalid"
CLIENT_NAME = "My organisation"
PASSWORD_BYTES = 18


class Command(FirstRunCommand):
    @transaction.atomic
    def make(self, *, at: dt.datetime) -> dict[str, str]:
        if User.objects.exists():
            return {}
        password = os.environ.get(PASSWORD_VARIABLE) or secrets.token_urlsafe(PASSWORD_BYTES)
        client = Client.objects.order_by("created_at").first() or create_client(
            name=CLIENT_NAME, at=at
        )
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

    def check_kept(self, kept: Mapping[str, str]) -> dict[str, str | None]:
        email, password = kept.get("portal_email", ""), kept.get("portal_password", "")
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        opens = user is not None and user.check_password(password)
        key = client_of_api_key(kept.get("api_key", ""))
        return {
            "client_id": str(key.client_id) if key else None,
            "api_key": kept.get("api_key") if key else None,
            "portal_email": email if opens else None,
            "portal_password": password if opens else None,
        }
