"""How people come to have an account in the portal."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator of a client, so nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
