"""Receipts through the public API: of consent, and of erasure."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from bookbridge.bridge.api.description import PAGES, Paged, operation
from bookbridge.bridge.api.endpoint import Call, endpoint
from bookbridge.bridge.api.errors import not_found
from bookbridge.bridge.api.paging import page_of, page_reply
from bookbridge.bridge.api.replies import json_reply, moment
from bookbridge.bridge.connections.queries import connection
from bookbridge.bridge.evidence.models import ConsentReceipt, ErasureReceipt
from bookbridge.bridge.evidence.operations.consent import consent_of
from bookbridge.bridge.sync.operations.signing import envelope


class SignedReply(msgspec.Struct):
    """A signed statement; `text` is what was signed, byte for byte, and `statement` the same."""

    algorithm: str
    keyId: str
    publicKey: str | None
    signature: str
    text: str
    statement: dict[str, Any]


class ReceiptReply(SignedReply):
    """What an owner agreed to (consent), or that it ended (withdrawal)."""

    id: UUID
    kind: str
    issuedAt: str


class ConsentReply(msgspec.Struct):
    """`state` is given, withdrawn, or none where no owner was ever asked by a page of ours."""

    state: str
    receipts: list[ReceiptReply]


class ErasureReply(SignedReply):
    """The receipt of an erased company."""

    companyId: UUID
    erasedAt: str


STATES = {ConsentReceipt.Kind.CONSENT: "given", ConsentReceipt.Kind.WITHDRAWAL: "withdrawn"}


@operation("get-consent", "What the owner of a connection agreed to", reply=ConsentReply)
def get_consent(call: Call, company_id: UUID, connection_id: UUID) -> HttpResponse:
    """Every receipt, newest first."""
    connection(call.client_id, connection_id, company_id)
    receipts = list(consent_of(call.client_id, connection_id))
    state = STATES[ConsentReceipt.Kind(receipts[0].kind)] if receipts else "none"
    return json_reply(
        {
            "state": state,
            "receipts": [
                {
                    "id": one.id,
                    "kind": one.kind,
                    "issuedAt": moment(one.issued_at),
                    **_signed(one),
                }
                for one in receipts
            ],
        }
    )


@operation(
    "list-erasures",
    "Receipts of the companies that were erased",
    reply=Paged[ErasureReply],
    query=PAGES,
)
def list_erasures(call: Call) -> HttpResponse:
    """Newest first."""
    page = page_of(call.request)
    found = ErasureReceipt.objects.filter(client_id=call.client_id).order_by("-erased_at", "id")
    rows = found[page.offset : page.offset + page.size]
    return page_reply(page, [_erasure(one) for one in rows], found.count())


@operation("get-erasure", "The receipt of an erased company", reply=ErasureReply)
def get_erasure(call: Call, erased_company_id: UUID) -> HttpResponse:
    receipt = ErasureReceipt.objects.filter(
        client_id=call.client_id, company_id=erased_company_id
    ).first()
    if receipt is None:
        raise not_found(_("No company with this id was erased."))
    return json_reply(_erasure(receipt))


def _erasure(receipt: ErasureReceipt) -> dict[str, Any]:
    return {
        "companyId": receipt.company_id,
        "erasedAt": moment(receipt.erased_at),
        **_signed(receipt),
    }


def _signed(one: ConsentReceipt | ErasureReceipt) -> dict[str, Any]:
    return {
        **envelope(one.text, one.key_id, bytes(one.signature)),
        "statement": json.loads(one.text),
    }


urlpatterns = [
    path(
        "companies/<uuid:company_id>/connections/<uuid:connection_id>/consent",
        endpoint(GET=get_consent),
    ),
    path("erasures", endpoint(GET=list_erasures)),
    path("erasures/<uuid:erased_company_id>", endpoint(GET=get_erasure)),
]
