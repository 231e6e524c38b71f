"""`first_run`: one client with an API key and a portal administrator."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping

from django.db import transaction

from bookbridge.bridge.clients.models import ClientUser, User
from bookbridge.bridge.clients.operations import create_api_key, create_client, create_user
from bookbridge.bridge.clients.queries import client_of_api_key
from bookbridge.bridge.clients.rules import SYSTEM
from bookbridge.kit.first_run import FirstRunCommand

CLIENT_NAME = "My organisation"
EMAIL = "admin@bookbridge.invalid"
PASSWORD_BYTES = 18


class Command(FirstRunCommand):
    @transaction.atomic
    def make(self, *, at: dt.datetime) -> dict[str, str]:
        if User.objects.exists():
            return {}
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        client = create_client(name=CLIENT_NAME, at=at)
        create_user(
            client=client,
            email=EMAIL,
            password=password,
            role=ClientUser.Role.ADMINISTRATOR,
            at=at,
        )
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
        is_valid = user is not None and user.check_password(password)
        raw = kept.get("api_key", "")
        return {
            "api_key": raw if client_of_api_key(raw) else None,
            "portal_email": email if is_valid else None,
            "portal_password": password if is_valid else None,
        }
