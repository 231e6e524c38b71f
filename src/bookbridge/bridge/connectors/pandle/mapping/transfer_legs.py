"""The two ends of a transfer, and transfers that a source lists under both accounts."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from bookbridge.bridge.connectors.contract import RejectedRecord, SourceRecords
from bookbridge.bridge.connectors.errors import RecordRejectedError
from bookbridge.bridge.connectors.pandle.mapping.lookups import BankFacts, Lookups
from bookbridge.bridge.connectors.pandle.mapping.movements import Movement, Part, movements
from bookbridge.bridge.connectors.pandle.mapping.parties import Kind
from bookbridge.bridge.connectors.pandle.mapping.values import pennies


def doubled_transfers(records: SourceRecords, lookups: Lookups) -> dict[str, str]:
    """Transfers that the source lists a second time, under the other account, by the id to drop;
    each with the id that is kept.

    A source that gives `bank-amount` (X) lists each transfer once, so two alike are two. For the
    others, an entry out of A in A's list and one into B in B's, of the same date and amount, are
    one transfer: the lower id is kept."""
    outgoing: dict[tuple[str, str, str, Decimal], list[str]] = defaultdict(list)
    incoming: dict[tuple[str, str, str, Decimal], list[str]] = defaultdict(list)
    for movement in movements(records, lookups, {Kind.BANK}):
        if isinstance(movement, RejectedRecord) or movement.has_bank_amount or movement.is_void:
            continue
        for part in movement.parts:
            if part.kind is not Kind.BANK:
                continue
            pair = (movement.bank.id, part.target_id)
            giver, taker = pair if movement.direction < 0 else (pair[1], pair[0])
            side = outgoing if movement.direction < 0 else incoming
            side[giver, taker, movement.date_text, part.total].append(movement.id)
    doubles: dict[str, str] = {}
    for key, out_ids in outgoing.items():
        for out_id, in_id in zip(out_ids, incoming.get(key, ()), strict=False):
            kept, dropped = sorted((out_id, in_id), key=lambda one: (len(one), one))
            doubles[dropped] = kept
    return doubles


def other_amount(movement: Movement, part: Part, other: BankFacts, base: str) -> Decimal:
    """What the other account of a transfer shows, positive, in its own currency."""
    told = part.lines[0].transfer_amount
    if told is not None:
        return abs(told)
    if other.currency == movement.bank.currency:
        share = part.total / movement.total if movement.total else Decimal(1)
        return abs(movement.bank_amount) if share == 1 else part.total
    if other.currency == movement.currency:
        return part.total
    if other.currency == base and movement.rate is not None:
        return pennies(part.total * movement.rate)
    raise RecordRejectedError(
        f"the amount in {other.currency} is not known",
        field="bank-amount",
        value=str(movement.bank_amount),
    )


def own_amount(movement: Movement, part: Part) -> Decimal:
    """What the account itself shows of one part, positive, in its own currency."""
    if len(movement.parts) == 1:
        return abs(movement.bank_amount)
    if movement.currency == movement.bank.currency:
        return part.total
    return pennies(abs(movement.bank_amount) * part.total / movement.total)
