"""Tokens that open one company to a browser for a day."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.authentication import COMPANY_TOKEN_SECONDS, company_token
from bookbridge.bridge.api.description import operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import not_found
from bookbridge.bridge.api.replies import json_reply
from bookbridge.bridge.companies.queries import company

# From this day on the older address is gone, as it is in the product that it comes from.
OLD_PATH_ENDS = dt.datetime(2026, 10, 12, tzinfo=dt.UTC)


class AccessToken(msgspec.Struct):
    """A token for browsers; `expiresIn` is in seconds."""

    expiresIn: int
    accessToken: str
    tokenType: str


class OldAccessToken(msgspec.Struct):
    """A token for browsers, as the older address gave it."""

    accessToken: str


@operation("get-company-access-token", "A token for one company", reply=AccessToken)
def get_access_token(call: Call, company_id: UUID) -> HttpResponse:
    """It opens this one company for a day, to be used by a page in a browser."""
    company(call.client_id, company_id)
    token = company_token(call.client_id, company_id)
    return json_reply(AccessToken(COMPANY_TOKEN_SECONDS, token, "Bearer"))


@operation(
    "get-connection-management-access-token",
    "A token for one company, at the older address",
    reply=OldAccessToken,
    is_deprecated=True,
)
def get_old_access_token(call: Call, company_id: UUID) -> HttpResponse:
    """Answers 404 from 12 October 2026 on: use `/accessToken`."""
    company(call.client_id, company_id)
    if call.at >= OLD_PATH_ENDS:
        raise not_found(_("This address is gone. Ask /companies/{companyId}/accessToken instead."))
    return json_reply(OldAccessToken(company_token(call.client_id, company_id)))


_ONE = "companies/<uuid:company_id>"

urlpatterns = [
    path(f"{_ONE}/accessToken", endpoint(GET=get_access_token)),
    path(f"{_ONE}/connectionManagement/accessToken", endpoint(GET=get_old_access_token)),
]
