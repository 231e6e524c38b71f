"""What a pull proved: validation results, and our own signed certificates."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import not_found
from bookbridge.bridge.api.replies import json_reply, moment
from bookbridge.bridge.sync.api.pulls import dataset_of
from bookbridge.bridge.sync.models import Certificate, Dataset, MappingState

ALGORITHM = "Ed25519"


def get_validation(call: Call, company_id: UUID, dataset_id: UUID) -> HttpResponse:
    """Records of the dataset's type that could not be used, as of its last mapping."""
    dataset = dataset_of(call, company_id, dataset_id)
    state = MappingState.objects.filter(
        company_id=company_id,
        connection_id=dataset.connection_id,
        data_type=dataset.data_type,
    ).first()
    rejections = state.rejections if state else []
    return json_reply(
        {"errors": [_item(dataset, rejection) for rejection in rejections], "warnings": []}
    )


def _item(dataset: Dataset, rejection: dict[str, Any]) -> dict[str, str]:
    return {
        "ruleId": f"{dataset.data_type}-unusable",
        "itemId": str(rejection.get("id", "")),
        "message": str(rejection.get("reason", "")),
        "validatorName": str(rejection.get("resource", dataset.data_type)),
    }


def get_certificate(call: Call, company_id: UUID, dataset_id: UUID) -> HttpResponse:
    """The dataset's certificate, and its refresh's reconciliation once there is one."""
    dataset = dataset_of(call, company_id, dataset_id)
    issued = Certificate.objects.filter(
        client_id=call.client_id, connection_id=dataset.connection_id
    )
    own = issued.filter(dataset_id=dataset.id).order_by("-issued_at").first()
    if own is None:
        raise not_found(_("This dataset has no certificate: it is not complete."))
    reconciliation = (
        issued.filter(refresh_id=dataset.refresh_id, kind=Certificate.Kind.RECONCILIATION)
        .order_by("-issued_at")
        .first()
    )
    return json_reply(
        {
            **_certificate_body(own),
            "reconciliation": _certificate_body(reconciliation) if reconciliation else None,
        }
    )


def _certificate_body(certificate: Certificate) -> dict[str, Any]:
    """`text` is what was signed, byte for byte; `certificate` is the same, to be read."""
    return {
        "id": certificate.id,
        "kind": certificate.kind,
        "outcome": certificate.outcome,
        "issuedAt": moment(certificate.issued_at),
        "algorithm": ALGORITHM,
        "keyId": certificate.key_id,
        "signature": base64.b64encode(bytes(certificate.signature)).decode(),
        "text": certificate.text,
        "certificate": json.loads(certificate.text),
    }


_COMPANY = "companies/<uuid:company_id>"

urlpatterns = [
    path(f"{_COMPANY}/sync/<uuid:dataset_id>/validation", endpoint(GET=get_validation)),
    path(f"{_COMPANY}/data/history/<uuid:dataset_id>/certificate", endpoint(GET=get_certificate)),
]
