"""What a pull proved: validation results, and our own signed certificates."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGES, Paged, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import not_found
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.replies import json_reply, moment
from bookbridge.bridge.companies.queries import company
from bookbridge.bridge.sync.api.pulls import dataset_of
from bookbridge.bridge.sync.models import Certificate, Dataset
from bookbridge.bridge.sync.operations.signing import envelope, signing_keys
from bookbridge.bridge.sync.queries import certificate


class ValidationItem(msgspec.Struct):
    """A record that was rejected, or that is doubted."""

    ruleId: str
    itemId: str
    message: str
    validatorName: str


class ValidationResult(msgspec.Struct):
    """What is wrong with the records of one read."""

    errors: list[ValidationItem]
    warnings: list[ValidationItem]


class CertificateReply(msgspec.Struct):
    """A signed certificate; `text` is what was signed, byte for byte."""

    id: UUID
    kind: str
    outcome: str
    issuedAt: str
    algorithm: str
    keyId: str
    publicKey: str | None
    signature: str
    text: str
    certificate: dict[str, Any]


class SigningKey(msgspec.Struct):
    """A public key as a JSON Web Key (RFC 8037); `status` is active or retired."""

    kid: str
    kty: str
    crv: str
    alg: str
    use: str
    x: str
    status: str


class SigningKeys(msgspec.Struct):
    """Every public key that signs, or ever signed, the active one first."""

    keys: list[SigningKey]


class DatasetCertificate(CertificateReply):
    """A dataset's certificate, and the reconciliation of its refresh once there is one."""

    reconciliation: CertificateReply | None


@operation("get-read-validation-results", "Records that could not be used", reply=ValidationResult)
def get_validation(call: Call, company_id: UUID, dataset_id: UUID) -> HttpResponse:
    """Records that could not be used, and doubts about those that were."""
    dataset = dataset_of(call, company_id, dataset_id)
    found = certificate(call.client_id, dataset.id)
    records = json.loads(found.text).get("records", {}) if found else {}
    return json_reply(
        {
            "errors": [
                _item(dataset, "rejected", one["id"], one["reason"])
                for one in records.get("rejections", [])
            ],
            "warnings": [
                _item(dataset, "doubtful", one["id"], one["warning"])
                for one in records.get("warnings", [])
            ],
        }
    )


def _item(dataset: Dataset, rule: str, item_id: str, message: str) -> dict[str, str]:
    return {
        "ruleId": f"{dataset.data_type}-{rule}",
        "itemId": item_id,
        "message": message,
        "validatorName": f"{dataset.data_type[:1].upper()}{dataset.data_type[1:]}Validator",
    }


@operation("get-certificate", "The signed proof of one read", reply=DatasetCertificate)
def get_certificate(call: Call, company_id: UUID, dataset_id: UUID) -> HttpResponse:
    """The dataset's certificate, and its refresh's reconciliation once there is one."""
    dataset = dataset_of(call, company_id, dataset_id)
    own = certificate(call.client_id, dataset.id)
    if own is None:
        raise not_found(_("This dataset has no certificate: it is not complete."))
    reconciliation = (
        Certificate.objects.filter(
            client_id=call.client_id,
            connection_id=dataset.connection_id,
            refresh_id=dataset.refresh_id,
            kind=Certificate.Kind.RECONCILIATION,
        )
        .order_by("-issued_at")
        .first()
    )
    return json_reply(
        {
            **_certificate_body(own),
            "reconciliation": _certificate_body(reconciliation) if reconciliation else None,
        }
    )


@operation(
    "list-certificates",
    "Every certificate of a company",
    reply=Paged[CertificateReply],
    query=PAGES,
)
def list_certificates(call: Call, company_id: UUID) -> HttpResponse:
    """Newest first, also those of connections that were deleted since."""
    company(call.client_id, company_id)
    page = page_of(call.request)
    found = Certificate.objects.filter(client_id=call.client_id, company_id=company_id)
    rows = found.order_by("-issued_at", "id")[page.offset : page.offset + page.size]
    return page_reply(page, [_certificate_body(one) for one in rows], found.count())


def _certificate_body(issued: Certificate) -> dict[str, Any]:
    """`text` is what was signed, byte for byte; `certificate` is the same, to be read."""
    return {
        "id": issued.id,
        "kind": issued.kind,
        "outcome": issued.outcome,
        "issuedAt": moment(issued.issued_at),
        **envelope(issued.text, issued.key_id, bytes(issued.signature)),
        "certificate": json.loads(issued.text),
    }


@operation("list-signing-keys", "Public keys for checking proofs", reply=SigningKeys, is_open=True)
def list_signing_keys(request: HttpRequest) -> HttpResponse:
    """As a JSON Web Key Set; retired keys stay, so that what they signed can still be checked."""
    return json_reply({"keys": signing_keys()})


_COMPANY = "companies/<uuid:company_id>"

urlpatterns = [
    path(f"{_COMPANY}/certificates", endpoint(GET=list_certificates)),
    path("signingKeys", endpoint(GET=list_signing_keys)),
    path(f"{_COMPANY}/sync/<uuid:dataset_id>/validation", endpoint(GET=get_validation)),
    path(f"{_COMPANY}/data/history/<uuid:dataset_id>/certificate", endpoint(GET=get_certificate)),
]
