"""Warning signs through the public API: `GET /companies/{id}/signals`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGES, Paged, Parameter, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import bad_request
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.replies import empty_reply, moment
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.connections.queries import connections_of
from bookbridge.bridge.evidence.api.moments import moment_of
from bookbridge.bridge.evidence.models import WarningSign
from bookbridge.bridge.evidence.operations.signs import request_signs

FILTERS = (
    Parameter("since", str, "Only what was found at this time or later."),
    Parameter("type", str, ", ".join(WarningSign.Kind.values) + "."),
    Parameter("includeGone", bool, "Also what was no longer so when it was last looked for."),
)


class ConcernedReply(msgspec.Struct):
    """A record that a sign is about."""

    dataType: str
    id: str


class SignReply(msgspec.Struct):
    """A warning sign: what to look at, in one sentence, and the records that it is about. It is
    a question and not a verdict: what it shows may have a good reason."""

    id: UUID
    type: str
    severity: str
    sentence: str
    connectionId: UUID
    records: list[ConcernedReply]
    facts: dict[str, Any]
    foundAt: str
    lastSeenAt: str
    goneAt: str | None


@operation(
    "list-signals",
    "What somebody should look at in a company's books",
    reply=Paged[SignReply],
    query=(*PAGES, *FILTERS),
)
def list_signs(call: Call, company_id: UUID) -> HttpResponse:
    """Newest first. They are looked for after each complete read."""
    company(call.client_id, company_id)
    found = WarningSign.objects.filter(client_id=call.client_id, company_id=company_id)
    if call.parameter("includeGone").lower() != "true":
        found = found.filter(gone_at=None)
    since = moment_of("since", call.parameter("since"))
    if since is not None:
        found = found.filter(found_at__gte=since)
    kind = call.parameter("type")
    if kind:
        if kind not in WarningSign.Kind.values:
            raise bad_request(
                _("type is one of %(kinds)s.") % {"kinds": ", ".join(WarningSign.Kind.values)}
            )
        found = found.filter(kind=kind)
    page = page_of(call.request)
    rows = found.order_by("-found_at", "kind", "key")[page.offset : page.offset + page.size]
    return page_reply(page, [_shown(one) for one in rows], found.count())


@operation("find-signals", "Look for warning signs now", status=202)
def look_now(call: Call, company_id: UUID) -> HttpResponse:
    """A job looks through what was read already; the source is not asked."""
    company(call.client_id, company_id)
    for connection in connections_of(call.client_id, company_id):
        request_signs(client_id=call.client_id, connection_id=connection.id)
    return empty_reply(202)


def _shown(sign: WarningSign) -> dict[str, Any]:
    return {
        "id": sign.id,
        "type": sign.kind,
        "severity": sign.severity,
        "sentence": sign.sentence,
        "connectionId": sign.connection_id,
        "records": sign.records,
        "facts": sign.facts,
        "foundAt": moment(sign.found_at),
        "lastSeenAt": moment(sign.seen_at),
        "goneAt": moment(sign.gone_at),
    }


urlpatterns = [
    path("companies/<uuid:company_id>/signals", endpoint(GET=list_signs, POST=look_now)),
]
