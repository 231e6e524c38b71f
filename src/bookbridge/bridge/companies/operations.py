"""Companies are made, changed and deleted here, each with its own data key."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.rules import Actor
from bookbridge.bridge.clients.sealing import KEY_BYTES
from bookbridge.bridge.companies.events import (
    CREATED,
    DELETED,
    PRODUCT_ADDED,
    PRODUCT_REMOVED,
    announce_company,
    announce_product,
)
from bookbridge.bridge.companies.models import Company, CompanyKey
from bookbridge.bridge.companies.queries import (
    CompanyNotFoundError,
    check_product,
    key_identity,
)
from bookbridge.bridge.companies.rules import (
    DESCRIPTION_LENGTH_MAX,
    PARENTS_MAX,
    PRODUCTS_MAX,
    CompanyInvalidError,
    clean_name,
    clean_product,
    clean_tags,
)


@transaction.atomic
def create_company(
    *,
    client_id: UUID,
    name: str,
    description: str | None = None,
    tags: Mapping[str, object] | None = None,
    actor: Actor,
    at: dt.datetime,
) -> Company:
    """Make a company; raises CompanyInvalidError for an empty name or unusable tags."""
    company = Company.objects.create(
        client_id=client_id,
        name=_name(name),
        description=_description(description),
        tags=clean_tags(tags or {}),
        created_at=at,
        created_by=actor.name,
        updated_at=at,
    )
    CompanyKey.objects.create(
        client_id=client_id,
        company_id=company.id,
        master_key_id=keyring.key_ring().active.id,
        wrapped_key=keyring.seal(
            secrets.token_bytes(KEY_BYTES), key_identity(client_id, company.id)
        ),
        created_at=at,
    )
    announce_company(company, CREATED, at)
    return company


@transaction.atomic
def update_company(
    *,
    client_id: UUID,
    company_id: UUID,
    changes: Mapping[str, object],
    actor: Actor,
    at: dt.datetime,
) -> Company:
    """Change those of name, description, tags and parent_id that are given."""
    company = _company_for_update(client_id, company_id)
    if "name" in changes:
        company.name = _name(changes["name"])
    if "description" in changes:
        company.description = _description(changes["description"])
    if "tags" in changes:
        company.tags = _tags(changes["tags"])
    if "parent_id" in changes:
        company.parent_id = _parent(company, changes["parent_id"])
    company.updated_at = at
    company.save()
    return company


def replace_company(
    *,
    client_id: UUID,
    company_id: UUID,
    name: str,
    description: str | None,
    tags: Mapping[str, object] | None,
    actor: Actor,
    at: dt.datetime,
) -> Company:
    """Set name, description and tags; what is not given is emptied."""
    changes = {"name": name, "description": description, "tags": tags or {}}
    return update_company(
        client_id=client_id, company_id=company_id, changes=changes, actor=actor, at=at
    )


@transaction.atomic
def add_product(
    *, client_id: UUID, company_id: UUID, product: str, actor: Actor, at: dt.datetime
) -> Company:
    """Use a company for a product; doing it again changes nothing."""
    company = _company_for_update(client_id, company_id)
    if clean_product(product) in company.products:
        return company
    if len(company.products) >= PRODUCTS_MAX:
        raise CompanyInvalidError(_("A company has too many products."), field="product")
    company.products = [*company.products, product]
    company.updated_at = at
    company.save()
    announce_product(company, product, PRODUCT_ADDED, at)
    return company


@transaction.atomic
def remove_product(
    *, client_id: UUID, company_id: UUID, product: str, actor: Actor, at: dt.datetime
) -> Company:
    """No longer use a company for a product; raises ProductUnknownError if it was not."""
    company = _company_for_update(client_id, company_id)
    check_product(company, product)
    company.products = [one for one in company.products if one != product]
    company.updated_at = at
    company.save()
    announce_product(company, product, PRODUCT_REMOVED, at)
    return company


@transaction.atomic
def delete_company(*, client_id: UUID, company_id: UUID, actor: Actor, at: dt.datetime) -> None:
    """Delete a company with its connections, records and data key, for ever."""
    company = _company_for_update(client_id, company_id)
    announce_company(company, DELETED, at)
    # The database's own cascades do it: they know every table and need no rows in memory.
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM companies_company WHERE client_id = %s AND id = %s",
            [client_id, company.id],
        )


def rewrap_keys(client_id: UUID) -> int:
    """Wrap a client's data keys with the ring's active key, for its rotation; how many."""
    rows = CompanyKey.objects.select_for_update().filter(client_id=client_id)
    older = list(rows.exclude(master_key_id=keyring.key_ring().active.id))
    for row in older:
        _rewrap_key(row)
    return len(older)


def _rewrap_key(row: CompanyKey) -> None:
    identity = key_identity(row.client_id, row.company_id)
    secret = keyring.unseal(bytes(row.wrapped_key), identity)
    CompanyKey.objects.filter(client_id=row.client_id, company_id=row.company_id).update(
        wrapped_key=keyring.seal(secret, identity),
        master_key_id=keyring.key_ring().active.id,
    )


def _parent(company: Company, value: object) -> UUID | None:
    """The company that another belongs to; raises CompanyInvalidError for a circle."""
    if not isinstance(value, UUID):
        return None
    above = value
    for _level in range(PARENTS_MAX):
        if above == company.id:
            raise CompanyInvalidError(
                _("A company cannot belong to itself, by whatever way."), field="parent_id"
            )
        found = Company.objects.filter(client_id=company.client_id, id=above).first()
        if found is None:
            raise CompanyNotFoundError(_("There is no such company."))
        if found.parent_id is None:
            return value
        above = found.parent_id
    raise CompanyInvalidError(
        _("Companies belong to each other over at most %(most)d levels.") % {"most": PARENTS_MAX},
        field="parent_id",
    )


def _company_for_update(client_id: UUID, company_id: UUID) -> Company:
    company = Company.objects.select_for_update().filter(client_id=client_id, id=company_id).first()
    if company is None:
        raise CompanyNotFoundError(_("There is no such company."))
    return company


def _name(value: object) -> str:
    name = clean_name(value) if isinstance(value, str) else ""
    if not name:
        raise CompanyInvalidError(_("Give the company a name."), field="name")
    return name


def _description(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise CompanyInvalidError(_("The description must be text."), field="description")
    if value is not None and len(value) > DESCRIPTION_LENGTH_MAX:
        raise CompanyInvalidError(_("The description is too long."), field="description")
    return value


def _tags(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise CompanyInvalidError(_("Tags are pairs of strings."), field="tags")
    return clean_tags(value)
