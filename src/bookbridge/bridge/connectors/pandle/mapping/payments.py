"""Payments and bill payments: money received and paid, credit used, debts written off.

Every payment is expressed in the currency of its documents, so that links cancel their lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from bookbridge.bridge.connectors.contract import MappedRecord, RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle import wire
from bookbridge.bridge.connectors.pandle.mapping.allocations import (
    allocated_on,
    document_type,
    is_forward,
)
from bookbridge.bridge.connectors.pandle.mapping.documents import Mapped
from bookbridge.bridge.connectors.pandle.mapping.lookups import Lookups, Ref
from bookbridge.bridge.connectors.pandle.mapping.movements import (
    VOID_WORDS,
    Movement,
    Part,
    movements,
)
from bookbridge.bridge.connectors.pandle.mapping.parties import (
    DocumentFacts,
    Kind,
    document_facts,
    heads,
    party_of,
)
from bookbridge.bridge.connectors.pandle.mapping.payment_lines import Line, payment_line
from bookbridge.bridge.connectors.pandle.mapping.values import (
    ONE,
    ZERO,
    business_date,
    given,
    newest,
    set_given,
    with_tail,
    word,
)
from bookbridge.bridge.connectors.spilling import Index


def map_payments(records: SourceRecords, lookups: Lookups) -> Mapped:
    return _Payments(records, lookups, Kind.CUSTOMER).all()


def map_bill_payments(records: SourceRecords, lookups: Lookups) -> Mapped:
    return _Payments(records, lookups, Kind.SUPPLIER).all()


class _Payments:
    def __init__(self, records: SourceRecords, lookups: Lookups, side: Kind) -> None:
        self._records, self._lookups, self._side = records, lookups, side
        is_customer = side is Kind.CUSTOMER
        self._contact_field = "customerRef" if is_customer else "supplierRef"
        self._contacts = lookups.customers if is_customer else lookups.suppliers
        self._claim_type = "Invoice" if is_customer else "Bill"

    @cached_property
    def _documents(self) -> Index[DocumentFacts]:
        return document_facts(self._records)

    def all(self) -> Mapped:
        for movement in movements(self._records, self._lookups, {self._side}):
            if isinstance(movement, RejectedRecord):
                yield movement
            else:
                yield from self._of_movement(movement)
        yield from self._credits_used()
        yield from self._write_offs()

    def _of_movement(self, movement: Movement) -> Mapped:
        try:
            for part in movement.parts:
                if part.kind is self._side:
                    yield self._payment(movement, part)
        except RecordRejectedError as refusal:
            yield RejectedRecord(*movement.source, str(refusal))

    def _payment(self, movement: Movement, part: Part) -> MappedRecord:
        forward = is_forward(part.kind, movement.direction)
        total = part.total if forward else -part.total
        body: dict[str, Any] = {
            "id": part.record_id,
            self._contact_field: self._contacts[part.target_id].ref,
            "accountRef": movement.bank.chart_ref,
            "totalAmount": total,
            "currency": movement.currency,
            "date": movement.date_text,
            "lines": self._lines(movement, part, forward),
        }
        set_given(
            body,
            currencyRate=movement.rate,
            note=movement.description,
            reference=movement.reference,
        )
        changed_at = newest(movement.updated_at)
        return MappedRecord(
            id=part.record_id,
            body=with_tail(body, changed_at, is_deleted=movement.is_void),
            order_date=movement.date,
            source_modified_at=None if movement.is_void else changed_at,
            sources=[movement.source],
        )

    def _lines(self, movement: Movement, part: Part, forward: bool) -> list[Line]:
        sign = ONE if forward else -ONE
        if movement.allocations is None:
            amount = part.total * sign
            return [
                payment_line(amount, movement.date_text, {"type": "Unlinked", "amount": -amount})
            ]
        lines: list[Line] = []
        left = part.total
        for allocation in self._own(movement, part):
            left -= allocation.amount
            amount = allocation.amount * sign
            link = self._link(allocation, part) | {"amount": -amount}
            lines.append(payment_line(amount, allocated_on(allocation, movement.date_text), link))
        if left < 0:
            raise RecordRejectedError(
                f"more is allocated than the total {part.total}",
                field="allocations.amount",
                value=str(part.total - left),
            )
        if left:
            link = {"type": "PaymentOnAccount", "id": part.target_id, "amount": -left * sign}
            lines.append(payment_line(left * sign, movement.date_text, link))
        return lines

    def _own(self, movement: Movement, part: Part) -> Iterator[wire.Allocation]:
        """The allocations of this part: all, unless the money is split over several contacts."""
        contacts = [one for one in movement.parts if one.kind in {Kind.CUSTOMER, Kind.SUPPLIER}]
        for allocation in movement.allocations or ():
            facts = self._facts(allocation)
            if len(contacts) == 1 or facts is None or facts.contact_id == part.target_id:
                yield allocation

    def _facts(self, allocation: wire.Allocation) -> DocumentFacts | None:
        return self._documents.get((document_type(allocation), str(allocation.document_id)))

    def _link(self, allocation: wire.Allocation, part: Part) -> dict[str, Any]:
        facts = self._facts(allocation)
        if facts is None:
            raise RecordRejectedError(
                "the source has no such document",
                field="allocations.document-id",
                value=allocation.document_id,
            )
        if facts.side is not part.kind or facts.contact_id != part.target_id:
            raise RecordRejectedError(
                f"the document is of another contact, {facts.contact_id}",
                field="allocations.document-id",
                value=allocation.document_id,
            )
        return {"type": facts.link_type, "id": facts.public_id}

    def _credits_used(self) -> Mapped:
        for record, head, relations in heads(self._records, "credit_notes"):
            if not head.allocations or word(head.status) in VOID_WORDS:
                continue
            try:
                party = party_of(head, relations)
                if party.kind is not self._side:
                    continue
                contact = self._contacts[party.id]
                currency = self._lookups.currency(
                    relations.currency, head.currency_code, contact.currency
                )
                rate = ONE if currency == self._lookups.base_currency else head.conversion_rate
                by_document: dict[str, list[wire.Allocation]] = {}
                for allocation in head.allocations:
                    by_document.setdefault(str(allocation.document_id), []).append(allocation)
                for document_id, allocations in by_document.items():
                    yield self._credit_used(
                        record.id, head, contact.ref, (currency, rate), document_id, allocations
                    )
            except RecordRejectedError as refusal:
                yield RejectedRecord("credit_notes", record.id, str(refusal))

    def _credit_used(
        self,
        note_id: str,
        head: wire.DocumentHead,
        contact: Ref,
        currency_and_rate: tuple[str, Decimal | None],
        document_id: str,
        allocations: Sequence[wire.Allocation],
    ) -> MappedRecord:
        """One payment per note and document, with a line for each time that credit was used."""
        lines = [
            payment_line(
                ZERO,
                allocated_on(allocation, head.date),
                {"type": self._claim_type, "id": document_id, "amount": -allocation.amount},
                {"type": "CreditNote", "id": note_id, "amount": allocation.amount},
            )
            for allocation in allocations
        ]
        return self._without_money(
            f"cn-{note_id}-{document_id}",
            contact,
            currency_and_rate,
            allocations[0].date or head.date,
            lines,
            head.updated_at,
            [("credit_notes", note_id), ("invoices", document_id)],
        )

    def _write_offs(self) -> Mapped:
        if not self._records.supported("write_offs"):
            return
        for record in self._records.all("write_offs"):
            try:
                written_off = self._write_off(record.id, *_write_off_of(record))
                if written_off is not None:
                    yield written_off
            except RecordRejectedError as refusal:
                yield RejectedRecord("write_offs", record.id, str(refusal))

    def _write_off(
        self, record_id: str, write_off: wire.WriteOff, relations: wire.Relations
    ) -> MappedRecord | None:
        document_id = str(write_off.document_id)
        facts = self._documents.get(("Invoice", document_id))
        if facts is None:
            raise RecordRejectedError(
                "the source has no such document", field="document-id", value=document_id
            )
        if facts.side is not self._side:
            return None
        amount = given(write_off.amount, "amount")
        contact = self._contacts[facts.contact_id]
        currency = self._lookups.currency(
            facts.relation, facts.currency_code or write_off.currency_code, contact.currency
        )
        rate = ONE if currency == self._lookups.base_currency else facts.rate
        other: dict[str, Any] = {"type": "Other", "amount": amount}
        if write_off.journal_entry_id is not None and self._records.supported("journal_entries"):
            other = {
                "type": "ManualJournal",
                "id": str(write_off.journal_entry_id),
                "amount": amount,
            }
        links = [{"type": facts.link_type, "id": facts.public_id, "amount": -amount}, other]
        return self._without_money(
            f"wo-{record_id}",
            contact.ref,
            (currency, rate),
            write_off.date,
            [payment_line(ZERO, business_date(write_off.date, "date")[0], *links)],
            write_off.updated_at,
            [("write_offs", record_id), ("invoices", document_id)],
        )

    def _without_money(
        self,
        payment_id: str,
        contact: Ref,
        currency_and_rate: tuple[str, Decimal | None],
        date: str | None,
        lines: list[Line],
        updated_at: str | None,
        sources: list[tuple[str, str]],
    ) -> MappedRecord:
        """A payment of nothing whose links cancel each other: what it moves is a debt."""
        date_text, order_date = business_date(date, "date")
        body: dict[str, Any] = {
            "id": payment_id,
            self._contact_field: contact,
            "totalAmount": ZERO,
            "currency": currency_and_rate[0],
            "date": date_text,
            "lines": lines,
        }
        set_given(body, currencyRate=currency_and_rate[1])
        changed_at = newest(updated_at)
        return MappedRecord(
            id=payment_id,
            body=with_tail(body, changed_at),
            order_date=order_date,
            source_modified_at=changed_at,
            sources=sources,
        )


def _write_off_of(record: Any) -> tuple[wire.WriteOff, wire.Relations]:
    _, write_off, relations = wire.read(wire.WriteOff, record, "write_offs")
    return write_off, relations
