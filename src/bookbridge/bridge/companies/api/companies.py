"""Companies: made, listed, changed and deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

from bookbridge.bridge.api.description import PAGING, Paged, Parameter, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.query import (
    Field,
    FieldKind,
    Fields,
    Sql,
    TagFields,
    compile_condition,
    parse,
)
from bookbridge.bridge.api.replies import empty_reply, json_reply, moment, without_nulls
from bookbridge.bridge.api.rows import Rows, page_of_ids
from bookbridge.bridge.companies import operations, queries
from bookbridge.bridge.companies.events import reference
from bookbridge.bridge.companies.models import Company
from bookbridge.bridge.connections import api as connections_api
from bookbridge.bridge.evidence.operations.erasure import erase_company

_TAGS = TagFields("tags")
_FIELDS = Fields(
    {
        "id": Field("id::text", FieldKind.TEXT),
        "name": Field("name", FieldKind.TEXT),
        "description": Field("description", FieldKind.TEXT),
        "created": Field("created_at", FieldKind.MOMENT),
        "createdByUserName": Field("created_by", FieldKind.TEXT),
        "lastSync": Field("last_sync_at", FieldKind.MOMENT),
    }
)
_SOURCE = """
SELECT id, name, description, tags, created_at, created_by,
    (SELECT max(last_sync_at) FROM connections_connection AS one
      WHERE one.client_id = company.client_id AND one.company_id = company.id) AS last_sync_at
  FROM companies_company AS company WHERE client_id = %s
"""


class Related(msgspec.Struct):
    """A company that another belongs to, by its id."""

    id: UUID


class CompanyBody(msgspec.Struct):
    """A company as a client sends it. The parent is an extension; absent, it stays."""

    name: str
    description: str | None = None
    tags: dict[str, str] | None = None
    referenceParentCompany: Related | msgspec.UnsetType | None = msgspec.UNSET


class CompanyChanges(msgspec.Struct):
    """What a client changes; what is absent stays."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType | None = msgspec.UNSET
    tags: dict[str, str] | msgspec.UnsetType | None = msgspec.UNSET
    referenceParentCompany: Related | msgspec.UnsetType | None = msgspec.UNSET


class CompanyLinks(msgspec.Struct):
    """Where a company's pages are."""

    portal: str


class CompanyReference(msgspec.Struct):
    """Another company that this one belongs to, or that belongs to it."""

    id: UUID
    name: str
    links: CompanyLinks
    tags: dict[str, str]
    description: str | msgspec.UnsetType = msgspec.UNSET


class CompanyReply(msgspec.Struct):
    """A business that shares its books. Its owner links it at `redirect`."""

    id: UUID
    name: str
    redirect: str
    created: str
    createdByUserName: str | None
    products: list[str]
    tags: dict[str, str]
    ownerUserIds: list[str]
    referenceParentCompany: CompanyReference | None
    referenceSubsidiaryCompanies: list[CompanyReference]
    dataConnections: list[connections_api.ConnectionReply]
    description: str | msgspec.UnsetType = msgspec.UNSET
    lastSync: str | msgspec.UnsetType = msgspec.UNSET


TAGS_PARAMETER = Parameter("tags", str, "Conditions on tags, such as `region=uk && team=x`.")


def _bodies(client_id: UUID, companies: list[Company]) -> list[dict[str, Any]]:
    connections = connections_api.bodies_by_company(client_id, [one.id for one in companies])
    family = queries.family_of(client_id, companies)
    return [_body(one, connections.get(one.id, []), family) for one in companies]


def _body(
    company: Company, connections: list[dict[str, Any]], family: list[Company]
) -> dict[str, Any]:
    synced = [one["lastSync"] for one in connections if "lastSync" in one]
    # Absent where there is none: the earlier files allow no null here.
    sometimes = {"description": company.description, "lastSync": max(synced, default=None)}
    return {
        "id": company.id,
        "name": company.name,
        **without_nulls(sometimes),
        "redirect": f"{settings.PUBLIC_URL}/link/company/{company.id}",
        "created": moment(company.created_at),
        "createdByUserName": company.created_by,
        "products": company.products,
        "tags": company.tags,
        "ownerUserIds": [],
        "referenceParentCompany": next(
            (reference(one) for one in family if one.id == company.parent_id), None
        ),
        "referenceSubsidiaryCompanies": [
            reference(one) for one in family if one.parent_id == company.id
        ],
        "dataConnections": connections,
    }


def _reply(call: Call, company: Company) -> HttpResponse:
    return json_reply(_bodies(call.client_id, [company])[0])


@operation(
    "list-companies",
    "Companies of the client",
    reply=Paged[CompanyReply],
    query=(*PAGING, TAGS_PARAMETER),
)
def list_companies(call: Call) -> HttpResponse:
    page = page_of(call.request)
    rows = Rows(Sql(_SOURCE, (call.client_id,)), _FIELDS, "created_at DESC")
    tagged = compile_condition(parse(call.parameter("tags")), _TAGS)
    found = page_of_ids(rows, call, page, tagged)
    named = Company.objects.filter(client_id=call.client_id, id__in=found.ids)
    companies = {one.id: one for one in named}
    results = _bodies(call.client_id, [companies[one] for one in found.ids])
    return page_reply(page, results, found.total)


@operation("create-company", "A new company", body=CompanyBody, reply=CompanyReply, refusals=(404,))
def create_company(call: Call) -> HttpResponse:
    sent = call.body(CompanyBody)
    made = operations.create_company(
        client_id=call.client_id,
        name=sent.name,
        description=sent.description,
        tags=sent.tags,
        actor=call.actor,
        at=call.at,
    )
    return _reply(call, _with_parent(call, made, sent))


@operation("get-company", "One company with its connections", reply=CompanyReply)
def get_company(call: Call, company_id: UUID) -> HttpResponse:
    return _reply(call, queries.company(call.client_id, company_id))


@operation("replace-company", "Replace a company", body=CompanyBody, reply=CompanyReply)
def replace_company(call: Call, company_id: UUID) -> HttpResponse:
    sent = call.body(CompanyBody)
    changed = operations.replace_company(
        client_id=call.client_id,
        company_id=company_id,
        name=sent.name,
        description=sent.description,
        tags=sent.tags,
        actor=call.actor,
        at=call.at,
    )
    return _reply(call, _with_parent(call, changed, sent))


@operation("update-company", "Change a company", body=CompanyChanges, reply=CompanyReply)
def update_company(call: Call, company_id: UUID) -> HttpResponse:
    sent = call.body(CompanyChanges)
    given = {"name": sent.name, "description": sent.description, "tags": sent.tags}
    changed = operations.update_company(
        client_id=call.client_id,
        company_id=company_id,
        changes={name: value for name, value in given.items() if value is not msgspec.UNSET},
        actor=call.actor,
        at=call.at,
    )
    return _reply(call, _with_parent(call, changed, sent))


def _with_parent(call: Call, company: Company, sent: CompanyBody | CompanyChanges) -> Company:
    parent = sent.referenceParentCompany
    if parent is msgspec.UNSET:
        return company
    return operations.update_company(
        client_id=call.client_id,
        company_id=company.id,
        changes={"parent_id": parent.id if parent is not None else None},
        actor=call.actor,
        at=call.at,
    )


@operation("delete-company", "Delete a company with all its data", status=204)
def delete_company(call: Call, company_id: UUID) -> HttpResponse:
    """Its data key is destroyed too; `GET /erasures/{id}` has the signed receipt."""
    erase_company(client_id=call.client_id, company_id=company_id, actor=call.actor, at=call.at)
    return empty_reply(204)


_ONE = "companies/<uuid:company_id>"

urlpatterns = [
    path("companies", endpoint(GET=list_companies, POST=create_company)),
    path(
        _ONE,
        endpoint(GET=get_company, PUT=replace_company, PATCH=update_company, DELETE=delete_company),
    ),
]
