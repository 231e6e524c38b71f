"""Integrations in the public API."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.templatetags.static import static
from django.urls import path

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
from bookbridge.bridge.integrations.queries import Integration, integration, list_integrations

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
    return f"{settings.PUBLIC_URL}{static(f'integrations/{found.manifest.key}.svg')}"


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


def get_one(call: Call, key: str) -> HttpResponse:
    return json_reply(_body(integration(call.client_id, key)))


def get_branding(call: Call, key: str) -> HttpResponse:
    found = integration(call.client_id, key)
    logo = {"image": {"src": _logo_url(found), "alt": found.manifest.name}}
    return json_reply(
        {
            "logo": {"full": logo, "square": logo},
            "button": {"default": logo, "hover": logo},
            "sourceId": found.manifest.source_id,
        },
        status=HTTPStatus.OK,
    )


urlpatterns = [
    path("integrations", endpoint(GET=list_all)),
    path("integrations/<str:key>", endpoint(GET=get_one)),
    path("integrations/<str:key>/branding", endpoint(GET=get_branding)),
]
