"""Reads of companies, and of the data key that seals one company's secrets."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bookbridge.bridge.clients import keyring
from bookbridge.bridge.clients.sealing import SealingKey
from bookbridge.bridge.companies.models import Company, CompanyKey


class CompanyNotFoundError(Exception):
    """This client has no company with this id."""

    code = "company_not_found"


class ProductUnknownError(Exception):
    """The company is not used for this product."""

    code = "company_product_unknown"


class CompanyKeyGoneError(Exception):
    """The company's data key was destroyed: its raw history cannot be read."""

    code = "company_key_gone"


def companies_of(client_id: UUID) -> QuerySet[Company]:
    """A client's companies, newest first."""
    return Company.objects.filter(client_id=client_id).order_by("-created_at", "id")


def company(client_id: UUID, company_id: UUID) -> Company:
    """One company; raises CompanyNotFoundError, also for another client's."""
    found = Company.objects.filter(client_id=client_id, id=company_id).first()
    if found is None:
        raise CompanyNotFoundError(_("There is no such company."))
    return found


def check_product(company: Company, product: str) -> None:
    """Raises ProductUnknownError unless the company is used for this product."""
    if product not in company.products:
        raise ProductUnknownError(_("The company has no such product."))


def family_of(client_id: UUID, companies: list[Company]) -> list[Company]:
    """The parents and subsidiaries of these companies."""
    ids = [one.id for one in companies]
    parents = [one.parent_id for one in companies if one.parent_id is not None]
    related = Q(parent_id__in=ids) | Q(id__in=parents)
    return list(Company.objects.filter(related, client_id=client_id).order_by("name", "id"))


def client_of_company(company_id: UUID) -> UUID | None:
    """Whose company this is, for pages that the company's owner opens without signing in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_of_company(%s)", [company_id])
        row = cursor.fetchone()
    return row[0] if row else None


def data_key(client_id: UUID, company_id: UUID) -> SealingKey:
    """The key that seals a company's tokens and raw records; raises CompanyKeyGoneError."""
    row = CompanyKey.objects.filter(client_id=client_id, company_id=company_id).first()
    if row is None:
        raise CompanyKeyGoneError(_("The data key of this company was destroyed."))
    secret = keyring.unseal(bytes(row.wrapped_key), key_identity(client_id, company_id))
    # The whole company id in every sealed value would double small ones; it is authenticated
    # with each value's identity instead.
    return SealingKey("c", secret)


def key_identity(client_id: UUID, company_id: UUID) -> str:
    return f"company-key|{client_id}|{company_id}"
