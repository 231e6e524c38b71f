"""Every version of a record: when we knew it, what changed, whether the source or a mapping did."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGES, Paged, Parameter, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import bad_request, not_found
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.replies import moment
from bookbridge.bridge.api.sources import readable_connection
from bookbridge.bridge.datatypes import FACTS, DataType, DataTypeFacts, Level
from bookbridge.bridge.records.decimals import decode_exact
from bookbridge.bridge.records.differences import DIFFERENCES_MAX, differences
from bookbridge.bridge.records.versions import Version, VersionsOf, count_versions, versions

_COMPANY = "companies/<uuid:company_id>/data"
_CONNECTION = "companies/<uuid:company_id>/connections/<uuid:connection_id>/data"


class FieldChangeReply(msgspec.Struct, omit_defaults=True):
    """One field, by its JSON pointer; a side that lacked it is left out."""

    pointer: str
    before: Any = None
    after: Any = None


class DeletionReply(msgspec.Struct):
    """What proved that a record of the source was gone."""

    resource: str
    id: str
    evidence: str
    missedFirstByScan: int | None
    deletedByScan: int | None
    deletedAt: str


class VersionReply(msgspec.Struct):
    """One version of one record, from when we knew it until another replaced it."""

    id: str
    knownFrom: str
    knownTo: str | None
    modifiedDate: str
    isDeleted: bool
    mappingVersion: str
    isMadeByMapping: bool
    sourceChangedAt: str
    mappingChangedAt: str | None
    changes: list[FieldChangeReply]
    changesLeftOut: int
    deletions: list[DeletionReply]
    record: dict[str, Any] | None


QUERY = (
    *PAGES,
    Parameter("includeRecord", bool, "Whether each version shows the whole record too."),
)


def _versions_of(data_type: DataType, *, is_list: bool) -> Callable[..., HttpResponse]:
    @operation(
        f"list-{data_type.value}-versions",
        f"Versions of a record of {data_type.value}",
        reply=Paged[VersionReply],
        query=QUERY,
        refusals=(409,),
    )
    def list_versions(
        call: Call,
        company_id: UUID,
        record_id: str | None = None,
        connection_id: UUID | None = None,
        parent_id: str | None = None,
    ) -> HttpResponse:
        source = readable_connection(call.client_id, company_id, data_type, connection_id)
        of = VersionsOf(company_id, source.id, data_type, record_id, parent_id)
        page = page_of(call.request)
        total = count_versions(of)
        if is_list and not total:
            raise not_found(
                _("There is no record '%(id)s' in %(data_type)s.")
                % {"id": str(record_id)[:100], "data_type": data_type.value}
            )
        with_record = _flag(call, "includeRecord")
        found = versions(of, limit=page.size, offset=page.offset)
        return page_reply(page, [_shown(one, with_record=with_record) for one in found], total)

    return list_versions


def _flag(call: Call, name: str) -> bool:
    text = call.parameter(name).lower()
    if text not in ("", "true", "false"):
        raise bad_request(_("%(name)s is true or false.") % {"name": name})
    return text == "true"


def _shown(version: Version, *, with_record: bool) -> dict[str, Any]:
    changes, left_out = _changes(version)
    record: msgspec.Raw | None = None
    if with_record:
        record = msgspec.Raw(version.body.encode())
    return {
        "id": version.record_id,
        "knownFrom": moment(version.known_from),
        "knownTo": moment(version.known_to),
        "modifiedDate": moment(version.modified_at),
        "isDeleted": version.is_deleted,
        "mappingVersion": version.mapping_version,
        "isMadeByMapping": version.is_by_mapping,
        "sourceChangedAt": moment(version.source_changed_at),
        "mappingChangedAt": moment(version.mapping_changed_at),
        "changes": changes,
        "changesLeftOut": left_out,
        "deletions": [
            {
                "resource": one.resource,
                "id": one.id,
                "evidence": one.evidence,
                "missedFirstByScan": one.suspect_scan,
                "deletedByScan": one.deleted_scan,
                "deletedAt": moment(one.deleted_at),
            }
            for one in version.deletions
        ],
        "record": record,
    }


def _changes(version: Version) -> tuple[list[dict[str, Any]], int]:
    """What differs from the version before; a first version has nothing to differ from."""
    if version.body_before is None or version.is_removed:
        return [], 0
    found = differences(decode_exact(version.body_before), decode_exact(version.body))
    listed = [one.facts() for one in islice(found, DIFFERENCES_MAX)]
    return listed, sum(1 for _one in found)


def _pattern(facts: DataTypeFacts) -> URLPattern:
    folder = _COMPANY if facts.level is Level.COMPANY else _CONNECTION
    if facts.parent_path is not None:
        folder = f"{folder}/{facts.parent_path}/<str:parent_id>"
    one = "/<str:record_id>" if facts.is_list else ""
    view = endpoint(GET=_versions_of(facts.data_type, is_list=facts.is_list))
    return path(f"{folder}/{facts.path}{one}/versions", view)


urlpatterns = [_pattern(facts) for facts in FACTS.values()]
