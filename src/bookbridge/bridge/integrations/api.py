"""Integrations in the public API."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.urls import path, reverse

from bookbridge.bridge.api.description import PAGING, Paged, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.paging import page_of, text_page_reply
from bookbridge.bridge.api.query import (
    FieldKind,
    Fields,
    Sql,
    body_fields,
    compile_condition,
    compile_order,
    parse,
)
from bookbridge.bridge.api.replies import encode, json_reply
from bookbridge.bridge.integrations.health import client_health, outages_of
from bookbridge.bridge.integrations.queries import Integration, integration, list_integrations

OUTAGES_SHOWN_MAX = 20
_FIELDS = Fields(
    body_fields(
        {
            FieldKind.TEXT: ["key", "name", "sourceId", "integrationId", "dataProvidedBy"],
            FieldKind.WORD: ["sourceType"],
            FieldKind.FLAG: ["enabled", "isOfflineConnector", "isBeta"],
        }
    )
)
# There are a handful of integrations, known in code: Postgres filters them as it does records.
_SQL = """
WITH matched AS MATERIALIZED (
    SELECT body, number FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS one(body, number)
    WHERE {where}
)
SELECT (SELECT count(*) FROM matched), ARRAY(
    SELECT body ->> 'key' FROM matched ORDER BY {order}, number LIMIT %s OFFSET %s)
"""


class Feature(msgspec.Struct):
    """What can be done with a data type."""

    featureType: str
    featureState: str


class DataTypeFeatures(msgspec.Struct):
    """A data type that the platform has. The published schema has both spellings."""

    datatype: str
    dataType: str
    supportedFeatures: list[Feature]


class IntegrationReply(msgspec.Struct):
    """A platform whose data can be read."""

    key: str
    logoUrl: str
    name: str
    enabled: bool
    sourceId: str
    sourceType: str
    integrationId: str
    isOfflineConnector: bool
    isBeta: bool
    dataProvidedBy: str
    datatypeFeatures: list[DataTypeFeatures]


class ImageReference(msgspec.Struct):
    """A picture, and what to say in its place."""

    src: str
    alt: str


class BrandingImage(msgspec.Struct):
    """One picture."""

    image: ImageReference


class Logo(msgspec.Struct):
    """A platform's logo in two shapes."""

    full: BrandingImage
    square: BrandingImage


class Button(msgspec.Struct):
    """The picture of a button, and the one while it is pointed at."""

    default: BrandingImage
    hover: BrandingImage


class Branding(msgspec.Struct):
    """Pictures to name a platform by."""

    logo: Logo
    button: Button
    sourceId: str


def _body(found: Integration) -> dict[str, Any]:
    manifest = found.manifest
    return {
        "key": manifest.key,
        "logoUrl": _logo_url(found),
        "name": manifest.name,
        "enabled": found.is_enabled,
        "sourceId": manifest.source_id,
        "sourceType": manifest.source_type,
        "integrationId": manifest.integration_id,
        "isOfflineConnector": False,
        "isBeta": False,
        "dataProvidedBy": manifest.name,
        "datatypeFeatures": [
            # The published schema demands the first spelling and describes the second.
            {
                "datatype": data_type.value,
                "dataType": data_type.value,
                "supportedFeatures": [{"featureType": "Get", "featureState": "Release"}],
            }
            for data_type in manifest.data_types
        ],
    }


def _logo_url(found: Integration) -> str:
    return f"{settings.PUBLIC_URL}{reverse('integrations:logo', args=[found.manifest.key])}"


@operation(
    "list-integrations",
    "Platforms whose data can be read",
    reply=Paged[IntegrationReply],
    query=PAGING,
)
def list_all(call: Call) -> HttpResponse:
    page = page_of(call.request)
    bodies = {found.manifest.key: _body(found) for found in list_integrations(call.client_id)}
    where = compile_condition(parse(call.parameter("query")), _FIELDS)
    order_by = call.parameter("orderBy")
    order = compile_order(order_by, _FIELDS) if order_by else Sql("number")
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(where=where.text, order=order.text),
            [
                json.dumps(list(bodies.values())),
                *where.params,
                *order.params,
                page.size,
                page.offset,
            ],
        )
        total, keys = cursor.fetchone()
    return text_page_reply(page, encode([bodies[key] for key in keys]), total)


@operation("get-integration", "One platform", reply=IntegrationReply)
def get_one(call: Call, key: str) -> HttpResponse:
    return json_reply(_body(integration(call.client_id, key)))


@operation("get-integrations-branding", "Pictures of one platform", reply=Branding)
def get_branding(call: Call, key: str) -> HttpResponse:
    found = integration(call.client_id, key)
    logo = BrandingImage(ImageReference(_logo_url(found), found.manifest.name))
    return json_reply(Branding(Logo(logo, logo), Button(logo, logo), found.manifest.source_id))


class HealthWindow(msgspec.Struct, rename="camel"):
    """A time at which the platform is likely to be down. `origin` is announced (by its status
    page), known (published elsewhere) or learned (from outages on so many days)."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    origin: str
    reason: str
    days: int


class HealthOutage(msgspec.Struct, rename="camel"):
    """A time in which the platform was down; it has no end while it lasts."""

    started_at: dt.datetime
    ended_at: dt.datetime | None
    origin: str


class HealthReply(msgspec.Struct, rename="camel"):
    """How the host that you use is doing, and what was seen of it."""

    key: str
    host: str
    state: str
    sentence: str
    message: str
    is_down: bool
    down_since: dt.datetime | None
    expected_at: dt.datetime | None
    checked_at: dt.datetime | None
    windows: list[HealthWindow]
    outages: list[HealthOutage]


@operation("get-integration-health", "Whether a platform is up", reply=HealthReply)
def get_health(call: Call, key: str) -> HttpResponse:
    """State and plans as the platform's status page tells them and as its answers show them, for
    the host in your settings. Times are in UTC; the sentence tells UK time."""
    found = client_health(call.client_id, key, call.at)
    return json_reply(
        HealthReply(
            key=key,
            host=found.host,
            state=found.state,
            sentence=found.sentence(call.at),
            message=found.message,
            is_down=found.is_down,
            down_since=found.down_since,
            expected_at=found.expected_at,
            checked_at=found.checked_at,
            windows=[
                HealthWindow(one.starts_at, one.ends_at, one.origin, one.reason, one.days)
                for one in found.windows
            ],
            outages=[
                HealthOutage(one.started_at, one.ended_at, one.origin)
                for one in outages_of(key, found.host)[:OUTAGES_SHOWN_MAX]
            ],
        )
    )


urlpatterns = [
    path("integrations", endpoint(GET=list_all)),
    path("integrations/<str:key>/health", endpoint(GET=get_health)),
    path("integrations/<str:key>", endpoint(GET=get_one)),
    path("integrations/<str:key>/branding", endpoint(GET=get_branding)),
]
