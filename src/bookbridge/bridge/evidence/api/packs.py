"""Evidence packs through the public API: asked for, shown, downloaded, deleted."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGES, Paged, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import conflict, not_found
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.replies import empty_reply, json_reply, moment
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.evidence.api.moments import moment_of
from bookbridge.bridge.evidence.models import EvidencePack
from bookbridge.bridge.evidence.operations.packs import delete_pack, request_pack
from bookbridge.bridge.evidence.queries.packs import bytes_of, packs_of

ZIP = "application/zip"
DAY_LENGTH = len("2026-01-31")


class PackRequest(msgspec.Struct):
    """The time whose knowledge is wanted; now when absent. A day means its end, UTC."""

    asOf: str | None = None


class PackReply(msgspec.Struct):
    """An evidence pack; `state` is queued, building, ready or failed."""

    id: UUID
    asOf: str
    state: str
    requestedAt: str
    requestedBy: str
    readyAt: str | None
    expiresAt: str
    size: int | None
    sha256: str | None
    problem: str | None


@operation(
    "create-evidence-pack",
    "Ask for a signed archive of everything known of a company",
    body=PackRequest,
    reply=PackReply,
    status=202,
)
def create_pack(call: Call, company_id: UUID) -> HttpResponse:
    """A job makes it; it is ready when its state says so."""
    wanted = call.body(PackRequest)
    made = request_pack(
        client_id=call.client_id,
        company_id=company_id,
        as_of=_wanted_time(wanted.asOf, call.at),
        actor=call.actor,
        at=call.at,
    )
    return json_reply(_shown(made), status=202)


@operation(
    "list-evidence-packs", "Evidence packs of a company", reply=Paged[PackReply], query=PAGES
)
def list_packs(call: Call, company_id: UUID) -> HttpResponse:
    company(call.client_id, company_id)
    page = page_of(call.request)
    found = packs_of(call.client_id, company_id)
    shown = [_shown(one) for one in found[page.offset : page.offset + page.size]]
    return page_reply(page, shown, found.count())


@operation("get-evidence-pack", "One evidence pack", reply=PackReply)
def get_pack(call: Call, company_id: UUID, pack_id: UUID) -> HttpResponse:
    return json_reply(_shown(_pack(call, company_id, pack_id)))


@operation("delete-evidence-pack", "Delete an evidence pack", status=204)
def remove_pack(call: Call, company_id: UUID, pack_id: UUID) -> HttpResponse:
    delete_pack(
        client_id=call.client_id,
        company_id=company_id,
        pack_id=pack_id,
        actor=call.actor,
        at=call.at,
    )
    return empty_reply(204)


@operation(
    "download-evidence-pack",
    "The archive itself",
    reply={"type": "string", "format": "binary"},
    media=ZIP,
    refusals=(409,),
)
def download_pack(call: Call, company_id: UUID, pack_id: UUID) -> HttpResponse:
    """A zip; `bookbridge verify` checks it."""
    pack = _pack(call, company_id, pack_id)
    if pack.state != EvidencePack.State.READY:
        raise conflict(_("This pack is not ready: it is %(state)s.") % {"state": pack.state})
    name = f"evidence-{company_id}-{pack.as_of:%Y%m%dT%H%M%SZ}.zip"
    reply = StreamingHttpResponse(bytes_of(pack), content_type=ZIP)
    reply.headers["Content-Length"] = str(pack.size)
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply  # type: ignore[return-value]


def _wanted_time(text: str | None, now: dt.datetime) -> dt.datetime | None:
    """The time that is asked for; of today, what there has been of it."""
    at = moment_of("asOf", text)
    is_today = at is not None and len(text or "") == DAY_LENGTH and at.date() == now.date()
    return now if is_today else at


def _pack(call: Call, company_id: UUID, pack_id: UUID) -> EvidencePack:
    found = packs_of(call.client_id, company_id).filter(id=pack_id).first()
    if found is None or found.expires_at <= call.at:
        raise not_found(_("There is no such evidence pack."))
    return found


def _shown(pack: EvidencePack) -> dict[str, Any]:
    return {
        "id": pack.id,
        "asOf": moment(pack.as_of),
        "state": pack.state,
        "requestedAt": moment(pack.requested_at),
        "requestedBy": pack.requested_by,
        "readyAt": moment(pack.ready_at),
        "expiresAt": moment(pack.expires_at),
        "size": pack.size or None,
        "sha256": pack.sha256 or None,
        "problem": pack.problem or None,
    }


_PACKS = "companies/<uuid:company_id>/evidencePacks"

urlpatterns = [
    path(_PACKS, endpoint(GET=list_packs, POST=create_pack)),
    path(f"{_PACKS}/<uuid:pack_id>", endpoint(GET=get_pack, DELETE=remove_pack)),
    path(f"{_PACKS}/<uuid:pack_id>/download", endpoint(GET=download_pack)),
]
