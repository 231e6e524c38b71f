"""Mass deletions that were held: what waits, and an administrator's decision."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import ApiError, conflict
from bookbridge.bridge.api.replies import json_reply, moment
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.connections.queries import connection
from bookbridge.bridge.records.operations import suspects
from bookbridge.bridge.records.place import Place
from bookbridge.bridge.sync.models import HeldDeletion
from bookbridge.bridge.sync.operations.deletions import (
    NothingHeldError,
    confirm_deletions,
    reject_deletions,
)

SHOWN_MAX = 100
RECORDS_SHOWN_MAX = 100


class HeldDeletionReply(msgspec.Struct):
    """Records of one list that are gone from the source; they stay until that is confirmed."""

    id: UUID
    resource: str
    status: Literal["Waiting", "Confirmed", "Rejected", "Withdrawn"]
    missing: int
    live: int
    firstMissedByScan: int
    lastMissedByScan: int
    raisedDate: str
    decidedDate: str | None
    decidedBy: str | None
    recordIds: list[str]


class HeldDeletions(msgspec.Struct):
    """The newest first; those that wait for a decision show the first of their records."""

    results: list[HeldDeletionReply]


class Decision(msgspec.Struct):
    """Which lists are decided about; all that wait, if none is named."""

    resources: list[str] | None = None


@operation("list-held-deletions", "Mass deletions and what was decided", reply=HeldDeletions)
def list_deletions(call: Call, company_id: UUID, connection_id: UUID) -> HttpResponse:
    company(call.client_id, company_id)
    connection(call.client_id, connection_id, company_id)
    found = HeldDeletion.objects.filter(
        client_id=call.client_id, company_id=company_id, connection_id=connection_id
    ).order_by("-raised_at")[:SHOWN_MAX]
    return json_reply({"results": [_shown(one) for one in found]})


def _decided_by(
    decide: Callable[..., list[HeldDeletion]], name: str, summary: str
) -> Callable[..., HttpResponse]:
    @operation(
        f"{name}-held-deletions",
        summary,
        body=Decision,
        reply=HeldDeletions,
        refusals=(HTTPStatus.CONFLICT,),
    )
    def answer(call: Call, company_id: UUID, connection_id: UUID) -> HttpResponse:
        company(call.client_id, company_id)
        if call.caller.company_id is not None:
            raise ApiError(HTTPStatus.FORBIDDEN, _("This is for an administrator's key to decide."))
        try:
            held = decide(
                client_id=call.client_id,
                company_id=company_id,
                connection_id=connection_id,
                resources=call.body(Decision).resources,
                actor=call.actor,
                at=call.at,
            )
        except NothingHeldError as error:
            raise conflict(str(error)) from error
        return json_reply({"results": [_shown(one) for one in held]})

    return answer


def _shown(held: HeldDeletion) -> dict[str, Any]:
    place = Place(held.client_id, held.company_id, held.connection_id)
    is_waiting = held.state == HeldDeletion.State.WAITING
    records: list[str] = []
    if is_waiting:
        records = suspects(place=place, resource=held.resource, limit=RECORDS_SHOWN_MAX)
    return {
        "id": held.id,
        "resource": held.resource,
        "status": held.state,
        "missing": held.missing,
        "live": held.live,
        "firstMissedByScan": held.first_scan,
        "lastMissedByScan": held.last_scan,
        "raisedDate": moment(held.raised_at),
        "decidedDate": moment(held.decided_at),
        "decidedBy": held.decided_by or None,
        "recordIds": records,
    }


_confirm = _decided_by(
    confirm_deletions, "confirm", "Confirm that missing records were deleted at the source"
)
_reject = _decided_by(
    reject_deletions, "reject", "Keep missing records: they were not deleted at the source"
)
_DELETIONS = "companies/<uuid:company_id>/connections/<uuid:connection_id>/deletions"

urlpatterns = [
    path(_DELETIONS, endpoint(GET=list_deletions)),
    path(f"{_DELETIONS}/confirm", endpoint(POST=_confirm)),
    path(f"{_DELETIONS}/reject", endpoint(POST=_reject)),
]
