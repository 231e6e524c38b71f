"""Whom or what something at the source points at: `Customer#501`, or a relation of such a type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from bookbridge.bridge.connectors.contract import RawRecord, SourceRecords
from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.spilling import Index


class Kind(Enum):
    """The classes that money can be entered against."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    NOMINAL = "nominalaccount"
    BANK = "bankaccount"


@dataclass(frozen=True)
class Target:
    kind: Kind
    id: str


@dataclass(frozen=True)
class DocumentFacts:
    """The other end of an allocation, by the names that the public API has for it."""

    side: Kind
    contact_id: str
    link_type: str
    public_id: str
    relation: wire.Relation | None
    currency_code: str | None
    rate: Decimal | None


_KINDS = {kind.value: kind for kind in Kind}


def target_of(class_and_id: str | None, relation: wire.Relation | None) -> Target:
    """The target named by `account-class-and-id`, or by the relation `account`."""
    if class_and_id:
        name, _, record_id = class_and_id.partition("#")
    elif relation is not None and relation.data is not None:
        name, record_id = relation.data.type, str(relation.data.id)
    else:
        raise RecordRejectedError("nothing to book it to", field="account-class-and-id", value=None)
    kind = _KINDS.get(name.lower().replace("_", "").replace("-", "").removesuffix("s"))
    if kind is None or not record_id:
        raise RecordRejectedError(
            "an account class that we do not know",
            field="account-class-and-id",
            value=class_and_id or name,
        )
    return Target(kind, record_id)


def party_of(head: wire.DocumentHead, relations: wire.Relations) -> Target:
    """The customer or supplier of a document."""
    customer, supplier = wire.related(relations.customer), wire.related(relations.supplier)
    side = (head.document_side or "").lower()
    if customer and side != "supplier":
        return Target(Kind.CUSTOMER, customer)
    if supplier and side != "customer":
        return Target(Kind.SUPPLIER, supplier)
    if not head.account_class_and_id:
        raise RecordRejectedError(
            "a document without its contact", field=side or "customer", value=customer or supplier
        )
    target = target_of(head.account_class_and_id, None)
    if target.kind not in {Kind.CUSTOMER, Kind.SUPPLIER}:
        raise RecordRejectedError(
            "not a contact", field="account-class-and-id", value=head.account_class_and_id
        )
    return target


def heads(
    records: SourceRecords, resource: str
) -> Iterator[tuple[RawRecord, wire.DocumentHead, wire.Relations]]:
    """Invoices or credit notes without their lines."""
    if records.supported(resource):
        for record in records.all(resource):
            _, head, relations = wire.read(wire.DocumentHead, record, resource)
            yield record, head, relations


def document_facts(records: SourceRecords) -> Index[DocumentFacts]:
    """Every document by ("Invoice" | "CreditNote", source id); those without contact left out."""
    found: Index[DocumentFacts] = Index()
    for resource, source_type in (("invoices", "Invoice"), ("credit_notes", "CreditNote")):
        for record, head, relations in heads(records, resource):
            try:
                party = party_of(head, relations)
            except RecordRejectedError:
                continue
            is_turned = head.total_amount is not None and head.total_amount < 0
            is_note = (source_type == "CreditNote") != is_turned
            claim = "Invoice" if party.kind is Kind.CUSTOMER else "Bill"
            found[source_type, record.id] = DocumentFacts(
                side=party.kind,
                contact_id=party.id,
                link_type="CreditNote" if is_note else claim,
                public_id=public_id(source_type, record.id, is_turned=is_turned),
                relation=relations.currency,
                currency_code=head.currency_code,
                rate=head.conversion_rate,
            )
    return found


def public_id(source_type: str, record_id: str, *, is_turned: bool) -> str:
    """A negative document is the opposite document, under a prefixed id."""
    if not is_turned:
        return record_id
    return f"inv-{record_id}" if source_type == "Invoice" else f"cn-{record_id}"
