"""The change feed of one company: what was added, modified and removed since a cursor."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import Parameter, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import bad_request
from bookbridge.bridge.api.paging import whole_number
from bookbridge.bridge.api.replies import json_reply, moment
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.datatypes import DataType
from bookbridge.bridge.records.changes import (
    CURSOR_LENGTH_MAX,
    Change,
    Cursor,
    CursorError,
    changes_after,
    cursor_of,
    first_cursor,
)

PAGE_SIZE = 100
PAGE_SIZE_MAX = 1000
_TYPES = {one.value: one for one in DataType}


class ChangeReply(msgspec.Struct):
    """One record as it is now; one that was removed, as it last was."""

    dataType: str
    connectionId: UUID
    id: str
    parentId: str | None
    changedAt: str
    record: dict[str, Any]


class ChangesReply(msgspec.Struct):
    """What became of the records since the cursor; go on with `nextCursor` while `hasMore`."""

    added: list[ChangeReply]
    modified: list[ChangeReply]
    removed: list[ChangeReply]
    nextCursor: str
    hasMore: bool


QUERY = (
    Parameter(
        "cursor",
        Annotated[str, msgspec.Meta(max_length=CURSOR_LENGTH_MAX)],
        "Where the last page ended. Without it the feed begins with everything that there is.",
    ),
    Parameter(
        "dataTypes", str, "Data types, with commas between; all when absent. Kept by the cursor."
    ),
    Parameter(
        "pageSize",
        Annotated[int, msgspec.Meta(ge=1, le=PAGE_SIZE_MAX)],
        f"How many changes on a page; {PAGE_SIZE} when absent.",
    ),
)


@operation(
    "list-data-changes", "What was added, modified and removed", reply=ChangesReply, query=QUERY
)
def list_changes(call: Call, company_id: UUID) -> HttpResponse:
    """Each record comes once in a walk from one `hasMore: false` to the next, as it then was. Pages
    added up from the first are the company's records exactly. A cursor does not expire."""
    company(call.client_id, company_id)
    size = whole_number(call.request, "pageSize", PAGE_SIZE, PAGE_SIZE_MAX)
    try:
        page = changes_after(_cursor(call, company_id), size)
    except CursorError as error:
        raise bad_request(str(error)) from error
    found: dict[str, list[dict[str, Any]]] = {"added": [], "modified": [], "removed": []}
    for change in page.changes:
        found[change.kind].append(_shown(change))
    return json_reply({**found, "nextCursor": page.next_cursor.text, "hasMore": page.has_more})


def _cursor(call: Call, company_id: UUID) -> Cursor:
    types = _data_types(call)
    text = call.parameter("cursor")
    if not text:
        return first_cursor(company_id, types or list(DataType))
    cursor = cursor_of(text, company_id)
    if types and tuple(sorted(one.value for one in types)) != cursor.types:
        raise bad_request(
            _("The cursor was given out for other data types. Begin again without one.")
        )
    return cursor


def _data_types(call: Call) -> list[DataType]:
    names = [one.strip() for one in call.parameter("dataTypes").split(",") if one.strip()]
    unknown = [one for one in names if one not in _TYPES]
    if unknown:
        raise bad_request(_("There is no data type '%(name)s'.") % {"name": unknown[0][:100]})
    return [_TYPES[one] for one in dict.fromkeys(names)]


def _shown(change: Change) -> dict[str, Any]:
    modified = f'{{"modifiedDate":"{moment(change.modified_at)}"'
    rest = change.body[1:].lstrip()
    return {
        "dataType": change.data_type,
        "connectionId": change.connection_id,
        "id": change.id,
        "parentId": change.parent_id or None,
        "changedAt": moment(change.known_from),
        "record": msgspec.Raw((modified + ("" if rest == "}" else ",") + rest).encode()),
    }


urlpatterns = [path("companies/<uuid:company_id>/data/changes", endpoint(GET=list_changes))]
