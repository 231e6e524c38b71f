"""`first_run`: one staff user, so that a fresh installation can be entered."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping

from allauth.account.models import EmailAddress
from django.db import transaction

from bookbridge.books.organisations.models import User
from bookbridge.kit.first_run import FirstRunCommand

EMAIL = "admin@bookbridge.invalid"
PASSWORD_BYTES = 18


class Command(FirstRunCommand):
    @transaction.atomic
    def make(self, *, at: dt.datetime) -> dict[str, str]:
        if User.objects.exists():
            return {}
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        user = User.objects.create_superuser(EMAIL, password)
        # Nobody can read mail to this address: the data directory vouches for it.
        EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
        return {"books_email": EMAIL, "books_password": password}

    def check_kept(self, kept: Mapping[str, str]) -> dict[str, str | None]:
        email, password = kept.get("books_email", ""), kept.get("books_password", "")
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        is_valid = user is not None and user.check_password(password)
        return {
            "books_email": email if is_valid else None,
            "books_password": password if is_valid else None,
        }
